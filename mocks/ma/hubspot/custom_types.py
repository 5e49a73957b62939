"""Custom objects of a portal as object types. Their definitions are rows of kind `schemas`; their kind is their type id.

A path may spell one `2-3465404`, `p123_car` (fully qualified) or `p_car`. Facts: research/hubspot.md sections 1.2 and 1.4
and HubSpot's guide to custom objects.
"""

from __future__ import annotations

from functools import lru_cache

from ...journal import Row
from ...store import Store
from .kinds import ObjectType

SCHEMAS = "schemas"
FIRST_TYPE = 3_465_404
_FIRST_ID = 80_000_000_001
_ALWAYS = ("hs_createdate", "hs_lastmodifieddate", "hs_object_id")


def define(store: Store) -> None:
    """Make room for the schemas of a portal."""
    store.define(SCHEMAS)


def custom_types(store: Store) -> dict[str, ObjectType]:
    """Return the living custom objects by kind, in order of their making."""
    return {row.id: _of(row) for row in store.rows(SCHEMAS)}


def find_custom(store: Store, name: str) -> ObjectType | None:
    """Return the custom object that a path spells ``name``, or None."""
    if not store.size(SCHEMAS):
        return None
    wanted = name.lower()
    for row in store.rows(SCHEMAS):
        v = row.values
        if wanted in (row.id, v["fullyQualifiedName"].lower(), f"p_{v['name']}".lower()):
            return _of(row)
    return None


def _of(row: Row) -> ObjectType:
    v = row.values
    return _made(row.id, v["name"], v["fullyQualifiedName"], tuple(v["requiredProperties"]),
                 tuple(v["searchableProperties"]))


@lru_cache(maxsize=256)
def _made(
    type_id: str, name: str, qualified: str, required: tuple[str, ...], searchable: tuple[str, ...]
) -> ObjectType:
    # Ids of records are far apart from type to type, so that a mix-up of types is seen.
    first = _FIRST_ID + int(type_id[2:]) % 1000 * 1_000_000
    return ObjectType(
        type_id, name, type_id, "hs_lastmodifieddate", _ALWAYS, _ALWAYS, searchable, first, created="hs_createdate",
        required=required, pipeline="hs_pipeline", stage="hs_pipeline_stage", legacy_name=type_id, plural=qualified,
    )

