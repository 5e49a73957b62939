"""Dialect -> ASGI app -> socket. All mocks of a run share one uvloop thread; a request is answered atomically.

FastAPI carries the control plane under `/_syncproof`; every other path goes straight to the dialect, because
FastAPI's per-route dispatch costs four times the whole answer (measured; see bench/).
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import ExitStack
from email.utils import formatdate
from functools import lru_cache
from typing import Any, TypeVar

import uvicorn
import uvloop

from .dialect import Dialect
from .journal import Actor, Exchange
from .wire import Cut, Held, Operation, Request, Response

MAX_BODY_BYTES = 150 * 1024 * 1024
MAX_URL_BYTES = 16_384
# Longer than clients wait between two polls: simple-salesforce does so for 5 s, which is uvicorn's own bound, and then found
# now and then a connection that was just being closed. How long the vendors wait is assumed.
KEEP_ALIVE_S = 300
CONTROL_PREFIX = "/_syncproof"

T = TypeVar("T")
# How often an answer that waits is asked whether it has something to say; asking costs a microsecond.
HELD_POLL_S = 0.01

Proceed = Callable[[], Awaitable[Response]]
Interceptor = Callable[[Dialect, Request, Operation | None, Proceed], Awaitable[Response]]


class _TooLargeError(Exception):
    """More was sent than any vendor takes."""


class _BygoneError(Exception):
    """The world went back to a checkpoint while a request was under way: its work must not be done any more."""


class MockApp:
    """The ASGI application of one dialect."""

    def __init__(self, dialect: Dialect, control_token: str) -> None:
        self.dialect = dialect
        self.interceptors: list[Interceptor] = []
        # Counts how often the world went back to a checkpoint: requests that were under way then belong to no history.
        self.era = 0
        self._control_token = control_token
        self._control: Any = None

    @property
    def control(self) -> Any:
        """Return the FastAPI control plane, made at the first use."""
        if self._control is None:
            # Imported here: FastAPI takes 0.3 s, and a run that nobody steers from outside never asks for it.
            from .control import control_app

            self._control = control_app(self.dialect, self._control_token)
        return self._control

    def become(self, dialect: Dialect) -> None:
        """Answer with another dialect (a fresh world) from the next request on; faults are forgotten."""
        self.dialect = dialect
        self.interceptors = []
        self._control = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one HTTP request (ASGI)."""
        if scope["type"] != "http":
            return
        if scope["path"].startswith(CONTROL_PREFIX):
            await self.control(scope, receive, send)
            return
        try:
            request = await self._read(scope, receive)
        except _TooLargeError:
            await _send(send, Response(413, b"", "text/plain"))
            return
        if request is not None:
            await _send(send, await self._answer(request, receive))

    async def _read(self, scope: Any, receive: Any) -> Request | None:
        """Return the complete request, or None when the caller hung up while sending: half a body is no request."""
        message = await receive()
        body = message.get("body", b"")
        if message.get("more_body"):
            parts, size = [body], len(body)
            while message.get("more_body"):
                message = await receive()
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > MAX_BODY_BYTES:
                    raise _TooLargeError
            body = b"".join(parts)
        if message["type"] == "http.disconnect":
            return None
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        path = scope.get("raw_path", b"").decode("latin-1").partition("?")[0] or scope["path"]
        base_url = f"{scope.get('scheme', 'http')}://{headers.get('host', '')}"
        return Request(scope["method"], path, scope["query_string"].decode("latin-1"), headers, body, base_url)

    async def _answer(self, request: Request, receive: Any) -> Response:
        dialect, era = self.dialect, self.era
        journal = dialect.journal
        matched = dialect.router.match(request.method, request.segments)
        operation = None
        if matched is not None:
            operation, request.params = matched
            operation = dialect.call_of(request, operation)
        entry = journal.open_exchange(
            dialect.name, Actor.CONNECTOR, request.method, request.path, request.query_string, request.headers,
            request.body,
        )
        journal.close_exchange()
        if operation is not None:
            entry.operation, entry.evidence = operation.id, str(operation.evidence)

        if self.interceptors:
            response = await self._intercepted(request, operation, entry, receive)
        else:
            response = self._perform(request, operation, entry)
            if isinstance(response, Held):
                response = await self._held(response, request, entry, receive)
        if self.era != era:
            return Cut(503, b" ", "text/plain", sent=0)
        response.headers.append(("date", _http_date(dialect.clock.now_ms() // 1000)))
        entry.status, entry.response_body = response.status, response.body
        entry.response_headers = tuple(response.headers)
        journal.answered()
        return response

    async def _intercepted(
        self, request: Request, operation: Operation | None, entry: Exchange, receive: Any
    ) -> Response:
        """Let the faults that are switched on decide, the latest first; one that breaks is a bug of ours as well."""
        era = self.era

        async def perform() -> Response:
            if self.era != era:
                raise _BygoneError
            with ExitStack() as stack:
                for manager in request.around:
                    stack.enter_context(manager)
                response = self._perform(request, operation, entry)
            return await self._held(response, request, entry, receive) if isinstance(response, Held) else response

        proceed: Proceed = perform
        request.exchange = entry
        for interceptor in self.interceptors:
            proceed = _wrap(interceptor, self.dialect, request, operation, proceed)
        try:
            return await proceed()
        except _BygoneError:
            return Response(503, b"", "text/plain")  # whoever waits hears nothing: see `_answer`
        except Exception:  # noqa: BLE001 (it must become an UNKNOWN verdict, not a dead server)
            entry.crash = traceback.format_exc()
            return self.dialect.failed(request)

    async def _held(self, held: Held, request: Request, entry: Exchange, receive: Any) -> Response:
        """Wait with an answer until it is ready, its time is up, the caller has hung up or the world is another one."""
        dialect, era, loop = self.dialect, self.era, asyncio.get_running_loop()
        until = loop.time() + held.timeout_s
        gone = asyncio.ensure_future(receive())
        try:
            while self.dialect is dialect and self.era == era and not gone.done() and loop.time() < until:
                response = self._asked(held, request, entry)
                if response is not None:
                    response.headers[:0] = held.headers
                    return response
                await asyncio.sleep(HELD_POLL_S)
        finally:
            gone.cancel()
        return held

    def _asked(self, held: Held, request: Request, entry: Exchange) -> Response | None:
        """Ask once, as part of the exchange that waits."""
        dialect, journal = self.dialect, self.dialect.journal
        journal.exchange = entry
        try:
            return held.ready()
        except Exception:  # noqa: BLE001 (a bug of ours must become an UNKNOWN verdict, not a dead server)
            entry.crash = traceback.format_exc()
            return dialect.failed(request)
        finally:
            journal.exchange = None

    def _perform(self, request: Request, operation: Operation | None, entry: Exchange) -> Response:
        """Run the vendor's part: refuse, authorise or answer. Changes made meanwhile are caused by ``entry``."""
        dialect, journal = self.dialect, self.dialect.journal
        journal.exchange = entry
        try:
            if len(request.path) + len(request.query_string) > MAX_URL_BYTES:
                response = Response(414, b"", "text/plain")
            elif operation is None:
                response = self._unknown(request, entry)
            else:
                dialect.before(request)
                response = dialect.authorise(request, operation.shares or operation.id) or operation.handler(dialect, request)
            dialect.after(request, response)
        except Exception:  # noqa: BLE001 (a bug of ours must become an UNKNOWN verdict, not a dead server)
            entry.crash = traceback.format_exc()
            response = dialect.failed(request)
        finally:
            journal.exchange = None
        return response

    def _unknown(self, request: Request, entry: Exchange) -> Response:
        router = self.dialect.router
        response = self.dialect.unknown(request, router.allowed(request.segments))
        nearest = router.nearest(request.method, request.path)
        if nearest is not None:
            entry.hint = f"{nearest.method} {nearest.path}"
            response.headers.append(("x-syncproof-hint", f"nearest supported: {entry.hint}"))
        return response


def _wrap(
    interceptor: Interceptor, dialect: Dialect, request: Request, operation: Operation | None, inner: Proceed
) -> Proceed:
    async def proceed() -> Response:
        return await interceptor(dialect, request, operation, inner)

    return proceed


async def _send(send: Any, response: Response) -> None:
    headers = [(k.lower().encode("latin-1"), v.encode("latin-1", "replace")) for k, v in response.headers]
    if response.status != 204:
        if response.content_type:
            headers.append((b"content-type", response.content_type.encode("latin-1")))
        headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if isinstance(response, Cut):
        # The server closes the connection of an answer that is not complete.
        await send({"type": "http.response.body", "body": response.body[: response.sent], "more_body": True})
        return
    await send({"type": "http.response.body", "body": response.body})


class Servers:
    """Runs apps on loopback ports in one thread; `call` runs a function there, between two requests."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._servers: list[uvicorn.Server] = []
        self._sockets: list[socket.socket] = []
        self._later: list[asyncio.Task[None]] = []

    def start(self, apps: Iterable[MockApp], ports: Iterable[int] | None = None) -> list[int]:
        """Listen on 127.0.0.1 (``ports`` or free ones) and return the ports once all of them answer.

        Raises OSError when a wanted port is taken; nothing is left listening then.
        """
        apps = list(apps)
        wanted = list(ports) if ports is not None else [0] * len(apps)
        try:
            for port in wanted:
                self._sockets.append(_listen(port))
        except OSError:
            self._close_sockets()
            raise
        found = [s.getsockname()[1] for s in self._sockets]
        for app, port in zip(apps, found, strict=True):
            app.dialect.base_url = f"http://127.0.0.1:{port}"
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(apps, ready), name="syncproof-mocks", daemon=True)
        self._thread.start()
        ready.wait()
        return found

    def _run(self, apps: list[MockApp], ready: threading.Event) -> None:
        loop = uvloop.new_event_loop()
        asyncio.set_event_loop(loop)
        self._loop = loop
        loop.run_until_complete(self._serve(apps, ready))
        waiting = asyncio.all_tasks(loop)
        for task in waiting:  # answers that are still held: their callers are gone with the sockets
            task.cancel()
        loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
        loop.close()

    async def _serve(self, apps: list[MockApp], ready: threading.Event) -> None:
        tasks = []
        for app, sock in zip(apps, self._sockets, strict=True):
            server = uvicorn.Server(_config(app))
            self._servers.append(server)
            tasks.append(asyncio.create_task(server.serve(sockets=[sock])))
        while not all(s.started for s in self._servers):
            await asyncio.sleep(0.001)
        ready.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*self._later, return_exceptions=True)

    def listen(self, app: Any, sockets: list[socket.socket], tls: ssl.SSLContext | None = None) -> None:
        """Serve an ASGI app on further listening sockets (this object's from now on), and return once it answers."""

        async def begin() -> None:
            config = _config(app)
            config.load()
            config.ssl = tls
            server = uvicorn.Server(config)
            self._servers.append(server)
            self._later.append(asyncio.create_task(server.serve(sockets=sockets)))
            while not server.started:
                await asyncio.sleep(0.001)

        self._sockets.extend(sockets)
        self.perform(begin())

    def listen_beside(self, app: Any) -> int:
        """Serve an ASGI app on a free port of 127.0.0.1 and return the port once it answers."""
        sock = _listen(0)
        self.listen(app, [sock])
        port: int = sock.getsockname()[1]
        return port

    def perform(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the servers' loop and return its result; call it from another thread, between start and stop."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def call(self, function: Callable[[], Any]) -> Any:
        """Run ``function`` on the servers' thread, between two requests, and return its result."""
        if self._loop is None or threading.current_thread() is self._thread:
            return function()

        async def run() -> Any:
            return function()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()

    def stop(self) -> None:
        """Stop listening and end the thread. Safe to call twice."""
        for server in self._servers:
            server.should_exit = True
            server.force_exit = True
        if self._thread is not None:
            self._thread.join(timeout=10)
            self._thread = None
        self._loop = None
        self._servers.clear()
        self._later.clear()
        self._close_sockets()

    def _close_sockets(self) -> None:
        for sock in self._sockets:
            sock.close()
        self._sockets.clear()


def _config(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app, log_level="critical", access_log=False, lifespan="off", http="httptools", ws="none",
        server_header=False, date_header=False, timeout_graceful_shutdown=1, backlog=2048, timeout_keep_alive=KEEP_ALIVE_S,
    )


@lru_cache(maxsize=8)
def _http_date(second: int) -> str:
    # Connectors take their cursor from this header, so it tells the sandbox's time, not the machine's.
    return formatdate(second, usegmt=True)


def _listen(port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(("127.0.0.1", port))
        # Bound is not taken: two sandboxes started at the same instant could share the port until one of them listens.
        sock.listen(2048)
    except OSError:
        sock.close()
        raise
    sock.setblocking(False)
    return sock
