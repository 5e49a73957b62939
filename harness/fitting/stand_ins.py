"""Built-in scenarios under another mapping: which of its fields takes the part of one that only the default mapping has.

An edit of a field that nobody maps proves nothing: it would pass whatever the connector does. So a field with the same
meaning, or one of the same type that travels the same way, is edited in its place, and the report says so. Scenarios
of a user's own name the user's own fields: those are taken at their word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from syncproof_mocks.schema import FieldInfo, FieldType

from ..mapping.grammar import Direction, FieldRule, ObjectMapping, Side
from ..mapping.grammar import Mapping as Contract
from ..mapping.load import default_mapping_path, load_mapping
from .feeds import attribute_of
from .storage import accepts

# (object, side, field of that side) -> its metadata, or None.
Infos = Callable[[str, Side, str], FieldInfo | None]
_LEAVES = {
    Side.CRM: (Direction.CRM_TO_MA, Direction.BOTH),
    Side.MA: (Direction.MA_TO_CRM, Direction.BOTH),
}


class StandIns:
    """Finds stand-ins for one mapping; two fields of the default mapping get two different ones where there are enough."""

    def __init__(self, mapping: Contract, infos: Infos) -> None:
        self._mapping, self._infos = mapping, infos
        self._parts: dict[tuple[str, str], FieldRule | None] = {}

    def is_known(self, object_name: str, side: Side, field: str) -> bool:
        """Tell whether this mapping speaks of a field, or the default one does not speak of it either."""
        return _speaks(self._mapping.of(object_name), side, field) or not _speaks(_default().of(object_name), side, field)

    def rule_for(self, object_name: str, side: Side, field: str, *, may_be_blank: bool, type_: FieldType | None) -> FieldRule | None:
        """Return the rule whose field takes the part of ``field`` on ``side``, or None when none can.

        ``type_``: only a field of this type will do, because the value is given.
        """
        usual, own = _default().of(object_name), self._mapping.of(object_name)
        told = usual.rule_for(side, field) if usual is not None else None
        if told is None or own is None:
            return None
        key = object_name, told.crm
        if key not in self._parts or not self._suits(self._parts[key], own, side, may_be_blank, type_):
            self._parts[key] = self._best(own, told, side, may_be_blank, type_)
        return self._parts[key]

    def exclusion_for(self, object_name: str, side: Side, field: str) -> tuple[str, Any] | None:
        """Return (field, value) that keeps a record out here, for a field that does so in the default mapping."""
        usual, own = _default().of(object_name), self._mapping.of(object_name)
        if usual is None or own is None or not any(_field(e, side) == field and e.any_of for e in usual.exclude):
            return None
        for exclusion in own.exclude:
            name = _field(exclusion, side)
            info = self._infos(object_name, side, name) if name is not None else None
            if name is not None and info is not None and info.updateable:
                for value in exclusion.any_of:
                    if accepts(info, value):
                        return name, value
        return None

    def _best(
        self, own: ObjectMapping, told: FieldRule, side: Side, may_be_blank: bool, type_: FieldType | None
    ) -> FieldRule | None:
        busy = {r.crm for (name, _), r in self._parts.items() if r is not None and name == own.object}
        meaning = attribute_of(own.object, Side.CRM, told.crm)

        def rank(rule: FieldRule) -> tuple[bool, ...]:
            same = meaning is not None and meaning in (attribute_of(own.object, s, rule.field_on(s)) for s in Side)
            return (
                same, rule.crm not in busy, rule.type is told.type, rule.direction is told.direction, rule.winner is told.winner,
                rule.blank == told.blank, rule.type is FieldType.TEXT,
            )

        return max((r for r in own.fields if self._suits(r, own, side, may_be_blank, type_)), key=rank, default=None)

    def _suits(
        self, rule: FieldRule | None, own: ObjectMapping, side: Side, may_be_blank: bool, type_: FieldType | None
    ) -> bool:
        if rule is None or rule.consent is not None or rule.direction not in _LEAVES[side]:
            return False
        infos = [self._infos(own.object, s, rule.field_on(s)) for s in Side]
        if any(i is None for i in infos) or not all(i.updateable for i in infos if i is not None):
            return False
        named = {(k.crm, k.ma) for k in own.match}
        if (rule.crm, rule.ma) in named or rule.type is FieldType.REFERENCE or any(_speaks_of(own, s, rule.field_on(s)) for s in Side):
            return False
        if may_be_blank and (rule.type is FieldType.BOOLEAN or any(i.required for i in infos if i is not None)):
            return False
        return type_ is None or rule.type is type_


@cache
def _default() -> Contract:
    return load_mapping(default_mapping_path())


def _field(exclusion: Any, side: Side) -> str | None:
    found: str | None = exclusion.crm if side is Side.CRM else exclusion.ma
    return found


def _speaks_of(obj: ObjectMapping, side: Side, field: str) -> bool:
    """Tell whether an exclusion is about the field."""
    return any(_field(e, side) == field for e in obj.exclude)


def _speaks(obj: ObjectMapping | None, side: Side, field: str) -> bool:
    if obj is None:
        return False
    return field in set(_named(obj, side)) or _speaks_of(obj, side, field)


def _named(obj: ObjectMapping, side: Side) -> Iterator[str]:
    yield from (r.field_on(side) for r in obj.fields)
    yield from (k.crm if side is Side.CRM else k.ma for k in obj.match)


def type_of(value: Any, usual: Mapping[str, FieldType], field: str) -> FieldType | None:
    """Return the type that a given value needs, or None when any will do because the value can be made anew."""
    known = usual.get(field)
    if known in (FieldType.PICKLIST, FieldType.MULTI_PICKLIST):
        return known
    return FieldType.BOOLEAN if isinstance(value, bool) else known


def usual_types(object_name: str, side: Side) -> dict[str, FieldType]:
    """Return field of a side -> type, as the default mapping has them."""
    obj = _default().of(object_name)
    return {r.field_on(side): r.type for r in obj.fields} if obj is not None else {}
