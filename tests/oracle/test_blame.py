"""Where a value came from: the last write before the moment asked for, and the last read that showed it."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Side
from syncproof.oracle.blame import Ledger, shown
from syncproof_mocks.journal import Actor
from tests.oracle.made import TITLE, change, contact, evidence, exchange, padded, state, there

OLD, NEW = contact("003", 1, Title="old"), contact("003", 2, Title="new")
HELD, GOT = there("501", 1, jobtitle="old"), there("501", 2, jobtitle="new")


def ledger(*entries: Any) -> Ledger:
    return Ledger(evidence(states=(state(0, 0, (OLD,), (HELD,)),), entries=padded(*entries)))


def test_the_last_write_of_the_field_before_the_moment_is_blamed() -> None:
    later = there("501", 3, jobtitle="newer")
    other = there("501", 4, jobtitle="newer", city="Brno")
    book = ledger(change(10, HELD, GOT), change(20, GOT, later), change(30, later, other))

    assert [getattr(book.writer("hubspot", "contacts", "501", "jobtitle", seq), "seq", None) for seq in (10, 11, 20, 21, 99)] == [
        None, 10, 10, 20, 20,
    ]
    assert book.writer("hubspot", "contacts", "502", "jobtitle", 99) is None
    assert book.writer("salesforce", "contacts", "501", "jobtitle", 99) is None


def test_an_exchange_is_found_by_its_place_and_only_there() -> None:
    book = ledger(exchange(5))

    assert book.exchange(5) is book.evidence.entries[5]
    assert book.exchange(4) is None
    assert book.exchange(None) is None
    assert Ledger(evidence(entries=(exchange(0),))).exchange(1) is None


def test_the_read_is_the_last_one_before_the_write_that_showed_the_value() -> None:
    reads = [exchange(seq, "salesforce", served=[("Contact", "003", revision)]) for seq, revision in ((2, 1), (12, 2), (14, 2), (22, 2))]
    write = exchange(20, method="PATCH", path="/501", status=204)
    written = change(21, HELD, GOT, by=20)
    book = ledger(*reads, change(8, OLD, NEW, Actor.CRM_USER), write, written)

    found = book.blame(Side.MA, GOT, "jobtitle", 99, NEW, TITLE)

    assert (found.actor, found.written_by, found.request) == ("connector", 21, "#20 PATCH /501 -> 204")
    assert (found.read_at, found.read_request) == (14, "#14 GET /x -> 200")
    assert found.note == ""


def test_a_read_in_the_very_request_or_of_an_older_value_explains_nothing() -> None:
    old_read, own = exchange(2, "salesforce", served=[("Contact", "003", 1)]), exchange(20, "salesforce", served=[("Contact", "003", 2)])
    book = ledger(old_read, change(8, OLD, NEW, Actor.CRM_USER), own, change(21, HELD, GOT, by=20))

    found = book.blame(Side.MA, GOT, "jobtitle", 99, NEW, TITLE)

    assert (found.read_at, found.read_request) == (None, None)
    assert found.note == "no earlier read showed this value on the other side"


def test_what_was_seeded_is_read_too() -> None:
    again = there("501", 2, jobtitle="old")
    book = ledger(exchange(2, "salesforce", served=[("Contact", "003", 1)]), change(21, there("501", 1), again))

    assert book.blame(Side.MA, again, "jobtitle", 99, OLD, TITLE).read_at == 2
    assert book.blame(Side.MA, again, "jobtitle", 99, OLD, None).read_at is None
    assert book.blame(Side.MA, again, "jobtitle", 99, None, TITLE).read_at is None


def test_a_seeded_row_explains_only_what_was_served_at_its_own_revision() -> None:
    book = ledger(exchange(2, "salesforce", served=[("Contact", "003", 7)]), change(21, there("501", 1), there("501", 2, jobtitle="old")))

    assert book.blame(Side.MA, there("501", 2, jobtitle="old"), "jobtitle", 99, OLD, TITLE).read_at is None


def test_seed_people_and_automation_are_blamed_by_their_names() -> None:
    book = ledger(change(10, OLD, NEW, Actor.CRM_USER))

    assert book.blame(Side.CRM, NEW, "Title", 99).actor == str(Actor.CRM_USER)
    assert book.blame(Side.CRM, NEW, "Title", 99).written_by == 10
    assert book.blame(Side.CRM, NEW, "Title", 10).actor == "seed"
    assert book.blame(Side.MA, HELD, "jobtitle", 99).written_by is None


@pytest.mark.parametrize(("value", "told"), [(frozenset({"b", "a"}), ["a", "b"]), (None, None), (True, True), (3, 3), ("x", "x"), (1.5, 1.5)])
def test_a_value_is_shown_plain(value: Any, told: Any) -> None:
    assert shown(value) == told
    assert shown(object()).startswith("<object")
