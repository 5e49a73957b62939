"""One ASGI application for all vendors' host names: it looks at `Host` and hands the request to the right mock."""

from __future__ import annotations

from typing import Any

from syncproof_mocks.journal import Actor
from syncproof_mocks.server import MockApp

from .directory import Directory, host_of
from .egress import Recorder

REFUSAL = (
    "Syncproof: no mock answers for `{host}`. In this sandbox there are only {vendors}: {patterns}.\n"
    "Nothing was sent anywhere; the attempt is in the journal and in the report.\n"
)


class Front:
    """Dispatches by host name. ``secure``: what arrives here was (or stands for) HTTPS; otherwise it is sent there.

    A mock sees `https://<host>` as its base URL, so that every link it hands out leads back here.
    """

    def __init__(self, directory: Directory, recorder: Recorder, *, secure: bool) -> None:
        self._directory = directory
        self._recorder = recorder
        self._secure = secure

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one HTTP request (ASGI)."""
        if scope["type"] != "http":
            return
        authority = next((v for k, v in scope["headers"] if k == b"host"), b"").decode("latin-1")
        app = self._directory.app_of(authority)
        if app is None:
            await self._refuse(authority, send)
        elif not self._secure:
            await self._redirect(app, scope, authority, send)
        else:
            scope["scheme"] = "https"
            if ":" in authority:  # the port is always 443 here, and vendors' links carry none
                scope["headers"] = [(k, host_of(authority).encode() if k == b"host" else v) for k, v in scope["headers"]]
            await app(scope, receive, send)

    async def _refuse(self, authority: str, send: Any) -> None:
        self._recorder.tried("host", host_of(authority) or "(no host)")
        await _answer(send, 502, self.refusal(authority), ())

    def refusal(self, authority: str) -> str:
        """Return what is said to somebody who wants to go elsewhere."""
        known = self._directory
        return REFUSAL.format(host=host_of(authority)[:300], vendors=known.vendors, patterns=", ".join(known.patterns))

    async def _redirect(self, app: MockApp, scope: Any, authority: str, send: Any) -> None:
        """Send plain HTTP to HTTPS. That the vendors do so is assumed, and counted as an assumed behaviour."""
        dialect = app.dialect
        path = scope.get("raw_path", b"").decode("latin-1").partition("?")[0] or scope["path"]
        query = scope["query_string"].decode("latin-1")
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        entry = dialect.journal.open_exchange(dialect.name, Actor.CONNECTOR, scope["method"], path, query, headers, b"")
        dialect.journal.close_exchange()
        entry.operation, entry.evidence, entry.status = "plain_http", "assumed", 301
        dialect.journal.answered()
        target = f"https://{host_of(authority)}{path}" + (f"?{query}" if query else "")
        await _answer(send, 301, "", ((b"location", target.encode("latin-1")),))


async def _answer(send: Any, status: int, text: str, headers: tuple[tuple[bytes, bytes], ...]) -> None:
    body = text.encode()
    told = [*headers, (b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})
