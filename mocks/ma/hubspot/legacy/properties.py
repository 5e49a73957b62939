"""Property definitions in the shape of v1 and v2, and where each family of paths finds them (research/hubspot.md 1.4).

The same definitions as in v3: `/properties/v1`, `/properties/v2`, `/contacts/v2`, `/companies/v2` and `/deals/v1` all show
an array of them.
"""

from __future__ import annotations

from typing import Any

from ....wire import Evidence, Request, Response
from ..catalogue import Property
from ..definitions import groups_of
from ..errors import Refusal
from ..kinds import ObjectType
from ..portal import USER_ID, Portal
from ..values import parse_ms
from ..wire import json_response
from .envelope import answers_v1, vendor_type

_ALL = ("/properties/v1/{objectType}/properties", "/properties/v2/{objectType}/properties")
# Families that know one object type.
_OWN = {"/contacts/v1/properties": "contacts", "/contacts/v2/properties": "contacts", "/companies/v2/properties": "companies",
        "/deals/v1/properties": "deals"}
_OWN_GROUPS = {"/contacts/v2/groups": "contacts", "/contacts/v1/groups": "contacts", "/companies/v2/groups": "companies",
               "/deals/v1/groups": "deals"}
NAMED = tuple(f"{path}/named/{{propertyName}}" for path in (*_ALL, *_OWN))
ALL = (*_ALL, *_OWN)
GROUPS = ("/properties/v1/{objectType}/groups", "/properties/v2/{objectType}/groups", *_OWN_GROUPS)
GROUPS_NAMED = tuple(f"{path}/named/{{groupName}}" for path in GROUPS)


def type_in(request: Request) -> ObjectType:
    """Return the object type that a path is about, by its parameter or its family. Raises `Refusal`."""
    named = request.params.get("objectType")
    return vendor_type(request.segments[0] if named is None else named)


def shown(prop: Property) -> dict[str, Any]:
    """Return a definition as v2 shows it; moments are milliseconds."""
    return {
        "name": prop.name, "label": prop.label, "description": prop.description, "groupName": prop.group,
        "type": prop.type, "fieldType": prop.field_type, "hidden": prop.hidden,
        "options": [
            {"label": label, "value": value, "displayOrder": at, "hidden": hidden, "readOnly": False, "doubleData": 0.0,
             "description": ""}
            for at, (value, label, hidden) in enumerate(prop.options)
        ],
        "deleted": prop.archived, "formField": prop.form_field, "displayOrder": prop.display_order,
        "readOnlyValue": prop.read_only, "readOnlyDefinition": prop.hubspot_defined,
        "mutableDefinitionNotDeletable": False, "calculated": prop.calculated, "externalOptions": prop.external_options,
        "referencedObjectType": prop.refers_to, "hubspotDefined": prop.hubspot_defined,
        "hasUniqueValue": prop.unique, "displayMode": "current_value", "showCurrencySymbol": False,
        "createdUserId": None if prop.hubspot_defined else USER_ID,
        "updatedUserId": None if prop.hubspot_defined else USER_ID,
        "createdAt": parse_ms(prop.created_at) or 0, "updatedAt": parse_ms(prop.updated_at) or 0, "favorited": False,
        "favoritedOrder": -1,
    }


def no_property(name: str) -> Refusal:
    """Return the 404 of a property that does not exist, in v1 words."""
    return Refusal(404, f"Couldn't find a Property with the given name '{name}'", category=None, code="PROPERTY_NOT_FOUND",
                   propertiesErrorCode="PROPERTY_NOT_FOUND")


def no_group(name: str) -> Refusal:
    """Return the 404 of a property group that does not exist, in v1 words."""
    return Refusal(404, f"Couldn't find a Property Group with the given name '{name}'", category=None,
                   code="GROUP_NOT_FOUND", groupsErrorCode="GROUP_NOT_FOUND")


@answers_v1("GET", *ALL, id="legacy.properties", evidence=Evidence.CLIENT_RUN)
def list_properties(dialect: Portal, request: Request) -> Response:
    """Return all living definitions as an array; forms, which Airbyte asks for too, are assumed to have none."""
    if request.params.get("objectType", "").lower() in ("form", "forms"):
        dialect.rests_on("hubspot.properties_of_forms")
        return json_response([])
    return json_response([shown(p) for p in dialect.catalogue(type_in(request).kind).by_name.values()])


@answers_v1("GET", *NAMED, id="legacy.property", evidence=Evidence.RECORDING)
def get_property(dialect: Portal, request: Request) -> Response:
    """Return one definition."""
    name = request.params["propertyName"]
    prop = dialect.catalogue(type_in(request).kind).by_name.get(name)
    if prop is None:
        raise no_property(name)
    return json_response(shown(prop))


@answers_v1("GET", *GROUPS, id="legacy.property_groups", evidence=Evidence.CLIENT_SOURCE)
def list_groups(dialect: Portal, request: Request) -> Response:
    """Return the groups as an array, their properties with them when `includeProperties=true`."""
    kind = type_in(request).kind
    return json_response([
        _group(dialect, kind, name, label, at, request) for at, (name, label) in enumerate(groups_of(dialect, kind).items())
    ])


@answers_v1("GET", *GROUPS_NAMED, id="legacy.property_group", evidence=Evidence.RECORDING)
def get_group(dialect: Portal, request: Request) -> Response:
    """Return one group."""
    kind, name = type_in(request).kind, request.params["groupName"]
    found = groups_of(dialect, kind)
    if name not in found:
        raise no_group(name)
    return json_response(_group(dialect, kind, name, found[name], list(found).index(name), request))


def _group(dialect: Portal, kind: str, name: str, label: str, at: int, request: Request) -> dict[str, Any]:
    body: dict[str, Any] = {"name": name, "displayName": label, "displayOrder": at, "hubspotDefined": True}
    if request.flag("includeProperties"):
        body["properties"] = [shown(p) for p in dialect.catalogue(kind).by_name.values() if p.group == name]
    return body
