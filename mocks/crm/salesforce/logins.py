"""Who may log in, and how a refused login is told: the same rules for every OAuth grant and for SOAP.

Texts: research `salesforce.md` sections 1.1 and 2 (clients key on them).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from urllib.parse import unquote_plus

from ...wire import Request, Response
from .errors import reply
from .org import Org


class GrantError(Exception):
    """A token request is refused; OAuth's own shape."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error, self.description = error, description


def refused_grant(org: Org, request: Request, error: GrantError) -> Response:
    """Return the answer to a refused token request (400) and note the refusal."""
    org.refused(request.path, error.error, error.description)
    return reply(request, {"error": error.error, "error_description": error.description}, 400)


@dataclass(frozen=True, slots=True)
class LoginProblem:
    """Why a user name and password do not open a session: OAuth's description and the SOAP code."""

    description: str
    soap_code: str


_WRONG = LoginProblem("authentication failure", "INVALID_LOGIN")
_NEEDS_TOKEN = LoginProblem("authentication failure", "LOGIN_MUST_USE_SECURITY_TOKEN")
_INACTIVE = LoginProblem("inactive user", "INVALID_LOGIN")
_IP = LoginProblem("ip restricted", "LOGIN_MUST_USE_SECURITY_TOKEN")


def login_problem(org: Org, username: str, password: str) -> LoginProblem | None:
    """Return why this login is refused, or None. The password carries the security token unless the address is trusted."""
    known = org.identity
    bare = known.password.removesuffix(known.security_token)
    if username.lower() != known.username:
        return _WRONG
    if _is_equal(password, bare) and org.settings["ip_restriction"] == "security_token":
        return _NEEDS_TOKEN
    if not (_is_equal(password, known.password) or _is_equal(password, bare)):
        return _WRONG
    return user_problem(org)


def user_problem(org: Org) -> LoginProblem | None:
    """Return why the integration user may not log in at all, by any grant: the address, or a deactivated user."""
    if not is_active(org, org.user_id):
        return _INACTIVE
    return _IP if org.settings["ip_restriction"] == "refuse" else None


def is_active(org: Org, user_id: str) -> bool:
    """Tell whether the user exists and has not been deactivated."""
    user = org.store.get("User", user_id)
    return user is not None and bool(user.values["IsActive"])


def _is_equal(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode(), known.encode())


def check_client(org: Org, request: Request, form: dict[str, str], *, secret_required: bool = True) -> None:
    """Check the connected app's id and secret, from the form or HTTP Basic. Raises GrantError."""
    client_id, secret = form.get("client_id", ""), form.get("client_secret")
    header = request.headers.get("authorization", "")
    if header.lower().startswith("basic "):
        client_id, secret = _basic(header[6:])
    if client_id != org.identity.client_id:
        raise GrantError("invalid_client_id", "client identifier invalid")
    if secret != org.identity.client_secret and (secret_required or secret is not None):
        raise GrantError("invalid_client", "invalid client credentials")


def _basic(encoded: str) -> tuple[str, str]:
    try:
        name, _, secret = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(name), unquote_plus(secret)
