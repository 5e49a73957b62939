"""What HubSpot has told since the last run: which records to read again. Their values are not taken from what was told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Heard:
    """Records about which something is new, as `contacts/123`."""

    changed: set[str] = field(default_factory=set)

    def add(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Take events into account; kinds that are not synchronised, and members nobody knows, are passed over."""
        for event in events:
            if str(event.get("subscriptionType", "")).startswith("contact.") and event.get("objectId"):
                self.changed.add(f"contacts/{event['objectId']}")
