"""Rate limits and the headers that tell of them (research/hubspot.md 2.9). Real limits are off unless switched on.

An edition (`limits: {edition: professional}` in a shape file) switches on the numbers that HubSpot publishes for it: per
app in ten seconds, per account in a day, and five searches a second. OAuth apps have 110 calls in ten seconds and no day.
"""

from __future__ import annotations

from collections import deque
from functools import cache
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict

from ...wire import Request, Response
from .portal import Portal

SEARCH = "objects.search"
DAILY_LIMIT = 625_000
_SHOWN_LIMIT = 190  # what the headers claim while no limit is enforced
_INTERVAL_MS = 10_000
_SEARCHES = 5
_OAUTH_LIMIT = 110
# edition -> calls in ten seconds, calls in a day
_EDITIONS = {
    "free": (100, 250_000), "starter": (100, 250_000), "professional": (190, DAILY_LIMIT), "enterprise": (190, 1_000_000),
}
_INCREASED = (250, 1_000_000)  # of the API limit increase: the new ten seconds, what a day has more


class LimitRule(BaseModel):
    """Which limits hold: those of an edition, with or without the paid increase. `enforced: false` only shows them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    edition: Literal["free", "starter", "professional", "enterprise"]
    api_limit_increase: bool = False
    enforced: bool = True


class Limits:
    """Counts the calls of the portal's one app; `refusal` says which call is one too many."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._recent: deque[int] = deque()
        self._recent_oauth: deque[int] = deque()
        self._searches: deque[int] = deque()
        self._today = (0, 0)
        self.shown = (_SHOWN_LIMIT, DAILY_LIMIT)

    @property
    def used_today(self) -> int:
        """Return the calls since midnight UTC."""
        return self._today[1]

    @property
    def a_day(self) -> int:
        """Return how many calls of private apps a day has room for."""
        return self._portal.settings["daily_limit"] or self.shown[1]

    def declare(self, rule: LimitRule) -> None:
        """Take on the limits of an edition."""
        ten_seconds, day = _EDITIONS[rule.edition]
        if rule.api_limit_increase:
            ten_seconds, day = _INCREASED[0], day + _INCREASED[1]
        self.shown = (ten_seconds, day)
        wanted = (ten_seconds, day, _OAUTH_LIMIT, _SEARCHES) if rule.enforced else (None, None, None, None)
        names = ("ten_secondly_limit", "daily_limit", "oauth_ten_secondly_limit", "search_secondly_limit")
        self._portal.settings |= dict(zip(names, wanted, strict=True))

    def refusal(self, request: Request, operation_id: str) -> Response | None:
        """Count a call and return the vendor's 429 when a limit that is switched on has been reached."""
        settings, now = self._portal.settings, self._portal.clock.now_ms()
        day = now // 86_400_000
        used = self._today[1] if self._today[0] == day else 0
        is_oauth = _is_oauth(request)
        if not is_oauth and settings["daily_limit"] is not None and used >= settings["daily_limit"]:
            return daily_limited(self._portal)
        self._today = (day, used + (not is_oauth))
        recent = self._recent_oauth if is_oauth else self._recent
        limit = self._ten_seconds(is_oauth=is_oauth)
        if _is_full(recent, now, _INTERVAL_MS, limit):
            return limited(self._portal, self._wait(recent[0], now, _INTERVAL_MS), is_oauth=is_oauth)
        if operation_id == SEARCH and _is_full(self._searches, now, 1000, settings["search_secondly_limit"]):
            return search_limited(self._portal, self._wait(self._searches[0], now, 1000))
        return None

    def _ten_seconds(self, *, is_oauth: bool) -> int | None:
        settings = self._portal.settings
        limit: int | None = settings["oauth_ten_secondly_limit"] if is_oauth else None
        return settings["ten_secondly_limit"] if limit is None else limit

    def _wait(self, oldest_ms: int, now_ms: int, window_ms: int) -> int | None:
        return max(1, -(-(oldest_ms + window_ms - now_ms) // 1000)) if self._portal.settings["retry_after"] else None

    def headers(self, request: Request) -> list[tuple[str, str]]:
        """Return the headers of an ordinary answer; OAuth apps are not told of a day."""
        is_oauth = _is_oauth(request)
        limit = self._ten_seconds(is_oauth=is_oauth) or (_OAUTH_LIMIT if is_oauth else self.shown[0])
        interval, most, secondly, secondly_left = _fixed(limit)
        left = limit - len(self._recent_oauth if is_oauth else self._recent)
        found = [interval, most, ("X-HubSpot-RateLimit-Remaining", str(left) if left > 0 else "0"), secondly, secondly_left]
        if is_oauth:
            return found
        day = self.a_day
        return [("X-HubSpot-RateLimit-Daily", str(day)),
                ("X-HubSpot-RateLimit-Daily-Remaining", str(max(day - self._today[1], 0))), *found]


@cache
def _fixed(limit: int) -> tuple[tuple[str, str], ...]:
    """Return the headers that depend on the limit only."""
    return (
        ("X-HubSpot-RateLimit-Interval-Milliseconds", str(_INTERVAL_MS)), ("X-HubSpot-RateLimit-Max", str(limit)),
        ("X-HubSpot-RateLimit-Secondly", str(max(limit // 10, 1))),
        ("X-HubSpot-RateLimit-Secondly-Remaining", str(max(limit // 10, 1) - 1)),
    )


def _is_oauth(request: Request) -> bool:
    """Tell whether the caller is an OAuth app: its tokens end."""
    return getattr(request.session, "expires_ms", None) is not None


def _is_full(calls: deque[int], now_ms: int, window_ms: int, limit: int | None) -> bool:
    """Note a call in a rolling window unless it would be one too many."""
    while calls and calls[0] <= now_ms - window_ms:
        calls.popleft()
    if limit is not None and len(calls) >= limit:
        return True
    calls.append(now_ms)
    return False


def limited(portal: Portal, retry_after_s: int | None, *, is_oauth: bool = False) -> Response:
    """Return the 429 for more calls in ten seconds than allowed (the group of OAuth apps was not captured)."""
    app = "private_app"
    if is_oauth:
        app = "oauth_app"
        portal.rests_on("hubspot.text_rate_limit_group")
    return _too_many(portal, {
        "message": "You have reached your ten_secondly_rolling limit.", "errorType": "RATE_LIMIT",
        "policyName": "TEN_SECONDLY_ROLLING",
        "groupName": f"publicapi:{app}-api-calls-ten-secondly:{portal.portal_id}",
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
