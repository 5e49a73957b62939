"""A packed row says what the same row unpacked says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from syncproof_mocks.clock import Clock
from syncproof_mocks.journal import Journal, PackedRow, Row
from syncproof_mocks.store import Store, UniqueError

VALUES = {"b": None, "a": 1, "c": False, "d": "", "e": [1]}


def pair() -> tuple[PackedRow, Row]:
    return PackedRow("thing", "1", dict(VALUES), 1, 0, 0), Row("thing", "1", dict(VALUES), 1, 0, 0)


def test_all_values_come_back_in_their_order_blanks_too() -> None:
    packed, row = pair()
    assert list(packed.values.items()) == list(row.values.items()) == list(VALUES.items())


def test_it_equals_the_row_with_the_same_values_and_no_other() -> None:
    packed, row = pair()
    assert packed == row
    assert row == packed
    assert packed == pair()[0]
    assert packed != replace(row, values={**VALUES, "a": 2})
    assert packed != replace(row, deleted=True)
    assert packed != "1"


def test_rows_of_one_shape_are_not_mixed_up() -> None:
    rows = [PackedRow("thing", str(n), {"a": n, "b": None if n % 2 else n}, 1, 0, 0) for n in range(9)]
    assert [(r.values["a"], r.values["b"]) for r in rows] == [(n, None if n % 2 else n) for n in range(9)]
    first = rows[0].values
    assert rows[1].values["a"] == 1
    assert first["a"] == 0


def test_it_is_as_frozen_as_a_row() -> None:
    packed, _ = pair()
    with pytest.raises(AttributeError):
        packed.values = {}  # type: ignore[misc]
    with pytest.raises(TypeError):
        hash(packed)
    assert packed.values == VALUES


def test_replacing_a_field_keeps_the_values() -> None:
    assert replace(pair()[0], revision=7).values == VALUES


def test_a_store_that_packs_keeps_indexes_history_and_rewinding() -> None:
    journal = Journal(Clock(0))
    store = Store("sys", journal)
    store.define("thing", indexes=("name",), unique=("key",))
    first = store.create("thing", "1", {"name": "A", "key": None, "note": None})
    start = len(journal)
    store.packing = True
    second = store.create("thing", "2", {"name": "a", "key": "k", "note": None})
    changed = store.update(first, {"note": "n"})
    gone = store.delete(second)
    assert [type(r) for r in (first, second, changed, gone)] == [Row, PackedRow, PackedRow, PackedRow]
    assert store.find("thing", "name", "A") == ("1",)
    assert [c.fields for c in journal.changes(start)] == [{"name": (None, "a"), "key": (None, "k")}, {"note": (None, "n")}, {}]
    store.undelete(gone)
    with pytest.raises(UniqueError):
        store.create("thing", "3", {"key": "K"})
    store.rewind(start)
    assert store.get("thing", "1") is first
    assert store.get("thing", "2", deleted=True) is None


def test_a_store_settles_before_a_moment_is_captured() -> None:
    store = Store("sys", Journal(Clock(0)))
    store.define("thing")
    store.settle = lambda: store.get("thing", "1") or store.create("thing", "1", {})  # type: ignore[assignment]
    assert list(store.snapshot().tables["thing"]) == ["1"]
