"""Contacts v1, one at a time: create, create or update by address, read, change, delete (research/hubspot.md 1.8)."""

from __future__ import annotations

from typing import Any

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import saving
from ..errors import Refusal
from ..kinds import CONTACTS
from ..portal import INTEGRATION, Portal
from ..wire import body_of, json_response
from .envelope import Body, answers_v1, living, no_contact, number_param, properties_in
from .form_submissions import FormSubmissions
from .shapes import addresses, asked_names, contact, lead_guid, with_history

_ROOT = "/contacts/v1/contact"


@answers_v1("POST", f"{_ROOT}/createOrUpdate/email/{{email}}", id="legacy.contact_upsert", evidence=Evidence.CLIENT_SOURCE)
def create_or_update(dialect: Portal, request: Request) -> Response:
    """Change the contact with this address (primary or secondary), or create it; the answer says which."""
    email = request.params["email"]
    given = properties_in(body_of(request), "property")
    row = dialect.contact_by_email(email)
    is_new = row is None
    if row is None:
        if str(given.get("email", email)).strip().lower() != email.strip().lower():
            dialect.rests_on("hubspot.legacy_email_in_body")
        row = create(dialect, {"email": email, **given})
    else:
        row = update(dialect, row, given)
    dialect.served(row)
    return json_response({"vid": int(row.id), "isNew": is_new})


@answers_v1("POST", _ROOT, id="legacy.contact_create", evidence=Evidence.RECORDING)
def create_contact(dialect: Portal, request: Request) -> Response:
    """Create a contact and return its profile; a known address is a 409 that tells whose it is."""
    row = create(dialect, properties_in(body_of(request), "property"))
    return json_response(contact(dialect, row, None, history=True))


def create(dialect: Portal, given: dict[str, Any]) -> Row:
    """Create a contact from v1 properties. Raises `Refusal`, also a 409 with an `identityProfile`."""
    if not given.get("lifecyclestage"):
        given = {**given, "lifecyclestage": dialect.settings["legacy_lifecyclestage_on_create"]}
    try:
        changes = saving.plan(dialect, CONTACTS, given, None)
    except Refusal as refusal:
        owner = dialect.contact_by_email(str(given.get("email", ""))) if refusal.status == 409 else None
        if owner is None:
            raise
        raise _exists(dialect, owner, str(given["email"])) from None
    return saving.create(dialect, CONTACTS, changes, INTEGRATION)


def update(dialect: Portal, row: Row, given: dict[str, Any]) -> Row:
    """Change a contact by v1 properties and return it as it is then. Raises `Refusal`."""
    return saving.update(dialect, CONTACTS, row, saving.plan(dialect, CONTACTS, given, row), INTEGRATION)


def _exists(dialect: Portal, owner: Row, email: str) -> Refusal:
    dialect.served(owner)
    identities: list[Body] = []
    for address, is_primary in addresses(owner):
        entry: Body = {"value": address, "type": "EMAIL", "timestamp": owner.created_ms}
        if is_primary:
            entry["isPrimary"] = True
        identities.append(entry)
    identities.append({"value": lead_guid(dialect, owner), "type": "LEAD_GUID", "timestamp": owner.created_ms})
    profile = {"vid": int(owner.id), "identity": identities, "linkedVid": [], "isContact": True,
               "savedAtTimestamp": owner.modified_ms}
    message = f"A contact with email {email.strip().lower()} already exists."
    return Refusal(409, "Contact already exists", category="OBJECT_ALREADY_EXISTS", code="CONTACT_EXISTS",
                   identityProfile=profile, errors=[{"message": message, "in": "email"}], error="CONTACT_EXISTS")


# -- profiles -------------------------------------------------------------------------------------------


def by_vid(dialect: Portal, request: Request) -> Row:
    """Return the contact that `vid` of the path names. Raises `Refusal`."""
    vid = number_param(request, "vid")
    return living(dialect, "contacts", vid, no_contact(vid))


def by_email(dialect: Portal, request: Request) -> Row:
    """Return the contact that `email` of the path names. Raises `Refusal`."""
    email = request.params["email"]
    row = dialect.contact_by_email(email)
    if row is None:
        raise no_contact(f"e:{email}")
    return row


def _profile(dialect: Portal, request: Request, row: Row) -> Response:
    submissions = FormSubmissions(dialect, request, default="all").of(row)
    history = with_history(request, default=True)
    return json_response(contact(dialect, row, asked_names(request), history=history, submissions=submissions))


@answers_v1("GET", f"{_ROOT}/vid/{{vid}}/profile", id="legacy.contact_profile", evidence=Evidence.RECORDING)
def profile_by_vid(dialect: Portal, request: Request) -> Response:
    """Return a profile by vid; an old vid of a merge leads to the survivor."""
    return _profile(dialect, request, by_vid(dialect, request))


@answers_v1("GET", f"{_ROOT}/email/{{email}}/profile", id="legacy.contact_profile_by_email", evidence=Evidence.RECORDING)
def profile_by_email(dialect: Portal, request: Request) -> Response:
    """Return a profile by address, primary or secondary."""
    return _profile(dialect, request, by_email(dialect, request))


@answers_v1("POST", f"{_ROOT}/vid/{{vid}}/profile", id="legacy.contact_update", evidence=Evidence.RECORDING)
def update_by_vid(dialect: Portal, request: Request) -> Response:
    """Change a contact by vid; 204."""
    update(dialect, by_vid(dialect, request), properties_in(body_of(request), "property"))
    return Response(204)


@answers_v1("POST", f"{_ROOT}/email/{{email}}/profile", id="legacy.contact_update_by_email", evidence=Evidence.CLIENT_SOURCE)
def update_by_email(dialect: Portal, request: Request) -> Response:
    """Change a contact by address; 204."""
    update(dialect, by_email(dialect, request), properties_in(body_of(request), "property"))
    return Response(204)


@answers_v1("DELETE", f"{_ROOT}/vid/{{vid}}", id="legacy.contact_delete", evidence=Evidence.CLIENT_SOURCE)
def delete_contact(dialect: Portal, request: Request) -> Response:
    """Archive a contact."""
    row = by_vid(dialect, request)
    saving.archive(dialect, row, INTEGRATION)
    return json_response({"vid": int(row.id), "deleted": True, "reason": "OK"})
