"""What a row of kind "consents" means in neutral words, what a person does to it, and how a seed makes one.

TABLE is the one place where HubSpot's words become neutral ones (research/vendors.md section 3.2). A type says what
was said about that type; the opt-out of everything is a mark of its own with purpose `*` and is not copied to types.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ...clock import to_ms
from ...consent import ConsentKey, ConsentMark, ConsentProof, ConsentState
from ...dialect import DeskError
from ...journal import Row
from .consent_state import (
    API,
    KIND,
    RECIPIENT,
    SUBSCRIBED,
    UNSUBSCRIBED,
    USER,
    Cause,
    add_event,
    address,
    field_of,
    is_opted_out_of_all,
    optout_properties,
    own_status,
    row_of,
    set_portal,
    set_status,
    type_ids,
)
from .portal import Portal, iso_ms
from .subscriptions import CHANNEL
from .values import parse_ms

ALL = ConsentKey(CHANNEL, "*")

# (status, ground) -> neutral. The ground is `person` (said by the person on a page or form of the vendor), `none` (a
# bare flag), or the legal basis given together with an explanation: a basis without explanation proves nothing.
TABLE: Mapping[tuple[str, str], ConsentState] = {
    ("NOT_SPECIFIED", "none"): ConsentState.UNKNOWN,
    ("SUBSCRIBED", "none"): ConsentState.CLAIMED,
    ("SUBSCRIBED", "NON_GDPR"): ConsentState.CLAIMED,
    ("SUBSCRIBED", "LEGITIMATE_INTEREST_PQL"): ConsentState.IMPLIED,
    ("SUBSCRIBED", "LEGITIMATE_INTEREST_CLIENT"): ConsentState.IMPLIED,
    ("SUBSCRIBED", "LEGITIMATE_INTEREST_OTHER"): ConsentState.IMPLIED,
    ("SUBSCRIBED", "PERFORMANCE_OF_CONTRACT"): ConsentState.IMPLIED,
    ("SUBSCRIBED", "PROCESS_AND_STORE"): ConsentState.GRANTED,
    ("SUBSCRIBED", "CONSENT_WITH_NOTICE"): ConsentState.GRANTED,
    ("SUBSCRIBED", "person"): ConsentState.GRANTED,
    ("UNSUBSCRIBED", "none"): ConsentState.WITHDRAWN,
}


def consent_marks(dialect: Portal, row: Row) -> tuple[ConsentMark, ...]:
    """Return what a row of kind "consents" says: one mark for `*`, one for each type it has a status of. Pure."""
    values = row.values
    email = values["email"]
    portal = values.get("portal")
    marks = [
        ConsentMark(ALL, _state(portal, values.get("portal_by"), values.get("portal_legal_basis"),
                                values.get("portal_explanation")), email,
                    values.get("portal_at"), _source(values.get("portal_by"), values.get("portal_source"),
                                                     values.get("portal_explanation")))
    ]
    for type_id in type_ids(values):
        entry = values[field_of(type_id)]
        state = _state(entry["status"], entry["by"], entry["legal_basis"], entry["explanation"])
        source = _source(entry["by"], entry["source"], entry["explanation"])
        marks.append(ConsentMark(dialect.subscription_types.key_of(type_id), state, email, entry["at"], source))
    return tuple(marks)


def _state(status: str | None, by: str | None, legal_basis: str | None, explanation: str | None) -> ConsentState:
    if status != SUBSCRIBED:
        return TABLE[status or "NOT_SPECIFIED", "none"]
    if by == RECIPIENT:
        return TABLE[SUBSCRIBED, "person"]
    return TABLE[SUBSCRIBED, legal_basis if legal_basis and explanation else "none"]


def _source(by: str | None, source: str | None, explanation: str | None) -> str | None:
    """Return through what it was said; an API write can tell that only in its explanation."""
    return (explanation or source) if by == API else source


# -- the person --------------------------------------------------------------------------------------------


def desk_consent(
    dialect: Portal, contact_row: Row, key: ConsentKey, *, grant: bool, proof: ConsentProof | None
) -> None:
    """Let the person behind a contact say yes or no on the preference page or in a form.

    A withdrawal needs no proof. A grant with proof holds after a withdrawal too, because the person made it; a grant
    of `*` lifts the opt-out of everything and leaves the types as they are; a grant of one type leaves an opt-out of
    everything in force, as the preference page does. The caller names the actor. Raises `DeskError` for a contact
    without an address, a purpose that is no subscription type, a grant without proof after a withdrawal, or a proof
    whose time is not ISO 8601.
    """
    email = contact_row.values.get("email")
    if not email:
        raise DeskError(f"contact {contact_row.id} has no e-mail address: no preference page knows it")
    if key.channel != CHANNEL:
        raise DeskError(f"HubSpot keeps consents of channel `{CHANNEL}` only, not `{key.channel}`")
    cause = _cause(proof, grant=grant)
    if key.purpose == "*":
        _say_about_all(dialect, email, cause, grant=grant, proof=proof)
        return
    type_id = dialect.subscription_types.by_purpose(key.purpose)
    if type_id is None:
        known = ", ".join(t.key.purpose for t in dialect.subscription_types)
        raise DeskError(f"no subscription type has the purpose `{key.purpose}`; known: {known}")
    _need_proof(own_status(row_of(dialect, email), type_id) == UNSUBSCRIBED, grant, proof)
    set_status(dialect, email, type_id, SUBSCRIBED if grant else UNSUBSCRIBED, cause)


def _say_about_all(
    dialect: Portal, email: str, cause: Cause, *, grant: bool, proof: ConsentProof | None
) -> None:
    _need_proof(is_opted_out_of_all(row_of(dialect, email)), grant, proof)
    set_portal(dialect, email, SUBSCRIBED if grant else UNSUBSCRIBED, cause)


def _need_proof(withdrawn: bool, grant: bool, proof: ConsentProof | None) -> None:
    if withdrawn and grant and proof is None:
        raise DeskError("the person withdrew: a new consent needs proof (time, source) of what the person did")


def _cause(proof: ConsentProof | None, *, grant: bool) -> Cause:
    if proof is None:
        # A click in the preference page: the page itself is the source.
        return Cause(RECIPIENT, "Self Service Resubscription" if grant else "Subscription preferences page")
    basis = "CONSENT_WITH_NOTICE" if grant else None
    return Cause(RECIPIENT, proof.source, basis, (proof.text or proof.source) if grant else None, _stamp(proof.at))


def _stamp(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise DeskError(f"the time of a proof must be ISO 8601, not `{text}`") from None
    return iso_ms(to_ms(moment if moment.tzinfo else moment.replace(tzinfo=UTC)))


# -- the seed ----------------------------------------------------------------------------------------------


def seed_consent(dialect: Portal, values: Mapping[str, Any], *, created_ms: int) -> Row:
    """Add an address that was always there, in plain words, and show it on its contact, whose stamps stay.

    ``values``: `email`, and any of `portal` and `subscription:<type name or id>`, each either a status or a mapping of
    `status`, `at` (ISO 8601; default: ``created_ms``), `source`, `legal_basis`, `explanation`, `by` (default: user).
    Raises ValueError for an unknown type or status.
    """
    email = address(values["email"])
    row: dict[str, Any] = {"email": email, "portal": None}
    for name, value in values.items():
        if name == "email" or value is None:
            continue
        entry = _seed_entry(value, iso_ms(created_ms))
        type_id = None if name == "portal" else _type_named(dialect, name)
        if type_id is None:
            row |= {"portal": entry["status"], **{f"portal_{k}": v for k, v in entry.items() if k != "status"}}
        else:
            row[field_of(type_id)] = entry
        add_event(dialect, email, entry["by"], entry["status"], type_id, parse_ms(entry["at"]) or created_ms)
    new = dialect.store.create(KIND, email, row, created_ms=created_ms)
    _show_on_seeded_contact(dialect, email)
    return new


def _show_on_seeded_contact(dialect: Portal, email: str) -> None:
    contact = dialect.contact_by_email(email)
    if contact is not None and contact.values.get("email") == email:
        changes = optout_properties(dialect, email, contact.values)
        if changes:
            dialect.store.update(contact, changes, touch=False)


def _seed_entry(value: str | Mapping[str, Any], at: str) -> dict[str, Any]:
    given = {"status": value} if isinstance(value, str) else dict(value)
    if given["status"] not in (SUBSCRIBED, UNSUBSCRIBED):
        raise ValueError(f"a seeded consent is {SUBSCRIBED} or {UNSUBSCRIBED}, not {given['status']!r}")
    return {
        "status": given["status"], "at": _stamp(given.get("at") or at), "source": given.get("source", "Import"),
        "legal_basis": given.get("legal_basis"), "explanation": given.get("explanation"),
        "by": given.get("by", USER),
    }


def _type_named(dialect: Portal, name: str) -> str:
    prefix, _, wanted = name.partition(":")
    types = dialect.subscription_types
    found = types.by_name(wanted) or (wanted if types.get(wanted) else None)
    if prefix != "subscription" or found is None:
        raise ValueError(f"no consent is called `{name}`; known: portal, " +
                         ", ".join(f"subscription:{t.name}" for t in types))
    return found
