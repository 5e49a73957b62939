"""The schemas API: custom objects, their properties and what they are associated with (research/hubspot.md 1.4).

A schema is a row of kind `schemas`; records of the object are rows of the kind that is its type id. Only an object without
records can be deleted. Shapes and texts of answers follow HubSpot's documents; texts of refusals have not been captured.
"""

from __future__ import annotations

import re
from typing import Any

from ...journal import Row
from ...wire import Evidence, Request, Response
from . import errors, properties
from .catalogue import FIELD_TYPES, TYPES, Property, custom_group
from .custom_types import FIRST_TYPE, SCHEMAS
from .definitions import groups_of, put, put_group
from .errors import Refusal
from .kinds import OBJECT_TYPES, ObjectType
from .links import USER_DEFINED
from .portal import Portal, iso_ms
from .views import checked_type
from .wire import VERSIONS, answers, body_of, json_response, text_of

_FIRST_TYPE_ID = 101
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
_ROOTS = ("/crm/v3/schemas", "/crm-object-schemas/v3/schemas", *(f"/crm-object-schemas/{v}/schemas" for v in VERSIONS))
_ONE = tuple(f"{root}/{{objectType}}" for root in _ROOTS)
_TIES = tuple(f"{root}/{{objectType}}/associations" for root in _ROOTS)


@answers("GET", *_ROOTS, id="schemas.list", evidence=Evidence.DOCUMENT)
def list_schemas(dialect: Portal, request: Request) -> Response:
    """Return the custom objects (or those that were deleted); the vendor's own types are not among them."""
    archived = request.flag("archived")
    rows = [row for row in dialect.store.rows(SCHEMAS, deleted=archived) if row.deleted is archived]
    return json_response({"results": [shown(dialect, row) for row in rows]})


@answers("GET", *_ONE, id="schemas.get", evidence=Evidence.DOCUMENT)
def get_schema(dialect: Portal, request: Request) -> Response:
    """Return one custom object by type id, fully qualified name or `p_name`."""
    return json_response(shown(dialect, _row(dialect, request)))


@answers("POST", *_ROOTS, id="schemas.create", evidence=Evidence.DOCUMENT)
def create_schema(dialect: Portal, request: Request) -> Response:
    """Define a custom object with its properties and associations."""
    body = body_of(request)
    row = define(dialect, body)
    return json_response(shown(dialect, row), 201)


@answers("PATCH", *_ONE, id="schemas.update", evidence=Evidence.DOCUMENT)
def update_schema(dialect: Portal, request: Request) -> Response:
    """Change labels, which properties are required, searchable or displayed; the answer has no properties."""
    row, body = _row(dialect, request), body_of(request)
    known = dialect.catalogue(row.id).by_name
    changes: dict[str, Any] = {}
    if "labels" in body:
        changes["labels"] = _labels(body)
    for name in ("requiredProperties", "searchableProperties", "secondaryDisplayProperties"):
        if name in body:
            changes[name] = _names(body, name)
    if body.get("primaryDisplayProperty") is not None:
        changes["primaryDisplayProperty"] = text_of(body["primaryDisplayProperty"])
    if body.get("description") is not None:
        changes["description"] = text_of(body["description"])
    _check_names(changes, known)
    new = dialect.store.update(row, changes)
    found = shown(dialect, new)
    return json_response({k: v for k, v in found.items() if k not in ("properties", "associations")})


@answers("DELETE", *_ONE, id="schemas.delete", evidence=Evidence.DOCUMENT)
def delete_schema(dialect: Portal, request: Request) -> Response:
    """Delete a custom object that has no records; `archived=true` removes a deleted one for good, so that its name is free."""
    if request.flag("archived"):
        row = _archived(dialect, request.params["objectType"])
        dialect.store.erase(row)
        return Response(204)
    row = _row(dialect, request)
    if any(True for _ in dialect.store.rows(row.id)):
        raise Refusal(400, f"Object type {row.id} still has records and cannot be deleted", assumed="hubspot.text_schema_in_use")
    dialect.store.delete(row)
    return Response(204)


@answers("POST", *_TIES, id="schemas.associate", evidence=Evidence.DOCUMENT)
def associate(dialect: Portal, request: Request) -> Response:
    """Let records of a custom object be associated with those of another type."""
    row, body = _row(dialect, request), body_of(request)
    missing = [n for n in ("fromObjectTypeId", "toObjectTypeId") if not body.get(n)]
    if missing:
        raise errors.not_set(*missing)
    one, other = (checked_type(dialect, text_of(body[n])) for n in ("fromObjectTypeId", "toObjectTypeId"))
    if row.id not in (one.kind, other.kind):
        raise Refusal(400, f"{row.id} is neither end of the association", assumed="hubspot.text_association_type")
    return json_response(_shown_tie(_tie(dialect, one, other, str(body.get("name") or ""))), 201)


@answers("DELETE", *(f"{p}/{{associationIdentifier}}" for p in _TIES), id="schemas.dissociate", evidence=Evidence.DOCUMENT)
def dissociate(dialect: Portal, request: Request) -> Response:
    """Remove an association definition that no two records use."""
    row, number = _row(dialect, request), request.params["associationIdentifier"]
    found = dialect.store.get("association_labels", number)
    if found is None or row.id not in (found.values["from_kind"], found.values["to_kind"]):
        raise errors.not_found()
    mark = (USER_DEFINED, int(number))
    if any(mark in pair.values[side] for pair in dialect.store.rows("associations") for side in ("forward", "backward")):
        raise Refusal(400, f"Association {number} is in use and cannot be deleted", assumed="hubspot.text_schema_in_use")
    for type_id in (found.values["inverse_id"], found.values["type_id"]):
        twin = dialect.store.get("association_labels", str(type_id))
        if twin is not None:
            dialect.store.erase(twin)
    return Response(204)


# -- defining -------------------------------------------------------------------------------------------


def define(dialect: Portal, body: dict[str, Any], *, type_id: str = "", qualified: str = "") -> Row:
    """Define a custom object as a schema body says, all or nothing. Raises `Refusal`.

    ``type_id`` and ``qualified`` are those of a portal whose metadata is taken on; else the next free number is taken.
    """
    missing = [n for n in ("labels", "name", "properties", "requiredProperties") if body.get(n) is None]
    if missing:
        raise errors.not_set(*missing)
    name = text_of(body["name"])
    if not _NAME.fullmatch(name):
        raise Refusal(400, f"{name} is not a valid object name: letters, digits and underscores, a letter first",
                      assumed="hubspot.text_schema_invalid")
    taken = dialect.find_type(f"p_{name}") or dialect.find_type(qualified or f"p{dialect.portal_id}_{name}")
    if taken is not None:
        raise errors.already_exists("Object type", name)
    own = _new_properties(dialect, name, body["properties"])
    values = {
        "name": name, "labels": _labels(body), "description": str(body.get("description") or ""),
        "primaryDisplayProperty": str(body.get("primaryDisplayProperty") or next(iter(own), "")),
        "requiredProperties": _names(body, "requiredProperties"),
        "searchableProperties": _names(body, "searchableProperties"),
        "secondaryDisplayProperties": _names(body, "secondaryDisplayProperties"),
        "fullyQualifiedName": qualified or f"p{dialect.portal_id}_{name}",
    }
    _check_names(values, own)
    ends = [checked_type(dialect, text_of(n)) for n in _items(body, "associatedObjects")]
    kind = type_id or f"2-{dialect.dice.count('hubspot.object_types', FIRST_TYPE)}"
    dialect.store.define(kind)
    row = dialect.store.create(SCHEMAS, kind, values)
    for prop in own.values():
        if prop.group not in groups_of(dialect, kind):
            put_group(dialect, kind, prop.group, prop.group)
        put(dialect, kind, prop)
    for other in ends:
        _tie(dialect, dialect.object_type(kind), other, "")
    return row


def _new_properties(dialect: Portal, name: str, given: object) -> dict[str, Property]:
    if not isinstance(given, list) or not all(isinstance(p, dict) for p in given):
        raise errors.wrong_type("java.util.ArrayList<java.lang.Object>", "the given value")
    group, stamp = custom_group(name), iso_ms(dialect.clock.now_ms())
    found: dict[str, Property] = {}
    for item in given:
        # Only name and label are demanded here: the rest has defaults.
        full = {"type": "string", "fieldType": FIELD_TYPES.get(str(item.get("type") or "string"), ("text",))[0], **item,
                "groupName": item.get("groupName") or group}
        if full["type"] == "string" and not item.get("fieldType"):
            full["fieldType"] = "text"
        prop = properties.made(full, stamp)
        if prop.type not in TYPES or prop.name in found:
            raise errors.already_exists("Property", prop.name)
        found[prop.name] = prop
    return found


def _labels(body: dict[str, Any]) -> dict[str, str]:
    given = body["labels"]
    if not isinstance(given, dict):
        raise errors.wrong_type("ObjectTypeDefinitionLabels", "the given value")
    return {n: str(given[n]) for n in ("singular", "plural") if given.get(n)}


def _items(body: dict[str, Any], member: str) -> list[Any]:
    found = body.get(member) or []
    if not isinstance(found, list):
        raise errors.wrong_type("java.util.ArrayList<java.lang.String>", "the given value")
    return found


def _names(body: dict[str, Any], member: str) -> list[str]:
    return [text_of(n) for n in _items(body, member)]


def _check_names(values: dict[str, Any], known: dict[str, Property]) -> None:
    """Refuse a property that the object does not have as a required, searchable or displayed one."""
    named = [n for key in ("requiredProperties", "searchableProperties", "secondaryDisplayProperties") for n in values.get(key, ())]
    named += [values["primaryDisplayProperty"]] if values.get("primaryDisplayProperty") else []
    for name in named:
        if name not in known:
            raise Refusal(400, f'Property "{name}" does not exist', assumed="hubspot.text_schema_invalid")


def _tie(dialect: Portal, one: ObjectType, other: ObjectType, name: str) -> Row:
    """Define the pair of unlabeled types between two object types, unless they are there; return the forward one."""
    for row in dialect.store.rows("association_labels"):
        v = row.values
        if (v["from_kind"], v["to_kind"], v["label"]) == (one.kind, other.kind, None):
            return row
    to_id, back_id = (dialect.dice.count("hubspot.association_types", _FIRST_TYPE_ID) for _ in range(2))
    made = []
    for type_id, inverse_id, here, there in ((to_id, back_id, one, other), (back_id, to_id, other, one)):
        made.append(dialect.store.create("association_labels", str(type_id), {
            "type_id": type_id, "inverse_id": inverse_id, "name": name or f"{here.singular}_to_{there.singular}", "label": None,
            "from_kind": here.kind, "to_kind": there.kind,
        }))
    return made[0]


# -- showing --------------------------------------------------------------------------------------------


def shown(dialect: Portal, row: Row) -> dict[str, Any]:
    """Return a schema as the API shows it."""
    v = row.values
    ties = [r for r in dialect.store.rows("association_labels")
            if r.values["label"] is None and row.id in (r.values["from_kind"], r.values["to_kind"])]
    found = [] if row.deleted else dialect.catalogue(row.id).by_name.values()
    return {
        "associations": [_shown_tie(r) for r in ties], "secondaryDisplayProperties": v["secondaryDisplayProperties"],
        "createdByUserId": None, "objectTypeId": row.id, "updatedByUserId": None, "properties": [properties.shown(p) for p in found],
        "fullyQualifiedName": v["fullyQualifiedName"], "labels": v["labels"], "archived": row.deleted,
        "createdAt": iso_ms(row.created_ms), "updatedAt": iso_ms(row.modified_ms),
        "requiredProperties": v["requiredProperties"], "searchableProperties": v["searchableProperties"],
        "primaryDisplayProperty": v["primaryDisplayProperty"], "name": v["name"], "description": v["description"],
        "id": row.id[2:], "metaType": "PORTAL_SPECIFIC",
    }


def _shown_tie(row: Row) -> dict[str, Any]:
    v = row.values
    return {"id": str(v["type_id"]), "name": v["name"], "fromObjectTypeId": _type_id(v["from_kind"]),
            "toObjectTypeId": _type_id(v["to_kind"]), "createdAt": None, "updatedAt": None}


def _type_id(kind: str) -> str:
    return OBJECT_TYPES[kind].type_id if kind in OBJECT_TYPES else kind


def _row(dialect: Portal, request: Request) -> Row:
    found = dialect.find_type(request.params["objectType"])
    row = dialect.store.get(SCHEMAS, found.kind) if found is not None else None
    if row is None:
        raise errors.not_found()
    return row


def _archived(dialect: Portal, name: str) -> Row:
    for row in dialect.store.rows(SCHEMAS, deleted=True):
        if row.deleted and name.lower() in (row.id, row.values["fullyQualifiedName"].lower(), f"p_{row.values['name']}".lower()):
            return row
    raise errors.not_found()

