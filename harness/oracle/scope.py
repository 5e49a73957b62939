"""Who takes part: which records of a person meet on the two sides, and who is kept out by the mapping."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache

from syncproof_mocks.journal import Exchange, Mark, Row

from ..evidence import Evidence, State
from ..mapping.grammar import ObjectMapping, Side
from ..mapping.meaning import excluded
from .identity import Identity

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Meeting:
    """One person (or company) under one object mapping, around one sync. Rows are None where there is none.

    ``*_base`` is the row after the last judged sync, ``*_before`` when this sync started, ``*_after`` once it had settled.
    """

    sync: int
    subject: str
    object: ObjectMapping
    crm_base: Row | None
    ma_base: Row | None
    crm_before: Row | None
    ma_before: Row | None
    crm_after: Row | None
    ma_after: Row | None
    crowded: bool  # more than one record of the subject on a side: which one meets which is not defined

    def before(self, side: Side) -> Row | None:
        """Return the row of one side when the sync started."""
        return self.crm_before if side is Side.CRM else self.ma_before

    def after(self, side: Side) -> Row | None:
        """Return the row of one side once the sync had settled."""
        return self.crm_after if side is Side.CRM else self.ma_after

    @property
    def is_linked(self) -> bool:
        """Tell whether both sides had a record when the sync started and have it still."""
        return None not in (self.crm_before, self.ma_before, self.crm_after, self.ma_after)

    @property
    def created_on(self) -> Side | None:
        """Return the side on which this sync created the missing record."""
        if self.crm_before and not self.ma_before and self.ma_after:
            return Side.MA
        if self.ma_before and not self.crm_before and self.crm_after:
            return Side.CRM
        return None


class Scope:
    """Pairs records by ground truth; built once per evidence."""

    def __init__(self, evidence: Evidence, identity: Identity) -> None:
        self.evidence = evidence
        self.identity = identity
        self._by_state: dict[tuple[int, Side, str], dict[str, list[Row]]] = {}
        self._kept_out: dict[tuple[str, Side, int, int], tuple[Row, str | None]] = {}
        self._known_broken: dict[int, bool] = {}
        self._known_good: dict[int, int] = {}

    def subjects(self, state: State, side: Side, obj: ObjectMapping) -> dict[str, list[Row]]:
        """Return subject key -> living records of one object on one side."""
        key = (id(state), side, obj.object)
        if key not in self._by_state:
            self._by_state[key] = self._collect(state, side, obj)
        return self._by_state[key]

    def _collect(self, state: State, side: Side, obj: ObjectMapping) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in state.on(side).rows(obj.kind_on(side)):
            if obj.object != "company" and self.identity.lineage.is_converted(side, row.id, state.seq):
                continue
            subject = self._company(side, row, obj) if obj.object == "company" else self.identity.subject_of(side, row, state.seq)
            if subject is not None:
                found.setdefault(subject, []).append(row)
        return found

    @staticmethod
    def _company(side: Side, row: Row, obj: ObjectMapping) -> str | None:
        key = obj.match[0]
        value = row.values.get(key.crm if side is Side.CRM else key.ma)
        return str(value).strip().casefold() if value else None

    def meetings(self, sync: int) -> Iterator[Meeting]:
        """Yield every subject that had a record on any side when sync number ``sync`` started."""
        base = self.evidence.states[self.last_good(sync)]
        before, after = self.evidence.before_syncs[sync - 1], self.evidence.states[sync]
        contacts = self._contact_holders(before)
        for obj in self.evidence.mapping.objects:
            crm_before, ma_before = self.subjects(before, Side.CRM, obj), self.subjects(before, Side.MA, obj)
            for subject in dict.fromkeys([*crm_before, *ma_before]):
                if self._belongs_elsewhere(obj, subject, crm_before, contacts):
                    continue
                yield self._meeting(sync, subject, obj, (base, before, after))

    def last_good(self, sync: int) -> int:
        """Return the last sync before this one that is judged (0: none): a sync that faults broke is made up later."""
        if sync not in self._known_good:
            self._known_good[sync] = next((n for n in range(sync - 1, 0, -1) if not self.is_broken(n)), 0)
        return self._known_good[sync]

    def is_broken(self, sync: int) -> bool:
        """Tell whether a sync is not judged; see `_broken`."""
        if sync not in self._known_broken:
            self._known_broken[sync] = self._broken(sync)
        return self._known_broken[sync]

    def _broken(self, sync: int) -> bool:
        """Tell whether a fault struck during this sync and the connector said that it had not succeeded, or was killed.

        A fault that nobody can notice (an answer out of date) needs no admission. The scenario option ``must_survive``
        says that its faults are no excuse.
        """
        if sync in self.evidence.killed_syncs:
            return True
        if self.evidence.options.get("must_survive"):
            return False
        summary = self.evidence.syncs[sync - 1]
        claims = summary.ended == "exited" and summary.exit_code in self.evidence.success_exit_codes
        window = self.evidence.entries[summary.start_seq : summary.end_seq]
        struck = [e for e in window if isinstance(e, Exchange) and e.fault]
        return (not claims and bool(struck)) or any(self.evidence.is_struck(e, "silent") for e in struck)

    def has_forgotten(self, sync: int) -> bool:
        """Tell whether the connector lost its state since the last judged sync began: what stood then it cannot know."""
        if not self._losses:
            return False
        last = self.last_good(sync)
        start = self.evidence.before_syncs[last - 1].seq if last else 0
        return any(start <= seq < self.evidence.states[sync].seq for seq in self._losses)

    @cached_property
    def _losses(self) -> tuple[int, ...]:
        return tuple(e.seq for e in self.evidence.entries if isinstance(e, Mark) and e.name == "state_lost")

    def _contact_holders(self, before: State) -> frozenset[str]:
        contact = self.evidence.mapping.of("contact")
        return frozenset(self.subjects(before, Side.CRM, contact)) if contact else frozenset()

    def _belongs_elsewhere(
        self, obj: ObjectMapping, subject: str, crm_before: dict[str, list[Row]], contacts: frozenset[str]
    ) -> bool:
        """Several objects may share one MA kind: a record counts under the object whose CRM record the person has."""
        if obj.object == "company":
            return False
        if obj.object == "lead":
            return subject in contacts
        if subject in crm_before:
            return False
        lead = self.evidence.mapping.of("lead")
        return lead is not None and lead.ma == obj.ma

    def _meeting(self, sync: int, subject: str, obj: ObjectMapping, states: tuple[State, State, State]) -> Meeting:
        crm, ma = ([self.subjects(s, side, obj).get(subject, []) for s in states] for side in (Side.CRM, Side.MA))
        crowded = any(self._is_crowded(subject, side, rows) for side, some in ((Side.CRM, crm), (Side.MA, ma)) for rows in some)
        crowded |= any(_were_united(some[1], some[2]) for some in (crm, ma))
        crm, ma = ([self._own(subject, side, rows) for rows in some] for side, some in ((Side.CRM, crm), (Side.MA, ma)))
        (c0, c1, c2), (m0, m1, m2) = ([rows[0] if rows else None for rows in side] for side in (crm, ma))
        return Meeting(sync, subject, obj, c0, m0, c1, m1, c2, m2, crowded)

    def _own(self, subject: str, side: Side, rows: list[Row]) -> list[Row]:
        """Return the records that were a subject's from the first, if any is left, else those of people merged into them."""
        if len(rows) < 2 or not self.identity.lineage.unions:
            return rows
        return [row for row in rows if self.identity.person_of(side, row) == subject] or rows

    def _is_crowded(self, subject: str, side: Side, rows: list[Row]) -> bool:
        return len(self._own(subject, side, rows)) > 1

    def all_before(self, meeting: Meeting, side: Side) -> list[Row]:
        """Return every record of the subject on one side when the sync started: more than one where it is crowded."""
        return self.subjects(self.evidence.before_syncs[meeting.sync - 1], side, meeting.object).get(meeting.subject, [])

    def address_taken(self, meeting: Meeting) -> str | None:
        """Return who else holds the subject's shared address in the MA after the sync: it has no room for a second.

        HubSpot refuses a second contact with an address (hubspot.md 3.1), a CRM takes any number. That one of the
        people who share it must arrive is still demanded.
        """
        if meeting.crm_before is None or meeting.object.object == "company":
            return None
        mine = {a.casefold() for a in self.evidence.dialects[Side.CRM].addresses(meeting.crm_before)}
        shared = mine & set(self.identity.sharers)
        if not shared:
            return None
        in_ma = self.identity.records(Side.MA, self.evidence.states[meeting.sync])
        for other in sorted(frozenset().union(*(self.identity.sharers[a] for a in shared)) - {meeting.subject}):
            for there in in_ma.get(other, ()):
                if shared & {a.casefold() for a in self.evidence.dialects[Side.MA].addresses(there)}:
                    return other
        return None

    def kept_out_beyond(self, obj: ObjectMapping, row: Row, at_ms: int) -> bool:
        """Tell whether the CRM record that an MA record would become were kept out: then nobody must make it."""
        become = {r.crm: row.values.get(r.ma) for r in obj.fields}
        asked = tuple(e for e in obj.exclude if e.crm in become)
        return excluded(obj.model_copy(update={"exclude": asked}), Side.CRM, become, _moment(at_ms)) is not None

    def kept_out(self, obj: ObjectMapping, side: Side, row: Row, at_ms: int) -> str | None:
        """Return the reason why the mapping keeps this record out, or None."""
        # Rows are never changed, and exclusions look at days: the same row on the same day has the same answer.
        key = (obj.object, side, id(row), at_ms // DAY_MS)
        if key not in self._kept_out:
            # The row is kept with its answer: the id of one that is gone is given to the next.
            self._kept_out[key] = row, excluded(obj, side, row.values, _moment(at_ms))
        return self._kept_out[key][1]


def _were_united(before: list[Row], after: list[Row]) -> bool:
    """Tell whether several records became fewer in a sync: what the one that is left holds comes of all of them."""
    return len(before) > 1 and not {row.id for row in before} <= {row.id for row in after}


@lru_cache(maxsize=4096)
def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
