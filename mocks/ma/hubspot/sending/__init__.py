"""Sending e-mail: what can be sent, to whom it went, what bounced, and the events that tell of it.

Facts: research/hubspot.md 1.10, 3.6. `outbox.send` is what anything that mails uses; `outbox_rows.messages` is what
checks read.
"""

from ....store import Store
from . import deliverability, emails, events, outbox, outbox_rows, single_send
from .campaigns import campaign_mail, mail_of
from .deliverability import bounce
from .emails import add as add_email
from .outbox import CAMPAIGN, send, send_to_contact
from .outbox_rows import messages

MODULES = (emails, single_send, events)
SWITCHES = (*outbox.SWITCHES, *deliverability.SWITCHES)

__all__ = ["CAMPAIGN", "MODULES", "SWITCHES", "add_email", "bounce", "campaign_mail", "define", "mail_of", "messages", "send", "send_to_contact"]


def define(store: Store) -> None:
    """Declare all kinds of this part."""
    for part in (outbox_rows, deliverability, emails):
        part.define(store)
