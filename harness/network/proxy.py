"""An HTTP proxy on loopback that leads vendors' host names to the mocks and refuses, and notes, everything else."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from urllib.parse import urlsplit

from .directory import Directory, host_of
from .egress import Recorder
from .front import Front

_MOST_HEAD = 64 * 1024
_CHUNK = 64 * 1024
_HEAD_TIMEOUT_S = 60.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})


@dataclass(frozen=True, slots=True)
class Doors:
    """Ports on 127.0.0.1 behind the proxy: TLS, plain text that stands for HTTPS, and plain HTTP."""

    tls: int
    https_in_plain: int
    http: int


class Proxy:
    """Takes `CONNECT host:443`, and `GET https://host/...` as old Node clients send it, for hosts of the directory.

    Loopback destinations are passed through: a connector may have parts of its own there.
    """

    def __init__(self, directory: Directory, recorder: Recorder, front: Front, doors: Doors) -> None:
        self._directory = directory
        self._recorder = recorder
        self._front = front
        self._doors = doors
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Listen on a free port of 127.0.0.1 and return it."""
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0, limit=_MOST_HEAD)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Stop listening and end every connection."""
        if self._server is not None:
            self._server.close()
        talks = list(self._talks)
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass  # the client went away, or sent what is no request
        finally:
            self._talks.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_HEAD_TIMEOUT_S):
            head = await reader.readuntil(b"\r\n\r\n")
        method, target = _asked(head)
        tunnel = method == "CONNECT"
        try:
            scheme, host, port = _destination(target, tunnel=tunnel)
        except ValueError:
            await _say(writer, 400, "Syncproof: this is a proxy; ask for `CONNECT host:port` or an absolute address.\n")
            return
        door = self._door(scheme, host, port)
        if door is None:
            self._recorder.tried("proxy", f"{host}:{port}")
            await _say(writer, 403, self._front.refusal(host))
            return
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", door)
        if tunnel:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            # Servers must take the absolute form too (RFC 9112, 3.2.2), so requests pass as they are.
            inner_writer.write(head)
        await _pass_both_ways((reader, writer), (inner_reader, inner_writer))

    def _door(self, scheme: str, host: str, port: int) -> int | None:
        """Return the port of 127.0.0.1 that a destination leads to, or None when it is refused."""
        if host in _LOOPBACK:
            return port
        if self._directory.app_of(host) is None:
            return None
        wanted = {("tunnel", 443): self._doors.tls, ("tunnel", 80): self._doors.http,
                  ("https", 443): self._doors.https_in_plain, ("http", 80): self._doors.http}
        return wanted.get((scheme, port))


def _asked(head: bytes) -> tuple[str, str]:
    parts = head.partition(b"\r\n")[0].decode("latin-1").split(" ")
    return (parts[0].upper(), parts[1]) if len(parts) == 3 else ("", "")


def _destination(target: str, *, tunnel: bool) -> tuple[str, str, int]:
    """Return (`tunnel`, `https` or `http`; host; port). Raises ValueError for what is no destination."""
    if tunnel:
        host, colon, port = target.rpartition(":")
        if not colon or not port.isdigit() or not host:
            raise ValueError(target)
        return "tunnel", host_of(host), int(port)
    parts = urlsplit(target)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(target)
    return parts.scheme, host_of(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)


async def _say(writer: asyncio.StreamWriter, status: int, text: str) -> None:
    body = text.encode()
    reason = {400: "Bad Request", 403: "Forbidden"}[status]
    writer.write(
        f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n".encode() + body
    )
    await writer.drain()


_Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _pass_both_ways(outer: _Ends, inner: _Ends) -> None:
    try:
        await asyncio.gather(_pass(outer[0], inner[1]), _pass(inner[0], outer[1]))
    finally:
        inner[1].close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
