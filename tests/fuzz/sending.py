"""A request as it goes over the wire, and the way through the ASGI app without a socket."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from syncproof_mocks.server import MockApp


@dataclass(frozen=True)
class Sent:
    """One request as it goes over the wire."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.target[:300]} {dict(self.headers)} {self.body[:600]!r}"


def exchange(app: MockApp, sent: Sent) -> tuple[int, dict[str, str], bytes]:
    """Put one request through the app and return status, headers and body; whoever is made to wait hangs up (status 0)."""
    path, _, query = sent.target.partition("?")
    scope = {"type": "http", "method": sent.method, "path": path, "raw_path": path.encode("latin-1", "replace"), "scheme": "http",
             "query_string": query.encode("latin-1", "replace"), "headers": [(k.encode(), v.encode("latin-1", "replace")) for k, v in sent.headers]}  # fmt: skip
    status, headers, body, asked = 0, {}, b"", 0

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": sent.body, "more_body": False} if asked == 1 else {"type": "http.disconnect"}

    async def take(message: dict[str, Any]) -> None:
        nonlocal status, headers, body
        status = message.get("status", status)
        headers.update({k.decode("latin-1").lower(): v.decode("latin-1") for k, v in message.get("headers", ())})
        body += message.get("body", b"")

    asyncio.get_event_loop_policy().get_event_loop().run_until_complete(app(scope, receive, take))
    return status, headers, body
