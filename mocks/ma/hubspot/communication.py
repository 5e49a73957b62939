"""Communication preferences v3: definitions, status, subscribe, unsubscribe (research/hubspot.md 1.7, 2.7, 3.6).

v3 knows two words, SUBSCRIBED and NOT_SUBSCRIBED: "never asked" and "opted out" look alike, which is what careless
connectors trip over. It never lets an address that opted out be subscribed again.
"""

from __future__ import annotations

from typing import Any

from ...journal import Row
from ...wire import Evidence, Request, Response
from .consent_meaning import ALL, TABLE, consent_marks, desk_consent, seed_consent
from .consent_policy import (
    SWITCHES,
    api_cause,
    check_email,
    find_type,
    may_subscribe_again_v3,
    require,
)
from .consent_state import (
    SUBSCRIBED,
    UNSUBSCRIBED,
    address,
    align_contact,
    define,
    forget,
    optout_properties,
    own_status,
    row_of,
    set_status,
    standing,
)
from .errors import Refusal
from .portal import Portal
from .subscriptions import SubscriptionType, SubscriptionTypes
from .wire import answers, body_of, json_response

__all__ = [
    "ALL", "SWITCHES", "TABLE", "SubscriptionTypes", "align_contact", "consent_marks", "define", "desk_consent",
    "forget", "optout_properties", "seed_consent",
]

_ROOT = "/communication-preferences/v3"


def v3_status(row: Row | None, kind: SubscriptionType) -> dict[str, Any]:
    """Return one `PublicSubscriptionStatus`."""
    holds = standing(row, kind.id)
    return {
        "id": kind.id, "name": kind.name, "description": kind.description,
        "status": SUBSCRIBED if holds.status == SUBSCRIBED else "NOT_SUBSCRIBED",
        "sourceOfStatus": "PORTAL_WIDE_STATUS" if holds.portal_wide else "SUBSCRIPTION_STATUS",
        "brandId": 0, "preferenceGroupName": None,
        "legalBasis": holds.legal_basis, "legalBasisExplanation": holds.explanation,
    }


@answers("GET", f"{_ROOT}/definitions", id="communication_v3.definitions", evidence=Evidence.CLIENT_RUN, probe="14")
def definitions(dialect: Portal, request: Request) -> Response:  # noqa: ARG001 (one signature for all)
    """List the subscription types."""
    return json_response({"subscriptionDefinitions": [t.definition() for t in dialect.subscription_types]})


@answers("GET", f"{_ROOT}/status/email/{{email}}", id="communication_v3.status", evidence=Evidence.CLIENT_RUN,
         probe="14")
def status(dialect: Portal, request: Request) -> Response:
    """Show every type's status for an address; an address nobody knows has them all NOT_SUBSCRIBED."""
    email = check_email(request.params["email"])
    row = row_of(dialect, email)
    if row is not None:
        dialect.served(row)
    return json_response({
        "recipient": address(email),
        "subscriptionStatuses": [v3_status(row, kind) for kind in dialect.subscription_types],
    })


@answers("POST", f"{_ROOT}/subscribe", id="communication_v3.subscribe", evidence=Evidence.CLIENT_RUN, probe="14",
         note="the text of the refusal when already subscribed is not captured")
def subscribe(dialect: Portal, request: Request) -> Response:
    """Subscribe an address to one type; 400 after an opt-out."""
    return _update(dialect, request, SUBSCRIBED)


@answers("POST", f"{_ROOT}/unsubscribe", id="communication_v3.unsubscribe", evidence=Evidence.CLIENT_RUN, probe="14",
         note="the text of the refusal when already unsubscribed is not captured")
def unsubscribe(dialect: Portal, request: Request) -> Response:
    """Unsubscribe an address from one type; there is no way back through v3."""
    return _update(dialect, request, UNSUBSCRIBED)


def _update(dialect: Portal, request: Request, wanted: str) -> Response:
    body = body_of(request)
    request.params["email"] = str(body.get("emailAddress", ""))  # whom a refusal is about
    require(body, ("emailAddress", "subscriptionId"), "PublicUpdateSubscriptionStatusRequest")
    email = check_email(body["emailAddress"])
    kind = find_type(dialect, body["subscriptionId"])
    cause = api_cause(dialect, body.get("legalBasis"), body.get("legalBasisExplanation"))
    row = row_of(dialect, email)
    if wanted == SUBSCRIBED:
        may_subscribe_again_v3(dialect, row, email, kind.id)
    if own_status(row, kind.id) == wanted:
        _same_state(dialect, email, kind.id, wanted)
    if own_status(row, kind.id) != wanted:
        row = set_status(dialect, email, kind.id, wanted, cause)
    if row is not None:
        dialect.served(row)
    return json_response(v3_status(row, kind))


def _same_state(dialect: Portal, email: str, type_id: str, wanted: str) -> None:
    if dialect.settings["v3_same_state"] == "refuse":
        word = "subscribed to" if wanted == SUBSCRIBED else "unsubscribed from"
        raise Refusal(400, f"{email} is already {word} subscription {type_id}", code="ALREADY_IN_STATE",
                      assumed="hubspot.v3_same_state")
    dialect.rests_on("hubspot.v3_same_state")
