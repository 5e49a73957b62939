"""The truth behind one mock: records by kind, unique keys, revisions, soft delete, merge aliases.

Records are replaced, never mutated: a snapshot is a shallow copy and the journal keeps both versions of a
changed record for the price of two references. The store knows no vendor: types and messages are the
dialect's; the store keeps identity and order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .journal import Change, Journal, PackedRow, Row


class UnknownKindError(KeyError):
    """A kind was used that no dialect defined."""


class UniqueError(ValueError):
    """A unique field already holds this value in another record."""

    def __init__(self, kind: str, field_name: str, value: object, owner_id: str) -> None:
        super().__init__(f"{kind}.{field_name} = {value!r} belongs to {owner_id}")
        self.kind, self.field, self.value, self.owner_id = kind, field_name, value, owner_id


def fold(value: object) -> object:
    """Return the form in which an index compares: text without case and outer blanks."""
    if not isinstance(value, str):
        return value
    folded = value.strip().casefold()
    # The index then shares the text with the record.
    return value if folded == value else folded


@dataclass
class _Table:
    rows: dict[str, Row] = field(default_factory=dict)
    # field -> folded value -> ids of living rows, oldest first; tuples, so that a snapshot may share them.
    indexes: dict[str, dict[object, tuple[str, ...]]] = field(default_factory=dict)
    unique: frozenset[str] = frozenset()
    aliases: dict[str, str] = field(default_factory=dict)
    # id -> number of its creation: order must survive edits that leave an index and come back, and rewinding.
    births: dict[str, int] = field(default_factory=dict)
    born: int = 0

    def reindex(self) -> None:
        """Fill the indexes anew from the rows."""
        for name in self.indexes:
            self.indexes[name] = {}
            for row in self.rows.values():
                if not row.deleted:
                    _enter(self.indexes[name], row.values.get(name), row.id)


@dataclass(frozen=True)
class Snapshot:
    """All records of a store at one moment (``seq`` = length of the journal then)."""

    system: str
    seq: int
    tables: dict[str, dict[str, Row]]
    indexes: dict[str, dict[str, dict[object, tuple[str, ...]]]]
    aliases: dict[str, dict[str, str]]
    # What the dialect keeps beside its records (see `Store.keep`), by name.
    beside: dict[str, Any] = field(default_factory=dict)
    # kind -> id -> its place in the order of creation, of erased records too: a later `rewind` may bring them back.
    births: dict[str, dict[str, int]] = field(default_factory=dict)

    def rows(self, kind: str, *, deleted: bool = False) -> Iterator[Row]:
        """Yield the rows of ``kind``; with ``deleted`` the soft-deleted ones too."""
        for row in self.tables.get(kind, {}).values():
            if deleted or not row.deleted:
                yield row

    def get(self, kind: str, record_id: str) -> Row | None:
        """Return the row (deleted or not), following merge aliases, or None."""
        aliases = self.aliases.get(kind, {})
        while record_id in aliases:
            record_id = aliases[record_id]
        return self.tables.get(kind, {}).get(record_id)


class Store:
    """Records of one system. Every write is journalled with the actor and exchange then in force."""

    def __init__(self, system: str, journal: Journal) -> None:
        self.system = system
        self.journal = journal
        self.clock = journal.clock
        self._tables: dict[str, _Table] = {}
        # Called before a moment is captured: a dialect finishes what it has promised and not yet written.
        self.settle: Callable[[], None] = _settled
        self._beside: dict[str, tuple[Callable[[], Any], Callable[[Any], None]]] = {}
        # While this is set, rows are written in the form that takes the least room (see `PackedRow`).
        self.packing = False

    # -- definition ---------------------------------------------------------------------------------

    def define(self, kind: str, *, indexes: Iterable[str] = (), unique: Iterable[str] = ()) -> None:
        """Declare a kind (again: add to it), the fields that `find` may use and those no two living rows share."""
        table = self._tables.setdefault(kind, _Table())
        wanted = [*indexes, *unique]
        table.unique = table.unique | frozenset(unique)
        for name in wanted:
            if name not in table.indexes:
                table.indexes[name] = {}
                table.reindex()

    def definition(self) -> dict[str, tuple[tuple[str, ...], frozenset[str]]]:
        """Return what was declared: kind -> its indexed and its unique fields."""
        return {kind: (tuple(t.indexes), t.unique) for kind, t in self._tables.items()}

    def redefine(self, definition: Mapping[str, tuple[tuple[str, ...], frozenset[str]]]) -> None:
        """Declare exactly what a `definition` tells; new kinds and indexes are empty until `restore` fills them."""
        kept, self._tables = self._tables, {}
        for kind, (indexes, unique) in definition.items():
            table = self._tables[kind] = kept.get(kind) or _Table()
            table.indexes, table.unique = {name: table.indexes.get(name, {}) for name in indexes}, unique

    def keep(self, name: str, take: Callable[[], Any], give: Callable[[Any], None]) -> None:
        """Let a state that is no record travel with snapshots: ``take`` returns a copy of it, ``give`` puts one back.

        `rewind` leaves it alone.
        """
        self._beside[name] = take, give

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the defined kinds."""
        return tuple(self._tables)

    def _table(self, kind: str) -> _Table:
        try:
            return self._tables[kind]
        except KeyError:
            raise UnknownKindError(kind) from None

    # -- reading ------------------------------------------------------------------------------------

    def resolve(self, kind: str, record_id: str) -> str:
        """Return the id that answers for ``record_id``: itself, or the survivor of its merges."""
        aliases = self._table(kind).aliases
        while record_id in aliases:
            record_id = aliases[record_id]
        return record_id

    def get(self, kind: str, record_id: str, *, deleted: bool = False) -> Row | None:
        """Return the living row (with ``deleted``: a soft-deleted one too) or None. Aliases are followed."""
        table = self._table(kind)
        row = table.rows.get(record_id)
        if row is None and table.aliases:
            row = table.rows.get(self.resolve(kind, record_id))
        if row is None or (row.deleted and not deleted):
            return None
        return row

    def rows(self, kind: str, *, deleted: bool = False) -> Iterator[Row]:
        """Yield rows in order of creation."""
        for row in self._table(kind).rows.values():
            if deleted or not row.deleted:
                yield row

    def size(self, kind: str) -> int:
        """Return how many rows of ``kind`` are kept, deleted ones included."""
        return len(self._table(kind).rows)

    def find(self, kind: str, field_name: str, value: object) -> tuple[str, ...]:
        """Return ids of living rows whose indexed field equals ``value`` without regard to case, oldest first."""
        table = self._table(kind)
        found = table.indexes[field_name].get(fold(value), ())
        return found if len(found) < 2 else tuple(sorted(found, key=table.births.__getitem__))

    def is_indexed(self, kind: str, field_name: str) -> bool:
        """Tell whether `find` may be asked for this field."""
        return field_name in self._table(kind).indexes

    # -- writing ------------------------------------------------------------------------------------

    def create(
        self, kind: str, record_id: str, values: dict[str, Any], *, created_ms: int | None = None,
        modified_ms: int | None = None,
    ) -> Row:
        """Add a row. Raises `UniqueError` and changes nothing if a unique value is taken (ValueError: the id is)."""
        table = self._table(kind)
        if record_id in table.rows:
            raise ValueError(f"{self.system}: {kind} {record_id} exists already")
        now = self.clock.now_ms() if created_ms is None else created_ms
        form = PackedRow if self.packing else Row
        row = form(kind, record_id, values, 1, now, now if modified_ms is None else modified_ms)
        self._check_unique(table, row, None)
        return self._put(table, None, row)

    def update(self, row: Row, changes: dict[str, Any], *, touch: bool = True, modified_ms: int | None = None) -> Row:
        """Replace ``row`` by one with ``changes`` applied; ``touch=False`` leaves the modified stamp alone."""
        table = self._table(row.kind)
        stamp = modified_ms if modified_ms is not None else (self.clock.now_ms() if touch else row.modified_ms)
        form = PackedRow if self.packing else Row
        new = form(row.kind, row.id, {**row.values, **changes}, row.revision + 1, row.created_ms, stamp, row.deleted)
        self._check_unique(table, new, row)
        return self._put(table, row, new)

    def delete(self, row: Row, changes: dict[str, Any] | None = None) -> Row:
        """Soft-delete ``row``: it keeps its values, leaves the indexes and is hidden unless asked for."""
        return self._flag(row, changes or {}, deleted=True)

    def undelete(self, row: Row, changes: dict[str, Any] | None = None) -> Row:
        """Bring a soft-deleted row back. Raises `UniqueError` if its keys have been taken meanwhile."""
        return self._flag(row, changes or {}, deleted=False)

    def _flag(self, row: Row, changes: dict[str, Any], *, deleted: bool) -> Row:
        table = self._table(row.kind)
        values = {**row.values, **changes} if changes else row.values
        form = PackedRow if self.packing else Row
        new = form(row.kind, row.id, values, row.revision + 1, row.created_ms, self.clock.now_ms(), deleted)
        self._check_unique(table, new, row)
        return self._put(table, row, new)

    def erase(self, row: Row) -> None:
        """Remove ``row`` for good: nothing of it can be read again (the journal keeps what it was)."""
        table = self._table(row.kind)
        self._unindex(table, row)
        del table.rows[row.id]
        self.journal.change(self.system, row, None)

    def alias(self, kind: str, old_id: str, new_id: str) -> None:
        """Let ``old_id`` answer with the record ``new_id`` from now on. Raises ValueError for a circle."""
        if self.resolve(kind, new_id) == old_id:
            raise ValueError(f"{self.system}: {kind} {old_id} would stand for itself by way of {new_id}")
        self._table(kind).aliases[old_id] = new_id

    def _put(self, table: _Table, old: Row | None, new: Row) -> Row:
        if old is None:
            table.births[new.id] = table.born
            table.born += 1
            for name, index in table.indexes.items():
                _enter(index, new.values.get(name), new.id)
        elif table.indexes:
            self._reindex(table, old, new)
        table.rows[new.id] = new
        self.journal.change(self.system, old, new)
        return new

    @staticmethod
    def _reindex(table: _Table, old: Row, new: Row) -> None:
        for name, index in table.indexes.items():
            was = None if old.deleted else old.values.get(name)
            now = None if new.deleted else new.values.get(name)
            if was != now:
                _leave(index, was, old.id)
                _enter(index, now, new.id)

    @staticmethod
    def _unindex(table: _Table, row: Row) -> None:
        if not row.deleted:
            for name, index in table.indexes.items():
                _leave(index, row.values.get(name), row.id)

    @staticmethod
    def _check_unique(table: _Table, new: Row, old: Row | None) -> None:
        if new.deleted:
            return
        for name in table.unique:
            value = new.values.get(name)
            if value is None or value == "" or (old is not None and not old.deleted and old.values.get(name) == value):
                continue
            for owner in table.indexes[name].get(fold(value), ()):
                if owner != new.id:
                    raise UniqueError(new.kind, name, value, owner)

    # -- moments ------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """Return all records as they are now; costs shallow copies of what is kept by id."""
        self.settle()
        return Snapshot(
            self.system,
            len(self.journal),
            {kind: dict(t.rows) for kind, t in self._tables.items()},
            {kind: {name: dict(index) for name, index in t.indexes.items()} for kind, t in self._tables.items()},
            {kind: dict(t.aliases) for kind, t in self._tables.items()},
            {name: take() for name, (take, _) in self._beside.items()},
            {kind: dict(t.births) for kind, t in self._tables.items()},
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Return to a snapshot of this store. The journal is left to its owner."""
        self.settle()  # what was promised belongs to what is left behind
        for kind, table in self._tables.items():
            table.rows = dict(snapshot.tables.get(kind, {}))
            table.births = dict(snapshot.births.get(kind, {}))
            table.born = max(table.births.values(), default=-1) + 1
            table.aliases = dict(snapshot.aliases.get(kind, {}))
            kept = snapshot.indexes.get(kind, {})
            if table.indexes.keys() <= kept.keys():
                table.indexes = {name: dict(kept[name]) for name in table.indexes}
            else:
                # An index was declared after the snapshot was taken.
                table.reindex()
        for name, (_, give) in self._beside.items():
            if name in snapshot.beside:
                give(snapshot.beside[name])

    def rewind(self, seq: int) -> None:
        """Undo every change of this system with a sequence of ``seq`` or later, newest first; costs O(changes).

        Merge aliases made since then are left: no undone record can be reached through them.
        """
        returned = set()
        for entry in reversed(self.journal.entries[seq:]):
            if isinstance(entry, Change) and entry.system == self.system:
                self._undo(self._table(entry.kind), entry)
                if entry.after is None:
                    returned.add(entry.kind)
        for kind in returned:
            table = self._tables[kind]
            table.rows = dict(sorted(table.rows.items(), key=lambda pair: table.births[pair[0]]))

    def _undo(self, table: _Table, entry: Change) -> None:
        if entry.after is not None:
            self._unindex(table, entry.after)
            if entry.before is None:  # a record that stays keeps its place in the order of creation
                del table.rows[entry.after.id]
        if entry.before is not None:
            table.rows[entry.before.id] = entry.before
            table.aliases.pop(entry.before.id, None)
            if not entry.before.deleted:
                for name, index in table.indexes.items():
                    _enter(index, entry.before.values.get(name), entry.before.id)


def _settled() -> None:
    """Nothing is left to do: what a store without promises says."""


def _enter(index: dict[object, tuple[str, ...]], value: object, record_id: str) -> None:
    if value is not None and value != "":
        key = fold(value)
        index[key] = (*index.get(key, ()), record_id)


def _leave(index: dict[object, tuple[str, ...]], value: object, record_id: str) -> None:
    if value is None or value == "":
        return
    key = fold(value)
    left = tuple(i for i in index.get(key, ()) if i != record_id)
    if left:
        index[key] = left
    else:
        index.pop(key, None)
