"""Property definitions in the store: one row per object type with what was added to or changed in the built-in ones."""

from __future__ import annotations

from typing import Any

from .catalogue import Property, custom_group
from .portal import Portal
from .properties_data import GROUPS


def put(dialect: Portal, kind: str, prop: Property) -> None:
    """Add or replace the definition of a property of ``kind``; a unique one becomes a key."""
    put_setting(dialect, kind, prop.name, prop.plain())
    if prop.unique:
        dialect.store.define(kind, indexes=[prop.name])


def put_all(dialect: Portal, kind: str, properties: list[Property]) -> None:
    """Add or replace many definitions at once; those that are as they were change nothing."""
    known = dialect.catalogue(kind)
    mine = {**known.archived, **known.by_name}
    changes = {p.name: p.plain() for p in properties if mine.get(p.name) != p}
    row = dialect.store.get("properties", kind)
    if changes and row is None:
        dialect.store.create("properties", kind, changes)
    elif changes and row is not None:
        dialect.store.update(row, changes)
    unique = [p.name for p in properties if p.unique]
    if unique:
        dialect.store.define(kind, indexes=unique)


def put_setting(dialect: Portal, kind: str, key: str, value: Any) -> None:
    """Keep ``value`` in the row of ``kind``: a definition by its name, or a setting whose key begins with `#`."""
    row = dialect.store.get("properties", kind)
    if row is None:
        dialect.store.create("properties", kind, {key: value})
    else:
        dialect.store.update(row, {key: value})


def groups_of(dialect: Portal, kind: str) -> dict[str, str]:
    """Return the property groups of ``kind``: name -> label, the built-in ones first."""
    row = dialect.store.get("property_groups", kind)
    start = GROUPS.get(kind)
    if start is None:
        name = dialect.object_type(kind).singular
        start = {custom_group(name): f"{name} Information"}
    own = row.values if row is not None else {}
    return {n: label for n, label in {**start, **own}.items() if label is not None}


def put_group(dialect: Portal, kind: str, name: str, label: str | None) -> None:
    """Add a property group to ``kind`` or rename it; None: it is archived."""
    row = dialect.store.get("property_groups", kind)
    if row is None:
        dialect.store.create("property_groups", kind, {name: label})
    else:
        dialect.store.update(row, {name: label})
