"""Who else wrote while a sync ran: people, or a vendor's automation. Elsewhere whatever changed is the connector's doing."""

from __future__ import annotations

from functools import cached_property

from syncproof_mocks.journal import Actor, Change, Row

from ..evidence import Evidence
from ..mapping.grammar import FieldRule, Side

_OTHERS = (Actor.VENDOR_AUTOMATION, Actor.CRM_USER, Actor.MA_USER)
_NOBODY: frozenset[tuple[str, str, str, str]] = frozenset()


class Restless:
    """The fields that somebody but the connector changed between the begin of a sync and its settled end, by sync."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._system = {side: dialect.name for side, dialect in evidence.dialects.items()}

    def __contains__(self, sync: int) -> bool:
        """Tell whether anybody else changed a record while a sync ran; one that was only made is nobody's change."""
        return sync in self._fields

    def has_touched(self, sync: int, side: Side, row: Row | None) -> bool:
        """Tell whether anybody else changed a record while a sync ran."""
        return sync in self._fields and row is not None and (self._system[side], row.kind, row.id) in self._records[sync]

    def has_touched_field(self, sync: int, side: Side, row: Row | None, rule: FieldRule) -> bool:
        """Tell whether anybody else changed the rule's field of a record while a sync ran."""
        touched = self._fields.get(sync, _NOBODY)
        return bool(touched) and row is not None and (self._system[side], row.kind, row.id, rule.field_on(side)) in touched

    @cached_property
    def _fields(self) -> dict[int, frozenset[tuple[str, str, str, str]]]:
        """Return sync -> (system, kind, id, field); syncs in which nobody else wrote are left out."""
        found = {}
        for number, (before, after) in enumerate(zip(self.evidence.before_syncs, self.evidence.states[1:], strict=False), start=1):
            entries = self.evidence.entries[before.seq : after.seq]
            changes = (e for e in entries if isinstance(e, Change) and e.actor in _OTHERS and e.before is not None)
            if touched := frozenset((c.system, c.kind, c.record_id, field) for c in changes for field in c.fields):
                found[number] = touched
        return found

    @cached_property
    def _records(self) -> dict[int, frozenset[tuple[str, str, str]]]:
        return {sync: frozenset((system, kind, i) for system, kind, i, _ in fields) for sync, fields in self._fields.items()}
