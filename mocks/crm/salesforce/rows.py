"""One record at a time: create, read, change, delete, by id or by external id, and upsert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...journal import Row
from ...wire import Evidence, Request, Response
from . import saving
from .columns import Column
from .errors import (
    NO_SUCH_KEY_FIELD,
    ApiError,
    ChoicesError,
    deleted_row,
    json_object,
    not_found,
    reply,
    rest,
    unknown_row,
)
from .ids import full_id
from .kinds import Kind
from .org import Org
from .saving import Writer
from .values import coerce
from .wire import chosen_json, record_json, row_url, version_number

SOBJECT = "/services/data/{version}/sobjects/{object}"
ROW = SOBJECT + "/{id}"
KEYED = SOBJECT + "/{field}/{value}"


def writer_of(org: Org, request: Request) -> Writer:
    """Return who writes in this request."""
    return Writer(org.acting_user(request), request.params.get("version", "v67.0"))


def existing(org: Org, kind: Kind, key: str, *, reading: bool = False) -> Row:
    """Return the living row with this id. Raises ApiError as GET (``reading``) or PATCH and DELETE would."""
    row = org.row(kind, key)
    if row is None:
        if full_id(key) is None:
            raise ApiError("NOT_FOUND", NO_SUCH_KEY_FIELD.format(name=key), status=404)
        raise not_found() if reading else unknown_row()
    if row.deleted:
        raise deleted_row()
    return row


def key_column(kind: Kind, name: str) -> Column:
    """Return the external id or id look-up field called ``name``. Raises ApiError NOT_FOUND."""
    column = kind.find(name)
    if column is None or not column.is_key:
        raise ApiError("NOT_FOUND", NO_SUCH_KEY_FIELD.format(name=name), status=404)
    return column


def matching(org: Org, kind: Kind, column: Column, value: Any, version: str) -> Row | None:
    """Return the one living row whose key field holds ``value``. Raises ChoicesError when there are several."""
    if column.name == "Id":
        return existing(org, kind, str(value))
    wanted = coerce(org, column, value, strict=False)
    if org.store.is_indexed(kind.name, column.name):
        ids = org.store.find(kind.name, column.name, wanted) if wanted is not None else ()
    else:
        folded = str(wanted).casefold()
        ids = tuple(r.id for r in org.store.rows(kind.name) if str(r.values.get(column.name)).casefold() == folded)
    if len(ids) > 1:
        raise ChoicesError([row_url(kind.name, i, version) for i in ids])
    return org.store.get(kind.name, ids[0]) if ids else None


def upsert(
    org: Org, kind: Kind, column: Column, value: Any, payload: Mapping[str, Any], writer: Writer
) -> tuple[Row, bool]:
    """Change the row whose key field holds ``value``, or make it. Returns the row and whether it is new."""
    found = matching(org, kind, column, value, writer.version)
    if found is not None:
        return saving.update(org, kind, found, payload, writer), False
    # A calculated key (Name) finds records but cannot be written.
    keyed = {column.name: value, **payload} if column.info.createable else dict(payload)
    return saving.create(org, kind, keyed, writer), True


def _method_override(request: Request) -> str:
    return (request.arg("_HttpMethod") or "").upper()


def _shown(org: Org, request: Request, kind: Kind, row: Row) -> Response:
    org.served(row)
    version = request.params["version"]
    fields = request.args("fields") if request.query_string else []
    return reply(request, chosen_json(kind, row, version, fields) if fields else record_json(kind, row, version))


@rest("POST", SOBJECT, SOBJECT + "/Id", id="rows.create", evidence=Evidence.CLIENT_RUN, probe="4, 5")
def create(org: Org, request: Request) -> Response:
    """Make a record: 201 with its id."""
    kind = org.kind(request.params["object"])
    row = saving.create(org, kind, json_object(request), writer_of(org, request))
    response = reply(request, {"id": row.id, "success": True, "errors": []}, 201)
    response.headers.append(("Location", row_url(kind.name, row.id, request.params["version"])))
    return response


@rest("GET", ROW, id="rows.read", evidence=Evidence.RECORDING, probe="4, 6",
      note="no conditional headers (ETag, If-Modified-Since)")
def read(org: Org, request: Request) -> Response:
    """Show a record, whole or the fields asked for."""
    kind = org.kind(request.params["object"])
    return _shown(org, request, kind, existing(org, kind, request.params["id"], reading=True))


@rest("PATCH", ROW, id="rows.update", evidence=Evidence.CLIENT_RUN, probe="4")
def update(org: Org, request: Request) -> Response:
    """Change a record: 204."""
    kind = org.kind(request.params["object"])
    row = existing(org, kind, request.params["id"])
    saving.update(org, kind, row, json_object(request), writer_of(org, request))
    return Response(204)


@rest("POST", ROW, id="rows.update_by_post", evidence=Evidence.DOCUMENT, note="only with ?_HttpMethod=PATCH")
def update_by_post(org: Org, request: Request) -> Response:
    """Change a record by POST, for callers that cannot send PATCH."""
    if _method_override(request) == "PATCH":
        return update(org, request)
    return org.unknown(request, ("DELETE", "GET", "PATCH"))


@rest("DELETE", ROW, id="rows.delete", evidence=Evidence.RECORDING, probe="10")
def delete(org: Org, request: Request) -> Response:
    """Put a record into the recycle bin: 204."""
    kind = org.kind(request.params["object"])
    saving.delete(org, kind, existing(org, kind, request.params["id"]))
    return Response(204)


@rest("GET", KEYED, id="rows.read_by_key", evidence=Evidence.CLIENT_RUN, probe="8",
      note="relationship paths (/Contact/<id>/Account) are refused")
def read_by_key(org: Org, request: Request) -> Response:
    """Show the record whose external id has this value."""
    kind, row = _by_key(org, request)
    return _shown(org, request, kind, row)


@rest("PATCH", KEYED, id="rows.upsert", evidence=Evidence.CLIENT_RUN, probe="7, 8, 9")
def upsert_by_key(org: Org, request: Request) -> Response:
    """Change or make the record whose external id has this value."""
    kind = org.kind(request.params["object"])
    column = key_column(kind, request.params["field"])
    payload = _without_key(org, column, json_object(request))
    writer, value = writer_of(org, request), request.params["value"]
    if request.arg("updateOnly") == "true" and matching(org, kind, column, value, writer.version) is None:
        raise not_found()
    row, is_new = upsert(org, kind, column, value, payload, writer)
    if not is_new and version_number(writer.version) <= 45:
        return Response(204)
    body = {"id": row.id, "success": True, "errors": [], "created": is_new}
    response = reply(request, body, 201 if is_new else 200)
    if is_new:
        response.headers.append(("Location", row_url(kind.name, row.id, writer.version)))
    return response


@rest("POST", KEYED, id="rows.upsert_by_post", evidence=Evidence.DOCUMENT, note="only with ?_HttpMethod=PATCH")
def upsert_by_post(org: Org, request: Request) -> Response:
    """Upsert by POST, for callers that cannot send PATCH."""
    if _method_override(request) == "PATCH":
        return upsert_by_key(org, request)
    return org.unknown(request, ("DELETE", "GET", "PATCH"))


@rest("DELETE", KEYED, id="rows.delete_by_key", evidence=Evidence.DOCUMENT)
def delete_by_key(org: Org, request: Request) -> Response:
    """Put the record whose external id has this value into the recycle bin: 204."""
    kind, row = _by_key(org, request)
    saving.delete(org, kind, row)
    return Response(204)


def _by_key(org: Org, request: Request) -> tuple[Kind, Row]:
    kind = org.kind(request.params["object"])
    column = key_column(kind, request.params["field"])
    row = matching(org, kind, column, request.params["value"], request.params["version"])
    if row is None:
        raise not_found()
    return kind, row


def _without_key(org: Org, column: Column, payload: Mapping[str, Any]) -> dict[str, Any]:
    repeated = [k for k in payload if k.lower() == column.name.lower()]
    if repeated and org.settings["key_in_body"] == "refuse":
        raise ApiError("INVALID_FIELD", f"The {column.name} field should not be specified in the sobject data.")
    return {k: v for k, v in payload.items() if k not in repeated}
