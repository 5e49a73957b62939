"""One property of a real portal, as its v3, v2 or v1 JSON tells it, made a definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .catalogue import FIELD_TYPES, READ_ONLY_TYPES, Property
from .portal import iso_ms
from .values import is_whole

# Field types of properties that the vendor computes; nobody can write those.
_COMPUTED = ("calculation_equation", "calculation_rollup", "calculation_score", "calculation_read_time")
_REFERENCES = ("OWNER", "COMPANY")


def read_property(raw: object, place: str) -> Property:
    """Return the definition that a JSON object tells. Raises ValueError naming ``place`` and what cannot be mocked."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("name"), str) or not raw["name"]:
        raise ValueError(f"{place} is not a property: a JSON object with a `name` is needed")
    name = raw["name"]
    place = f"{place} ({name})"
    type_ = str(raw.get("type") or "")
    if type_ not in FIELD_TYPES and type_ not in READ_ONLY_TYPES:
        raise ValueError(f"{place}: type `{type_}` cannot be mocked; known: {', '.join((*FIELD_TYPES, *READ_ONLY_TYPES))}")
    field_type = str(raw.get("fieldType") or "") or next(iter(FIELD_TYPES.get(type_, ("text",))))
    is_computed = field_type.startswith("calculation_")
    if type_ in FIELD_TYPES and field_type not in FIELD_TYPES[type_] and not is_computed:
        raise ValueError(f"{place}: fieldType `{field_type}` does not go with type `{type_}`; "
                         f"known: {', '.join((*FIELD_TYPES[type_], *_COMPUTED))}")
    options = _options(raw.get("options"), place)
    is_defined = raw.get("hubspotDefined") is True
    refers = str(raw.get("referencedObjectType") or "") or None
    # v1 and v2 do not say so when the options of a built-in property live elsewhere; a list without any would refuse all.
    is_silent = "externalOptions" not in raw and is_defined and type_ == "enumeration" and not options
    external = raw.get("externalOptions") is True or is_silent
    if type_ == "bool" and not options:
        options = (("true", "Yes", False), ("false", "No", False))
    return Property(
        name, str(raw.get("label") or name), type_, field_type, str(raw.get("groupName") or "information"), options,
        description=str(raw.get("description") or ""), hubspot_defined=is_defined,
        read_only=_is_read_only(raw) or is_computed or type_ in READ_ONLY_TYPES,
        calculated=raw.get("calculated") is True or is_computed, unique=raw.get("hasUniqueValue") is True,
        hidden=raw.get("hidden") is True, form_field=raw.get("formField") is not False, external_options=external,
        display_order=_whole(raw.get("displayOrder")), refers_to=refers if refers in _REFERENCES else None,
        archived=raw.get("archived") is True or raw.get("deleted") is True,
        created_at=_stamp(raw.get("createdAt")), updated_at=_stamp(raw.get("updatedAt")),
    )


def _options(given: object, place: str) -> tuple[tuple[str, str, bool], ...]:
    if given is None:
        return ()
    if not isinstance(given, list):
        raise ValueError(f"{place}.options must be a list")
    found = []
    for number, option in enumerate(given):
        if not isinstance(option, Mapping) or "value" not in option:
            raise ValueError(f"{place}.options[{number}] is not an option: a `value` is needed")
        found.append((str(option["value"]), str(option.get("label") or option["value"]), option.get("hidden") is True))
    return tuple(found)


def _is_read_only(raw: Mapping[str, Any]) -> bool:
    told = raw.get("modificationMetadata")
    return raw.get("readOnlyValue") is True or (isinstance(told, Mapping) and told.get("readOnlyValue") is True)


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def _stamp(value: object) -> str:
    """Return a stamp as v3 shows it; v1 and v2 tell milliseconds."""
    text = str(value or "")
    if is_whole(text):
        return iso_ms(int(text)) if int(text) < 253_402_300_799_999 else ""
    return text
