"""Contacts v1: merging two of them, and the further e-mail addresses of one (research/hubspot.md 1.8, 2.6, 3.1)."""

from __future__ import annotations

import orjson

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors, saving
from ..errors import Refusal
from ..kinds import CONTACTS
from ..merge import MOST_IDENTITIES, merge
from ..portal import INTEGRATION, Portal
from ..values import BadValueError, address_of
from ..wire import body_of, json_response, text_of
from .contacts import by_vid
from .envelope import answers_v1
from .shapes import addresses

_SECONDARY = "/contacts/v1/secondary-email/{vid}"


@answers_v1("POST", "/contacts/v1/contact/merge-vids/{vid}", id="legacy.contact_merge", evidence=Evidence.RECORDING)
def merge_vids(dialect: Portal, request: Request) -> Response:
    """Merge the contact `vidToMerge` into the one of the path; the answer is the word SUCCESS."""
    body = body_of(request)
    if "vidToMerge" not in body:
        raise errors.not_set("vidToMerge")
    primary = by_vid(dialect, request)
    other = dialect.store.get("contacts", text_of(body["vidToMerge"]))
    if other is None:
        raise Refusal(400, "vid to merge is not a valid contact or is already in the process of being merged", category=None)
    if other.id == primary.id:
        # The vendor's message is itself the JSON of an error.
        inner = {"status": "error", "message": "Cannot merge a contact with itself", "correlationId": dialect.correlation_id()}
        raise Refusal(400, orjson.dumps(inner).decode(), category=None)
    if sum(_merged_before(row) for row in (primary, other)) + 2 > MOST_IDENTITIES:
        raise Refusal(414, f"Cannot have more than {MOST_IDENTITIES} identities on a profile")
    merge(dialect, CONTACTS, primary, other, INTEGRATION)
    return Response(200, b"SUCCESS", "text/plain;charset=utf-8")


def _merged_before(row: Row) -> int:
    return len([i for i in (row.values.get("hs_merged_object_ids") or "").split(";") if i])


@answers_v1("GET", _SECONDARY, id="legacy.secondary_emails", evidence=Evidence.ASSUMED, note="the shape of the answer is assumed")
def secondary_emails(dialect: Portal, request: Request) -> Response:
    """Return the secondary addresses of a contact."""
    return _answer(dialect, by_vid(dialect, request))


@answers_v1("PUT", f"{_SECONDARY}/email/{{email}}", id="legacy.add_secondary_email", evidence=Evidence.CLIENT_SOURCE,
            note="the shape of the answer is assumed")
def add_secondary_email(dialect: Portal, request: Request) -> Response:
    """Add an address to a contact; one that belongs to another contact is refused."""
    row = by_vid(dialect, request)
    email = _checked(request.params["email"])
    owner = dialect.contact_by_email(email)
    if owner is not None and owner.id != row.id:
        raise errors.unique_conflict(dialect.portal_id, "CONTACT", "email", email, row.id, owner.id)
    if owner is None:
        row = _set(dialect, row, (*saving.secondary_of(row), email))
    return _answer(dialect, row)


@answers_v1("DELETE", f"{_SECONDARY}/email/{{email}}", id="legacy.remove_secondary_email", evidence=Evidence.CLIENT_SOURCE,
            note="the shape of the answer is assumed")
def remove_secondary_email(dialect: Portal, request: Request) -> Response:
    """Take an address from a contact; the primary one stays."""
    row = by_vid(dialect, request)
    email = request.params["email"].strip().lower()
    known = saving.secondary_of(row)
    if email not in known:
        raise Refusal(404, f"{email} is not a secondary email of contact {row.id}", category="OBJECT_NOT_FOUND",
                      assumed="hubspot.text_secondary_email")
    return _answer(dialect, _set(dialect, row, tuple(e for e in known if e != email)))


def _checked(email: str) -> str:
    try:
        return address_of(email)
    except BadValueError as error:
        raise Refusal(400, error.message, code=error.code) from None


def _set(dialect: Portal, row: Row, wanted: tuple[str, ...]) -> Row:
    saving.set_secondary(dialect, row, wanted)
    return dialect.system_write(row, {"hs_additional_emails": ";".join(wanted)}, INTEGRATION)


def _answer(dialect: Portal, row: Row) -> Response:
    dialect.rests_on("hubspot.text_secondary_email")
    dialect.served(row)
    return json_response({"vid": int(row.id), "secondaryEmails": [a for a, is_primary in addresses(row) if not is_primary]})
