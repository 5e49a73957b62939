"""Communication preferences v4 and its date-versioned twins: one address (research/hubspot.md 1.7, 1.14, 3.6).

v4 tells "never asked" (NOT_SPECIFIED) from "opted out" (UNSUBSCRIBED) and may undo an opt-out of one type when a legal
basis is given. Key order, `source` and `subscriptionName` follow what a public v4 client recorded.
"""

from __future__ import annotations

from typing import Any

from ...journal import Row
from ...wire import Evidence, Request, Response
from .consent_policy import api_cause, check_email, find_type, is_resubscription_v4, require
from .consent_state import (
    NOT_SPECIFIED,
    SUBSCRIBED,
    UNSUBSCRIBED,
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
from .wire import VERSIONS, answers, body_of, iso_ms, json_response

ROOTS = tuple(f"/communication-preferences/{v}" for v in ("v4", *VERSIONS))


def paths(rest: str) -> tuple[str, ...]:
    """Return all spellings of one v4 path."""
    return tuple(root + rest for root in ROOTS)


def envelope(dialect: Portal, results: list[Any], started_ms: int) -> Response:
    """Return `results` in the envelope of an action."""
    return json_response({
        "status": "COMPLETE", "results": results,
        "startedAt": iso_ms(started_ms), "completedAt": iso_ms(dialect.clock.now_ms()),
    })


def v4_status(
    dialect: Portal, row: Row | None, email: str, kind: SubscriptionType, reason: str | None = None
) -> dict[str, Any]:
    """Return one `PublicStatus`; a type nobody has said anything about carries the time of the request."""
    holds = standing(row, kind.id)
    return {
        "businessUnitId": 0, "channel": "EMAIL", "subscriberIdString": email, "subscriptionId": int(kind.id),
        "subscriptionName": kind.name, "status": holds.status, "source": holds.source,
        "legalBasis": holds.legal_basis, "legalBasisExplanation": holds.explanation,
        "setStatusSuccessReason": reason, "timestamp": holds.at or iso_ms(dialect.clock.now_ms()),
    }


def all_statuses(dialect: Portal, email: str, reason: str | None = None) -> list[dict[str, Any]]:
    """Return the status of every type for an address, and note that the caller saw them."""
    row = row_of(dialect, email)
    if row is not None:
        dialect.served(row)
    return [v4_status(dialect, row, address(email), kind, reason) for kind in dialect.subscription_types]


def wide_status(dialect: Portal, email: str) -> list[dict[str, Any]]:
    """Return the opt-out of everything in a list, or nothing when there is none [D]."""
    row = row_of(dialect, email)
    if row is None:
        return []
    dialect.served(row)
    if not is_opted_out_of_all(row):
        return []
    return [{
        "wideStatusType": "PORTAL_WIDE", "subscriberIdString": row.id, "status": UNSUBSCRIBED, "channel": "EMAIL",
        "timestamp": row.values["portal_at"], "businessUnitId": 0,
    }]


def check_channel(request: Request) -> None:
    """Refuse a missing or unknown channel, and brands."""
    channel = request.arg("channel")
    if channel is None:
        raise Refusal(400, "Required query parameter 'channel' is missing", code="CHANNEL_REQUIRED",
                      assumed="hubspot.text_channel")
    _check_channel_value(channel)
    check_brand(request)


def check_brand(request: Request) -> None:
    """Refuse brands (business units), which this portal does not have."""
    if request.arg("businessUnitId", "0") != "0":
        raise Refusal(400, "businessUnitId does not exist in this account", code="UNKNOWN_BUSINESS_UNIT",
                      assumed="hubspot.text_business_unit", hint="brands (business units) are not mocked; use 0")


def _check_channel_value(channel: object) -> None:
    if channel != "EMAIL":
        hint = "subscriptions by WhatsApp and SMS are not mocked; use EMAIL" if channel in ("WHATSAPP", "SMS") else ""
        raise Refusal(400, f"Invalid channel {channel}: only EMAIL is supported", assumed="hubspot.text_channel", hint=hint,
                      code="NOT_MOCKED" if hint else "UNKNOWN_CHANNEL")


def write_status(dialect: Portal, email: str, body: dict[str, Any]) -> dict[str, Any]:
    """Do what one v4 status request asks for and return the status with its reason. Raises `Refusal`."""
    _check_channel_value(body["channel"])
    kind = find_type(dialect, body["subscriptionId"])
    cause = api_cause(dialect, body.get("legalBasis"), body.get("legalBasisExplanation"))
    wanted = body["statusState"]
    row = row_of(dialect, email)
    if wanted not in (SUBSCRIBED, UNSUBSCRIBED):
        raise _unwritable(wanted)
    reason = "REQUESTED_CHANGE_OCCURRED"
    if wanted == SUBSCRIBED and is_resubscription_v4(dialect, row, email, kind.id, cause):
        reason = "RESUBSCRIBE_OCCURRED"
        _lift_for_one_type(dialect, row, email, kind)
    elif own_status(row, kind.id) == wanted:
        reason = "NO_STATUS_CHANGE"
    if reason != "NO_STATUS_CHANGE":
        row = set_status(dialect, email, kind.id, wanted, cause)
    if row is not None:
        dialect.served(row)
    return v4_status(dialect, row, address(email), kind, reason)


def _unwritable(wanted: object) -> Refusal:
    if wanted == NOT_SPECIFIED:
        return Refusal(400, "Cannot set the status to NOT_SPECIFIED", code="NOT_MOCKED",
                       assumed="hubspot.v4_write_not_specified",
                       hint="writing NOT_SPECIFIED is not mocked: what HubSpot does with it is unknown")
    return Refusal(400, f"Invalid statusState {wanted}", code="UNKNOWN_STATUS", assumed="hubspot.text_status_state")


def _lift_for_one_type(dialect: Portal, row: Row | None, email: str, kind: SubscriptionType) -> None:
    """Turn an opt-out of everything into one of every other type, so that one type alone comes back."""
    if row is None or not is_opted_out_of_all(row):
        return
    was = standing(row, kind.id)
    cause = api_cause(dialect, was.legal_basis, was.explanation)
    for other in dialect.subscription_types:
        if other.id != kind.id and own_status(row_of(dialect, email), other.id) != UNSUBSCRIBED:
            set_status(dialect, email, other.id, UNSUBSCRIBED, cause)
    set_portal(dialect, email, SUBSCRIBED, cause)


@answers("GET", *paths("/definitions"), id="communication_v4.definitions", evidence=Evidence.CLIENT_SOURCE,
         note="no translations: includeTranslations=true adds an empty list")
def definitions(dialect: Portal, request: Request) -> Response:
    """List the subscription types in the envelope of an action."""
    started = dialect.clock.now_ms()
    check_brand(request)
    found = [t.definition() for t in dialect.subscription_types]
    if request.flag("includeTranslations"):
        found = [{**d, "subscriptionTranslations": []} for d in found]
    return envelope(dialect, found, started)


@answers("GET", *paths("/statuses/{email}"), id="communication_v4.read", evidence=Evidence.CLIENT_SOURCE, probe="14")
def read(dialect: Portal, request: Request) -> Response:
    """Show every type's status for an address."""
    started = dialect.clock.now_ms()
    check_channel(request)
    return envelope(dialect, all_statuses(dialect, check_email(request.params["email"])), started)


@answers("POST", *paths("/statuses/{email}"), id="communication_v4.write", evidence=Evidence.DOCUMENT)
def write(dialect: Portal, request: Request) -> Response:
    """Set one type's status for an address."""
    started = dialect.clock.now_ms()
    check_brand(request)
    email = check_email(request.params["email"])
    body = body_of(request)
    require(body, ("channel", "statusState", "subscriptionId"), "PartialPublicStatusRequest")
    return envelope(dialect, [write_status(dialect, email, body)], started)


@answers("GET", *paths("/statuses/{email}/unsubscribe-all"), id="communication_v4.read_all",
         evidence=Evidence.DOCUMENT)
def read_all(dialect: Portal, request: Request) -> Response:
    """Show the opt-out of everything; an empty list means that there is none."""
    started = dialect.clock.now_ms()
    check_channel(request)
    return envelope(dialect, wide_status(dialect, check_email(request.params["email"])), started)


@answers("POST", *paths("/statuses/{email}/unsubscribe-all"), id="communication_v4.unsubscribe_all",
         evidence=Evidence.DOCUMENT)
def unsubscribe_all(dialect: Portal, request: Request) -> Response:
    """Opt an address out of everything; the statuses are shown only when `verbose=true`."""
    started = dialect.clock.now_ms()
    check_channel(request)
    email = check_email(request.params["email"])
    opt_out_of_all(dialect, email)
    verbose = request.flag("verbose")
    found = all_statuses(dialect, email, "UNSUBSCRIBE_FROM_ALL_OCCURRED") if verbose else []
    return envelope(dialect, found, started)


def opt_out_of_all(dialect: Portal, email: str) -> None:
    """Opt an address out of everything through the API; a second time changes nothing."""
    if not is_opted_out_of_all(row_of(dialect, email)):
        set_portal(dialect, email, UNSUBSCRIBED, api_cause(dialect, None, None))


@answers("POST", *paths("/links/generate"), id="communication_v4.links", evidence=Evidence.DOCUMENT,
         note="the links lead nowhere; languages other than the portal's are not checked")
def links(dialect: Portal, request: Request) -> Response:
    """Make the links by which the person behind an address manages or ends subscriptions."""
    check_channel(request)
    body = body_of(request)
    require(body, ("subscriberIdString",), "LinkGenerationRequest")
    email = check_email(body["subscriberIdString"])
    language = body.get("language")
    if language is not None and not isinstance(language, str):
        raise wrong_type("java.lang.String", "the given value")
    kind = find_type(dialect, body["subscriptionId"]) if body.get("subscriptionId") is not None else None
    root = f"https://{dialect.portal_id}.hs-sites.com/hs/preferences-center/{language or 'en'}"
    token = dialect.dice.token("hubspot.preference_link", 48)
    found = {
        "subscriberIdString": address(email), "managePreferencesUrl": f"{root}/page?data={token}",
        "unsubscribeAllUrl": f"{root}/unsubscribe-all?data={token}",
    }
    if kind is not None:
        found["unsubscribeSingleUrl"] = f"{root}/unsubscribe?data={token}&subscriptionId={kind.id}"
    return json_response(found)
