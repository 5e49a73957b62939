"""The one address of the partner service: find the session and the call, answer it or fault."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from ....wire import Evidence, Request, Response
from ..auth import check_standing
from ..errors import ApiError, rest
from ..hosts import WRONG_HOST, is_refused_at_login, session_at
from ..org import Org, refuse_api_limit
from . import login, metadata, reading, writing
from .caller import Call, Caller, session_id_in
from .envelope import SoapError, answer, children, element, fault, local, parse_envelope

CALLS: dict[str, Call] = {**login.CALLS, **writing.CALLS, **reading.CALLS, **metadata.CALLS}
_WINDOW = ("sObjectType", "startDate", "endDate")
# What each call takes; jsforce asks for `ID` where the schema says `ids`.
_PARTS: dict[str, tuple[str, ...]] = {
    "create": ("sObjects",), "update": ("sObjects",), "upsert": ("externalIDFieldName", "sObjects"),
    "delete": ("ids", "ID"), "undelete": ("ids", "ID"), "emptyRecycleBin": ("ids", "ID"), "merge": ("request",),
    "convertLead": ("leadConverts",), "retrieve": ("fieldList", "sObjectType", "ids"), "query": ("queryString",),
    "queryAll": ("queryString",), "queryMore": ("queryLocator",), "search": ("searchString",), "getUpdated": _WINDOW,
    "getDeleted": _WINDOW, "describeSObject": ("sObjectType",), "describeSObjects": ("sObjectType",),
}
_BAD_SESSION = "Invalid Session ID found in SessionHeader: Illegal Session"
_HINT = f"SOAP calls: login, {', '.join(CALLS)}"


@rest("POST", "/services/Soap/u/{soap_version}", "/services/Soap/u/{soap_version}/{org}", id="soap.partner",
      evidence=Evidence.CLIENT_RUN, probe="1, 3, 10, 20", note="each call is an entry of its own")
def partner(org: Org, request: Request) -> Response:
    """Answer one SOAP call."""
    try:
        call, header = parse_envelope(request.body)
        _check_version(request.params["soap_version"])
        if local(call) == "login":
            return answer(login.login(org, request, call))
        return _perform(org, request, call, header)
    except ApiError as error:
        return _refused(org, request, SoapError.of(error))
    except SoapError as error:
        return _refused(org, request, error)


def _perform(org: Org, request: Request, call: Element, header: Element | None) -> Response:
    session_id = session_id_in(header)
    session = session_at(org, request, session_id)
    user = org.store.get("User", session.user_id) if session is not None else None
    if session is None or user is None:
        raise SoapError("INVALID_SESSION_ID", _BAD_SESSION)
    if is_refused_at_login(org, request):
        raise SoapError("UNKNOWN_EXCEPTION", f"{WRONG_HOST} in the SforceService")
    check_standing(org, session)
    if org.is_over_limit:
        raise SoapError.of(refuse_api_limit())
    name = local(call)
    perform = CALLS.get(name)
    if perform is None:
        text = f"No operation available for request {call.tag}, please check the WSDL for the service."
        raise SoapError("INVALID_OPERATION", text, prefix="soapenv", hint=_HINT)
    _refuse_unknown_parts(name, call)
    version = f"v{request.params['soap_version']}"
    inner = perform(org, Caller(call, header, session_id, user, version, request))
    return answer(f"<{name}Response>{inner}</{name}Response>", _usage(org))


def _refuse_unknown_parts(name: str, call: Element) -> None:
    """Refuse a call with a part that is not its own: to answer as if nothing had been asked would be a silent no."""
    if name == "merge":
        found = [local(e) for e in call if not any(children(e, "masterRecord"))]
    else:
        found = [local(e) for e in call if local(e) not in _PARTS.get(name, ())]
    if found:
        known = ", ".join(_PARTS.get(name, ())) or "nothing"
        text = f"Element {{}}{found[0]} invalid at this location in type {name}"
        raise SoapError("INVALID_OPERATION", text, prefix="soapenv", hint=f"{name} takes {known}")


def _usage(org: Org) -> str:
    known = (
        element("current", org.calls_used), element("limit", org.settings["api_limit"]), element("type", "API REQUESTS")
    )
    return f"<LimitInfoHeader><limitInfo>{''.join(known)}</limitInfo></LimitInfoHeader>"


def _check_version(version: str) -> None:
    if not re.fullmatch(r"(3[1-9]|[45]\d|6[0-7])\.0", version):
        raise SoapError("UNSUPPORTED_API_VERSION", f"Invalid Api version specified on URL: {version}")


def _refused(org: Org, request: Request, error: SoapError) -> Response:
    org.refused(request.path, error.code, error.message)
    if error.hint and org.journal.exchange is not None:
        org.journal.exchange.hint = error.hint
    return fault(error)
