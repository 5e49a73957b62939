"""The legacy e-mail subscription API, `/email/public/v1/subscriptions`, which old connectors still poll.

Facts: research/hubspot.md 1.7 (P0), 2.7, 3.6. It counts in epoch milliseconds and numbers, knows OPT_IN, OPT_OUT and
NOT_OPTED, and has "no undo": an opt-out cannot be taken back. The timeline runs backwards, as the vendor's page says.
"""

from __future__ import annotations

import uuid
from typing import Any

from ...journal import Row
from ...wire import Evidence, Request, Response
from . import backwards
from .consent_policy import api_cause, check_email, find_type, may_subscribe_again_v3
from .consent_state import (
    EVENTS,
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
from .consent_timeline import is_email_event, source_of
from .errors import Refusal, wrong_type
from .portal import Portal
from .sending.deliverability import has_bounced, known_of
from .subscriptions import SubscriptionType
from .values import parse_ms
from .wire import answers, body_of, json_response

_ROOT = "/email/public/v1/subscriptions"
_OPT_STATES = {SUBSCRIBED: "OPT_IN", UNSUBSCRIBED: "OPT_OUT"}
_STATUSES = {"OPT_IN": SUBSCRIBED, "OPT_OUT": UNSUBSCRIBED}


@answers("GET", _ROOT, id="communication_v1.definitions", evidence=Evidence.CLIENT_SOURCE)
def definitions(dialect: Portal, request: Request) -> Response:  # noqa: ARG001 (one signature for all)
    """List the subscription types in the legacy shape."""
    return json_response({"subscriptionDefinitions": [
        {"id": int(t.id), "portalId": dialect.portal_id, "name": t.name, "description": t.description, "active": True,
         "internal": t.is_internal, "order": order, "category": t.purpose, "channel": "Email"}
        for order, t in enumerate(dialect.subscription_types)
    ]})


@answers("GET", f"{_ROOT}/{{email}}", id="communication_v1.status", evidence=Evidence.DOCUMENT)
def status(dialect: Portal, request: Request) -> Response:
    """Show what an address is subscribed to; an address nobody knows counts as subscribed to all, NOT_OPTED."""
    email = address(check_email(request.params["email"]))
    row = row_of(dialect, email)
    if row is not None:
        dialect.served(row)
    contact = dialect.contact_by_email(email)
    known, bounced = known_of(dialect, email), has_bounced(dialect, email, contact)
    out = is_opted_out_of_all(row)
    return json_response({
        "subscribed": not out, "markedAsSpam": known["spam"], "unsubscribeFromPortal": out, "portalId": dialect.portal_id,
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
    if not isinstance(state, str) or state not in _STATUSES:
        raise Refusal(400, f"Invalid optState {state}", code="UNKNOWN_OPT_STATE", assumed="hubspot.text_opt_state")
    if state == "OPT_IN":
        may_subscribe_again_v3(dialect, row, email, kind.id)
    return kind, _STATUSES[state], cause


@answers("GET", f"{_ROOT}/timeline", id="communication_v1.timeline", evidence=Evidence.DOCUMENT, probe="14",
         note="snapshots of the state after each change are refused; the source of changes by the API is assumed")
def timeline(dialect: Portal, request: Request) -> Response:
    """List changes between two moments (milliseconds), latest first; changes of one act are one item."""
    if request.flag("includeSnapshot"):
        raise Refusal(400, "includeSnapshot is not supported", code="NOT_MOCKED", assumed="hubspot.text_timeline",
                      hint="snapshots are not mocked; ask for the status of the address instead")
    items = list(_items_of(dialect, request).values())
    shown, has_more, offset = backwards.page(request, items, _key, 100)
    for item in shown:
        for event in item:
            dialect.served(event)
    return json_response({"hasMore": has_more, "offset": offset, "timeline": [_entry(dialect, item) for item in shown]})


def _items_of(dialect: Portal, request: Request) -> dict[str, list[Row]]:
    """Return the events that are asked for, by the act that caused them."""
    start, end = backwards.window(request)
    recipient, kind = request.arg("recipient"), request.arg("changeType")
    found: dict[str, list[Row]] = {}
    for event in dialect.store.rows(EVENTS):
        v = event.values
        if start <= v["at_ms"] <= end and (not recipient or v["email"] == address(recipient)) and (not kind or v["kind"] == kind):
            found.setdefault(v["event_id"], []).append(event)
    return found


def _key(item: list[Row]) -> tuple[int, str]:
    return item[0].values["at_ms"], item[0].id.rjust(12, "0")


def _entry(dialect: Portal, item: list[Row]) -> dict[str, Any]:
    v = item[0].values
    return {
        "timestamp": v["at_ms"], "portalId": dialect.portal_id, "recipient": v["email"],
        "normalizedEmailId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{v['email']}")),
        "changes": [_change(dialect, event) for event in item],
    }


def _change(dialect: Portal, event: Row) -> dict[str, Any]:
    """Return one change: `causedByEvent` when an e-mail event tells of it too, else its own `timestamp`."""
    v = event.values
    change: dict[str, Any] = {"source": source_of(v), "portalId": dialect.portal_id, "changeType": v["kind"], "change": v["change"]}
    if v["subscription_id"]:
        change["subscriptionId"] = int(v["subscription_id"])
    if is_email_event(v):
        change["causedByEvent"] = {"id": v["event_id"], "created": v["at_ms"]}
    else:
        change["timestamp"] = v["at_ms"]
    return change
