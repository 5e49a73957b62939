"""Whatever a connector tries besides the two systems fails, and stands in the journal."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from syncproof.drivers import Ended
from syncproof.sandbox import Sandbox
from tests.network.conftest import tried

Start = Callable[..., Ended]
BASH = "/bin/bash"


@pytest.fixture
def outside() -> Iterator[int]:
    """A server of the machine itself, on the machine's own loopback."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_greet, args=(server,), daemon=True).start()
        yield server.getsockname()[1]


def _greet(server: socket.socket) -> None:
    while True:
        try:
            server.accept()[0].close()
        except OSError:
            return


def test_an_address_by_number_cannot_be_reached_and_is_counted(isolated: Sandbox, start: Start) -> None:
    ended = start(isolated, [BASH, "-c", "exec 3<>/dev/tcp/1.1.1.1/443 || exit 7"])

    assert ended.exit_code == 7
    assert b"unreachable" in ended.output
    assert [(a.how, a.what) for a in tried(isolated)] == [("address", "1 time")]


def test_datagrams_and_the_newer_protocol_do_not_get_out_either(isolated: Sandbox, start: Start) -> None:
    code = "(echo x > /dev/udp/8.8.8.8/53) || (exec 3<>/dev/tcp/2606:4700::1111/443) || exit 7"

    ended = start(isolated, [BASH, "-c", code])

    assert ended.exit_code == 7
    assert [(a.how, a.what) for a in tried(isolated)] == [("address", "2 times")]


def test_the_loopback_of_the_machine_is_another_one(isolated: Sandbox, start: Start, outside: int) -> None:
    with socket.create_connection(("127.0.0.1", outside), 5):
        pass

    ended = start(isolated, [BASH, "-c", f"exec 3<>/dev/tcp/127.0.0.1/{outside} || exit 7"])

    assert ended.exit_code == 7
    assert b"refused" in ended.output


def test_other_names_do_not_exist_and_each_is_noted_once(isolated: Sandbox, start: Start) -> None:
    code = "getent ahosts api.segment.io; getent ahosts api.segment.io; getent ahosts SENTRY.example; true"

    start(isolated, [BASH, "-c", code])

    assert [(a.how, a.what) for a in tried(isolated)] == [("name", "api.segment.io"), ("name", "sentry.example")]


def test_names_of_vendors_of_this_machine_and_of_loopback_are_no_attempts(isolated: Sandbox, start: Start) -> None:
    code = "for n in localhost $(hostname) any.deep.my.salesforce.com api.hubapi.com; do getent ahostsv4 $n || exit 7; done"

    ended = start(isolated, [BASH, "-c", code])

    assert ended.exit_code == 0, ended.output
    # `ahosts` asks as browsers do (AI_ADDRCONFIG): only for addresses of a family that the machine itself has.
    assert b"127.0.77.1" in ended.output
    assert b"127.0.77.2" in ended.output
    assert tried(isolated) == []


def test_a_request_that_names_another_host_is_refused_and_noted(isolated: Sandbox, start: Start) -> None:
    ended = start(isolated, ["/usr/bin/env", "curl", "-sSi", "-H", "Host: evil.example", "https://api.hubapi.com/x"])

    assert ended.output.startswith(b"HTTP/1.1 502")
    assert b"no mock answers for `evil.example`" in ended.output
    assert b"salesforce and hubspot" in ended.output
    assert [(a.how, a.what) for a in tried(isolated)] == [("host", "evil.example")]


def test_a_connection_that_asks_for_another_certificate_fails_and_is_noted(isolated: Sandbox, start: Start) -> None:
    words = ["curl", "-sS", "--connect-to", "evil.example:443:127.0.77.1:443", "https://evil.example/"]

    ended = start(isolated, ["/usr/bin/env", *words])

    assert ended.exit_code != 0
    assert ("tls", "evil.example") in [(a.how, a.what) for a in tried(isolated)]


def test_plain_http_is_sent_to_https_and_that_is_an_assumption(isolated: Sandbox, start: Start) -> None:
    ended = start(isolated, ["/usr/bin/env", "curl", "-sSi", "http://api.hubapi.com/crm/v3?x=1"])

    assert b"HTTP/1.1 301" in ended.output
    assert b"https://api.hubapi.com/crm/v3?x=1" in ended.output
    last = list(isolated.world.journal.exchanges())[-1]
    assert (last.system, last.operation, last.evidence, last.status) == ("hubspot", "plain_http", "assumed", 301)


def test_only_our_authority_is_trusted_inside(isolated: Sandbox, start: Start) -> None:
    bundle = next(p for p in ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt") if Path(p).is_file())
    before = Path(bundle).read_bytes()

    ended = start(isolated, ["/bin/cat", bundle])

    assert ended.output == Path(isolated.placeholders()["ca_file"]).read_bytes()
    assert ended.output.count(b"BEGIN CERTIFICATE") == 1
    assert b"PRIVATE" not in ended.output
    assert Path(bundle).read_bytes() == before


def test_a_program_sees_its_own_folder_user_and_home(isolated: Sandbox, start: Start, tmp_path: Path) -> None:
    ended = start(isolated, [BASH, "-c", "id -u; id -g; pwd; echo $HOME; echo written > here"])

    assert ended.output.decode().split() == [str(os.getuid()), str(os.getgid()), str(tmp_path), str(tmp_path / "home")]
    assert (tmp_path / "here").read_text() == "written\n"


@pytest.mark.skipif(os.getuid() != 0, reason="only root could try to walk back")
def test_root_inside_cannot_walk_back_into_the_network_of_the_machine(isolated: Sandbox, start: Start) -> None:
    ended = start(isolated, ["/usr/bin/nsenter", f"--net=/proc/{os.getpid()}/ns/net", "/bin/true"])

    assert ended.exit_code != 0
    assert b"denied" in ended.output or b"not permitted" in ended.output


def test_the_proxy_refuses_and_notes_everything_else(proxied: Sandbox, fenced: tuple[int, ...], start: Start) -> None:
    code = "curl -sS https://example.com/; curl -sS http://example.com/a; curl -sS https://api.hubapi.com:8443/; true"

    ended = start(proxied, [BASH, "-c", code], fenced)

    assert b"403" in ended.output
    assert b"no mock answers for `example.com`" in ended.output
    assert [(a.how, a.what) for a in tried(proxied)] == [
        ("proxy", "example.com:443"), ("proxy", "example.com:80"), ("proxy", "api.hubapi.com:8443"),
    ]  # fmt: skip
