"""Who am I: userinfo (OpenID Connect), the identity address of a token answer, introspection, and the org's public key."""

from __future__ import annotations

from typing import Any

from ...journal import Row
from ...wire import Evidence, Request, Response
from .errors import reply, rest
from .hosts import is_elsewhere, session_at
from .keys import public_jwk
from .logins import GrantError, check_client, refused_grant
from .org import Org


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
    session = session_at(org, request, given or header)
    user = org.store.get("User", session.user_id) if session else None
    return user or Response(403, b"Bad_OAuth_Token", "text/html;charset=UTF-8")


def _about(org: Org, request: Request, user: Row) -> dict[str, Any]:
    own = org.instance_url(request)
    rest_root = f"{own}/services/data/v{{version}}/"
    values = user.values
    return {
        "sub": f"{request.base_url}/id/{org.org_id}/{user.id}", "user_id": user.id, "organization_id": org.org_id,
        "preferred_username": values["Username"], "nickname": values["Alias"], "name": values["Name"],
        "email": values["Email"], "email_verified": True, "given_name": values["FirstName"],
        "family_name": values["LastName"], "zoneinfo": values["TimeZoneSidKey"], "photos": {},
        "profile": f"{own}/{user.id}",
        "urls": {"rest": rest_root, "sobjects": rest_root + "sobjects/", "query": rest_root + "query/"},
        "active": values["IsActive"], "user_type": "STANDARD", "language": "en_US", "locale": "en_US", "utcOffset": 0,
        "updated_at": values["LastModifiedDate"][:19] + "Z",
    }


@rest("POST", "/services/oauth2/introspect", id="auth.introspect", evidence=Evidence.DOCUMENT,
      note="RFC 7662 with the keys of an answer recorded in public; refresh tokens have no expiry")
def introspect(org: Org, request: Request) -> Response:
    """Tell the connected app whether a token is alive and whose it is; a dead one is only `active: false`."""
    form = request.form()
    try:
        check_client(org, request, form)
    except GrantError as error:
        return refused_grant(org, request, error)
    given = form.get("token", "")
    session = org.session_of(given)
    if is_elsewhere(org, request) or (session is None and given not in org.refresh_tokens):
        return reply(request, {"active": False})
    user_id = session.user_id if session else org.refresh_tokens[given]
    body = {
        "active": True, "scope": "refresh_token api id", "client_id": org.identity.client_id,
        "username": org.identity.username, "sub": f"{request.base_url}/id/{org.org_id}/{user_id}",
        "token_type": "access_token" if session else "refresh_token",
    }
    if session is not None:
        opened_s = session.opened_ms // 1000
        lifetime_s = int(org.settings["session_timeout_s"]) or 7200
        body |= {"exp": session.used_ms // 1000 + lifetime_s, "iat": opened_s, "nbf": opened_s}
    return reply(request, body)


@rest("GET", "/id/keys", id="auth.keys", evidence=Evidence.DOCUMENT)
def keys(org: Org, request: Request) -> Response:  # noqa: ARG001 (one signature for all)
    """Return the public key that `id_token`s are signed with, as a JSON Web Key set."""
    return reply(request, {"keys": [public_jwk()]})


@rest("GET", "/.well-known/openid-configuration", id="auth.discovery", evidence=Evidence.RECORDING,
      note="the addresses that are offered here; scopes and display values are left out")
def discovery(org: Org, request: Request) -> Response:  # noqa: ARG001
    """Return where the OAuth addresses are (OpenID Connect discovery)."""
    base, oauth = request.base_url, f"{request.base_url}/services/oauth2"
    return reply(request, {
        "issuer": base, "authorization_endpoint": f"{oauth}/authorize", "token_endpoint": f"{oauth}/token",
        "revocation_endpoint": f"{oauth}/revoke", "userinfo_endpoint": f"{oauth}/userinfo", "jwks_uri": f"{base}/id/keys",
        "introspection_endpoint": f"{oauth}/introspect", "response_types_supported": ["code"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
    })
