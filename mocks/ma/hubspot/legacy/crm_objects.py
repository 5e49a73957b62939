"""`/crm-objects/v1`: tickets, products and line items in the shape before v3 (research/hubspot.md 1.8, P2)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors, saving
from ..errors import Refusal
from ..kinds import OBJECT_TYPES, ObjectType
from ..portal import INTEGRATION, Portal
from ..wire import json_response, parsed
from .envelope import answers_v1, living, number_arg, number_param, properties_in
from .shapes import properties_v2

_ROOT = "/crm-objects/v1/objects/{objectType}"
_KINDS = ("tickets", "products", "line_items")


def _type(request: Request) -> ObjectType:
    name = request.params["objectType"].lower()
    if name not in _KINDS:
        raise errors.not_mocked(f"object type {name} in crm-objects v1", ", ".join(_KINDS))
    return OBJECT_TYPES[name]


def _shown(dialect: Portal, object_type: ObjectType, row: Row, names: Iterable[str] | None) -> dict[str, Any]:
    dialect.served(row)
    return {
        "objectType": object_type.legacy, "portalId": dialect.portal_id, "objectId": int(row.id),
        "properties": properties_v2(dialect.catalogue(object_type.kind), row, names, None), "version": row.revision,
        "isDeleted": row.deleted,
    }


def _names(request: Request) -> list[str]:
    return list(dict.fromkeys([*request.args("properties"), *request.args("propertiesWithHistory")]))


@answers_v1("GET", f"{_ROOT}/paged", id="legacy.objects", evidence=Evidence.CLIENT_SOURCE)
def paged(dialect: Portal, request: Request) -> Response:
    """Return one page of records in order of id; only the properties that are asked for."""
    object_type = _type(request)
    limit = number_arg(request, "limit", "count", default=100, most=100)
    offset = number_arg(request, "offset", default=0)
    rows = list(islice(dialect.rows_from(object_type.kind, offset + 1, archived=False), limit + 1))
    page, names = rows[:limit], _names(request)
    return json_response({
        "objects": [_shown(dialect, object_type, row, names) for row in page], "hasMore": len(rows) > limit,
        "offset": int(page[-1].id) if page else offset,
    })


@answers_v1("GET", f"{_ROOT}/{{objectId}}", id="legacy.object", evidence=Evidence.CLIENT_SOURCE)
def get_object(dialect: Portal, request: Request) -> Response:
    """Return one record with the properties that are asked for."""
    object_type = _type(request)
    return json_response(_shown(dialect, object_type, _living(dialect, object_type, request), _names(request)))


@answers_v1("POST", _ROOT, id="legacy.object_create", evidence=Evidence.CLIENT_SOURCE)
def create_object(dialect: Portal, request: Request) -> Response:
    """Create a record from `[{name, value}]` and return it."""
    object_type = _type(request)
    changes = saving.plan(dialect, object_type, _given(request), None)
    return json_response(_shown(dialect, object_type, saving.create(dialect, object_type, changes, INTEGRATION), None))


@answers_v1("PUT", f"{_ROOT}/{{objectId}}", id="legacy.object_update", evidence=Evidence.CLIENT_SOURCE)
def update_object(dialect: Portal, request: Request) -> Response:
    """Change a record by `[{name, value}]` and return it."""
    object_type = _type(request)
    row = _living(dialect, object_type, request)
    changes = saving.plan(dialect, object_type, _given(request), row)
    return json_response(_shown(dialect, object_type, saving.update(dialect, object_type, row, changes, INTEGRATION), None))


@answers_v1("DELETE", f"{_ROOT}/{{objectId}}", id="legacy.object_delete", evidence=Evidence.CLIENT_SOURCE)
def delete_object(dialect: Portal, request: Request) -> Response:
    """Archive a record; 204."""
    saving.archive(dialect, _living(dialect, _type(request), request), INTEGRATION)
    return Response(204)


def _living(dialect: Portal, object_type: ObjectType, request: Request) -> Row:
    missing = Refusal(404, "resource not found", category=None, code="OBJECT_NOT_FOUND")
    return living(dialect, object_type.kind, number_param(request, "objectId"), missing)


def _given(request: Request) -> dict[str, Any]:
    body = parsed(request)
    return properties_in({"properties": body}, "name")
