"""The account itself: what connectors ask first to see whether their token works (research/hubspot.md 1.1)."""

from __future__ import annotations

from ...dialect import Switch
from ...wire import Evidence, Request, Response
from .limits import DAILY_LIMIT
from .portal import Portal, iso_ms
from .wire import VERSIONS, answers, json_response

SWITCHES = (
    Switch("account_type", "STANDARD", ("STANDARD", "SANDBOX", "DEVELOPER_TEST", "APP_DEVELOPER"), Evidence.DOCUMENT,
           "what the portal says it is; connectors and probes look at it before they write"),
)
_DETAILS = ("/account-info/v3/details", *(f"/account-info/{v}/details" for v in VERSIONS))
_USAGE = "/api-usage/daily/private-apps"


@answers("GET", *_DETAILS, id="account.details", evidence=Evidence.CLIENT_SOURCE)
def details(dialect: Portal, request: Request) -> Response:  # noqa: ARG001 (a handler's signature)
    """Return what the portal is; its time zone is UTC, so that days are the same everywhere."""
    return json_response({
        "portalId": dialect.portal_id, "accountType": dialect.settings["account_type"], "timeZone": "UTC", "companyCurrency": "EUR",
        "additionalCurrencies": [], "utcOffset": "+00:00", "utcOffsetMilliseconds": 0, "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "eu1",
    })


@answers("GET", f"/account-info/v3{_USAGE}", *(f"/account-info/{v}{_USAGE}" for v in VERSIONS), id="account.usage",
         evidence=Evidence.DOCUMENT)
def usage(dialect: Portal, request: Request) -> Response:  # noqa: ARG001 (a handler's signature)
    """Return how many calls private apps have made today."""
    now = dialect.clock.now_ms()
    midnight = (now // 86_400_000 + 1) * 86_400_000
    return json_response({"results": [{
        "name": "private-apps-api-calls-daily", "usageLimit": DAILY_LIMIT, "currentUsage": dialect.calls_today,
        "collectedAt": iso_ms(now), "fetchStatus": "SUCCESS", "resetsAt": iso_ms(midnight),
    }]})


@answers("GET", "/integrations/v1/me", id="account.me", evidence=Evidence.CLIENT_SOURCE)
def me(dialect: Portal, request: Request) -> Response:  # noqa: ARG001 (a handler's signature)
    """Return what older tools ask to see whether a token works."""
    return json_response({
        "portalId": dialect.portal_id, "timeZone": "UTC", "currency": "EUR", "utcOffsetMilliseconds": 0,
        "utcOffset": "+00:00",
    })


@answers("GET", "/integrations/v1/limit/daily", id="account.limit", evidence=Evidence.DOCUMENT)
def limit(dialect: Portal, request: Request) -> Response:  # noqa: ARG001 (a handler's signature)
    """Return today's calls as an array, moments in milliseconds."""
    now = dialect.clock.now_ms()
    return json_response([{
        "name": "api-calls-daily", "usageLimit": DAILY_LIMIT, "currentUsage": dialect.calls_today, "collectedAt": now,
        "fetchStatus": "SUCCESS", "resetsAt": (now // 86_400_000 + 1) * 86_400_000,
    }])
