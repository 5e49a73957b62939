"""Lists v3: create, show, find, search, rename, change filters, delete, restore, ids of v1 (research/hubspot.md 1.6)."""

from __future__ import annotations

from typing import Any

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors
from ..kinds import ObjectType
from ..portal import Portal, iso_ms
from ..wire import answers, body_of, json_response, parsed, spellings, text_of
from . import membership, refusals, roll
from .branches import completed
from .roll import DYNAMIC, MANUAL, SNAPSHOT

_ROOT = spellings("lists", "")
_ONE = spellings("lists", "/{listId}")
_DEFAULT_COUNT, _MOST_COUNT = 20, 500
_PROCESSING = (MANUAL, DYNAMIC, SNAPSHOT)
_SORTS = ("HS_UPDATED_AT", "HS_CREATED_AT", "HS_NAME", "HS_LIST_ID", "HS_LIST_SIZE")


def wants_filters(request: Request) -> bool:
    """Tell whether the answer is to show the filter branch."""
    return request.flag("includeFilters")


@answers("POST", *_ROOT, id="lists.create", evidence=Evidence.RECORDING, probe="20",
         note="custom properties and folders of lists are refused")
def create_list(dialect: Portal, request: Request) -> Response:
    """Create a list; a SNAPSHOT list takes those who pass its filters now. Answers 200."""
    body = body_of(request)
    missing = [n for n in ("name", "objectTypeId", "processingType") if body.get(n) in (None, "")]
    if missing:
        raise errors.not_set(*missing)
    name, processing = _name(body["name"]), body["processingType"]
    if processing not in _PROCESSING:
        raise errors.malformed(1, 2, f'Cannot deserialize value of type `ListProcessingType` from String "{processing}"')
    for member in ("customProperties", "listFolderId"):
        if body.get(member):
            raise errors.Refusal(400, f"{member} of a list is not supported", code="NOT_MOCKED",
                                 assumed="hubspot.text_lists", hint=f"{member} is not mocked; leave it out")
    object_type = roll.type_named(body["objectTypeId"])
    branch, found = _planned(dialect, object_type, processing, body.get("filterBranch"))
    row = roll.add(dialect, name, object_type, processing, branch)
    if processing == SNAPSHOT:
        roll.put_members(dialect, row, [r.id for r in found])
    return json_response({"list": membership.shown_list(dialect, row, filters=True)})


def _name(value: object) -> str:
    if not isinstance(value, str):
        raise errors.wrong_type("java.lang.String", "the given value")
    if not value.strip():
        raise errors.not_set("name")
    return value


def _planned(
    dialect: Portal, object_type: ObjectType, processing: str, branch: object
) -> tuple[dict[str, Any] | None, list[Row]]:
    """Return the filters of a new list as they are kept, and who passes those of a SNAPSHOT list. Raises `Refusal`."""
    if processing == MANUAL:
        if branch is not None:
            raise refusals.bad_filter("a MANUAL list has no filters")
        return None, []
    if not isinstance(branch, dict):
        raise refusals.bad_filter(f"a {processing} list has a filterBranch")
    test = membership.predicate_of(dialect, object_type, branch)
    found = membership.passing(dialect, object_type, test) if processing == SNAPSHOT else []
    return completed(branch), found


@answers("GET", *_ROOT, id="lists.several", evidence=Evidence.CLIENT_SOURCE, note="ids that name no list are left out")
def several_lists(dialect: Portal, request: Request) -> Response:
    """Show the lists whose ids are given."""
    rows = [dialect.store.get(roll.KIND, i) for i in dict.fromkeys(request.args("listIds"))]
    return json_response({"lists": [
        membership.shown_list(dialect, row, filters=wants_filters(request)) for row in rows if row is not None
    ]})


@answers("GET", *_ONE, id="lists.get", evidence=Evidence.RECORDING, probe="20")
def one_list(dialect: Portal, request: Request) -> Response:
    """Show one list."""
    row = roll.find(dialect, request.params["listId"])
    return json_response({"list": membership.shown_list(dialect, row, filters=wants_filters(request))})


@answers("GET", *spellings("lists", "/object-type-id/{objectTypeId}/name/{listName}"), id="lists.get_by_name",
         evidence=Evidence.CLIENT_SOURCE, note="the text of the 404 is not captured")
def list_by_name(dialect: Portal, request: Request) -> Response:
    """Show the list of an object type that has this name."""
    object_type = roll.type_named(request.params["objectTypeId"])
    row = roll.named(dialect, object_type.type_id, request.params["listName"])
    if row is None:
        raise refusals.no_list_named(object_type.type_id, request.params["listName"])
    return json_response({"list": membership.shown_list(dialect, row, filters=wants_filters(request))})


@answers("DELETE", *_ONE, id="lists.delete", evidence=Evidence.DOCUMENT, probe="20")
def delete_list(dialect: Portal, request: Request) -> Response:
    """Delete a list; it can be restored for 90 days."""
    dialect.store.delete(roll.find(dialect, request.params["listId"]))
    return Response(204)


@answers("PUT", *spellings("lists", "/{listId}/restore"), id="lists.restore", evidence=Evidence.DOCUMENT,
         note="restoring a list that was not deleted changes nothing (assumed)")
def restore_list(dialect: Portal, request: Request) -> Response:
    """Bring a deleted list back, with its members."""
    row = dialect.store.get(roll.KIND, request.params["listId"], deleted=True)
    if row is None or (row.deleted and dialect.clock.now_ms() > row.modified_ms + roll.RESTORABLE_MS):
        raise refusals.no_list(request.params["listId"])
    if row.deleted:
        roll.check_name(dialect, row.values["type_id"], row.values["name"], row)
        dialect.store.undelete(row)
    return Response(204)


@answers("PUT", *spellings("lists", "/{listId}/update-list-name"), id="lists.rename", evidence=Evidence.CLIENT_SOURCE)
def rename_list(dialect: Portal, request: Request) -> Response:
    """Give a list another name."""
    row = roll.find(dialect, request.params["listId"])
    name = _name(request.arg("listName") or "")
    roll.check_name(dialect, row.values["type_id"], name, row)
    row = dialect.store.update(row, {"name": name})
    return json_response({"updatedList": membership.shown_list(dialect, row, filters=wants_filters(request))})


@answers("PUT", *spellings("lists", "/{listId}/update-list-filters"), id="lists.update_filters",
         evidence=Evidence.DOCUMENT, note="workflows do not follow lists: enrollObjectsInWorkflows=true is refused")
def update_filters(dialect: Portal, request: Request) -> Response:
    """Replace the filters of a DYNAMIC list."""
    row = roll.find(dialect, request.params["listId"])
    body = body_of(request)
    if "filterBranch" not in body:
        raise errors.not_set("filterBranch")
    if request.flag("enrollObjectsInWorkflows"):
        raise errors.Refusal(400, "enrollObjectsInWorkflows is not supported", code="NOT_MOCKED",
                             assumed="hubspot.text_lists", hint="lists do not enrol records in workflows here")
    if row.values["processing"] != DYNAMIC:
        raise refusals.bad_filter(f"the filters of a {row.values['processing']} list cannot be changed")
    membership.predicate_of(dialect, roll.type_of(row), body["filterBranch"], row.id)
    row = dialect.store.update(row, {
        "filter": completed(body["filterBranch"]), "filters_ms": dialect.clock.now_ms(), "version": row.values["version"] + 1,
    })
    return json_response({"updatedList": membership.shown_list(dialect, row, filters=True)})


# -- search ---------------------------------------------------------------------------------------------


@answers("POST", *spellings("lists", "/search"), id="lists.search", evidence=Evidence.CLIENT_SOURCE,
         note="more than 500 results at a time are cut; sorting by others than HS_UPDATED_AT is assumed")
def search_lists(dialect: Portal, request: Request) -> Response:
    """Page through the lists whose name contains a text."""
    body = body_of(request)
    count = min(_whole(body, "count", _DEFAULT_COUNT), _MOST_COUNT)
    offset = _whole(body, "offset", 0)
    found = _sorted(dialect, [row for row in dialect.store.rows(roll.KIND) if _matches(body, row)], body.get("sort"))
    page = found[offset : offset + count]
    extra = _texts(body, "additionalProperties")
    return json_response({
        "offset": offset + len(page), "hasMore": offset + len(page) < len(found),
        "lists": [_result(dialect, row, extra) for row in page], "total": len(found),
    })


def _whole(body: dict[str, Any], name: str, default: int) -> int:
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise errors.wrong_type("int", "the given value")
    return value


def _texts(body: dict[str, Any], name: str) -> list[str]:
    value = body.get(name) or []
    if not isinstance(value, list):
        raise errors.wrong_type("java.util.ArrayList<java.lang.Object>", "the given value")
    return [text_of(item) for item in value]


def _matches(body: dict[str, Any], row: Row) -> bool:
    query = body.get("query") or ""
    if not isinstance(query, str):
        raise errors.wrong_type("java.lang.String", "the given value")
    kinds, ids = _texts(body, "processingTypes"), _texts(body, "listIds")
    return (
        query.casefold() in row.values["name"].casefold()
        and (not kinds or row.values["processing"] in kinds) and (not ids or row.id in ids)
    )


def _sorted(dialect: Portal, rows: list[Row], sort: object) -> list[Row]:
    """Return the rows in the wanted order: a word of `_SORTS`, with a minus from the last to the first."""
    if not sort:
        return rows
    word = str(sort).removeprefix("-")
    if word not in _SORTS:
        raise errors.Refusal(400, f"Invalid sort {sort}: one of {', '.join(_SORTS)}", assumed="hubspot.text_lists")
    keys: dict[str, Any] = {
        "HS_UPDATED_AT": lambda r: r.modified_ms, "HS_CREATED_AT": lambda r: r.created_ms,
        "HS_NAME": lambda r: r.values["name"].casefold(), "HS_LIST_ID": lambda r: int(r.id),
        "HS_LIST_SIZE": lambda r: membership.size(dialect, r),
    }
    return sorted(rows, key=keys[word], reverse=str(sort).startswith("-"))


def _result(dialect: Portal, row: Row, extra: list[str]) -> dict[str, Any]:
    """Return a list as a search shows it: without size, but with additional properties as texts."""
    found = membership.members(dialect, row)
    body = roll.shown(dialect, row, len(found))
    del body["size"]
    properties = {"hs_list_size": str(len(found)), "hs_list_reference_count": str(_references(dialect, row.id))}
    if found:
        properties["hs_last_record_added_at"] = str(max(m.joined_ms for m in found))
    for name in extra:
        value = {"hs_list_id": row.id, "hs_list_name": row.values["name"], "hs_created_at": iso_ms(row.created_ms)}.get(name)
        if value is not None:
            properties[name] = value
    return {**body, "additionalProperties": properties}


def _references(dialect: Portal, list_id: str) -> int:
    """Return how many other lists name this one in their filters."""
    return sum(
        any(f.get("filterType") == "IN_LIST" and str(f.get("listId")) == list_id for f in _filters(row.values["filter"]))
        for row in dialect.store.rows(roll.KIND) if row.id != list_id
    )


def _filters(branch: dict[str, Any] | None) -> list[dict[str, Any]]:
    if branch is None:
        return []
    return [*branch["filters"], *(f for child in branch["filterBranches"] for f in _filters(child))]


# -- ids of v1 ------------------------------------------------------------------------------------------


@answers("GET", *spellings("lists", "/idmapping"), id="lists.id_mapping", evidence=Evidence.CLIENT_SOURCE)
def id_mapping(dialect: Portal, request: Request) -> Response:
    """Show which list a v1 list id stands for."""
    legacy_id = request.arg("legacyListId") or ""
    row = _by_legacy(dialect, legacy_id)
    if row is None:
        raise refusals.no_list(legacy_id)
    return json_response({"listId": row.id, "legacyListId": legacy_id})


@answers("POST", *spellings("lists", "/idmapping"), id="lists.id_mappings", evidence=Evidence.CLIENT_SOURCE)
def id_mappings(dialect: Portal, request: Request) -> Response:
    """Show which lists v1 list ids (a JSON array) stand for, and which stand for none."""
    given = parsed(request)
    if not isinstance(given, list):
        raise errors.wrong_type("java.util.ArrayList<java.lang.String>", "the given value")
    ids = [text_of(item) for item in given]
    known = {i: row.id for i in ids if (row := _by_legacy(dialect, i)) is not None}
    return json_response({
        "legacyListIdsToIdsMapping": [{"legacyListId": i, "listId": known[i]} for i in known],
        "missingLegacyListIds": [i for i in dict.fromkeys(ids) if i not in known],
    })


def _by_legacy(dialect: Portal, legacy_id: str) -> Row | None:
    for list_id in dialect.store.find(roll.KIND, "legacy_id", legacy_id):
        return dialect.store.get(roll.KIND, list_id)
    return None
