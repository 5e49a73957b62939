"""Consents and faults: small worlds in which exactly one thing goes wrong, or only seems to."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Side
from syncproof.model import Verdict
from syncproof.sandbox import Sandbox
from syncproof_mocks.consent import ConsentProof
from tests.checks.deeds import EVERYTHING, NEWSLETTER, After, Broken, found, say, world, write
from tests.ideal import Ideal
from tests.staging import play, rules

# -- consents --------------------------------------------------------------------------------------------------

CALM = {"consent": {"never_asked": 4}, "newsletter": {"never_asked": 4}}


@pytest.mark.parametrize("side", list(Side))
def test_a_refusal_that_nobody_said_is_found_on_either_side(side: Side) -> None:
    result = play(world("sync", **CALM), After(say(side, NEWSLETTER, grant=False)))

    first = min(found(result, "CONS-003"), key=lambda f: f.caused_by)
    assert (first.system, first.classification) == (str(side), "refusal_invented")


def test_one_purpose_refused_is_not_all_of_them() -> None:
    steps = ("sync", {"opt_out": {"side": "ma", "purpose": "newsletter"}}, "sync")

    result = play(world(*steps, **CALM), After(say(Side.CRM, EVERYTHING, grant=False), at=2))

    assert {f.classification for f in found(result, "CONS-003")} == {"scope_widened"}


def test_a_refusal_said_only_afterwards_does_not_explain_an_earlier_write() -> None:
    steps = ("sync", {"opt_out": {"side": "ma", "purpose": "newsletter"}}, "sync")

    assert found(play(world(*steps, **CALM), After(say(Side.CRM, NEWSLETTER, grant=False))), "CONS-003")


def test_a_yes_said_only_afterwards_does_not_explain_an_earlier_write() -> None:
    steps = ("sync", {"opt_in": {"side": "ma", "purpose": "newsletter", "evidence": {"source": "form"}}}, "sync")
    early = say(Side.CRM, NEWSLETTER, grant=True, proof=ConsentProof("2026-01-01T00:00:00Z", "form"))

    assert found(play(world(*steps, **CALM), After(early)), "CONS-004")


def test_a_bare_yes_does_not_get_a_proof_on_the_way() -> None:
    steps = ("sync", {"opt_in": {"side": "crm", "purpose": "newsletter", "evidence": "none"}}, "sync")
    upgrade = say(Side.MA, NEWSLETTER, grant=True, proof=ConsentProof("2026-01-01T00:00:00Z", "import", "yes"))

    assert found(play(world(*steps, **CALM), After(upgrade, at=2)), "CONS-004")


@pytest.mark.parametrize(("said_in", "missing_in"), [("crm", "ma"), ("ma", "crm")])
def test_a_proved_yes_must_arrive_on_the_other_side(said_in: str, missing_in: str) -> None:
    yes = {"opt_in": {"side": said_in, "purpose": "newsletter", "evidence": {"source": "form", "text": "yes"}}}

    result = play(world("sync", yes, "sync", **CALM), Ideal(frozenset({"ignore_consents"})))

    assert [(f.system, f.found) for f in found(result, "CONS-008")] == [(missing_in, "unknown")]


@pytest.mark.parametrize(("said_in", "missing_in"), [("crm", "ma"), ("ma", "crm")])
def test_a_refusal_must_reach_the_other_side(said_in: str, missing_in: str) -> None:
    no = {"opt_out": {"side": said_in, "purpose": "newsletter"}}

    result = play(world("sync", no, "sync", **CALM), Ideal(frozenset({"ignore_consents"})))

    assert {f.system for f in found(result, "CONS-002")} == {missing_in}


def test_a_refusal_that_the_connector_forgets_is_found() -> None:
    no = {"opt_out": {"side": "crm", "purpose": "newsletter"}}

    def forget(me: Any, sandbox: Sandbox) -> None:
        write(Side.CRM, {"Newsletter_Consent__c": None})(me, sandbox)

    result = play(world("sync", no, "sync", **CALM), After(forget, at=2))

    assert {f.system for f in found(result, "CONS-001")} == {"crm"}
    assert {f.system for f in found(result, "CONS-002")} == {"crm"}


def test_a_broken_sync_is_no_excuse_for_lifting_a_refusal() -> None:
    no = {"opt_out": {"side": "crm", "purpose": "newsletter"}}
    lift = say(Side.CRM, NEWSLETTER, grant=True, proof=ConsentProof("2026-01-01T00:00:00Z", "import"))

    assert "CONS-001" in rules(play(world("sync", no, "sync", "sync", **CALM), Broken(lift, at=2)))


def test_a_refusal_may_wait_for_the_sync_after_a_broken_one_but_no_longer() -> None:
    no = {"opt_out": {"side": "crm", "purpose": "newsletter"}}

    class Late(Broken):
        def _consents(self, *rows: Any) -> None:
            if self.number + 1 != self.at:
                super()._consents(*rows)

    assert rules(play(world("sync", no, "sync", "sync", **CALM), Late(lambda *_: None, at=2))) == set()


# -- faults ----------------------------------------------------------------------------------------------------


def test_a_run_that_ends_broken_is_not_proved() -> None:
    class Always(Broken):
        always = True

    result = play(world("sync", "sync"), Always(lambda *_: None))

    assert result.verdict is Verdict.UNKNOWN
    assert "no sync came after it" in result.reason


@pytest.mark.parametrize(
    ("side", "values"),
    [
        (Side.CRM, {"Title": None}), (Side.MA, {"jobtitle": None}), (Side.CRM, {"MailingPostalCode": "99-999"}),
        (Side.MA, {"address": "Nowhere Street 1"}),
    ],
)
def test_damage_by_a_broken_sync_is_no_edit_of_a_person(side: Side, values: dict[str, Any]) -> None:
    result = play(world("sync", "sync", "sync"), Broken(write(side, values), at=2))

    assert {f.system for f in result.findings if f.rule.startswith("FIELD-")} == {"crm", "ma"}


@pytest.mark.parametrize("at", [1, 2])
def test_what_a_broken_sync_carried_rightly_is_no_damage(at: int) -> None:
    edits = [{"edit": {"side": s, "who": {"count": 3}, "set": {f: "$fresh"}}} for s, f in (("crm", "Title"), ("ma", "zip"))]
    for placement in ("both", "crm"):
        steps = ["sync", *edits, "sync", "sync"] if placement == "both" else ["sync", "sync"]
        assert rules(play(world(*steps, placement=placement), Broken(lambda *_: None, at=at))) == set()


def test_people_may_edit_again_what_a_broken_sync_carried() -> None:
    steps = ["sync", {"edit": {"side": "crm", "set": {"Title": "$fresh"}}}, "sync",
             {"edit": {"side": "ma", "set": {"jobtitle": "$fresh"}}}, "sync"]

    assert rules(play(world(*steps), Broken(lambda *_: None, at=2))) == set()
