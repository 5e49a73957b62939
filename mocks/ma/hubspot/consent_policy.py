"""Which changes of a consent the API accepts, and in which words it refuses the others.

Facts: research/hubspot.md sections 2.7 and 3.6. The one captured text is that of a re-subscription after an opt-out;
the others are reconstructions and say so through `assumed`.
"""

from __future__ import annotations

from typing import Any

from ...dialect import Switch
from ...journal import Row
from ...wire import Evidence
from .consent_state import API, LEGAL_BASES, Cause, is_opted_out_of_all, own_status
from .consent_state import UNSUBSCRIBED as OPTED_OUT
from .errors import Refusal, wrong_type
from .portal import Portal
from .subscriptions import SubscriptionType

SWITCHES: tuple[Switch, ...] = (
    Switch("v4_resubscribe", True, (True, False), Evidence.ASSUMED,
           "v4 may subscribe an address again after an opt-out of one type, given legal basis and explanation"),
    Switch("v4_resubscribe_over_portal_optout", False, (True, False), Evidence.ASSUMED,
           "the same after an opt-out of everything; one public client's recording shows RESUBSCRIBE_OCCURRED then"),
    Switch("v3_resubscribe_after_api_optout", False, (True, False), Evidence.ASSUMED,
           "v1 and v3 may subscribe again when the opt-out was made through the API and not by the person"),
    Switch("v3_same_state", "refuse", ("refuse", "accept"), Evidence.ASSUMED,
           "what v3 does when the address is already in the wanted state"),
    Switch("gdpr_mode", False, (True, False), Evidence.DOCUMENT,
           "the portal has data privacy settings on: every change of a consent needs legal basis and explanation"),
)

# -- what a request says --------------------------------------------------------------------------------


def require(body: dict[str, Any], names: tuple[str, ...], request_class: str) -> None:
    """Refuse a body without the members that the vendor's request class needs."""
    missing = [name for name in names if body.get(name) in (None, "")]
    if missing:
        raise Refusal(
            400,
            f"Invalid input JSON on line 1, column 2: Cannot build {request_class}, some of required attributes are "
            f"not set [{', '.join(missing)}]",
            code="REQUIRED_FIELD",
        )


def check_email(email: object) -> str:
    """Return the address as given, if it looks like one. Raises `Refusal`."""
    if not isinstance(email, str):
        raise wrong_type("java.lang.String", "the given value")
    local, at, domain = email.strip().rpartition("@")
    if not (local and at and "." in domain) or any(c.isspace() for c in email.strip()):
        raise Refusal(400, f"Email address {email} is invalid", code="INVALID_EMAIL")
    return email


def find_type(dialect: Portal, type_id: object) -> SubscriptionType:
    """Return the type, whether its id came as number or text. Raises `Refusal`."""
    found = None if isinstance(type_id, bool) else dialect.subscription_types.get(type_id)
    if found is None:
        raise Refusal(400, f"Subscription {type_id} does not exist", code="UNKNOWN_SUBSCRIPTION",
                      assumed="hubspot.text_unknown_subscription")
    return found


def api_cause(dialect: Portal, legal_basis: Any, explanation: Any) -> Cause:
    """Return the cause of a change made through the API; refuses an unknown basis, or none when GDPR mode is on."""
    if legal_basis is not None and legal_basis not in LEGAL_BASES:
        raise Refusal(400, f"Invalid input JSON on line 1, column 2: Cannot deserialize value of type `LegalBasis` from "
                           f'String "{legal_basis}": not one of the values accepted: [{", ".join(LEGAL_BASES)}]',
                      code="INVALID_LEGAL_BASIS", assumed="hubspot.text_legal_basis")
    if explanation is not None and not isinstance(explanation, str):
        raise wrong_type("java.lang.String", "the given value")
    if dialect.settings["gdpr_mode"] and not (legal_basis and explanation):
        raise Refusal(400, "legalBasis and legalBasisExplanation are required because data privacy settings are on",
                      code="LEGAL_BASIS_REQUIRED", assumed="hubspot.text_legal_basis_required")
    # How the status API names an app as source: client source (recorded by a v4 connector).
    return Cause(API, f"Public status API, App ID:{dialect.app_id}", legal_basis or None, explanation or None)


# -- what is allowed ------------------------------------------------------------------------------------


def has_unsubscribed(email: str, type_id: str, *, assumed: str = "") -> Refusal:
    """Return the 400 for a subscription after an opt-out."""
    return Refusal(400, f"Subscription {type_id} for {email} cannot be updated because they have unsubscribed",
                   code="HAS_UNSUBSCRIBED", assumed=assumed)


def may_subscribe_again_v3(dialect: Portal, row: Row | None, email: str, type_id: str) -> None:
    """Refuse a subscription by v1 or v3 of an address that opted out of the type or of everything."""
    if is_opted_out_of_all(row):
        raise has_unsubscribed(email, type_id)
    if row is None or own_status(row, type_id) != OPTED_OUT:
        return
    if row.values[f"subscription:{type_id}"]["by"] != API:
        raise has_unsubscribed(email, type_id)
    if not dialect.settings["v3_resubscribe_after_api_optout"]:
        raise has_unsubscribed(email, type_id, assumed="hubspot.v3_resubscribe_after_api_optout")
    dialect.rests_on("hubspot.v3_resubscribe_after_api_optout")


def is_resubscription_v4(dialect: Portal, row: Row | None, email: str, type_id: str, cause: Cause) -> bool:
    """Tell whether a subscription by v4 undoes an opt-out; refuse one that may not."""
    everything = is_opted_out_of_all(row)
    if not everything and own_status(row, type_id) != OPTED_OUT:
        return False
    switch = "v4_resubscribe_over_portal_optout" if everything else "v4_resubscribe"
    if not dialect.settings[switch] or not (cause.legal_basis and cause.explanation):
        raise has_unsubscribed(email, type_id, assumed=f"hubspot.{switch}")
    dialect.rests_on(f"hubspot.{switch}")
    return True
