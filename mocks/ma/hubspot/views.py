"""How a record is shown: which properties, their history, its associations. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...journal import Row
from ...wire import Request
from . import errors
from .catalogue import Catalogue
from .kinds import NOT_MOCKED, OBJECT_TYPES, ObjectType
from .links import linked, types_between
from .paging import public_url
from .portal import Portal, iso_ms
from .saving import versions

_MAX_VIEWS = 512
_ASSOCIATIONS_SHOWN = 100  # inline, before the caller has to page


@dataclass(frozen=True, slots=True)
class View:
    """What a request wants to see of a record; names in alphabetical order."""

    names: tuple[str, ...]
    history: tuple[str, ...] = ()
    associations: tuple[ObjectType, ...] = ()
    assumed: str = ""  # what the choice rests on, when nobody has captured the defaults of the type


def type_of(dialect: Portal, request: Request, param: str = "objectType") -> ObjectType:
    """Return the object type that the path names. Raises `Refusal`, loudly for types that are not mocked."""
    return checked_type(dialect, request.params[param])


def checked_type(dialect: Portal, name: str) -> ObjectType:
    """Return the object type called ``name``. Raises `Refusal`."""
    found = dialect.find_type(name)
    if found is not None:
        return found
    if name.lower() in NOT_MOCKED:
        raise errors.not_mocked(f"object type {name}", ", ".join(OBJECT_TYPES))
    raise errors.unknown_type(name)


def view_of(dialect: Portal, catalogue: Catalogue, request: Request) -> View:
    """Return what the query string asks to see; unknown properties are left out, as the vendor does."""
    found: View | None = catalogue.views.get(request.query_string)
    if found is None:
        found = chosen(
            dialect, catalogue, request.args("properties"), request.args("propertiesWithHistory"),
            request.args("associations"),
        )
        _kept(catalogue, request.query_string, found)
    elif found.assumed:
        dialect.rests_on(found.assumed)
    return found


def chosen(
    dialect: Portal, catalogue: Catalogue, names: Iterable[str], history: Iterable[str] = (), associations: Iterable[str] = ()
) -> View:
    """Return the view of named properties; without names the defaults of the object type."""
    known, object_type = catalogue.by_name, catalogue.object_type
    kept = tuple(n for n in history if n in known)
    wanted = [n for n in names if n in known]
    assumed = "" if list(names) else object_type.assumed
    if assumed:
        dialect.rests_on(assumed)
    # Asking only for unknown properties is asking: the defaults are not shown then.
    base: Iterable[str] = (*object_type.always, *wanted) if list(names) else catalogue.defaults
    return View(tuple(sorted({*base, *kept})), kept, tuple(checked_type(dialect, a) for a in associations), assumed)


def shown(dialect: Portal, catalogue: Catalogue, row: Row, view: View) -> dict[str, Any]:
    """Return the object as the API shows it and note in the journal that the caller saw this revision."""
    dialect.served(row)
    values = row.values
    body = _frame(dialect, catalogue.object_type, row, {n: values.get(n) for n in view.names})
    if view.history:
        body["propertiesWithHistory"] = {n: _history(row, n) for n in view.history}
    if view.associations:
        found = _associations(dialect, catalogue.object_type, row, view.associations)
        if found:
            body["associations"] = found
    return body


def written(dialect: Portal, catalogue: Catalogue, row: Row, given: Iterable[str] | None) -> dict[str, Any]:
    """Return the object as a write answers: all set properties, or those ``given`` plus what the vendor computes."""
    dialect.served(row)
    values = row.values
    known = catalogue.told_at_once if given is None else _named(catalogue, tuple(given))
    # A record has few of the hundreds of properties that might be told.
    return _frame(dialect, catalogue.object_type, row, {n: values[n] for n in sorted(known.intersection(values))})


def _named(catalogue: Catalogue, given: tuple[str, ...]) -> frozenset[str]:
    """Return the names that the answer of a write may show; the same writes come again and again."""
    found: frozenset[str] | None = catalogue.views.get(given)
    if found is None:
        wanted = {*given, *catalogue.object_type.always, *catalogue.computed}
        found = _kept(catalogue, given, catalogue.told_at_once & wanted)
    return found


def _kept(catalogue: Catalogue, key: Any, value: Any) -> Any:
    """Put a reading into the cache of the catalogue, which stays small."""
    if len(catalogue.views) >= _MAX_VIEWS:
        catalogue.views.clear()
    catalogue.views[key] = value
    return value


def _frame(dialect: Portal, object_type: ObjectType, row: Row, properties: dict[str, Any]) -> dict[str, Any]:
    values = row.values
    body = {
        "id": row.id, "properties": properties, "createdAt": values[object_type.created], "updatedAt": values[object_type.stamp],
        "archived": row.deleted,
        "url": f"https://app.hubspot.com/contacts/{dialect.portal_id}/record/{object_type.type_id}/{row.id}",
    }
    if row.deleted:
        body["archivedAt"] = iso_ms(row.modified_ms)
    return body


def _history(row: Row, name: str) -> list[dict[str, Any]]:
    found = []
    for value, at_ms, source, source_id in versions(row, name):
        entry: dict[str, Any] = {
            "value": value or "", "timestamp": iso_ms(at_ms), "sourceType": source, "sourceId": source_id, "sourceLabel": None,
        }
        if source_id.startswith("userId:"):
            entry["updatedByUserId"] = int(source_id[7:])
        found.append(entry)
    return found


def _associations(
    dialect: Portal, object_type: ObjectType, row: Row, wanted: tuple[ObjectType, ...]
) -> dict[str, Any]:
    """Return inline associations by plural; a kind without any is absent. Each type is an entry of its own."""
    found: dict[str, Any] = {}
    for other in wanted:
        names = types_between(dialect, object_type.kind, other.kind)
        results = [
            {"id": other_id, "type": names[type_id].name}
            for other_id, specs in linked(dialect, object_type.kind, row.id, other.kind)
            for _, type_id in specs
        ]
        if results:
            found[other.key] = {"results": results[:_ASSOCIATIONS_SHOWN]}
            if len(results) > _ASSOCIATIONS_SHOWN:
                after = results[_ASSOCIATIONS_SHOWN]["id"]
                path = f"/crm/v4/objects/{object_type.kind}/{row.id}/associations/{other.kind}"
                root = public_url(dialect.asked) if dialect.asked is not None else dialect.base_url
                link = f"{root}{path}?after={after}"
                found[other.key]["paging"] = {"next": {"after": after, "link": link}}
    return found
