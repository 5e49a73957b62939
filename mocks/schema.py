"""Field metadata, told the same way by every dialect, so that a mapping can be checked before anything runs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FieldType(StrEnum):
    """What a field means, whatever the vendor calls its type."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    PICKLIST = "picklist"
    MULTI_PICKLIST = "multi-picklist"
    EMAIL = "email"
    PHONE = "phone"
    COUNTRY = "country"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a picklist: what is stored, and what a person sees."""

    value: str
    label: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field of one kind in one system. ``vendor_type`` is the vendor's own word for the type.

    ``digits``: precision and scale of a number (`(5, 2)` holds 999.99) where the vendor limits and tells them.
    ``uncomputed``: the vendor works the value out (formula, running number), the mock does not: the field keeps what a
    seed gave it and is blank in new records.
    """

    name: str
    label: str
    type: FieldType
    vendor_type: str
    max_length: int | None = None
    required: bool = False
    createable: bool = True
    updateable: bool = True
    unique: bool = False
    external_id: bool = False
    options: tuple[Option, ...] = ()
    restricted: bool = False
    custom: bool = False
    default: object = None
    reference_to: tuple[str, ...] = ()
    tracked: bool = False
    digits: tuple[int, int] | None = None
    uncomputed: bool = False
