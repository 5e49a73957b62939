"""E-mail events `/email/public/v1/events` and campaigns: what became of messages, told backwards in time.

Events derive from the outbox (SENT and DELIVERED, or DROPPED with its reason), from bounces and complaints (BOUNCE,
SPAMREPORT) and from what recipients said about subscriptions (STATUSCHANGE). Nobody opens or clicks: such events do
not occur. Facts: research/hubspot.md 1.8, 1.10, and the vendor's page on e-mail events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import backwards, errors
from ..consent_state import EVENTS, RECIPIENT, address
from ..consent_timeline import source_of
from ..portal import Portal
from ..wire import answers, json_response
from . import emails, outbox_rows
from .deliverability import BOUNCES, HARD, QUARANTINE, REASONS, SPAM

_ROOT = "/email/public/v1"
APP_ID, APP_NAME = 113, "Batch"
EVENT_TYPES = (
    "SENT", "DELIVERED", "OPEN", "CLICK", "BOUNCE", "DROPPED", "SPAMREPORT", "STATUSCHANGE", "UNBOUNCE", "PROCESSED",
    "DEFERRED", "FORWARD", "PRINT",
)
_IGNORED = "IDEMPOTENT_IGNORE"

Event = dict[str, Any]


def events(dialect: Portal) -> Iterator[tuple[Event, Row]]:
    """Yield every event with the row that it was made of, in no particular order."""
    bounced = {
        row.values["message"]: row for row in dialect.store.rows(BOUNCES) if row.values["what"] not in (SPAM, QUARANTINE)
    }
    for row in dialect.store.rows(outbox_rows.KIND):
        for event in _of_message(dialect, row, bounced.get(row.id)):
            yield event, row
    for row in dialect.store.rows(BOUNCES):
        if row.values["what"] != QUARANTINE:
            yield _of_bounce(dialect, row), row
    yield from _of_subscriptions(dialect)


def _event(dialect: Portal, kind: str, event_id: str, at_ms: int, email: str, campaign_id: int) -> Event:
    return {
        "id": event_id, "created": at_ms, "type": kind, "recipient": email, "portalId": dialect.portal_id, "appId": APP_ID,
        "appName": APP_NAME, "emailCampaignId": campaign_id,
    }


def _of_message(dialect: Portal, row: Row, bounce: Row | None) -> Iterator[Event]:
    v = row.values
    if v["outcome"] == _IGNORED:
        return
    if v["outcome"] != outbox_rows.SENT:
        dropped = _event(dialect, "DROPPED", v["event_id"], v["at_ms"], v["email"], v["campaign_id"])
        yield {**dropped, "dropReason": v["outcome"], "dropMessage": ""}
        return
    yield _event(dialect, "SENT", v["event_id"], v["at_ms"], v["email"], v["campaign_id"])
    delivered = _event(dialect, "DELIVERED", v["delivered_id"], v["at_ms"], v["email"], v["campaign_id"])
    delivered |= {"sentBy": {"id": v["event_id"], "created": v["at_ms"]}, "response": "250 2.0.0 OK"}
    if bounce is not None:
        delivered["obsoletedBy"] = {"id": bounce.values["event_id"], "created": bounce.values["at_ms"]}
    yield delivered


def _of_bounce(dialect: Portal, row: Row) -> Event:
    v = row.values
    message = dialect.store.get(outbox_rows.KIND, v["message"]) if v["message"] else None
    campaign_id = message.values["campaign_id"] if message is not None else 0
    kind = "SPAMREPORT" if v["what"] == SPAM else "BOUNCE"
    event = _event(dialect, kind, v["event_id"], v["at_ms"], v["email"], campaign_id)
    if v["what"] in REASONS:
        category, status, response = REASONS[v["what"]]
        event |= {"category": category, "status": status, "response": response, "bounced": v["what"] == HARD}
    if message is not None:
        event["sentBy"] = {"id": message.values["event_id"], "created": message.values["at_ms"]}
    return event


def _of_subscriptions(dialect: Portal) -> Iterator[tuple[Event, Row]]:
    """Yield one STATUSCHANGE for each act of a recipient; which campaign the page was reached from is not known."""
    acts: dict[str, list[Row]] = {}
    for row in dialect.store.rows(EVENTS):
        if row.values["by"] == RECIPIENT and row.values["kind"] in ("SUBSCRIPTION_STATUS", "PORTAL_STATUS"):
            acts.setdefault(row.values["event_id"], []).append(row)
    for event_id, rows in acts.items():
        v = rows[0].values
        event = _event(dialect, "STATUSCHANGE", event_id, v["at_ms"], v["email"], 0) | {"source": source_of(v)}
        wide = [r.values["change"] for r in rows if r.values["kind"] == "PORTAL_STATUS"]
        if wide:
            event["portalSubscriptionStatus"] = wide[-1]
        typed = [
            {"id": int(r.values["subscription_id"]), "status": r.values["change"]} for r in rows if r.values["subscription_id"]
        ]
        if typed:
            event["subscriptions"] = typed
        yield event, rows[0]


@answers("GET", f"{_ROOT}/events", id="email_events.list", evidence=Evidence.CLIENT_SOURCE,
         note="nobody opens or clicks; the order (latest first) is assumed")
def list_events(dialect: Portal, request: Request) -> Response:
    """Page through events, by recipient, type, campaign and time span."""
    wanted = request.arg("eventType")
    if wanted and wanted not in EVENT_TYPES:
        raise errors.Refusal(400, f"Unable to parse value for query parameter: eventType ({wanted})", category=None,
                             code="INVALID_PARAMETER", assumed="hubspot.text_email_events")
    tests = _tests(request)
    start, end = backwards.window(request)
    found = [
        pair for pair in events(dialect) if start <= pair[0]["created"] <= end and all(test(pair[0]) for test in tests)
    ]
    shown, has_more, offset = backwards.page(request, found, lambda pair: (pair[0]["created"], pair[0]["id"]), 10)
    for _, row in shown:
        dialect.served(row)
    return json_response({"hasMore": has_more, "offset": offset, "events": [event for event, _ in shown]})


def _tests(request: Request) -> list[Callable[[Event], bool]]:
    wanted: dict[str, Any] = {}
    for argument, member in (("eventType", "type"), ("recipient", "recipient")):
        value = request.arg(argument)
        if value:
            wanted[member] = address(value) if member == "recipient" else value
    for argument, member in (("campaignId", "emailCampaignId"), ("appId", "appId")):
        if request.arg(argument):
            wanted[member] = backwards.number_arg(request, argument, 0)
    return [lambda event, m=member, v=value: event[m] == v for member, value in wanted.items()]  # type: ignore[misc]


@answers("GET", f"{_ROOT}/events/{{created}}/{{id}}", id="email_events.get", evidence=Evidence.DOCUMENT)
def one_event(dialect: Portal, request: Request) -> Response:
    """Show one event by its moment and id."""
    for event, row in events(dialect):
        if event["id"] == request.params["id"] and str(event["created"]) == request.params["created"]:
            dialect.served(row)
            return json_response(event)
    raise errors.not_found()


# -- campaigns ------------------------------------------------------------------------------------------


def _campaigns(dialect: Portal, request: Request, key: Callable[[Row], Any], *, reverse: bool) -> Response:
    limit = min(backwards.number_arg(request, "limit", 10), backwards.MOST)
    text = request.arg("offset") or "0"
    if not text.isdigit() or not text.isascii() or len(text) > 18:
        raise errors.Refusal(400, "Unable to parse value for query parameter: offset", category=None, code="INVALID_PARAMETER")
    offset = int(text)
    rows = sorted(dialect.store.rows(emails.KIND), key=key, reverse=reverse)
    page = rows[offset : offset + limit]
    for row in page:
        dialect.served(row)
    return json_response({
        "hasMore": offset + limit < len(rows), "offset": str(offset + len(page)),
        "campaigns": [
            {"id": row.values["campaign_id"], "lastUpdatedTime": row.modified_ms, "appId": APP_ID, "appName": APP_NAME}
            for row in page
        ],
    })


@answers("GET", f"{_ROOT}/campaigns", id="email_campaigns.list", evidence=Evidence.CLIENT_SOURCE,
         note="each marketing e-mail is one campaign")
def campaigns(dialect: Portal, request: Request) -> Response:
    """Page through campaigns, the latest change first."""
    return _campaigns(dialect, request, lambda row: (row.modified_ms, row.values["campaign_id"]), reverse=True)


@answers("GET", f"{_ROOT}/campaigns/by-id", id="email_campaigns.by_id", evidence=Evidence.CLIENT_SOURCE)
def campaigns_by_id(dialect: Portal, request: Request) -> Response:
    """Page through campaigns in order of id."""
    return _campaigns(dialect, request, lambda row: row.values["campaign_id"], reverse=False)


@answers("GET", f"{_ROOT}/campaigns/{{campaignId}}", id="email_campaigns.get", evidence=Evidence.CLIENT_SOURCE)
def campaign(dialect: Portal, request: Request) -> Response:
    """Show one campaign with its counters."""
    for row in dialect.store.rows(emails.KIND):
        if str(row.values["campaign_id"]) == request.params["campaignId"]:
            dialect.served(row)
            return json_response(_campaign(dialect, row))
    raise errors.not_found()


def _campaign(dialect: Portal, row: Row) -> dict[str, Any]:
    v = row.values
    counted = emails.counters(dialect, row.id)
    return {
        "id": v["campaign_id"], "appId": APP_ID, "appName": APP_NAME, "contentId": int(row.id), "name": v["name"],
        "subject": v["subject"], "type": "BATCH_EMAIL", "numIncluded": sum(map(itemgetter(1), counted.items())),
        "counters": counted, "lastProcessingFinishedAt": row.modified_ms, "lastProcessingStartedAt": row.modified_ms,
    }
