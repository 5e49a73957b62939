"""Rate limits and the headers that tell of them (research/hubspot.md 2.9). Real limits are off unless switched on."""

from __future__ import annotations

from collections import deque
from typing import Any

import orjson

from ...wire import Response
from .portal import Portal

SEARCH = "objects.search"
DAILY_LIMIT = 625_000
_SHOWN_LIMIT = 190  # what the headers claim while no limit is enforced
_INTERVAL_MS = 10_000


class Limits:
    """Counts the calls of the portal's one app; `refusal` says which call is one too many."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._recent: deque[int] = deque()
        self._searches: deque[int] = deque()
        self._today = (0, 0)

    @property
    def used_today(self) -> int:
        """Return the calls since midnight UTC."""
        return self._today[1]

    def refusal(self, operation_id: str) -> Response | None:
        """Count a call and return the vendor's 429 when a limit that is switched on has been reached."""
        settings, now = self._portal.settings, self._portal.clock.now_ms()
        day = now // 86_400_000
        self._today = (day, self._today[1] + 1 if self._today[0] == day else 1)
        limit = settings["ten_secondly_limit"]
        if _is_full(self._recent, now, _INTERVAL_MS, limit):
            return limited(self._portal, self._wait(self._recent[0], now, _INTERVAL_MS))
        if operation_id == SEARCH and _is_full(self._searches, now, 1000, settings["search_secondly_limit"]):
            return search_limited(self._portal, self._wait(self._searches[0], now, 1000))
        return None

    def _wait(self, oldest_ms: int, now_ms: int, window_ms: int) -> int | None:
        return max(1, -(-(oldest_ms + window_ms - now_ms) // 1000)) if self._portal.settings["retry_after"] else None

    def headers(self) -> list[tuple[str, str]]:
        """Return the headers of an ordinary answer to a private app."""
        limit = self._portal.settings["ten_secondly_limit"] or _SHOWN_LIMIT
        left = str(max(limit - len(self._recent), 0))
        return [
            ("X-HubSpot-RateLimit-Daily", str(DAILY_LIMIT)),
            ("X-HubSpot-RateLimit-Daily-Remaining", str(DAILY_LIMIT - self._today[1])),
            ("X-HubSpot-RateLimit-Interval-Milliseconds", str(_INTERVAL_MS)),
            ("X-HubSpot-RateLimit-Max", str(limit)),
            ("X-HubSpot-RateLimit-Remaining", left),
            ("X-HubSpot-RateLimit-Secondly", str(max(limit // 10, 1))),
            ("X-HubSpot-RateLimit-Secondly-Remaining", str(max(limit // 10, 1) - 1)),
        ]


def _is_full(calls: deque[int], now_ms: int, window_ms: int, limit: int | None) -> bool:
    """Note a call in a rolling window unless it would be one too many."""
    while calls and calls[0] <= now_ms - window_ms:
        calls.popleft()
    if limit is not None and len(calls) >= limit:
        return True
    calls.append(now_ms)
    return False


def limited(portal: Portal, retry_after_s: int | None) -> Response:
    """Return the 429 for more calls in ten seconds than allowed."""
    return _too_many(portal, {
        "message": "You have reached your ten_secondly_rolling limit.", "errorType": "RATE_LIMIT",
        "policyName": "TEN_SECONDLY_ROLLING",
        "groupName": f"publicapi:private_app-api-calls-ten-secondly:{portal.portal_id}",
    }, retry_after_s)


def search_limited(portal: Portal, retry_after_s: int | None) -> Response:
    """Return the 429 for more searches in a second than allowed; clients know it by its text."""
    return _too_many(portal, {"message": "You have reached your secondly limit.", "category": "RATE_LIMITS"}, retry_after_s)


def daily_limited(portal: Portal) -> Response:
    """Return the 429 for a used-up day; clients give up on it."""
    return _too_many(portal, {
        "message": "You have reached your daily limit.", "errorType": "RATE_LIMIT", "policyName": "DAILY",
        "requestId": portal.correlation_id(),
    }, None)


def _too_many(portal: Portal, members: dict[str, Any], retry_after_s: int | None) -> Response:
    correlation_id = portal.correlation_id()
    body = {"status": "error", "message": members.pop("message"), "correlationId": correlation_id, **members}
    headers = [("X-HubSpot-Correlation-Id", correlation_id)]
    if retry_after_s is not None:
        headers.append(("Retry-After", str(retry_after_s)))
    return Response(429, orjson.dumps(body), headers=headers)
