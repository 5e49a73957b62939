"""Where a value came from: who wrote it, in which request, on the strength of which earlier read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof_mocks.journal import Actor, Change, Exchange, Row

from ..evidence import Evidence
from ..mapping.grammar import FieldRule, Side
from ..mapping.meaning import neutral
from ..model import Blame


class Ledger:
    """The journal, indexed for blame. Built once per evidence."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._changes: dict[tuple[str, str, str], list[Change]] = {}
        self._revisions: dict[tuple[str, str, str, int], Row] = {}
        self._serves: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
        for entry in evidence.entries:
            if isinstance(entry, Change):
                self._remember(entry)
            elif isinstance(entry, Exchange):
                for kind, record_id, revision in entry.served:
                    self._serves.setdefault((entry.system, kind, record_id), []).append((entry.seq, revision))

    def _remember(self, change: Change) -> None:
        self._changes.setdefault((change.system, change.kind, change.record_id), []).append(change)
        for row in (change.before, change.after):
            if row is not None:
                self._revisions[change.system, row.kind, row.id, row.revision] = row

    def changes_of(self, system: str, kind: str, record_id: str) -> list[Change]:
        """Return the changes of one record, oldest first."""
        return self._changes.get((system, kind, record_id), [])

    def exchange(self, seq: int | None) -> Exchange | None:
        """Return the exchange with this sequence, if it is one."""
        if seq is None or seq >= len(self.evidence.entries):
            return None
        entry = self.evidence.entries[seq]
        return entry if isinstance(entry, Exchange) else None

    def writer(self, system: str, kind: str, record_id: str, field: str, before_seq: int) -> Change | None:
        """Return the last change that set ``field`` of a record before ``before_seq``; None: it was seeded so."""
        for change in reversed(self.changes_of(system, kind, record_id)):
            if change.seq < before_seq and field in change.fields:
                return change
        return None

    def read_behind(
        self, write: Change, system: str, kind: str, record_id: str, holds: Callable[[Row], bool]
    ) -> Exchange | None:
        """Return the last answer before ``write`` that showed the other record with the value that was written."""
        for seq, revision in reversed(self._serves.get((system, kind, record_id), [])):
            if seq < (write.exchange if write.exchange is not None else write.seq):
                row = self._revisions.get((system, kind, record_id, revision)) or self._seeded(system, kind, record_id)
                if row is not None and row.revision == revision and holds(row):
                    return self.exchange(seq)
        return None

    def _seeded(self, system: str, kind: str, record_id: str) -> Row | None:
        state = self.evidence.states[0]
        snapshot = state.crm if state.crm.system == system else state.ma
        return snapshot.get(kind, record_id)

    def blame(
        self, side: Side, row: Row, field: str, before_seq: int, other: Row | None = None, rule: FieldRule | None = None
    ) -> Blame:
        """Return where the value of ``field`` in ``row`` came from; ``other`` is the record on the opposite side."""
        system = self.evidence.dialects[side].name
        write = self.writer(system, row.kind, row.id, field, before_seq)
        if write is None:
            return Blame("seed", note="it was there from the start")
        done_in = self.exchange(write.exchange)
        if write.actor is not Actor.CONNECTOR:
            return Blame(str(write.actor), write.seq, _line(done_in), note=write.note)
        read = None
        if other is not None and rule is not None:
            value = neutral(rule, side, write.fields[field][1])
            other_system = self.evidence.dialects[side.other].name

            def holds(seen: Row) -> bool:
                return bool(neutral(rule, side.other, seen.values.get(rule.field_on(side.other))) == value)

            read = self.read_behind(write, other_system, other.kind, other.id, holds)
        note = "" if read else "no earlier read showed this value on the other side"
        return Blame("connector", write.seq, _line(done_in), read.seq if read else None, _line(read), note)


def _line(exchange: Exchange | None) -> str | None:
    return f"#{exchange.seq} {exchange.method} {exchange.path} -> {exchange.status}" if exchange else None


def shown(value: Any) -> Any:
    """Return a value as reports print it: sets sorted, numbers plain."""
    if isinstance(value, frozenset):
        return sorted(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)
