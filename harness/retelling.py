"""Findings retold as stories: who did what to this person and when, what the connector read, what it wrote, which rule says so.

Some checks tell more than this, because they know more (fields, refusals): their words stay. Here the rest gets what the
journal knows of any record. Nothing is concluded: each line is an entry of the journal, found by its number in the timeline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from syncproof_mocks.journal import Actor, Change, Exchange

from .evidence import Act
from .legible import say
from .mapping.grammar import Side
from .model import Blame, Finding
from .oracle.consent_story import CHANGING
from .oracle.fields import Oracle
from .oracle.identity import side_of

MOST_ACTS = 6
MOST_FIELDS = 6
MOST_SHARERS = 5
_WHO = {
    Actor.CONNECTOR: "The connector", Actor.CRM_USER: "Somebody in the CRM", Actor.MA_USER: "Somebody in the MA",
    Actor.VENDOR_AUTOMATION: "The vendor's own automation", Actor.HARNESS: "The harness", Actor.SEED: "The seed",
}
_DEEDS = {
    "create": "made", "delete": "deleted", "erase": "erased", "merge": "merged others into", "convert": "converted", "restore": "brought back",
    "change_owner": "gave a new owner to", "change_company": "moved to another company", "activity": "was active at",
}
_WORDS = {"opt_out": "A no", "opt_in": "A yes"}


class Retelling:
    """Completes the findings of one scenario; ``says``: rule id -> what must hold."""

    def __init__(self, oracle: Oracle, says: Mapping[str, str]) -> None:
        self._oracle, self._says = oracle, says
        self._seen: dict[tuple[str, Side], list[Exchange]] = {}

    def retold(self, finding: Finding) -> Finding:
        """Return the finding with the blame and the story that its check did not tell; what it told is kept as it is.

        That somebody shares an address with others is told first: who does not know it takes the finding for a riddle.
        """
        change = self._change(finding)
        subject = self._subject(finding, change)
        told = self._retold(finding, change, subject)
        shared = tuple(self._shared(subject)) if subject is not None else ()
        return replace(told, story=(*shared, *told.story)) if shared else told

    def _shared(self, subject: str) -> Iterator[str]:
        identity = self._oracle.identity
        for address, people in sorted(identity.sharers.items()):
            if subject in people:
                others = [identity.label(person) for person in sorted(people - {subject})]
                more = f" and {len(others) - MOST_SHARERS} more" if len(others) > MOST_SHARERS else ""
                yield f"{identity.label(subject)} shares the address {address} with {', '.join(others[:MOST_SHARERS])}{more}."

    def _retold(self, finding: Finding, change: Change | None, subject: str | None) -> Finding:
        if change is None and finding.blame is None:
            blame, change = self._standing(finding, subject)
        else:
            blame = finding.blame or self._damage(change, subject)
        if finding.story and change is None and blame is None and subject is not None and finding.sync is not None:
            # A check that misses a write tells who did what; whether the connector could know is told here.
            return replace(finding, story=(*finding.story, *self._reads(finding.sync, subject)))
        if finding.story or (subject is None and change is None):
            return replace(finding, blame=blame)
        return replace(finding, blame=blame, story=tuple(self._story(finding, change, subject, blame)))

    def _story(self, finding: Finding, change: Change | None, subject: str | None, blame: Blame | None) -> Iterator[str]:
        entries = self._oracle.evidence.entries
        acts = self._acts.get(subject, []) if subject is not None else []
        known = [a for a in acts if a.seq < self._end(finding, change)]
        if len(known) > MOST_ACTS:
            yield f"People had done {len(known) - MOST_ACTS} earlier things to this person; the timeline has them."
        if not known and subject is not None:
            yield "Nobody had touched this person since the scenario began."
        told = [(a.seq, _did(a)) for a in known[-MOST_ACTS:]]
        for written, had in ((self._origin(finding, change), "had "), (change, "")):
            if written is not None:
                request = self._oracle.ledger.exchange(written.exchange)
                told.append((written.seq, _wrote(written, request, had)))
        if blame is not None and blame.read_at is not None and blame.read_at < len(entries):
            told.append((blame.read_at, f"The last answer before the write that showed this person on the other side: {blame.read_request}."))
        yield from (text for _, text in sorted(told))
        if change is None and subject is not None and finding.sync is not None:
            yield from self._reads(finding.sync, subject)
        if finding.rule in self._says:
            yield f"{finding.rule} demands: {self._says[finding.rule]}."

    def _end(self, finding: Finding, change: Change | None) -> int:
        """Return until when people's deeds belong to the story: the end of the sync, or else the write."""
        if finding.sync is not None:
            return self._oracle.evidence.syncs[finding.sync - 1].end_seq
        return change.seq if change is not None else len(self._oracle.evidence.entries)

    def _reads(self, sync: int, subject: str) -> Iterator[str]:
        """Tell the last read of this person on either side within a sync: nothing was written that could be shown."""
        summary = self._oracle.evidence.syncs[sync - 1]
        for side in Side:
            answers = [e for e in self._answers(subject, side) if summary.start_seq <= e.seq < summary.end_seq]
            if answers:
                yield f"In sync {sync} the last answer that showed this person in the {side.upper()} was {_line(answers[-1])}."
            else:
                yield f"In sync {sync} no answer showed this person in the {side.upper()}."

    def _damage(self, change: Change | None, subject: str | None) -> Blame | None:
        """Return who did it; None for what people did themselves, which is no origin of damage."""
        by_machine = change is not None and change.actor in (Actor.CONNECTOR, Actor.VENDOR_AUTOMATION)
        return self._blame(change, subject) if change is not None and by_machine else None

    def _standing(self, finding: Finding, subject: str | None) -> tuple[Blame | None, Change | None]:
        """Return where a value came from that still stands in the field which the finding names: seed, people or a request."""
        is_held, change = self._holder(finding)
        if change is not None:
            return self._blame(change, subject), change
        return (Blame("seed", note="it was there from the start") if is_held else None), None

    def _blame(self, change: Change, subject: str | None) -> Blame:
        """Return who wrote it, and the last read of this person on the other side before that."""
        request = self._oracle.ledger.exchange(change.exchange)
        read = None
        if subject is not None and change.actor is Actor.CONNECTOR:
            before = change.seq if change.exchange is None else change.exchange
            other = side_of(self._oracle.evidence, change.system).other
            read = next((e for e in reversed(self._answers(subject, other)) if e.seq < before), None)
        return Blame(
            str(change.actor), change.seq, _line(request) if request else None, read.seq if read else None, _line(read) if read else None,
            change.note if change.actor is Actor.VENDOR_AUTOMATION else "",
        )

    def _holder(self, finding: Finding) -> tuple[bool, Change | None]:
        """Return whether the field that the finding names holds a value, and the change that put it there (None: the seed)."""
        if finding.record_id is None or finding.system is None or finding.field is None or finding.sync is None:
            return False, None
        side = Side(finding.system)
        state = self._oracle.evidence.states[finding.sync]
        for kind in self._oracle.identity.people_kinds(side):
            row = state.on(side).get(kind, finding.record_id)
            if row is not None and row.values.get(finding.field) is not None:
                system = self._oracle.evidence.dialects[side].name
                return True, self._oracle.ledger.writer(system, kind, row.id, finding.field, state.seq)
        return False, None

    def _origin(self, finding: Finding, change: Change | None) -> Change | None:
        """Return the connector's creation of the record that the finding names, unless that is what the finding is about."""
        first = self._changes(finding)[:1]
        return next((c for c in first if c.before is None and c.actor is Actor.CONNECTOR and c is not change), None)

    def _change(self, finding: Finding) -> Change | None:
        """Return the change that the finding names, or the one that removed the record whose absence it is about."""
        entries = self._oracle.evidence.entries
        if finding.caused_by is not None:
            found = entries[finding.caused_by] if finding.caused_by < len(entries) else None
            return found if isinstance(found, Change) else None
        if finding.found is not None or finding.sync is None:
            return None
        last = [c for c in self._changes(finding) if c.seq < self._oracle.evidence.states[finding.sync].seq][-1:]
        return next((c for c in last if c.after is None or c.after.deleted), None)

    def _changes(self, finding: Finding) -> list[Change]:
        """Return all changes of the person's record that the finding names, oldest first; none when it names none."""
        if finding.record_id is None or finding.system is None:
            return []
        side = Side(finding.system)
        system = self._oracle.evidence.dialects[side].name
        kinds = self._oracle.identity.people_kinds(side)
        return next((found for kind in kinds if (found := self._oracle.ledger.changes_of(system, kind, finding.record_id))), [])

    def _subject(self, finding: Finding, change: Change | None) -> str | None:
        """Return the person that the finding is about, by its name there or else by the record that was written."""
        if finding.person is not None:
            return self._by_label.get(finding.person)
        row = (change.after or change.before) if change is not None else None
        if change is None or row is None:
            return None
        side = side_of(self._oracle.evidence, change.system)
        is_person = row.kind in self._oracle.identity.people_kinds(side)
        return self._oracle.identity.subject_of(side, row, change.seq) if is_person else None

    def _answers(self, subject: str, side: Side) -> list[Exchange]:
        """Return the answers to the connector that showed one of the person's records of a side, in order.

        The answer to a change shows the record too, and is nothing that the connector decided upon.
        """
        if (subject, side) not in self._seen:
            ids = self._oracle.identity.record_ids.get((subject, side), set())
            system = self._oracle.evidence.dialects[side].name
            self._seen[subject, side] = [e for e in self._exchanges if e.system == system and any(i in ids for _, i, _ in e.served)]
        return self._seen[subject, side]

    @cached_property
    def _exchanges(self) -> tuple[Exchange, ...]:
        return tuple(e for e in self._oracle.evidence.entries if isinstance(e, Exchange) and e.served and e.actor is Actor.CONNECTOR and e.method not in CHANGING)

    @cached_property
    def _by_label(self) -> dict[str, str]:
        return {self._oracle.identity.label(person): person for person in self._oracle.evidence.people}

    @cached_property
    def _acts(self) -> dict[str, list[Act]]:
        """Return person -> what people did to them, in order; somebody who was merged into another is that other one too."""
        found: dict[str, list[Act]] = {}
        for act in sorted(self._oracle.evidence.acts, key=lambda a: a.seq):
            for person in {act.person, self._oracle.identity.lineage.subject(act.person, len(self._oracle.evidence.entries))}:
                found.setdefault(person, []).append(act)
        return found


def _did(act: Act) -> str:
    where = f"in the {act.side.upper()} at #{act.seq}"
    if act.kind in _WORDS:
        return f"{_WORDS[act.kind]} to {act.key or 'everything'} was entered {where}."
    if act.field is not None:
        return f"Somebody set {act.field} of {act.object} {act.record_id} from {_quoted(act.old)} to {_quoted(act.value)} {where}."
    deed = _DEEDS.get(act.kind)
    return f"Somebody {deed} {act.object} {act.record_id} {where}." if deed else f"{act.kind.replace('_', ' ').capitalize()} of {act.object} {act.record_id} {where}."


def _wrote(change: Change, request: Exchange | None, had: str = "") -> str:
    deed = "made" if change.before is None else "removed" if change.after is None or change.after.deleted else "changed"
    fields = _named(change.fields) if deed == "changed" else ""
    by = f" by {_line(request)}" if request is not None else f" at #{change.seq}"
    return f"{_WHO[change.actor]} {had}{deed} {f'{fields} of ' if fields else ''}{change.kind} {change.record_id}{by}."


def _named(fields: Iterable[str]) -> str:
    names = [name for name in fields if not name.startswith("#")]
    return ", ".join(names[:MOST_FIELDS]) + (f" and {len(names) - MOST_FIELDS} more" if len(names) > MOST_FIELDS else "")


def _line(exchange: Exchange) -> str:
    return f"#{exchange.seq} {exchange.method} {exchange.path} -> {exchange.status}"


def _quoted(value: object) -> str:
    told = say(value, 120)
    return told if value in (None, "") else f"`{told}`"
