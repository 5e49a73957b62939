"""Lists as the store keeps them: one row per list, one per membership that somebody made.

Values of a row of kind "lists": `name`, `type_id` (`0-1`), `processing` (MANUAL, DYNAMIC, SNAPSHOT), `filter` (the
branch, or None), `version`, `filters_ms`, `legacy_id` (what v1 calls the list). A deleted list is soft-deleted.

Rows of kind "list_members" have the id `<list>:<record>` and hold `list`, `record`, `first_ms`, `last_ms`; one that was
removed is soft-deleted, so that the first addition stays known. Members of DYNAMIC lists are never stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ....dialect import Switch
from ....journal import Row
from ....store import Store
from ....wire import Evidence
from ..kinds import ObjectType, find_type
from ..portal import USER_ID, Portal, iso_ms
from . import refusals

KIND = "lists"
MEMBERS = "list_members"
MANUAL, DYNAMIC, SNAPSHOT = "MANUAL", "DYNAMIC", "SNAPSHOT"
RESTORABLE_MS = 90 * 86_400_000

SWITCHES: tuple[Switch, ...] = (
    Switch("legacy_lists_v1", "sunset", ("sunset", "alive"), Evidence.DOCUMENT,
           "v1 lists answer 404 since 2026-04-30; alive: as they did before"),
    Switch("list_processing_ms", 0, (), Evidence.ASSUMED,
           "how long a list with new filters is PROCESSING and shows nobody"),
)


def define(store: Store) -> None:
    """Declare the kinds that hold lists."""
    store.define(KIND, indexes=("name", "legacy_id"))
    store.define(MEMBERS)


def type_named(type_id: object) -> ObjectType:
    """Return the object type of a list. Raises `Refusal`."""
    found = find_type(type_id) if isinstance(type_id, str) else None
    if found is None:
        raise refusals.no_such_type(type_id)
    return found


def type_of(row: Row) -> ObjectType:
    """Return the object type whose records a list holds."""
    return type_named(row.values["type_id"])


def find(dialect: Portal, list_id: str) -> Row:
    """Return the living list with this id. Raises `Refusal`."""
    row = dialect.store.get(KIND, list_id)
    if row is None:
        raise refusals.no_list(list_id)
    return row


def named(dialect: Portal, type_id: str, name: str) -> Row | None:
    """Return the living list of this object type and name, whatever its letter case, or None."""
    for list_id in dialect.store.find(KIND, "name", name):
        row = dialect.store.get(KIND, list_id)
        if row is not None and row.values["type_id"] == type_id:
            return row
    return None


def add(dialect: Portal, name: str, object_type: ObjectType, processing: str, branch: dict[str, Any] | None) -> Row:
    """Add a list; names are unique per object type. Raises `Refusal`."""
    check_name(dialect, object_type.type_id, name, None)
    now = dialect.clock.now_ms()
    return dialect.store.create(KIND, str(dialect.dice.count("hubspot.list")), {
        "name": name, "type_id": object_type.type_id, "processing": processing, "filter": branch, "version": 1,
        "filters_ms": now, "legacy_id": str(dialect.dice.count("hubspot.legacy_list")),
    })


def check_name(dialect: Portal, type_id: str, name: str, row: Row | None) -> None:
    """Refuse a name that another list of the object type has."""
    owner = named(dialect, type_id, name)
    if owner is not None and (row is None or owner.id != row.id):
        raise refusals.name_taken(name)


def is_processing(dialect: Portal, row: Row) -> bool:
    """Tell whether a list with filters is still being filled (see the switch `list_processing_ms`)."""
    lasts_ms = dialect.settings["list_processing_ms"]
    if not lasts_ms or row.values["processing"] == MANUAL:
        return False
    dialect.rests_on("hubspot.list_processing_ms")
    return bool(dialect.clock.now_ms() < row.values["filters_ms"] + lasts_ms)


# -- memberships that somebody made ---------------------------------------------------------------------


def put_members(dialect: Portal, row: Row, record_ids: Iterable[str]) -> list[str]:
    """Add records (ids of living ones) and return those that were not members before."""
    store, now, added = dialect.store, dialect.clock.now_ms(), []
    for record_id in record_ids:
        known = store.get(MEMBERS, f"{row.id}:{record_id}", deleted=True)
        if known is None:
            values = {"list": row.id, "record": record_id, "first_ms": now, "last_ms": now}
            store.create(MEMBERS, f"{row.id}:{record_id}", values)
        elif known.deleted:
            store.undelete(known, {"last_ms": now})
        else:
            continue
        added.append(record_id)
    return added


def drop_members(dialect: Portal, row: Row, record_ids: Iterable[str]) -> list[str]:
    """Remove records and return those that were members."""
    wanted, kind = set(record_ids), type_of(row).kind
    removed = []
    for member in list(stored(dialect, row)):
        # A record that was added under the id it had before a merge leaves under its present one.
        present = dialect.store.resolve(kind, member.values["record"])
        if present in wanted:
            dialect.store.delete(member)
            removed.append(present)
    return list(dict.fromkeys(removed))


def stored(dialect: Portal, row: Row) -> Iterable[Row]:
    """Yield the memberships that were made for a list, in order of addition."""
    return (m for m in dialect.store.rows(MEMBERS) if m.values["list"] == row.id)


# -- how a list is shown --------------------------------------------------------------------------------


def shown(dialect: Portal, row: Row, size: int, *, filters: bool = False) -> dict[str, Any]:
    """Return the list object as the API shows it and note that the caller saw it."""
    dialect.served(row)
    v = row.values
    body = {
        "listId": row.id, "listVersion": v["version"], "createdAt": iso_ms(row.created_ms),
        "updatedAt": iso_ms(row.modified_ms), "filtersUpdatedAt": iso_ms(v["filters_ms"]),
        "processingStatus": "PROCESSING" if is_processing(dialect, row) else "COMPLETE",
        "createdById": str(USER_ID), "updatedById": str(USER_ID), "processingType": v["processing"],
        "objectTypeId": v["type_id"], "name": v["name"], "size": size,
        "listPermissions": {"teamsWithEditAccess": [], "usersWithEditAccess": []},
        "membershipSettings": {"membershipTeamId": None, "includeUnassigned": None},
    }
    if row.deleted:
        body["deletedAt"] = iso_ms(row.modified_ms)
    if filters and v["filter"] is not None:
        body["filterBranch"] = v["filter"]
    return body
