"""Form definitions `/marketing/v3/forms`: rows of kind "forms", whose id is the form's guid.

Values: `name`, `groups` (field groups as v3 shows them), `configuration`, `display`, `legal`. Facts: research/hubspot.md
1.10 and the models of hubspot-api-client 12. Only forms made in HubSpot exist here (`formType: hubspot`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ....journal import Row
from ....store import Store
from ....wire import Evidence, Request, Response
from .. import errors
from ..paging import after_of, limit_of, next_page
from ..portal import Portal, iso_ms
from ..wire import VERSIONS, answers, body_of, json_response

KIND = "forms"
HUBSPOT = "hubspot"
FORM_TYPES = (HUBSPOT, "captured", "flow", "blog_comment")
CONTACT_TYPE = "0-1"
EXPLICIT, IMPLICIT = "explicit_consent_to_process", "implicit_consent_to_process"
LEGAL_TYPES = ("none", EXPLICIT, IMPLICIT, "legitimate_interest")

_ROOTS = ("/marketing/v3/forms", *(f"/marketing/forms/{v}" for v in VERSIONS))
_ONE = tuple(f"{root}/{{formId}}" for root in _ROOTS)
# Member of the API -> value of the row, and the JSON type it must have.
_MEMBERS: dict[str, tuple[str, type]] = {
    "name": ("name", str), "fieldGroups": ("groups", list), "configuration": ("configuration", dict),
    "displayOptions": ("display", dict), "legalConsentOptions": ("legal", dict),
}
_JAVA: dict[type, str] = {str: "java.lang.String", list: "java.util.ArrayList", dict: "java.util.LinkedHashMap"}
_CONFIGURATION = {
    "language": "en", "cloneable": True, "editable": True, "archivable": True, "recaptchaEnabled": False,
    "createNewContactForNewEmail": False, "notifyContactOwner": False, "notifyRecipients": [],
    "prePopulateKnownValues": True, "allowLinkToResetKnownValues": False, "lifecycleStages": [],
    "postSubmitAction": {"type": "thank_you", "value": "Thanks for submitting the form."},
}
_DISPLAY = {"renderRawHtml": False, "theme": "default_style", "submitButtonText": "Submit", "style": {}, "cssClass": ""}
_DEFAULTS: dict[str, Any] = {"configuration": _CONFIGURATION, "display": _DISPLAY, "legal": {"type": "none"}}


def define(store: Store) -> None:
    """Declare the kind that holds forms."""
    store.define(KIND)


def add(
    dialect: Portal, name: str, fields: Iterable[str] = ("email",), *, required: Iterable[str] = ("email",),
    legal: dict[str, Any] | None = None, guid: str | None = None, redirect_to: str = "",
) -> Row:
    """Add a form, as somebody would in the editor, and return it; its id is the guid.

    ``fields`` are contact properties, ``legal`` the `legalConsentOptions` of the form (default: none), ``redirect_to`` where
    the visitor goes afterwards. Raises ValueError for a property that contacts do not have, or a guid that is taken.
    """
    known, must = dialect.catalogue("contacts").by_name, set(required)
    unknown = [f for f in fields if f not in known]
    if unknown:
        raise ValueError(f"contacts have no property {', '.join(unknown)}")
    groups = [{"groupType": "default_group", "richTextType": "text", "fields": [
        {"objectTypeId": CONTACT_TYPE, "name": f, "label": known[f].label, "required": f in must, "hidden": False,
         "fieldType": _field_type(f, known[f].field_type), "dependentFields": [], **_validation(f)}
    ]} for f in fields]
    action = {"type": "redirect_url", "value": redirect_to} if redirect_to else _CONFIGURATION["postSubmitAction"]
    return dialect.store.create(KIND, guid or dialect.dice.uuid("hubspot.form"), {
        "name": name, "groups": groups, "configuration": {**_CONFIGURATION, "postSubmitAction": action},
        "display": dict(_DISPLAY), "legal": legal or {"type": "none"},
    })


def _field_type(name: str, field_type: str) -> str:
    if name == "email":
        return "email"
    return {"text": "single_line_text", "textarea": "multi_line_text", "phonenumber": "phone", "date": "datepicker",
            "select": "dropdown", "checkbox": "multiple_checkboxes", "booleancheckbox": "single_checkbox"}.get(
        field_type, field_type)


def _validation(name: str) -> dict[str, Any]:
    return {"validation": {"useDefaultBlockList": False, "blockedEmailDomains": []}} if name == "email" else {}


def fields_of(row: Row) -> Iterator[dict[str, Any]]:
    """Yield the fields of a form, in order."""
    for group in row.values["groups"]:
        yield from group["fields"]


def shown(dialect: Portal, row: Row) -> dict[str, Any]:
    """Return a form as v3 shows it and note that the caller saw it."""
    dialect.served(row)
    body = {
        "id": row.id, "formType": HUBSPOT, "name": row.values["name"], "createdAt": iso_ms(row.created_ms),
        "updatedAt": iso_ms(row.modified_ms), "archived": row.deleted,
        **{member: row.values[name] for member, (name, _) in _MEMBERS.items() if member != "name"},
    }
    if row.deleted:
        body["archivedAt"] = iso_ms(row.modified_ms)
    return body


# -- endpoints ------------------------------------------------------------------------------------------


@answers("GET", *_ROOTS, id="forms.list", evidence=Evidence.CLIENT_SOURCE)
def list_forms(dialect: Portal, request: Request) -> Response:
    """Page through the forms."""
    limit, offset = limit_of(request, 20, 500), after_of(request)
    kinds = request.args("formTypes")
    unknown = [k for k in kinds if k not in (*FORM_TYPES, "all")]
    if unknown:
        raise errors.malformed(1, 2, f'Cannot deserialize value of type `FormType` from String "{unknown[0]}"')
    wanted = not kinds or HUBSPOT in kinds or "all" in kinds
    archived = request.flag("archived")
    found = [r for r in dialect.store.rows(KIND, deleted=True) if r.deleted is archived] if wanted else []
    body: dict[str, Any] = {"results": [shown(dialect, row) for row in found[offset : offset + limit]]}
    if offset + limit < len(found):
        body["paging"] = next_page(request, str(offset + limit))
    return json_response(body)


@answers("POST", *_ROOTS, id="forms.create", evidence=Evidence.CLIENT_SOURCE,
         note="configuration, display and legal options that are left out get defaults (assumed)")
def create_form(dialect: Portal, request: Request) -> Response:
    """Create a form."""
    body = body_of(request)
    missing = [n for n in ("formType", "name", "fieldGroups") if body.get(n) in (None, "")]
    if missing:
        raise errors.not_set(*missing)
    if body["formType"] != HUBSPOT:
        raise errors.malformed(1, 2, f'Cannot deserialize value of type `FormType` from String "{body["formType"]}"')
    values = _over(_DEFAULTS, _checked(dialect, body))
    row = dialect.store.create(KIND, dialect.dice.uuid("hubspot.form"), {**_DEFAULTS, **values})
    return json_response(shown(dialect, row), 201)


def _over(known: Mapping[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return the changes; objects among them keep what they do not mention."""
    return {n: {**known[n], **v} if n in ("configuration", "display") else v for n, v in changes.items()}


def _checked(dialect: Portal, body: dict[str, Any]) -> dict[str, Any]:
    """Return the members of a body as they are kept. Raises `Refusal`."""
    found: dict[str, Any] = {}
    for member, (name, wanted) in _MEMBERS.items():
        if body.get(member) is None:
            continue
        if not isinstance(body[member], wanted):
            raise errors.wrong_type(_JAVA[wanted], "the given value")
        found[name] = body[member]
    if found.get("name") == "":
        raise errors.not_set("name")
    for group in found.get("groups", []):
        _check_group(dialect, group)
    if "legal" in found and found["legal"].get("type") not in LEGAL_TYPES:
        raise errors.malformed(1, 2, f'Cannot deserialize value of type `LegalConsentOptions` from type "{found["legal"].get("type")}"')
    action = found.get("configuration", {}).get("postSubmitAction", {"type": "thank_you", "value": ""})
    if not isinstance(action, dict) or action.get("type") not in ("thank_you", "redirect_url") or not isinstance(action.get("value"), str):
        raise errors.malformed(1, 2, "postSubmitAction has a type (thank_you, redirect_url) and a value")
    return found


def _check_group(dialect: Portal, group: object) -> None:
    fields = group.get("fields") if isinstance(group, dict) else None
    if not isinstance(fields, list) or not all(isinstance(f, dict) for f in fields):
        raise errors.not_set("fields")
    known = dialect.catalogue("contacts").by_name
    for field in fields:
        if field.get("objectTypeId", CONTACT_TYPE) != CONTACT_TYPE:
            raise errors.Refusal(400, f"objectTypeId {field['objectTypeId']} is not supported in forms", code="NOT_MOCKED",
                                 assumed="hubspot.text_forms", hint="fields of forms are contact properties (0-1) here")
        if not isinstance(field.get("name"), str) or field["name"] not in known:
            raise errors.Refusal(400, f"Property {field.get('name')} does not exist", code="PROPERTY_DOESNT_EXIST",
                                 assumed="hubspot.text_forms")


@answers("GET", *_ONE, id="forms.get", evidence=Evidence.CLIENT_SOURCE, note="the text of the 404 is not captured")
def one_form(dialect: Portal, request: Request) -> Response:
    """Show one form."""
    return json_response(shown(dialect, _existing(dialect, request, archived=request.flag("archived"))))


@answers("PATCH", *_ONE, id="forms.update", evidence=Evidence.CLIENT_SOURCE)
def update_form(dialect: Portal, request: Request) -> Response:
    """Change some members of a form."""
    row = _existing(dialect, request)
    changes = _over(row.values, _checked(dialect, body_of(request)))
    return json_response(shown(dialect, dialect.store.update(row, changes) if changes else row))


@answers("PUT", *_ONE, id="forms.replace", evidence=Evidence.CLIENT_SOURCE)
def replace_form(dialect: Portal, request: Request) -> Response:
    """Replace a form: all members are needed."""
    row = _existing(dialect, request)
    body = body_of(request)
    missing = [member for member in _MEMBERS if body.get(member) is None]
    if missing:
        raise errors.not_set(*missing)
    return json_response(shown(dialect, dialect.store.update(row, _over(_DEFAULTS, _checked(dialect, body)))))


@answers("DELETE", *_ONE, id="forms.archive", evidence=Evidence.CLIENT_SOURCE)
def archive_form(dialect: Portal, request: Request) -> Response:
    """Archive a form: it takes no submissions any more."""
    dialect.store.delete(_existing(dialect, request))
    return Response(204)


def _existing(dialect: Portal, request: Request, *, archived: bool = False) -> Row:
    row = dialect.store.get(KIND, request.params["formId"], deleted=archived)
    if row is None:
        raise errors.not_found()
    return row
