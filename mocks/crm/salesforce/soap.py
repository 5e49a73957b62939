"""The SOAP partner service as far as logging in needs it: login, logout, getUserInfo, getServerTimestamp.

Answers declare the partner namespace as the default one, because clients look for `<sessionId>` literally; requests
are read by local names, because clients invent their own prefixes and namespaces.
"""

from __future__ import annotations

import re
from html import escape
from xml.etree import ElementTree

from ...journal import Row
from ...wire import Evidence, Request, Response
from .auth import is_login
from .errors import rest
from .org import Org

_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns="urn:partner.soap.sforce.com" xmlns:sf="urn:fault.partner.soap.sforce.com"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>'
)
_BAD_LOGIN = "Invalid username, password, security token; or user locked out."
_NEEDS_TOKEN = (
    "Invalid username, password, security token; or user locked out. Are you at a new location? When accessing "
    "Salesforce--either via a desktop client or the API--from outside of your company's trusted networks, you must "
    "add a security token to your password to log in."
)
_BAD_SESSION = "Invalid Session ID found in SessionHeader: Illegal Session"


class SoapError(Exception):
    """A SOAP call is refused: status 500 and a fault whose code carries the prefix `sf`."""

    def __init__(self, code: str, message: str, detail: str = "ApiFault") -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.detail = code, message, detail


@rest("POST", "/services/Soap/u/{soap_version}", "/services/Soap/u/{soap_version}/{org}", id="soap.partner",
      evidence=Evidence.CLIENT_RUN, probe="1, 3", note="login, logout, getUserInfo, getServerTimestamp; no record calls")
def partner(org: Org, request: Request) -> Response:
    """Answer one SOAP call."""
    try:
        call, session_id = _parse(request.body)
        name = call.tag.rpartition("}")[2]
        _check_version(request.params["soap_version"])
        if name == "login":
            return _xml(_login(org, request, call))
        session = org.session_of(session_id)
        if session is None:
            raise SoapError("INVALID_SESSION_ID", _BAD_SESSION, "UnexpectedErrorFault")
        user = org.store.get("User", session.user_id)
        assert user is not None
        return _xml(_answer(org, name, session_id, user))
    except SoapError as error:
        org.refused(request.path, error.code, error.message)
        return _fault(error)


def _parse(body: bytes) -> tuple[ElementTree.Element, str]:
    """Return the call and the session id of the header. Raises SoapError when the envelope is none."""
    try:
        if b"<!DOCTYPE" in body:
            raise ElementTree.ParseError("a document type is not allowed")
        root = ElementTree.fromstring(body)  # noqa: S314 (no DOCTYPE, see above)
    except ElementTree.ParseError as error:
        raise SoapError("UNKNOWN_EXCEPTION", f"the request is not XML: {error}", "UnexpectedErrorFault") from None
    found = next((e for e in root if e.tag.rpartition("}")[2] == "Body"), None)
    if found is None or not len(found):
        raise SoapError("UNKNOWN_EXCEPTION", "the envelope has no body", "UnexpectedErrorFault")
    session = next((e.text or "" for e in root.iter() if e.tag.rpartition("}")[2] == "sessionId"), "")
    return found[0], session.strip()


def _check_version(version: str) -> None:
    if not re.fullmatch(r"(3[1-9]|[45]\d|6[0-7])\.0", version):
        raise SoapError("UNSUPPORTED_API_VERSION", f"Invalid Api version specified on URL: {version}")


def _text(call: ElementTree.Element, name: str) -> str:
    return next((e.text or "" for e in call.iter() if e.tag.rpartition("}")[2] == name), "")


def _login(org: Org, request: Request, call: ElementTree.Element) -> str:
    version = request.params["soap_version"]
    if float(version) >= 65 and not org.settings["soap_login_from_v65"]:
        raise SoapError("INVALID_OPERATION", f"login() is not available in API version {version}", "UnexpectedErrorFault")
    username, password = _text(call, "username"), _text(call, "password")
    if not is_login(org, username, password):
        bare = org.identity.password.removesuffix(org.identity.security_token)
        if username.lower() == org.identity.username and password == bare:
            raise SoapError("LOGIN_MUST_USE_SECURITY_TOKEN", _NEEDS_TOKEN, "LoginFault")
        raise SoapError("INVALID_LOGIN", _BAD_LOGIN, "LoginFault")
    session = org.open_session(org.user_id)
    user = org.store.get("User", session.user_id)
    assert user is not None
    address = f"{request.base_url}/services/Soap/{{}}/{version}/{org.org_id[:15]}"
    return (
        f"<loginResponse><result><metadataServerUrl>{address.format('m')}</metadataServerUrl>"
        f"<passwordExpired>false</passwordExpired><sandbox>false</sandbox><serverUrl>{address.format('u')}</serverUrl>"
        f"<sessionId>{session.token}</sessionId><userId>{user.id}</userId>"
        f"<userInfo>{_user_info(org, user)}</userInfo></result></loginResponse>"
    )


def _answer(org: Org, name: str, session_id: str, user: Row) -> str:
    if name == "logout":
        org.sessions.pop(session_id, None)
        return "<logoutResponse/>"
    if name == "getUserInfo":
        return f"<getUserInfoResponse><result>{_user_info(org, user)}</result></getUserInfoResponse>"
    if name == "getServerTimestamp":
        now = org.now_stamp().replace("+0000", "Z")
        return (
            f"<getServerTimestampResponse><result><timestamp>{now}</timestamp></result></getServerTimestampResponse>"
        )
    if org.journal.exchange is not None:
        org.journal.exchange.hint = "SOAP: login, logout, getUserInfo, getServerTimestamp"
    raise SoapError("INVALID_OPERATION", f"No operation available for request {name}", "UnexpectedErrorFault")


def _user_info(org: Org, user: Row) -> str:
    company = next(iter(org.store.rows("Organization")))
    known = {
        "organizationId": org.org_id, "organizationName": company.values["Name"], "sessionSecondsValid": "7200",
        "userEmail": user.values["Email"], "userFullName": user.values["Name"], "userId": user.id,
        "userName": user.values["Username"], "userTimeZone": user.values["TimeZoneSidKey"],
    }
    return "".join(f"<{tag}>{escape(str(text))}</{tag}>" for tag, text in known.items())


def _xml(body: str, status: int = 200) -> Response:
    return Response(status, _ENVELOPE.format(body=body).encode(), "text/xml;charset=UTF-8")


def _fault(error: SoapError) -> Response:
    message = escape(error.message)
    response = _xml(
        f"<soapenv:Fault><faultcode>sf:{error.code}</faultcode><faultstring>{error.code}: {message}</faultstring>"
        f'<detail><sf:{error.detail} xsi:type="sf:{error.detail}"><sf:exceptionCode>{error.code}</sf:exceptionCode>'
        f"<sf:exceptionMessage>{message}</sf:exceptionMessage></sf:{error.detail}></detail></soapenv:Fault>",
        500,
    )
    if error.code == "INVALID_OPERATION":
        response.headers.append(("x-syncproof-hint", "SOAP: login, logout, getUserInfo, getServerTimestamp"))
    return response
