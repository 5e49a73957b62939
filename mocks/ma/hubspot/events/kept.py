"""Event definitions and occurrences in the store: kinds `event_definitions` (id = full name) and `events`."""

from __future__ import annotations

from typing import Any

from ....dialect import Switch
from ....journal import Row
from ....store import Store
from ....wire import Evidence
from ..portal import Portal

DEFINITIONS = "event_definitions"
OCCURRENCES = "events"

SWITCHES: tuple[Switch, ...] = (
    Switch("event_of_unknown_email", "drop", ("drop", "create"), Evidence.ASSUMED,
           "what a custom event of an address without a contact does: nothing, or make the contact"),
)


def define(store: Store) -> None:
    """Make room for definitions and occurrences."""
    store.define(DEFINITIONS)
    store.define(OCCURRENCES, indexes=["record", "uuid"])


def definition(dialect: Portal, name: str) -> Row | None:
    """Return the living definition with this full name (`pe123_x`) or name alone, or None."""
    found = dialect.store.get(DEFINITIONS, name)
    return found or dialect.store.get(DEFINITIONS, f"pe{dialect.portal_id}_{name}")


def record_key(kind: str, record_id: str) -> str:
    """Return the key under which the occurrences of one record are found."""
    return f"{kind}/{record_id}"


def keep(dialect: Portal, values: dict[str, Any]) -> Row:
    """Keep one occurrence and return it."""
    number = dialect.dice.uuid("hubspot.event")
    return dialect.store.create(OCCURRENCES, number, values)
