"""The parts of a checked formula: types, nodes, and what a formula may see while it is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from ..columns import Column
from ..org import Org
from ..wire import unstamp

MAX_DEPTH = 60


class FormulaError(ValueError):
    """A formula cannot be read, or does not fit the object it is declared for."""


class EvaluationError(Exception):
    """A formula that was accepted has no value for this record (a text that is no number, a date that is none)."""


class Type(StrEnum):
    """What a part of a formula gives. ``NOTHING`` is the word NULL, which fits every type."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "true or false"
    DATE = "date"
    DATETIME = "date and time"
    PICKLIST = "picklist"
    MULTI_PICKLIST = "multi-select picklist"
    NOTHING = "NULL"


@dataclass(frozen=True, slots=True)
class Frame:
    """One record about to be saved: its values as they would be, those before (None: it is new), and the time."""

    org: Org
    values: Mapping[str, Any]
    old: Mapping[str, Any] | None
    now: datetime


Run = Callable[[Frame], Any]


@dataclass(frozen=True, slots=True)
class Node:
    """A checked part. ``literal`` is the text or number as written; ``field`` the record's own field it stands for."""

    type: Type
    run: Run
    depth: int = 1
    literal: str | Decimal | None = None
    field: str | None = None


def node(kind: Type, run: Run, *parts: Node) -> Node:
    """Return a part made of others. Raises FormulaError when they are nested too deeply."""
    depth = 1 + max((p.depth for p in parts), default=0)
    if depth > MAX_DEPTH:
        raise FormulaError(f"parts are nested more than {MAX_DEPTH} deep")
    return Node(kind, run, depth)


_TYPES = {
    "string": Type.TEXT, "textarea": Type.TEXT, "phone": Type.TEXT, "email": Type.TEXT, "url": Type.TEXT,
    "combobox": Type.TEXT, "encryptedstring": Type.TEXT, "id": Type.TEXT, "reference": Type.TEXT,
    "int": Type.NUMBER, "long": Type.NUMBER, "double": Type.NUMBER, "currency": Type.NUMBER, "percent": Type.NUMBER,
    "boolean": Type.BOOLEAN, "date": Type.DATE, "datetime": Type.DATETIME,
    "picklist": Type.PICKLIST, "multipicklist": Type.MULTI_PICKLIST,
}


def type_of(column: Column) -> Type:
    """Return what a field gives in a formula. Raises FormulaError for a type that formulas cannot use."""
    found = _TYPES.get(column.info.vendor_type)
    if found is None:
        raise FormulaError(f"field {column.name} is of type {column.info.vendor_type}, which formulas cannot use")
    return found


def reader_of(column: Column) -> Callable[[Any], Any]:
    """Return how a stored value of this field becomes one that formulas reckon with."""
    kind = column.info.vendor_type
    if kind in ("id", "reference"):
        # Formulas know the 15 characters of an id; that is why CASESAFEID exists.
        return lambda value: value[:15] if value else ""
    if kind == "percent":
        return lambda value: None if value is None else Decimal(str(value)) / 100
    return _READERS[_TYPES[kind]]


_READERS: dict[Type, Callable[[Any], Any]] = {
    Type.TEXT: lambda value: value or "",
    Type.PICKLIST: lambda value: value or "",
    Type.MULTI_PICKLIST: lambda value: value or "",
    Type.NUMBER: lambda value: None if value is None else Decimal(str(value)),
    Type.BOOLEAN: bool,
    Type.DATE: lambda value: date.fromisoformat(value) if value else None,
    Type.DATETIME: lambda value: unstamp(value) if value else None,
}
