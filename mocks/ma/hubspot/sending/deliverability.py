"""What is known of an address as such: bounces, spam complaints, quarantine. It is no consent (research/vendors.md 3.2).

It belongs to the address, as consent does: rows of kind "deliverability" have the address as id and hold `hard` (the
category of a hard bounce, or None), `soft` (how many), `spam` and `quarantined`. Each bounce or complaint is also a row
of kind "bounces", from which e-mail events derive.
"""

from __future__ import annotations

from typing import Any

from ....dialect import DeskError, Switch
from ....journal import Actor, Row
from ....store import Store
from ....wire import Evidence
from ..consent_state import (
    RECIPIENT,
    UNSUBSCRIBED,
    Cause,
    add_event,
    address,
    is_opted_out_of_all,
    row_of,
    set_portal,
)
from ..portal import Portal
from . import outbox_rows

KIND = "deliverability"
BOUNCES = "bounces"
HARD, SOFT, SPAM, QUARANTINE = "hard", "soft", "spam", "quarantine"
BOUNCE_KINDS = (HARD, SOFT, SPAM, QUARANTINE)

# Category, SMTP status and answer of the other side, as a BOUNCE event shows them.
REASONS = {HARD: ("UNKNOWN_USER", "5.1.1", "550 5.1.1 No such user"), SOFT: ("MAILBOX_FULL", "4.2.2", "452 4.2.2 Mailbox full")}

SWITCHES: tuple[Switch, ...] = (
    Switch("spam_report_opts_out", True, (True, False), Evidence.ASSUMED,
           "a spam complaint also opts the address out of everything"),
)
_NOTHING: dict[str, Any] = {"hard": None, "soft": 0, "spam": False, "quarantined": False}
_PROPERTY_SOURCE = "EMAIL"


def define(store: Store) -> None:
    """Declare the kinds that hold what happened to addresses."""
    store.define(KIND)
    store.define(BOUNCES)


def known_of(dialect: Portal, email: str) -> dict[str, Any]:
    """Return `hard`, `soft`, `spam` and `quarantined` of an address."""
    row = dialect.store.get(KIND, address(email))
    return _NOTHING if row is None else row.values


def has_bounced(dialect: Portal, email: str, contact: Row | None) -> bool:
    """Tell whether an address bounced hard: here, or (seeded) before, which only its contact's property tells."""
    return bool(known_of(dialect, email)["hard"]) or _was_seeded(dialect, contact, "hs_email_hard_bounce_reason_enum")


def is_quarantined(dialect: Portal, email: str, contact: Row | None) -> bool:
    """Tell whether an address is in quarantine, from here or (seeded) from before."""
    seeded = contact is not None and contact.values.get("hs_email_quarantined") == "true"
    return bool(known_of(dialect, email)["quarantined"]) or (
        seeded and _was_seeded(dialect, contact, "hs_email_quarantined")
    )


def _was_seeded(dialect: Portal, contact: Row | None, name: str) -> bool:
    """Tell whether a property is set that nothing here explains; what did happen here belongs to the address it happened to."""
    if contact is None or not contact.values.get(name):
        return False
    return all(row.values["contact"] != contact.id for row in dialect.store.rows(BOUNCES))


def bounce(dialect: Portal, contact: Row, what: str) -> Row:
    """Let the last message to a contact bounce (``what``: hard, soft), be reported as spam, or quarantine its address.

    The contact's e-mail properties, the subscription timeline and the e-mail events show it; the consents stay as they
    are, except that a complaint opts out of everything (switch `spam_report_opts_out`). The caller names the actor.
    Returns the row of kind "bounces". Raises `DeskError` for a contact without an address or an unknown word.
    """
    email = contact.values.get("email")
    if not email:
        raise DeskError(f"contact {contact.id} has no e-mail address: nothing can bounce")
    if what not in BOUNCE_KINDS:
        raise DeskError(f"`{what}` is no bounce; known: {', '.join(BOUNCE_KINDS)}")
    now = dialect.clock.now_ms()
    number = str(dialect.dice.count("hubspot.bounce"))
    last = outbox_rows.last_to(dialect, email)
    event_id = dialect.dice.uuid("hubspot.email_event")
    new = dialect.store.create(BOUNCES, number, {
        "email": address(email), "what": what, "at_ms": now, "event_id": event_id, "message": last.id if last else None,
        "contact": contact.id,
    })
    _remember(dialect, email, what)
    with dialect.journal.acting(Actor.VENDOR_AUTOMATION, "e-mail bounce"):
        dialect.system_write(contact, _on_contact(contact, what), _PROPERTY_SOURCE)
        if what == HARD:
            add_event(dialect, email, "", "BOUNCED", None, now, kind="PORTAL_BOUNCE", event_id=event_id)
        elif what == SPAM:
            add_event(dialect, email, "", "REPORTED_SPAM", None, now, kind="PORTAL_SPAMREPORT", event_id=event_id)
    if what == SPAM and dialect.settings["spam_report_opts_out"] and not is_opted_out_of_all(row_of(dialect, email)):
        set_portal(dialect, email, UNSUBSCRIBED, Cause(RECIPIENT, "Spam report"))
    return new


def _remember(dialect: Portal, email: str, what: str) -> None:
    key = address(email)
    row = dialect.store.get(KIND, key)
    if row is None:
        row = dialect.store.create(KIND, key, {"email": key, **_NOTHING})
    changes: dict[str, Any] = {
        HARD: {"hard": REASONS[HARD][0]}, SOFT: {"soft": row.values["soft"] + 1}, SPAM: {"spam": True},
        QUARANTINE: {"quarantined": True},
    }[what]
    dialect.store.update(row, changes)


def _on_contact(contact: Row, what: str) -> dict[str, str | None]:
    if what == QUARANTINE:
        return {"hs_email_quarantined": "true"}
    if what == SPAM:
        return {}
    changes: dict[str, str | None] = {"hs_email_bounce": str(int(contact.values.get("hs_email_bounce") or 0) + 1)}
    if what == HARD:
        changes["hs_email_hard_bounce_reason_enum"] = REASONS[HARD][0]
    return changes
