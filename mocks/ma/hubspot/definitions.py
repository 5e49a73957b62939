"""Property definitions in the store: one row per object type with what was added to or changed in the built-in ones."""

from __future__ import annotations

from .catalogue import Property
from .portal import Portal
from .properties_data import GROUPS


def put(dialect: Portal, kind: str, prop: Property) -> None:
    """Add or replace the definition of a property of ``kind``; a unique one becomes a key."""
    changes = {prop.name: prop.plain()}
    row = dialect.store.get("properties", kind)
    if row is None:
        dialect.store.create("properties", kind, changes)
    else:
        dialect.store.update(row, changes)
    if prop.unique:
        dialect.store.define(kind, indexes=[prop.name])


def groups_of(dialect: Portal, kind: str) -> dict[str, str]:
    """Return the property groups of ``kind``: name -> label, the built-in ones first."""
    row = dialect.store.get("property_groups", kind)
    return {**GROUPS[kind], **(row.values if row is not None else {})}


def put_group(dialect: Portal, kind: str, name: str, label: str) -> None:
    """Add a property group to ``kind``."""
    row = dialect.store.get("property_groups", kind)
    if row is None:
        dialect.store.create("property_groups", kind, {name: label})
    else:
        dialect.store.update(row, {name: label})
