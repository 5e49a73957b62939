"""What random stories brought to light: false alarms that are none any more, each beside the bug that is still caught."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from syncproof.drivers import Ended
from syncproof.mapping.grammar import FieldRule, Side
from syncproof.model import Verdict
from syncproof.oracle.rules import Situation, allowed, forgetful
from syncproof.sandbox import Sandbox
from syncproof_mocks.journal import Actor
from tests.checks.deeds import EVERYTHING, NEWSLETTER, After, Broken, found, say, world, write
from tests.checks.looking import look, staged
from tests.checks.test_how_a_sync_ended import ended, two_syncs
from tests.ideal import Ideal
from tests.staging import play, rules

CALM = {"consent": {"never_asked": 4}, "newsletter": {"never_asked": 4}}


# -- a connector that has lost its state -------------------------------------------------------------------

BASE = ("old", "old")


def rule(**stated: Any) -> FieldRule:
    return FieldRule(crm="Title", ma="jobtitle", **stated)


@pytest.mark.parametrize(("stated", "now", "expected"), [
    ({"winner": "ma"}, ("new", "old"), {("new", "new"), ("old", "old")}),
    ({"winner": "crm"}, ("new", "old"), {("new", "new")}),
    ({"winner": "crm", "blank": "clear"}, (None, "old"), {(None, None), ("old", "old")}),
    ({"winner": "latest", "blank": "clear"}, (None, "old"), {(None, None), ("old", "old")}),
    ({"direction": "ma_to_crm", "enforce": "on_change"}, ("new", "old"), {("new", "old"), ("old", "old")}),
    ({"direction": "crm_to_ma", "enforce": "always"}, ("old", "new"), {("old", "old")}),
])  # fmt: skip
def test_who_has_lost_the_base_may_decide_as_at_a_first_meeting_too(stated: Any, now: Any, expected: Any) -> None:
    assert set(forgetful(rule(**stated), Situation(BASE, now)).pairs) == expected


def test_the_latest_edit_is_demanded_of_the_forgetful_too_and_without_a_base_nothing_changes() -> None:
    latest, first = Situation(BASE, ("new", "old"), Side.CRM), Situation(None, ("new", "old"))

    assert forgetful(rule(winner="latest"), latest) == allowed(rule(winner="latest"), latest)
    assert set(forgetful(rule(winner="latest"), latest).pairs) == {("new", "new")}
    assert forgetful(rule(winner="ma"), first) == allowed(rule(winner="ma"), first)


def test_who_has_lost_the_base_may_fill_a_blank_that_it_had_agreed_on() -> None:
    agreed, clearing = Situation(("x", None), ("x", None)), rule(winner="ma", blank="clear")

    assert ("x", "x") not in allowed(clearing, agreed).pairs
    assert ("x", "x") in forgetful(clearing, agreed).pairs


class Forgetting(Ideal):
    """Decides every pair as if it had never met them, in the second sync."""

    def __call__(self, sandbox: Sandbox, number: int) -> Ended:
        if number == 2:
            self.base.clear()
        return super().__call__(sandbox, number)


@pytest.mark.parametrize(("lost", "expected"), [((), {"FIELD-001", "FIELD-002"}), (("lose_state",), set())])
def test_only_who_has_lost_its_state_may_let_the_winner_decide_over_the_only_edit(lost: tuple[str, ...], expected: set[str]) -> None:
    edit = {"edit": {"side": "crm", "set": {"MailingPostalCode": "00-950"}}}

    assert rules(play(world("sync", edit, *lost, "sync", **CALM), Forgetting())) == expected


def test_what_was_lost_before_an_earlier_good_sync_excuses_nothing() -> None:
    edit = {"edit": {"side": "crm", "set": {"MailingPostalCode": "00-950"}}}

    class Later(Forgetting):
        def __call__(self, sandbox: Sandbox, number: int) -> Ended:
            return super().__call__(sandbox, number - 1)

    assert "FIELD-002" in rules(play(world("sync", "lose_state", "sync", edit, "sync", **CALM), Later()))


# -- syncs that faults broke, and that did right by a field all the same -----------------------------------

CRM_EDIT = {"edit": {"side": "crm", "set": {"FirstName": "Anna"}}}
MA_EDIT = {"edit": {"side": "ma", "set": {"firstname": "Beata"}}}


class Whole(Broken):
    """A fault strikes in the second sync, the connector owns up to it, and everything was carried all the same."""

    def __init__(self, deed: Any = lambda *_: None) -> None:
        super().__init__(deed, at=2)


def undone(me: Any, sandbox: Sandbox) -> None:
    """Put the name back that was there, on both sides, and remember it as agreed."""
    for side, name in ((Side.CRM, "FirstName"), (Side.MA, "firstname")):
        write(side, {name: "Zofia"})(me, sandbox)
    for key in [key for key in me.base if "FirstName" in key[1]]:
        me.base[key] = ("Zofia", "Zofia")


def test_what_a_broken_sync_carried_rightly_is_a_base_for_the_next_edit() -> None:
    # The winner is the CRM: who takes the edit before the broken sync for one of now sees both sides changed.
    assert rules(play(world("sync", CRM_EDIT, "sync", MA_EDIT, "sync", **CALM), Whole())) == set()


def test_what_a_broken_sync_destroyed_is_no_base() -> None:
    assert "FIELD-012" in rules(play(world("sync", CRM_EDIT, "sync", "sync", **CALM), Whole(undone)))
    assert "FIELD-002" in rules(play(world("sync", CRM_EDIT, "sync", MA_EDIT, "sync", **CALM), Whole(undone)))


def test_a_sync_that_was_broken_and_carried_nothing_is_no_base() -> None:
    result = play(world("sync", CRM_EDIT, "sync", "sync", **CALM), Whole(write(Side.MA, {"firstname": "Zofia"})))

    assert "FIELD-012" in rules(result)


# -- what the vendor fills in ------------------------------------------------------------------------------


@pytest.mark.parametrize(("stage", "expected"), [("lead", set()), ("customer", {"FIELD-012"})])
def test_a_stage_that_the_vendor_gives_to_new_contacts_is_not_invented_but_any_other_is(stage: str, expected: set[str]) -> None:
    blank = {"edit": {"side": "crm", "who": "all", "set": {"Lifecycle_Stage__c": "$blank"}}}

    result = play(world(blank, "sync", **{**CALM, "placement": "crm"}), After(write(Side.MA, {"lifecyclestage": stage})))

    assert rules(result) & {"FIELD-012"} == expected


# -- a connector that was stopped before it came to the other system --------------------------------------


@pytest.mark.parametrize(("fault", "exit_code", "expected"), [
    ("server_error", 1, []), ("server_error", 0, ["STATUS-002"]), ("", 1, ["STATUS-002"]),
])  # fmt: skip
def test_who_gives_up_at_an_outage_and_says_so_need_not_have_asked_the_other_system(fault: str, exit_code: int, expected: list[str]) -> None:
    evidence = ended(two_syncs(), 2, {"status": 503, "fault": fault}, Side.MA, exit_code=exit_code)
    sync, crm = evidence.syncs[1], evidence.dialects[Side.CRM].name
    entries = tuple(
        replace(e, system="elsewhere") if sync.start_seq <= place < sync.end_seq and getattr(e, "system", "") == crm else e  # type: ignore[type-var]
        for place, e in enumerate(evidence.entries)
    )
    sorts = {fault: "passing"} if fault else {}

    findings = look("success_is_true", replace(evidence, entries=entries, fault_sorts=sorts)).findings
    assert [f.rule for f in findings if f.rule == "STATUS-002"] == expected


# -- a yes to everything, while one system still refuses everything ---------------------------------------

PROOF = {"evidence": {"source": "form", "text": "yes"}}
OUT = {"consent": {"opted_out": 4}, "newsletter": {"never_asked": 4}}


@pytest.mark.parametrize("back", ["crm", "ma"])
def test_whoever_keeps_a_refusal_of_everything_that_still_stands_on_one_side_has_invented_none(back: str) -> None:
    result = play(world("sync", {"opt_in": {"side": back, **PROOF}}, "sync", **OUT), Ideal())

    assert "CONS-003" not in rules(result)
    assert any("a later yes to everything" in text for text in result.left_open)


def test_a_refusal_of_everything_that_stands_nowhere_is_invented_even_of_somebody_who_had_refused() -> None:
    both = [{"opt_in": {"side": side, **PROOF}} for side in ("crm", "ma")]

    result = play(world("sync", *both, "sync", **OUT), After(say(Side.CRM, EVERYTHING, grant=False), at=2))

    assert found(result, "CONS-003")


@pytest.mark.parametrize(("sides", "expected"), [(("ma",), set()), (("crm", "ma"), {"CONS-010"})])
def test_a_refusal_carried_from_the_other_side_is_not_made_of_the_bounce(sides: tuple[str, ...], expected: set[str]) -> None:
    steps = [*({"opt_in": {"side": side, **PROOF}} for side in sides), {"bounce": {"what": "soft"}}]

    evidence = staged(world("sync", *steps, "sync", **OUT), After(say(Side.MA, EVERYTHING, grant=False), at=2))
    bounces, scope = look("bounce_is_no_refusal", evidence), look("scope_of_consent", evidence)

    assert {f.rule for f in (*bounces.findings, *scope.findings)} == expected
    assert expected or any("a later yes to everything" in text for text in bounces.left_open)


def test_one_purpose_has_evidence_so_its_newer_yes_is_still_demanded() -> None:
    steps = ("sync", {"opt_in": {"side": "crm", "purpose": "newsletter", **PROOF}}, "sync")
    population = {"consent": {"subscribed": 4}, "newsletter": {"opted_out": 4}}

    result = play(world(*steps, **population), After(say(Side.CRM, NEWSLETTER, grant=False), at=2, sins=frozenset({"ignore_consents"})))

    assert found(result, "CONS-003")


def test_a_yes_to_the_newsletter_is_not_demanded_where_an_opt_out_of_everything_was_kept() -> None:
    yes = {"consent": {"subscribed": 4}, "newsletter": {"subscribed": 4}}
    steps = ("sync", {"opt_out": {"side": "ma"}}, "sync", {"opt_in": {"side": "crm", **PROOF}}, "sync")

    assert "CONS-008" not in rules(play(world(*steps, **yes), Ideal()))


def test_an_opt_out_of_everything_that_nobody_asked_for_does_not_excuse_a_missing_newsletter() -> None:
    yes = {"consent": {"never_asked": 4}, "newsletter": {"subscribed": 4}}

    assert found(play(world("sync", "sync", **yes), After(say(Side.CRM, EVERYTHING, grant=False))), "CONS-008")



# -- nothing happened --------------------------------------------------------------------------------------

MUST = {"options": {"must_happen": True}}
NEVER = {"inject": {"fault": "slow", "system": "ma", "operation": "objects.merge", "optional": True}}
MISSED = {"meanwhile": {"system": "ma", "operation": "objects.merge", "do": [{"edit": {"side": "crm", "set": {"Title": "x"}}}], "optional": True}}


@pytest.mark.parametrize("planned", [NEVER, MISSED])
def test_a_story_of_which_nothing_came_to_pass_is_unknown(planned: dict[str, Any]) -> None:
    result = play(world(planned, "sync", **CALM) | MUST, Ideal())

    assert (result.verdict, result.reason) == (
        Verdict.UNKNOWN, "nothing that this scenario had planned came to pass: no fault struck, and nobody did anything",
    )  # fmt: skip


@pytest.mark.parametrize("planned", [NEVER, MISSED])
def test_with_one_edit_there_was_something_to_see_and_the_rest_is_told(planned: dict[str, Any]) -> None:
    result = play(world(planned, {"edit": {"side": "crm", "set": {"Title": "$fresh"}}}, "sync", **CALM) | MUST, Ideal())

    assert result.verdict is Verdict.PASS
    assert any("never struck" in text or "did not happen" in text for text in result.not_checked)


# -- a no said again ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("grant", "lost", "expected"), [
    (False, ("lose_state",), set()), (False, (), {"QUIET-001"}), (True, ("lose_state",), {"QUIET-001"}),
])  # fmt: skip
def test_only_who_has_lost_its_state_may_say_a_no_again(grant: bool, lost: tuple[str, ...], expected: set[str]) -> None:
    result = play(world("sync", *lost, "sync", **CALM), Again(grant))

    assert rules(result) == expected


class Again(Ideal):
    """Sends, in the second sync, a consent that changes nothing."""

    def __init__(self, grant: bool) -> None:
        super().__init__()
        self.word = b"SUBSCRIBED" if grant else b"UNSUBSCRIBED"

    def __call__(self, sandbox: Sandbox, number: int) -> Ended:
        result = super().__call__(sandbox, number)
        if number == 2:
            sandbox.call(lambda: self._again(sandbox))
        return result

    def _again(self, sandbox: Sandbox) -> None:
        body = b'{"subscriptionId": 1, "statusState": "' + self.word + b'", "channel": "EMAIL"}'
        entry = sandbox.ma.journal.open_exchange("hubspot", Actor.CONNECTOR, "POST", "/communication-preferences/v4/statuses/a", "", {}, body)
        entry.status, entry.operation = 200, "communication_v4.write"
        sandbox.ma.journal.close_exchange()
