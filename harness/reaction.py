"""Reaction time: of everything that people entered, whether and when it arrived on the other side.

Values of mapped fields, a yes or a no, and new records are followed; a deletion and a merge carry no value and are not.
Times are differences of the clock that never skips ahead (`Clock.running_ms`), which marks and exchanges carry: an act
happened at the mark of its step or the last request before it, a value arrived with the request that wrote it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from syncproof_mocks.journal import Actor, Change, Exchange, Mark, Row

from .evidence import Act
from .mapping.grammar import Direction, FieldRule, ObjectMapping, Side
from .model import Finding, Travel
from .oracle.blame import shown
from .oracle.fields import Oracle
from .oracle.identity import side_of
from .oracle.meanings import meaning_of
from .oracle.sayings import covers

NEW_RECORD = "the record"
_TOWARDS = {Side.CRM: Direction.CRM_TO_MA, Side.MA: Direction.MA_TO_CRM}


def travels(oracle: Oracle, findings: Iterable[Finding]) -> tuple[Travel, ...]:
    """Return what became of each thing that people entered and that the mapping may carry, in order.

    What the other side held already needed no carrying and is left out, as is what was entered after the last sync.
    """
    return tuple(_Roads(oracle, findings).all())


@dataclass(frozen=True, slots=True)
class _Load:
    """One thing on its way: the act, what reports call it, and how to know it among the changes of the other side."""

    act: Act
    what: str
    fields: tuple[str | None, ...]  # by which findings on the other side name it
    is_carried_by: Callable[[Change], bool]
    values: tuple[Any, ...] = ()  # what findings may expect in its place; empty: whatever they expect


class _Roads:
    """The journal, indexed for what arrives. Built once per evidence."""

    def __init__(self, oracle: Oracle, findings: Iterable[Finding]) -> None:
        self.oracle, self.evidence = oracle, oracle.evidence
        self._missed: dict[tuple[str | None, str | None, str | None], list[Any]] = {}
        for f in findings:
            if f.field is not None or f.classification == "missing_record":
                self._missed.setdefault((f.person, f.system, f.field), []).append(f.expected)
        self._acts: dict[str, list[Act]] = {}
        for act in self.evidence.acts:
            self._acts.setdefault(act.person, []).append(act)
        self._written: dict[tuple[str, Side], list[Change]] = {}
        for entry in self.evidence.entries:
            if isinstance(entry, Change) and entry.actor is Actor.CONNECTOR:
                self._index(entry)
        self._moments = [(e.seq, e.ran_ms) for e in self.evidence.entries if isinstance(e, (Exchange, Mark))]
        self._turns: dict[tuple[str, Side], list[Any]] = {}
        for turn in oracle.consents.turns:
            if turn.change.actor is Actor.CONNECTOR:
                self._turns.setdefault((turn.person, turn.side), []).append(turn)

    def _index(self, change: Change) -> None:
        side = side_of(self.evidence, change.system)
        row = change.after or change.before
        if row is not None and row.kind in self.oracle.identity.people_kinds(side):
            person = self.oracle.identity.subject_of(side, row, change.seq)
            if person is not None:
                self._written.setdefault((person, side), []).append(change)

    def all(self) -> Iterator[Travel]:
        """Yield a journey for each load."""
        made: set[tuple[int, str]] = set()
        for act in sorted(self.evidence.acts, key=lambda a: a.seq):
            load = self._load(act)
            # A new record is one thing, however many fields were filled in.
            if load is None or (load.what == NEW_RECORD and (act.seq, act.person) in made):
                continue
            made.add((act.seq, act.person))
            yield from self._travel(load)

    def _load(self, act: Act) -> _Load | None:
        if act.person not in self.evidence.people or act.after_sync >= len(self.evidence.syncs):
            return None
        if act.key is not None and act.kind in ("opt_in", "opt_out"):
            return self._word(act)
        obj = self.evidence.mapping.of(act.object)
        if obj is None:
            return None
        if act.kind == "create":
            return self._newcomer(act, obj)
        return self._value(act, obj) if act.kind == "edit" else None

    def _newcomer(self, act: Act, obj: ObjectMapping) -> _Load | None:
        towards = "crm_to_ma" if act.side is Side.CRM else "ma_to_crm"
        was_there = any(row is not None for row in self._rows(act))
        if towards not in obj.creates or was_there:
            return None
        return _Load(act, NEW_RECORD, (None,), lambda change: change.before is None)

    def _value(self, act: Act, obj: ObjectMapping) -> _Load | None:
        rule = obj.rule_for(act.side, act.field) if act.field is not None else None
        if rule is None or rule.consent is not None or rule.direction not in (Direction.BOTH, _TOWARDS[act.side]):
            return None
        other, value = act.side.other, meaning_of(rule, act.side, act.value)
        name = rule.field_on(other)
        wanted = (value, _cut(rule, value))

        def carries(change: Change) -> bool:
            return name in change.fields and meaning_of(rule, other, change.fields[name][1]) in wanted

        if any(row is not None and meaning_of(rule, other, row.values.get(name)) in wanted for row in self._rows(act)):
            return None
        rivals = [a for a in self._acts[act.person] if a is not act and a.field == rule.field_on(a.side)]
        return _Load(act, str(act.field), (name, None), carries, tuple(shown(v) for v in wanted) if rivals else ())

    def _word(self, act: Act) -> _Load | None:
        key, ledger, other = act.key, self.oracle.consents, act.side.other
        assert key is not None
        if not any(covers(key, known) and ledger.travels(known, act.side) for known in ledger.keys):
            return None
        before = max((s for s in (*self.evidence.states, *self.evidence.before_syncs) if s.seq <= act.seq), key=lambda s: s.seq)
        held = self.oracle.said(before, other)
        states = [state for (person, said), state in held.items() if person == act.person and said == key]
        if any(state.refuses if act.kind == "opt_out" else state.permits for state in states):
            return None
        turned = {
            t.change.seq for t in self._turns.get((act.person, other), ())
            if (covers(t.key, key) or covers(key, t.key)) and (t.after.refuses if act.kind == "opt_out" else t.after.permits)
        }
        named = tuple(str(known) for known in ledger.keys if covers(key, known))
        return _Load(act, str(key), named, lambda change: change.seq in turned)

    def _travel(self, load: _Load) -> Iterator[Travel]:
        act, other = load.act, load.act.side.other
        direction = f"{act.side}_to_{other}"
        label = self.oracle.identity.label(act.person)
        arrival = next((c for c in self._changes(act) if c.seq > act.seq and load.is_carried_by(c)), None)
        if arrival is None:
            yield Travel(act.seq, direction, label, load.what, "missing" if self._is_missed(load, label) else "not_owed")
            return
        sync = next((s for s in self.evidence.syncs if s.start_seq <= arrival.seq < s.end_seq), None)
        acted, arrived = self._moment(act.seq), self._moment(arrival.seq)
        edit_s = max(0, arrived - acted) / 1000
        if sync is None:
            yield Travel(act.seq, direction, label, load.what, "arrived", arrival.seq, None, edit_s)
            return
        since = max(acted, self._moment(sync.start_seq))
        yield Travel(
            act.seq, direction, label, load.what, "arrived", arrival.seq, sync.number - act.after_sync, edit_s,
            max(0, arrived - since) / 1000,
        )

    def _is_missed(self, load: _Load, label: str) -> bool:
        """Tell whether a finding says that it had to arrive. Of two values entered in one field it says which."""
        for name in load.fields:
            expected = self._missed.get((label, str(load.act.side.other), name), ())
            if any(not load.values or name is None or value in load.values for value in expected):
                return True
        return False

    def _changes(self, act: Act) -> Iterable[Change]:
        """Return what the connector changed of a person on the other side; consents may stand in records of their own."""
        if act.key is None:
            subject = self.oracle.identity.lineage.subject(act.person, len(self.evidence.entries))
            return sorted(
                (c for person in {act.person, subject} for c in self._written.get((person, act.side.other), ())), key=lambda c: c.seq
            )
        turns = self._turns.get((act.person, act.side.other), ())
        return (t.change for t in turns)

    def _moment(self, seq: int) -> int:
        """Return when the entry of the journal was written: changes carry no such moment, the request or mark before them does."""
        place = bisect_right(self._moments, seq, key=lambda moment: moment[0])
        return self._moments[place - 1][1] if place else 0

    def _rows(self, act: Act) -> Iterator[Row | None]:
        """Yield the person's records on the other side as they stood when the act was done; None for one not yet or no more there."""
        side = act.side.other
        system = self.evidence.dialects[side].name
        for record_id in self.oracle.identity.record_ids.get((act.person, side), ()):
            for kind in self.oracle.identity.people_kinds(side):
                changes = self.oracle.ledger.changes_of(system, kind, record_id)
                earlier = [c for c in changes if c.seq < act.seq]
                row = earlier[-1].after if earlier else changes[0].before if changes else self.evidence.states[0].on(side).get(kind, record_id)
                yield None if row is None or row.deleted else row


def _cut(rule: FieldRule, value: Any) -> Any:
    """Return what the mapping lets through of a long text."""
    if rule.max_length is not None and isinstance(value, str) and len(value) > rule.max_length:
        return value[: rule.max_length].strip()
    return value
