"""A mock over a real socket: answers, the journal, refusals, crashes of ours, bounds."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
import time
from typing import Any

import httpx
import pytest
from syncproof_mocks.clock import Clock
from syncproof_mocks.journal import Actor, Exchange
from syncproof_mocks.server import MAX_URL_BYTES, MockApp, Servers
from syncproof_mocks.world import World
from tests.kernel.conftest import START_MS, TOKEN
from tests.kernel.toy import Toy


def exchanges(toy: Toy) -> list[Exchange]:
    return list(toy.journal.exchanges())


def test_an_answer_carries_the_sandbox_time_and_the_journal_the_whole_exchange(toy: Toy, client: httpx.Client) -> None:
    answer = client.post("/things?a=1", json={"name": "Ana"})
    (entry,) = exchanges(toy)
    (change,) = toy.journal.changes()

    assert (answer.status_code, answer.json()) == (201, {"id": "1"})
    assert answer.headers["date"] == "Mon, 21 Sep 2026 14:13:20 GMT"
    assert (entry.method, entry.path, entry.query, entry.status) == ("POST", "/things", "a=1", 201)
    assert (entry.operation, entry.evidence, entry.request_body) == ("things.create", "assumed", b'{"name":"Ana"}')
    assert entry.response_body == answer.content
    assert (change.actor, change.exchange, change.at_ms) == (Actor.CONNECTOR, entry.seq, START_MS)


def test_a_connection_that_was_idle_between_two_polls_is_still_there(client: httpx.Client) -> None:
    connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port)

    def status() -> int:
        connection.request("GET", "/things/1", headers=dict(client.headers))
        answer = connection.getresponse()
        answer.read()
        return answer.status

    first = status()
    # What simple-salesforce waits between two looks at a batch, and a little: it does not connect anew when it must.
    time.sleep(5.3)

    assert status() == first


def test_who_read_which_revision_is_kept(toy: Toy, client: httpx.Client) -> None:
    client.post("/things", json={"name": "Ana"})
    client.get("/things/1")

    assert exchanges(toy)[1].served == [("thing", "1", 1)]


def test_an_unknown_path_is_refused_in_the_vendors_words_with_a_hint(toy: Toy, client: httpx.Client) -> None:
    answer = client.get("/thing/1")
    (entry,) = exchanges(toy)

    assert (answer.status_code, answer.json()) == (404, {"toy": "unknown", "allowed": []})
    assert answer.headers["x-syncproof-hint"] == "nearest supported: GET /things/{id}"
    assert (entry.operation, entry.hint) == (None, "GET /things/{id}")


def test_a_wrong_method_is_told_which_are_allowed(client: httpx.Client) -> None:
    answer = client.delete("/things/1")

    assert (answer.status_code, answer.json()["allowed"]) == (405, ["GET"])


def test_who_is_not_allowed_in_changes_nothing(toy: Toy, client: httpx.Client) -> None:
    answer = client.post("/things", json={"name": "Ana"}, headers={"x-toy": "now"})

    assert answer.status_code == 401
    assert list(toy.journal.changes()) == []


def test_a_bug_of_ours_is_a_500_of_the_vendor_and_is_kept_for_the_verdict(toy: Toy, client: httpx.Client) -> None:
    answer = client.get("/broken")
    (entry,) = exchanges(toy)

    assert (answer.status_code, answer.json()) == (500, {"toy": "failed"})
    assert "RuntimeError: a bug of ours" in entry.crash
    assert entry.status == 500
    assert toy.journal.exchange is None
    assert client.get("/things/9").status_code == 404, "the server lives on"


def test_a_bug_in_the_last_headers_is_kept_as_well(
    toy: Toy, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toy, "after", lambda *_: 1 / 0)

    assert client.get("/things/1").json() == {"toy": "failed"}
    assert "ZeroDivisionError" in exchanges(toy)[0].crash


def test_a_fault_that_breaks_is_a_bug_of_ours(toy_app: MockApp, toy: Toy, client: httpx.Client) -> None:
    async def broken(*_: Any) -> Any:
        raise KeyError("fault")

    toy_app.interceptors = [broken]

    assert client.get("/things/1").status_code == 500
    assert "KeyError: 'fault'" in exchanges(toy)[0].crash


def test_a_url_beyond_bounds_is_refused(client: httpx.Client) -> None:
    assert client.get("/things/" + "x" * MAX_URL_BYTES).status_code == 414


def test_a_body_beyond_bounds_is_refused_and_not_journalled(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syncproof_mocks.server.MAX_BODY_BYTES", 100_000)

    port = int(toy.base_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as raw:
        head = b"POST /things HTTP/1.1\r\nhost: x\r\nx-toy: please\r\ncontent-length: 200000\r\n\r\n"
        raw.sendall(head + b"x" * 200_000)
        answer = raw.recv(1_000)
    assert answer.startswith(b"HTTP/1.1 413")
    assert exchanges(toy) == []


def test_half_a_body_is_no_request(toy: Toy) -> None:
    port = int(toy.base_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as raw:
        raw.sendall(b"POST /things HTTP/1.1\r\nhost: x\r\nx-toy: please\r\ncontent-length: 100\r\n\r\n" + b'{"name": "A')
        raw.shutdown(socket.SHUT_WR)
    with httpx.Client(base_url=toy.base_url, headers={"x-toy": "please"}, trust_env=False) as client:
        client.get("/things/1")

    assert [e.method for e in exchanges(toy)] == ["GET"]
    assert list(toy.journal.changes()) == []


def test_a_body_in_pieces_arrives_whole(toy: Toy, client: httpx.Client) -> None:
    def pieces() -> Any:
        yield b'{"name": "'
        yield b"x" * 200_000
        yield b'"}'

    assert client.post("/things", content=pieces()).status_code == 201
    assert len(next(toy.store.rows("thing")).values["name"]) == 200_000


def test_requests_at_the_same_time_do_not_mix(toy: Toy) -> None:
    async def go() -> list[int]:
        async with httpx.AsyncClient(base_url=toy.base_url, headers={"x-toy": "please"}, trust_env=False) as client:
            answers = await asyncio.gather(*(client.post("/things", json={"name": f"n{n}"}) for n in range(40)))
        return [a.status_code for a in answers]

    assert set(asyncio.run(go())) == {201}
    by_exchange = {c.exchange: c.after for c in toy.journal.changes()}
    for entry in exchanges(toy):
        row = by_exchange[entry.seq]
        assert row is not None
        assert row.values["name"].encode() in entry.request_body


def test_a_call_runs_on_the_servers_thread_and_brings_back_value_and_error() -> None:
    servers = Servers()
    servers.start([MockApp(Toy(World(1, Clock(START_MS))), TOKEN)])
    try:
        assert servers.call(lambda: threading.current_thread().name) == "syncproof-mocks"
        with pytest.raises(ZeroDivisionError):
            servers.call(lambda: 1 / 0)
        assert servers.call(lambda: servers.call(lambda: 7)) == 7, "from its own thread it is a plain call"
    finally:
        servers.stop()
        servers.stop()
    assert servers.call(lambda: 8) == 8, "without servers there is nobody to wait for"


def test_a_taken_port_is_an_error_and_nothing_is_left_listening() -> None:
    with socket.socket() as taken, socket.socket() as probe:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
        probe.close()
        apps = [MockApp(Toy(World(n)), TOKEN) for n in (1, 2)]
        with pytest.raises(OSError, match="in use"):
            Servers().start(apps, [free, taken.getsockname()[1]])
        with socket.socket() as again:
            assert again.connect_ex(("127.0.0.1", free)) != 0


def test_servers_listen_on_loopback_only(toy: Toy) -> None:
    port = int(toy.base_url.rpartition(":")[2])
    with socket.socket() as other:
        other.settimeout(2)
        assert other.connect_ex(("127.0.0.2", port)) != 0
