"""Over a real socket: half requests, broken framing and junk end their own connection and nobody else's."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from syncproof_mocks.journal import Change, Exchange
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.server import MAX_URL_BYTES, MockApp, Servers

from .orgs import hubspot

PATH = "/crm/v3/objects/contacts"
BODY = b'{"properties":{"email":"socket@example.com"}}'


@dataclass
class Served:
    """A portal behind a socket."""

    portal: Hubspot
    port: int

    @property
    def headers(self) -> str:
        """Return the headers of a right request, without those that say how long its body is."""
        return f"Host: 127.0.0.1:{self.port}\r\nAuthorization: Bearer {self.portal.credentials()['token']}\r\nContent-Type: application/json\r\n"

    def head(self, method: str = "POST", path: str = PATH, version: str = "1.1", more: str = "") -> bytes:
        """Return a request up to its body; ``more`` are further headers."""
        return f"{method} {path} HTTP/{version}\r\n{self.headers}{more}\r\n".encode("latin-1")

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=5)

    def said(self, *parts: bytes, pause_s: float = 0.0, hang_up: bool = False) -> bytes:
        """Send bytes as they are and return everything that comes back until the other side closes or is silent."""
        with self.connect() as wire:
            for part in parts:
                with contextlib.suppress(ConnectionError):
                    wire.sendall(part)
                time.sleep(pause_s)
            if hang_up:
                wire.shutdown(socket.SHUT_WR)
            return _all(wire)

    def status(self, *parts: bytes, pause_s: float = 0.0) -> int:
        """Send bytes and return the status of the first answer (0: none)."""
        answer = self.said(*parts, pause_s=pause_s)
        return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0

    def written(self) -> list[Change]:
        """Return what requests have changed."""
        return [c for c in self.portal.journal.changes() if c.exchange is not None]


def _all(wire: socket.socket) -> bytes:
    found = b""
    wire.settimeout(0.3)
    with contextlib.suppress(TimeoutError, ConnectionError):
        while part := wire.recv(65_536):
            found += part
    return found


@pytest.fixture
def served() -> Iterator[Served]:
    """A fresh portal; after the test it still answers others, and nothing in it crashed."""
    portal, servers = hubspot(), Servers()
    (port,) = servers.start([MockApp(portal, "control")])
    try:
        yield Served(portal, port)
        answer = httpx.get(f"http://127.0.0.1:{port}{PATH}", headers={"Authorization": f"Bearer {portal.credentials()['token']}"})
        assert answer.status_code == 200
        assert not [e.crash for e in portal.journal.exchanges() if e.crash]
    finally:
        servers.stop()


def exchanges(served: Served) -> list[Exchange]:
    return list(served.portal.journal.exchanges())


def test_half_a_body_is_no_request(served: Served) -> None:
    head = served.head(more=f"Content-Length: {len(BODY)}\r\n")

    answer = served.said(head + BODY[:20], hang_up=True)
    time.sleep(0.05)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 400")
    assert exchanges(served) == []
    assert served.written() == []


def test_a_slow_body_is_waited_for_and_others_are_answered_meanwhile(served: Served) -> None:
    with served.connect() as slow:
        slow.sendall(served.head(more=f"Content-Length: {len(BODY)}\r\n"))
        for at in range(0, len(BODY), 10):
            slow.sendall(BODY[at : at + 10])
            started = time.monotonic()
            assert served.status(served.head("GET", more="Connection: close\r\n")) == 200
            assert time.monotonic() - started < 2
        assert _all(slow).startswith(b"HTTP/1.1 201")
    assert len(served.written()) >= 1


@pytest.mark.parametrize("more", [
    f"Content-Length: {len(BODY)}\r\nContent-Length: 5\r\n", f"Content-Length: {len(BODY)}\r\nTransfer-Encoding: chunked\r\n",
    "Content-Length: -1\r\n", "Content-Length: ten\r\n", "Content-Length: 99999999999999999999999\r\n",
    "Bad Header: x\r\n", "NoColon\r\n", "X: a\x00b\r\n", " folded: x\r\n",
])  # fmt: skip
def test_framing_that_can_be_read_in_two_ways_is_refused(served: Served, more: str) -> None:
    status = served.status(served.head(more=more) + BODY)

    assert 400 <= status < 500
    assert served.written() == []


@pytest.mark.parametrize("body", [b"zz\r\n{}\r\n0\r\n\r\n", b"5\r\n{}\r\n0\r\n\r\n", b"ffffffffffffffffff\r\n{}", b"-5\r\n{}\r\n0\r\n\r\n", b"2;" + b"x" * 70_000])
def test_broken_chunks_are_refused_and_write_nothing(served: Served, body: bytes) -> None:
    assert served.status(served.head(more="Transfer-Encoding: chunked\r\n") + body) in (0, 400)
    assert served.written() == []


def test_chunks_are_put_together(served: Served) -> None:
    chunks = b"".join(b"%x;ext=1\r\n%s\r\n" % (len(BODY[at : at + 7]), BODY[at : at + 7]) for at in range(0, len(BODY), 7))

    assert served.status(served.head(more="Transfer-Encoding: chunked\r\n"), chunks + b"0\r\nTrailer: x\r\n\r\n") == 201


def test_headers_of_200_kb_are_answered_and_forgotten(served: Served) -> None:
    junk = "".join(f"X-Junk-{n}: {'j' * 1000}\r\n" for n in range(200))

    assert served.status(served.head("GET", more=junk)) in (200, 400, 431)
    assert served.status(served.head("GET", more=f"X-Long: {'j' * 200_000}\r\n")) in (200, 400, 431)


def test_an_address_that_is_too_long_is_refused(served: Served) -> None:
    assert served.status(served.head("GET", PATH + "?q=" + "x" * (MAX_URL_BYTES + 1))) == 414
    assert served.status(served.head("GET", PATH + "/" + "a/" * MAX_URL_BYTES)) in (0, 400, 414)


def test_absolute_targets_and_odd_methods_have_an_answer(served: Served) -> None:
    assert served.status(served.head("GET", f"http://api.hubapi.com{PATH}")) < 500
    assert served.status(served.head("OPTIONS", "*")) < 500
    assert served.status(served.head("CONNECT", "api.hubapi.com:443")) < 500
    assert served.status(served.head("BREW", PATH)) < 500
    assert served.status(served.head("GET", "no-slash")) < 500
    assert served.status(served.head("GET", "/\xff\xfe")) < 500
    assert served.status(b"GET " + PATH.encode() + b"\r\n\r\n") < 500
    assert served.status(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03") in (0, 400)


def test_http_1_0_is_answered_and_closed(served: Served) -> None:
    with served.connect() as wire:
        wire.sendall(served.head("GET", version="1.0"))
        wire.settimeout(2)
        found = b""
        while part := wire.recv(65_536):  # an end, not a time-out
            found += part
    assert found.startswith(b"HTTP/1.1 200")


def test_a_connection_lives_on_after_refusals(served: Served) -> None:
    bad = served.head(more="Content-Length: 1\r\n") + b"{"
    with served.connect() as wire:
        wire.settimeout(2)
        for request, status in ((bad, b"400"), (served.head("GET", "/nowhere"), b"404"), (bad, b"400"), (served.head("GET"), b"200")):
            wire.sendall(request)
            answer = b""
            while b"\r\n\r\n" not in answer or len(answer.partition(b"\r\n\r\n")[2]) < _length(answer):
                part = wire.recv(65_536)
                assert part, "closed"
                answer += part
            assert answer[9:12] == status


def _length(answer: bytes) -> int:
    return next(int(line.partition(b":")[2]) for line in answer.split(b"\r\n") if line.lower().startswith(b"content-length:"))


def test_requests_sent_ahead_are_answered_in_order(served: Served) -> None:
    answer = served.said(served.head("GET", "/nowhere") + served.head("GET") + served.head("GET", "/nowhere"))

    assert [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]] == [b"404", b"200", b"404"]


def test_two_hundred_callers_that_say_nothing_are_no_obstacle(served: Served) -> None:
    silent = [served.connect() for _ in range(200)]
    try:
        for wire in silent[::2]:
            wire.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
        started = time.monotonic()
        assert served.status(served.head("GET", more="Connection: close\r\n")) == 200
        assert time.monotonic() - started < 5
    finally:
        for wire in silent:
            wire.close()
