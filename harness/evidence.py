"""All a check may see: who was there, what people did, what the connector did, and every state on the way. Frozen."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from typing import Any

from syncproof_mocks.consent import ConsentKey, ConsentMark, ConsentProof
from syncproof_mocks.dialect import Dialect
from syncproof_mocks.journal import Entry, Exchange
from syncproof_mocks.store import Snapshot

from .mapping.grammar import Mapping, Side
from .model import SyncSummary
from .population.people import Person


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a person did in one system, behind the connector's back.

    ``kind`` names the act: edit, create, delete, erase, opt_in, opt_out, merge, convert, bounce... ``object`` and ``record_id`` say where it landed;
    ``field`` and ``value`` (as the vendor stores it) are for edits, ``key`` and ``proof`` for consents.
    ``after_sync`` is the number of syncs that had ended before (0: before the first).
    """

    seq: int
    at_ms: int
    side: Side
    person: str
    kind: str
    object: str
    record_id: str
    after_sync: int
    field: str | None = None
    old: Any = None
    value: Any = None
    key: ConsentKey | None = None
    proof: ConsentProof | None = None
    others: tuple[str, ...] = ()  # further records that took part: the losers of a merge, what a conversion made
    cell: str = ""  # the cell of the overwrite matrix this act belongs to


@dataclass(frozen=True, slots=True)
class Link:
    """Ground truth: this record was made for this person (or company) by the seed or by a human act."""

    side: Side
    object: str
    kind: str
    record_id: str
    person: str


@dataclass(frozen=True, slots=True)
class State:
    """Both stores at one settled moment. ``sync`` = number of syncs done (0: before the first)."""

    sync: int
    seq: int
    at_ms: int
    crm: Snapshot
    ma: Snapshot

    def on(self, side: Side) -> Snapshot:
        """Return the snapshot of one side."""
        return self.crm if side is Side.CRM else self.ma


@dataclass(frozen=True)
class Evidence:
    """The frozen record of one scenario run."""

    scenario_id: str
    mapping: Mapping
    people: Dictionary[str, Person]
    links: tuple[Link, ...]
    acts: tuple[Act, ...]
    states: tuple[State, ...]  # states[0] after seeding, then one per sync (settled); before_syncs[i] before sync i+1
    before_syncs: tuple[State, ...]
    syncs: tuple[SyncSummary, ...]
    outputs: tuple[str, ...]  # what the connector printed, one text per sync
    entries: tuple[Entry, ...]
    dialects: Dictionary[Side, Dialect]
    quiet_syncs: frozenset[int] = frozenset()  # numbers of the syncs that had nothing to do
    success_exit_codes: frozenset[int] = frozenset({0})
    secrets: tuple[str, ...] = ()
    options: Dictionary[str, Any] = field(default_factory=dict)
    killed_syncs: frozenset[int] = frozenset()  # numbers of the syncs in which a step killed the connector
    fault_sorts: Dictionary[str, str] = field(default_factory=dict)  # fault -> `passing`, `refusal` or `silent` (`faults.sort_of`)

    def is_struck(self, exchange: Exchange, sort: str) -> bool:
        """Tell whether a fault of this sort struck at a request; one that is not known is passing."""
        return any(self.fault_sorts.get(name, "passing") == sort for name in exchange.fault.split(", ") if name)

    def marks(self, side: Side, snapshot: Snapshot, kind: str) -> list[tuple[str, ConsentMark]]:
        """Return (record id, mark) for every consent that the rows of ``kind`` state."""
        dialect = self.dialects[side]
        return [(row.id, mark) for row in snapshot.rows(kind) for mark in dialect.consents(row)]
