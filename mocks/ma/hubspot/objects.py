"""Records one at a time: list, create, read, update, archive (research/hubspot.md 1.2)."""

from __future__ import annotations

from itertools import islice
from typing import Any

import orjson

from ...journal import Row
from ...wire import Evidence, Request, Response
from . import errors, saving
from .kinds import ObjectType
from .links import check_room, checked_specs, link, target_kind
from .paging import after_of, limit_of, next_page, public_url
from .portal import INTEGRATION, Portal
from .views import shown, type_of, view_of, written
from .wire import answers, body_of, json_response, spellings, text_of

_LIST = spellings("objects", "/{objectType}")
_ONE = spellings("objects", "/{objectType}/{objectId}")


def find_row(
    dialect: Portal, object_type: ObjectType, key: str, id_property: str | None, *, archived: bool = False
) -> Row | None:
    """Return the record that an id, an e-mail address or a unique value names, or None. Old ids of merges work.

    Raises `Refusal` when ``id_property`` identifies nothing.
    """
    if id_property is None or id_property == "hs_object_id":
        row = dialect.store.get(object_type.kind, key, deleted=archived)
        return row if row is not None and row.deleted is archived else None
    if object_type.kind == "contacts" and id_property == "email":
        row = dialect.contact_by_email(key)
        if row is not None and row.values.get("email") != key.strip().lower():
            dialect.rests_on("hubspot.get_by_secondary_email")
            return row if dialect.settings["get_by_secondary_email"] else None
        return row
    if id_property not in dialect.catalogue(object_type.kind).unique:
        raise errors.Refusal(400, f"Property {id_property} is not a unique identifier property",
                             assumed="hubspot.text_id_property")
    found = dialect.store.find(object_type.kind, id_property, key)
    return dialect.store.get(object_type.kind, found[0]) if found else None


def existing(dialect: Portal, request: Request, object_type: ObjectType, *, archived: bool = False) -> Row:
    """Return the record that the path names. Raises `Refusal` (404) in the words that fit the id."""
    key, id_property = request.params["objectId"], request.arg("idProperty")
    row = find_row(dialect, object_type, key, id_property, archived=archived)
    if row is None:
        raise errors.not_found() if id_property or key.isdigit() else errors.not_numeric(key)
    return row


@answers("GET", "/crm/v4/objects/{objectType}", id="objects.list_v4", evidence=Evidence.CLIENT_SOURCE,
         note="as v3 answers: the tap-hubspot that is in use reads tickets from it")
@answers("GET", *_LIST, id="objects.list", evidence=Evidence.RECORDING, probe="7")
def list_objects(dialect: Portal, request: Request) -> Response:
    """Return one page of living (or archived) records in order of id."""
    object_type = type_of(dialect, request)
    catalogue = dialect.catalogue(object_type.kind)
    view = view_of(dialect, catalogue, request)
    limit = limit_of(request, 10, 50 if view.history else 100)
    archived = request.flag("archived")
    rows = list(islice(dialect.rows_from(object_type.kind, after_of(request), archived=archived), limit + 1))
    body: dict[str, Any] = {"results": [shown(dialect, catalogue, row, view) for row in rows[:limit]]}
    if len(rows) > limit:
        # The vendor's cursor is the last id shown plus one.
        body["paging"] = next_page(request, str(int(rows[limit - 1].id) + 1))
    return json_response(body)


@answers("GET", *_ONE, id="objects.get", evidence=Evidence.RECORDING, probe="3")
def get_object(dialect: Portal, request: Request) -> Response:
    """Return one record by id, e-mail address or unique value."""
    object_type = type_of(dialect, request)
    catalogue = dialect.catalogue(object_type.kind)
    view = view_of(dialect, catalogue, request)
    row = existing(dialect, request, object_type, archived=request.flag("archived"))
    return Response(200, orjson.dumps(shown(dialect, catalogue, row, view)))


@answers("POST", *_LIST, id="objects.create", evidence=Evidence.RECORDING, probe="1")
def create_object(dialect: Portal, request: Request) -> Response:
    """Create a record, with associations to existing ones."""
    object_type = type_of(dialect, request)
    body = body_of(request)
    if "properties" not in body:
        raise errors.not_set("properties")
    ties = planned_ties(dialect, object_type, body.get("associations"))
    changes = saving.plan(dialect, object_type, body["properties"], None)
    row = saving.create(dialect, object_type, changes, INTEGRATION)
    row = tie(dialect, row, ties)
    response = json_response(written(dialect, dialect.catalogue(object_type.kind), row, None), 201)
    response.headers.append(("Location", f"{public_url(request)}/crm/v3/objects/{object_type.kind}/{row.id}"))
    return response


@answers("PATCH", *_ONE, id="objects.update", evidence=Evidence.RECORDING, probe="6")
def update_object(dialect: Portal, request: Request) -> Response:
    """Change properties of a record; the answer shows those and the computed ones."""
    object_type = type_of(dialect, request)
    row = existing(dialect, request, object_type)
    body = body_of(request)
    if "properties" not in body:
        raise errors.not_set("properties")
    changes = saving.plan(dialect, object_type, body["properties"], row)
    row = saving.update(dialect, object_type, row, changes, INTEGRATION)
    return json_response(written(dialect, dialect.catalogue(object_type.kind), row, body["properties"]))


@answers("DELETE", *_ONE, id="objects.archive", evidence=Evidence.DOCUMENT)
def archive_object(dialect: Portal, request: Request) -> Response:
    """Archive a record; archiving what is archived or unknown changes nothing and is answered alike."""
    object_type = type_of(dialect, request)
    key = request.params["objectId"]
    if not key.isdigit():
        raise errors.not_numeric(key)
    row = dialect.store.get(object_type.kind, key)
    if row is not None:
        saving.archive(dialect, row, INTEGRATION)
    return Response(204)


# -- associations given on create -----------------------------------------------------------------------

Ties = list[tuple[ObjectType, str, set[tuple[str, int]]]]


def planned_ties(dialect: Portal, object_type: ObjectType, given: object) -> Ties:
    """Return the associations that a create body asks for, checked. Raises `Refusal`; a lead needs whom it is about."""
    if not given and object_type.kind != "leads" and given in (None, []):
        return []
    if given is not None and not isinstance(given, list):
        raise errors.wrong_type("java.util.ArrayList<java.lang.Object>", "Object value (token `JsonToken.START_OBJECT`)")
    ties = [_planned_tie(dialect, object_type, item) for item in given or ()]
    if object_type.kind == "leads" and not any(to.kind in ("contacts", "companies") for to, _, _ in ties):
        raise errors.Refusal(400, "A lead must be associated with a contact or a company when it is created",
                             assumed="hubspot.text_lead_association")
    return ties


def _planned_tie(dialect: Portal, object_type: ObjectType, item: object) -> tuple[ObjectType, str, set[tuple[str, int]]]:
    if not isinstance(item, dict) or not isinstance(item.get("to"), dict) or "id" not in item["to"] or not item.get("types"):
        raise errors.not_set("to", "types")
    to_type = type_reached(dialect, object_type, item["types"])
    specs = checked_specs(dialect, object_type.kind, to_type.kind, item["types"])
    to_id = text_of(item["to"]["id"])
    if dialect.store.get(to_type.kind, to_id) is None:
        raise not_valid(to_type, to_id)
    living = dialect.store.resolve(to_type.kind, to_id)
    check_room(dialect, object_type.kind, to_type.kind, living, specs)
    return to_type, living, specs


def type_reached(dialect: Portal, object_type: ObjectType, specs: Any) -> ObjectType:
    """Return the object type that the first association type of a body leads to. Raises `Refusal`."""
    wanted = specs[0].get("associationTypeId") if isinstance(specs, list) and isinstance(specs[0], dict) else None
    found = target_kind(dialect, object_type.kind, str(wanted))
    if found is None:
        raise errors.Refusal(400, f"{wanted} is not a valid association type of {object_type.type_id}",
                             assumed="hubspot.text_association_type")
    return dialect.object_type(found)


def not_valid(object_type: ObjectType, record_id: str) -> errors.Refusal:
    """Return the refusal for an association with a record that does not exist."""
    return errors.Refusal(400, f"{object_type.legacy}={record_id} is not valid")


def tie(dialect: Portal, row: Row, ties: Ties) -> Row:
    """Carry out planned associations and return the record as it is then."""
    for to_type, to_id, specs in ties:
        link(dialect, row.kind, row.id, to_type.kind, to_id, specs, source=INTEGRATION)
    return dialect.store.get(row.kind, row.id) or row
