"""Sending one e-mail to one address: who gets it, who does not and why (research/hubspot.md 1.10, 3.6).

Marketing mail goes to nobody who opted out of its type or of everything; nothing goes to an address that bounced hard,
complained, or is in quarantine. Transactional mail asks for no consent. The words are those of the vendor's models;
the order in which reasons are looked for is ASSUMED.
"""

from __future__ import annotations

from ....dialect import DeskError, Switch
from ....journal import Actor, Row
from ....wire import Evidence
from ..consent_state import NOT_SPECIFIED, UNSUBSCRIBED, address, is_opted_out_of_all, own_status, row_of, standing
from ..portal import Portal, iso_ms
from ..values import is_address
from . import emails, outbox_rows
from .deliverability import has_bounced, is_quarantined, known_of

SENT = outbox_rows.SENT
SINGLE_SEND, CAMPAIGN = "single_send", "campaign"
IGNORED = "IDEMPOTENT_IGNORE"

SWITCHES: tuple[Switch, ...] = (
    Switch("portal_suspended", False, (False, True), Evidence.DOCUMENT, "the portal may not send: PORTAL_SUSPENDED"),
    Switch("blocked_domains", (), (), Evidence.DOCUMENT, "domains that nobody may be mailed at: BLOCKED_DOMAIN"),
)
_PROPERTY_SOURCE = "EMAIL"


def outcome(dialect: Portal, mail: Row, email: str, contact: Row | None) -> str:
    """Return SENT, or the vendor's word for why a message of this e-mail would not go out."""
    if not is_address(address(email)):
        return "INVALID_TO_ADDRESS"
    if dialect.settings["portal_suspended"]:
        return "PORTAL_SUSPENDED"
    if address(email).rpartition("@")[2] in {str(d).lower() for d in dialect.settings["blocked_domains"]}:
        return "BLOCKED_DOMAIN"
    found = _undeliverable(dialect, email, contact)
    if found is None and not mail.values["transactional"]:
        found = _unwanted(dialect, mail, email) or _not_marketing(contact)
    return found or SENT


def _undeliverable(dialect: Portal, email: str, contact: Row | None) -> str | None:
    if known_of(dialect, email)["spam"]:
        return "PREVIOUS_SPAM"
    if has_bounced(dialect, email, contact):
        return "PREVIOUSLY_BOUNCED"
    return "QUARANTINED_ADDRESS" if is_quarantined(dialect, email, contact) else None


def _unwanted(dialect: Portal, mail: Row, email: str) -> str | None:
    said, type_id = row_of(dialect, email), mail.values["subscription"]
    if is_opted_out_of_all(said):
        return "PREVIOUSLY_UNSUBSCRIBED_PORTAL"
    if own_status(said, type_id) == UNSUBSCRIBED:
        return "PREVIOUSLY_UNSUBSCRIBED_MESSAGE"
    if dialect.settings["gdpr_mode"] and standing(said, type_id).status == NOT_SPECIFIED:
        # With data privacy settings on, silence is no permission; which word the vendor has for it was not observed.
        dialect.rests_on("hubspot.gdpr_send_without_consent")
        return "ADDRESS_OPTED_OUT"
    return None


def _not_marketing(contact: Row | None) -> str | None:
    is_marketing = contact is not None and contact.values.get("hs_marketable_status") == "true"
    return None if is_marketing else "NON_MARKETABLE_CONTACT"


def send(dialect: Portal, mail: Row, email: str, contact: Row | None, *, via: str, send_id: str | None = None) -> Row:
    """Send one marketing e-mail to one address and return its row of the outbox, which says what became of it.

    ``via`` is `single_send` or `campaign`. A single send makes the contact a marketing one first, as the vendor does; a
    campaign leaves out those who are not. A ``send_id`` that was used before sends nothing (IDEMPOTENT_IGNORE).
    """
    if via == SINGLE_SEND and contact is not None and not mail.values["transactional"]:
        contact = _write(dialect, contact, {"hs_marketable_status": "true", "hs_marketable_reason_type": "SINGLE_SEND_API"})
    used = send_id is not None and outbox_rows.by_send_id(dialect, send_id) is not None
    dialect.rests_on("hubspot.send_order_of_reasons")
    found = IGNORED if used else outcome(dialect, mail, email, contact)
    now = dialect.clock.now_ms()
    draw = dialect.dice.uuid
    with dialect.journal.acting(Actor.VENDOR_AUTOMATION, "outbox"):
        message = dialect.store.create(outbox_rows.KIND, str(dialect.dice.count("hubspot.sent_email")), {
            "email": address(email), "contact": contact.id if contact is not None else None, "mail": mail.id,
            "name": mail.values["name"],
            "campaign_id": mail.values["campaign_id"], "subscription": mail.values["subscription"],
            "transactional": mail.values["transactional"], "via": via, "at_ms": now, "outcome": found,
            "send_id": None if used else send_id, "status_id": draw("hubspot.send_status"),
            "event_id": draw("hubspot.email_event"), "delivered_id": draw("hubspot.email_event"),
        })
    if found == SENT and contact is not None:
        delivered = int(contact.values.get("hs_email_delivered") or 0) + 1
        _write(dialect, contact, {"hs_email_last_send_date": iso_ms(now), "hs_email_delivered": str(delivered)})
    return message


def send_to_contact(dialect: Portal, email_id: str, contact: Row) -> Row:
    """Send an e-mail to a contact as part of a campaign. Raises `DeskError` for an unknown e-mail or without an address."""
    mail = dialect.store.get(emails.KIND, email_id)
    if mail is None:
        raise DeskError(f"HubSpot has no marketing e-mail {email_id}")
    if not contact.values.get("email"):
        raise DeskError(f"contact {contact.id} has no e-mail address")
    return send(dialect, mail, contact.values["email"], contact, via=CAMPAIGN)


def _write(dialect: Portal, contact: Row, changes: dict[str, str | None]) -> Row:
    with dialect.journal.acting(Actor.VENDOR_AUTOMATION, "e-mail sent"):
        return dialect.system_write(contact, changes, _PROPERTY_SOURCE)
