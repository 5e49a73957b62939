"""Communication preferences v4 for up to a hundred addresses at once (Enterprise scopes; research/hubspot.md 1.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...wire import Evidence, Request, Response
from .communication_v4 import all_statuses, check_channel, opt_out_of_all, paths, wide_status, write_status
from .consent_policy import check_email, require
from .consent_state import address
from .errors import Refusal, error_item, not_set, too_many_inputs, wrong_type
from .portal import Portal
from .wire import answers, batch_answer, body_of, inputs_of, note_refusal

LIMIT = 100
_ROOT = "/statuses/batch"


def _addresses(request: Request) -> list[str]:
    """Return `inputs`, a list of at most a hundred addresses. Raises `Refusal`."""
    inputs = body_of(request).get("inputs")
    if inputs is None:
        raise not_set("inputs")
    if not isinstance(inputs, list) or not all(isinstance(i, str) for i in inputs):
        raise wrong_type("java.util.ArrayList<java.lang.String>", "the given value")
    if len(inputs) > LIMIT:
        raise too_many_inputs(LIMIT, len(inputs))
    return inputs


def _each(dialect: Portal, request: Request, act: Callable[[str], dict[str, Any] | None]) -> Response:
    """Answer with what ``act`` returns for each address; an address it refuses becomes an error of a 207."""
    started = dialect.clock.now_ms()
    check_channel(request)
    results, failures = [], []
    for email in _addresses(request):
        try:
            found = act(check_email(email))
        except Refusal as refusal:
            note_refusal(dialect, email, refusal)
            failures.append(error_item(refusal, {"subscriberIdString": [email]}))
        else:
            if found is not None:
                results.append(found)
    return batch_answer(dialect, results, failures, started)


@answers("POST", *paths(f"{_ROOT}/read"), id="communication_batch.read", evidence=Evidence.DOCUMENT)
def read(dialect: Portal, request: Request) -> Response:
    """Show every type's status for each address."""
    return _each(dialect, request, lambda email: {
        "subscriberIdString": address(email), "statuses": all_statuses(dialect, email),
    })


@answers("POST", *paths(f"{_ROOT}/unsubscribe-all/read"), id="communication_batch.read_all",
         evidence=Evidence.DOCUMENT)
def read_all(dialect: Portal, request: Request) -> Response:
    """Show the opt-outs of everything; addresses without one are shown with an empty list."""
    return _each(dialect, request, lambda email: {
        "subscriberIdString": address(email), "wideStatuses": wide_status(dialect, email),
    })


@answers("POST", *paths(f"{_ROOT}/unsubscribe-all"), id="communication_batch.unsubscribe_all",
         evidence=Evidence.DOCUMENT)
def unsubscribe_all(dialect: Portal, request: Request) -> Response:
    """Opt each address out of everything; the statuses are shown only when `verbose=true`."""
    verbose = request.flag("verbose")

    def act(email: str) -> dict[str, Any] | None:
        opt_out_of_all(dialect, email)
        if not verbose:
            return None
        statuses = all_statuses(dialect, email, "UNSUBSCRIBE_FROM_ALL_OCCURRED")
        return {"subscriberIdString": address(email), "statuses": statuses}

    return _each(dialect, request, act)


@answers("POST", *paths(f"{_ROOT}/write"), id="communication_batch.write", evidence=Evidence.DOCUMENT)
def write(dialect: Portal, request: Request) -> Response:
    """Set one type's status for each input; a refused input leaves the others done and makes the answer a 207."""
    started = dialect.clock.now_ms()
    results, failures = [], []
    for item in inputs_of(body_of(request), LIMIT):
        email = str(item.get("subscriberIdString", ""))
        try:
            require(item, ("subscriberIdString", "channel", "statusState", "subscriptionId"), "PublicStatusRequest")
            results.append(write_status(dialect, check_email(email), item))
        except Refusal as refusal:
            note_refusal(dialect, email, refusal)
            failures.append(error_item(refusal, {"subscriberIdString": [email]}))
    return batch_answer(dialect, results, failures, started)
