"""The outbox: one row of kind "sent_emails" per message that somebody wanted to send, whatever became of it.

Values: `email` (lower case), `contact` (id or None), `mail` (id of the marketing e-mail), `name` (its name), `campaign_id`, `subscription`
(type id, or None), `transactional`, `via` (`single_send`, `campaign`), `at_ms`, `outcome` (`SENT`, or why not),
`send_id` (the caller's, or None), `status_id`, `event_id`, `delivered_id`. Only rows with outcome SENT went out.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....journal import Row
from ....store import Snapshot, Store
from ..consent_state import address
from ..portal import Portal

KIND = "sent_emails"
SENT = "SENT"


def define(store: Store) -> None:
    """Declare the kind that holds messages."""
    store.define(KIND, indexes=("email", "send_id", "status_id"))


def last_to(dialect: Portal, email: str) -> Row | None:
    """Return the last message that went out to an address, or None."""
    for message_id in reversed(dialect.store.find(KIND, "email", address(email))):
        row = dialect.store.get(KIND, message_id)
        if row is not None and row.values["outcome"] == SENT:
            return row
    return None


def by_send_id(dialect: Portal, send_id: str) -> Row | None:
    """Return the first message with this id of the caller, or None."""
    found = dialect.store.find(KIND, "send_id", send_id)
    return dialect.store.get(KIND, found[0]) if found else None


def by_status_id(dialect: Portal, status_id: str) -> Row | None:
    """Return the message whose status has this id, or None."""
    found = dialect.store.find(KIND, "status_id", status_id)
    return dialect.store.get(KIND, found[0]) if found else None


def messages(snapshot: Snapshot) -> Iterator[Row]:
    """Yield all messages in a snapshot, in order of sending: what checks look at. Pure."""
    return snapshot.rows(KIND)
