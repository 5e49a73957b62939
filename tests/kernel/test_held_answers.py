"""Answers that wait: asked between requests, told once, ended by time, by the caller or by a new world."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from syncproof_mocks.faults import arm
from syncproof_mocks.journal import Exchange
from syncproof_mocks.server import MockApp, Servers
from syncproof_mocks.wire import Evidence, Held, Request, Response, Router, operation, operations_of
from syncproof_mocks.world import World
from tests.kernel.conftest import TOKEN
from tests.kernel.toy import Toy


@operation("GET", "/news", id="news", evidence=Evidence.DOCUMENT)
def news(toy: Toy, request: Request) -> Response:
    """Wait for the first thing called after `name`; break when it is called `bug`."""
    name = request.arg("name")

    def ready() -> Response | None:
        toy.asked = getattr(toy, "asked", 0) + 1  # type: ignore[attr-defined]
        for row in toy.store.rows("thing"):
            if row.values["name"] == "bug":
                raise RuntimeError("a bug of ours")
            if row.values["name"] == name:
                toy.served(row)
                return toy.answer(200, {"found": row.id})
        return None

    nothing = toy.answer(200, {"found": None})
    return Held(nothing.status, nothing.body, ready=ready, timeout_s=float(request.arg("wait") or 5))


@pytest.fixture(scope="module")
def app() -> Iterator[MockApp]:
    made, servers = MockApp(fresh(), TOKEN), Servers()
    servers.start([made])
    made.servers = servers  # type: ignore[attr-defined]
    made.url = made.dialect.base_url  # type: ignore[attr-defined]
    yield made
    servers.stop()


def fresh() -> Toy:
    toy = Toy(World(5))
    toy.router = Router([*toy.router.operations, *operations_of([sys.modules[__name__]])])
    return toy


@pytest.fixture
def toy(app: MockApp) -> Toy:
    made = fresh()
    app.become(made)
    return made


@pytest.fixture
def client(app: MockApp, toy: Toy) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app.url, headers={"x-toy": "please"}, trust_env=False, timeout=10) as found:  # type: ignore[attr-defined]
        yield found


def later(seconds: float, act: Any) -> threading.Timer:
    timer = threading.Timer(seconds, act)
    timer.start()
    return timer


def waited(toy: Toy) -> Exchange:
    return next(e for e in toy.journal.exchanges() if e.operation == "news")


def test_other_requests_are_answered_meanwhile_and_one_of_them_wakes_it(client: httpx.Client, toy: Toy) -> None:
    later(0.2, lambda: client.post("/things", json={"name": "Ana"}))
    start = time.monotonic()
    answer = client.get("/news?name=Ana")

    assert answer.json() == {"found": "1"}
    assert 0.15 < time.monotonic() - start < 2
    entry = waited(toy)
    assert (entry.status, entry.served, entry.response_body) == (200, [("thing", "1", 1)], answer.content)


def test_what_happens_while_it_waits_is_not_put_down_to_it(client: httpx.Client, toy: Toy) -> None:
    later(0.1, lambda: client.post("/things", json={"name": "Ana"}))
    client.get("/news?name=Ana")
    (change,) = toy.journal.changes()

    assert change.exchange != waited(toy).seq


def test_its_time_is_bounded(client: httpx.Client) -> None:
    start = time.monotonic()
    assert client.get("/news?name=Ana&wait=0.2").json() == {"found": None}
    assert 0.2 <= time.monotonic() - start < 2


def test_who_hung_up_is_not_asked_for_any_more(client: httpx.Client, toy: Toy) -> None:
    with pytest.raises(httpx.ReadTimeout):
        client.get("/news?name=Ana", timeout=0.2)
    time.sleep(0.2)
    asked = toy.asked  # type: ignore[attr-defined]
    time.sleep(0.2)

    assert toy.asked == asked  # type: ignore[attr-defined]


def test_a_new_world_sends_everybody_home(client: httpx.Client, app: MockApp) -> None:
    later(0.2, lambda: app.become(fresh()))
    start = time.monotonic()

    assert client.get("/news?name=Ana").json() == {"found": None}
    assert time.monotonic() - start < 2


def test_a_bug_while_waiting_is_a_crash_of_ours(client: httpx.Client, toy: Toy) -> None:
    later(0.1, lambda: client.post("/things", json={"name": "bug"}))

    assert client.get("/news?name=Ana").status_code == 500
    assert "a bug of ours" in waited(toy).crash


@pytest.mark.parametrize("fault", ["lost_response", "server_error"])
def test_faults_strike_an_answer_that_waits(client: httpx.Client, app: MockApp, toy: Toy, fault: str) -> None:
    arm(app, {"fault": fault, "operation": "news"})
    timer = later(0.2, lambda: client.post("/things", json={"name": "Ana"}))

    assert client.get("/news?name=Ana").status_code >= 500
    timer.join()
    # A lost answer was given and nobody saw it; a broken server never looked.
    assert bool(waited(toy).served) is (fault == "lost_response")
    assert waited(toy).fault == fault


def test_stopping_does_not_wait_for_those_who_wait() -> None:
    app, servers = MockApp(fresh(), TOKEN), Servers()
    servers.start([app])
    url, problems = app.dialect.base_url, []

    def ask() -> None:
        try:
            httpx.get(f"{url}/news?name=Ana&wait=60", headers={"x-toy": "please"}, trust_env=False, timeout=20)
        except httpx.HTTPError as error:
            problems.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.3)
    start = time.monotonic()
    servers.stop()
    asking.join(timeout=10)

    assert time.monotonic() - start < 5
    assert not asking.is_alive()


def test_nobody_waits_inside_another_request() -> None:
    toy = fresh()
    held = news(toy, Request("GET", "/news", "name=Ana", {}, b"", "http://x"))

    assert isinstance(held, Held)
    assert held.body == b'{"found":null}'
