"""Sending to an app: subscriptions that match, the outbox, batches, signatures, retries, the log of deliveries.

Facts: research/hubspot.md section 1.9: at most 100 events in one POST, an answer within 5 s, ten attempts within 24
hours. HubSpot does not say when it retries; RETRY_AFTER_S is assumed. The outbox has no network of its own: whoever
drives the sandbox calls `deliver` with a function that posts, when `due` says that there is something to send.
"""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from ...dialect import Switch
from ...journal import Row
from ...outbox import Arrangement
from ...wire import Evidence
from .portal import INTEGRATION, Portal
from .signatures import webhook_headers
from .webhook_events import EVENT_TYPES, Draft, association_of, changes_of, erasure_of, merge_of

SWITCHES: tuple[Switch, ...] = (
    Switch("webhook_changes_of_new", True, (True, False), Evidence.ASSUMED,
           "a creation also sends a propertyChange for each subscribed property that was set"),
)

MAX_BATCH = 100
MAX_ATTEMPTS = 10
TIMEOUT_S = 5.0
# Seconds before attempts 1..9; with 10 % jitter their sum stays below 24 hours.
RETRY_AFTER_S = (60, 300, 900, 1800, 3600, 7200, 14_400, 21_600, 27_000)
FIRST_EVENT_ID = 3_816_279_340
FIRST_SUBSCRIPTION_ID = 3_400_001
USER_AGENT = (
    "HubSpot Connect 2.0 (http://dev.hubspot.com/) (namespace: webhooks-nio-http-client) - WebhooksExecutorDaemon-executor"
)
# A source that tells nobody: records that were always there.
_SILENT = "SEED"

Post = Callable[[str, bytes, dict[str, str]], Awaitable[int]]


class TargetRefusedError(ValueError):
    """A webhook was to leave the sandbox; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What an app wants to be told."""

    id: int
    event_type: str
    property_name: str | None
    object_type_id: str | None
    active: bool
    created_ms: int
    updated_ms: int

    def matches(self, draft: Draft) -> bool:
        """Tell whether this event is wanted."""
        if not self.active or (self.property_name or None) != draft.property_name:
            return False
        if self.event_type.startswith("object."):
            return self.event_type == f"object.{draft.name}" and self.object_type_id == draft.object_type_id
        return self.event_type == draft.event_type


@dataclass(frozen=True, slots=True)
class Settings:
    """Where an app wants to be told."""

    target_url: str
    max_concurrent: int
    created_ms: int
    updated_ms: int


@dataclass(frozen=True, slots=True)
class Event:
    """One event for one subscription, waiting for attempt number ``attempt`` at ``next_attempt_ms``."""

    members: dict[str, Any]
    attempt: int
    next_attempt_ms: int

    @property
    def key(self) -> tuple[int, int]:
        """Return what receivers tell duplicates by."""
        return self.members["eventId"], self.members["subscriptionId"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One POST that was tried. ``status`` 0: no answer within 5 s, or none at all; ``note`` says why."""

    at_ms: int
    url: str
    status: int
    keys: tuple[tuple[int, int], ...]
    attempts: tuple[int, ...]
    body: bytes
    headers: dict[str, str]
    note: str = ""


class Webhooks:
    """The webhooks of the portal's one app."""

    def __init__(self, dialect: Portal) -> None:
        self._dialect = dialect
        self.settings: Settings | None = None
        self.subscriptions: dict[int, Subscription] = {}
        self.log: list[Delivery] = []
        self.abandoned: list[Event] = []
        self._outbox: dict[tuple[int, int], Event] = {}
        self._arranged: dict[tuple[int, int], Arrangement] = {}
        dialect.store.keep("webhooks", self._state, self._go_back)

    def _state(self) -> tuple[Settings | None, dict[int, Subscription], dict[tuple[int, int], Event], list[Event]]:
        return self.settings, dict(self.subscriptions), dict(self._outbox), list(self.abandoned)

    def _go_back(
        self, state: tuple[Settings | None, dict[int, Subscription], dict[tuple[int, int], Event], list[Event]]
    ) -> None:
        """Return to the set-up and the outbox of a snapshot; the log stays, as what was sent has been sent."""
        self.settings = state[0]
        self.subscriptions, self._outbox, self.abandoned = dict(state[1]), dict(state[2]), list(state[3])

    # -- set up and steered by the harness ----------------------------------------------------------

    def listen(self, url: str, events: Iterable[str]) -> None:
        """Let the app be told at ``url``: `contact.creation`, `contact.propertyChange:phone`.

        What an app's owner does on the pages of the developer account. Raises ValueError for an event nobody knows.
        """
        now = self._dialect.clock.now_ms()
        self.settings = Settings(url, MAX_BATCH, now, now)
        for event in events:
            event_type, _, name = event.partition(":")
            if event_type not in EVENT_TYPES or bool(name) is not event_type.endswith(".propertyChange"):
                raise ValueError(f"hubspot has no event `{event}`; known: contact.creation, contact.propertyChange:PROPERTY, ...")
            number = self._dialect.dice.count("hubspot.webhook_subscription", FIRST_SUBSCRIPTION_ID)
            self.subscriptions[number] = Subscription(number, event_type, name or None, None, True, now, now)

    def arrange(self, how: Arrangement) -> None:
        """Say what becomes of the events that wait now; the lost ones are given up at once and told in the journal."""
        waiting = sorted(self._outbox.values(), key=lambda e: e.key)
        lost, kept = waiting[:how.lose], waiting[how.lose:]
        if lost:
            self._tell(self.settings.target_url if self.settings else "", "lost", lost)
        for event in lost:
            self.abandoned.append(self._outbox.pop(event.key))
        for event in kept:
            later = event.next_attempt_ms + round(how.delay_s * 1000)
            self._outbox[event.key] = replace(event, next_attempt_ms=later)
            self._arranged[event.key] = how

    # -- what happened ------------------------------------------------------------------------------

    def object_changed(self, kind: str, before: Row | None, after: Row | None, source: str) -> None:
        """Queue the events of one write (``before`` None: created; ``after.deleted``: archived)."""
        if self._listens(source):
            drafts = list(changes_of(kind, before, after))
            if before is None and len(drafts) > 1:
                drafts = self._of_creation(drafts)
            self._queue(drafts, source)

    def _of_creation(self, drafts: list[Draft]) -> list[Draft]:
        if self._dialect.settings["webhook_changes_of_new"]:
            if any(s.matches(d) for s in self.subscriptions.values() for d in drafts[1:]):
                self._dialect.rests_on("hubspot.webhook_changes_of_new")
            return drafts
        return drafts[:1]

    def merged(
        self, kind: str, primary_id: str, merged_ids: list[str], new_id: str, *, source: str = "CRM_UI", moved: int = 0
    ) -> None:
        """Queue the events of a merge; ``moved`` is the number of properties taken from the merged records."""
        if self._listens(source):
            self._queue(merge_of(kind, primary_id, merged_ids, new_id, moved), source)

    def erased(self, kind: str, record_id: str, *, source: str = INTEGRATION) -> None:
        """Queue the events of a GDPR erasure."""
        if self._listens(source):
            self._queue(erasure_of(kind, record_id), source)

    def association_changed(
        self, from_kind: str, from_id: str, to_kind: str, to_id: str, *, removed: bool, primary: bool, source: str
    ) -> None:
        """Queue the event of one direction of an association; the caller tells both directions."""
        if self._listens(source):
            draft = association_of(from_kind, from_id, to_kind, to_id, removed=removed, primary=primary)
            self._queue([draft], source)

    def _listens(self, source: str) -> bool:
        return bool(self.subscriptions) and self.settings is not None and source != _SILENT

    def _queue(self, drafts: Iterable[Draft], source: str) -> None:
        dialect, now = self._dialect, self._dialect.clock.now_ms()
        for draft in drafts:
            wanted = [s for s in self.subscriptions.values() if s.matches(draft)]
            if not wanted:
                continue
            event_id = dialect.dice.count("hubspot.webhook_event", FIRST_EVENT_ID)
            for subscription in wanted:
                members = {
                    "eventId": event_id, "subscriptionId": subscription.id, "portalId": dialect.portal_id,
                    "appId": dialect.app_id, "occurredAt": now, "subscriptionType": subscription.event_type,
                    "attemptNumber": 0, "objectId": draft.object_id, **draft.members,
                    "changeSource": source, "sourceId": dialect.source_id(source),
                }
                if subscription.object_type_id is not None:
                    members["objectTypeId"] = draft.object_type_id
                event = Event(members, 0, now)
                self._outbox[event.key] = event

    # -- sending ------------------------------------------------------------------------------------

    @property
    def pending(self) -> int:
        """Return how many events wait, for now or for a later attempt."""
        return len(self._outbox)

    def due(self) -> list[Event]:
        """Return the events that are to be sent now, in order of their event ids."""
        now = self._dialect.clock.now_ms()
        return sorted((e for e in list(self._outbox.values()) if e.next_attempt_ms <= now), key=lambda e: e.key)

    def next_due_ms(self) -> int | None:
        """Return when the next event is to be sent (milliseconds since the epoch), or None when none waits."""
        return min((e.next_attempt_ms for e in list(self._outbox.values())), default=None)

    async def deliver(self, post: Post | None = None) -> list[Delivery]:
        """Send what is due, in batches of at most 100, as many at a time as the app allows; return what was tried.

        ``post(url, body, headers)`` returns the HTTP status, 0 for no answer, or raises `TargetRefusedError`. A status
        of 400 or more, or 0, is tried again up to attempt number 9; then the event is given up (`abandoned`). Without
        ``post`` it goes to loopback addresses. Events that were arranged (`arrange`) go one by one, before the others.
        """
        settings = self.settings
        events = self.due()
        if settings is None or not events:
            return []
        gate = asyncio.Semaphore(settings.max_concurrent)

        async def send(batch: list[Event]) -> Delivery:
            async with gate:
                return await self._send(settings.target_url, batch, post or http_post)

        chosen = [e for e in events if e.key in self._arranged]
        found = []
        for wave in waves(chosen, self._arranged, self._dialect.dice.stream("hubspot.webhook_order")):
            found += await asyncio.gather(*(send([event]) for event in wave))
        rest = [e for e in events if e.key not in self._arranged]
        batches = [rest[i:i + MAX_BATCH] for i in range(0, len(rest), MAX_BATCH)]
        return [*found, *await asyncio.gather(*map(send, batches))]

    async def _send(self, url: str, batch: list[Event], post: Post) -> Delivery:
        dialect = self._dialect
        now = dialect.clock.now_ms()
        body = orjson.dumps([e.members for e in batch])
        headers = {"Content-Type": "application/json", "User-Agent": USER_AGENT,
                   **webhook_headers(dialect.tokens.client_secret, url, body, now)}
        note = ""
        for event in batch:  # taken out first: a second `deliver` at the same time must not send them again
            self._outbox.pop(event.key, None)
        try:
            status = await post(url, body, headers)
            note = "" if status else "no answer"
        except TargetRefusedError as error:
            status, note = 0, f"refused: {error}"
        keys, attempts = tuple(e.key for e in batch), tuple(e.attempt for e in batch)
        delivery = Delivery(now, url, status, keys, attempts, body, headers, note)
        self.log.append(delivery)
        self._tell(url, f"{status} {note}".strip(), batch)
        if not 200 <= status < 400:
            self._again(batch, is_final=note.startswith("refused"))
        return delivery

    def _tell(self, url: str, became: str, batch: Sequence[Event]) -> None:
        """Keep a delivery in the journal: where to, what came of it, which events."""
        what = ", ".join(f"{e.members['subscriptionType']} {e.members['objectId']} {e.members.get('propertyName', '')}".strip()
                         + (f" (attempt {e.attempt})" if e.attempt else "") for e in batch[:5])
        more = f" and {len(batch) - 5} more" if len(batch) > 5 else ""
        self._dialect.journal.mark("webhook", f"{self._dialect.name} POST {url} -> {became}: {what}{more}")

    def _again(self, batch: list[Event], *, is_final: bool) -> None:
        now = self._dialect.clock.now_ms()
        jitter = self._dialect.dice.stream("hubspot.webhook_retry")
        for event in batch:
            if is_final or event.attempt + 1 >= MAX_ATTEMPTS:
                self.abandoned.append(event)
                continue
            attempt = event.attempt + 1
            wait_ms = round(RETRY_AFTER_S[attempt - 1] * 1000 * jitter.uniform(0.9, 1.1))
            later = replace(event, members={**event.members, "attemptNumber": attempt}, attempt=attempt,
                            next_attempt_ms=now + wait_ms)
            self._outbox[event.key] = later

    def clear(self) -> None:
        """Forget what waits and what was sent; settings and subscriptions stay."""
        self._outbox.clear()
        self.log.clear()
        self.abandoned.clear()


def waves(events: list[Event], arranged: dict[tuple[int, int], Arrangement], chance: random.Random) -> list[list[Event]]:
    """Return who is sent at the same time, in order: one event after the other, unless they go together."""
    found: list[list[Event]] = []
    for how in dict.fromkeys(arranged[e.key] for e in events):
        mine = [e for e in events if arranged[e.key] == how] * how.copies
        mine.sort(key=lambda e: e.key)
        if how.order == "reversed":
            mine.reverse()
        elif how.order == "shuffled":
            chance.shuffle(mine)
        found += [mine] if how.together else [[e] for e in mine]
    return found


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    # To read the certificates of the machine takes longer than a delivery, and it would stop every mock meanwhile.
    return ssl.create_default_context()


async def http_post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Post to a loopback address and return the status, or 0 when there was no answer within 5 s.

    Raises `TargetRefusedError` for any other host: nothing leaves the sandbox.
    """
    if urlsplit(url).hostname not in ("127.0.0.1", "localhost", "::1"):
        raise TargetRefusedError(f"{url} is not a loopback address")
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False, verify=_trust()) as client:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await client.post(url, content=body, headers=headers)
    except (httpx.HTTPError, TimeoutError):
        return 0
    return answer.status_code
