"""Properties v1 and v2: adding, changing and deleting a custom property. The operations of v3 do it; this is their older voice."""

from __future__ import annotations

from ....wire import Evidence, Request, Response
from .. import properties as v3
from ..errors import Refusal
from ..portal import Portal
from ..wire import body_of, json_response
from .envelope import answers_v1
from .properties import ALL, NAMED, no_property, shown, type_in


@answers_v1("POST", *ALL, id="legacy.property_create", evidence=Evidence.CLIENT_SOURCE, note="refusals are worded as in v3")
def create_property(dialect: Portal, request: Request) -> Response:
    """Add a custom property and return it; 200."""
    kind = request.params["objectType"] = type_in(request).kind
    response = v3.create_property(dialect, request)
    return _shown(dialect, kind, str(body_of(request).get("name"))) if response.status == 201 else response


@answers_v1("PUT", *NAMED, id="legacy.property_update", evidence=Evidence.CLIENT_SOURCE, note="refusals are worded as in v3")
def update_property(dialect: Portal, request: Request) -> Response:
    """Change a definition and return it; `name` of the body, if any, must be that of the path."""
    kind, name = _existing(dialect, request)
    if body_of(request).get("name", name) != name:
        raise Refusal(400, f"The name of property {name} cannot be changed", assumed="hubspot.text_property_invalid")
    response = v3.update_property(dialect, request)
    return _shown(dialect, kind, name) if response.status == 200 else response


@answers_v1("DELETE", *NAMED, id="legacy.property_delete", evidence=Evidence.CLIENT_SOURCE, note="refusals are worded as in v3")
def delete_property(dialect: Portal, request: Request) -> Response:
    """Archive a custom property; 204."""
    _existing(dialect, request)
    return v3.archive_property(dialect, request)


def _existing(dialect: Portal, request: Request) -> tuple[str, str]:
    kind, name = type_in(request).kind, request.params["propertyName"]
    if name not in dialect.catalogue(kind).by_name:
        raise no_property(name)
    request.params["objectType"] = kind
    return kind, name


def _shown(dialect: Portal, kind: str, name: str) -> Response:
    return json_response(shown(dialect.catalogue(kind).by_name[name]))
