"""The journal: who did what, because of which request, in order."""

from __future__ import annotations

import pytest
from syncproof_mocks.clock import Clock
from syncproof_mocks.journal import Actor, Change, Exchange, Journal, Row


def journal() -> Journal:
    return Journal(Clock(1_790_000_000_000))


def row(revision: int = 1, **values: object) -> Row:
    return Row("thing", "1", values, revision, 0, 0)


def exchange(found: Journal) -> Exchange:
    return found.open_exchange("toy", Actor.CONNECTOR, "POST", "/things", "", {}, b"")


def test_the_sequence_of_an_entry_is_its_place() -> None:
    found = journal()
    found.mark("a")
    exchange(found)
    found.change("toy", None, row())

    assert [e.seq for e in found.entries] == [0, 1, 2]
    assert len(found) == 3


def test_a_change_inside_an_exchange_is_the_connectors_and_names_it() -> None:
    found = journal()
    entry = exchange(found)
    change = found.change("toy", None, row())

    assert (change.actor, change.exchange) == (Actor.CONNECTOR, entry.seq)


def test_a_change_after_the_exchange_is_nobody_elses() -> None:
    found = journal()
    exchange(found)
    found.close_exchange()
    change = found.change("toy", None, row())

    assert (change.actor, change.exchange) == (Actor.HARNESS, None)


def test_vendor_automation_inside_an_exchange_keeps_its_own_name_and_the_exchange() -> None:
    found = journal()
    entry = exchange(found)
    with found.acting(Actor.VENDOR_AUTOMATION, "lifecycle stage follows the deal"):
        change = found.change("toy", None, row())

    assert (change.actor, change.exchange, change.note) == (
        Actor.VENDOR_AUTOMATION, entry.seq, "lifecycle stage follows the deal",
    )  # fmt: skip


def test_the_actor_returns_to_what_it_was_even_after_an_error() -> None:
    found = journal()
    with pytest.raises(RuntimeError), found.acting(Actor.CRM_USER, "edit"):
        raise RuntimeError

    assert (found.actor, found.note) == (Actor.HARNESS, "")


def test_fields_of_a_change_are_those_that_differ() -> None:
    change = journal().change("toy", row(a=1, b=2, c=None), row(2, a=1, b=3, d=4))

    assert change.fields == {"b": (2, 3), "d": (None, 4)}


def test_a_creation_and_an_erasure_show_every_value_that_was_there() -> None:
    found = journal()

    assert found.change("toy", None, row(a=1, b=None)).fields == {"a": (None, 1)}
    assert found.change("toy", row(a=1), None).fields == {"a": (1, None)}


def test_changes_and_exchanges_can_be_asked_for_by_range() -> None:
    found = journal()
    exchange(found)
    found.close_exchange()
    found.change("toy", None, row())
    exchange(found)
    found.change("toy", row(), row(2))

    assert [e.seq for e in found.exchanges()] == [0, 2]
    assert [e.seq for e in found.exchanges(1)] == [2]
    assert [e.seq for e in found.changes(0, 3)] == [1]
    assert all(isinstance(e, Change) for e in found.changes())
