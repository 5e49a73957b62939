"""The subscription types of a portal: what an address can be subscribed to.

Names, purposes and flags of the three built-in types are those of a fresh portal (client source: the mock service of
Ballerina's v4 connector, taken from a live portal). They are set-up of the portal, not records: a rewind keeps them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...clock import from_ms
from ...consent import ConsentKey
from ...dialect import Dialect

CHANNEL = "email"
# Ids of real portals have eight or nine digits; types of one portal are numbered in one go.
FIRST_ID = 530858989


@dataclass(frozen=True, slots=True)
class SubscriptionType:
    """One subscription type; ``id`` is a number in digits, ``created_ms`` milliseconds since the epoch."""

    id: str
    name: str
    description: str
    purpose: str
    is_internal: bool
    created_ms: int

    @property
    def key(self) -> ConsentKey:
        """Return the neutral key: channel e-mail, purpose = name in lower case with `_` for blanks."""
        return ConsentKey(CHANNEL, purpose_of(self.name))

    @property
    def optout_property(self) -> str:
        """Return the contact property that shows an opt-out of this type."""
        return f"hs_email_optout_{self.id}"

    def definition(self) -> dict[str, Any]:
        """Return the type as v3 and v4 definitions show it."""
        stamp = from_ms(self.created_ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {
            "businessUnitId": 0, "id": self.id, "name": self.name, "description": self.description,
            "purpose": self.purpose, "communicationMethod": "Email", "isActive": True,
            "isDefault": self.is_internal or self.name == "Marketing Information", "isInternal": self.is_internal,
            "createdAt": stamp, "updatedAt": stamp,
        }


def purpose_of(name: str) -> str:
    """Return the neutral purpose for the name of a type."""
    return name.strip().casefold().replace(" ", "_")


class SubscriptionTypes:
    """The types of one portal, in order of creation, found by id, name or purpose."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._types: dict[str, SubscriptionType] = {}
        self._by_purpose: dict[str, str] = {}
        self._keys: dict[str, ConsentKey] = {}
        self.add("Customer Service Communication", "Receive feedback requests and customer service information.",
                 purpose="Service", is_internal=True)
        self.add("One to One", "One to One emails", purpose="Sales", is_internal=True)
        self.add("Marketing Information", "Marketing offers and updates.")

    def __iter__(self) -> Iterator[SubscriptionType]:
        return iter(tuple(self._types.values()))

    def __len__(self) -> int:
        return len(self._types)

    def add(
        self, name: str, description: str = "", *, purpose: str = "Marketing", is_internal: bool = False,
        type_id: str | None = None,
    ) -> str:
        """Add a type, as an administrator would, and return its id. A name that exists returns the id it has."""
        known = self.by_name(name)
        if known is not None:
            return known
        found = type_id or str(self._dialect.dice.count("hubspot.subscription_type", FIRST_ID))
        if found in self._types:
            raise ValueError(f"subscription type {found} exists: {self._types[found].name}")
        new = SubscriptionType(found, name, description, purpose, is_internal, self._dialect.clock.now_ms())
        self._types[found] = new
        self._by_purpose[purpose_of(name)] = found
        self._keys[found] = new.key
        return found

    def get(self, type_id: object) -> SubscriptionType | None:
        """Return the type with this id (number or text), or None."""
        return self._types.get(str(type_id))

    def key_of(self, type_id: str) -> ConsentKey:
        """Return the neutral key of a type. Raises KeyError."""
        return self._keys[type_id]

    def by_purpose(self, purpose: str) -> str | None:
        """Return the id of the type with this neutral purpose, or None."""
        return self._by_purpose.get(purpose)

    def by_name(self, name: str) -> str | None:
        """Return the id of the type with this name, whatever its case, or None."""
        return self._by_purpose.get(purpose_of(name))
