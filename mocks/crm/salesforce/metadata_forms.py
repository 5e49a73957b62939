"""Of which form the parts of a describe answer are.

A part of another form is refused, because whatever was made of it would be a guess. Parts that are left out (or null) are what a
new field of the vendor starts with; keys that are not read may be anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_OBJECT_TEXTS = ("label", "labelPlural", "keyPrefix")
_TEXTS = ("label", "relationshipName", "compoundFieldName")
_COUNTS = ("length", "precision", "scale")
_FLAGS = (
    "calculated", "autoNumber", "caseSensitive", "createable", "updateable", "nillable", "defaultedOnCreate", "externalId",
    "idLookup", "unique", "nameField", "restrictedPicklist", "cascadeDelete", "filterable",
)
_CHILD_TEXTS, _CHILD_FLAGS = ("childSObject", "field", "relationshipName"), ("cascadeDelete",)
_TYPE_TEXTS = ("name", "developerName")
_TYPE_FLAGS = ("active", "available", "defaultRecordTypeMapping", "master")


def check_object(document: Mapping[str, Any], where: str) -> None:
    """Refuse a description whose own parts, record types or child relationships have another form. Raises ValueError."""
    _check(document, where, texts=_OBJECT_TEXTS)
    for key, texts, flags in (("recordTypeInfos", _TYPE_TEXTS, _TYPE_FLAGS), ("childRelationships", _CHILD_TEXTS, _CHILD_FLAGS)):
        listed = document.get(key)
        if listed is not None and not isinstance(listed, list):
            raise ValueError(f"{where}.{key} is no list, but {_shown(listed)}")
        for number, entry in enumerate(listed or ()):
            place = f"{where}.{key}[{number}]"
            if not isinstance(entry, dict):
                raise ValueError(f"{place} is no entry of that list, but {_shown(entry)}")
            _check(entry, place, texts=texts, flags=flags)


def check_field(entry: Mapping[str, Any], where: str) -> None:
    """Refuse a field one of whose parts has another form. Raises ValueError with the place."""
    _check(entry, where, texts=_TEXTS, flags=_FLAGS)
    for key in _COUNTS:
        value = entry.get(key)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise ValueError(f"{where}: {key} is no whole number, but {_shown(value)}")
    if (entry.get("scale") or 0) > (entry.get("precision") or 0):
        raise ValueError(f"{where}: a scale of {entry['scale']} has no room in a precision of {entry.get('precision') or 0}")
    for value in entry.get("picklistValues") or ():
        _check(value, f"{where}, value {_shown(value.get('value'))}", texts=("label", "validFor"), flags=("active", "defaultValue"))


def _check(entry: Mapping[str, Any], where: str, texts: Iterable[str] = (), flags: Iterable[str] = ()) -> None:
    for key in texts:
        if not isinstance(entry.get(key), str | None):
            raise ValueError(f"{where}: {key} is no text, but {_shown(entry[key])}")
    for key in flags:
        if not isinstance(entry.get(key), bool | None):
            raise ValueError(f"{where}: {key} is neither true nor false, but {_shown(entry[key])}")


def _shown(value: object) -> str:
    return repr(value)[:80]
