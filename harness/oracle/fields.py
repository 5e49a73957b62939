"""Judges every mapped field of every person around every sync: allowed, or not and why."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from syncproof_mocks.consent import ConsentKey, ConsentState
from syncproof_mocks.journal import Actor, Row
from syncproof_mocks.schema import FieldType

from ..evidence import Act, Evidence, State
from ..mapping.grammar import FieldRule, Side
from .bases import bases_made, widened
from .blame import Ledger
from .clocks import Clocks
from .consents import ConsentLedger
from .identity import Identity
from .interleaving import Course, base_after, course_of, interleaved
from .judgement import Judgement
from .meanings import meaning_of
from .refusals import Refusals
from .restless import Restless
from .rules import Allowed, Pair, Situation, allowed, created, forgetful, ordered
from .scope import Meeting, Scope


class Oracle:
    """Everything derived from one evidence, computed when first asked for and shared by all checks."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.identity = Identity(evidence)
        self.scope = Scope(evidence, self.identity)
        self.crowded: list[str] = []
        self.unchanged = 0
        self._said: dict[tuple[int, Side], dict[tuple[str, ConsentKey], ConsentState]] = {}
        self._taking_part: dict[int, tuple[str, ...]] = {}

    @cached_property
    def ledger(self) -> Ledger:
        """Return the journal indexed for blame."""
        return Ledger(self.evidence)

    @cached_property
    def restless(self) -> Restless:
        """Return who but the connector wrote while syncs ran."""
        return Restless(self.evidence)

    @cached_property
    def clocks(self) -> Clocks:
        """Return what the stamps of the two systems tell about the order of edits."""
        return Clocks(self.evidence)

    @cached_property
    def consents(self) -> ConsentLedger:
        """Return the consent ledger."""
        return ConsentLedger(self.evidence, self.identity)

    def said(self, state: State, side: Side) -> dict[tuple[str, ConsentKey], ConsentState]:
        """Return what one side says about everybody's consents at a settled moment; computed once per moment."""
        key = (id(state), side)
        if key not in self._said:
            self._said[key] = self.consents.effective(side, state.on(side))
        return self._said[key]

    def taking_part(self, sync: int) -> tuple[str, ...]:
        """Return the people with a record on both sides after a sync whom the mapping keeps in.

        Somebody known to one side only when the sync had ended takes part on no side: nothing was carried.
        """
        if sync in self._taking_part:
            return self._taking_part[sync]
        at_ms = self.evidence.before_syncs[sync - 1].at_ms
        found = []
        for meeting in self.meetings.get(sync, ()):
            rows = [(s, meeting.before(s)) for s in (Side.CRM, Side.MA)]
            kept_out = any(r is not None and self.scope.kept_out(meeting.object, s, r, at_ms) for s, r in rows)
            if meeting.object.object != "company" and not kept_out and meeting.crm_after and meeting.ma_after:
                found.append(meeting.subject)
        self._taking_part[sync] = tuple(dict.fromkeys(found))
        return self._taking_part[sync]

    def has_crowd(self, sync: int) -> bool:
        """Tell whether somebody has several records on one side in this sync: a connector may say it cannot tell."""
        return any(m.crowded for m in self.meetings.get(sync, ()))

    @cached_property
    def refusals(self) -> Refusals:
        """Return whose data the vendors refused, and whether the connector said so."""
        return Refusals(self.evidence, self.identity)

    @cached_property
    def _acts(self) -> dict[tuple[int, str], list[Act]]:
        found: dict[tuple[int, str], list[Act]] = {}
        for act in self.evidence.acts:
            found.setdefault((act.after_sync, act.person), []).append(act)
        return found

    def acts_before(self, sync: int, person: str) -> list[Act]:
        """Return what people did to one person between the last judged sync and this one, in order."""
        first = self.scope.last_good(sync)
        return [act for n in range(first, sync) for act in self._acts.get((n, person), ())]

    def acts_during(self, sync: int) -> tuple[Act, ...]:
        """Return what people did while one sync ran (`meanwhile`), in order."""
        return self._acts_during.get(sync, ())

    @cached_property
    def _acts_during(self) -> dict[int, tuple[Act, ...]]:
        acts = self.evidence.acts
        return {s.number: tuple(a for a in acts if s.start_seq <= a.seq < s.end_seq) for s in self.evidence.syncs}

    def _merged_during(self, sync: int) -> frozenset[str]:
        """Return the people whose records somebody merged while one sync ran."""
        acts = [a for a in self.acts_during(sync) if a.kind == "merge"]
        return frozenset(p for a in acts for p in (a.person, *(u.absorbed for u in self.identity.lineage.unions if u.act is a)))

    @cached_property
    def meetings(self) -> dict[int, tuple[Meeting, ...]]:
        """Return sync number -> the meetings of that sync; syncs that faults broke are judged with the next one."""
        numbers = range(1, len(self.evidence.states))
        return {n: tuple(self.scope.meetings(n)) for n in numbers if not self.scope.is_broken(n)}

    def every_meeting(self) -> Iterator[Meeting]:
        """Yield the meetings of all syncs, of broken ones too: a fault excuses what is late, not what is destroyed."""
        for sync in range(1, len(self.evidence.states)):
            yield from self.meetings[sync] if sync in self.meetings else self.scope.meetings(sync)

    def earlier(self, meeting: Meeting) -> Meeting | None:
        """Return the meeting of the same subject in the last judged sync before this one."""
        met = self.meetings.get(self.scope.last_good(meeting.sync), ())
        return next((m for m in met if (m.subject, m.object.object) == (meeting.subject, meeting.object.object)), None)

    @cached_property
    def judgements(self) -> tuple[Judgement, ...]:
        """Return a judgement for each field that could have changed, over all syncs."""
        return tuple(j for n in self.meetings for m in self.meetings[n] for j in self._judge(m))

    def must_arrive(self, meeting: Meeting) -> Side | None:
        """Return the side on which this sync had to make the missing record of a person, or None."""
        crm, ma = meeting.crm_before, meeting.ma_before
        if (crm is None) == (ma is None) or meeting.crowded:
            return None
        source = Side.CRM if crm is not None else Side.MA
        wanted = "crm_to_ma" if source is Side.CRM else "ma_to_crm"
        row = meeting.before(source)
        if row is None or wanted not in meeting.object.creates or self.was_removed(meeting, source.other):
            return None
        at_ms = self.evidence.before_syncs[meeting.sync - 1].at_ms
        if source is Side.MA and self.scope.kept_out_beyond(meeting.object, row, at_ms):
            return None
        if self._left_meanwhile(meeting, source):
            return None
        if source is Side.CRM and self.scope.address_taken(meeting):
            return None
        return None if self.scope.kept_out(meeting.object, source, row, at_ms) else source.other

    def _left_meanwhile(self, meeting: Meeting, side: Side) -> bool:
        """Tell whether people took a record out while the sync ran: deleted it, or made it one that the mapping keeps out."""
        if not self.was_touched_meanwhile(meeting, side):
            return False
        row = meeting.after(side)
        return row is None or bool(self.scope.kept_out(meeting.object, side, row, self.evidence.states[meeting.sync].at_ms))

    def was_touched_meanwhile(self, meeting: Meeting, side: Side) -> bool:
        """Tell whether people or a vendor's automation changed the subject's record while the sync ran."""
        row = meeting.before(side) or meeting.after(side)
        if meeting.sync not in self.restless or row is None:
            return False
        changes = self.ledger.changes_of(self.evidence.dialects[side].name, row.kind, row.id)
        start, end = self.evidence.before_syncs[meeting.sync - 1].seq, self.evidence.states[meeting.sync].seq
        return any(start <= c.seq < end and c.actor is not Actor.CONNECTOR for c in changes)

    def was_removed(self, meeting: Meeting, side: Side) -> bool:
        """Tell whether a person deleted or erased the subject on a side: the record must then not come back."""
        removed = ("delete", "erase")
        return any(
            a.person == meeting.subject and a.side is side and a.kind in removed and a.after_sync < meeting.sync
            for a in self.evidence.acts
        )

    def _judge(self, meeting: Meeting) -> Iterator[Judgement]:
        if meeting.crowded:
            self.crowded.append(meeting.subject)
            return
        if meeting.subject in self._merged_during(meeting.sync):
            return  # the vendor made one record of two under the connector's hands: the next sync is judged by what is left
        at_ms = self.evidence.before_syncs[meeting.sync - 1].at_ms
        for side in (Side.CRM, Side.MA):
            row = meeting.before(side)
            if row is not None and (self.scope.kept_out(meeting.object, side, row, at_ms) or self._left_meanwhile(meeting, side)):
                return
        if meeting.is_linked:
            yield from self._judge_linked(meeting)
        elif meeting.created_on is not None:
            yield from self._judge_created(meeting, meeting.created_on)

    def _judge_linked(self, m: Meeting) -> Iterator[Judgement]:
        assert m.is_linked
        last = self.scope.last_good(m.sync)
        had_base = last > 0 and m.crm_base is not None and m.ma_base is not None
        # What others wrote during the last sync may not have been carried yet, though nothing has changed since.
        settled = not any(self.restless.has_touched(last, side, m.before(side)) for side in (Side.CRM, Side.MA))
        if settled and had_base and m.crm_base is m.crm_before is m.crm_after and m.ma_base is m.ma_before is m.ma_after:
            self.unchanged += 1
            return
        acts = self._acts_since(m.sync, m.subject)
        broken = range(last + 1, m.sync)
        is_calm = not broken and m.sync not in self.restless and last not in self.restless
        for rule in m.object.fields:
            if rule.consent is None and not self._is_lost(m, rule):
                yield self._judge_field(m, rule, last if had_base else 0, acts, broken, is_calm=is_calm)

    def _is_lost(self, m: Meeting, rule: FieldRule) -> bool:
        """Tell whether an end of the rule was removed or hidden before the sync had ended."""
        return self.identity.lineage.is_lost(m.object, rule, self.evidence.states[m.sync].seq)

    def _judge_field(
        self, m: Meeting, rule: FieldRule, last: int, acts: list[Act], broken: range, *, is_calm: bool
    ) -> Judgement:
        """Judge one field of a linked pair; ``last`` is the sync that left the base (0: there is none), ``broken`` came since.

        ``is_calm``: nobody but the connector wrote anything in this sync and the last one, and none came between.
        """
        own = tuple([a for a in acts if a.field is not None and a.field == rule.field_on(a.side)]) if acts else ()
        now = _pair_of(rule, m.crm_before, m.ma_before)
        if is_calm or (
            not broken and self._is_quiet(rule, last, m.crm_base, m.ma_base) and self._is_quiet(rule, m.sync, m.crm_after, m.ma_after)
        ):
            judged = self._judge_quiet(m, rule, bool(last), now, own)
        else:
            judged = self._judge_restless(m, rule, last, now, own, broken)
        if rule.type is not FieldType.EMAIL:
            return judged
        if self._knows_address(m, rule):
            return judged.also(now, "the other side knows the address as an additional one")
        if self._has_no_room(m):
            return judged.also(now, "the other side holds the address in another person's record")
        return judged

    def _is_quiet(self, rule: FieldRule, sync: int, crm: Row | None, ma: Row | None) -> bool:
        """Tell whether nobody but the connector wrote a field of two records in a sync (0: before the first)."""
        touched = self.restless.has_touched_field
        return sync not in self.restless or not (touched(sync, Side.CRM, crm, rule) or touched(sync, Side.MA, ma, rule))

    def _judge_quiet(self, m: Meeting, rule: FieldRule, had_base: bool, now: Pair, own: tuple[Act, ...]) -> Judgement:
        """Judge a field that nobody but the connector wrote in this sync and the last one: `_judge_restless`, but quicker."""
        is_same = m.crm_base is m.crm_before and m.ma_base is m.ma_before
        base = (now if is_same else _pair_of(rule, m.crm_base, m.ma_base)) if had_base else None
        observed = now if m.crm_after is m.crm_before and m.ma_after is m.ma_before else _pair_of(rule, m.crm_after, m.ma_after)
        start = self.evidence.before_syncs[m.sync - 1].seq
        situation = Situation(base, now, self.clocks.last_side(a for a in own if a.seq <= start) if own else None)
        return Judgement(m, rule, situation, self._allowed(m, rule, situation), observed, own)

    def _judge_restless(
        self, m: Meeting, rule: FieldRule, last: int, now: Pair, own: tuple[Act, ...], broken: range
    ) -> Judgement:
        """Judge a field that others may have edited between two requests of the connector, or that broken syncs left."""
        base = base_after(self._course(rule, Side.CRM, m.crm_base, last), self._course(rule, Side.MA, m.ma_base, last)) if last else None
        crm, ma = self._course(rule, Side.CRM, m.crm_after, m.sync), self._course(rule, Side.MA, m.ma_after, m.sync)
        bases = bases_made(self.evidence, m, rule, base, broken, lambda seq: self.clocks.last_side(a for a in own if a.seq < seq))

        def ask(i: int, j: int) -> tuple[Situation, Allowed]:
            at = (crm.moments[i].value if i else now[0], ma.moments[j].value if j else now[1])
            known = tuple(a for a in own if a.seq <= (crm.moments[i] if a.side is Side.CRM else ma.moments[j]).seq)
            situation = Situation(base, at, self.clocks.last_side(known))
            answer = self._allowed(m, rule, situation)
            if broken:
                last = situation.last
                situation, answer = self._after_broken(m, rule, situation, answer, (i > 0, j > 0))
                answer = widened(answer, bases, lambda b: self._allowed(m, rule, Situation(b, at, last)))
            return situation, answer

        answer = interleaved(crm, ma, lambda i, j: ask(i, j)[1])
        return Judgement(m, rule, ask(0, 0)[0], answer, (crm.left, ma.left), own, (crm, ma))

    def _allowed(self, m: Meeting, rule: FieldRule, s: Situation) -> Allowed:
        return forgetful(rule, s) if self.scope.has_forgotten(m.sync) else allowed(rule, s)

    def _acts_since(self, sync: int, person: str) -> list[Act]:
        """Return what people did to one person since the last judged sync began, during this one too, in order."""
        last = self.scope.last_good(sync)
        start = self.evidence.before_syncs[last - 1].seq if last else 0
        return [a for n in range(max(last - 1, 0), sync) for a in self._acts.get((n, person), ()) if a.seq >= start]

    def _course(self, rule: FieldRule, side: Side, row: Row | None, sync: int) -> Course:
        """Return the course of a field through a sync; ``row`` is the record after it."""
        assert row is not None
        window = self.evidence.before_syncs[sync - 1].seq, self.evidence.states[sync].seq
        final = value_of(rule, side, row)
        changes = self.ledger.changes_of(self.evidence.dialects[side].name, row.kind, row.id)
        return course_of(changes, window, rule.field_on(side), lambda raw: meaning_of(rule, side, raw), final)

    def _after_broken(
        self, m: Meeting, rule: FieldRule, seen: Situation, answer: Allowed, is_edited: tuple[bool, bool]
    ) -> tuple[Situation, Allowed]:
        """Judge by what people left: what a broken sync wrote is no edit, and its damage must be made up.

        Where people edited the field again after the connector had written it, both readings are accepted. ``is_edited``
        tells for each side that ``seen.now`` is what people made of it during this sync.
        """
        crm, ma = (
            (now, False, False) if edited else self._left_by_people(m, rule, side)
            for side, now, edited in zip((Side.CRM, Side.MA), seen.now, is_edited, strict=True)
        )
        truth = Situation(seen.base, (crm[0], ma[0]), seen.last)
        found = self._allowed(m, rule, truth)
        pairs = [*found.pairs, *(answer.pairs if crm[1] or ma[1] else ())]
        for side, (value, _, is_born) in ((Side.CRM, crm), (Side.MA, ma)):
            if is_born and value in (None, False):
                is_key = any(k.crm == rule.crm and k.ma == rule.ma for k in m.object.match)
                source = ma[0] if side is Side.CRM else crm[0]
                found = created(rule, side, source, is_key)
                pairs = [*found.pairs, *(answer.pairs if crm[1] or ma[1] else ())]
        return truth, Allowed(tuple(dict.fromkeys(pairs)), found.reason, found.left_open)

    def _left_by_people(self, m: Meeting, rule: FieldRule, side: Side) -> tuple[Any, bool, bool]:
        """Return the value without what the connector wrote since the last judged sync, and two facts.

        The facts: whether people edited the field after the connector had, whether the connector made the record.
        """
        row = m.before(side)
        assert row is not None
        first, end = self.evidence.states[self.scope.last_good(m.sync)].seq, self.evidence.before_syncs[m.sync - 1].seq
        system, name = self.evidence.dialects[side].name, rule.field_on(side)
        changes = [c for c in self.ledger.changes_of(system, row.kind, row.id) if first <= c.seq < end]
        is_born = bool(changes) and changes[0].before is None and changes[0].actor is Actor.CONNECTOR
        own = [c for c in changes if name in c.fields]
        by_connector = [c.actor is Actor.CONNECTOR for c in own]
        if True not in by_connector:
            return value_of(rule, side, row), False, is_born
        by_people = [c for c in own if c.actor is not Actor.CONNECTOR]
        raw = by_people[-1].fields[name][1] if by_people else own[0].fields[name][0]
        edited_since = False in by_connector[by_connector.index(True):]
        return meaning_of(rule, side, raw), edited_since, is_born

    def _knows_address(self, m: Meeting, rule: FieldRule) -> bool:
        """Tell whether the MA holds the CRM's address beside another first one: replacing the first is not demanded."""
        if m.ma_before is None or m.crm_before is None:
            return False
        known = self.evidence.dialects[Side.MA].addresses(m.ma_before)
        return str(m.crm_before.values.get(rule.crm) or "").strip().casefold() in known[1:]

    def _has_no_room(self, m: Meeting) -> bool:
        """Tell whether an address cannot travel: it is another person's there. Whoever tried must own up to the refusal."""
        return self.scope.address_taken(m) is not None and self.refusals.about(m.sync, Side.MA, m.subject) is None

    def _judge_created(self, m: Meeting, target: Side) -> Iterator[Judgement]:
        source_row, made = m.before(target.other), m.after(target)
        source_after = m.after(target.other)
        if source_row is None or made is None or source_after is None:
            return
        first = self.ledger.changes_of(self.evidence.dialects[target].name, made.kind, made.id)[:1]
        if first and first[0].before is None and first[0].actor is not Actor.CONNECTOR:
            return  # somebody entered it while the sync ran: the next one judges it
        keys = {(key.crm, key.ma) for key in m.object.match}
        for rule in m.object.fields:
            if rule.consent is not None or self._is_lost(m, rule):
                continue
            value = value_of(rule, target.other, source_row)
            is_key = (rule.crm, rule.ma) in keys
            if self._is_quiet(rule, m.sync, m.crm_after, m.ma_after):
                stays = value if source_after is source_row else value_of(rule, target.other, source_after)
                answer, observed = created(rule, target, value, is_key), ordered(target, value_of(rule, target, made), stays)
            else:
                answer, observed = self._created_meanwhile(m, rule, target, is_key)
            judged = Judgement(m, rule, Situation(None, ordered(target, None, value)), answer, observed, ())
            if observed[0 if target is Side.MA else 1] is None and self._is_vendors(target, made, rule):
                judged = judged.also(observed, "the system demands a value, or fills in its own, where the other side has none")
            yield judged

    def _created_meanwhile(self, m: Meeting, rule: FieldRule, target: Side, is_key: bool) -> tuple[Allowed, Pair]:
        """Return what a new record may hold, and what the connector left, where others wrote the field while the sync ran."""
        there, source = self._course(rule, target, m.after(target), m.sync), self._course(rule, target.other, m.after(target.other), m.sync)
        crm, ma = ordered(target, Course(there.moments[:1], there.write), source)
        answer = interleaved(crm, ma, lambda i, j: created(rule, target, source.moments[max(i, j)].value, is_key))
        return answer, (crm.left, ma.left)

    def _is_vendors(self, side: Side, row: Row, rule: FieldRule) -> bool:
        """Tell whether the vendor makes no record without a value there, whichever the connector takes, or fills in this one."""
        dialect, name = self.evidence.dialects[side], rule.field_on(side)
        info, value = dialect.schema(row.kind).get(name), row.values.get(name)
        given = [dialect.settings[switch] for switch in dialect.fills_in.get((row.kind, name), ())]
        return info is not None and (info.required or (value is not None and value in (info.default, *given)))


def value_of(rule: FieldRule, side: Side, row: Row) -> Any:
    """Return the neutral value of a rule's field in a row; a boolean that was never set is False."""
    return meaning_of(rule, side, row.values.get(rule.field_on(side)))


def _pair_of(rule: FieldRule, crm: Row | None, ma: Row | None) -> Pair:
    """Return the neutral values of a rule's field in two records."""
    assert crm is not None
    assert ma is not None
    return value_of(rule, Side.CRM, crm), value_of(rule, Side.MA, ma)
