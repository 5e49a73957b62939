"""The ground that chaos stands on: what a mapping and the two systems at hand offer to do and to go wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from syncproof_mocks.dialect import Dialect
from syncproof_mocks.faults import Choosy, faults
from syncproof_mocks.schema import FieldInfo, FieldType

from ...mapping.grammar import Direction, FieldRule, ObjectMapping, Side
from ...mapping.grammar import Mapping as Contract

PEOPLE = {"contact": "customer", "lead": "lead"}  # object -> the kind of person who has such a record

# Variants of settings with which a fault is tried; a fault that is not named here has none. Times are short: nothing is
# gained by waiting.
_VARIANTS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "server_error": ({"status": 500}, {"status": 502}, {"status": 503}),
    "maintenance_page": ({"status": 503}, {"status": 200}),
    "slow": ({"seconds": 0.1},),
    "rate_limit": ({}, {"retry_after_s": 1}, {"limit": "daily"}, {"limit": "concurrent"}, {"limit": "second"}),
    "clock_skew": ({"seconds": 120}, {"seconds": -120}),
    "index_lag": ({"lag_s": 120},),
    "late_commit": ({"lag_s": 120},),
    "partial_failure": ({"item": 1}, {"item": 2}, {"item": 1, "whole": True}),
}

# Where faults strike, besides what the vendors' operations have in common (`reads`, `writes`...): patterns over operation
# ids. Those that mean nothing to a dialect are not drawn.
_PATTERNS = ("*", "*query*", "*search*", "*list*", "*batch*", "communication*", "associations*")

_CLEARABLE = frozenset(FieldType) - {FieldType.BOOLEAN, FieldType.EMAIL}
_LEFT_ALONE = frozenset({FieldType.EMAIL, FieldType.REFERENCE})  # keys and references have stories of their own


@dataclass(frozen=True, slots=True)
class Field:
    """A pair of fields of one object: on which sides a person can edit it, and whether it may be emptied."""

    object: str
    rule: FieldRule
    sides: tuple[Side, ...]
    may_be_blank: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """A consent that can be given and withdrawn at the desks of some sides."""

    object: str
    channel: str
    purpose: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault that can strike there: system, name, pattern over operations, the fault's own settings."""

    side: Side
    fault: str
    operation: str
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Ground:
    """Everything that may be drawn, in a fixed order. Objects are those of people: `contact`, `lead`."""

    objects: tuple[str, ...]
    fields: tuple[Field, ...]
    consents: tuple[Wording, ...]
    creates: tuple[tuple[str, Side], ...]
    deletes: tuple[tuple[str, Side], ...]
    erases: tuple[tuple[str, Side], ...]
    owners: tuple[tuple[str, Side], ...]
    troubles: tuple[Trouble, ...]
    can_kill: bool = True


def survey(contract: Contract, dialects: Mapping[Side, Dialect], *, can_kill: bool = True) -> Ground:
    """Return what the mapping and the systems offer. ``can_kill``: the connector is a program that can be killed."""
    objects = tuple(o for o in contract.objects if o.object in PEOPLE and all(o.kind_on(s) in dialects[s].store.kinds for s in Side))
    names = tuple(o.object for o in objects)
    stated = {"crm_to_ma": Side.CRM, "ma_to_crm": Side.MA}
    return Ground(
        names,
        tuple(f for o in objects for f in _fields(o, dialects)),
        tuple(c for o in objects for c in _consents(o, dialects)),
        tuple((o.object, stated[way]) for o in objects for way in o.creates),
        tuple((o.object, side) for o in objects for way, side in stated.items() if getattr(o.deletes, way) is not None),
        tuple((o.object, side) for o in objects for way, side in stated.items() if getattr(o.erases, way) is not None),
        tuple((o.object, side) for o in objects if o.owner is not None for side in _writing(o.owner.direction)),
        tuple(_troubles(dialects)),
        can_kill,
    )


def _writing(direction: Direction) -> tuple[Side, ...]:
    """Return the sides whose word counts."""
    return {Direction.CRM_TO_MA: (Side.CRM,), Direction.MA_TO_CRM: (Side.MA,), Direction.BOTH: tuple(Side)}.get(direction, ())


def _fields(obj: ObjectMapping, dialects: Mapping[Side, Dialect]) -> Iterator[Field]:
    for rule in obj.fields:
        if rule.consent is not None or rule.sensitive or rule.direction is Direction.NONE or rule.type in _LEFT_ALONE:
            continue
        infos = {side: dialects[side].schema(obj.kind_on(side)).get(rule.field_on(side)) for side in Side}
        if any(info is None for info in infos.values()):
            continue
        sides = tuple(side for side, info in infos.items() if _is_free(info) and not _is_key(obj, side, rule.field_on(side)))
        blank = rule.type in _CLEARABLE and not any(info is not None and info.required for info in infos.values())
        if sides:
            yield Field(obj.object, rule, sides, blank)


def _is_free(info: FieldInfo | None) -> bool:
    return info is not None and info.updateable and not info.unique and not info.external_id and not info.uncomputed


def _is_key(obj: ObjectMapping, side: Side, field: str) -> bool:
    """Tell whether a field decides who is who, or who takes part: editing it is another story."""
    keys = {key.crm if side is Side.CRM else key.ma for key in obj.match}
    return field in keys | {e.crm if side is Side.CRM else e.ma for e in obj.exclude}


def _consents(obj: ObjectMapping, dialects: Mapping[Side, Dialect]) -> Iterator[Wording]:
    for rule in obj.fields:
        if rule.consent is None:
            continue
        sides = []
        for side in Side:
            name = rule.field_on(side)
            listed = name.removeprefix("subscription:") in dialects[side].subscription_names() if ":" in name else False
            if listed or name in dialects[side].schema(obj.kind_on(side)):
                sides.append(side)
        # Where one side cannot say it there is nothing to carry.
        if len(sides) == len(Side):
            yield Wording(obj.object, rule.consent.channel, rule.consent.purpose, tuple(sides))


def _troubles(dialects: Mapping[Side, Dialect]) -> Iterator[Trouble]:
    for side, dialect in dialects.items():
        # Several routes may be one operation: each is looked at once.
        meant = {p: tuple({op.id: op for op in dialect.meant(p)}.values()) for p in (*_PATTERNS, *dialect.groups)}
        for name, kind in sorted(faults().items()):
            for settings in _VARIANTS.get(name, ({},)):
                fault = kind(**settings)
                for pattern, operations in meant.items():
                    missed = [isinstance(fault, Choosy) and fault.misses(dialect, op) for op in operations]
                    if not all(missed):
                        yield Trouble(side, name, pattern, settings)
