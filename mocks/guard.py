"""Who may steer: a caller on this machine, who names this machine, is no page of another site, and knows the run's token.

Put around every control plane, so that a page in the user's own browser cannot drive it, neither with a request of its
own (`Origin`) nor by a name that leads to loopback (`Host`).
"""

from __future__ import annotations

import hmac
from typing import Any

from starlette.responses import JSONResponse

_LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
TOKEN_HEADER = "x-syncproof-token"
MOST_BYTES = 1_000_000


class Guard:
    """ASGI middleware: 403 for a foreign Host or Origin, 401 without the token, 413 for a body above ``MOST_BYTES``.

    What it lets pass has been read whole, so that nobody can keep the app waiting for the rest of a body.
    """

    def __init__(self, app: Any, token: str) -> None:
        self._app, self._token = app, token

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Refuse the request or hand it on (ASGI); whatever is no HTTP request is ignored."""
        if scope["type"] != "http":
            return
        body = b""
        refusal = self._refusal(scope)
        message: dict[str, Any] = {"type": "http.request", "more_body": refusal is None}
        while message.get("more_body"):
            message = await receive()
            body += message.get("body", b"")
            if len(body) > MOST_BYTES:
                refusal = (f"a request has at most {MOST_BYTES:,} bytes", 413)
                break
        if message["type"] == "http.disconnect":
            return
        if refusal is not None:
            await JSONResponse({"error": refusal[0]}, refusal[1])(scope, receive, send)
            return
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def received() -> Any:
            return waiting.pop() if waiting else await receive()

        await self._app(scope, received, send)

    def _refusal(self, scope: Any) -> tuple[str, int] | None:
        """Return what is wrong with the caller, and the status, or None."""
        said: dict[str, list[str]] = {"host": [], "origin": [], TOKEN_HEADER: []}
        for name, value in scope["headers"]:
            if (key := name.decode("latin-1").lower()) in said:
                said[key].append(value.decode("latin-1"))
        if len(said["host"]) != 1 or not all(map(_is_loopback, (*said["host"], *said["origin"]))):
            return "only loopback Host and Origin are accepted", 403
        if len(said[TOKEN_HEADER]) != 1 or not _is_same(said[TOKEN_HEADER][0], self._token):
            return f"send the run's token in {TOKEN_HEADER}", 401
        return None


def _is_loopback(authority: str) -> bool:
    """Tell whether a `Host` (``name:port``) or `Origin` (``scheme://name:port``) header names this machine."""
    scheme, separator, rest = authority.partition("://")
    name, colon, port = (rest if separator else scheme).rpartition(":")
    if not colon or port.endswith("]"):  # no port: the colons, if any, are those of an IPv6 address
        name = rest if separator else scheme
    return name in _LOOPBACK


def _is_same(given: str, token: str) -> bool:
    # As bytes: the comparison of texts refuses letters outside ASCII with an exception.
    return hmac.compare_digest(given.encode(), token.encode())
