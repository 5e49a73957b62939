"""Up to 200 records in one call: create, change, upsert, delete, retrieve. The HTTP status is always 200."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...wire import Evidence, Request, Response
from . import saving
from .errors import ApiError, ChoicesError, cannot_deserialize, json_object, reply, rest
from .kinds import Kind
from .org import Org
from .rows import existing, key_column, overrides_method, upsert
from .transaction import Savepoint, as_flag
from .wire import chosen_json
from .writer import writer_of

COLLECTION = "/services/data/{version}/composite/sobjects"
MOST_RECORDS, MOST_RETRIEVED = 200, 2000
ROLLED_BACK = ApiError(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
    fields=(),
)

Task = Callable[[], dict[str, Any]]


@rest("POST", COLLECTION, id="collections.create", evidence=Evidence.CLIENT_RUN, probe="15")
def create_many(org: Org, request: Request) -> Response:
    """Make records of any objects; with ?_HttpMethod=PATCH change them, for callers that cannot send PATCH."""
    if overrides_method(request):
        return update_many(org, request)
    records, all_or_none = _records(request)
    writer = writer_of(org, request)

    def task(record: dict[str, Any]) -> Task:
        def run() -> dict[str, Any]:
            row = saving.create(org, _kind_of(org, record), record, writer)
            return {"id": row.id, "success": True, "errors": []}

        return run

    return reply(request, _run(org, [task(r) for r in records], [""] * len(records), all_or_none, records))


@rest("PATCH", COLLECTION, id="collections.update", evidence=Evidence.CLIENT_RUN, probe="15")
def update_many(org: Org, request: Request) -> Response:
    """Change records; each carries `id` or `Id`."""
    records, all_or_none = _records(request)
    writer = writer_of(org, request)

    def task(record: dict[str, Any]) -> Task:
        def run() -> dict[str, Any]:
            kind, record_id, payload = _kind_of(org, record), _id_in(record), _without_id(record)
            if not record_id:
                raise ApiError("MISSING_ARGUMENT", "Id not specified in an update call", fields=())
            row = saving.update(org, kind, existing(org, kind, record_id), payload, writer)
            return {"id": row.id, "success": True, "errors": []}

        return run

    return reply(request, _run(org, [task(r) for r in records], [_id_in(r) for r in records], all_or_none, records))


@rest("POST", COLLECTION + "/{object}/{field}", id="collections.upsert_by_post", evidence=Evidence.DOCUMENT,
      note="only with ?_HttpMethod=PATCH")
def upsert_many_by_post(org: Org, request: Request) -> Response:
    """Upsert by POST, for callers that cannot send PATCH."""
    return upsert_many(org, request) if overrides_method(request) else org.unknown(request, ("PATCH",))


@rest("PATCH", COLLECTION + "/{object}/{field}", id="collections.upsert", evidence=Evidence.CLIENT_SOURCE, probe="15")
def upsert_many(org: Org, request: Request) -> Response:
    """Change or make records by an external id that each carries."""
    records, all_or_none = _records(request)
    kind = org.kind(request.params["object"])
    column = key_column(kind, request.params["field"])
    writer = writer_of(org, request)
    keys = [next((v for k, v in r.items() if k.lower() == column.name.lower()), None) for r in records]
    repeats = repeated(org, keys)

    def task(at: int) -> Task:
        def run() -> dict[str, Any]:
            key = keys[at]
            if at in repeats:
                raise ApiError("DUPLICATE_EXTERNAL_ID", f"Duplicate external id specified: {key}", fields=())
            payload = {k: v for k, v in records[at].items() if k.lower() != column.name.lower()}
            if key is None or key == "":
                if column.name != "Id":
                    raise ApiError("MISSING_ARGUMENT", f"{column.name} not specified", fields=())
                row, is_new = saving.create(org, kind, payload, writer), True
            else:
                row, is_new = upsert(org, kind, column, key, payload, writer)
            return {"id": row.id, "success": True, "errors": [], "created": is_new}

        return run

    names = ["" if k is None else str(k) for k in keys]
    return reply(request, _run(org, [task(n) for n in range(len(records))], names, all_or_none, records))


@rest("DELETE", COLLECTION, id="collections.delete", evidence=Evidence.CLIENT_RUN)
def delete_many(org: Org, request: Request) -> Response:
    """Put records into the recycle bin: `?ids=a,b&allOrNone=true`."""
    ids = request.args("ids")
    check_size(len(ids), MOST_RECORDS)

    def task(record_id: str) -> Task:
        def run() -> dict[str, Any]:
            kind = org.kind_of_id(record_id)
            if kind is None:
                raise ApiError("MALFORMED_ID", f"malformed id {record_id}", fields=())
            row = existing(org, kind, record_id)
            saving.delete(org, kind, row)
            return {"id": row.id, "success": True, "errors": []}

        return run

    return reply(request, _run(org, [task(i) for i in ids], ids, as_flag(request.arg("allOrNone", "false"))))


@rest("GET", COLLECTION + "/{object}", id="collections.retrieve", evidence=Evidence.DOCUMENT, probe="15")
def retrieve(org: Org, request: Request) -> Response:
    """Show records by id in the order asked for, null where there is none."""
    return _retrieved(org, request, request.args("ids"), request.args("fields"), MOST_RECORDS * 4)


@rest("POST", COLLECTION + "/{object}", id="collections.retrieve_by_post", evidence=Evidence.CLIENT_RUN, probe="15")
def retrieve_by_post(org: Org, request: Request) -> Response:
    """Show records like `retrieve`; the ids and fields stand in the body."""
    body = json_object(request)
    return _retrieved(org, request, _texts(body.get("ids")), _texts(body.get("fields")), MOST_RETRIEVED)


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise cannot_deserialize("list", value)
    return value


def _retrieved(org: Org, request: Request, ids: Sequence[str], fields: Sequence[str], most: int) -> Response:
    kind = org.kind(request.params["object"])
    check_size(len(ids), most)
    if not fields:
        raise ApiError("MISSING_ARGUMENT", "fields must be specified")
    shown: list[dict[str, Any] | None] = []
    for record_id in ids:
        row = org.row(kind, record_id)
        if row is None or row.deleted:
            shown.append(None)
            continue
        org.served(row)
        shown.append(chosen_json(kind, row, request.params["version"], fields))
    return reply(request, shown)


def _run(
    org: Org, tasks: Sequence[Task], names: Sequence[str], all_or_none: bool, whose: Sequence[dict[str, Any]] = ()
) -> list[dict[str, Any]]:
    """Do each task; a refusal becomes its item, and with ``all_or_none`` undoes the others (``whose``: see `named`)."""
    savepoint = Savepoint(org)
    results: list[dict[str, Any]] = []
    errors: dict[int, ApiError] = {}
    for at, task in enumerate(tasks):
        try:
            results.append(task())
        except ApiError as error:
            errors[at] = error
            results.append({})
    if all_or_none and errors:
        savepoint.rollback()
        errors = {at: errors.get(at, ROLLED_BACK) for at in range(len(tasks))}
    for at, refusal in errors.items():
        org.refused(named(names[at], at, whose[at] if whose else None), refusal.code, refusal.message)
        results[at] = {"success": False, "errors": [as_item(e).item() for e in refusal.parts()]}
        if len(names[at]) in (15, 18):
            results[at] = {"id": names[at], **results[at]}
    return results


def named(name: str, at: int, fields: Mapping[str, Any] | None) -> str:
    """Return how the journal names a refused item: its id or key, else its place; and whom it is about, if it says so."""
    email = next((v for k, v in (fields or {}).items() if k.lower() == "email"), None)
    return " ".join(part for part in (name or f"#{at}", email if isinstance(email, str) else "") if part)


def as_item(error: ApiError) -> ApiError:
    """Return a refusal as it concerns one of many: several matches of an external id have no status 300 there."""
    if isinstance(error, ChoicesError):
        return ApiError("DUPLICATE_EXTERNAL_ID", f"Multiple choices: {', '.join(error.urls)}", fields=())
    return error


def _records(request: Request) -> tuple[list[dict[str, Any]], bool]:
    body = json_object(request)
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(r, dict) for r in records):
        raise cannot_deserialize("list", records)
    check_size(len(records), MOST_RECORDS)
    return records, as_flag(body.get("allOrNone", False))


def check_size(size: int, most: int) -> None:
    """Refuse more records than a call may carry."""
    if size > most:
        text = f"record limit reached. cannot submit more than {most} records into this call"
        raise ApiError("EXCEEDED_ID_LIMIT", text)


def _kind_of(org: Org, record: dict[str, Any]) -> Kind:
    about = record.get("attributes")
    name = about.get("type") if isinstance(about, dict) else None
    if not isinstance(name, str):
        raise ApiError("INVALID_TYPE", "sObject type must be specified in the attributes of each record", fields=())
    try:
        return org.kind(name)
    except ApiError:
        raise ApiError("INVALID_TYPE", f"sObject type '{name}' is not supported.", fields=()) from None


def _id_in(record: dict[str, Any]) -> str:
    return next((v for k, v in record.items() if k.lower() == "id" and isinstance(v, str)), "")


def _without_id(record: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in record.items() if k.lower() != "id"}


def repeated(org: Org, keys: Sequence[Any]) -> set[int]:
    """Return the positions refused because the same external id occurs more than once in the call."""
    folded = [str(k).strip().casefold() for k in keys]
    often = {k for k, n in Counter(folded).items() if n > 1 and k not in ("none", "")}
    if not often:
        return set()
    org.rests_on("salesforce.repeated_key")
    first = {folded.index(k) for k in often}
    found = {n for n, k in enumerate(folded) if k in often}
    return found if org.settings["repeated_key"] == "refuse_all" else found - first
