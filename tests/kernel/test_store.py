"""The store: identity, order, unique keys, aliases."""

from __future__ import annotations

import pytest
from syncproof_mocks.clock import Clock
from syncproof_mocks.journal import Journal
from syncproof_mocks.store import Store, UniqueError, UnknownKindError

START_MS = 1_790_000_000_000


@pytest.fixture
def store() -> Store:
    found = Store("toy", Journal(Clock(START_MS)))
    found.define("thing", indexes=("name",), unique=("email",))
    return found


def test_a_record_is_replaced_and_never_mutated(store: Store) -> None:
    first = store.create("thing", "1", {"name": "Ana"})
    second = store.update(first, {"name": "Eva"})

    assert (first.values, first.revision) == ({"name": "Ana"}, 1)
    assert (second.values, second.revision) == ({"name": "Eva"}, 2)
    assert store.get("thing", "1") is second


def test_an_update_moves_the_stamp_unless_it_is_not_to_be_seen(store: Store) -> None:
    row = store.create("thing", "1", {"name": "Ana"})
    store.clock.move(5)
    silent = store.update(row, {"name": "b"}, touch=False)
    seen = store.update(silent, {"name": "c"})

    assert (silent.modified_ms, seen.modified_ms) == (START_MS, START_MS + 5_000)
    assert seen.created_ms == START_MS


def test_find_ignores_case_and_outer_blanks_and_gives_the_oldest_first(store: Store) -> None:
    ana = store.create("thing", "9", {"name": "Ana"})
    store.create("thing", "1", {"name": "ANA "})
    moved = store.update(ana, {"name": "Eva"})
    store.update(moved, {"name": "ana"})

    assert store.find("thing", "name", " aNa") == ("9", "1")


@pytest.mark.parametrize("blank", [None, ""])
def test_a_blank_is_neither_found_nor_unique(store: Store, blank: str | None) -> None:
    store.create("thing", "1", {"email": blank, "name": blank})
    store.create("thing", "2", {"email": blank, "name": blank})

    assert store.find("thing", "name", blank) == ()
    assert store.size("thing") == 2


def test_a_taken_unique_value_is_refused_by_owner_and_nothing_changes(store: Store) -> None:
    store.create("thing", "1", {"email": "a@x.test"})
    other = store.create("thing", "2", {"email": "b@x.test"})
    before = len(store.journal)

    for attempt in (
        lambda: store.create("thing", "3", {"email": "A@x.test"}),
        lambda: store.update(other, {"email": "a@X.test "}),
    ):
        with pytest.raises(UniqueError, match="belongs to 1") as caught:
            attempt()
        assert (caught.value.field, caught.value.owner_id) == ("email", "1")
    assert len(store.journal) == before
    assert store.get("thing", "2") is other
    assert store.find("thing", "email", "b@x.test") == ("2",)


def test_a_deleted_record_gives_its_key_away_and_cannot_come_back_for_it(store: Store) -> None:
    gone = store.delete(store.create("thing", "1", {"email": "a@x.test"}))
    store.create("thing", "2", {"email": "a@x.test"})

    assert store.get("thing", "1") is None
    assert store.get("thing", "1", deleted=True) is gone
    assert [r.id for r in store.rows("thing")] == ["2"]
    assert [r.id for r in store.rows("thing", deleted=True)] == ["1", "2"]
    with pytest.raises(UniqueError):
        store.undelete(gone)


def test_an_erased_record_leaves_nothing_but_the_journal(store: Store) -> None:
    row = store.create("thing", "1", {"name": "Ana"})
    store.erase(row)

    assert store.get("thing", "1", deleted=True) is None
    assert store.find("thing", "name", "Ana") == ()
    assert store.size("thing") == 0
    assert [c.before for c in store.journal.changes()][-1] is row


def test_an_id_is_given_once(store: Store) -> None:
    store.create("thing", "1", {"name": "Ana"})

    with pytest.raises(ValueError, match="exists already"):
        store.create("thing", "1", {"name": "Eva"})
    assert store.find("thing", "name", "Ana") == ("1",)


def test_an_alias_answers_with_the_survivor_through_any_number_of_merges(store: Store) -> None:
    for number in "123":
        store.create("thing", number, {"name": number})
    for loser, winner in (("1", "2"), ("2", "3")):
        row = store.get("thing", loser)
        assert row is not None
        store.erase(row)
        store.alias("thing", loser, winner)

    found = store.get("thing", "1")
    assert found is not None
    assert (found.id, store.resolve("thing", "1")) == ("3", "3")
    assert store.snapshot().get("thing", "1") is found


def test_aliases_in_a_circle_are_refused_rather_than_followed_for_ever(store: Store) -> None:
    store.alias("thing", "1", "2")

    with pytest.raises(ValueError, match="stand for itself"):
        store.alias("thing", "2", "1")
    assert store.resolve("thing", "1") == "2"


def test_an_unknown_kind_is_an_error_of_its_own(store: Store) -> None:
    with pytest.raises(UnknownKindError):
        store.get("nothing", "1")


def test_an_index_declared_later_knows_the_records_that_are_there(store: Store) -> None:
    store.create("thing", "1", {"city": "Brno"})
    store.delete(store.create("thing", "2", {"city": "Brno"}))
    store.define("thing", indexes=("city",))

    assert store.is_indexed("thing", "city")
    assert store.find("thing", "city", "brno") == ("1",)


def test_a_snapshot_from_before_an_index_restores_with_a_full_index(store: Store) -> None:
    store.create("thing", "1", {"city": "Brno"})
    snapshot = store.snapshot()
    store.define("thing", indexes=("city",))
    store.create("thing", "2", {"city": "Brno"})
    store.restore(snapshot)

    assert store.find("thing", "city", "brno") == ("1",)


def test_a_snapshot_is_not_touched_by_what_happens_later(store: Store) -> None:
    row = store.create("thing", "1", {"name": "Ana"})
    snapshot = store.snapshot()
    store.delete(store.update(row, {"name": "Eva"}))
    store.create("thing", "2", {"name": "Ana"})

    assert [r.values["name"] for r in snapshot.rows("thing")] == ["Ana"]
    assert snapshot.seq == 1
    assert list(snapshot.rows("nothing")) == []


def test_rewinding_an_erasure_returns_the_record_to_its_place(store: Store) -> None:
    first = store.create("thing", "1", {"name": "Ana"})
    store.create("thing", "2", {"name": "Ana"})
    seq = len(store.journal)
    store.erase(first)
    store.rewind(seq)

    assert [r.id for r in store.rows("thing")] == ["1", "2"]
    assert store.find("thing", "name", "ana") == ("1", "2")


def test_rewinding_beyond_a_moment_that_was_returned_to_returns_what_had_been_erased_before(store: Store) -> None:
    for number, name in enumerate(("Ana", "Ben", "Cas", "Dan")):
        store.create("thing", str(number), {"name": name})
    seq = len(store.journal)
    for number in ("0", "2"):
        gone = store.get("thing", number)
        assert gone is not None
        store.erase(gone)
    store.restore(store.snapshot())
    store.rewind(seq)

    assert [r.id for r in store.rows("thing")] == ["0", "1", "2", "3"]


def test_rewinding_leaves_other_systems_alone(store: Store) -> None:
    other = Store("other", store.journal)
    other.define("thing")
    other.create("thing", "1", {})
    store.create("thing", "1", {})
    store.rewind(0)

    assert (store.size("thing"), other.size("thing")) == (0, 1)


def test_a_state_beside_the_records_goes_back_with_a_snapshot(store: Store) -> None:
    early, notes = store.snapshot(), ["a"]
    store.keep("notes", notes.copy, lambda kept: notes.__setitem__(slice(None), kept))
    before = store.snapshot()

    notes.append("b")
    after = store.snapshot()
    for snapshot, wanted in ((before, ["a"]), (after, ["a", "b"]), (early, ["a", "b"])):  # `early` knows of no notes
        store.restore(snapshot)
        assert notes == wanted
