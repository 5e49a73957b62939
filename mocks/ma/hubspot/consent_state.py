"""The consent of one e-mail address: a row of kind "consents", and everything that follows from changing it.

State machine of research/hubspot.md section 3.6. It belongs to the address, not to a contact: it exists without one and
a contact that takes another address takes on that address's state. Values of a row (replaced, never mutated):

    email              the address, lower case (also the id of the row)
    portal             None | "SUBSCRIBED" | "UNSUBSCRIBED": the opt-out of everything, with portal_at, portal_source,
                       portal_by, portal_legal_basis, portal_explanation
    subscription:<id>  {"status", "at", "source", "legal_basis", "explanation", "by"}: one type's own status

`by` is "recipient" (preference page, form), "api" or "user" (a person in HubSpot's screens); `at` is ISO 8601, UTC.
Every change adds a row of kind "subscription_events" (the legacy timeline) and updates the contact's opt-out properties.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...journal import Actor, Row
from ...store import Store
from .portal import Portal, iso_ms

KIND = "consents"
EVENTS = "subscription_events"

SUBSCRIBED = "SUBSCRIBED"
UNSUBSCRIBED = "UNSUBSCRIBED"
NOT_SPECIFIED = "NOT_SPECIFIED"

RECIPIENT, API, USER = "recipient", "api", "user"

# Kinds whose rows are about one address, named by their value `email`: what an erasure takes away.
_OF_AN_ADDRESS = (KIND, EVENTS, "sent_emails", "bounces", "deliverability", "form_submissions")

# Legal bases of the API [D]; the contact property hs_legal_basis is another, unrelated enumeration.
LEGAL_BASES = (
    "LEGITIMATE_INTEREST_PQL", "LEGITIMATE_INTEREST_CLIENT", "LEGITIMATE_INTEREST_OTHER", "PERFORMANCE_OF_CONTRACT",
    "CONSENT_WITH_NOTICE", "NON_GDPR", "PROCESS_AND_STORE",
)

PORTAL_OPTOUT = "hs_email_optout"
# The source type that the history of an opt-out property shows.
_PROPERTY_SOURCE = "EMAIL"
_PREFIX = "subscription:"


@dataclass(frozen=True, slots=True)
class Cause:
    """Who changed a status, through what, with which evidence. ``at`` None means now.

    Changes with the same ``event_id`` were made by one act (a form with several boxes).
    """

    by: str
    source: str
    legal_basis: str | None = None
    explanation: str | None = None
    at: str | None = None
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for one address and one type, the opt-out of everything included."""

    status: str
    at: str | None
    source: str
    by: str
    legal_basis: str | None
    explanation: str | None
    portal_wide: bool


def define(store: Store) -> None:
    """Declare the kinds that hold consents."""
    store.define(KIND)
    store.define(EVENTS)


def address(email: str) -> str:
    """Return the form under which an address is kept."""
    return email.strip().lower()


def field_of(type_id: str) -> str:
    """Return the key under which a row keeps the status of one type."""
    return _PREFIX + type_id


def type_ids(values: Mapping[str, Any]) -> list[str]:
    """Return the ids of the types that a row says something about."""
    return [name[len(_PREFIX):] for name, value in values.items() if name.startswith(_PREFIX) and value]


def row_of(dialect: Portal, email: str) -> Row | None:
    """Return the row of an address, or None when nothing was ever said."""
    return dialect.store.get(KIND, address(email))


def own_status(row: Row | None, type_id: str) -> str:
    """Return one type's own status, whatever the opt-out of everything says."""
    entry = row.values.get(field_of(type_id)) if row else None
    return str(entry["status"]) if entry else NOT_SPECIFIED


def is_opted_out_of_all(row: Row | None) -> bool:
    """Tell whether the address is unsubscribed from everything."""
    return row is not None and row.values.get("portal") == UNSUBSCRIBED


def standing(row: Row | None, type_id: str) -> Standing:
    """Return what holds for one type: the opt-out of everything beats the type's own status."""
    if row is not None and is_opted_out_of_all(row):
        v = row.values
        return Standing(UNSUBSCRIBED, v.get("portal_at"), v.get("portal_source") or "", v.get("portal_by") or "",
                        v.get("portal_legal_basis"), v.get("portal_explanation"), True)
    entry = row.values.get(field_of(type_id)) if row else None
    if not entry:
        return Standing(NOT_SPECIFIED, None, "Not specified", "", None, None, False)
    return Standing(entry["status"], entry["at"], entry["source"], entry["by"], entry["legal_basis"],
                    entry["explanation"], False)


def set_status(dialect: Portal, email: str, type_id: str, status: str, cause: Cause) -> Row:
    """Set one type's own status, note it in the timeline and show it on the contact."""
    at = cause.at or iso_ms(dialect.clock.now_ms())
    entry = {
        "status": status, "at": at, "source": cause.source, "legal_basis": cause.legal_basis,
        "explanation": cause.explanation, "by": cause.by,
    }
    row = _write(dialect, email, {field_of(type_id): entry})
    _record(dialect, row.id, cause, status, type_id)
    align_contact(dialect, row.id)
    return row


def set_portal(dialect: Portal, email: str, status: str, cause: Cause) -> Row:
    """Opt the address out of everything, or lift that (only a person may), with the same effects."""
    row = _write(dialect, email, {
        "portal": status, "portal_at": cause.at or iso_ms(dialect.clock.now_ms()), "portal_source": cause.source,
        "portal_by": cause.by, "portal_legal_basis": cause.legal_basis, "portal_explanation": cause.explanation,
    })
    _record(dialect, row.id, cause, status, None)
    align_contact(dialect, row.id)
    return row


def _write(dialect: Portal, email: str, changes: dict[str, Any]) -> Row:
    key = address(email)
    row = dialect.store.get(KIND, key)
    if row is None:
        return dialect.store.create(KIND, key, {"email": key, "portal": None, **changes})
    return dialect.store.update(row, changes)


def _record(dialect: Portal, email: str, cause: Cause, status: str, type_id: str | None) -> None:
    with dialect.journal.acting(Actor.VENDOR_AUTOMATION, "subscription timeline"):
        add_event(dialect, email, cause.by, status, type_id, dialect.clock.now_ms(), event_id=cause.event_id)


def add_event(
    dialect: Portal, email: str, by: str, status: str, type_id: str | None, at_ms: int, *, kind: str | None = None,
    event_id: str | None = None,
) -> None:
    """Add one entry to the timeline (``type_id`` None: the opt-out of everything changed).

    ``kind`` is the change type, when it is not a status: PORTAL_BOUNCE or PORTAL_SPAMREPORT. Entries with the same
    ``event_id`` are shown as one item.
    """
    number = dialect.dice.count("hubspot.subscription_event")
    dialect.store.create(EVENTS, str(number), {
        "email": address(email), "at_ms": at_ms, "by": by, "change": status, "subscription_id": type_id,
        "kind": kind or ("SUBSCRIPTION_STATUS" if type_id else "PORTAL_STATUS"),
        "event_id": event_id or dialect.dice.uuid("hubspot.subscription_event"),
    }, created_ms=at_ms)


def optout_properties(dialect: Portal, email: str, shown: Mapping[str, Any]) -> dict[str, str]:
    """Return the opt-out properties that a contact with this address must change, given those it shows now.

    A property that was never set stays unset unless there is an opt-out to show; one that is "true" without cause
    becomes "false".
    """
    row = row_of(dialect, email) if email else None
    if row is None and not any(name.startswith(PORTAL_OPTOUT) for name in shown):
        return {}
    wanted = {PORTAL_OPTOUT: is_opted_out_of_all(row)}
    for kind in dialect.subscription_types:
        wanted[kind.optout_property] = own_status(row, kind.id) == UNSUBSCRIBED
    return {
        name: "true" if is_out else "false"
        for name, is_out in wanted.items()
        if is_out != (shown.get(name) == "true")
    }


def align_contact(dialect: Portal, email: str) -> None:
    """Show the state of an address on the contact whose primary address it is, if there is one.

    To be called too when a contact is created, restored or given another address.
    """
    contact = dialect.contact_by_email(email)
    if contact is None or address(contact.values.get("email") or "") != address(email):
        return
    changes: dict[str, str | None] = {**optout_properties(dialect, email, contact.values)}
    if changes:
        with dialect.journal.acting(Actor.VENDOR_AUTOMATION, "subscription status"):
            dialect.system_write(contact, changes, _PROPERTY_SOURCE)


def forget(dialect: Portal, email: str) -> None:
    """Erase what is kept of an address (GDPR erasure of the contact): consents, timeline, messages, bounces, forms."""
    for kind in _OF_AN_ADDRESS:
        for row in list(dialect.store.rows(kind, deleted=True)):
            if row.values["email"] == address(email):
                dialect.store.erase(row)
