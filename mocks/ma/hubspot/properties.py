"""The property API: what an object type has, and adding to it (research/hubspot.md 1.4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ...wire import Evidence, Request, Response
from . import errors
from .catalogue import FIELD_TYPES, TYPES, Property, archived_copy
from .definitions import groups_of, put, put_group
from .errors import Refusal
from .portal import USER_ID, Portal, iso_ms
from .properties_data import GROUPS
from .views import type_of
from .wire import answers, batch_answer, body_of, inputs_of, json_response, note_refusal, spellings, text_of

MOST_UNIQUE = 10
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
_ALL = spellings("properties", "/{objectType}")
_ONE = spellings("properties", "/{objectType}/{propertyName}")
_GROUPS = spellings("properties", "/{objectType}/groups")
_GROUP = spellings("properties", "/{objectType}/groups/{groupName}")


def shown(prop: Property) -> dict[str, Any]:
    """Return a definition as v3 shows it."""
    body: dict[str, Any] = {
        "updatedAt": prop.updated_at, "createdAt": prop.created_at, "name": prop.name, "label": prop.label,
        "type": prop.type, "fieldType": prop.field_type, "description": prop.description, "groupName": prop.group,
        "options": [
            {"label": label, "value": value, "description": "", "displayOrder": at, "hidden": hidden}
            for at, (value, label, hidden) in enumerate(prop.options)
        ],
        "displayOrder": prop.display_order, "calculated": prop.calculated, "externalOptions": prop.external_options,
        "archived": prop.archived, "hasUniqueValue": prop.unique, "hidden": prop.hidden,
    }
    if prop.refers_to is not None:
        body["referencedObjectType"] = prop.refers_to
    if prop.hubspot_defined:
        body["hubspotDefined"] = True
    else:
        body |= {"createdUserId": str(USER_ID), "updatedUserId": str(USER_ID)}
    return body | {
        "modificationMetadata": {
            "archivable": not prop.hubspot_defined, "readOnlyDefinition": prop.hubspot_defined, "readOnlyValue": prop.read_only,
        },
        "formField": prop.form_field, "dataSensitivity": "non_sensitive",
    }


@answers("GET", *_ALL, id="properties.list", evidence=Evidence.RECORDING)
def list_properties(dialect: Portal, request: Request) -> Response:
    """Return all living (or archived) definitions; there is no paging."""
    catalogue = dialect.catalogue(type_of(dialect, request).kind)
    found = catalogue.archived if request.flag("archived") else catalogue.by_name
    if (request.arg("dataSensitivity") or "non_sensitive") != "non_sensitive":
        found = {}  # there are no sensitive properties here, see `_create`
    return json_response({"results": [shown(p) for p in found.values()]})


@answers("GET", *_ONE, id="properties.get", evidence=Evidence.RECORDING)
def get_property(dialect: Portal, request: Request) -> Response:
    """Return one definition."""
    return json_response(shown(_named(dialect, request, archived=request.flag("archived"))))


@answers("POST", *_ALL, id="properties.create", evidence=Evidence.RECORDING)
def create_property(dialect: Portal, request: Request) -> Response:
    """Add a custom property."""
    return json_response(shown(_create(dialect, type_of(dialect, request).kind, body_of(request))), 201)


@answers("PATCH", *_ONE, id="properties.update", evidence=Evidence.DOCUMENT)
def update_property(dialect: Portal, request: Request) -> Response:
    """Change a definition; of a built-in one only the options of lists may grow (ASSUMED for which)."""
    prop = _named(dialect, request)
    body = body_of(request)
    changes = _changes(body, prop)
    kind = type_of(dialect, request).kind
    if "group" in changes and changes["group"] not in groups_of(dialect, kind):
        raise _no_group(changes["group"])
    new = replace(prop, updated_at=iso_ms(dialect.clock.now_ms()), **changes)
    put(dialect, kind, new)
    return json_response(shown(new))


@answers("DELETE", *_ONE, id="properties.archive", evidence=Evidence.DOCUMENT)
def archive_property(dialect: Portal, request: Request) -> Response:
    """Archive a custom property: it is neither shown nor writable any more."""
    _archive(dialect, type_of(dialect, request).kind, _named(dialect, request))
    return Response(204)


def _named(dialect: Portal, request: Request, *, archived: bool = False) -> Property:
    name = request.params["propertyName"]
    catalogue = dialect.catalogue(type_of(dialect, request).kind)
    found = (catalogue.archived if archived else catalogue.by_name).get(name)
    if found is None:
        raise errors.unknown_property(name)
    return found


def made(body: dict[str, Any], stamp: str) -> Property:
    """Return the custom property that a body describes. Raises `Refusal` for what is missing or not a property."""
    missing = [n for n in ("fieldType", "groupName", "label", "name", "type") if not body.get(n)]
    if missing:
        raise errors.not_set(*missing)
    name, type_, field_type = str(body["name"]), str(body["type"]), str(body["fieldType"])
    if not _NAME.fullmatch(name):
        raise Refusal(400, f"Property name {name} is invalid: lower-case letters, digits and underscores only",
                      assumed="hubspot.text_property_invalid")
    if type_ not in TYPES or field_type not in FIELD_TYPES[type_]:
        raise Refusal(400, f"{type_} / {field_type} is not a valid type and fieldType", assumed="hubspot.text_property_invalid")
    prop = Property(
        name, str(body["label"]), type_, field_type, str(body["groupName"]), _options(body.get("options")),
        description=str(body.get("description") or ""), unique=body.get("hasUniqueValue") is True,
        hidden=body.get("hidden") is True, form_field=body.get("formField") is not False,
        external_options=body.get("externalOptions") is True, display_order=_order(body.get("displayOrder")),
        calculated=field_type == "calculation_equation", read_only=field_type == "calculation_equation",
        created_at=stamp, updated_at=stamp,
    )
    if type_ == "bool" and not prop.options:
        prop = replace(prop, options=(("true", "Yes", False), ("false", "No", False)))
    return prop


def _create(dialect: Portal, kind: str, body: dict[str, Any]) -> Property:
    prop = made(body, iso_ms(dialect.clock.now_ms()))
    if prop.calculated or (body.get("dataSensitivity") or "non_sensitive") != "non_sensitive":
        raise Refusal(400, f"Property {prop.name} cannot be created: it is calculated or sensitive", code="NOT_MOCKED",
                      assumed="hubspot.text_property_invalid", hint="calculated and sensitive properties are not mocked")
    catalogue = dialect.catalogue(kind)
    if prop.name in catalogue.by_name or prop.name in catalogue.archived:
        raise errors.already_exists("Property", prop.name)
    if prop.group not in groups_of(dialect, kind):
        raise _no_group(prop.group)
    if prop.unique and sum(p.unique for p in catalogue.by_name.values() if not p.hubspot_defined) >= MOST_UNIQUE:
        raise Refusal(400, f"No more than {MOST_UNIQUE} properties of an object type may have unique values",
                      assumed="hubspot.text_property_invalid")
    put(dialect, kind, prop)
    return prop


def _order(given: object) -> int:
    if given is None:
        return -1
    if not isinstance(given, int) or isinstance(given, bool):
        raise errors.wrong_type("int", "String value (token `JsonToken.VALUE_STRING`)")
    return given


def _options(given: object) -> tuple[tuple[str, str, bool], ...]:
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(o, dict) and "label" in o and "value" in o for o in given):
        raise errors.not_set("label", "value")
    return tuple((str(o["value"]), str(o["label"]), bool(o.get("hidden"))) for o in given)


def _changes(body: dict[str, Any], prop: Property) -> dict[str, Any]:
    allowed = {"label": "label", "description": "description", "groupName": "group", "hidden": "hidden",
               "displayOrder": "display_order", "formField": "form_field", "type": "type", "fieldType": "field_type"}
    changes: dict[str, Any] = {mine: body[theirs] for theirs, mine in allowed.items() if theirs in body}
    for name, value in changes.items():
        wanted = {"hidden": bool, "form_field": bool, "display_order": int}.get(name, str)
        if type(value) is not wanted:
            raise errors.wrong_type(f"java.lang.{wanted.__name__}", "the given value")
    if "options" in body:
        changes["options"] = _options(body["options"])
    if prop.hubspot_defined and set(changes) - {"options"}:
        raise Refusal(400, f"{prop.name} is a HubSpot defined property; its definition cannot be changed",
                      assumed="hubspot.text_property_read_only")
    type_, field_type = changes.get("type", prop.type), changes.get("field_type", prop.field_type)
    if type_ not in TYPES or field_type not in FIELD_TYPES[type_]:
        raise Refusal(400, f"{type_} / {field_type} is not a valid type and fieldType", assumed="hubspot.text_property_invalid")
    return changes


def _archive(dialect: Portal, kind: str, prop: Property) -> None:
    _check_own(prop)
    put(dialect, kind, archived_copy(prop, iso_ms(dialect.clock.now_ms())))


def _check_own(prop: Property) -> None:
    """Refuse to archive what is the vendor's."""
    if prop.hubspot_defined:
        raise Refusal(400, f"{prop.name} is a HubSpot defined property and cannot be deleted",
                      assumed="hubspot.text_property_read_only")


# -- batches --------------------------------------------------------------------------------------------


@answers("POST", *spellings("properties", "/{objectType}/batch/read"), id="properties.batch_read", evidence=Evidence.DOCUMENT)
def read_properties(dialect: Portal, request: Request) -> Response:
    """Return several definitions; unknown names make it a 207."""
    catalogue = dialect.catalogue(type_of(dialect, request).kind)

    def read(item: dict[str, Any]) -> dict[str, Any]:
        name = _name_of(item)
        if name not in catalogue.by_name:
            raise errors.unknown_property(name)
        return shown(catalogue.by_name[name])

    return _batch(dialect, request, read, 200)


@answers("POST", *spellings("properties", "/{objectType}/batch/create"), id="properties.batch_create",
         evidence=Evidence.DOCUMENT)
def create_properties(dialect: Portal, request: Request) -> Response:
    """Add several properties; those that are refused make it a 207."""
    kind = type_of(dialect, request).kind
    return _batch(dialect, request, lambda item: shown(_create(dialect, kind, item)), 201)


@answers("POST", *spellings("properties", "/{objectType}/batch/archive"), id="properties.batch_archive",
         evidence=Evidence.DOCUMENT)
def archive_properties(dialect: Portal, request: Request) -> Response:
    """Archive several properties; unknown ones are ignored."""
    kind = type_of(dialect, request).kind
    names = dict.fromkeys(_name_of(item) for item in inputs_of(body_of(request), 100))
    known = dialect.catalogue(kind).by_name
    found = [known[name] for name in names if name in known]
    for prop in found:
        _check_own(prop)
    for prop in found:
        _archive(dialect, kind, prop)
    return Response(204)


def _name_of(item: dict[str, Any]) -> str:
    if "name" not in item:
        raise errors.not_set("name")
    return text_of(item["name"])


def _batch(dialect: Portal, request: Request, one: Callable[[dict[str, Any]], dict[str, Any]], status: int) -> Response:
    started = dialect.clock.now_ms()
    results, failures = [], []
    for item in inputs_of(body_of(request), 100):
        try:
            results.append(one(item))
        except Refusal as refusal:
            name = str(item.get("name") or "")
            note_refusal(dialect, name, refusal)
            failures.append(errors.error_item(refusal, {"name": [name]}))
    return batch_answer(dialect, results, failures, started, status)


# -- groups ---------------------------------------------------------------------------------------------


@answers("GET", *_GROUPS, id="property_groups.list", evidence=Evidence.DOCUMENT)
def list_groups(dialect: Portal, request: Request) -> Response:
    """Return the groups of an object type."""
    found = groups_of(dialect, type_of(dialect, request).kind)
    return json_response({"results": [_group(n, label, at) for at, (n, label) in enumerate(found.items())]})


@answers("GET", *_GROUP, id="property_groups.get", evidence=Evidence.DOCUMENT)
def get_group(dialect: Portal, request: Request) -> Response:
    """Return one group."""
    found, name = groups_of(dialect, type_of(dialect, request).kind), request.params["groupName"]
    if name not in found:
        raise errors.not_found()
    return json_response(_group(name, found[name], list(found).index(name)))


@answers("POST", *_GROUPS, id="property_groups.create", evidence=Evidence.DOCUMENT)
def create_group(dialect: Portal, request: Request) -> Response:
    """Add a group."""
    kind, body = type_of(dialect, request).kind, body_of(request)
    missing = [n for n in ("label", "name") if not body.get(n)]
    if missing:
        raise errors.not_set(*missing)
    found, name, label = groups_of(dialect, kind), text_of(body["name"]), text_of(body["label"])
    if name in found:
        raise errors.already_exists("Property group", name)
    put_group(dialect, kind, name, label)
    return json_response(_group(name, label, len(found)), 201)


@answers("PATCH", *_GROUP, id="property_groups.update", evidence=Evidence.DOCUMENT)
def update_group(dialect: Portal, request: Request) -> Response:
    """Rename a group; its order of display is that of its making."""
    kind, name = _named_group(dialect, request)
    label = body_of(request).get("label")
    if label is not None:
        put_group(dialect, kind, name, text_of(label))
    found = groups_of(dialect, kind)
    return json_response(_group(name, found[name], list(found).index(name)))


@answers("DELETE", *_GROUP, id="property_groups.archive", evidence=Evidence.DOCUMENT)
def archive_group(dialect: Portal, request: Request) -> Response:
    """Archive a group that no property is in and that people made (ASSUMED for what is refused)."""
    kind, name = _named_group(dialect, request)
    if name in GROUPS.get(kind, {}) or any(p.group == name for p in dialect.catalogue(kind).by_name.values()):
        raise Refusal(400, f"Property group {name} cannot be deleted", assumed="hubspot.text_property_read_only")
    put_group(dialect, kind, name, None)
    return Response(204)


def _named_group(dialect: Portal, request: Request) -> tuple[str, str]:
    kind, name = type_of(dialect, request).kind, request.params["groupName"]
    if name not in groups_of(dialect, kind):
        raise errors.not_found()
    return kind, name


def _group(name: str, label: str, at: int) -> dict[str, Any]:
    return {"name": name, "label": label, "displayOrder": at, "archived": False}


def _no_group(name: object) -> Refusal:
    return Refusal(400, f"Property group {name} does not exist", assumed="hubspot.text_property_invalid")
