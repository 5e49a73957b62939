"""The web server flow: `authorize` sends the browser back with a code, which the token address takes once (with PKCE).

There is no browser here: the integration user is taken to be logged in and to approve. Source: research `salesforce.md`
section 1.1, row A5; the vendor's page on the web server flow; RFC 7636.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from ...wire import Evidence, Request, Response
from .errors import rest
from .hosts import is_elsewhere
from .logins import GrantError, user_problem
from .org import Org

# The vendor's code lives for fifteen minutes.
CODE_LIFETIME_MS = 15 * 60_000
# What may stand in a `Location` header: an address with a host, without blanks and line ends.
_CALLBACK = re.compile(r"[a-z][a-z0-9+.-]*://[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code that was handed out, and what the token request must repeat."""

    redirect_uri: str
    challenge: str
    scope: str
    nonce: str
    made_ms: int


@rest("GET", "/services/oauth2/authorize", id="auth.authorize", evidence=Evidence.DOCUMENT,
      note="no login page and no approval: the integration user approves at once; any redirect_uri is taken as registered")
def authorize(org: Org, request: Request) -> Response:
    """Redirect to the connected app with a code, or with an error; a wrong client is told on a page of its own."""
    redirect = request.arg("redirect_uri") or ""
    if request.arg("client_id") != org.identity.client_id or is_elsewhere(org, request):
        return _page(org, request, "invalid_client_id", "client identifier invalid")
    if not _CALLBACK.fullmatch(redirect):
        return _page(org, request, "redirect_uri_missing", "missing required redirect_uri")
    problem = _problem(org, request)
    if problem is not None:
        org.refused(request.path, *problem)
        return _back(request, redirect, {"error": problem[0], "error_description": problem[1]})
    code = "aPrx" + org.world.vault.token("salesforce.code", 60)
    org.codes[code] = Code(
        redirect, request.arg("code_challenge") or "", request.arg("scope") or "", request.arg("nonce") or "",
        org.clock.now_ms(),
    )
    return _back(request, redirect, {"code": code})


def _problem(org: Org, request: Request) -> tuple[str, str] | None:
    if request.arg("response_type") != "code":
        return "unsupported_response_type", "response type not supported"
    if (request.arg("code_challenge_method") or "S256") != "S256":
        return "invalid_request", "invalid code challenge method"
    refused = user_problem(org)
    if refused is not None:
        # Which text a browser gets to see here is not documented.
        org.rests_on("salesforce.authorize_refused")
        return "access_denied", refused.description
    return None


def _back(request: Request, redirect: str, answer: dict[str, str]) -> Response:
    state = request.arg("state")
    query = urlencode({**answer, **({"state": state} if state is not None else {})})
    return Response(302, b"", "text/html;charset=UTF-8", [("Location", f"{redirect}{'&' if '?' in redirect else '?'}{query}")])


def _page(org: Org, request: Request, error: str, description: str) -> Response:
    org.refused(request.path, error, description)
    return Response(400, f"error={error}&error_description={description}".encode(), "text/html;charset=UTF-8")


def redeem(org: Org, form: dict[str, str]) -> Code:
    """Take back the code of a token request; it works once. Raises GrantError."""
    code = org.codes.pop(form.get("code", ""), None)
    if not isinstance(code, Code) or org.clock.now_ms() - code.made_ms > CODE_LIFETIME_MS:
        raise GrantError("invalid_grant", "expired authorization code")
    if form.get("redirect_uri") != code.redirect_uri:
        raise GrantError("redirect_uri_mismatch", "redirect_uri must match configuration")
    if code.challenge and not hmac.compare_digest(_challenge(form.get("code_verifier", "")), code.challenge.rstrip("=").encode()):
        raise GrantError("invalid_grant", "invalid code verifier")
    return code


def _challenge(verifier: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
