"""Event definitions: `/events/v3/event-definitions` (research/hubspot.md 1.10, P2; shapes from the vendor's guide)."""

from __future__ import annotations

import re
from typing import Any

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors
from ..errors import Refusal
from ..paging import limit_of, next_page
from ..portal import USER_ID, Portal, iso_ms
from ..views import checked_type
from ..wire import VERSIONS, answers, body_of, json_response
from .kept import DEFINITIONS, definition

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,49}")
_PROPERTY_NAME = re.compile(r"[a-z][a-z0-9_-]{0,49}")
_TYPES = ("string", "number", "enumeration", "datetime", "bool")
_ROOTS = ("/events/v3/event-definitions", *(f"/events/event-definitions/{v}" for v in VERSIONS))
_ALL = _ROOTS
_ONE = tuple(f"{root}/{{eventName}}" for root in _ROOTS)
_PROPERTIES = tuple(f"{root}/{{eventName}}/property" for root in _ROOTS)
_PROPERTY = tuple(f"{root}/{{eventName}}/property/{{propertyName}}" for root in _ROOTS)
# Properties that every event has, on top of its own.
STANDARD = (
    "hs_asset_description", "hs_asset_type", "hs_browser", "hs_campaign_id", "hs_city", "hs_country", "hs_device_name",
    "hs_device_type", "hs_element_class", "hs_element_id", "hs_element_text", "hs_language", "hs_link_href",
    "hs_operating_system", "hs_operating_version", "hs_page_content_type", "hs_page_id", "hs_page_title", "hs_page_url",
    "hs_parent_module_id", "hs_referrer", "hs_region", "hs_screen_height", "hs_screen_width", "hs_touchpoint_source",
    "hs_tracking_name", "hs_user_agent", "hs_utm_campaign", "hs_utm_content", "hs_utm_medium", "hs_utm_source", "hs_utm_term",
)


@answers("POST", *_ALL, id="events.define", evidence=Evidence.DOCUMENT)
def create_definition(dialect: Portal, request: Request) -> Response:
    """Define an event of an object type; the answer names it in full."""
    body = body_of(request)
    if not body.get("label"):
        raise errors.not_set("label")
    name = str(body.get("name") or re.sub(r"[^a-z0-9_-]+", "_", str(body["label"]).lower()).strip("_-"))
    if not _NAME.fullmatch(name):
        raise Refusal(400, f"Event name {name} is invalid: lower-case letters, digits, _ and - only, a letter first",
                      assumed="hubspot.text_event")
    full = f"pe{dialect.portal_id}_{name}"
    if dialect.store.get(DEFINITIONS, full, deleted=True) is not None:
        raise errors.already_exists("Event definition", full)
    object_type = checked_type(dialect, str(body.get("primaryObject") or "contact"))
    given = body.get("propertyDefinitions") or []
    if not isinstance(given, list):
        raise errors.wrong_type("java.util.ArrayList<java.lang.Object>", "the given value")
    properties = {p["name"]: p for p in map(_property, given)}
    row = dialect.store.create(DEFINITIONS, full, {
        "name": name, "label": str(body["label"]), "description": str(body.get("description") or ""),
        "kind": object_type.kind, "properties": properties, "number": dialect.dice.count("hubspot.event_definition", 9_100_001),
    })
    return json_response(_shown(dialect, row), 201)


def _property(given: object) -> dict[str, Any]:
    """Return a property of an event as it is kept. Raises `Refusal`."""
    if not isinstance(given, dict):
        raise errors.wrong_type("java.util.LinkedHashMap", "the given value")
    missing = [n for n in ("label", "type") if not given.get(n)]
    if missing:
        raise errors.not_set(*missing)
    name = str(given.get("name") or re.sub(r"[^a-z0-9_-]+", "_", str(given["label"]).lower()))
    if not _PROPERTY_NAME.fullmatch(name) or given["type"] not in _TYPES:
        raise Refusal(400, f"Event property {name} of type {given['type']} is invalid", assumed="hubspot.text_event")
    options = given.get("options") or []
    if not isinstance(options, list) or not all(isinstance(o, dict) and "value" in o for o in options):
        raise errors.not_set("label", "value")
    return {"name": name, "label": str(given["label"]), "type": given["type"], "options": options,
            "description": str(given.get("description") or "")}


@answers("GET", *_ALL, id="events.definitions", evidence=Evidence.DOCUMENT)
def list_definitions(dialect: Portal, request: Request) -> Response:
    """Return one page of definitions, those whose name or label holds `searchString`."""
    limit = limit_of(request, 100, 100)
    wanted = (request.arg("searchString") or "").casefold()
    after = request.arg("after") or ""
    rows = [
        row for row in dialect.store.rows(DEFINITIONS)
        if wanted in f"{row.id} {row.values['label']}".casefold() and str(row.values["number"]) > after
    ]
    body: dict[str, Any] = {"total": len(rows), "results": [_shown(dialect, row) for row in rows[:limit]]}
    if len(rows) > limit:
        body["paging"] = next_page(request, str(rows[limit - 1].values["number"]))
    return json_response(body)


@answers("GET", *_ONE, id="events.definition", evidence=Evidence.DOCUMENT)
def get_definition(dialect: Portal, request: Request) -> Response:
    """Return one definition."""
    return json_response(_shown(dialect, _known(dialect, request)))


@answers("PATCH", *_ONE, id="events.update_definition", evidence=Evidence.DOCUMENT)
def update_definition(dialect: Portal, request: Request) -> Response:
    """Change label or description."""
    row, body = _known(dialect, request), body_of(request)
    changes = {n: str(body[n]) for n in ("label", "description") if body.get(n) is not None}
    return json_response(_shown(dialect, dialect.store.update(row, changes)))


@answers("DELETE", *_ONE, id="events.delete_definition", evidence=Evidence.DOCUMENT)
def delete_definition(dialect: Portal, request: Request) -> Response:
    """Delete a definition: its events can neither be sent nor read any more, its name is not free again."""
    dialect.store.delete(_known(dialect, request))
    return Response(204)


@answers("POST", *_PROPERTIES, id="events.add_property", evidence=Evidence.DOCUMENT)
def add_property(dialect: Portal, request: Request) -> Response:
    """Add a property to an event; 201."""
    row, prop = _known(dialect, request), _property(body_of(request))
    if prop["name"] in row.values["properties"]:
        raise errors.already_exists("Property", prop["name"])
    dialect.store.update(row, {"properties": {**row.values["properties"], prop["name"]: prop}})
    return json_response(prop, 201)


@answers("DELETE", *_PROPERTY, id="events.delete_property", evidence=Evidence.DOCUMENT)
def delete_property(dialect: Portal, request: Request) -> Response:
    """Take a property from an event; 204."""
    row, name = _known(dialect, request), request.params["propertyName"]
    if name not in row.values["properties"]:
        raise errors.not_found()
    dialect.store.update(row, {"properties": {n: p for n, p in row.values["properties"].items() if n != name}})
    return Response(204)


def _known(dialect: Portal, request: Request) -> Row:
    row = definition(dialect, request.params["eventName"])
    if row is None:
        raise errors.not_found()
    return row


def _shown(dialect: Portal, row: Row) -> dict[str, Any]:
    dialect.served(row)
    v = row.values
    return {
        "id": str(v["number"]), "name": v["name"], "fullyQualifiedName": row.id, "labels": {"singular": v["label"], "plural": None},
        "description": v["description"], "archived": row.deleted, "primaryObjectId": dialect.object_type(v["kind"]).type_id,
        "trackingType": "MANUAL", "createdAt": iso_ms(row.created_ms), "updatedAt": iso_ms(row.modified_ms),
        "createdUserId": USER_ID, "properties": list(v["properties"].values()),
    }
