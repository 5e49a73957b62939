"""The management API of webhooks: where an app wants to be told, and of what (research/hubspot.md section 1.9).

Called with the developer key (`?hapikey=`) or a token. Payloads say `subscriptionType` where this API says `eventType`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...wire import Evidence, Request, Response
from .errors import Refusal, error_item, malformed, not_found, not_set, wrong_type
from .portal import Portal, iso_ms
from .webhook_events import EVENT_TYPES
from .webhook_outbox import (
    FIRST_SUBSCRIPTION_ID,
    SWITCHES,
    Delivery,
    Event,
    Settings,
    Subscription,
    TargetRefusedError,
    Webhooks,
    http_post,
)
from .wire import answers, batch_answer, body_of, inputs_of, json_response, text_of

__all__ = [
    "SWITCHES", "Delivery", "Event", "Settings", "Subscription", "TargetRefusedError", "Webhooks", "http_post",
]

_ROOTS = ("/webhooks/v3", "/webhooks/2025-09", "/webhooks/2026-03", "/app-webhooks/2026-09")
MAX_CONCURRENT = 10


def _paths(rest: str) -> tuple[str, ...]:
    return tuple(f"{root}/{{appId}}{rest}" for root in _ROOTS)


def _check_app(dialect: Portal, request: Request) -> Webhooks:
    app_id = request.params["appId"]
    if not _is_number(app_id):
        raise Refusal(400, "Unable to parse value for path parameter: appId", category=None, code="INVALID_PARAMETER")
    if int(app_id) != dialect.app_id:
        raise not_found()
    assert isinstance(dialect.webhooks, Webhooks)
    return dialect.webhooks


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


# -- settings ----------------------------------------------------------------------------------------------


@answers("GET", *_paths("/settings"), id="webhooks.settings", evidence=Evidence.CLIENT_SOURCE)
def settings(dialect: Portal, request: Request) -> Response:
    """Show the target; 404 while there is none."""
    found = _check_app(dialect, request).settings
    if found is None:
        raise not_found()
    return json_response(_settings(found))


@answers("PUT", *_paths("/settings"), id="webhooks.set_settings", evidence=Evidence.CLIENT_SOURCE,
         note="http targets are accepted: the sandbox delivers to loopback only")
def set_settings(dialect: Portal, request: Request) -> Response:
    """Set the target and how many deliveries may run at a time."""
    hooks = _check_app(dialect, request)
    body = body_of(request)
    target = body.get("targetUrl")
    if not target:
        raise not_set("targetUrl")
    if not isinstance(target, str) or not target.startswith(("http://", "https://")):
        raise Refusal(400, f"Invalid target URL: {target}", code="INVALID_TARGET", assumed="hubspot.text_webhooks")
    throttling = {} if body.get("throttling") is None else body["throttling"]
    if not isinstance(throttling, dict):
        raise wrong_type("ThrottlingSettings", "the given value")
    # n8n sends the limit at the top level.
    limit = throttling.get("maxConcurrentRequests", body.get("maxConcurrentRequests", MAX_CONCURRENT))
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise wrong_type("int", "the given value")
    now = dialect.clock.now_ms()
    created = hooks.settings.created_ms if hooks.settings else now
    hooks.settings = Settings(target, limit, created, now)
    return json_response(_settings(hooks.settings))


@answers("DELETE", *_paths("/settings"), id="webhooks.delete_settings", evidence=Evidence.CLIENT_SOURCE)
def delete_settings(dialect: Portal, request: Request) -> Response:
    """Forget the target: nothing is queued any more."""
    _check_app(dialect, request).settings = None
    return Response(204)


def _settings(found: Settings) -> dict[str, Any]:
    return {
        "targetUrl": found.target_url, "throttling": {"maxConcurrentRequests": found.max_concurrent},
        "createdAt": iso_ms(found.created_ms), "updatedAt": iso_ms(found.updated_ms),
    }


# -- subscriptions -----------------------------------------------------------------------------------------


@answers("GET", *_paths("/subscriptions"), id="webhooks.subscriptions", evidence=Evidence.CLIENT_SOURCE)
def subscriptions(dialect: Portal, request: Request) -> Response:
    """List the subscriptions."""
    return json_response({"results": [_shown(s) for s in _check_app(dialect, request).subscriptions.values()]})


@answers("POST", *_paths("/subscriptions"), id="webhooks.subscribe", evidence=Evidence.CLIENT_SOURCE,
         note="subscriptions to conversations are kept, but those never change here")
def subscribe(dialect: Portal, request: Request) -> Response:
    """Add a subscription; 201."""
    hooks = _check_app(dialect, request)
    body = body_of(request)
    event_type, name, type_id = body.get("eventType"), body.get("propertyName"), body.get("objectTypeId")
    if not event_type:
        raise not_set("eventType")
    if not isinstance(event_type, str) or event_type not in EVENT_TYPES:
        raise malformed(1, 2, f'Cannot deserialize value of type `EventType` from String "{event_type}"')
    if event_type.endswith(".propertyChange") and not name:
        raise not_set("propertyName")
    if event_type.startswith("object.") and not type_id:
        raise not_set("objectTypeId")
    active = body.get("active", False)
    if not isinstance(active, bool):
        raise wrong_type("boolean", "the given value")
    name, type_id = (None if given is None else text_of(given) for given in (name, type_id))
    now = dialect.clock.now_ms()
    number = dialect.dice.count("hubspot.webhook_subscription", FIRST_SUBSCRIPTION_ID)
    is_change = event_type.endswith(".propertyChange")
    new = Subscription(number, event_type, name if is_change else None, type_id, active, now, now)
    hooks.subscriptions[number] = new
    return json_response(_shown(new), 201)


@answers("GET", *_paths("/subscriptions/{subscriptionId}"), id="webhooks.subscription", evidence=Evidence.CLIENT_SOURCE)
def subscription(dialect: Portal, request: Request) -> Response:
    """Show one subscription."""
    return json_response(_shown(_found(_check_app(dialect, request), request.params["subscriptionId"])))


@answers("PATCH", *_paths("/subscriptions/{subscriptionId}"), id="webhooks.switch_subscription",
         evidence=Evidence.CLIENT_SOURCE)
def switch_subscription(dialect: Portal, request: Request) -> Response:
    """Switch one subscription on or off; nothing else of it can be changed."""
    hooks = _check_app(dialect, request)
    known = _found(hooks, request.params["subscriptionId"])
    body = body_of(request)
    return json_response(_shown(_switch(dialect, hooks, known, body.get("active", known.active))))


@answers("DELETE", *_paths("/subscriptions/{subscriptionId}"), id="webhooks.unsubscribe",
         evidence=Evidence.CLIENT_SOURCE)
def unsubscribe(dialect: Portal, request: Request) -> Response:
    """Remove a subscription; events that wait are still sent."""
    hooks = _check_app(dialect, request)
    del hooks.subscriptions[_found(hooks, request.params["subscriptionId"]).id]
    return Response(204)


@answers("POST", *_paths("/subscriptions/batch/update"), id="webhooks.switch_subscriptions",
         evidence=Evidence.CLIENT_SOURCE)
def switch_subscriptions(dialect: Portal, request: Request) -> Response:
    """Switch several subscriptions on or off; unknown ids make the answer a 207."""
    started = dialect.clock.now_ms()
    hooks = _check_app(dialect, request)
    results, failures = [], []
    for item in inputs_of(body_of(request), 100):
        number = str(item.get("id", ""))
        try:
            results.append(_shown(_switch(dialect, hooks, _found(hooks, number), item.get("active"))))
        except Refusal as refusal:
            dialect.refused(number, refusal.code, refusal.message)
            failures.append(error_item(refusal, {"id": [number]}))
    return batch_answer(dialect, results, failures, started)


def _switch(dialect: Portal, hooks: Webhooks, known: Subscription, active: object) -> Subscription:
    if not isinstance(active, bool):
        raise wrong_type("boolean", "the given value")
    new = replace(known, active=active, updated_ms=dialect.clock.now_ms())
    hooks.subscriptions[new.id] = new
    return new


def _found(hooks: Webhooks, number: str) -> Subscription:
    found = hooks.subscriptions.get(int(number)) if _is_number(number) else None
    if found is None:
        raise not_found()
    return found


def _shown(found: Subscription) -> dict[str, Any]:
    body: dict[str, Any] = {"id": str(found.id), "eventType": found.event_type, "active": found.active}
    if found.property_name is not None:
        body["propertyName"] = found.property_name
    if found.object_type_id is not None:
        body["objectTypeId"] = found.object_type_id
    return body | {"createdAt": iso_ms(found.created_ms), "updatedAt": iso_ms(found.updated_ms)}
