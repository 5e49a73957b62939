"""Form definitions v2, `/forms/v2/forms`, which old connectors list (research/hubspot.md 1.8): read only."""

from __future__ import annotations

from typing import Any

from ....journal import Row
from ....wire import Evidence, Request, Response
from ..backwards import number_arg
from ..catalogue import Catalogue
from ..portal import Portal
from ..wire import answers, json_response
from . import refusals
from .definitions import KIND, fields_of


@answers("GET", "/forms/v2/forms", id="forms_v2.list", evidence=Evidence.CLIENT_SOURCE)
def list_forms(dialect: Portal, request: Request) -> Response:
    """Return all forms as a JSON array; `limit` and `offset` cut it."""
    rows = list(dialect.store.rows(KIND))
    offset = number_arg(request, "offset", 0)
    page = rows[offset : offset + number_arg(request, "limit", len(rows))]
    return json_response([_shown(dialect, row) for row in page])


@answers("GET", "/forms/v2/forms/{guid}", id="forms_v2.get", evidence=Evidence.RECORDING)
def one_form(dialect: Portal, request: Request) -> Response:
    """Show one form."""
    return json_response(_shown(dialect, _existing(dialect, request)))


@answers("GET", "/forms/v2/fields/{guid}", id="forms_v2.fields", evidence=Evidence.CLIENT_SOURCE)
def fields(dialect: Portal, request: Request) -> Response:
    """Return the fields of a form as a JSON array."""
    row = _existing(dialect, request)
    dialect.served(row)
    catalogue = dialect.catalogue("contacts")
    return json_response([_field(catalogue, f) for f in fields_of(row)])


def _existing(dialect: Portal, request: Request) -> Row:
    row = dialect.store.get(KIND, request.params["guid"])
    if row is None:
        raise refusals.no_form(request.params["guid"])
    return row


def _shown(dialect: Portal, row: Row) -> dict[str, Any]:
    dialect.served(row)
    v, catalogue = row.values, dialect.catalogue("contacts")
    action = v["configuration"]["postSubmitAction"]
    is_redirect = action["type"] == "redirect_url"
    return {
        "portalId": dialect.portal_id, "guid": row.id, "name": v["name"], "action": "", "method": "POST", "cssClass": "",
        "redirect": action["value"] if is_redirect else "", "submitText": str(v["display"].get("submitButtonText", "")),
        "inlineMessage": "" if is_redirect else action["value"], "formType": "HUBSPOT", "deletable": True, "cloneable": True,
        "captchaEnabled": False, "createdAt": row.created_ms, "updatedAt": row.modified_ms, "isPublished": True,
        "formFieldGroups": [
            {"fields": [_field(catalogue, f) for f in group["fields"]], "default": True, "isSmartGroup": False}
            for group in v["groups"]
        ],
    }


def _field(catalogue: Catalogue, field: dict[str, Any]) -> dict[str, Any]:
    prop = catalogue.by_name.get(field["name"])
    return {
        "name": field["name"], "label": field.get("label", ""), "type": prop.type if prop else "string",
        "fieldType": prop.field_type if prop else "text", "required": bool(field.get("required")),
        "hidden": bool(field.get("hidden")), "enabled": True, "description": "", "defaultValue": "", "isSmartField": False,
        "options": [{"value": value, "label": label} for value, label, hidden in prop.options if not hidden] if prop else [],
        "propertyObjectType": "CONTACT",
    }
