"""When a fault strikes, what it does to the exchange, and what it leaves behind when it is switched off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from syncproof_mocks.faults import arm, disarm, faults
from syncproof_mocks.journal import Mark
from syncproof_mocks.server import MockApp
from tests.kernel.toy import Toy


@pytest.fixture
def app(toy_app: MockApp, toy: Toy) -> Iterator[MockApp]:
    yield toy_app
    toy_app.interceptors = []


def statuses(client: httpx.Client, number: int = 6) -> list[int]:
    return [client.post("/things", json={}).status_code for _ in range(number)]


def test_server_error_does_nothing_and_says_so(app: MockApp, toy: Toy, client: httpx.Client) -> None:
    arm(app, {"fault": "server_error", "settings": {"status": 502}})
    answer = client.post("/things", json={})

    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")
    assert toy.store.size("thing") == 0
    assert [e.fault for e in toy.journal.exchanges()] == ["server_error"]


def test_a_500_has_the_vendors_own_body(app: MockApp, client: httpx.Client) -> None:
    arm(app, {"fault": "server_error", "settings": {"status": 500}})

    assert client.post("/things", json={}).json() == {"toy": "failed"}


def test_a_lost_response_hides_a_write_that_happened(app: MockApp, toy: Toy, client: httpx.Client) -> None:
    arm(app, {"fault": "lost_response"})
    answer = client.post("/things", json={"name": "Ana"})

    assert answer.status_code == 504
    assert toy.store.find("thing", "name", "Ana") == ("1",)
    assert [c.exchange for c in toy.journal.changes()] == [e.seq for e in toy.journal.exchanges()]


def test_a_rate_limit_speaks_the_vendors_words(app: MockApp, toy: Toy, client: httpx.Client) -> None:
    arm(app, {"fault": "rate_limit", "settings": {"retry_after_s": 7}})
    answer = client.post("/things", json={})

    assert (answer.status_code, answer.json(), answer.headers["retry-after"]) == (429, {"toy": "slow down"}, "7")
    assert toy.store.size("thing") == 0


def test_it_strikes_after_so_many_and_so_often(app: MockApp, client: httpx.Client) -> None:
    armed = arm(app, {"fault": "server_error", "after": 2, "times": 3})

    assert statuses(client, 7) == [201, 201, 503, 503, 503, 201, 201]
    assert (armed.seen, armed.struck) == (7, 3)


def test_only_matching_operations_count(app: MockApp, client: httpx.Client) -> None:
    arm(app, {"fault": "server_error", "operation": "things.c*", "times": 1})

    assert client.get("/things/1").status_code == 404
    assert client.get("/nothing").status_code == 404
    assert statuses(client, 2) == [503, 201]


def test_chance_comes_from_the_seed(app: MockApp, toy: Toy, client: httpx.Client) -> None:
    arm(app, {"fault": "server_error", "probability": 0.5})
    first = statuses(client, 30)
    again = Toy(type(toy.world)(toy.world.seed))
    app.become(again)
    arm(app, {"fault": "server_error", "probability": 0.5})

    assert set(first) == {201, 503}
    assert statuses(client, 30) == first


def test_two_faults_on_one_request_are_both_told(app: MockApp, toy: Toy, client: httpx.Client) -> None:
    arm(app, {"fault": "server_error"})
    arm(app, {"fault": "lost_response"})

    assert client.post("/things", json={}).status_code == 504
    assert [e.fault for e in toy.journal.exchanges()] == ["lost_response, server_error"]
    assert toy.store.size("thing") == 0, "what the later one hid had failed already"


def test_switched_off_it_leaves_no_trace(app: MockApp, toy: Toy, client: httpx.Client) -> None:
    arm(app, {"fault": "server_error"})
    arm(app, {"fault": "rate_limit"})
    disarm(app, "server_error")
    assert statuses(client, 1) == [429]
    disarm(app)

    assert statuses(client, 2) == [201, 201]
    assert [e.fault for e in toy.journal.exchanges()] == ["rate_limit", "", ""]
    marks = [(m.name, m.detail) for m in toy.journal.entries if isinstance(m, Mark)]
    assert marks == [
        ("fault_armed", "server_error on toy *"), ("fault_armed", "rate_limit on toy *"),
        ("fault_healed", "server_error on toy"), ("fault_healed", "all on toy"),
    ]  # fmt: skip


@pytest.mark.parametrize(("settings", "says"), [
    ({"fault": "gremlin"}, "no fault is called `gremlin`; known: lost_response"),
    ({"fault": "server_error", "operation": "contacts.*"}, "no operation of toy matches `contacts.*`"),
    ({"fault": "server_error", "settings": {"code": 3}}, "`server_error` has no setting code; allowed: status"),
    ({"fault": "lost_response", "settings": {"x": 3}}, "allowed: none"),
    ({"fault": "server_error", "settings": {"status": 404}}, "500 to 599; 404 was given"),
])  # fmt: skip
def test_what_could_never_strike_is_refused(app: MockApp, settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError) as caught:
        arm(app, settings)
    assert says in str(caught.value)
    assert app.interceptors == []


@pytest.mark.parametrize("name", sorted(faults()))
def test_every_fault_is_documented_and_leaves_its_name_in_the_journal(
    name: str, app: MockApp, toy: Toy, client: httpx.Client
) -> None:
    assert faults()[name].__doc__
    arm(app, {"fault": name, "times": 1})
    client.post("/things", json={})

    assert [e.fault for e in toy.journal.exchanges()] == [name]
