"""What can go wrong with one slot, tried on a few people before anybody is seeded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from syncproof_mocks.schema import FieldType

from ..mapping.grammar import FieldRule, Side
from ..mapping.meaning import is_blank, same
from ..model import Severity
from ..population.make import PopulationSpec, make_population
from ..population.people import Company, Person, PersonKind
from .slots import TRACED, Slot, Wearer

_SHORTEST_UNIQUE: Final = 3


@dataclass(frozen=True, slots=True)
class Fault:
    """Why fields cannot be filled. Critical: no record would be right. Major: nothing is proved for these fields."""

    rule: FieldRule
    message: str
    remedy: str
    severity: Severity = Severity.MAJOR


def faults(slot: Slot) -> Iterator[Fault]:
    """Yield what keeps a slot from being filled as the mapping and both systems want it; none: it can be."""
    rule, kind = slot.ends.rule, slot.own.type
    must = slot.is_key or any(i.required for i in slot.ends.known)
    gravity = Severity.CRITICAL if must else Severity.MAJOR
    listed = kind in (FieldType.PICKLIST, FieldType.MULTI_PICKLIST)
    if listed and slot.ends.is_choice and not slot.chosen:
        yield Fault(rule, _of(slot) + " have no value in common: people cannot be given one.",
                    "Add the options on one side, or translate them in `values`.", gravity)
    elif slot.is_key and (kind not in TRACED or slot.chosen):
        yield Fault(rule, f"{_of(slot)} are a match key, yet of type {kind}: it cannot tell people apart.",
                    "Match by a text, a number or an address.", Severity.CRITICAL)
    elif slot.is_unique and slot.own.room is not None and slot.own.room < _SHORTEST_UNIQUE:
        yield Fault(rule, f"{_of(slot)} must be unique, yet hold {slot.own.room} letters.", "Make the field longer.", gravity)
    else:
        yield from _tried(slot, gravity)


def _tried(slot: Slot, gravity: Severity) -> Iterator[Fault]:
    """Fill the slot for some people who are to be synced, and look at what came of it."""
    for whose in _samples(company=slot.own.salt.startswith("company.")):
        raws = slot.raws(Wearer(whose, {s: {} for s in Side}, is_full=True))
        given = dict(zip(Side, raws, strict=True))
        for side in slot.sides:
            if not is_blank(given[side]) and not slot.ends.takes(side, given[side]):
                yield Fault(slot.ends.rule, f"`{slot.name_on(side)}` of the {side.upper()} would not take `{given[side]}`: no value "
                            "is known that suits both fields.", "Correct the type of the rule.", gravity)
                return
        meant = [slot.ends.means(s, given[s]) for s in Side]
        if len(slot.sides) == len(Side) and not same(slot.ends.rule, *meant):
            yield Fault(slot.ends.rule, f"{_of(slot)} cannot hold the same: `{raws[0]}` and `{raws[1]}` differ in meaning.",
                        "Correct the type of the rule or its `values`.", gravity)
            return
        if any(g.holds(given[g.side]) for g in slot.guards if g.side in slot.sides):
            yield Fault(slot.ends.rule, f"every value of `{slot.guards[0].field}` that is known keeps its record out: nobody would be synced.",
                        "Correct the exclusion.", Severity.CRITICAL)
            return


def _of(slot: Slot) -> str:
    return " and ".join(f"`{slot.name_on(s)}` of the {s.upper()}" for s in Side if s in slot.sides)


def _samples(*, company: bool) -> list[Person | Company]:
    people = make_population(1, PopulationSpec(12, "2026-01-01", kinds={PersonKind.CUSTOMER: 1.0}, dirt={})).people
    return [p.company for p in people if p.company is not None] if company else list(people)
