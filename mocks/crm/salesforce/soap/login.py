"""Logging in and out over SOAP, and who one is then."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from ....journal import Row
from ....wire import Request
from ..hosts import is_elsewhere
from ..logins import login_problem
from ..org import Org
from .caller import Call, Caller
from .envelope import SoapError, element, local

_BAD_LOGIN = "Invalid username, password, security token; or user locked out."
_NEEDS_TOKEN = (
    "Invalid username, password, security token; or user locked out. Are you at a new location? When accessing "
    "Salesforce--either via a desktop client or the API--from outside of your company's trusted networks, you must "
    "add a security token to your password to log in."
)


def login(org: Org, request: Request, call: Element) -> str:
    """Open a session for a user name and a password that ends with the security token. Raises SoapError."""
    version = request.params["soap_version"]
    if float(version) >= 65 and not org.settings["soap_login_from_v65"]:
        raise SoapError("INVALID_OPERATION", f"login() is not available in API version {version}")
    username, password = _inside(call, "username"), _inside(call, "password")
    if is_elsewhere(org, request):
        raise SoapError("INVALID_LOGIN", _BAD_LOGIN, "LoginFault")
    problem = login_problem(org, username, password)
    if problem is not None:
        text = _BAD_LOGIN if problem.soap_code == "INVALID_LOGIN" else _NEEDS_TOKEN
        raise SoapError(problem.soap_code, text, "LoginFault")
    session = org.open_session(org.user_id)
    session.by_password = True
    expired = "true" if org.settings["password_expired"] else "false"
    user = org.store.get("User", session.user_id)
    assert user is not None
    address = f"{org.instance_url(request)}/services/Soap/{{}}/{version}/{org.org_id[:15]}"
    return (
        f"<loginResponse><result><metadataServerUrl>{address.format('m')}</metadataServerUrl>"
        f"<passwordExpired>{expired}</passwordExpired><sandbox>false</sandbox><serverUrl>{address.format('u')}</serverUrl>"
        f"<sessionId>{session.token}</sessionId><userId>{user.id}</userId>"
        f"<userInfo>{_about(org, user)}</userInfo></result></loginResponse>"
    )


def _inside(call: Element, name: str) -> str:
    return next((e.text or "" for e in call.iter() if local(e) == name), "")


def logout(org: Org, caller: Caller) -> str:
    """End the session of the caller."""
    org.sessions.pop(caller.session_id, None)
    return ""


def user_info(org: Org, caller: Caller) -> str:
    """Tell who the caller is."""
    return f"<result>{_about(org, caller.user)}</result>"


def server_timestamp(org: Org, caller: Caller) -> str:
    """Tell the time of the org."""
    del caller
    return f"<result>{element('timestamp', org.now_stamp().replace('+0000', 'Z'))}</result>"


def _about(org: Org, user: Row) -> str:
    company = next(iter(org.store.rows("Organization")))
    known = {
        "organizationId": org.org_id, "organizationName": company.values["Name"], "profileId": user.values["ProfileId"],
        "roleId": user.values["UserRoleId"], "sessionSecondsValid": "7200",
        "userEmail": user.values["Email"], "userFullName": user.values["Name"], "userId": user.id,
        "userLanguage": user.values["LanguageLocaleKey"], "userLocale": user.values["LocaleSidKey"],
        "userName": user.values["Username"], "userTimeZone": user.values["TimeZoneSidKey"],
        "userType": user.values["UserType"],
    }
    return "".join(element(tag, text) for tag, text in known.items())


CALLS: dict[str, Call] = {"logout": logout, "getUserInfo": user_info, "getServerTimestamp": server_timestamp}
