"""The single source of truth: every exchange and every change, in order, with actor and cause.

A change keeps the record before and after (records are replaced, never mutated), so keeping it costs
two references; field differences, blame, rewind and every intermediate state are derived from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, ClassVar

from .clock import Clock


class Actor(StrEnum):
    """Who made something happen."""

    SEED = "seed"
    CRM_USER = "crm_user"
    MA_USER = "ma_user"
    VENDOR_AUTOMATION = "vendor_automation"
    CONNECTOR = "connector"
    HARNESS = "harness"


@dataclass(frozen=True, slots=True)
class Row:
    """One record at one revision. Treat ``values`` as frozen: a change makes a new row."""

    kind: str
    id: str
    values: dict[str, Any]
    revision: int
    created_ms: int
    modified_ms: int
    deleted: bool = False


# The slot of `Row` in which a packed row keeps (blanks, names, *values).
_SLOT: Any = Row.__dict__["values"]
# (all names, filled names) -> what rows of this shape share.
_SHAPES: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[dict[str, None], tuple[str, ...]]] = {}
_MOST_SHAPES = 4_096


class PackedRow(Row):
    """A row whose values take a fifth of the room: names and blanks are shared, a dict is made whenever one is asked for.

    For rows that come by the ten thousand and are seldom read. It equals the `Row` with the same values; each access to
    ``values`` costs a microsecond, unless the same row was read last.
    """

    __slots__ = ()
    _last: ClassVar[tuple[PackedRow | None, dict[str, Any]]] = (None, {})

    @property
    def values(self) -> dict[str, Any]:
        """Return all values by name, blanks too, in the order in which they were given."""
        row, values = PackedRow._last
        if row is self:
            return values
        blanks, names, *filled = _SLOT.__get__(self)
        made: dict[str, Any] = blanks.copy()
        made.update(zip(names, filled, strict=True))
        # One assignment: another thread sees this pair or the one before.
        PackedRow._last = self, made
        return made

    @values.setter
    def values(self, given: dict[str, Any]) -> None:
        # Called by the constructor alone: rows are frozen.
        names = tuple([name for name, value in given.items() if value is not None])
        key = tuple(given), names
        shape = _SHAPES.get(key)
        if shape is None:
            if len(_SHAPES) >= _MOST_SHAPES:
                _SHAPES.clear()
            shape = _SHAPES[key] = dict.fromkeys(given), names
        _SLOT.__set__(self, (*shape, *[given[name] for name in names]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Row):
            return NotImplemented
        return all(getattr(self, f.name) == getattr(other, f.name) for f in fields(Row))

    __hash__ = None  # type: ignore[assignment]


# Whoever judges asks about one record's changes field by field: the last comparisons are kept.
_COMPARED: dict[int, tuple[Change, dict[str, tuple[Any, Any]]]] = {}
_MOST_COMPARED = 512


@dataclass(frozen=True, slots=True)
class Change:
    """One record changed. ``before`` is None for a creation, ``after`` is None once it is gone for good."""

    seq: int
    at_ms: int
    system: str
    actor: Actor
    exchange: int | None
    kind: str
    record_id: str
    before: Row | None
    after: Row | None
    note: str = ""

    @property
    def what(self) -> str:
        """Return what became of the record: created, updated, deleted, restored, or erased (gone for good)."""
        if self.before is None:
            return "created"
        if self.after is None:
            return "erased"
        if self.after.deleted != self.before.deleted:
            return "deleted" if self.after.deleted else "restored"
        return "updated"

    @property
    def fields(self) -> dict[str, tuple[Any, Any]]:
        """Return what changed: field -> (old, new); ``None`` stands for absent too. Nobody may write into it."""
        known = _COMPARED.get(id(self))
        if known is not None and known[0] is self:
            return known[1]
        old = self.before.values if self.before else {}
        new = self.after.values if self.after else {}
        # Rows share the values that did not change, so identity answers most of it.
        found = {n: (was, now) for n, was in old.items() if was is not (now := new.get(n)) and was != now}
        found.update((n, (None, now)) for n, now in new.items() if now is not None and n not in old)
        if len(_COMPARED) >= _MOST_COMPARED:
            _COMPARED.clear()
        _COMPARED[id(self)] = (self, found)
        return found


@dataclass(slots=True)
class Exchange:
    """One HTTP request with its answer. Written when the request arrives, completed when it is answered."""

    seq: int
    at_ms: int
    system: str
    actor: Actor
    method: str
    path: str
    query: str
    request_headers: dict[str, str]
    request_body: bytes
    operation: str | None = None
    evidence: str = ""
    status: int = 0
    response_headers: tuple[tuple[str, str], ...] = ()
    response_body: bytes = b""
    # (kind, record id, revision) of every record whose values were shown to the caller.
    served: list[tuple[str, str, int]] = field(default_factory=list)
    # Behaviour switches and operations marked `assumed` that this answer rested on.
    assumed: list[str] = field(default_factory=list)
    # Items the mock refused inside a request, whatever the HTTP status: (record or trace id, code, message).
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    fault: str = ""
    hint: str = ""
    crash: str = ""
    # When it arrived by the clock that never skips ahead (`Clock.running_ms`): differences are how long things took.
    ran_ms: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Mark:
    """A named moment of the scenario: the start of a sync, a step, a settled snapshot."""

    seq: int
    at_ms: int
    name: str
    detail: str = ""
    ran_ms: int = field(default=0, compare=False)  # as of an exchange


Entry = Exchange | Change | Mark


class Journal:
    """Append-only list of entries shared by all systems of a run; ``seq`` is the index of an entry."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.entries: list[Entry] = []
        self.actor = Actor.HARNESS
        self.exchange: Exchange | None = None
        self.note = ""
        # Called, on the servers' thread, when something is complete: a request has its answer, people have acted, a mark
        # stands. Whoever waits for the systems to come to rest, and whoever writes the journal down as it grows.
        self.watchers: list[Callable[[], None]] = []

    def answered(self) -> None:
        """Say that a request has its answer."""
        self._tell()

    def _tell(self) -> None:
        for watcher in self.watchers:
            watcher()

    def __len__(self) -> int:
        return len(self.entries)

    @contextmanager
    def acting(self, actor: Actor, note: str = "") -> Iterator[None]:
        """Name who causes the changes made inside the block (a human act, the seed, vendor automation)."""
        kept = self.actor, self.note
        self.actor, self.note = actor, note
        try:
            yield
        finally:
            self.actor, self.note = kept
            if self.watchers and self.exchange is None:  # inside a request the answer completes it
                self._tell()

    def open_exchange(
        self, system: str, actor: Actor, method: str, path: str, query: str, headers: dict[str, str], body: bytes
    ) -> Exchange:
        """Append a request that has just arrived; changes until `close_exchange` are caused by it."""
        entry = Exchange(len(self.entries), self.clock.now_ms(), system, actor, method, path, query, headers, body)
        entry.ran_ms = self.clock.running_ms
        self.entries.append(entry)
        self.exchange = entry
        return entry

    def close_exchange(self) -> None:
        """Say that changes from now on are not caused by the last exchange."""
        self.exchange = None

    def change(self, system: str, before: Row | None, after: Row | None) -> Change:
        """Append what happened to one record; actor and exchange are those now in force."""
        row = after or before
        assert row is not None
        exchange = self.exchange
        actor = self.actor
        if exchange is not None and actor is Actor.HARNESS:
            actor = exchange.actor
        now_ms = self.clock.now_ms()
        entry = Change(
            len(self.entries),
            # One number object for both, as most changes carry the stamp of their row.
            row.modified_ms if row.modified_ms == now_ms else now_ms,
            system,
            actor,
            exchange.seq if exchange is not None else None,
            row.kind,
            row.id,
            before,
            after,
            self.note,
        )
        self.entries.append(entry)
        return entry

    def mark(self, name: str, detail: str = "") -> Mark:
        """Append a named moment and return it."""
        entry = Mark(len(self.entries), self.clock.now_ms(), name, detail, self.clock.running_ms)
        self.entries.append(entry)
        self._tell()
        return entry

    def changes(self, start: int = 0, end: int | None = None) -> Iterator[Change]:
        """Yield the changes with ``start <= seq < end``."""
        for entry in self.entries[start:end]:
            if isinstance(entry, Change):
                yield entry

    def exchanges(self, start: int = 0, end: int | None = None) -> Iterator[Exchange]:
        """Yield the exchanges with ``start <= seq < end``."""
        for entry in self.entries[start:end]:
            if isinstance(entry, Exchange):
                yield entry
