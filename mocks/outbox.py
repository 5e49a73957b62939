"""What a vendor has to tell an app by webhooks, as the harness sees it: subscribed, waiting, delivered, lost, late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Order = Literal["as_sent", "reversed", "shuffled"]


@dataclass(frozen=True)
class Arrangement:
    """How the events that wait now are delivered: in which order, how often, how many get lost, how late.

    ``order``: `as_sent`, `reversed` or `shuffled` (by the dice). The ``lose`` oldest are never sent. Each event goes in
    a POST of its own, one after the other, or all at the same time (``together``). ``delay_s`` is sandbox time.
    """

    order: Order = "as_sent"
    copies: int = 1
    lose: int = 0
    delay_s: float = 0.0
    together: bool = False


class Outbox(Protocol):
    """What a vendor has to tell an app by webhooks: it waits here until somebody delivers."""

    def listen(self, url: str, events: Iterable[str]) -> None:
        """Subscribe the app, as its owner does on the vendor's pages. Raises ValueError for an event nobody knows."""

    @property
    def pending(self) -> int:
        """Return how many events wait, for now or for a later attempt."""

    def next_due_ms(self) -> int | None:
        """Return when the next event is to be sent (sandbox time), or None when none waits."""

    def arrange(self, how: Arrangement) -> None:
        """Say what becomes of the events that wait now; those that happen later go as the vendor sends them."""

    async def deliver(self) -> Sequence[object]:
        """Send what is due and return the deliveries that were tried; each stands in the journal (mark `webhook`)."""
