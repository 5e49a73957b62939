"""Campaigns: what a connector's deeds do to who is mailed, how often and about what; and what is nobody's fault."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Side
from syncproof.model import ScenarioResult
from syncproof.sandbox import Sandbox
from syncproof_mocks.consent import ConsentProof
from tests.checks.deeds import EVERYTHING, NEWSLETTER, After, contact, found, say, world
from tests.ideal import Ideal
from tests.staging import play, rules

CALM = {"consent": {"never_asked": 4}, "newsletter": {"never_asked": 4}}
SUBSCRIBED = {"consent": {"subscribed": 4}, "newsletter": {"subscribed": 4}}
ISSUE = {"campaign": {"name": "Issue", "purpose": "newsletter", "to": "subscribed"}}
OFFER = {"campaign": {"name": "Offer"}}
PROOF = ConsentProof("2026-01-01T00:00:00Z", "import", "yes")


def people(result: ScenarioResult, rule: str) -> set[str]:
    return {f.person.split()[0] for f in found(result, rule)}


def test_an_ideal_connector_leaves_nobody_out_and_nobody_in() -> None:
    steps = ("sync", {"opt_out": {"side": "crm", "purpose": "newsletter"}}, "sync", ISSUE, OFFER)

    result = play(world(*steps, **SUBSCRIBED), Ideal())

    assert rules(result) == set()
    looked = {c.check: c.looked_at for c in result.checks}
    assert looked["mail_is_wanted"] >= 3 + 4
    assert looked["mail_is_counted"] == 3 + 4


@pytest.mark.parametrize("said_in", ["crm", "ma"])
def test_who_refused_in_time_and_is_mailed_is_found(said_in: str) -> None:
    no = {"opt_out": {"side": said_in, "purpose": "newsletter"}}

    result = play(world("sync", no, "sync", ISSUE, **SUBSCRIBED), After(say(Side.MA, NEWSLETTER, grant=True, proof=PROOF), at=2))

    assert people(result, "MAIL-001") == {"p0001"}


def test_a_refusal_that_no_sync_could_carry_yet_is_no_fault() -> None:
    no = {"opt_out": {"side": "crm", "purpose": "newsletter"}}

    assert "MAIL-001" not in rules(play(world("sync", no, ISSUE, **SUBSCRIBED), Ideal()))


def test_a_refusal_of_everything_covers_each_mail() -> None:
    no = {"opt_out": {"side": "crm"}}

    result = play(world("sync", no, "sync", ISSUE, OFFER, **SUBSCRIBED), Ideal(frozenset({"ignore_consents"})))

    assert people(result, "MAIL-001") == {"p0001"}
    assert len(found(result, "MAIL-001")) == 2


def test_a_refusal_of_one_thing_does_not_cover_another() -> None:
    no = {"opt_out": {"side": "crm", "purpose": "newsletter"}}

    assert rules(play(world("sync", no, "sync", OFFER, **SUBSCRIBED), Ideal())) == set()


def test_a_subscription_that_the_connector_made_up_shows_in_the_mail() -> None:
    result = play(world("sync", ISSUE, **CALM), After(say(Side.MA, NEWSLETTER, grant=True, proof=PROOF)))

    assert people(result, "MAIL-002") == {"p0001"}


def test_a_request_that_waits_is_no_yes_for_a_mail() -> None:
    asked = {"opt_in": {"side": "crm", "purpose": "newsletter", "evidence": {"source": "form"}, "pending": True}}

    result = play(world("sync", asked, "sync", ISSUE, **CALM), After(say(Side.MA, NEWSLETTER, grant=True, proof=PROOF), at=2))

    assert people(result, "MAIL-002") == {"p0001"}
    assert "has not confirmed" in found(result, "MAIL-002")[0].message


def test_mail_for_everybody_who_may_be_mailed_asks_for_no_yes() -> None:
    assert rules(play(world("sync", OFFER, **CALM), Ideal())) == set()


def test_who_agreed_and_was_shut_out_is_found_in_both_audiences() -> None:
    result = play(world("sync", ISSUE, OFFER, **SUBSCRIBED), After(say(Side.MA, EVERYTHING, grant=False)))

    assert people(result, "MAIL-005") == {"p0001"}
    assert len(found(result, "MAIL-005")) == 2


def test_who_cannot_be_reached_is_nobodys_fault() -> None:
    steps = ("sync", {"bounce": {}}, {"bounce": {"who": {"skip": 1}, "what": "quarantine"}}, "sync", OFFER)

    assert rules(play(world(*steps, **CALM), Ideal())) == set()


def test_after_a_soft_bounce_and_at_a_new_address_people_are_reached() -> None:
    steps = ("sync", {"bounce": {}}, {"bounce": {"who": {"skip": 1}, "what": "soft"}}, "sync",
             {"edit": {"side": "crm", "set": {"Email": "$fresh"}}}, "sync", OFFER)

    class Lazy(Ideal):
        def _pair(self, *rows: Any) -> None:
            """Carry nothing to people who are known already."""

    assert rules(play(world(*steps, **CALM), Ideal())) == set()
    assert "MAIL-005" not in {f.rule for f in play(world(*steps, **CALM), Lazy()).findings if f.person.startswith("p0002")}
    assert people(play(world(*steps, **CALM), Lazy()), "MAIL-005") == {"p0001"}


def double(me: Any, sandbox: Sandbox) -> None:
    """Make a second contact of the first person, under an additional address of theirs."""
    row = contact(sandbox, Side.MA)
    same = {name: row.values[name] for name in ("firstname", "lastname", "phone", "jobtitle")}
    values = {**same, "email": f"second.{row.values['email']}"}
    me._write(Side.MA, lambda: sandbox.ma.desk_create("contacts", values))


def test_one_person_with_two_records_gets_the_same_mail_twice() -> None:
    result = play(world("sync", OFFER, **CALM), After(double))

    assert [(f.person.split()[0], f.expected, f.found) for f in found(result, "MAIL-003")] == [("p0001", 1, 2)]


def test_the_cap_counts_people_where_the_system_counts_records() -> None:
    capped = [{"campaign": {"name": f"Mail {n}", "at_most": 2, "days": 7}} for n in (1, 2, 3)]

    result = play(world("sync", *capped, **CALM), After(double))

    assert [(f.person.split()[0], f.expected, f.found) for f in found(result, "MAIL-004")] == [("p0001", 2, 4)]
    assert "MAIL-004" not in rules(play(world("sync", *capped, **CALM), Ideal()))


def test_the_cap_forgets_what_is_older_than_its_days() -> None:
    capped = {"campaign": {"name": "Mail", "at_most": 2, "days": 7}}
    steps = ("sync", capped, capped, {"move_clock": 8 * 86_400}, capped)

    result = play(world(*steps, **CALM), Ideal())

    assert "MAIL-004" not in rules(result)


@pytest.mark.parametrize(("known", "mailed"), [("segment", 4), ("nothing", 0)])
def test_a_segment_is_mailed_and_nobody_beside_it(known: str, mailed: int) -> None:
    where = {"hs_marketable_status": "false"} if known == "segment" else {"jobtitle": "Nobody has this one"}
    step = {"campaign": {"name": "Segment", "where": where}}

    result = play(world("sync", step, **CALM), Ideal())

    assert next(c.looked_at for c in result.checks if c.check == "mail_is_counted") == mailed
