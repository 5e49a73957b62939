"""Findings become causes, causes become themes, and words say what they mean."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from syncproof import checks
from syncproof.grouping import causes, causes_of, place, themes
from syncproof.model import Finding, RunResult, ScenarioResult, Severity, Verdict
from syncproof.oracle.classify import Damage
from syncproof.phrases import consequence, damage, known_classifications, meaning
from tests.renderers.sample import consent, empty, overwrite, quiet, sample, unset


def of(*scenarios: ScenarioResult) -> RunResult:
    return replace(sample(), scenarios=scenarios, verdict=Verdict.worst(s.verdict for s in scenarios))


def test_a_cause_is_one_rule_damage_field_and_system_of_one_scenario() -> None:
    base = overwrite()
    first = base.findings[0]
    others = (replace(first, field="fax"), replace(first, system="crm"), replace(first, rule="FIELD-009"), replace(first, classification="dropped"))
    found = causes_of(replace(base, findings=(first, replace(first, person="p9 Else", sync=7), *others)))

    assert [len(c.findings) for c in found] == [2, 1, 1, 1, 1]


def test_the_operation_that_wrote_tells_causes_apart_and_a_theme_names_them_all() -> None:
    base = overwrite()
    first = base.findings[0]
    update, create = "hubspot.contacts.batch_update", "hubspot.contacts.create"
    findings = tuple(
        replace(first, person=f"p{n} Somebody", operation=create if n == 3 else "" if n == 4 else update) for n in range(6)
    )
    found = causes_of(replace(base, findings=findings))

    assert [(c.through, len(c.findings)) for c in found] == [(f"written with {update}", 4), (f"written with {create}", 1), ("", 1)]
    (theme,) = themes(found)
    assert (theme.findings, theme.people, theme.operations) == (6, 6, (update, create))


def test_one_bug_in_500_records_is_one_theme_with_three_examples_of_different_causes_and_people() -> None:
    base = overwrite()
    first = base.findings[0]
    findings = tuple(replace(first, person=f"p{n} Somebody", field=("phone", "fax")[n % 2], message=f"{n}") for n in range(500))
    (theme,) = themes(causes_of(replace(base, findings=findings)))

    assert (theme.findings, theme.people, len(theme.causes)) == (500, 500, 2)
    assert [f.message for f in theme.examples(3)] == ["0", "1", "2"]
    assert len({f.person for f in theme.examples(3)}) == 3


def test_the_worst_come_first_then_the_most_frequent() -> None:
    order = [(c.severity, len(c.findings)) for c in causes(sample())]

    assert order == [
        (Severity.CRITICAL, 3), (Severity.CRITICAL, 1), (Severity.MAJOR, 12), *[(Severity.MAJOR, 1)] * 5, (Severity.MINOR, 1),
    ]


def test_nothing_is_lost_or_counted_twice() -> None:
    result = of(consent(), overwrite(), overwrite())

    assert sum(len(c.findings) for c in causes(result)) == sum(len(s.findings) for s in result.scenarios)
    assert sum(t.findings for t in themes(causes(result))) == sum(len(s.findings) for s in result.scenarios)


def test_the_extent_tells_people_from_times() -> None:
    base = overwrite()
    twice = replace(base, findings=(*base.findings[:12], *base.findings[:12]))
    company = replace(base, findings=(replace(base.findings[0], kind="company"),))
    nobody = replace(base, findings=(replace(base.findings[0], person=None),))

    assert [causes_of(s)[0].extent for s in (base, twice, company, nobody)] == ["12 people", "12 people, 24 times", "1 company", "1 time"]


def test_examples_are_of_different_people_as_far_as_there_are_any() -> None:
    base = overwrite()
    one, two = base.findings[0], base.findings[1]
    cause = causes_of(replace(base, findings=(one, replace(one, sync=2), replace(one, sync=3), two, one)))[0]

    assert [(f.person, f.sync) for f in cause.examples(3)] == [(one.person, 1), (two.person, 1), (one.person, 2)]
    assert [f.person for f in cause.examples(1)] == [one.person]
    assert len(cause.examples(99)) == 4  # the first finding stands there twice


def test_a_theme_gathers_fields_and_scenarios() -> None:
    other = replace(overwrite(), id="overwrite/lead_matrix", findings=(replace(overwrite().findings[0], field="Fax", system="crm"),))
    theme = themes(causes(of(overwrite(), other)))[0]

    assert theme.words == "The wrong side won"
    assert theme.places == ("phone in the MA", "Fax in the CRM")
    assert theme.scenarios == ("overwrite/contact_matrix", "overwrite/lead_matrix")
    assert theme.people == 13


@pytest.mark.parametrize(
    ("system", "field", "words"), [("ma", "phone", "phone in the MA"), ("ma", None, "The MA"), (None, "phone", "phone"), (None, None, "The connector")]
)
def test_a_place_is_field_and_system(system: str | None, field: str | None, words: str) -> None:
    assert place(Finding("R", "m", Severity.MAJOR, system, field=field)) == words


def test_every_damage_to_a_field_has_words_of_its_own() -> None:
    assert {str(d) for d in Damage} <= known_classifications()
    assert all(damage(c) and consequence(c) for c in known_classifications())


def test_a_record_of_two_people_and_a_foreign_value_have_headings_of_their_own() -> None:
    assert damage("two_people_mixed") != damage("another_persons_value")
    assert "two_people_mixed" in set(_said_by_checks())


def test_every_classification_of_the_checks_reads_like_words() -> None:
    said = set(_said_by_checks())

    assert {"duplicate", "refusal_lifted", "deleted", "scope_widened"} <= said & known_classifications()
    assert not [c for c in said if "_" in damage(c)]


def test_no_words_are_kept_for_what_nobody_says() -> None:
    assert known_classifications() <= {str(d) for d in Damage} | set(_said_by_checks()) | {"assertion"}


def _said_by_checks() -> Iterator[str]:
    for path in Path(next(iter(checks.__path__))).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "classification":
                yield from (n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant) and isinstance(n.value, str))


def test_an_unknown_classification_is_read_out() -> None:
    assert (damage("gone_fishing"), damage(""), consequence("gone_fishing")) == ("gone fishing", "the rule was broken", "")


def test_the_meaning_counts_the_worst_severity_only() -> None:
    assert meaning(of(consent())) == "Do not go live: 3 critical findings: people who refused mail can be mailed again."
    assert meaning(of(overwrite())).startswith("Do not go live: 14 major findings: newer or better data is replaced")


def test_a_minor_finding_is_no_reason_to_panic_and_no_pass() -> None:
    scenario = replace(overwrite(), findings=(replace(overwrite().findings[0], severity=Severity.MINOR, classification="format_changed"),))

    assert meaning(of(scenario)) == "Fix it, or accept it in writing: 1 minor finding: values change their format."


def test_unknown_is_never_worded_as_a_success() -> None:
    assert meaning(empty()) == "Nothing was run, so nothing is proved."
    assert meaning(of(unset())).startswith("Not proved: the only scenario could not be judged, which is not a pass;")
    assert meaning(of(quiet(), unset())).startswith("Not proved: 1 of 2 scenarios could not be judged")
    assert meaning(of(consent(), unset())).endswith("1 of 2 scenarios could not be judged.")


def test_a_pass_that_left_nothing_out_does_not_promise_a_list() -> None:
    whole = replace(quiet(), skipped_rules={}, checks=quiet().checks[:2])

    assert meaning(of(whole)) == "Nothing speaks against this connector in 1 scenario."


def test_examples_about_nobody_show_different_things_first() -> None:
    base = replace(overwrite().findings[0], person=None, classification="other_host")
    cause = causes_of(replace(overwrite(), findings=tuple(replace(base, found=host) for host in ("a", "a", "b", "c"))))[0]

    assert [f.found for f in cause.examples(3)] == ["a", "b", "c"]
    assert cause.hosts == ("a", "b", "c")


def test_a_pass_still_points_at_what_was_not_checked() -> None:
    assert meaning(of(quiet())) == "Nothing speaks against this connector in 1 scenario; what was not checked is listed below."


def test_a_person_with_two_wrong_fields_is_one_person_of_the_theme() -> None:
    base = overwrite()
    phone = base.findings[0]
    both = replace(base, findings=(phone, replace(phone, field="city")))

    (theme,) = themes(causes_of(both))

    assert (theme.findings, theme.people) == (2, 1)
