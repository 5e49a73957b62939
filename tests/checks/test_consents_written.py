"""Consents that a connector writes, on made evidence: each single write against what the person had said by then."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Side
from syncproof_mocks.consent import ConsentState
from syncproof_mocks.journal import Actor
from tests.checks.small import opted, told, wrote, wrote_in
from tests.oracle.made import ALL, NEWS, act, exchange, person

UNKNOWN, PENDING, CLAIMED, IMPLIED = ConsentState.UNKNOWN, ConsentState.PENDING, ConsentState.CLAIMED, ConsentState.IMPLIED
GRANTED, CONFIRMED, DENIED, WITHDRAWN = ConsentState.GRANTED, ConsentState.CONFIRMED, ConsentState.DENIED, ConsentState.WITHDRAWN
NO = "opt_out"


# -- I1: a refusal survives ---------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after"), [(WITHDRAWN, UNKNOWN), (DENIED, GRANTED), (UNKNOWN, CLAIMED), (PENDING, GRANTED), (None, CLAIMED)])
def test_a_refusal_is_not_lifted_by_the_connector(before: Any, after: Any) -> None:
    found = wrote_in("refusal_survives", exchange(11, method="PATCH"), wrote(before, after, by=11), acts=(opted(5, kind=NO),))

    assert told(found, "field", "found", "classification", "caused_by", "record_id", "requests", "sync") == [
        ("CONS-001", "ma", "p1 Label", "email/newsletter", after.name.lower(), "refusal_lifted", 12, "501", (11,), 1)
    ]
    assert found.looked == {"CONS-001": 2}
    assert found.findings[0].story[0] == "p1 Label said no to email/newsletter at #5."


@pytest.mark.parametrize(("entry", "acts"), [
    (wrote(WITHDRAWN, UNKNOWN), ()),
    (wrote(WITHDRAWN, GRANTED), (opted(5, kind=NO), opted(6))),
    (wrote(WITHDRAWN, GRANTED), (opted(13, kind=NO),)),  # said later
    (wrote(UNKNOWN, PENDING), (opted(5, kind=NO),)),  # asked to confirm: that is no yes
    (wrote(CLAIMED, GRANTED), (opted(5, kind=NO),)),  # it was a yes before
    (wrote(DENIED, WITHDRAWN), (opted(5, kind=NO),)),
    (wrote(WITHDRAWN, None), (opted(5, kind=NO),)),  # a record that is gone says nothing
    (wrote(WITHDRAWN, UNKNOWN, deleted=True), (opted(5, kind=NO),)),
    (wrote(WITHDRAWN, GRANTED, actor=Actor.MA_USER), (opted(5, kind=NO),)),
])
def test_what_lifts_no_refusal(entry: Any, acts: Any) -> None:
    assert wrote_in("refusal_survives", entry, acts=acts).findings == []


def test_refusals_that_stand_are_counted() -> None:
    assert wrote_in("refusal_survives", acts=(opted(5, key=ALL, kind=NO), opted(6, who="p2"))).looked["CONS-001"] == 2


# -- I3: no refusal that nobody said -------------------------------------------------------------------


@pytest.mark.parametrize(("entry", "acts", "classification"), [
    (wrote(UNKNOWN, WITHDRAWN), (), "refusal_invented"),
    (wrote(CLAIMED, DENIED, side=Side.CRM), (opted(5),), "refusal_invented"),
    (wrote(GRANTED, WITHDRAWN, key=ALL), (opted(5, kind=NO),), "scope_widened"),
    (wrote(UNKNOWN, WITHDRAWN), (opted(12, kind=NO),), "refusal_invented"),
])
def test_a_refusal_that_the_person_did_not_say_is_found(entry: Any, acts: Any, classification: str) -> None:
    found = wrote_in("scope_of_consent", entry, acts=acts)

    assert [(f.rule, f.expected, f.classification, f.caused_by, f.sync) for f in found.findings] == [
        ("CONS-003", entry.before.values["said"][0].state.name.lower(), classification, 12, 1)
    ]
    assert found.looked == {"CONS-003": 1}


@pytest.mark.parametrize(("entry", "acts", "looked"), [
    (wrote(UNKNOWN, WITHDRAWN), (opted(5, kind=NO),), 1),
    (wrote(UNKNOWN, WITHDRAWN), (opted(5, key=ALL, kind=NO),), 1),
    (wrote(UNKNOWN, CLAIMED), (), 0),
    (wrote(DENIED, WITHDRAWN), (), 0),
    (wrote(UNKNOWN, WITHDRAWN, actor=Actor.VENDOR_AUTOMATION), (), 0),
    (wrote(UNKNOWN, WITHDRAWN), (act(5, "bounce", "p1", Side.MA, value="hard"),), 1),  # CONS-010 says so
])
def test_a_refusal_that_was_said_or_is_none_is_no_finding(entry: Any, acts: Any, looked: int) -> None:
    found = wrote_in("scope_of_consent", entry, acts=acts)

    assert (found.findings, found.looked.total(), found.left_open) == ([], looked, [])


def test_whose_refusal_it_is_at_a_shared_address_is_left_open() -> None:
    shared = (person("p1", "us@x.cz"), person("p2", "us@x.cz"))
    found = wrote_in("scope_of_consent", wrote(UNKNOWN, WITHDRAWN), acts=(opted(5, kind=NO, who="p2"),), people=shared)

    assert (found.findings, found.left_open) == ([], [f"{NEWS}: whether the no of one of two people with one address counts for the other"])


# -- I10: a bounce is no refusal -----------------------------------------------------------------------

BOUNCED = act(5, "bounce", "p1", Side.MA, value="hard")


@pytest.mark.parametrize("before", [UNKNOWN, CLAIMED])
def test_a_bounce_that_became_a_refusal_is_found(before: ConsentState) -> None:
    found = wrote_in("bounce_is_no_refusal", exchange(11), wrote(before, WITHDRAWN, by=11), acts=(BOUNCED,))

    assert told(found, "expected", "found", "classification", "caused_by", "requests") == [
        ("CONS-010", "ma", "p1 Label", before.name.lower(), "withdrawn", "bounce_as_refusal", 12, (11,))
    ]
    assert found.looked == {"CONS-010": 2}


@pytest.mark.parametrize(("entry", "acts", "looked"), [
    (wrote(UNKNOWN, WITHDRAWN), (), 0),
    (wrote(UNKNOWN, WITHDRAWN), (act(13, "bounce", "p1", Side.MA, value="hard"),), 1),
    (wrote(UNKNOWN, WITHDRAWN), (BOUNCED, opted(6, kind=NO)), 1),
    (wrote(DENIED, WITHDRAWN), (BOUNCED,), 1),
    (wrote(UNKNOWN, CLAIMED), (BOUNCED,), 1),
    (wrote(UNKNOWN, WITHDRAWN, actor=Actor.VENDOR_AUTOMATION), (BOUNCED,), 1),
    (wrote(UNKNOWN, CLAIMED), (act(25, "bounce", "p1", Side.MA, value="hard", after_sync=1),), 0),  # no sync came after it
    (wrote(UNKNOWN, CLAIMED), (act(5, "edit", "p1"),), 0),
])
def test_what_is_no_refusal_made_of_a_bounce(entry: Any, acts: Any, looked: int) -> None:
    found = wrote_in("bounce_is_no_refusal", entry, acts=acts)

    assert (found.findings, found.looked.total()) == ([], looked)


# -- I4: silence is no consent -------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after", "acts", "expected"), [
    (UNKNOWN, GRANTED, (), "unknown"),
    (UNKNOWN, CLAIMED, (), "unknown"),
    (UNKNOWN, CLAIMED, (opted(5, kind="request"),), "pending"),
    (CLAIMED, GRANTED, (opted(5, proof=None),), "claimed"),
    (UNKNOWN, GRANTED, (opted(5, who="p2"),), "unknown"),
    (UNKNOWN, GRANTED, (opted(5, key=ALL),), "unknown"),
    (UNKNOWN, GRANTED, (opted(12),), "unknown"),
    (None, CONFIRMED, (), "unknown"),
])
def test_a_yes_that_nobody_gave_is_found(before: Any, after: ConsentState, acts: Any, expected: str) -> None:
    found = wrote_in("silence_is_no_consent", exchange(11), wrote(before, after, by=11), acts=acts)

    assert told(found, "expected", "found", "classification", "caused_by", "requests") == [
        ("CONS-004", "ma", "p1 Label", expected, after.name.lower(), "consent_invented", 12, (11,))
    ]


@pytest.mark.parametrize(("entry", "acts", "looked"), [
    (wrote(UNKNOWN, GRANTED), (opted(5),), 2),
    (wrote(UNKNOWN, CLAIMED), (opted(5, proof=None),), 2),
    (wrote(UNKNOWN, IMPLIED), (opted(5, proof=None),), 2),
    (wrote(WITHDRAWN, GRANTED), (opted(5, kind=NO),), 1),  # CONS-001 says so
    (wrote(UNKNOWN, GRANTED), (opted(5, kind=NO),), 2),
    (wrote(CONFIRMED, GRANTED), (), 2),
    (wrote(UNKNOWN, PENDING), (), 2),
    (wrote(UNKNOWN, WITHDRAWN), (), 2),
    (wrote(UNKNOWN, GRANTED, actor=Actor.MA_USER), (), 2),
])
def test_a_yes_that_was_given_or_is_none_is_no_finding(entry: Any, acts: Any, looked: int) -> None:
    assert wrote_in("silence_is_no_consent", entry, acts=acts).findings == []


def test_who_never_said_anything_is_looked_at() -> None:
    assert wrote_in("silence_is_no_consent").looked == {"CONS-004": 2}
    assert wrote_in("silence_is_no_consent", wrote(UNKNOWN, GRANTED), acts=(opted(5),)).looked == {"CONS-004": 2}
