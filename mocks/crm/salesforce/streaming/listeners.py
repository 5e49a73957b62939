"""Who listens: a CometD client, its subscriptions, and how far in the journal each of them has read.

Like a session, a listener is a connection and no record: it lives in wall time and ends when its client stays away.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

from ....journal import Change
from ..org import Org
from .channels import kinds_of
from .events import RETENTION_MS, change_events, message

NEW_ONLY, ALL_KEPT = -1, -2
# Events in one answer, so that a long replay does not keep everybody else waiting; the rest follows at once.
MOST_AT_ONCE = 500


class ReplayError(ValueError):
    """A replay id that no event in the retention window has."""


@dataclass(slots=True)
class Subscription:
    """One channel of one listener: the journal position to read from, and the last replay id it has seen."""

    channel: str
    position: int
    seen: int = 0


@dataclass(slots=True)
class Listener:
    """One CometD client. ``turn`` counts its connects: a newer one makes an older one that still waits return."""

    client_id: str
    session_token: str
    touched_s: float = field(default_factory=time.monotonic)
    turn: int = 0
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    # Length of the journal at the last look; -1: look again, whatever its length.
    looked_at: int = -1

    def touch(self) -> None:
        """Note that the client is there."""
        self.touched_s = time.monotonic()

    def is_gone(self, allowed_s: float) -> bool:
        """Tell whether the client has stayed away for longer than it may."""
        return time.monotonic() - self.touched_s > allowed_s

    def subscribe(self, org: Org, channel: str, replay: object) -> None:
        """Read ``channel`` from a replay id on (-1: new events, -2: all that are kept). Raises ReplayError."""
        position, seen = _start(org, replay)
        self.subscriptions[channel] = Subscription(channel, position, seen)
        self.looked_at = -1

    def pending(self, org: Org) -> list[dict[str, Any]]:
        """Return the messages that have not been delivered yet, and count them as delivered and served."""
        self.looked_at = len(org.journal)
        found: list[dict[str, Any]] = []
        for subscription in self.subscriptions.values():
            found += self._of(org, subscription, MOST_AT_ONCE - len(found))
        return found

    def _of(self, org: Org, subscription: Subscription, room: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        kinds = kinds_of(org, subscription.channel) or frozenset()
        for position, events in change_events(org, subscription.position):
            if len(found) >= room:
                self.looked_at = -1
                return found
            subscription.position = position
            for event in events:
                if event.kind in kinds and event.replay_id > subscription.seen:
                    for row in event.rows:
                        org.served(row)
                    found.append({"data": message(org, event), "channel": subscription.channel})
                    subscription.seen = event.replay_id
        # A journal may have been cut back meanwhile (a refused transaction); what comes next is told from its end.
        subscription.position = len(org.journal)
        return found


def _start(org: Org, replay: object) -> tuple[int, int]:
    """Return the journal position and the last seen replay id that a wanted replay id means."""
    wanted = _number(replay)
    entries = org.journal.entries
    if wanted == NEW_ONLY:
        return len(entries), 0
    oldest = bisect_left(entries, org.clock.now_ms() - RETENTION_MS, key=lambda e: e.at_ms)
    if wanted == ALL_KEPT:
        return oldest, 0
    at = wanted - 1
    if not oldest <= at < len(entries) or not isinstance(entries[at], Change):
        raise ReplayError(str(replay))
    _, events = next(change_events(org, at), (0, []))
    if all(e.replay_id != wanted for e in events):
        raise ReplayError(str(replay))
    return at, wanted


def _number(replay: object) -> int:
    if isinstance(replay, bool) or not isinstance(replay, (int, float, str)):
        raise ReplayError(str(replay))
    try:
        return int(replay)
    except (ValueError, OverflowError):
        raise ReplayError(str(replay)) from None
