"""Who a record belongs to, by ground truth: links made by seed and people, then planted values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from syncproof_mocks.journal import Change, Row
from syncproof_mocks.schema import FieldInfo, FieldType
from syncproof_mocks.store import Snapshot

from ..evidence import Evidence, State
from ..mapping.grammar import Side
from ..population.people import Dirt
from ..population.trace import Owned, Trace, is_planted
from .lineage import Lineage

# Kinds that hold people, whatever the mapping says: a duplicate may be planted in a kind nobody mapped.
PEOPLE_OBJECTS = ("contact", "lead")
_SHARED = (FieldType.PICKLIST, FieldType.MULTI_PICKLIST, FieldType.BOOLEAN, FieldType.COUNTRY, FieldType.REFERENCE)

_TELLING_LETTERS, _TELLING_DIGITS = 6, 9
# New values are counted per person; some are worked out and not written (claims, stand-ins).
_SPARE_EDITS = 16
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Identity:
    """Follows people through records of both sides. Built once per evidence, shared by oracle and checks."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.lineage = Lineage(evidence)
        self._linked = {(link.side, link.kind, link.record_id): link.person for link in evidence.links}
        self._known: dict[tuple[Side, str, str], str | None] = {}

    @cached_property
    def addresses(self) -> dict[str, str]:
        """Return every e-mail address that only one person ever had, in lower case -> person."""
        return {address: next(iter(keys)) for address, keys in self._owners.items() if len(keys) == 1}

    @cached_property
    def sharers(self) -> dict[str, frozenset[str]]:
        """Return every e-mail address that several people have had, in lower case -> those people."""
        return {address: frozenset(keys) for address, keys in self._owners.items() if len(keys) > 1}

    def fellows(self, person: str) -> frozenset[str]:
        """Return the others with whom a person has ever shared an address."""
        return frozenset(k for keys in self.sharers.values() if person in keys for k in keys) - {person}

    @cached_property
    def _owners(self) -> dict[str, set[str]]:
        owners: dict[str, set[str]] = {}
        for person in self.evidence.people.values():
            owners.setdefault(person.email.strip().casefold(), set()).add(person.key)
            if Dirt.SECONDARY_ADDRESS in person.dirt:
                owners.setdefault(person.other_email.casefold(), set()).add(person.key)
        email_fields = {r.crm for o in self.evidence.mapping.objects for r in o.fields if r.type == "email"}
        email_fields |= {r.ma for o in self.evidence.mapping.objects for r in o.fields if r.type == "email"}
        for act in self.evidence.acts:
            if act.field in email_fields and isinstance(act.value, str):
                owners.setdefault(act.value.strip().casefold(), set()).add(act.person)
        return owners

    def holder(self, side: Side, address: str) -> str | None:
        """Return the person to whom a system's record of an address belongs, or None when more than one could be meant.

        Of several who share the address that is the one whose record on that side has it.
        """
        found = address.strip().casefold()
        if found in self.addresses:
            return self.addresses[found]
        keys = self.sharers.get(found, frozenset()) & self._holders.get((side, found), frozenset())
        return next(iter(keys)) if len(keys) == 1 else None

    @cached_property
    def _holders(self) -> dict[tuple[Side, str], frozenset[str]]:
        """Return (side, shared address) -> the people whose records have ever had it when a sync began or ended."""
        found: dict[tuple[Side, str], set[str]] = {}
        for state in (*self.evidence.states, *self.evidence.before_syncs) if self.sharers else ():
            for side in Side:
                for person, rows in self.records(side, state).items():
                    for address in (a.casefold() for row in rows for a in self.evidence.dialects[side].addresses(row)):
                        if address in self.sharers:
                            found.setdefault((side, address), set()).add(person)
        return {key: frozenset(people) for key, people in found.items()}

    @cached_property
    def trace(self) -> Trace:
        """Return the index of all planted and edited values."""
        return trace_of(self.evidence)

    def person_of(self, side: Side, row: Row) -> str | None:
        """Return whose record this is, or None when no planted value tells."""
        key = (side, row.kind, row.id)
        if key in self._linked:
            return self._linked[key]
        if key not in self._known:
            self._known[key] = self._recognise(side, row)
        return self._known[key]

    def _recognise(self, side: Side, row: Row) -> str | None:
        among: frozenset[str] = frozenset()
        for address in self.evidence.dialects[side].addresses(row):
            if address.casefold() in self.addresses:
                return self.addresses[address.casefold()]
            among |= self.sharers.get(address.casefold(), frozenset())
        votes = Counter(
            person for value in row.values.values() if isinstance(value, str) and len(value) > 3
            for person, _ in self.owners(value) if not among or person in among
        )
        if not votes:
            return None
        # Most planted values win; a draw is settled by name, so that the same evidence gives the same answer.
        return min(votes, key=lambda p: (-votes[p], p))

    def owners(self, value: str) -> tuple[Owned, ...]:
        """Return every (person or company, field) that a value tells of; a day tells of nobody: any two people share it."""
        return () if _DAY.fullmatch(value) else self.trace.whose(value)

    def people_kinds(self, side: Side) -> tuple[str, ...]:
        """Return the kinds of one side that hold people under this mapping."""
        return self._people_kinds[side]

    @cached_property
    def _people_kinds(self) -> dict[Side, tuple[str, ...]]:
        objects = [o for o in self.evidence.mapping.objects if o.object in PEOPLE_OBJECTS]
        return {side: tuple(dict.fromkeys(o.kind_on(side) for o in objects)) for side in Side}

    def subject_of(self, side: Side, row: Row, seq: int) -> str | None:
        """Return whose record this was at a moment (a journal sequence): people who were merged are one by then."""
        person = self.person_of(side, row)
        return None if person is None else self.lineage.subject(person, seq)

    def records(self, side: Side, state: State, seq: int | None = None) -> dict[str, list[Row]]:
        """Return person -> living records of people kinds on one side, oldest first; a converted lead is none any more.

        ``seq``: who is who by another moment than the state's own.
        """
        seq = state.seq if seq is None else seq
        found: dict[str, list[Row]] = {}
        for kind in self.people_kinds(side):
            for row in state.on(side).rows(kind):
                person = self.subject_of(side, row, seq)
                if person is not None and not self.lineage.is_converted(side, row.id, seq):
                    found.setdefault(person, []).append(row)
        return found

    @cached_property
    def record_ids(self) -> dict[tuple[str, Side], set[str]]:
        """Return (person, side) -> ids of every record that was ever seen to be theirs: linked, or recognised when it settled."""
        found: dict[tuple[str, Side], set[str]] = {}
        for link in self.evidence.links:
            found.setdefault((link.person, link.side), set()).add(link.record_id)
        for state in self.evidence.states:
            for side in Side:
                for person, rows in self.records(side, state).items():
                    found.setdefault((person, side), set()).update(row.id for row in rows)
        return found

    def label(self, person: str | None) -> str:
        """Return how a report calls the person."""
        if person is None:
            return "nobody known"
        found = self.evidence.people.get(person)
        return found.label if found else person


def trace_of(evidence: Evidence) -> Trace:
    """Return the index of every value that seed and people planted; what two people may share tells of nobody.

    A value counts as somebody's by what it is made of (`is_planted`), never by the field it stands in: `create` fills
    fields that no mapping names, and a country is everybody's in each of them.
    """
    trace = Trace.of_people(evidence.people.values())
    shared = set(_shared_fields(evidence))
    edits = Counter(act.person for act in evidence.acts)
    for act in evidence.acts:
        told = act.kind in ("edit", "create") and isinstance(act.value, str) and act.value and act.field
        if told and act.field and act.field not in shared:
            person = evidence.people.get(act.person)
            is_unique = person is not None and is_planted(act.value, person, act.field, edits[act.person] + _SPARE_EDITS)
            trace.add(act.value, act.person, act.field, is_unique=is_unique)
    return trace


def _shared_fields(evidence: Evidence) -> Iterator[str]:
    """Yield the mapped fields whose values many people have, by the rule or by what either field can hold at all."""
    for obj in evidence.mapping.objects:
        schemas = {side: evidence.dialects[side].schema(obj.kind_on(side)) for side in Side}
        for rule in obj.fields:
            infos = (schemas[side].get(rule.field_on(side)) for side in Side)
            if rule.type in _SHARED or any(info is not None and _tells_little(info) for info in infos):
                yield from (rule.crm, rule.ma)


def _tells_little(info: FieldInfo) -> bool:
    """Tell whether a field holds a word of a list, a few letters or a few digits: others have the same by chance."""
    few_digits = info.digits is not None and info.digits[0] - info.digits[1] < _TELLING_DIGITS
    few_letters = info.max_length is not None and info.max_length < _TELLING_LETTERS
    return bool(info.options) or few_digits or (few_letters and info.type is not FieldType.NUMBER)


def side_of(evidence: Evidence, system: str) -> Side:
    """Return which side a system (a dialect's name, as the journal writes it) is on."""
    for side, dialect in evidence.dialects.items():
        if dialect.name == system:
            return side
    raise KeyError(system)


def changes_between(evidence: Evidence, start: int, end: int) -> Iterator[Change]:
    """Yield the changes with ``start <= seq < end``."""
    for entry in evidence.entries[start:end]:
        if isinstance(entry, Change):
            yield entry


def row_at(snapshot: Snapshot, kind: str, record_id: str) -> Row | None:
    """Return the living row, following merges, or None."""
    row = snapshot.get(kind, record_id)
    return None if row is None or row.deleted else row
