"""Records by the hundred: read, create, update, upsert, archive (research/hubspot.md 1.2, rules 11-13).

Without `objectWriteTraceId` a write is all or nothing: every input is planned before the first one is carried out.
When each input has one of its own, inputs stand alone and the answer is a 207 naming those that were refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...journal import Row
from ...wire import Evidence, Request, Response
from . import errors, saving
from .errors import Refusal
from .kinds import ObjectType
from .objects import Ties, find_row, planned_ties, tie
from .portal import INTEGRATION, Portal
from .rules import Claims
from .views import chosen, shown, type_of, written
from .wire import answers, batch_answer, body_of, inputs_of, note_refusal, spellings, text_of

LIMIT = 100
HISTORY_LIMIT = 50

Item = dict[str, Any]
# Checks one input and returns the function that carries it out and shows the result.
Planner = Callable[[Item, Claims], Callable[[], Item]]


def _paths(verb: str) -> tuple[str, ...]:
    return spellings("objects", f"/{{objectType}}/batch/{verb}")


@answers("POST", *_paths("read"), id="objects.batch_read", evidence=Evidence.RECORDING, probe="10")
def read_batch(dialect: Portal, request: Request) -> Response:
    """Return records by id or unique value; those that are missing make it a 207."""
    started = dialect.clock.now_ms()
    object_type = type_of(dialect, request)
    catalogue = dialect.catalogue(object_type.kind)
    body = body_of(request)
    history = _names(body, "propertiesWithHistory")
    inputs = inputs_of(body, HISTORY_LIMIT if history else LIMIT)
    view = chosen(dialect, catalogue, _names(body, "properties"), history)
    archived = request.flag("archived")
    id_property = body.get("idProperty") or None
    rows: dict[str, Row] = {}
    missing = []
    for item in inputs:
        key = _id_of(item)
        row = find_row(dialect, object_type, key, id_property, archived=archived)
        if row is None:
            missing.append(key)
        else:
            rows[row.id] = row
    results = [shown(dialect, catalogue, row, view) for row in _by_id(rows)]
    return batch_answer(dialect, results, _missing(dialect, object_type, missing), started)


@answers("POST", *_paths("create"), id="objects.batch_create", evidence=Evidence.RECORDING, probe="8, 9")
def create_batch(dialect: Portal, request: Request) -> Response:
    """Create records."""
    object_type = type_of(dialect, request)
    catalogue = dialect.catalogue(object_type.kind)

    def planner(item: Item, claims: Claims) -> Callable[[], Item]:
        ties = planned_ties(dialect, object_type, item.get("associations"))
        changes = saving.plan(dialect, object_type, item.get("properties"), None, claims=claims)
        return lambda: written(dialect, catalogue, _created(dialect, object_type, changes, ties), None)

    return _write(dialect, body_of(request), planner, 201)


@answers("POST", *_paths("update"), id="objects.batch_update", evidence=Evidence.RECORDING)
def update_batch(dialect: Portal, request: Request) -> Response:
    """Change records; an old id of a merge is silently left out, as the vendor does."""
    object_type = type_of(dialect, request)
    body = body_of(request)
    inputs = inputs_of(body, LIMIT)
    _check_duplicates(inputs)
    missing: list[str] = []
    kept = []
    for item in inputs:
        key, id_property = _id_of(item), item.get("idProperty") or None
        row = find_row(dialect, object_type, key, id_property)
        if row is None:
            missing.append(key)
        elif id_property is not None or row.id == key:
            kept.append({**item, "#id": row.id})

    def planner(item: Item, claims: Claims) -> Callable[[], Item]:
        row = _row(dialect, object_type, item["#id"])
        changes = saving.plan(dialect, object_type, item.get("properties"), row, claims=claims)
        return lambda: _updated(dialect, object_type, row, changes, item["properties"])

    return _write(dialect, {"inputs": kept}, planner, 200, _update_missing(dialect, object_type, missing))


@answers("POST", *_paths("upsert"), id="objects.batch_upsert", evidence=Evidence.DOCUMENT, probe="11")
def upsert_batch(dialect: Portal, request: Request) -> Response:
    """Create or change records by a unique property; results say which with `new`."""
    object_type = type_of(dialect, request)
    catalogue = dialect.catalogue(object_type.kind)
    body = body_of(request)
    inputs = inputs_of(body, LIMIT)
    _check_duplicates(inputs)

    def planner(item: Item, claims: Claims) -> Callable[[], Item]:
        key, id_property = _id_of(item), item.get("idProperty")
        if not id_property:
            raise errors.not_set("idProperty")
        row = find_row(dialect, object_type, key, id_property)
        given = item.get("properties")
        if row is not None:
            changes = saving.plan(dialect, object_type, given, row, claims=claims)
            return lambda: {**_updated(dialect, object_type, row, changes, item["properties"]), "new": False}
        if id_property == "hs_object_id":
            raise errors.some_not_found(object_type.legacy, [key])
        wanted = {id_property: key, **given} if isinstance(given, dict) else given
        ties = planned_ties(dialect, object_type, item.get("associations"))
        changes = saving.plan(dialect, object_type, wanted, None, claims=claims)
        return lambda: {**written(dialect, catalogue, _created(dialect, object_type, changes, ties), None), "new": True}

    return _write(dialect, body, planner, 200)


@answers("POST", *_paths("archive"), id="objects.batch_archive", evidence=Evidence.DOCUMENT)
def archive_batch(dialect: Portal, request: Request) -> Response:
    """Archive records; unknown ids are ignored."""
    object_type = type_of(dialect, request)
    # All ids are read before the first record goes: a refused batch has archived nothing.
    for record_id in [_id_of(item) for item in inputs_of(body_of(request), LIMIT)]:
        row = dialect.store.get(object_type.kind, record_id)
        if row is not None:
            saving.archive(dialect, row, INTEGRATION)
    return Response(204)


# -- all or nothing, or one by one ----------------------------------------------------------------------


def _write(
    dialect: Portal, body: Item, planner: Planner, status: int, failures: list[Item] | None = None
) -> Response:
    """Plan and carry out the inputs; results come in order of id, not of input (rule 11)."""
    started = dialect.clock.now_ms()
    inputs = inputs_of(body, LIMIT)
    failures = list(failures or ())
    if _each_has_its_own_trace(inputs):
        results = _one_by_one(dialect, inputs, planner, failures)
    else:
        results = _all_or_nothing(dialect, inputs, planner)
    results.sort(key=lambda r: int(r["id"]))
    return batch_answer(dialect, results, failures, started, status)


def _each_has_its_own_trace(inputs: list[Item]) -> bool:
    """Tell whether every input carries an `objectWriteTraceId` that no other one has (rule 12)."""
    traces = [text_of(trace) for item in inputs if (trace := item.get("objectWriteTraceId"))]
    return bool(inputs) and len(set(traces)) == len(inputs)


def _all_or_nothing(dialect: Portal, inputs: list[Item], planner: Planner) -> list[Item]:
    claims: Claims = set()
    planned: list[Callable[[], Item]] = []
    first: Refusal | None = None
    for item in inputs:
        try:
            planned.append(planner(item, claims))
        except Refusal as refusal:
            # One bad input refuses them all: the bad ones are journalled, for the others the status speaks.
            note_refusal(dialect, _name(item), refusal)
            first = first or refusal
    if first is not None:
        first.noted = True
        raise first
    return [carry_out() for carry_out in planned]


def _one_by_one(dialect: Portal, inputs: list[Item], planner: Planner, failures: list[Item]) -> list[Item]:
    results = []
    for item in inputs:
        trace_id = text_of(item["objectWriteTraceId"])
        try:
            results.append(planner(item, set())())
        except Refusal as refusal:
            note_refusal(dialect, f"{trace_id} ({name})" if (name := _name(item)) else trace_id, refusal)
            failures.append(errors.error_item(refusal, {"objectWriteTraceId": [trace_id]}))
    return results


def _created(dialect: Portal, object_type: ObjectType, changes: dict[str, str], ties: Ties) -> Row:
    return tie(dialect, saving.create(dialect, object_type, changes, INTEGRATION), ties)


def _updated(dialect: Portal, object_type: ObjectType, row: Row, changes: dict[str, str], given: Item) -> Item:
    # Another input of the same batch may have changed the record since this one was planned.
    new = saving.update(dialect, object_type, _row(dialect, object_type, row.id), changes, INTEGRATION)
    return written(dialect, dialect.catalogue(object_type.kind), new, given)


# -- reading inputs -------------------------------------------------------------------------------------


def _id_of(item: Item) -> str:
    if "id" not in item:
        raise errors.not_set("id")
    return text_of(item["id"])


def _name(item: Item) -> str:
    """Return what a person would call an input in a report: its id or address."""
    properties = item.get("properties")
    email = properties.get("email") if isinstance(properties, dict) else None
    return str(item.get("id") or email or "")


def _names(body: Item, member: str) -> list[str]:
    found = body.get(member) or []
    if not isinstance(found, list):
        raise errors.wrong_type("java.util.ArrayList<java.lang.String>", "String value (token `JsonToken.VALUE_STRING`)")
    return [text_of(n) for n in found]


def _row(dialect: Portal, object_type: ObjectType, record_id: str) -> Row:
    row = dialect.store.get(object_type.kind, record_id)
    if row is None:
        raise errors.some_not_found(object_type.legacy, [record_id])
    return row


def _by_id(rows: dict[str, Row]) -> list[Row]:
    return [rows[i] for i in sorted(rows, key=int)]


def _check_duplicates(inputs: list[Item]) -> None:
    seen: set[str] = set()
    twice = []
    for item in inputs:
        key = _id_of(item)
        if key in seen:
            twice.append(key)
        seen.add(key)
    if twice:
        raise errors.duplicate_ids(dict.fromkeys(twice))


def _missing(dialect: Portal, object_type: ObjectType, ids: list[str]) -> list[Item]:
    if not ids:
        return []
    refusal = errors.some_not_found(object_type.legacy, ids)
    for record_id in ids:
        note_refusal(dialect, record_id, refusal)
    return [errors.error_item(refusal, {})]


def _update_missing(dialect: Portal, object_type: ObjectType, ids: list[str]) -> list[Item]:
    if not ids:
        return []
    dialect.rests_on("hubspot.batch_update_missing")
    found = _missing(dialect, object_type, ids)
    return found if dialect.settings["batch_update_missing"] == "report" else []
