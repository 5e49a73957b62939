"""Invariants of consents: evidence, echoes, bounces, mail by a sync, erasures, refused writes. One deed each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from syncproof.drivers import Ended
from syncproof.mapping.grammar import Side
from syncproof.sandbox import Sandbox
from syncproof_mocks.consent import ConsentProof
from syncproof_mocks.journal import Actor
from tests.checks.deeds import EVERYTHING, NEWSLETTER, After, contact, found, say, world, write
from tests.ideal import Ideal
from tests.staging import play, rules

CALM = {"consent": {"never_asked": 4}, "newsletter": {"never_asked": 4}}
SUBSCRIBED = {"consent": {"subscribed": 4}, "newsletter": {"subscribed": 4}}
YES = {"opt_in": {"side": "ma", "purpose": "newsletter", "evidence": {"source": "web form"}}}
NOTHING: Callable[..., None] = lambda *_: None  # noqa: E731

# -- evidence (I5) ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "classification"),
    [
        ({"Newsletter_Consent_At__c": "2031-01-01T00:00:00.000+0000"}, "evidence_altered"),
        ({"Newsletter_Consent_At__c": None}, "evidence_lost"),
        ({"Newsletter_Consent_Source__c": None}, "evidence_lost"),
        ({"Newsletter_Consent_Source__c": "synchronised"}, "evidence_altered"),
        ({"Newsletter_Consent__c": "NotSeen"}, "evidence_lost"),
    ],
)
def test_evidence_that_the_connector_changes_is_found(values: dict[str, Any], classification: str) -> None:
    result = play(world("sync", **SUBSCRIBED), After(write(Side.CRM, values)))

    assert {(f.system, f.classification, f.person.split()[0]) for f in found(result, "CONS-005")} == {("crm", classification, "p0001")}


@pytest.mark.parametrize(
    "values",
    [{"FirstName": "Somebody"}, {"Newsletter_Consent__c": "OptOut"}],
)
def test_what_is_no_evidence_of_a_yes_is_not_judged_as_such(values: dict[str, Any]) -> None:
    assert "CONS-005" not in rules(play(world("sync", **SUBSCRIBED), After(write(Side.CRM, values))))


def test_a_source_may_be_told_in_other_words_around_it() -> None:
    def put(me: Any, sandbox: Sandbox) -> None:
        source = contact(sandbox, Side.CRM).values["Newsletter_Consent_Source__c"]
        write(Side.CRM, {"Newsletter_Consent_Source__c": f"HubSpot: {source.upper()} (carried)"})(me, sandbox)

    assert "CONS-005" not in rules(play(world("sync", **SUBSCRIBED), After(put)))


def test_a_bare_flag_for_a_proved_yes_is_lost_evidence() -> None:
    def subscribe(me: Any, sandbox: Sandbox) -> None:
        email = contact(sandbox, Side.MA).values["email"]
        kind = next(t for t in sandbox.ma.subscription_types if t.name == "Newsletter")
        from syncproof_mocks.ma.hubspot.consent_state import API, Cause, set_status

        me._write(Side.MA, lambda: set_status(sandbox.ma, email, kind.id, "SUBSCRIBED", Cause(API, "app")))

    yes = {"opt_in": {"side": "crm", "purpose": "newsletter", "evidence": {"source": "web form"}}}
    result = play(world("sync", yes, "sync", **CALM), After(subscribe, at=2, sins=frozenset({"ignore_consents"})))

    assert [(f.system, f.classification, f.found) for f in found(result, "CONS-005")] == [("ma", "evidence_lost", "claimed")]


# -- echoes (I12) ----------------------------------------------------------------------------------------------


def test_one_word_written_twice_is_found() -> None:
    def again(me: Any, sandbox: Sandbox) -> None:
        for source in ("first", "second"):
            say(Side.MA, EVERYTHING, grant=False, proof=ConsentProof("2026-01-01T00:00:00Z", source))(me, sandbox)

    result = play(world("sync", {"opt_out": {"side": "crm"}}, "sync", **CALM), After(again, at=2))

    assert [(f.system, f.found) for f in found(result, "CONS-012")] == [("ma", 3)]


def test_a_word_written_back_to_where_it_was_said_is_an_echo() -> None:
    back = say(Side.MA, NEWSLETTER, grant=True, proof=ConsentProof("2026-01-01T00:00:00Z", "from the CRM"))

    result = play(world("sync", YES, "sync", **CALM), After(back, at=2))

    assert [(f.system, f.found) for f in found(result, "CONS-012")] == [("ma", 1)]


def test_each_new_word_may_be_carried() -> None:
    steps = ("sync", YES, "sync", {"opt_out": {"side": "ma", "purpose": "newsletter"}}, "sync", YES, "sync")

    result = play(world(*steps, **CALM), Ideal())

    assert "CONS-012" not in rules(result)
    assert next(c.looked_at for c in result.checks if c.check == "one_word_one_write") == 3


# -- bounces (I10) ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["hard", "soft", "quarantine"])
def test_a_bounce_taken_for_a_refusal_has_a_rule_of_its_own(what: str) -> None:
    result = play(world("sync", {"bounce": {"what": what}}, "sync", **CALM), After(say(Side.CRM, EVERYTHING, grant=False), at=2))

    assert {f.person.split()[0] for f in found(result, "CONS-010")} == {"p0001"}
    assert "CONS-003" not in rules(result)


def test_a_complaint_is_a_refusal_and_must_be_carried() -> None:
    steps = ("sync", {"bounce": {"what": "spam"}}, "sync")

    assert rules(play(world(*steps, **CALM), Ideal())) == set()
    assert "CONS-002" in rules(play(world(*steps, **CALM), Ideal(frozenset({"ignore_consents"}))))


def test_an_invented_refusal_of_somebody_else_stays_an_invention() -> None:
    result = play(world("sync", {"bounce": {}}, "sync", **CALM), After(say(Side.CRM, EVERYTHING, grant=False, index=1), at=2))

    assert "CONS-003" in rules(result)
    assert "CONS-010" not in rules(result)


# -- mail (I11) ------------------------------------------------------------------------------------------------


def mail(me: Any, sandbox: Sandbox) -> None:
    journal = sandbox.world.journal
    entry = journal.open_exchange("hubspot", Actor.CONNECTOR, "POST", "/marketing/v4/email/single-send", "", {}, b"")
    entry.status, entry.operation = 200, "single_send.send"
    sandbox.ma.desk_mail("Please confirm", "*", contact(sandbox, Side.MA).id)
    journal.close_exchange()


def test_mail_that_a_sync_sends_is_found_and_a_marketers_is_not() -> None:
    result = play(world("sync", {"campaign": {"name": "Offer"}}, **CALM), After(mail))

    assert [(f.person.split()[0], f.system) for f in found(result, "CONS-011")] == [("p0001", "ma")]


def test_it_says_so_when_that_person_had_refused() -> None:
    result = play(world({"opt_out": {"side": "ma"}}, "sync", **CALM), After(mail))

    (finding,) = found(result, "CONS-011")
    assert "who had refused" in finding.message
    assert "held back" in finding.message


# -- erasures (I7) ---------------------------------------------------------------------------------------------


def test_an_erasure_that_stops_at_one_system_is_found() -> None:
    steps = ("sync", {"erase": {"side": "crm"}}, "sync")

    assert rules(play(world(*steps, **CALM), Ideal())) == set()
    result = play(world(*steps, **CALM), Ideal(frozenset({"keep_erased"})))
    assert [(f.person.split()[0], f.system, f.expected) for f in found(result, "CONS-014")] == [("p0001", "ma", "erase")]


def test_an_archived_record_is_not_an_erased_one() -> None:
    def archive(me: Any, sandbox: Sandbox) -> None:
        row = contact(sandbox, Side.MA)
        me._write(Side.MA, lambda: sandbox.ma.desk_delete("contacts", row.id))

    result = play(world("sync", {"erase": {"side": "crm"}}, "sync", **CALM), After(archive, at=2, sins=frozenset({"keep_erased"})))

    assert [f.found for f in found(result, "CONS-014")] == ["archived, not erased"]


class Stubborn(Ideal):
    """Sends data of the erased person in each sync of ``numbers``; HubSpot answers that there is no such record."""

    numbers: tuple[int, ...] = ()
    count = 0

    def __call__(self, sandbox: Sandbox, number: int) -> Ended:
        self.count = number
        return super().__call__(sandbox, number)

    def _sync(self, sandbox: Sandbox) -> None:
        super()._sync(sandbox)
        if self.count in self.numbers:
            journal = sandbox.world.journal
            body = f'{{"email": "{contact(sandbox, Side.CRM).values["Email"]}"}}'.encode()
            entry = journal.open_exchange("hubspot", Actor.CONNECTOR, "PATCH", "/crm/v3/objects/contacts/1", "", {}, body)
            entry.status, entry.operation = 404, "objects.update"
            journal.close_exchange()


@pytest.mark.parametrize(("numbers", "is_found"), [((2, 3), True), ((2,), False), ((1, 2), False), ((3,), False)])
def test_an_erased_person_may_be_tried_in_one_sync_only(numbers: tuple[int, ...], is_found: bool) -> None:
    connector = Stubborn()
    connector.numbers = numbers

    result = play(world("sync", {"erase": {"side": "ma"}}, "sync", {"edit": {"side": "crm", "who": {"skip": 1}, "set": {"Title": "$fresh"}}},
                        "sync", **CALM), connector)

    assert ("CONS-013" in rules(result)) is is_found


# -- refused writes (I9) ---------------------------------------------------------------------------------------


class Refused(Ideal):
    """HubSpot refuses the consents of the first person in sync 2; ``code`` is what the connector then says."""

    code = 0
    operation = "communication_v4.set_status"
    body = '{"statusState": "UNSUBSCRIBED"}'
    count = 0

    def __call__(self, sandbox: Sandbox, number: int) -> Ended:
        self.count = number
        ended = super().__call__(sandbox, number)
        return Ended(self.code if number >= 2 else 0, ended.ended, ended.seconds, ended.output)

    def _sync(self, sandbox: Sandbox) -> None:
        self.first = contact(sandbox, Side.MA).id
        super()._sync(sandbox)

    def _say(self, side: Side, row: Any, *said: Any) -> None:
        if side is not Side.MA or self.count < 2 or row.id != self.first:
            super()._say(side, row, *said)
            return
        if self.count > 2:
            return  # refused before: an honest connector tells so again and waits for somebody to help
        journal, email = self.sandbox.world.journal, row.values["email"]
        path = f"/communication-preferences/v4/statuses/{email}"
        entry = journal.open_exchange("hubspot", Actor.CONNECTOR, "POST", path, "", {}, self.body.encode())
        entry.status, entry.operation = 400, self.operation
        entry.refused.append((email, "INVALID", "not now"))
        journal.close_exchange()


NO = {"opt_out": {"side": "crm", "purpose": "newsletter"}}


def test_a_refused_refusal_that_is_owned_up_to_is_excused_and_told() -> None:
    connector = Refused()
    connector.code = 1

    result = play(world("sync", NO, "sync", **CALM), connector)

    assert not rules(result) & {"CONS-002", "CONS-009", "STATUS-001"}
    assert any("refused the opt-out" in text for text in result.not_checked)


def test_a_refused_refusal_that_nobody_mentions_is_no_excuse() -> None:
    result = play(world("sync", NO, "sync", **CALM), Refused())

    assert rules(result) >= {"CONS-002", "CONS-009", "STATUS-001"}


def test_a_refused_request_about_something_else_excuses_no_missing_refusal() -> None:
    connector = Refused()
    connector.code, connector.operation, connector.body = 1, "objects.update", '{"properties": {"phone": "1"}}'

    assert "CONS-002" in rules(play(world("sync", NO, "sync", **CALM), connector))


def test_a_refused_yes_excuses_no_missing_no() -> None:
    connector = Refused()
    connector.code, connector.body = 1, '{"statusState": "SUBSCRIBED"}'

    assert "CONS-002" in rules(play(world("sync", NO, "sync", **CALM), connector))


def test_a_refused_yes_that_is_owned_up_to_is_excused() -> None:
    connector = Refused()
    connector.code, connector.body = 1, '{"statusState": "SUBSCRIBED"}'
    yes = {"opt_in": {"side": "crm", "purpose": "newsletter", "evidence": {"source": "form"}}}

    assert "CONS-008" not in rules(play(world("sync", yes, "sync", **CALM), connector))
    assert "CONS-008" in rules(play(world("sync", yes, "sync", **CALM), Ideal(frozenset({"ignore_consents"}))))
