"""Which finding is told beneath which: the cause first, nothing taken away, nothing worse put beneath."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from syncproof.chains import chained
from syncproof.checks import classed
from syncproof.grouping import causes, causes_of, themes
from syncproof.mapping.grammar import Side
from syncproof.model import Blame, Finding, ScenarioResult, Severity
from syncproof.phrases import meaning
from syncproof_mocks.consent import ConsentProof
from syncproof_mocks.journal import Actor
from tests.checks.deeds import NEWSLETTER, After, say, world
from tests.oracle import made
from tests.renderers.sample import consent, overwrite, sample
from tests.staging import play

CRITICAL, MAJOR, MINOR = Severity.CRITICAL, Severity.MAJOR, Severity.MINOR
WHO = "p0001 Zofia Bodera"


def oracle(*entries: Any, **ids: set[str]) -> Any:
    """An oracle whose journal is written by the connector wherever nothing else is given."""
    row = made.there("501", email="a@x.cz")
    usual = [made.change(n, row, row) for n in range(100)]
    for entry in entries:
        usual[entry.seq] = entry
    mapping = SimpleNamespace(objects=(made.mapped(),))
    identity = SimpleNamespace(record_ids={(name, Side.CRM): found for name, found in ids.items()}, label=lambda person: WHO if person == "p1" else person)
    return SimpleNamespace(evidence=SimpleNamespace(entries=usual, mapping=mapping), identity=identity)


def finding(rule: str, severity: Severity = MAJOR, **more: Any) -> Finding:
    given = {"system": "ma", "person": WHO, "field": "email/newsletter", "sync": 1, "classification": rule.lower(), **more}
    return Finding(rule, "told", severity, **given)


def follows(*findings: Finding, within: Any = None) -> list[int | None]:
    return [f.follows for f in chained(findings, within or oracle())]


def test_one_harm_told_by_two_rules_is_the_cause_and_what_followed() -> None:
    first, same, later = finding("CONS-001", CRITICAL, caused_by=50), finding("CONS-002", CRITICAL, caused_by=50), finding("CONS-002", CRITICAL, sync=2)

    assert follows(first, same, replace(same, system="crm", caused_by=None), later) == [None, 0, 0, 0]


def test_the_earlier_write_is_the_cause_whatever_the_order_of_rules() -> None:
    assert follows(finding("CONS-001", CRITICAL, caused_by=60), finding("CONS-002", CRITICAL, caused_by=40)) == [1, None]


@pytest.mark.parametrize(
    "other",
    [
        finding("CONS-002", CRITICAL, caused_by=60, person="p0002 Somebody"), finding("CONS-002", CRITICAL, caused_by=60, field="email/*"),
        finding("CONS-002", CRITICAL, caused_by=40, sync=1), finding("CONS-002", CRITICAL, sync=1), finding("CONS-001", MAJOR, caused_by=60),
    ],
    ids=["another person", "another consent", "worse, and the cause itself", "worse", "the same rule"],
)
def test_what_is_somebody_elses_or_worse_or_of_the_same_rule_stands_alone(other: Finding) -> None:
    assert follows(finding("CONS-001", MAJOR, caused_by=50), other)[1] is None


def test_the_two_names_of_one_mapped_field_are_one_chain() -> None:
    crm = finding("FIELD-003", caused_by=50, system="crm", field="Title")

    assert follows(crm, finding("FIELD-001", system="ma", field="jobtitle", sync=2)) == [None, 0]


def test_what_people_left_there_is_no_beginning() -> None:
    row = made.there("501", email="a@x.cz")
    by_people = oracle(made.change(20, row, row, Actor.MA_USER))

    assert follows(finding("CONS-001", CRITICAL, caused_by=50), finding("CONS-002", CRITICAL, caused_by=20), within=by_people) == [None, 0]


def test_a_cause_without_a_caused_by_is_known_by_its_blame() -> None:
    assert follows(finding("FIELD-010", caused_by=None, blame=Blame("connector", 30)), finding("IDENT-002", caused_by=30, sync=None)) == [None, 0]


def test_what_a_failed_sync_left_undone_comes_after_its_failure_and_so_does_its_second_name() -> None:
    failed = finding("STATUS-003", person=None, field=None, system=None, classification="failed")
    never = replace(failed, rule="STATUS-002", severity=CRITICAL, classification="never_called")
    missing = finding("SCOPE-001", classification="missing_record", field=None)
    made_up = finding("QUIET-001", person=None, field=None, classification="not_quiet", sync=2)

    assert follows(never, missing, replace(missing, sync=2), failed, made_up) == [None, 0, None, 0, 0]
    assert follows(failed, replace(missing, severity=CRITICAL), replace(missing, caused_by=40)) == [None, None, None]


def test_a_failure_that_names_the_records_of_an_earlier_finding_comes_after_it() -> None:
    lifted = finding("CONS-001", CRITICAL, caused_by=50)
    failed = finding("STATUS-003", person=None, field=None, system=None, classification="failed", sync=2, story=("refused: contact/003A00001",))

    assert follows(lifted, failed, within=oracle(p1={"003A00001"})) == [None, 0]
    assert follows(lifted, failed, within=oracle(p1={"003A00002"})) == [None, None]
    assert follows(lifted, replace(failed, story=("502 records",)), within=oracle(p1={"502"})) == [None, None]


def test_a_lifted_refusal_of_a_real_run_is_told_once_with_what_followed() -> None:
    subscribed = {"consent": {"subscribed": 4}, "newsletter": {"subscribed": 4}}
    steps = ("sync", {"opt_out": {"side": "ma", "purpose": "newsletter", "who": {"count": 1}}}, "sync", "sync")
    lift = say(Side.MA, NEWSLETTER, grant=True, proof=ConsentProof("2026-01-01T00:00:00Z", "the connector"))
    result = play(world(*steps, **subscribed), After(lift, at=2))

    assert {f.rule for f in result.findings} >= {"CONS-001", "CONS-002"}
    leading = [c for c in causes_of(result) if c.follows is None and c.severity is CRITICAL]
    assert [c.first.rule for c in leading] == ["CONS-001"]
    assert all(result.findings[f.follows].rule == "CONS-001" for f in result.findings if f.rule == "CONS-002" and f.follows is not None)


# -- how reports group them --------------------------------------------------------------------------


def told(*findings: Finding) -> ScenarioResult:
    return replace(consent(), findings=findings)


def test_what_followed_stands_right_behind_its_cause_and_nothing_is_lost() -> None:
    first = finding("CONS-001", CRITICAL, caused_by=50, requests=(49,))
    behind = tuple(finding("CONS-002", CRITICAL, sync=n, follows=0) for n in range(1, 9))
    other = finding("FIELD-010", CRITICAL, field="Phone", requests=(80,))
    scenario = told(first, *behind, other, finding("CONS-002", CRITICAL, person="p0002 Somebody"))

    assert [(c.first.rule, len(c.findings), c.follows is not None) for c in causes_of(scenario)] == [
        ("CONS-001", 1, False), ("CONS-002", 8, True), ("FIELD-010", 1, False), ("CONS-002", 1, False)]
    assert sum(t.findings for t in themes(causes_of(scenario))) == len(scenario.findings)
    assert themes(causes_of(told(first, *behind)))[1].is_consequence
    assert not any(t.is_consequence for t in themes(causes_of(scenario)))


def test_of_equally_bad_ones_the_earliest_comes_first_and_what_was_not_written_at_the_end_of_its_sync() -> None:
    many = tuple(finding("FIELD-002", field="Phone", person=f"p{n}", requests=(70,)) for n in range(5))
    scenario = told(*many, finding("FIELD-001", field="Title"), finding("FIELD-003", field="City", requests=(30,)), finding("FIELD-006", MINOR, requests=(5,)))

    # The sync of this scenario ends at 88.
    assert [c.first.rule for c in causes_of(scenario)] == ["FIELD-003", "FIELD-002", "FIELD-001", "FIELD-006"]


def test_causes_of_one_kind_stand_together_over_scenarios() -> None:
    a = replace(told(finding("FIELD-001", requests=(9,)), finding("FIELD-002", requests=(20,))), id="a/a")
    b = replace(told(finding("FIELD-001", requests=(12,))), id="b/b")

    assert [c.first.rule for c in causes(replace(sample(), scenarios=(a, b)))] == ["FIELD-001", "FIELD-001", "FIELD-002"]


def test_the_meaning_names_what_began_it_before_what_followed_in_greater_number() -> None:
    lifted = finding("CONS-001", CRITICAL, classification="refusal_lifted", caused_by=50)
    behind = tuple(finding("CONS-002", CRITICAL, classification="refusal_not_spread", sync=n, follows=0) for n in range(1, 9))

    assert meaning(replace(sample(), scenarios=(told(lifted, *behind),))) == (
        "Do not go live: 9 critical findings: people who refused mail can be mailed again; people who refused mail can still be mailed.")


# -- the bug class -----------------------------------------------------------------------------------


def test_a_finding_shows_the_class_that_its_rule_and_the_scenario_both_name() -> None:
    by_rule = finding("CONS-002", CRITICAL, bug_class="B004")

    assert classed(by_rule, ("B046",)).bug_class == "B046"
    assert classed(by_rule, ("B046", "B004")).bug_class == "B004"
    assert classed(by_rule, ("B099",)).bug_class == "B004"
    assert classed(replace(by_rule, bug_class="B083"), ("B046",)).bug_class == "B083"
    assert classed(replace(overwrite().findings[0], rule="ASSERT-001", bug_class=None), ("B046",)).bug_class is None
