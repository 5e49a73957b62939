"""Who may call: the guard of every operation, and the OAuth endpoints in their three generations.

Facts: research/hubspot.md sections 1.1, 2.3, 2.4. The token endpoint is form-encoded. v1 refuses in the words
`status`, `message`, `correlationId`; v3 and the dated versions add `error` and `error_description`.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import orjson

from ...wire import Evidence, Request, Response
from .errors import Refusal, not_found
from .legacy.scopes import legacy_scopes
from .marketing_scopes import marketing_scopes
from .portal import Portal
from .scopes import ALL_SCOPES, EVERYTHING, required_scopes
from .tokens import SWITCHES, USER, USER_ID, Token, Tokens
from .wire import VERSIONS, answers, iso_ms, json_response, note_refusal, refuse

__all__ = ["SWITCHES", "Token", "Tokens", "authorise"]

# Operations that need no bearer: they carry credentials of their own, or are open to web pages.
_OPEN = ("oauth.", "forms_open.")
_DEVELOPER = ("webhooks.",)
_SCOPES_URL = "https://developers.hubspot.com/scopes"


def authorise(dialect: Portal, request: Request, operation_id: str) -> Response | None:
    """Return None when the request may pass, else 401 or 403 in HubSpot's shape; sets ``request.session``."""
    if operation_id.startswith(_OPEN):
        return None
    if operation_id.startswith(_DEVELOPER) and request.arg("hapikey") == dialect.tokens.developer_key:
        return None
    value = _bearer(request)
    token = dialect.tokens.find(value)
    if token is None:
        return refuse(dialect, request, unknown_token(dialect, value))
    if dialect.tokens.is_over(token):
        assert token.expires_ms is not None
        return refuse(dialect, request, _expired(dialect, token.expires_ms))
    needed = () if token.scopes is EVERYTHING else scopes_for(request)
    if needed and token.scopes.isdisjoint(needed):
        return refuse(dialect, request, missing_scopes(needed))
    request.session = token
    return None


def scopes_for(request: Request) -> tuple[str, ...]:
    """Return the scopes of which a call needs one (none: it needs no scope)."""
    return required_scopes(request) or legacy_scopes(request) or marketing_scopes(request)


def refused_refresh(dialect: Portal, request: Request) -> Response:
    """Return the refusal of a refresh token that is not valid any more, in the shape of the address that was asked."""
    return _oauth_refusal(dialect, "BAD_REFRESH_TOKEN", modern="v1" not in request.segments)


def _bearer(request: Request) -> str:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def unknown_token(dialect: Portal, value: str) -> Refusal:
    """Return the 401 of a token that this portal does not know (any more)."""
    # Garbage in the shape of an OAuth token reads as one that ended at the beginning of time [K].
    if value.startswith("C") and len(value) > 20:
        return _expired(dialect, 0)
    return Refusal(
        401,
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more "
        "details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        category="INVALID_AUTHENTICATION",
    )


def _expired(dialect: Portal, expires_ms: int) -> Refusal:
    seconds = max(0, dialect.clock.now_ms() - expires_ms) // 1000
    ago = f"{seconds // 86_400} day(s)" if seconds >= 86_400 else f"{seconds} second(s)"
    when = iso_ms(expires_ms - expires_ms % 1000).replace(".000Z", "Z")
    return Refusal(401, f"The OAuth token used to make this call expired {ago} ago.",
                   context={"expire time": [when]}, category="EXPIRED_AUTHENTICATION")


def missing_scopes(needed: tuple[str, ...]) -> Refusal:
    """Return the 403 that names the scopes of which the token has none."""
    return Refusal(
        403,
        "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: "
        f"{_SCOPES_URL}.",
        errors=[{"message": "One or more of the following scopes are required.",
                 "context": {"requiredGranularScopes": list(needed)}}],
        links={"scopes": _SCOPES_URL}, category="MISSING_SCOPES",
    )


# -- token endpoint ----------------------------------------------------------------------------------------

_ROOTS = ("/oauth/v3", *(f"/oauth/{v}" for v in VERSIONS))
# status -> (message, OAuth 2 error). Captured: BAD_AUTH_CODE (v1), BAD_REFRESH_TOKEN (v3); the others are alike.
_REFUSALS = {
    "BAD_REFRESH_TOKEN": ("refresh token is invalid, expired or revoked", "invalid_grant"),
    "BAD_AUTH_CODE": ("missing or unknown auth code", "invalid_grant"),
    "BAD_REDIRECT_URI": ("missing or mismatched redirect uri", "invalid_grant"),
    "BAD_CLIENT_ID": ("missing or unknown client id", "invalid_client"),
    "BAD_CLIENT_SECRET": ("missing or invalid client secret", "invalid_client"),
    "BAD_GRANT_TYPE": ("missing or unknown grant type", "unsupported_grant_type"),
    "MISSING_REQUIRED_PARAM": ("missing required parameter", "invalid_request"),
}
_CAPTURED = {"BAD_REFRESH_TOKEN", "BAD_AUTH_CODE"}


@answers("POST", "/oauth/v1/token", id="oauth.token_v1", evidence=Evidence.CLIENT_RUN, probe="18")
def token_v1(dialect: Portal, request: Request) -> Response:
    """Exchange a code or refresh token for an access token (v1 shapes)."""
    return _token(dialect, request, modern=False)


@answers("POST", *(f"{root}/token" for root in _ROOTS), id="oauth.token", evidence=Evidence.CLIENT_SOURCE, probe="18",
         note="code_verifier and client_assertion are ignored")
def token(dialect: Portal, request: Request) -> Response:
    """Exchange a code or refresh token for an access token (v3 and dated shapes)."""
    return _token(dialect, request, modern=True)


def _token(dialect: Portal, request: Request, *, modern: bool) -> Response:
    tokens, form = dialect.tokens, request.form()
    problem = _bad_client(tokens, form)
    refresh: str | None = None
    if problem is None and form.get("grant_type") == "refresh_token":
        refresh = form.get("refresh_token", "")
        problem = None if tokens.grant(refresh) else "BAD_REFRESH_TOKEN"
    elif problem is None:
        problem = _bad_code(tokens, form)
        refresh = None if problem else tokens.use_code(form["code"])
    if problem is not None or refresh is None:
        return _oauth_refusal(dialect, problem or "BAD_GRANT_TYPE", modern=modern)
    grant = tokens.grant(refresh)
    assert grant is not None
    access = tokens.issue(grant.scopes)
    issued = tokens.find(access)
    body: dict[str, Any] = {
        "token_type": "bearer", "refresh_token": refresh, "access_token": access,
        "expires_in": issued.lifetime_s if issued else 0,
    }
    if modern:
        body |= {"hub_id": dialect.portal_id, "scopes": list(grant.scopes), "user_id": USER_ID,
                 "token_use": "access_token"}
    return json_response(body)


def _bad_client(tokens: Tokens, form: dict[str, str]) -> str | None:
    if not form.get("grant_type"):
        return "MISSING_REQUIRED_PARAM"
    if form["grant_type"] not in ("refresh_token", "authorization_code"):
        return "BAD_GRANT_TYPE"
    if form.get("client_id") != tokens.client_id:
        return "BAD_CLIENT_ID"
    return None if form.get("client_secret") == tokens.client_secret else "BAD_CLIENT_SECRET"


def _bad_code(tokens: Tokens, form: dict[str, str]) -> str | None:
    grant = tokens.code(form.get("code", ""))
    if grant is None:
        return "BAD_AUTH_CODE"
    return None if grant.redirect_uri == form.get("redirect_uri") else "BAD_REDIRECT_URI"


def _oauth_refusal(dialect: Portal, status: str, *, modern: bool) -> Response:
    message, error = _REFUSALS[status]
    correlation_id = dialect.correlation_id()
    body = {"error": error, "error_description": message} if modern else {}
    body |= {"status": status, "message": message, "correlationId": correlation_id}
    assumed = "" if status in _CAPTURED else "hubspot.text_oauth"
    note_refusal(dialect, "", Refusal(400, message, code=status, assumed=assumed))
    return Response(400, orjson.dumps(body), headers=[("X-HubSpot-Correlation-Id", correlation_id)])


@answers("GET", "/oauth/authorize", "/oauth/{account}/authorize", id="oauth.authorize", evidence=Evidence.DOCUMENT,
         note="lives on app.hubspot.com; the mock consents at once, for the scopes that were asked for")
def consent_page(dialect: Portal, request: Request) -> Response:
    """Redirect with a code, as after the user's yes."""
    target = request.arg("redirect_uri")
    if request.arg("client_id") != dialect.tokens.client_id or not target:
        return _oauth_refusal(dialect, "BAD_REDIRECT_URI" if target is None else "BAD_CLIENT_ID", modern=False)
    wanted = (request.arg("scope") or "").split() + (request.arg("optional_scope") or "").split()
    code = dialect.tokens.issue_code(target, [s for s in ALL_SCOPES if s in wanted or s == "oauth"])
    answer = {"code": code}
    if request.arg("state") is not None:
        answer["state"] = request.arg("state") or ""
    separator = "&" if "?" in target else "?"
    return Response(302, b"", "", headers=[("Location", f"{target}{separator}{urlencode(answer)}")])


# -- what a token is ---------------------------------------------------------------------------------------


@answers("GET", "/oauth/v1/access-tokens/{token}", id="oauth.access_token", evidence=Evidence.CLIENT_SOURCE,
         note="the refusal of an unknown token is not captured")
def access_token(dialect: Portal, request: Request) -> Response:
    """Describe an access token."""
    found = dialect.tokens.find(request.params["token"])
    if found is None or found.expires_ms is None or dialect.tokens.is_over(found):
        raise not_found()
    return json_response({
        "token": found.value, **_owner(dialect), "scopes": sorted(found.scopes), "app_id": dialect.app_id,
        "expires_in": dialect.tokens.seconds_left(found), "token_type": "access",
    })


@answers("GET", "/oauth/v1/refresh-tokens/{token}", id="oauth.refresh_token", evidence=Evidence.CLIENT_SOURCE,
         note="the refusal of an unknown token is not captured")
def refresh_token(dialect: Portal, request: Request) -> Response:
    """Describe a refresh token."""
    grant = dialect.tokens.grant(request.params["token"])
    if grant is None:
        raise not_found()
    return json_response({
        "token": request.params["token"], **_owner(dialect), "scopes": list(grant.scopes),
        "client_id": dialect.tokens.client_id, "token_type": "refresh",
    })


@answers("DELETE", "/oauth/v1/refresh-tokens/{token}", id="oauth.delete_refresh_token", evidence=Evidence.CLIENT_RUN)
def delete_refresh_token(dialect: Portal, request: Request) -> Response:
    """Revoke a refresh token (the app is uninstalled); access tokens live on until they end."""
    if not dialect.tokens.revoke(request.params["token"]):
        raise not_found()
    return Response(204)


def _owner(dialect: Portal) -> dict[str, Any]:
    return {"user": USER, "hub_domain": f"mock-{dialect.portal_id}.example.com", "hub_id": dialect.portal_id,
            "user_id": USER_ID}


@answers("POST", *(f"{root}/token/introspect" for root in _ROOTS), id="oauth.introspect", evidence=Evidence.DOCUMENT)
def introspect(dialect: Portal, request: Request) -> Response:
    """Describe a token of either kind; one that is unknown or over is just not active."""
    form, tokens = request.form(), dialect.tokens
    problem = _bad_client(tokens, {**form, "grant_type": "refresh_token"})
    if problem is not None:
        return _oauth_refusal(dialect, problem, modern=True)
    value = _subject(form)
    found, grant = tokens.find(value), tokens.grant(value)
    about: dict[str, Any] = {"token": value, **_owner(dialect), "client_id": tokens.client_id,
                             "app_id": dialect.app_id, "token_type": "Bearer"}
    if found is not None and not tokens.is_over(found):
        return json_response({"active": True, **about, "scopes": sorted(found.scopes), "token_use": "access_token",
                              "expires_in": tokens.seconds_left(found)})
    if grant is not None:
        return json_response({"active": True, **about, "scopes": list(grant.scopes), "token_use": "refresh_token"})
    return json_response({"active": False})


@answers("POST", *(f"{root}/token/revoke" for root in _ROOTS), id="oauth.revoke", evidence=Evidence.DOCUMENT,
         note="answers 200 for an unknown token too, as RFC 7009 has it")
def revoke(dialect: Portal, request: Request) -> Response:
    """Make a token useless."""
    form = request.form()
    problem = _bad_client(dialect.tokens, {**form, "grant_type": "refresh_token"})
    if problem is not None:
        return _oauth_refusal(dialect, problem, modern=True)
    dialect.tokens.revoke(_subject(form))
    return Response(200, b"{}")


def _subject(form: dict[str, str]) -> str:
    return form.get("token") or form.get("access_token") or form.get("refresh_token") or ""
