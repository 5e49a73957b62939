"""What the records of one object need beyond the built-in ones, decided once from the mapping and both systems' fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from syncproof_mocks.schema import FieldInfo, FieldType

from ..mapping.grammar import Direction, FieldRule, ObjectMapping, Side
from .feeds import ATTRIBUTES, attribute_of, holds_all
from .guards import Guard
from .proofs import Fault, faults
from .slots import Slot
from .storage import Ends
from .values import Field

_T = FieldType
Fields = Mapping[str, FieldInfo]
_BOTH = frozenset(Side)


@dataclass(frozen=True)
class Plan:
    """One object: its slots, the built-in fields that this org cannot hold (by side), and what cannot be filled."""

    object: str
    slots: tuple[Slot, ...]
    drops: Mapping[Side, frozenset[str]]
    faults: tuple[Fault, ...] = ()

    @property
    def is_trivial(self) -> bool:
        """Tell whether the built-in records fit as they are."""
        return not self.slots and not any(self.drops.values())

    @property
    def copies_builtin(self) -> bool:
        """Tell whether some slot looks at the built-in values of the other side."""
        return any(s.copies for s in self.slots)


class Planner:
    """Makes the plan of one object. ``fields`` are those of its kind on each side; ``obj`` is None when nobody maps it."""

    def __init__(
        self, name: str, obj: ObjectMapping | None, fields: Mapping[Side, Fields], vendors: Mapping[Side, str], now: datetime,
        builtin: Mapping[Side, frozenset[str]],
    ) -> None:
        self.name, self.obj, self.fields, self.vendors, self.now = name, obj, fields, vendors, now
        self.builtin = builtin

    def plan(self) -> Plan:
        """Return the plan."""
        found: list[Fault] = []
        slots = []
        for slot in _numbered([s for s in self._slots() if s is not None]):
            wrong = list(faults(slot))
            found.extend(wrong)
            if not wrong:
                slots.append(slot)
        return Plan(self.name, tuple(slots), {side: frozenset(self._drops(side)) for side in Side}, tuple(found))

    # -- what built-in records carry -----------------------------------------------------------------

    def _drops(self, side: Side) -> Iterator[str]:
        """Yield the built-in fields that this org lacks, or that it declares so that not every built-in value fits."""
        for name in self.builtin[side]:
            info = self.fields[side].get(name)
            attribute = attribute_of(self.name, side, name)
            if info is None or (attribute is not None and not holds_all(info, side, attribute)):
                yield name

    def _attribute(self, side: Side, name: str) -> str | None:
        return attribute_of(self.name, side, name) if name in self.builtin[side] else None

    # -- slots ---------------------------------------------------------------------------------------

    def _slots(self) -> Iterator[Slot | None]:
        taken: dict[Side, set[str]] = {side: set() for side in Side}
        if self.obj is not None:
            for rule in self._rules(self.obj):
                yield self._of_rule(rule)
                for side in Side:
                    taken[side].add(rule.field_on(side))
            for exclusion in self.obj.exclude:
                side, name = (Side.CRM, exclusion.crm) if exclusion.crm is not None else (Side.MA, exclusion.ma or "")
                if name not in taken[side] and name in self.fields[side]:
                    taken[side].add(name)
                    yield self._of_guard(side, name)
        for side in Side:
            for name, info in self.fields[side].items():
                if info.required and info.createable and name not in taken[side]:
                    yield self._of_demand(side, info)

    def _rules(self, obj: ObjectMapping) -> Iterator[FieldRule]:
        """Yield the rules whose fields are to be filled, and a plain one for a match key that no rule names."""
        references = {obj.owner.crm if obj.owner else "", obj.company.crm if obj.company else ""}
        named = set()
        for rule in obj.fields:
            named.add((rule.crm, rule.ma))
            if rule.consent is None and rule.crm not in references:
                yield rule
        for key in obj.match:
            info = self.fields[Side.CRM].get(key.crm)
            if (key.crm, key.ma) not in named and info is not None:
                yield FieldRule(crm=key.crm, ma=key.ma, type=info.type, where="")

    def _is_key(self, rule: FieldRule) -> bool:
        return self.obj is not None and any((k.crm, k.ma) == (rule.crm, rule.ma) for k in self.obj.match)

    def _of_rule(self, rule: FieldRule) -> Slot | None:
        infos = {side: self.fields[side].get(rule.field_on(side)) for side in Side}
        sides = _BOTH if rule.direction is not Direction.NONE else frozenset({Side.CRM})
        ends = Ends(rule, {s: i if s in sides else None for s, i in infos.items()}, self.vendors)
        if any(infos[s] is None for s in sides) or (ends.type is _T.REFERENCE):
            return None  # the check of the mapping, or of the seed, says so
        told = {side: self._attribute(side, rule.field_on(side)) for side in Side}
        guards = self._guards(rule)
        key = self._is_key(rule)
        # An own value stands in where a built-in one would keep out who is to be synced.
        needs_own = any(g.months is not None or g.keeps_blank for g in guards)
        if self._fits_as_it_is(ends, sides, told) and not needs_own:
            return None
        copies = tuple((side, rule.field_on(side)) for side in Side if told[side] is not None)
        if not copies and rule.type is _T.EMAIL and key:
            copies = ((Side.CRM, "Email"), (Side.MA, "email"))
        return self._slot(ends, sides, copies, guards, is_key=key)

    def _fits_as_it_is(self, ends: Ends, sides: frozenset[Side], told: Mapping[Side, str | None]) -> bool:
        attributes = {told[s] for s in sides}
        if len(attributes) != 1 or None in attributes:
            return False
        return all(
            holds_all(i, s, str(told[s]), ends.rule.max_length) for s in sides if (i := ends.info(s)) is not None
        ) and self._means_the_same(ends, sides, str(told[Side.CRM]))

    @staticmethod
    def _means_the_same(ends: Ends, sides: frozenset[Side], attribute: str) -> bool:
        """Tell whether the words of a list are translated by the mapping as the built-in records are."""
        words = ATTRIBUTES[attribute].words
        if words is None or len(sides) < len(Side):
            return True
        pairs = zip(words[Side.CRM], words[Side.MA], strict=True)
        return all(ends.means(Side.CRM, crm) == ends.means(Side.MA, ma) for crm, ma in pairs)

    def _of_guard(self, side: Side, name: str) -> Slot | None:
        attribute = self._attribute(side, name)
        info = self.fields[side][name]
        guards = self._guards_on(side, name)
        plain = all(g.months is None and not g.keeps_blank for g in guards)
        standard = attribute == "last_activity" and all(g.months == 24 for g in guards)
        if attribute is not None and holds_all(info, side, attribute) and (plain or standard):
            return None
        if info.type is _T.REFERENCE or not info.createable:
            return None
        rule = FieldRule(crm=name, ma=name, type=info.type, where="")
        ends = Ends(rule, {s: info if s is side else None for s in Side}, self.vendors)
        copies = ((side, name),) if attribute is not None and plain else ()
        return self._slot(ends, frozenset({side}), copies, guards)

    def _of_demand(self, side: Side, info: FieldInfo) -> Slot | None:
        attribute = self._attribute(side, info.name)
        if attribute is not None and holds_all(info, side, attribute):
            return None
        if info.type is _T.REFERENCE or info.default is not None:
            return None
        rule = FieldRule(crm=info.name, ma=info.name, type=info.type, where="")
        ends = Ends(rule, {s: info if s is side else None for s in Side}, self.vendors)
        copies = ((side, info.name),) if attribute is not None else ()
        return self._slot(ends, frozenset({side}), copies, (), is_constant=True)

    def _guards(self, rule: FieldRule) -> tuple[Guard, ...]:
        return tuple(g for side in Side for g in self._guards_on(side, rule.field_on(side)))

    def _guards_on(self, side: Side, name: str) -> tuple[Guard, ...]:
        if self.obj is None:
            return ()
        guard = Guard(self.obj, side, name, self.now)
        return (guard,) if guard.exclusions else ()

    def _slot(
        self, ends: Ends, sides: frozenset[Side], copies: tuple[tuple[Side, str], ...], guards: tuple[Guard, ...], *,
        is_key: bool = False, is_constant: bool = False,
    ) -> Slot:
        own = Field(f"{self.name}.{ends.rule.crm}", ends.type, room=ends.room, digits=ends.digits)
        return Slot.made(ends, own, sides, copies=copies, guards=guards, is_key=is_key, is_constant=is_constant)


def _numbered(slots: list[Slot]) -> Iterator[Slot]:
    """Give each slot its number among those of its type, so that no two fields start with the same."""
    counts, seen = Counter(s.own.type for s in slots), Counter[FieldType]()
    for slot in slots:
        kind = slot.own.type
        yield replace(slot, own=replace(slot.own, index=seen[kind], count=counts[kind]))
        seen[kind] += 1
