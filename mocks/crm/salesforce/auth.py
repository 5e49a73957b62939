"""OAuth: sessions for the five grants that clients use, and revoking; research `salesforce.md` section 1.1."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ...wire import Evidence, Request, Response
from .authorize import redeem
from .errors import SESSION_EXPIRED, ApiError, reply, rest
from .hosts import is_elsewhere, is_login, refuse_login_host, session_at
from .keys import signed, verified_claims
from .logins import GrantError, check_client, is_active, login_problem, refused_grant, user_problem
from .org import Org, Session

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# Open to callers without a session: they check the caller themselves.
OPEN = frozenset({
    "org.versions", "auth.token", "auth.authorize", "auth.userinfo", "auth.userinfo_by_post", "auth.identity",
    "auth.revoke", "auth.revoke_by_get", "auth.introspect", "auth.keys", "auth.discovery", "soap.partner",
    "streaming.read_events",
})
_EXPIRED_PASSWORD = (
    "The users password has expired, you must call SetPassword before attempting any other API operations"
)
_DEFAULT_SCOPE = "refresh_token api id"


@dataclass(slots=True)
class _Grant:
    """What a grant hands out besides the session: keys of the answer, and facts of the session."""

    extra: dict[str, str] = field(default_factory=dict)
    scope: str = _DEFAULT_SCOPE
    refresh_token: str = ""
    by_password: bool = False
    nonce: str = ""


def require_session(org: Org, request: Request) -> Session:
    """Return the session of the request. Raises ApiError.

    401 when there is none, 400 at a host that is only for logging in, 403 for an expired password.
    """
    header = request.headers.get("authorization")
    if header is None:
        raise _expired()
    scheme, _, token = header.partition(" ")
    if scheme.lower() not in ("bearer", "oauth") or not token:
        raise ApiError("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", status=401)
    session = session_at(org, request, token.strip())
    if session is None:
        raise _expired()
    refuse_login_host(org, request)
    check_standing(org, session)
    return session


def check_standing(org: Org, session: Session) -> None:
    """Refuse a session whose user was deactivated (401) or whose password has expired (403). Raises ApiError."""
    if not is_active(org, session.user_id):
        # That a running session ends with the user is certain, the words of it are not.
        org.rests_on("salesforce.session_of_inactive_user")
        raise _expired()
    if session.by_password and org.settings["password_expired"]:
        org.rests_on("salesforce.expired_password_over_rest")
        raise ApiError("INVALID_OPERATION_WITH_EXPIRED_PASSWORD", _EXPIRED_PASSWORD, status=403)


def _expired() -> ApiError:
    return ApiError("INVALID_SESSION_ID", SESSION_EXPIRED, status=401)


@rest("POST", "/services/oauth2/token", id="auth.token", evidence=Evidence.CLIENT_RUN, probe="2, 3")
def token(org: Org, request: Request) -> Response:
    """Hand out a session for one of the grants: password, refresh token, client credentials, JWT bearer, code."""
    form = request.form()
    grant = _GRANTS.get(form.get("grant_type", ""))
    try:
        if grant is None:
            raise GrantError("unsupported_grant_type", "grant type not supported")
        if is_elsewhere(org, request):
            raise GrantError("invalid_client_id", "client identifier invalid")
        found = grant(org, request, form)
        problem = user_problem(org)
        if problem is not None:
            raise GrantError("invalid_grant", problem.description)
    except GrantError as error:
        return refused_grant(org, request, error)
    return reply(request, _granted(org, request, found))


def _granted(org: Org, request: Request, grant: _Grant) -> dict[str, str]:
    session = org.open_session(org.user_id)
    session.refresh_token, session.by_password = grant.refresh_token, grant.by_password
    identity = f"{request.base_url}/id/{org.org_id}/{session.user_id}"
    issued_at = str(org.clock.now_ms())
    signature = hmac.new(org.identity.client_secret.encode(), (identity + issued_at).encode(), hashlib.sha256)
    extra = dict(grant.extra)
    if "openid" in grant.scope.split():
        extra["id_token"] = _id_token(org, request, identity, session.token, grant.nonce)
    return {
        "access_token": session.token, **extra, "signature": base64.b64encode(signature.digest()).decode(),
        "scope": grant.scope, "instance_url": org.instance_url(request), "id": identity, "token_type": "Bearer",
        "issued_at": issued_at,
    }


def _id_token(org: Org, request: Request, identity: str, access_token: str, nonce: str) -> str:
    now_s = org.clock.now_ms() // 1000
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    claims = {
        "iss": request.base_url, "sub": identity, "aud": org.identity.client_id, "iat": now_s, "exp": now_s + 120,
        "at_hash": base64.urlsafe_b64encode(half).decode().rstrip("="),
    }
    return signed({**claims, "nonce": nonce} if nonce else claims)


def _by_password(org: Org, request: Request, form: dict[str, str]) -> _Grant:
    check_client(org, request, form)
    problem = login_problem(org, form.get("username", ""), form.get("password", ""))
    if problem is not None:
        raise GrantError("invalid_grant", problem.description)
    return _Grant(by_password=True)


def _by_refresh(org: Org, request: Request, form: dict[str, str]) -> _Grant:
    check_client(org, request, form, secret_required=False)
    given = form.get("refresh_token", "")
    if given not in org.refresh_tokens:
        raise GrantError("invalid_grant", "expired access/refresh token")
    if not org.settings["rotate_refresh_tokens"] or user_problem(org) is not None:
        return _Grant(refresh_token=given)
    new = org.new_refresh_token(replacing=given)
    for session in org.sessions.values():
        if session.refresh_token == given:
            session.refresh_token = new
    return _Grant({"refresh_token": new}, refresh_token=new)


def _by_client(org: Org, request: Request, form: dict[str, str]) -> _Grant:
    # No user name says which org is meant, so only the org's own host can tell: recorded in pozil/pub-sub-api-node-client#58.
    if is_login(request):
        raise GrantError("invalid_grant", "request not supported on this domain")
    check_client(org, request, form)
    return _Grant()


def _by_code(org: Org, request: Request, form: dict[str, str]) -> _Grant:
    # An app may leave its secret out only where PKCE proves who asked for the code.
    check_client(org, request, form, secret_required="code_verifier" not in form)
    code = redeem(org, form)
    if "code_verifier" in form and not code.challenge and "client_secret" not in form:
        raise GrantError("invalid_client", "invalid client credentials")
    scope = code.scope or _DEFAULT_SCOPE
    if not {"refresh_token", "offline_access", "full"} & set(scope.split()):
        return _Grant(scope=scope, nonce=code.nonce)
    made = org.new_refresh_token()
    return _Grant({"refresh_token": made}, scope, made, nonce=code.nonce)


def _by_jwt(org: Org, request: Request, form: dict[str, str]) -> _Grant:
    claims = verified_claims(form.get("assertion", ""))
    if claims is None:
        raise GrantError("invalid_grant", "invalid assertion")
    if claims.get("iss") != org.identity.client_id:
        raise GrantError("invalid_client_id", "client identifier invalid")
    if not _expiry_s(claims.get("exp")) > org.clock.now_ms() / 1000:  # "nan" is no moment either
        raise GrantError("invalid_grant", "expired authorization code")
    if not _is_audience(request, claims.get("aud")):
        raise GrantError("invalid_grant", "audience is invalid")
    # `prn` is what the subject was called before the standard was finished; old clients still say so.
    subject = claims.get("sub", claims.get("prn", ""))
    if str(subject).lower() != org.identity.username:
        raise GrantError("invalid_grant", "user hasn't approved this consumer")
    return _Grant()


def _is_audience(request: Request, value: Any) -> bool:
    """Tell whether an assertion is meant for Salesforce or for the address that was asked."""
    wanted = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    hosts = {_host(v) for v in wanted if isinstance(v, str)}
    ours = {_host(request.base_url), "localhost", "127.0.0.1"}
    return any(h in ours or f".{h}".endswith(".salesforce.com") for h in hosts if h)


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _expiry_s(value: Any) -> float:
    """Return when a claim expires: clients send a number, a text, or by mistake milliseconds (far in the future)."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


_GRANTS: dict[str, Callable[[Org, Request, dict[str, str]], _Grant]] = {
    "password": _by_password,
    "refresh_token": _by_refresh,
    "client_credentials": _by_client,
    "authorization_code": _by_code,
    JWT_GRANT: _by_jwt,
}


@rest("POST", "/services/oauth2/revoke", id="auth.revoke", evidence=Evidence.CLIENT_RUN)
@rest("GET", "/services/oauth2/revoke", id="auth.revoke_by_get", evidence=Evidence.DOCUMENT)
def revoke(org: Org, request: Request) -> Response:
    """End a session, or a refresh token with every session that came from it."""
    given = request.form().get("token") or request.arg("token") or ""
    if is_elsewhere(org, request):
        return _unknown_token(request)
    if org.end_session(given):
        return Response(200)
    if org.refresh_tokens.pop(given, None) is not None:
        for session in [s for s in org.sessions.values() if s.refresh_token == given]:
            org.end_session(session.token)
        return Response(200)
    return _unknown_token(request)


def _unknown_token(request: Request) -> Response:
    return reply(request, {
        "error": "unsupported_token_type", "error_description": "this token type is not supported"
    }, 400)
