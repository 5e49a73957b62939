"""One record at a time: create, read, change, delete, by id or by external id, and upsert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...journal import Row
from ...wire import Evidence, Request, Response
from . import saving
from .columns import Column
from .conditions import check_row, is_conditional, row_headers
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
from .queries import answered, run
from .relationships import children_query, is_relationship, parent
from .values import coerce
from .wire import chosen_json, record_json, row_url, version_number
from .writer import Writer, writer_of

SOBJECT = "/services/data/{version}/sobjects/{object}"
ROW = SOBJECT + "/{id}"
KEYED = SOBJECT + "/{field}/{value}"


def existing(org: Org, kind: Kind, key: str, *, reading: bool = False) -> Row:
    """Return the living row with this id. Raises ApiError as GET (``reading``) or PATCH and DELETE would."""
    row = org.row(kind, key)
    if row is None:
        if full_id(key) is None:
            hint = "" if any(c.isdigit() for c in key) else f"sobjects/{kind.name}/{key} is not mocked"
            raise ApiError("NOT_FOUND", NO_SUCH_KEY_FIELD.format(name=key), status=404, hint=hint)
        raise not_found() if reading else unknown_row()
    if row.deleted:
        raise deleted_row()
    return row


def key_column(kind: Kind, name: str) -> Column:
    """Return the external id or id look-up field called ``name``. Raises ApiError NOT_FOUND."""
    column = kind.find(name)
    if column is None or not column.is_key:
        known = ", ".join(c.name for c in kind.columns.values() if c.is_key)
        text = NO_SUCH_KEY_FIELD.format(name=name)
        raise ApiError("NOT_FOUND", text, status=404, hint=f"keys of {kind.name}: {known or 'none'}")
    return column


def matching(org: Org, kind: Kind, column: Column, value: Any, version: str) -> Row | None:
    """Return the one living row whose key field holds ``value``. Raises ChoicesError when there are several."""
    if column.name == "Id":
        return existing(org, kind, str(value))
    wanted = coerce(org, column, value, strict=False)
    if org.store.is_indexed(kind.name, column.name):
        ids = saving.holders(org, kind, column, wanted) if wanted is not None else ()
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


def overrides_method(request: Request) -> bool:
    """Tell whether a POST stands for a PATCH (`?_HttpMethod=PATCH`)."""
    return bool(request.query_string) and (request.arg("_HttpMethod") or "").upper() == "PATCH"


def _shown(org: Org, request: Request, kind: Kind, row: Row) -> Response:
    if is_conditional(request):
        same = check_row(org, request, kind, row)
        if same is not None:
            return same
    org.served(row)
    version = request.params["version"]
    fields = request.args("fields") if request.query_string else []
    response = reply(request, chosen_json(kind, row, version, fields) if fields else record_json(kind, row, version))
    response.headers.extend(row_headers(kind, row))
    return response


def _changed(org: Org, request: Request, kind: Kind, row: Row, payload: Mapping[str, Any]) -> Row:
    if is_conditional(request):
        check_row(org, request, kind, row)
    return saving.update(org, kind, row, payload, writer_of(org, request))


@rest("POST", SOBJECT, SOBJECT + "/Id", id="rows.create", evidence=Evidence.CLIENT_RUN, probe="4, 5")
def create(org: Org, request: Request) -> Response:
    """Make a record: 201 with its id."""
    kind = org.kind(request.params["object"])
    row = saving.create(org, kind, json_object(request), writer_of(org, request))
    response = reply(request, {"id": row.id, "success": True, "errors": []}, 201)
    response.headers.append(("Location", row_url(kind.name, row.id, request.params["version"])))
    return response


@rest("GET", ROW, id="rows.read", evidence=Evidence.RECORDING, probe="4, 6")
def read(org: Org, request: Request) -> Response:
    """Show a record, whole or the fields asked for."""
    kind = org.kind(request.params["object"])
    return _shown(org, request, kind, existing(org, kind, request.params["id"], reading=True))


@rest("HEAD", ROW, id="rows.head", evidence=Evidence.DOCUMENT)
def head(org: Org, request: Request) -> Response:
    """Tell whether there is such a record, with the headers that GET would send."""
    kind = org.kind(request.params["object"])
    row = existing(org, kind, request.params["id"], reading=True)
    same = check_row(org, request, kind, row) if is_conditional(request) else None
    return same or Response(200, b"", headers=row_headers(kind, row))


@rest("PATCH", ROW, id="rows.update", evidence=Evidence.CLIENT_RUN, probe="4")
def update(org: Org, request: Request) -> Response:
    """Change a record: 204."""
    kind = org.kind(request.params["object"])
    row = existing(org, kind, request.params["id"])
    _changed(org, request, kind, row, json_object(request))
    return Response(204)


@rest("POST", ROW, id="rows.update_by_post", evidence=Evidence.DOCUMENT, note="only with ?_HttpMethod=PATCH")
def update_by_post(org: Org, request: Request) -> Response:
    """Change a record by POST, for callers that cannot send PATCH."""
    if overrides_method(request):
        return update(org, request)
    return org.unknown(request, ("DELETE", "GET", "HEAD", "PATCH"))


@rest("DELETE", ROW, id="rows.delete", evidence=Evidence.RECORDING, probe="10")
def delete(org: Org, request: Request) -> Response:
    """Put a record into the recycle bin: 204."""
    kind = org.kind(request.params["object"])
    saving.delete(org, kind, existing(org, kind, request.params["id"]))
    return Response(204)


@rest("GET", KEYED, id="rows.read_by_key", evidence=Evidence.CLIENT_RUN, probe="8",
      note="also relationship paths (/Contact/<id>/Account), one step long")
def read_by_key(org: Org, request: Request) -> Response:
    """Show the record whose external id has this value, or what a relationship of a record leads to."""
    kind = org.kind(request.params["object"])
    if is_relationship(kind, request):
        row, name = existing(org, kind, request.params["field"], reading=True), request.params["value"]
        found = parent(org, kind, row, name)
        if found is None:
            text = children_query(org, kind, row, name, request.args("fields"))
            return answered(org, request, run(org, request, text, include_deleted=False))
        return _shown(org, request, *found)
    return _shown(org, request, kind, _by_key(org, request, kind))


@rest("PATCH", KEYED, id="rows.upsert", evidence=Evidence.CLIENT_RUN, probe="7, 8, 9")
def upsert_by_key(org: Org, request: Request) -> Response:
    """Change or make the record whose external id has this value, or change the parent of a record."""
    kind = org.kind(request.params["object"])
    if is_relationship(kind, request):
        parent_kind, row = _parent(org, request, kind)
        _changed(org, request, parent_kind, row, json_object(request))
        return Response(204)
    column = key_column(kind, request.params["field"])
    payload = _without_key(org, column, json_object(request))
    writer, value = writer_of(org, request), request.params["value"]
    if is_conditional(request) or (request.query_string and request.arg("updateOnly") == "true"):
        found = matching(org, kind, column, value, writer.version)
        if found is None and request.arg("updateOnly") == "true":
            raise not_found()
        if found is not None:
            check_row(org, request, kind, found)
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
    if overrides_method(request):
        return upsert_by_key(org, request)
    return org.unknown(request, ("DELETE", "GET", "HEAD", "PATCH"))


@rest("DELETE", KEYED, id="rows.delete_by_key", evidence=Evidence.DOCUMENT)
def delete_by_key(org: Org, request: Request) -> Response:
    """Put the record whose external id has this value, or the parent of a record, into the recycle bin: 204."""
    kind = org.kind(request.params["object"])
    if is_relationship(kind, request):
        saving.delete(org, *_parent(org, request, kind))
    else:
        saving.delete(org, kind, _by_key(org, request, kind))
    return Response(204)


def _parent(org: Org, request: Request, kind: Kind) -> tuple[Kind, Row]:
    found = parent(org, kind, existing(org, kind, request.params["field"]), request.params["value"])
    if found is None:
        raise not_found(hint="only a parent can be written through a relationship")
    return found


def _by_key(org: Org, request: Request, kind: Kind) -> Row:
    column = key_column(kind, request.params["field"])
    row = matching(org, kind, column, request.params["value"], request.params["version"])
    if row is None:
        raise not_found()
    return row


def _without_key(org: Org, column: Column, payload: Mapping[str, Any]) -> dict[str, Any]:
    repeated = [k for k in payload if k.lower() == column.name.lower()]
    if repeated and org.settings["key_in_body"] == "refuse":
        raise ApiError("INVALID_FIELD", f"The {column.name} field should not be specified in the sobject data.")
    return {k: v for k, v in payload.items() if k not in repeated}
