"""I8 on made evidence: which yes must stand on both sides when all is at rest, and which questions stay open."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Side
from syncproof_mocks.consent import ConsentState
from tests.checks.small import ANN, BOB, LINKS, around, asked, one_way, opted, says, told
from tests.oracle.made import ALL, NEWS, act, contact, exchange, person, there

UNKNOWN, CLAIMED, GRANTED, WITHDRAWN = ConsentState.UNKNOWN, ConsentState.CLAIMED, ConsentState.GRANTED, ConsentState.WITHDRAWN


def rows(crm: ConsentState, ma: ConsentState, **more: Any) -> Any:
    """Return the rows of one person: what each side says about the newsletter."""
    return (contact("003A", said=says((NEWS, crm)), **more),), (there("501", said=says((NEWS, ma)), **more),)


SILENT = rows(UNKNOWN, UNKNOWN)


def agreed(*states: Any, acts: tuple[Any, ...], **more: Any) -> Any:
    return asked("consents_agree", around(*states, acts=acts, **more))


@pytest.mark.parametrize(("said_in", "after", "missing"), [
    (Side.CRM, rows(GRANTED, UNKNOWN), ["ma"]), (Side.MA, rows(UNKNOWN, GRANTED), ["crm"]), (Side.CRM, rows(GRANTED, CLAIMED), []),
    (Side.CRM, SILENT, ["crm", "ma"]), (Side.MA, rows(GRANTED, WITHDRAWN), ["ma"]),
])
def test_a_proved_yes_stands_on_both_sides_at_the_end(said_in: Side, after: Any, missing: list[str]) -> None:
    seen = agreed(SILENT, after, acts=(opted(5, said_in),))

    assert told(seen, "field", "expected", "classification", "sync") == [
        ("CONS-008", side, "p1 Label", "email/newsletter", "granted", "consent_not_spread", 1) for side in missing
    ]
    assert seen.looked == {"CONS-008": 2}


def test_the_last_sync_decides() -> None:
    acts = (opted(15),)

    assert told(agreed(SILENT, SILENT, rows(GRANTED, GRANTED), acts=acts)) == []
    assert told(agreed(SILENT, rows(GRANTED, GRANTED), rows(GRANTED, UNKNOWN), acts=acts), "sync") == [("CONS-008", "ma", "p1 Label", 2)]
    assert agreed(SILENT, SILENT, SILENT, acts=(opted(25),)).looked == {}, "said while the last sync ran"


def test_before_the_first_sync_nothing_is_asked() -> None:
    assert agreed(SILENT, acts=(opted(5),)).looked == {}


@pytest.mark.parametrize("acts", [
    (opted(5, proof=None),),
    (opted(5, key=ALL),),
    (opted(3, kind="opt_out"), opted(5, proof=None)),
    (opted(5, kind="opt_out"),),
])
def test_only_a_proved_yes_to_one_purpose_that_nothing_refuses_is_demanded(acts: Any) -> None:
    seen = agreed(SILENT, SILENT, acts=acts)

    assert (seen.findings, seen.looked) == ([], {})


def test_a_refusal_before_the_last_sync_is_enough() -> None:
    assert agreed(SILENT, SILENT, SILENT, acts=(opted(13, kind="opt_out"), opted(15, proof=None))).looked == {}


@pytest.mark.parametrize(("said_in", "after", "found"), [
    (Side.MA, rows(UNKNOWN, GRANTED), []), (Side.MA, SILENT, ["ma"]), (Side.CRM, rows(GRANTED, UNKNOWN), ["ma"]),
])
def test_what_does_not_travel_is_demanded_only_where_it_was_said(said_in: Side, after: Any, found: list[str]) -> None:
    seen = agreed(SILENT, after, acts=(opted(5, said_in),), objects=(one_way(),))

    assert [f.system for f in seen.findings] == found


def test_who_does_not_take_part_is_not_asked_for() -> None:
    alone = SILENT[0], ()

    assert agreed(alone, alone, acts=(opted(5),)).looked == {}


# -- what nobody can tell ------------------------------------------------------------------------------


def questions(*acts: Any, **more: Any) -> list[str]:
    seen = agreed(SILENT, SILENT, acts=acts, **more)
    assert seen.findings == []
    return seen.left_open


def test_a_yes_beside_a_no_to_everything_is_left_open() -> None:
    asked_twice = [f"{NEWS}: what a yes to one purpose means while an earlier no to everything stands"] * 2

    assert questions(opted(3, key=ALL, kind="opt_out"), opted(5)) == asked_twice


def test_whose_no_counts_at_a_shared_address_is_left_open() -> None:
    shared = (person("p1", "us@x.cz"), person("p2", "us@x.cz"))

    assert questions(opted(3, kind="opt_out", who="p2"), opted(5), people=shared) == [
        f"{NEWS}: whether the no of one of two people with one address counts for the other"
    ] * 2
    assert agreed(SILENT, SILENT, acts=(opted(3, kind="opt_out", who="p2"), opted(5))).left_open == []


def test_a_yes_of_an_earlier_address_is_left_open() -> None:
    moved = act(7, "edit", "p1", field="Email", value="new@x.cz")

    assert questions(opted(5), moved) == [f"{NEWS}: what a yes means for an address that the person got later"] * 2
    assert agreed(SILENT, SILENT, acts=(act(3, "edit", "p1", field="Email", value="new@x.cz"), opted(5))).left_open == []


def test_a_yes_of_who_was_merged_into_the_person_is_left_open() -> None:
    merged = act(7, "merge", "p1", record="003A", others=("003B",), value="003A")

    assert questions(opted(5, who="p2"), merged) == [
        f"{NEWS}: whether the yes of one of two people who were merged is a yes for the other's address"
    ] * 2


def test_a_yes_that_is_kept_for_an_address_of_the_past_is_none() -> None:
    old = there("c1", kind="consents", said=says((NEWS, GRANTED)))
    before = (contact("003A", Email="new@x.cz"),), (there("501", email="new@x.cz"), old)
    after = (contact("003A", Email="new@x.cz", said=says((NEWS, GRANTED))),), before[1]
    people = (person("p1", "a@x.cz"), BOB)

    seen = agreed(before, after, acts=(act(3, "edit", "p1", field="Email", value="new@x.cz"), opted(5)), people=people)

    assert told(seen, "found") == [("CONS-008", "ma", "p1 Label", "unknown")]


# -- what was refused ----------------------------------------------------------------------------------


def test_a_refused_yes_that_was_owned_up_to_is_told_and_no_finding() -> None:
    refused = exchange(12, method="POST", operation="communication.subscribe", body=b'{"emailAddress": "ann@x.cz"}', status=400,
                       refused=[("ann@x.cz", "VALIDATION_ERROR", "cannot subscribe")])  # fmt: skip
    after = rows(GRANTED, UNKNOWN)

    honest = agreed(SILENT, after, acts=(opted(5),), entries=(refused,), codes=(1,), people=(ANN, BOB), links=LINKS)
    assert honest.findings == []
    assert honest.not_checked == [f"p1 Label: the MA refused the yes to {NEWS} at #12, and the connector said so"]
    assert [f.system for f in agreed(SILENT, after, acts=(opted(5),), entries=(refused,)).findings] == ["ma"]
