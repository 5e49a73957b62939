"""The consent ledger: what each person said, from seed and human acts, and what both systems made of it.

State is a function of the set of acts (`sayings`): the latest refusal beats everything except a later yes by the person
with proof. A `*` refusal covers every purpose of its channel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from syncproof_mocks.consent import ConsentKey, ConsentMark, ConsentState
from syncproof_mocks.journal import Actor, Change, Row
from syncproof_mocks.store import Snapshot

from ..evidence import Act, Evidence
from ..mapping.grammar import Direction, FieldRule, Side
from ..population.people import Dirt
from .identity import Identity, side_of
from .sayings import SEED_SEQ, Saying, amounts_to, covers, standing_refusals

# The kinds of acts by which somebody says something about being contacted.
CONSENT_ACTS = ("opt_in", "opt_out", "request")


@dataclass(frozen=True, slots=True)
class Turn:
    """One change of what a system says about one person and key; ``was`` and ``mark`` are the words before and after."""

    change: Change
    side: Side
    person: str
    key: ConsentKey
    before: ConsentState
    after: ConsentState
    mark: ConsentMark | None
    was: ConsentMark | None = None


class ConsentLedger:
    """Who said what, and every moment at which a system turned from one state to another."""

    def __init__(self, evidence: Evidence, identity: Identity) -> None:
        self.evidence = evidence
        self.identity = identity
        self._marks: dict[int, tuple[Row, tuple[ConsentMark, ...]]] = {}

    # -- what the mapping demands --------------------------------------------------------------------

    @cached_property
    def keys(self) -> dict[ConsentKey, FieldRule]:
        """Return the consent keys of the mapping with the first rule that carries each."""
        found: dict[ConsentKey, FieldRule] = {}
        for obj in self.evidence.mapping.objects:
            for rule in obj.fields:
                if rule.consent is not None:
                    found.setdefault(ConsentKey(rule.consent.channel, rule.consent.purpose), rule)
        return found

    def travels(self, key: ConsentKey, source: Side) -> bool:
        """Tell whether the mapping carries ``key`` away from ``source``."""
        rule = self.keys.get(key)
        towards = Direction.CRM_TO_MA if source is Side.CRM else Direction.MA_TO_CRM
        return rule is not None and rule.direction in (Direction.BOTH, towards)

    def marks_in(self, side: Side, snapshot: Snapshot) -> Iterator[tuple[Row, ConsentMark]]:
        """Yield (row, mark) for every consent stated by a living row of a snapshot."""
        for kind in snapshot.tables:
            for row in snapshot.rows(kind):
                # Rows are never changed, and most stand in every state. Kept with its answer: an id is given to the next row.
                known = self._marks.get(id(row))
                if known is None:
                    known = self._marks[id(row)] = row, tuple(self.evidence.dialects[side].consents(row))
                for mark in known[1]:
                    yield row, mark

    # -- what people said ----------------------------------------------------------------------------

    @cached_property
    def sayings(self) -> dict[str, list[Saying]]:
        """Return person -> everything said, oldest first; what both systems held at the start comes first."""
        found: dict[str, list[Saying]] = {}
        for side, mark, person, sync in self._seeded_in_order():
            proved = mark.state >= ConsentState.GRANTED
            waits = mark.state is ConsentState.PENDING
            said = Saying(SEED_SEQ, 0, side, mark.key, mark.state.permits or waits, proved, sync, mark.at, mark.source, waits)
            found.setdefault(person, []).append(said)
        for act in self.evidence.acts:
            if act.kind in CONSENT_ACTS and act.key is not None:
                found.setdefault(act.person, []).append(_said(act))
        return found

    def _seeded_in_order(self) -> list[tuple[Side, ConsentMark, str, int]]:
        """Return what was seeded, the decisive last: `last_saying` must not depend on which side comes first.

        A yes counts against a seeded no only with proof and a later date; what is pending says neither yes nor no.
        """
        seeded = [x for x in self._seeded() if x[1].state is not ConsentState.UNKNOWN]

        def reopened(mark: ConsentMark, person: str) -> bool:
            against = [m for _, m, p, _ in seeded if p == person and m.state.refuses and covers(m.key, mark.key)]
            is_proved = ConsentState.GRANTED <= mark.state <= ConsentState.CONFIRMED
            return is_proved and all((mark.at or "") > (m.at or "9") for m in against)

        def rank(seed: tuple[Side, ConsentMark, str, int]) -> int:
            return 1 if seed[1].state.refuses else 2 if reopened(seed[1], seed[2]) else 0

        refusers = {p for _, m, p, _ in seeded if m.state.refuses}
        return sorted(seeded, key=lambda x: rank(x) if x[2] in refusers else 0)

    def _seeded(self) -> Iterator[tuple[Side, ConsentMark, str, int]]:
        """Yield what systems held before any connector could have written it, incl. people added later by a step."""
        seen: set[tuple[Side, str, str]] = set()
        for state in (self.evidence.states[0], *self.evidence.before_syncs):
            for side in (Side.CRM, Side.MA):
                for row, mark in self.marks_in(side, state.on(side)):
                    person = self._owner(side, row, mark)
                    key = (side, row.kind, row.id)
                    if person is None or key in seen:
                        continue
                    if state is not self.evidence.states[0] and not self._is_late_seed(side, row):
                        continue
                    yield side, mark, person, state.sync
            seen.update((s, r.kind, r.id) for s in (Side.CRM, Side.MA) for r, _ in self.marks_in(s, state.on(s)))

    def _is_late_seed(self, side: Side, row: Row) -> bool:
        return (self.evidence.dialects[side].name, row.kind, row.id) in self._late_seeds

    @cached_property
    def _late_seeds(self) -> frozenset[tuple[str, str, str]]:
        return frozenset(
            (e.system, e.kind, e.record_id)
            for e in self.evidence.entries
            if isinstance(e, Change) and e.actor is Actor.SEED and e.before is None
        )

    def _owner(self, side: Side, row: Row, mark: ConsentMark) -> str | None:
        """Return the person a mark is about: by the record, or by the address when the record is the address."""
        if row.kind in self.identity.people_kinds(side):
            return self.identity.person_of(side, row)
        return self.identity.holder(side, mark.contact_point)

    def state_at(self, person: str, key: ConsentKey, seq: int) -> ConsentState:
        """Return what the person's acts before ``seq`` amount to for ``key``."""
        return amounts_to(self.said_by(person, seq), key)

    def is_refused_beside(self, person: str, key: ConsentKey, seq: int) -> bool:
        """Tell whether somebody who shares an address with the person had refused ``key`` by then.

        Vendors keep consents by address, and nobody says whose no it is: it may count for both.
        """
        return any(self.state_at(other, key, seq).refuses for other in self.identity.fellows(person))

    def said_by(self, person: str, seq: int) -> list[Saying]:
        """Return what a person said before a moment, oldest first, with what was said by those merged into them.

        A merge is a reason to ask again, never a yes: each refusal that stood for either counts as said at the merge.
        """
        found = [s for s in self.sayings.get(person, ()) if s.seq < seq]
        for union in self.identity.lineage.absorbed(person, seq):
            theirs, at = self.said_by(union.absorbed, union.act.seq), union.act.seq
            earlier = [s for s in found if s.seq < at]
            kept = {id(s): s for said in (earlier, theirs) for key in self.keys for s in standing_refusals(said, key)}
            since = [s for s in self.sayings.get(union.absorbed, ()) if at <= s.seq < seq]
            found = [*earlier, *theirs, *(replace(s, seq=at) for s in kept.values()), *since, *(s for s in found if s.seq >= at)]
        return found

    def last_saying(self, person: str, key: ConsentKey, seq: int) -> Saying | None:
        """Return the last thing the person said about ``key`` before ``seq``."""
        found = [s for s in self.said_by(person, seq) if covers(s.key, key)]
        return found[-1] if found else None

    # -- addresses -----------------------------------------------------------------------------------

    def last_move(self, person: str, seq: int) -> int:
        """Return when somebody last gave the person another address before ``seq``; -2: never. A yes is about an address."""
        return max((s for s in self._moves.get(person, ()) if s < seq), default=-2)

    @cached_property
    def _moves(self) -> dict[str, list[int]]:
        names = {rule.field_on(side) for o in self.evidence.mapping.objects for rule in o.fields if rule.type == "email" for side in Side}
        found: dict[str, list[int]] = {}
        for act in self.evidence.acts:
            if act.kind == "edit" and act.field in names:
                found.setdefault(act.person, []).append(act.seq)
        return found

    def has_bounced(self, person: str, seq: int) -> bool:
        """Tell whether the address that the person had at ``seq`` came back for good, complained or was shut out."""
        known = self.evidence.people.get(person)
        last = max(
            (a.seq for a in self.evidence.acts if a.kind == "bounce" and a.person == person and a.seq < seq and a.value != "soft"),
            default=SEED_SEQ if known is not None and Dirt.HARD_BOUNCE in known.dirt else -3,
        )
        return last > self.last_move(person, seq)

    def came_back(self, person: str, seq: int) -> bool:
        """Tell whether a message to the person, at whatever address, had come back in any way before ``seq``."""
        known = self.evidence.people.get(person)
        seeded = known is not None and Dirt.HARD_BOUNCE in known.dirt
        return seeded or any(a.kind == "bounce" and a.person == person and a.seq < seq for a in self.evidence.acts)

    def is_reachable(self, person: str, start: int, seq: int) -> bool:
        """Tell whether the person can be mailed at ``seq`` with what a sync that began at ``start`` could carry."""
        changed = ("delete", "erase", "merge", "convert")  # whose record is left then is another story
        if any(a.person == person and a.kind in changed for a in self.evidence.acts):
            return False
        return self.last_move(person, seq) < start and not self.has_bounced(person, seq)

    # -- what systems made of it ---------------------------------------------------------------------

    def effective(
        self, side: Side, snapshot: Snapshot, *, in_use: bool = False
    ) -> dict[tuple[str, ConsentKey], ConsentState]:
        """Return (person, key) -> what a system says; several records of one person join to the most restrictive.

        ``in_use``: what a system keeps by address counts only for addresses to which it would mail the person now. A
        refusal of an address that the person's record no longer has protects nobody.
        """
        own: dict[tuple[str, ConsentKey], ConsentState] = {}
        mailed = self._mailed(side, snapshot) if in_use else {}
        people_kinds = self.identity.people_kinds(side)
        for row, mark in self.marks_in(side, snapshot):
            person = self._owner(side, row, mark)
            if person is None or self.identity.lineage.is_converted(side, row.id, snapshot.seq):
                continue
            person = self.identity.lineage.subject(person, snapshot.seq)
            point = mark.contact_point.strip().casefold()
            if row.kind in people_kinds or point in mailed.get(person, (point,)):
                slot = (person, mark.key)
                own[slot] = max(own.get(slot, ConsentState.UNKNOWN), mark.state)
        for (person, key), state in list(own.items()):
            if key.purpose == "*" and state.refuses:
                for narrow in self.keys:
                    if covers(key, narrow):
                        own[person, narrow] = max(own.get((person, narrow), ConsentState.UNKNOWN), state)
        return own

    def _mailed(self, side: Side, snapshot: Snapshot) -> dict[str, set[str]]:
        """Return person -> the first address of each living record that a system has of that person."""
        found: dict[str, set[str]] = {}
        for kind in self.identity.people_kinds(side):
            for row in snapshot.rows(kind):
                person, addresses = self.identity.subject_of(side, row, snapshot.seq), self.evidence.dialects[side].addresses(row)
                if person is not None and addresses:
                    found.setdefault(person, set()).add(addresses[0].casefold())
        return found

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """Return every change of a consent state in the journal, oldest first, whoever made it."""
        return tuple(t for t in self.touches if t.before is not t.after)

    @cached_property
    def touches(self) -> tuple[Turn, ...]:
        """Return every change of what is said about a key, of its evidence too, oldest first, whoever made it."""
        return tuple(turn for e in self.evidence.entries if isinstance(e, Change) for turn in self._touches(e))

    def _touches(self, change: Change) -> Iterator[Turn]:
        side = side_of(self.evidence, change.system)
        dialect = self.evidence.dialects[side]
        row = change.after or change.before
        assert row is not None
        before = {m.key: m for m in dialect.consents(change.before)} if change.before and not change.before.deleted else {}
        after = {m.key: m for m in dialect.consents(change.after)} if change.after and not change.after.deleted else {}
        for key in dict.fromkeys([*before, *after]):
            old = before[key].state if key in before else ConsentState.UNKNOWN
            new = after[key].state if key in after else ConsentState.UNKNOWN
            if old is not new or _evidence(before.get(key)) != _evidence(after.get(key)):
                mark = after.get(key) or before[key]
                person = self._owner(side, row, mark)
                if person is not None:
                    person = self.identity.lineage.subject(person, change.seq)
                    yield Turn(change, side, person, key, old, new, after.get(key), before.get(key))


def _evidence(mark: ConsentMark | None) -> tuple[str | None, str | None]:
    return (mark.at, mark.source) if mark is not None else (None, None)


def _said(act: Act) -> Saying:
    assert act.key is not None
    proof = act.proof
    return Saying(
        act.seq, act.at_ms, act.side, act.key, act.kind != "opt_out", proof is not None and act.kind == "opt_in",
        act.after_sync, proof.at if proof else None, proof.source if proof else None, act.kind == "request",
        act.kind == "opt_out" and proof is None,
    )
