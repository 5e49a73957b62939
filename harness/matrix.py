"""The overwrite matrix: every mapped field x who changed it x into what, one person per cell.

`value`: the named side(s) get new values. `cleared`: a person empties the field; where both sides change, once the
clear comes first and once last. `blank`: the side holds nothing from the start and another field of it is edited, so
the record changes although this field does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass

from syncproof_mocks.schema import FieldInfo, FieldType

from .mapping.grammar import Direction, FieldRule, ObjectMapping, Side

CLEARABLE = frozenset(FieldType) - {FieldType.BOOLEAN, FieldType.EMAIL}


@dataclass(frozen=True, slots=True)
class Move:
    """One edit of a cell: which side, and `fresh`, `clear` or `other` (another field of the record)."""

    side: Side
    what: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the rule, who changed, into what, the moves in order and the side that starts blank."""

    rule: FieldRule
    changed: str
    to: str
    variant: str
    moves: tuple[Move, ...]
    blank_side: Side | None = None

    @property
    def name(self) -> str:
        """Return `MobilePhone = mobilephone / crm_then_ma / cleared first`."""
        return " / ".join(part for part in (self.rule.name, self.changed, f"{self.to} {self.variant}".strip()) if part)


_ORDER = {
    "crm": (Side.CRM,), "ma": (Side.MA,), "crm_then_ma": (Side.CRM, Side.MA), "ma_then_crm": (Side.MA, Side.CRM),
    "neither": (),
}


def cells(
    obj: ObjectMapping, changed: Sequence[str], to: Sequence[str], fields: Sequence[str],
    schema: Dictionary[Side, Dictionary[str, FieldInfo]],
) -> list[Cell]:
    """Return the cells for the fields of one object that a person can edit (consents have scenarios of their own)."""
    found: list[Cell] = []
    for rule in obj.fields:
        if rule.consent is not None or rule.direction is Direction.NONE or (fields and rule.crm not in fields):
            continue
        if rule.type is FieldType.EMAIL and not fields:
            continue  # the match key: changing it is another story (B018), told by its own scenario
        infos = {s: schema[s].get(rule.field_on(s)) for s in Side}
        if any(i is None or not i.updateable for i in infos.values()):
            continue
        required = any(i is not None and i.required for i in infos.values())
        for who in changed:
            for what in to:
                if what != "value" and (required or rule.type not in CLEARABLE):
                    continue
                found.extend(_cells(rule, who, what))
    return found


def _cells(rule: FieldRule, who: str, what: str) -> Iterator[Cell]:
    sides = _ORDER[who]
    if what == "value":
        yield Cell(rule, who, what, "", tuple(Move(s, "fresh") for s in sides))
    elif what == "blank":
        for blank in sides or (Side.CRM, Side.MA):
            yield Cell(rule, who, what, f"in the {blank.upper()}", tuple(Move(s, "other") for s in sides), blank)
    elif len(sides) == 1:
        yield Cell(rule, who, what, "", (Move(sides[0], "clear"),))
    elif len(sides) == 2:
        yield Cell(rule, who, what, "first", (Move(sides[0], "clear"), Move(sides[1], "fresh")))
        yield Cell(rule, who, what, "last", (Move(sides[0], "fresh"), Move(sides[1], "clear")))
