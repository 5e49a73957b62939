"""A campaign as a marketer runs it, and what the outbox tells in neutral words.

Only marketing contacts take part in campaigns (research/hubspot.md 1.10): a marketer who mails people who are none sets
them as such first. The purpose of a message is that of its e-mail's subscription type.
"""

from __future__ import annotations

from ....dialect import DeskError, Mail
from ....journal import Row
from ..portal import CRM_UI, Portal
from . import emails, outbox, outbox_rows


def campaign_mail(dialect: Portal, campaign: str, purpose: str, contact: Row) -> Mail:
    """Send the e-mail called ``campaign`` to one contact and return what became of it; it is made when there is none.

    ``purpose`` is that of a subscription type, `*` the portal's usual one. Raises `DeskError` for a purpose nobody can
    subscribe to, a name that an e-mail of another purpose has, or a contact without an address.
    """
    mail = next((row for row in dialect.store.rows(emails.KIND) if row.values["name"] == campaign), None)
    try:
        mail = mail or emails.add(dialect, campaign, subscription=None if purpose == "*" else purpose)
    except ValueError as error:
        raise DeskError(str(error)) from error
    if purpose != "*" and mail.values["subscription"] != dialect.subscription_types.by_purpose(purpose):
        raise DeskError(f"the e-mail `{campaign}` is not one of the purpose `{purpose}`")
    if contact.values.get("hs_marketable_status") != "true":
        contact = dialect.system_write(contact, {"hs_marketable_status": "true"}, CRM_UI)
    found = mail_of(dialect, outbox.send_to_contact(dialect, mail.id, contact))
    assert found is not None
    return found


def mail_of(dialect: Portal, row: Row) -> Mail | None:
    """Return the message that a row of the outbox tells about; None for rows of other kinds."""
    if row.kind != outbox_rows.KIND:
        return None
    v = row.values
    key = None if v["subscription"] is None else dialect.subscription_types.key_of(v["subscription"])
    refused = "" if v["outcome"] == outbox_rows.SENT else str(v["outcome"])
    return Mail(v["email"], v["contact"], v["name"], key, v["at_ms"], refused)
