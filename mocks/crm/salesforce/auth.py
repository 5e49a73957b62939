"""OAuth: tokens for the four grants that machines use, who am I, and revoking."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from ...journal import Row
from ...wire import Evidence, Request, Response
from .errors import SESSION_EXPIRED, ApiError, reply, rest
from .keys import verified_claims
from .org import Org, Session

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# Open to callers without a session: they check the caller themselves.
OPEN = frozenset({"org.versions", "auth.token", "auth.userinfo", "auth.userinfo_by_post", "auth.identity", "auth.revoke", "soap.partner"})


class GrantError(Exception):
    """A token request is refused; OAuth's own shape."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error, self.description = error, description


def require_session(org: Org, request: Request) -> Session:
    """Return the session of the request. Raises ApiError with status 401."""
    header = request.headers.get("authorization")
    if header is None:
        raise _expired()
    scheme, _, token = header.partition(" ")
    if scheme.lower() not in ("bearer", "oauth") or not token:
        raise ApiError("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", status=401)
    session = org.session_of(token.strip())
    if session is None:
        raise _expired()
    return session


def _expired() -> ApiError:
    return ApiError("INVALID_SESSION_ID", SESSION_EXPIRED, status=401)


@rest("POST", "/services/oauth2/token", id="auth.token", evidence=Evidence.CLIENT_RUN, probe="2, 3",
      note="the authorization_code grant (a browser) is refused")
def token(org: Org, request: Request) -> Response:
    """Hand out a session for one of the grants: password, refresh token, client credentials, JWT bearer."""
    form = request.form()
    grant = _GRANTS.get(form.get("grant_type", ""))
    try:
        if grant is None:
            raise GrantError("unsupported_grant_type", "grant type not supported")
        extra = grant(org, request, form)
    except GrantError as error:
        org.refused(request.path, error.error, error.description)
        return reply(request, {"error": error.error, "error_description": error.description}, 400)
    return reply(request, _granted(org, request, extra))


def _granted(org: Org, request: Request, extra: dict[str, str]) -> dict[str, str]:
    session = org.open_session(org.user_id)
    identity = f"{request.base_url}/id/{org.org_id}/{session.user_id}"
    issued_at = str(org.clock.now_ms())
    signature = hmac.new(org.identity.client_secret.encode(), (identity + issued_at).encode(), hashlib.sha256)
    return {
        "access_token": session.token, **extra, "signature": base64.b64encode(signature.digest()).decode(),
        "scope": "refresh_token api id", "instance_url": request.base_url, "id": identity, "token_type": "Bearer",
        "issued_at": issued_at,
    }


def _check_client(org: Org, request: Request, form: dict[str, str], *, secret_required: bool = True) -> None:
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


def _by_password(org: Org, request: Request, form: dict[str, str]) -> dict[str, str]:
    _check_client(org, request, form)
    if not is_login(org, form.get("username", ""), form.get("password", "")):
        raise GrantError("invalid_grant", "authentication failure")
    return {}


def is_login(org: Org, username: str, password: str) -> bool:
    """Tell whether the user name and the password with its security token are those of the integration user."""
    known = org.identity
    return username.lower() == known.username and hmac.compare_digest(password.encode(), known.password.encode())


def _by_refresh(org: Org, request: Request, form: dict[str, str]) -> dict[str, str]:
    _check_client(org, request, form, secret_required=False)
    given = form.get("refresh_token", "")
    if given not in org.refresh_tokens:
        raise GrantError("invalid_grant", "expired access/refresh token")
    if not org.settings["rotate_refresh_tokens"]:
        return {}
    return {"refresh_token": org.new_refresh_token(replacing=given)}


def _by_client(org: Org, request: Request, form: dict[str, str]) -> dict[str, str]:
    _check_client(org, request, form)
    return {}


def _by_jwt(org: Org, request: Request, form: dict[str, str]) -> dict[str, str]:  # noqa: ARG001
    claims = verified_claims(form.get("assertion", ""))
    if claims is None:
        raise GrantError("invalid_grant", "invalid assertion")
    if claims.get("iss") != org.identity.client_id:
        raise GrantError("invalid_client_id", "client identifier invalid")
    if _expiry_s(claims.get("exp")) <= org.clock.now_ms() / 1000:
        raise GrantError("invalid_grant", "expired authorization code")
    if not claims.get("aud"):
        raise GrantError("invalid_grant", "audience is invalid")
    if str(claims.get("sub", "")).lower() != org.identity.username:
        raise GrantError("invalid_grant", "user hasn't approved this consumer")
    return {}


def _expiry_s(value: Any) -> float:
    """Return when a claim expires: clients send a number, a text, or by mistake milliseconds (far in the future)."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


_GRANTS: dict[str, Callable[[Org, Request, dict[str, str]], dict[str, str]]] = {
    "password": _by_password,
    "refresh_token": _by_refresh,
    "client_credentials": _by_client,
    JWT_GRANT: _by_jwt,
}


@rest("GET", "/services/oauth2/userinfo", id="auth.userinfo", evidence=Evidence.CLIENT_RUN)
@rest("POST", "/services/oauth2/userinfo", id="auth.userinfo_by_post", evidence=Evidence.CLIENT_RUN)
def userinfo(org: Org, request: Request) -> Response:
    """Tell who the session belongs to (OpenID Connect)."""
    user = _user(org, request)
    if isinstance(user, Response):
        return user
    return reply(request, _about(org, request, user))


@rest("GET", "/id/{org}/{user}", id="auth.identity", evidence=Evidence.CLIENT_RUN)
def identity(org: Org, request: Request) -> Response:
    """Tell who the session belongs to; the address is the `id` of the token answer."""
    user = _user(org, request)
    if isinstance(user, Response):
        return user
    about = _about(org, request, user)
    return reply(request, {
        "id": about["sub"], "asserted_user": True, "user_id": user.id, "organization_id": org.org_id,
        "username": user.values["Username"], "nick_name": about["nickname"], "display_name": user.values["Name"],
        "email": user.values["Email"], "email_verified": True, "first_name": user.values["FirstName"],
        "last_name": user.values["LastName"], "active": user.values["IsActive"], "user_type": "STANDARD",
        "language": "en_US", "locale": "en_US", "urls": about["urls"],
    })


def _user(org: Org, request: Request) -> Row | Response:
    given = request.arg("oauth_token") or request.arg("access_token")
    header = request.headers.get("authorization", "").partition(" ")[2].strip()
    if not (given or header):
        return Response(403, b"Missing_OAuth_Token", "text/html;charset=UTF-8")
    session = org.session_of(given or header)
    user = org.store.get("User", session.user_id) if session else None
    return user or Response(403, b"Bad_OAuth_Token", "text/html;charset=UTF-8")


def _about(org: Org, request: Request, user: Row) -> dict[str, Any]:
    rest_root = f"{request.base_url}/services/data/v{{version}}/"
    values = user.values
    return {
        "sub": f"{request.base_url}/id/{org.org_id}/{user.id}", "user_id": user.id, "organization_id": org.org_id,
        "preferred_username": values["Username"], "nickname": values["Alias"], "name": values["Name"],
        "email": values["Email"], "email_verified": True, "given_name": values["FirstName"],
        "family_name": values["LastName"], "zoneinfo": values["TimeZoneSidKey"], "photos": {},
        "profile": f"{request.base_url}/{user.id}",
        "urls": {"rest": rest_root, "sobjects": rest_root + "sobjects/", "query": rest_root + "query/"},
        "active": values["IsActive"], "user_type": "STANDARD", "language": "en_US", "locale": "en_US", "utcOffset": 0,
        "updated_at": values["LastModifiedDate"][:19] + "Z",
    }


@rest("POST", "/services/oauth2/revoke", id="auth.revoke", evidence=Evidence.CLIENT_RUN)
def revoke(org: Org, request: Request) -> Response:
    """End a session or a refresh token."""
    given = request.form().get("token") or request.arg("token") or ""
    if org.sessions.pop(given, None) is not None or org.refresh_tokens.pop(given, None) is not None:
        return Response(200)
    return reply(request, {
        "error": "unsupported_token_type", "error_description": "this token type is not supported"
    }, 400)
