"""What tests of webhooks share: where an app listens, and to what."""

from __future__ import annotations

from syncproof_mocks.ma.hubspot.webhooks import Subscription, Webhooks

TARGET = "http://127.0.0.1:9/hook"


def listen(hooks: Webhooks, *event_types: str, active: bool = True) -> None:
    """Subscribe to event types; `contact.propertyChange:phone` names the property."""
    for event_type in event_types:
        kind, _, name = event_type.partition(":")
        number = len(hooks.subscriptions) + 1
        type_id = "0-1" if kind.startswith("object.") else None
        hooks.subscriptions[number] = Subscription(number, kind, name or None, type_id, active, 0, 0)
