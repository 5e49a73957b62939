"""The associations API v4: read, set, remove, in batches and one by one, and labels (research/hubspot.md 1.5)."""

from __future__ import annotations

from typing import Any

from ...wire import Evidence, Request, Response
from . import errors
from .errors import Refusal
from .kinds import ObjectType
from .links import HUBSPOT_DEFINED, Spec, checked_specs, link, linked, plain_type, types_between, unlink
from .objects import not_valid
from .paging import after_of, limit_of, next_page
from .portal import INTEGRATION, Portal
from .values import is_whole
from .views import type_of
from .wire import VERSIONS, answers, batch_answer, inputs_of, json_response, note_refusal, parsed, text_of

MOST_READ = 1000
MOST_WRITTEN = 2000
_PAGE = 500

_ROOTS = ("/crm/v4/objects", "/crm/objects/v4", *(f"/crm/objects/{v}" for v in VERSIONS))
_TO = tuple(f"{r}/{{objectType}}/{{objectId}}/associations/{{toObjectType}}" for r in _ROOTS)
_PAIR = tuple(f"{p}/{{toObjectId}}" for p in _TO)
_DEFAULT = tuple(f"{r}/{{objectType}}/{{objectId}}/associations/default/{{toObjectType}}/{{toObjectId}}" for r in _ROOTS)
_BATCH = "/{objectType}/{toObjectType}/batch"
_V4 = ("/crm/v4/associations", "/crm/associations/v4")
_DATED = tuple(f"/crm/associations/{v}" for v in VERSIONS)


def batch_paths(verb: str, *, dated: bool = True) -> tuple[str, ...]:
    """Return the paths of a batch operation of v4, with or without its date-versioned twins."""
    return tuple(f"{root}{_BATCH}/{verb}" for root in (*_V4, *(_DATED if dated else ())))


def kinds_of(dialect: Portal, request: Request) -> tuple[ObjectType, ObjectType]:
    """Return the object types of both ends. Raises `Refusal`."""
    return type_of(dialect, request), type_of(dialect, request, "toObjectType")


def living_id(dialect: Portal, object_type: ObjectType, record_id: str) -> str | None:
    """Return the id that now answers for a record, or None when there is none."""
    row = dialect.store.get(object_type.kind, record_id)
    return row.id if row is not None else None


def both_ids(dialect: Portal, ends: tuple[ObjectType, ObjectType], from_id: str, to_id: str) -> tuple[str, str]:
    """Return both ids as they now are. Raises `Refusal` for the first record that does not exist."""
    found = []
    for object_type, record_id in zip(ends, (from_id, to_id), strict=True):
        living = living_id(dialect, object_type, record_id)
        if living is None:
            raise not_valid(object_type, record_id)
        found.append(living)
    return found[0], found[1]


def shown_types(dialect: Portal, ends: tuple[ObjectType, ObjectType], specs: tuple[Spec, ...]) -> list[dict[str, Any]]:
    """Return `associationTypes` as v4 shows them."""
    known = types_between(dialect, ends[0].kind, ends[1].kind)
    return [{"category": category, "typeId": i, "label": known[i].label} for category, i in specs]


# -- one by one -----------------------------------------------------------------------------------------


@answers("GET", *_TO, id="associations.list", evidence=Evidence.RECORDING, probe="13")
def list_associations(dialect: Portal, request: Request) -> Response:
    """Return one page of the records associated with one; ids are numbers here (rule 10)."""
    ends = kinds_of(dialect, request)
    record_id = living_id(dialect, ends[0], request.params["objectId"])
    if record_id is None:
        raise errors.not_found()
    limit, after = limit_of(request, _PAGE, _PAGE), after_of(request)
    found = [pair for pair in linked(dialect, ends[0].kind, record_id, ends[1].kind) if int(pair[0]) >= after]
    body: dict[str, Any] = {"results": [
        {"toObjectId": int(to_id), "associationTypes": shown_types(dialect, ends, specs)} for to_id, specs in found[:limit]
    ]}
    if len(found) > limit:
        body["paging"] = next_page(request, found[limit][0])
    return json_response(body)


@answers("PUT", *_DEFAULT, id="associations.set_default", evidence=Evidence.CLIENT_RUN, probe="13")
def set_default(dialect: Portal, request: Request) -> Response:
    """Associate two records without a label; both directions are answered."""
    started, ends = dialect.clock.now_ms(), kinds_of(dialect, request)
    from_id, to_id = both_ids(dialect, ends, request.params["objectId"], request.params["toObjectId"])
    return batch_answer(dialect, _default(dialect, ends, from_id, to_id), [], started)


def _default(dialect: Portal, ends: tuple[ObjectType, ObjectType], from_id: str, to_id: str) -> list[dict[str, Any]]:
    one, other = ends[0].kind, ends[1].kind
    link(dialect, one, from_id, other, to_id, set(), source=INTEGRATION)
    return [
        {"from": {"id": a}, "to": {"id": b},
         "associationSpec": {"associationCategory": spec[0], "associationTypeId": spec[1]}}
        for a, b, spec in ((to_id, from_id, plain_type(dialect, other, one)), (from_id, to_id, plain_type(dialect, one, other)))
    ]


@answers("PUT", *_PAIR, id="associations.set", evidence=Evidence.CLIENT_RUN)
def set_labels(dialect: Portal, request: Request) -> Response:
    """Associate two records with the types in the body."""
    ends = kinds_of(dialect, request)
    from_id, to_id = both_ids(dialect, ends, request.params["objectId"], request.params["toObjectId"])
    specs = checked_specs(dialect, ends[0].kind, ends[1].kind, parsed(request))
    after = link(dialect, ends[0].kind, from_id, ends[1].kind, to_id, specs, source=INTEGRATION)
    return json_response(_pair(dialect, ends, from_id, to_id, after), 201)


def _pair(
    dialect: Portal, ends: tuple[ObjectType, ObjectType], from_id: str, to_id: str, specs: tuple[Spec, ...]
) -> dict[str, Any]:
    labels = [t["label"] for t in shown_types(dialect, ends, specs) if t["label"] and t["category"] != HUBSPOT_DEFINED]
    return {"fromObjectTypeId": ends[0].type_id, "fromObjectId": int(from_id), "toObjectTypeId": ends[1].type_id,
            "toObjectId": int(to_id), "labels": labels}


@answers("DELETE", *_PAIR, id="associations.remove", evidence=Evidence.DOCUMENT)
def remove(dialect: Portal, request: Request) -> Response:
    """Remove every type between two records; nothing there changes nothing."""
    ends = kinds_of(dialect, request)
    _unlink(dialect, ends, request.params["objectId"], request.params["toObjectId"], None)
    return Response(204)


def _unlink(
    dialect: Portal, ends: tuple[ObjectType, ObjectType], from_id: str, to_id: str, specs: set[Spec] | None
) -> None:
    living = living_id(dialect, ends[0], from_id), living_id(dialect, ends[1], to_id)
    if living[0] is not None and living[1] is not None:
        unlink(dialect, ends[0].kind, living[0], ends[1].kind, living[1], specs, source=INTEGRATION)


# -- batches --------------------------------------------------------------------------------------------


def read_inputs(request: Request) -> list[tuple[str, int]]:
    """Return the ids that a batch asks about, each with the cursor from which on it wants to read. Raises `Refusal`."""
    found = []
    for item in inputs_of(_body(request), MOST_READ):
        if "id" not in item:
            raise errors.not_set("id")
        after = text_of(item.get("after") or "0")
        if not is_whole(after):
            raise Refusal(400, f"Invalid cursor: {after}", assumed="hubspot.text_cursor")
        found.append((text_of(item["id"]), int(after)))
    return found


def _body(request: Request) -> dict[str, Any]:
    body = parsed(request)
    if not isinstance(body, dict):
        raise errors.not_set("inputs")
    return body


def no_associations(dialect: Portal, ends: tuple[ObjectType, ObjectType], record_id: str) -> dict[str, Any]:
    """Return the item of a 207 for a record without associations (or that does not exist)."""
    refusal = Refusal(
        404, f"No {ends[1].singular} is associated with {ends[0].singular} {record_id}.", category="OBJECT_NOT_FOUND",
        subCategory="crm.associations.NO_ASSOCIATIONS_FOUND",
    )
    note_refusal(dialect, record_id, refusal)
    return errors.error_item(refusal, {
        "fromObjectId": [record_id], "fromObjectType": [ends[0].singular], "toObjectType": [ends[1].singular],
    })


@answers("POST", *batch_paths("read"), id="associations.batch_read", evidence=Evidence.RECORDING, probe="13",
         note="how many associations of one record come at once (500) is assumed")
def read_batch(dialect: Portal, request: Request) -> Response:
    """Return what several records are associated with, 500 of each; those without anything make it a 207."""
    started, ends = dialect.clock.now_ms(), kinds_of(dialect, request)
    results, failures = [], []
    for given, after in read_inputs(request):
        record_id = living_id(dialect, ends[0], given)
        found = linked(dialect, ends[0].kind, record_id, ends[1].kind) if record_id is not None else []
        if not found:
            failures.append(no_associations(dialect, ends, given))
            continue
        left = [pair for pair in found if int(pair[0]) >= after]
        item: dict[str, Any] = {"from": {"id": given}, "to": [
            {"toObjectId": int(to_id), "associationTypes": shown_types(dialect, ends, specs)} for to_id, specs in left[:_PAGE]
        ]}
        if len(left) > _PAGE:
            dialect.rests_on("hubspot.association_page")
            cursor = left[_PAGE][0]
            item["paging"] = {"next": {"after": cursor, "link": f"?after={cursor}"}}
        results.append(item)
    return batch_answer(dialect, results, failures, started)


@answers("POST", *batch_paths("create"), id="associations.batch_create", evidence=Evidence.RECORDING)
def create_batch(dialect: Portal, request: Request) -> Response:
    """Associate pairs with types; unknown records make it a 207."""
    started, ends = dialect.clock.now_ms(), kinds_of(dialect, request)
    results, failures = [], []
    for item in inputs_of(_body(request), MOST_WRITTEN):
        try:
            from_id, to_id = both_ids(dialect, ends, *pair_of(item))
            specs = checked_specs(dialect, ends[0].kind, ends[1].kind, item.get("types"))
            after = link(dialect, ends[0].kind, from_id, ends[1].kind, to_id, specs, source=INTEGRATION)
        except Refusal as refusal:
            failures.append(_failed(dialect, item, refusal))
            continue
        results.append(_pair(dialect, ends, from_id, to_id, after))
    return batch_answer(dialect, results, failures, started, 201)


@answers("POST", *batch_paths("associate/default"), id="associations.batch_default", evidence=Evidence.DOCUMENT)
def default_batch(dialect: Portal, request: Request) -> Response:
    """Associate pairs without a label."""
    started, ends = dialect.clock.now_ms(), kinds_of(dialect, request)
    results: list[dict[str, Any]] = []
    failures = []
    for item in inputs_of(_body(request), MOST_WRITTEN):
        try:
            from_id, to_id = both_ids(dialect, ends, *pair_of(item))
            made = _default(dialect, ends, from_id, to_id)
        except Refusal as refusal:
            failures.append(_failed(dialect, item, refusal))
            continue
        results.extend(made)
    return batch_answer(dialect, results, failures, started)


@answers("POST", *batch_paths("archive"), id="associations.batch_archive", evidence=Evidence.DOCUMENT)
def archive_batch(dialect: Portal, request: Request) -> Response:
    """Remove every type between pairs: `{from:{id}, to:[{id}]}`; 204, or 200 with an envelope when date-versioned."""
    started, ends = dialect.clock.now_ms(), kinds_of(dialect, request)
    pairs = []  # all of them are read before the first one goes: a refused batch has removed nothing
    for item in inputs_of(_body(request), MOST_WRITTEN):
        targets = item.get("to") if isinstance(item.get("to"), list) else [item.get("to")]
        pairs += [pair_of({**item, "to": target}) for target in targets or ()]
    for pair in pairs:
        _unlink(dialect, ends, *pair, None)
    return _removed(dialect, request, started)


@answers("POST", *batch_paths("labels/archive"), id="associations.batch_labels_archive", evidence=Evidence.DOCUMENT)
def archive_labels(dialect: Portal, request: Request) -> Response:
    """Remove only the given types between pairs."""
    started, ends = dialect.clock.now_ms(), kinds_of(dialect, request)
    planned = [
        (pair_of(item), checked_specs(dialect, ends[0].kind, ends[1].kind, item.get("types")))
        for item in inputs_of(_body(request), MOST_WRITTEN)
    ]
    for pair, specs in planned:
        _unlink(dialect, ends, *pair, specs)
    return _removed(dialect, request, started)


def _removed(dialect: Portal, request: Request, started_ms: int) -> Response:
    if request.path.startswith(_DATED):
        return batch_answer(dialect, [], [], started_ms)
    return Response(204)


def pair_of(item: dict[str, Any]) -> tuple[str, str]:
    """Return the ids of `{from:{id}, to:{id}}`. Raises `Refusal`."""
    ends = item.get("from"), item.get("to")
    for end in ends:
        if not isinstance(end, dict) or "id" not in end:
            raise errors.not_set("from", "to")
    return text_of(ends[0]["id"]), text_of(ends[1]["id"])  # type: ignore[index]


def _failed(dialect: Portal, item: dict[str, Any], refusal: Refusal) -> dict[str, Any]:
    what = item.get("from")
    note_refusal(dialect, str(what.get("id")) if isinstance(what, dict) else "", refusal)
    return errors.error_item(refusal, {})
