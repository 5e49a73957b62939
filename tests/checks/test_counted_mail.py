"""MAIL rules on made evidence: who got how much, who should have got nothing, and who should have got something."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Direction, FieldRule, Side
from syncproof_mocks.consent import ConsentState
from syncproof_mocks.dialect import Mail
from tests.checks.small import LINKS, around, asked, one_way, opted, says, told
from tests.oracle.made import ALL, EMAIL, NEWS, OUT, YES, act, change, contact, exchange, link, mapped, there

DAY_MS = 86_400_000
BOTH = (contact("003A"), contact("003B")), (there("501"), there("502"))
TWINS = (*LINKS, link("504", "p1", Side.MA))


def sent(seq: int, to: str, *, campaign: str = "77", at_day: float = 0, refused: str = "", by: int | None = None) -> Any:
    mail = Mail("", to, campaign, NEWS, int(at_day * DAY_MS), refused)
    return change(seq, None, there(f"m{seq}", kind="mails", mail=mail), by=by)


def campaign(seq: int, number: str = "77", to: str = "everybody", at_most: int | None = None, days: int = 7, **more: Any) -> Any:
    settings = {"purpose": "newsletter", "to": to, "at_most": at_most, "days": days, "where": more.pop("where", {})}
    return act(seq, "campaign", "", Side.MA, record=number, object="campaign", value=settings, after_sync=1, **more)


def mailed(check: str, *entries: Any, acts: tuple[Any, ...], states: Any = (BOTH, BOTH), **more: Any) -> Any:
    return asked(check, around(*states, acts=acts, entries=entries, **more))


# -- counted -------------------------------------------------------------------------------------------


def test_two_records_that_the_connector_made_of_one_person_are_one_mail_too_many() -> None:
    """Record 503 is recognised by the address of its owner."""
    after = BOTH[0], (*BOTH[1], there("503", email="ann@x.cz"))

    seen = mailed("mail_is_counted", sent(20, "501"), sent(21, "502"), sent(22, "503"), acts=(campaign(20),), states=(BOTH, after))

    assert told(seen, "expected", "found", "classification", "caused_by", "record_id") == [
        ("MAIL-003", "ma", "p1 Label", 1, 2, "mailed_twice", 22, "503")
    ]
    assert seen.looked == {"MAIL-003": 2}


@pytest.mark.parametrize("entries", [
    (sent(20, "501"), sent(21, "504")),  # people themselves made two records of one person
    (sent(20, "503"),),
    (sent(20, "501"), sent(21, "503", refused="BOUNCED")),
    (sent(20, "502"), sent(21, "503")),
    (sent(20, "501"), sent(21, "599"), sent(22, "598")),  # nobody known
])
def test_who_gets_it_once_or_by_two_records_of_people_is_no_finding(entries: Any) -> None:
    after = BOTH[0], (*BOTH[1], there("503", email="ann@x.cz"), there("504"))

    assert mailed("mail_is_counted", *entries, acts=(campaign(20),), states=(BOTH, after), links=TWINS).findings == []


def test_a_record_of_somebody_else_excuses_no_second_mail() -> None:
    """The connector moved Ann's mail to Bob's record: who got two mails is decided by address."""
    entries = [change(seq, None, there(f"m{seq}", kind="mails", mail=Mail("ann@x.cz", to, "77", NEWS, 0, ""))) for seq, to in ((20, "501"), (21, "502"))]

    assert told(mailed("mail_is_counted", *entries, acts=(campaign(20),)), "found") == [("MAIL-003", "ma", "p1 Label", 2)]


def capped(*entries: Any, at_most: int = 2, days: int = 7, number: str = "79") -> Any:
    after = BOTH[0], (*BOTH[1], there("503", email="ann@x.cz"), there("504"))
    acts = (campaign(20), campaign(30, "78"), campaign(40, number, at_most=at_most, days=days))
    return mailed("mail_is_counted", *entries, acts=acts, states=(BOTH, after), links=TWINS)


def test_a_person_counts_and_not_a_record_when_mails_are_limited() -> None:
    seen = capped(sent(20, "501", at_day=1), sent(30, "503", campaign="78", at_day=2), sent(40, "501", campaign="79", at_day=3))

    assert told(seen, "expected", "found", "classification", "caused_by", "record_id") == [
        ("MAIL-004", "ma", "p1 Label", 2, 3, "mailed_too_often", 40, "501")
    ]
    assert seen.looked == {"MAIL-003": 3, "MAIL-004": 1}


def test_a_record_of_somebody_else_excuses_no_mail_too_many() -> None:
    """Bob's record got Ann's address."""
    astray = change(30, None, there("m30", kind="mails", mail=Mail("ann@x.cz", "502", "78", NEWS, 0, "")))

    assert told(capped(sent(20, "501"), astray, sent(40, "501", campaign="79")), "found") == [("MAIL-004", "ma", "p1 Label", 3)]


@pytest.mark.parametrize("entries", [
    (sent(30, "503", campaign="78", at_day=2), sent(40, "501", campaign="79", at_day=3)),  # just as many as allowed
    (sent(20, "501", at_day=1), sent(30, "503", campaign="78", at_day=2), sent(40, "501", campaign="79", at_day=8)),  # one is a week old
    (sent(20, "502"), sent(30, "503", campaign="78"), sent(40, "501", campaign="79")),  # one is somebody else's
    (sent(20, "501"), sent(30, "504", campaign="78"), sent(40, "501", campaign="79")),  # records of people only
    (sent(30, "503", campaign="78"), sent(40, "501", campaign="79"), sent(60, "503", campaign="80")),  # one came later
    (sent(20, "501"), sent(30, "503", campaign="78"), sent(40, "502", campaign="79")),  # this campaign left the person out
])
def test_the_cap_counts_what_the_person_got_within_its_days(entries: Any) -> None:
    assert capped(*entries).findings == []


def test_no_cap_no_finding() -> None:
    assert capped(sent(20, "501"), sent(30, "503", campaign="78"), sent(40, "501", campaign="79"), number="99").looked == {"MAIL-003": 2}


# -- wanted --------------------------------------------------------------------------------------------


def wanted(*entries: Any, acts: tuple[Any, ...] = (), to: str = "everybody", states: Any = (BOTH, BOTH), **more: Any) -> Any:
    return mailed("mail_is_wanted", *entries, acts=(*acts, campaign(40, to=to, **more.pop("rules", {}))), states=states, **more)


def against(*acts: Any, **more: Any) -> list[tuple[Any, ...]]:
    seen = wanted(sent(41, "501"), sent(42, "502"), acts=acts, **more)
    assert seen.looked["MAIL-001"] == 2
    return [f for f in told(seen, "classification", "caused_by", "record_id") if f[0] == "MAIL-001"]


MAILED = [("MAIL-001", "ma", "p1 Label", "mailed_against_refusal", 41, "501")]
NO = "opt_out"


@pytest.mark.parametrize(("acts", "found"), [
    ((opted(5, kind=NO),), MAILED),  # said in the CRM, before the sync began
    ((opted(12, kind=NO),), []),  # said in the CRM while it ran
    ((opted(12, Side.MA, kind=NO),), MAILED),  # said in the very system that mails
    ((opted(39, Side.MA, kind=NO),), MAILED),
    ((opted(39, kind=NO),), []),
    ((opted(5, Side.MA, kind=NO),), MAILED),
    ((opted(5, key=ALL, kind=NO),), MAILED),
    ((opted(5, kind=NO), opted(6)), []),  # taken back with proof
    ((opted(5, kind=NO), opted(6, proof=None)), MAILED),
    ((opted(5, kind=NO, who="p2"),), [("MAIL-001", "ma", "p2 Label", "mailed_against_refusal", 42, "502")]),
])
def test_a_refusal_that_was_known_there_in_time_is_not_mailed_over(acts: Any, found: Any) -> None:
    assert against(*acts) == found


def test_a_refusal_at_a_moment_just_before_the_sync_is_in_time_and_one_at_its_start_is_not() -> None:
    assert against(opted(9, kind=NO))
    assert not against(opted(10, kind=NO))


def test_a_sync_that_a_fault_broke_does_not_settle_anything() -> None:
    struck = exchange(23, fault="server_error", status=503)
    seen = wanted(struck, sent(41, "501"), acts=(opted(15, kind=NO),), states=(BOTH, BOTH, BOTH), codes=(0, 1))

    assert "MAIL-001" not in [f.rule for f in seen.findings]
    assert against(opted(15, kind=NO), states=(BOTH, BOTH, BOTH)) == MAILED


def test_before_the_first_sync_only_what_was_said_there_counts() -> None:
    assert against(opted(5, Side.MA, kind=NO), states=(BOTH,)) == MAILED
    assert against(opted(5, kind=NO), states=(BOTH,)) == []


def test_a_seeded_refusal_is_not_known_on_the_other_side_before_any_sync() -> None:
    seeded = (contact("003A", said=says((NEWS, ConsentState.WITHDRAWN))),), BOTH[1]

    assert against(states=(seeded,)) == []
    assert against(states=(seeded, seeded)) == MAILED


PHONE = FieldRule(crm="Call", ma="call", type="boolean", direction="none", consent={"channel": "phone", "purpose": "*"})


@pytest.mark.parametrize(("fields", "found"), [
    ((PHONE, OUT), MAILED),  # no rule of its own, yet the one for everything carries it
    ((OUT.model_copy(update={"direction": Direction.MA_TO_CRM}), YES), MAILED),  # its own rule comes first
    ((OUT.model_copy(update={"direction": Direction.MA_TO_CRM}), EMAIL), []),
    ((PHONE, EMAIL), []),
])
def test_a_refusal_is_carried_by_its_own_rule_or_by_one_that_speaks_of_it(fields: Any, found: Any) -> None:
    assert against(opted(5, kind=NO), objects=(mapped(fields=fields),)) == found


def test_who_takes_no_part_is_not_carried_and_mailed_against_what_was_said_there_only() -> None:
    apart = (BOTH[0][1:], BOTH[1])

    assert against(opted(5, kind=NO), states=(apart, apart)) == []
    assert against(opted(5, Side.MA, kind=NO), states=(apart, apart)) == MAILED


@pytest.mark.parametrize(("direction", "key", "found"), [
    ("crm_to_ma", NEWS, MAILED), ("ma_to_crm", NEWS, []), ("both", ALL, MAILED),
])
def test_what_the_mapping_does_not_carry_cannot_be_known(direction: str, key: Any, found: Any) -> None:
    assert against(opted(5, kind=NO, key=key), objects=(one_way(direction=direction),)) == found


def test_a_new_address_entered_in_the_sending_system_has_no_refusal_before_the_next_sync() -> None:
    no, moved = opted(5, Side.MA, kind=NO), act(30, "edit", "p1", Side.MA, field="email", value="new@x.cz", after_sync=1)
    states = (BOTH, BOTH)

    assert against(no, moved, states=states) == []
    assert against(opted(31, Side.MA, kind=NO), moved, states=states) == MAILED
    assert against(no, act(7, "edit", "p1", Side.MA, field="email", value="new@x.cz"), states=states) == MAILED


def test_a_mail_that_was_held_back_or_went_to_nobody_known_is_no_mail_against_a_will() -> None:
    seen = wanted(sent(41, "501", refused="OPTED_OUT"), sent(42, "599"), acts=(opted(5, kind=NO),))

    assert "MAIL-001" not in seen.looked


@pytest.mark.parametrize(("acts", "words"), [
    ((), ["never said yes to it"]), ((opted(5, kind="request"),), ["asked, but has not confirmed it"]), ((opted(5, proof=None),), []), ((opted(5),), []),
])
def test_a_mail_for_subscribers_needs_a_yes(acts: Any, words: list[str]) -> None:
    seen = wanted(sent(41, "501"), acts=acts, to="subscribed")
    found = [f for f in seen.findings if f.rule == "MAIL-002"]

    assert [(f.system, f.person, f.classification) for f in found] == [("ma", "p1 Label", "mailed_without_consent") for _ in words]
    assert all(word in f.message for f, word in zip(found, words, strict=True))
    assert seen.looked["MAIL-002"] == 1
    assert "MAIL-002" not in wanted(sent(41, "501"), acts=acts).looked


def test_a_refusal_is_told_once_and_not_as_a_missing_yes_too() -> None:
    assert [f.rule for f in wanted(sent(41, "501"), sent(42, "502"), acts=(opted(5, kind=NO),), to="subscribed").findings] == ["MAIL-001", "MAIL-002"]


# -- left out ------------------------------------------------------------------------------------------


def left_out(*acts: Any, to: str = "everybody", **more: Any) -> list[str]:
    """Return the people whom MAIL-005 misses in a mail that went to Bob alone."""
    seen = wanted(sent(41, "502"), acts=acts, to=to, **more)
    return [f.person for f in seen.findings if f.rule == "MAIL-005"]


def test_who_never_refused_gets_a_mail_for_everybody() -> None:
    seen = wanted(sent(41, "502"))

    assert told(seen, "field", "found", "classification", "sync") == [("MAIL-005", "ma", "p1 Label", "email/newsletter", "not mailed", "not_mailed", 1)]
    assert seen.looked["MAIL-005"] == 2


@pytest.mark.parametrize("acts", [
    (opted(5, kind=NO),),
    (opted(39, kind=NO),),  # after the sync, yet before the mail
    (opted(5, kind=NO), opted(39)),  # taken back too late to be carried
    (act(39, "bounce", "p1", Side.MA, value="hard"),),
    (act(5, "delete", "p1"),),
    (act(39, "edit", "p1", Side.MA, field="email", value="new@x.cz"),),
])
def test_who_could_not_be_reached_or_did_not_want_it_is_not_missed(acts: Any) -> None:
    assert left_out(*acts) == []


def test_a_mail_that_was_held_back_did_not_reach_anybody() -> None:
    seen = wanted(sent(41, "502"), sent(42, "501", refused="BOUNCED"))

    assert [f.person for f in seen.findings if f.rule == "MAIL-005"] == ["p1 Label"]


def test_a_mail_for_some_or_one_with_a_cap_or_before_any_sync_misses_nobody() -> None:
    assert left_out(rules={"where": {"city": "Prague"}}) == []
    assert left_out(rules={"at_most": 3}) == []
    assert left_out(states=(BOTH,)) == []


@pytest.mark.parametrize(("acts", "found"), [
    ((), []), ((opted(5),), ["p1 Label"]), ((opted(5, proof=None),), []), ((opted(12),), []), ((opted(5, key=ALL),), []),
    ((opted(5), act(7, "edit", "p1", field="Email", value="new@x.cz")), []),
    ((act(3, "edit", "p1", field="Email", value="new@x.cz"), opted(5)), ["p1 Label"]),
])
def test_who_gave_a_proved_yes_in_time_gets_the_mail_for_subscribers(acts: Any, found: Any) -> None:
    assert left_out(*acts, to="subscribed") == found


def test_a_yes_is_in_time_for_the_last_sync() -> None:
    assert left_out(opted(15), to="subscribed", states=(BOTH, BOTH, BOTH)) == ["p1 Label"]
    assert left_out(opted(25), to="subscribed", states=(BOTH, BOTH, BOTH)) == []


# -- by a sync -----------------------------------------------------------------------------------------


def test_a_mail_that_a_request_of_the_connector_caused_is_found() -> None:
    seen = mailed("sync_sends_no_mail", exchange(11, method="POST"), sent(12, "501", by=11), sent(13, "502"), acts=())

    assert told(seen, "classification", "caused_by", "record_id", "requests") == [("CONS-011", "ma", "p1 Label", "mail_by_sync", 12, "501", (11,))]
    assert seen.looked == {"CONS-011": 2}
