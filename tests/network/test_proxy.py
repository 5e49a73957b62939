"""The proxy alone, spoken to over a socket: forms of requests, links that lead back, loopback, nonsense."""

from __future__ import annotations

import http.server
import json
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from syncproof.sandbox import Sandbox
from tests.network.conftest import proxy_port, tried


@pytest.fixture(autouse=True)
def begun(proxied: Sandbox) -> None:
    proxied.network.sync_begins()


@pytest.fixture
def own_server() -> Iterator[int]:
    """A part of the connector's own on loopback."""

    class Own(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Own) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def said(sandbox: Sandbox, request: bytes) -> bytes:
    """Send bytes to the proxy and return everything it answers."""
    with socket.create_connection(("127.0.0.1", proxy_port(sandbox)), 10) as sock:
        sock.sendall(request)
        sock.shutdown(socket.SHUT_WR)
        answer = b""
        while data := sock.recv(65_536):
            answer += data
    return answer


def token_request(sandbox: Sandbox, target: str, host: str) -> bytes:
    known = sandbox.placeholders()
    body = urlencode({
        "grant_type": "password", "client_id": known["crm.client_id"], "client_secret": known["crm.client_secret"],
        "username": known["crm.username"], "password": known["crm.password"],
    }).encode()  # fmt: skip
    head = f"POST {target} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + body


@pytest.mark.parametrize("port", ["", ":443"])
def test_the_absolute_form_stands_for_https_and_links_say_so(proxied: Sandbox, port: str) -> None:
    host = proxied.placeholders()["crm.url"].removeprefix("https://") + port
    target = f"https://{host}/services/oauth2/token"

    answer = said(proxied, token_request(proxied, target, host))

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert json.loads(body)["instance_url"] == proxied.placeholders()["crm.url"]
    assert tried(proxied) == []


def test_the_login_hosts_lead_to_the_orgs_own(proxied: Sandbox) -> None:
    answer = said(proxied, token_request(proxied, "https://test.salesforce.com/services/oauth2/token", "test.salesforce.com"))

    found = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert found["instance_url"] == proxied.placeholders()["crm.url"]
    assert found["id"].startswith("https://test.salesforce.com/id/")


def test_a_second_host_behind_the_first_is_refused_and_noted(proxied: Sandbox) -> None:
    # The address is a vendor's, the `Host` is not: who looks at one only would let it pass.
    answer = said(proxied, b"GET https://api.hubapi.com/x HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 502")
    assert [(a.how, a.what) for a in tried(proxied)] == [("host", "evil.example")]


def test_parts_of_the_connector_on_loopback_are_passed_through(proxied: Sandbox, own_server: int) -> None:
    absolute = f"GET http://127.0.0.1:{own_server}/ HTTP/1.0\r\n\r\n".encode()
    tunnel = f"CONNECT localhost:{own_server} HTTP/1.1\r\n\r\n".encode() + b"GET / HTTP/1.0\r\n\r\n"

    assert b" 204 " in said(proxied, absolute)
    assert b" 204 " in said(proxied, tunnel)
    assert tried(proxied) == []


@pytest.mark.parametrize(
    "request_bytes",
    [b"GET /no-proxy HTTP/1.1\r\n\r\n", b"CONNECT nothing HTTP/1.1\r\n\r\n", b"\x16\x03\x01\r\n\r\n", b"GET\r\n\r\n"],
)
def test_nonsense_is_told_and_breaks_nothing(proxied: Sandbox, request_bytes: bytes) -> None:
    answer = said(proxied, request_bytes)

    assert answer.startswith(b"HTTP/1.1 400")
    assert b"this is a proxy" in answer


@pytest.mark.parametrize("request_bytes", [b"", b"GET http://a/", b"x" * 100_000])
def test_half_a_request_and_an_endless_head_are_dropped(proxied: Sandbox, request_bytes: bytes) -> None:
    try:
        answer = said(proxied, request_bytes)
    except ConnectionError:
        answer = b""

    assert answer == b""
    assert said(proxied, b"GET /still-there HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 400")
