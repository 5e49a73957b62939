"""The legacy e-mail subscription API, `/email/public/v1/subscriptions`, which old connectors still poll.

Facts: research/hubspot.md 1.7 (P0), 2.7, 3.6. It counts in epoch milliseconds and numbers, knows OPT_IN, OPT_OUT and
NOT_OPTED, and has "no undo": an opt-out cannot be taken back.
"""

from __future__ import annotations

import uuid
from typing import Any

from ...journal import Row
from ...wire import Evidence, Request, Response
from .consent_policy import api_cause, check_email, find_type, may_subscribe_again_v3
from .consent_state import (
    EVENTS,
    RECIPIENT,
    SUBSCRIBED,
    UNSUBSCRIBED,
    Cause,
    address,
    is_opted_out_of_all,
    own_status,
    row_of,
    set_portal,
    set_status,
    standing,
)
from .errors import Refusal, wrong_type
from .portal import Portal
from .subscriptions import SubscriptionType
from .values import parse_ms
from .wire import answers, body_of, json_response

_ROOT = "/email/public/v1/subscriptions"
_OPT_STATES = {SUBSCRIBED: "OPT_IN", UNSUBSCRIBED: "OPT_OUT"}
_STATUSES = {"OPT_IN": SUBSCRIBED, "OPT_OUT": UNSUBSCRIBED}
MAX_LIMIT = 1000


@answers("GET", _ROOT, id="communication_v1.definitions", evidence=Evidence.CLIENT_SOURCE)
def definitions(dialect: Portal, request: Request) -> Response:  # noqa: ARG001 (one signature for all)
    """List the subscription types in the legacy shape."""
    return json_response({"subscriptionDefinitions": [
        {"id": int(t.id), "portalId": dialect.portal_id, "name": t.name, "description": t.description, "active": True,
         "internal": t.is_internal, "order": order, "category": t.purpose, "channel": "Email"}
        for order, t in enumerate(dialect.subscription_types)
    ]})


@answers("GET", f"{_ROOT}/{{email}}", id="communication_v1.status", evidence=Evidence.DOCUMENT,
         note="spam complaints are not mocked: markedAsSpam is always false")
def status(dialect: Portal, request: Request) -> Response:
    """Show what an address is subscribed to; an address nobody knows counts as subscribed to all, NOT_OPTED."""
    email = address(check_email(request.params["email"]))
    row = row_of(dialect, email)
    if row is not None:
        dialect.served(row)
    contact = dialect.contact_by_email(email)
    bounced = contact is not None and bool(contact.values.get("hs_email_hard_bounce_reason_enum"))
    out = is_opted_out_of_all(row)
    return json_response({
        "subscribed": not out, "markedAsSpam": False, "unsubscribeFromPortal": out, "portalId": dialect.portal_id,
        "bounced": bounced, "email": email,
        "subscriptionStatuses": [_status(row, kind) for kind in dialect.subscription_types],
        "status": "unsubscribed" if out else "subscribed",
    })


def _status(row: Row | None, kind: SubscriptionType) -> dict[str, Any]:
    holds = standing(row, kind.id)
    return {
        "id": int(kind.id), "updatedAt": parse_ms(holds.at or "") or kind.created_ms,
        "subscribed": holds.status != UNSUBSCRIBED, "optState": _OPT_STATES.get(holds.status, "NOT_OPTED"),
        "legalBasis": holds.legal_basis, "legalBasisExplanation": holds.explanation,
    }


@answers("PUT", f"{_ROOT}/{{email}}", id="communication_v1.update", evidence=Evidence.DOCUMENT)
def update(dialect: Portal, request: Request) -> Response:
    """Change statuses, or opt out of everything; one refused status refuses the whole request."""
    email = check_email(request.params["email"])
    body = body_of(request)
    row = row_of(dialect, email)
    wanted = [_wanted(dialect, row, email, item) for item in _items(body)]
    for_all = api_cause(
        dialect, body.get("portalSubscriptionLegalBasis"), body.get("portalSubscriptionLegalBasisExplanation")
    ) if body.get("unsubscribeFromAll") is True else None
    for kind, new_status, cause in wanted:
        if own_status(row_of(dialect, email), kind.id) != new_status:
            set_status(dialect, email, kind.id, new_status, cause)
    if for_all is not None and not is_opted_out_of_all(row):
        set_portal(dialect, email, UNSUBSCRIBED, for_all)
    return json_response({"status": "ok"})


def _items(body: dict[str, Any]) -> list[dict[str, Any]]:
    items = body.get("subscriptionStatuses") or []
    if not isinstance(items, list) or not all(isinstance(i, dict) for i in items):
        raise wrong_type("java.util.ArrayList<java.lang.Object>", "the given value")
    return items


def _wanted(
    dialect: Portal, row: Row | None, email: str, item: dict[str, Any]
) -> tuple[SubscriptionType, str, Cause]:
    kind = find_type(dialect, item.get("id"))
    cause = api_cause(dialect, item.get("legalBasis"), item.get("legalBasisExplanation"))
    state = item.get("optState") or ("OPT_OUT" if item.get("subscribed") is False else "OPT_IN")
    if state not in _STATUSES:
        raise Refusal(400, f"Invalid optState {state}", code="UNKNOWN_OPT_STATE", assumed="hubspot.text_opt_state")
    if state == "OPT_IN":
        may_subscribe_again_v3(dialect, row, email, kind.id)
    return kind, _STATUSES[state], cause


@answers("GET", f"{_ROOT}/timeline", id="communication_v1.timeline", evidence=Evidence.CLIENT_SOURCE, probe="14",
         note="oldest first; the order, and the source of changes made through the API, are assumed")
def timeline(dialect: Portal, request: Request) -> Response:
    """List changes between two moments (milliseconds), paged by an opaque offset."""
    start, end = _number(request, "startTimestamp", 0), _number(request, "endTimestamp", 1 << 62)
    limit = min(_number(request, "limit", 100), MAX_LIMIT)
    offset = _number(request, "offset", 0)
    recipient = request.arg("recipient")
    found = [
        event for event in dialect.store.rows(EVENTS)
        if int(event.id) > offset and start <= event.values["at_ms"] <= end
        and (recipient is None or event.values["email"] == address(recipient))
    ]
    page = found[:limit]
    for event in page:
        dialect.served(event)
    return json_response({
        "hasMore": len(found) > limit, "offset": page[-1].id if page else str(offset),
        "timeline": [_entry(dialect, event) for event in page],
    })


def _entry(dialect: Portal, event: Row) -> dict[str, Any]:
    v = event.values
    by_recipient = v["by"] == RECIPIENT
    change: dict[str, Any] = {
        "source": "SOURCE_RECIPIENT" if by_recipient else "SOURCE_HUBSPOT_CUSTOMER",
        "timestamp": v["at_ms"], "portalId": dialect.portal_id,
        "changeType": "SUBSCRIPTION_STATUS" if v["subscription_id"] else "PORTAL_STATUS", "change": v["change"],
        "causedByEvent": {"id": v["event_id"], "created": v["at_ms"]},
    }
    if v["subscription_id"]:
        change["subscriptionId"] = int(v["subscription_id"])
    return {
        "timestamp": v["at_ms"], "portalId": dialect.portal_id, "recipient": v["email"],
        "normalizedEmailId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{v['email']}")), "changes": [change],
    }


def _number(request: Request, name: str, default: int) -> int:
    text = request.arg(name)
    if text is None or text == "":
        return default
    if not text.isdigit():
        raise Refusal(400, f"Unable to parse value for query parameter: {name}", code="INVALID_PARAMETER")
    return int(text)
