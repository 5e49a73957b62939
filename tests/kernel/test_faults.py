"""When a fault strikes, what it does to the exchange, and what it leaves behind when it is switched off."""

from __future__ import annotations

import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
from syncproof_mocks.faults import arm, disarm
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
    ({"fault": "gremlin"}, "no fault is called `gremlin`; known: broken_body, "),
    ({"fault": "server_error", "operation": "contacts.*"}, "no operation of toy matches `contacts.*`"),
    ({"fault": "server_error", "settings": {"code": 3}}, "`server_error` has no setting code; allowed: status"),
    ({"fault": "lost_response", "settings": {"x": 3}}, "allowed: none"),
    ({"fault": "server_error", "settings": {"status": 404}}, "500 to 599; 404 was given"),
    ({"fault": "server_error", "settings": {"status": "many"}}, "not supported between"),
    ({"fault": "server_error", "kind": "Contact"}, "toy has no kind `Contact`, so it could never strike; kinds: thing"),
    ({"fault": "rate_limit", "settings": {"limit": "daily"}}, "`rate_limit` could never strike: toy has no limit `daily`"),
    ({"fault": "row_lock"}, "`row_lock` could never strike: toy does not fail in this way"),
    ({"fault": "token_expired"}, "toy has no sessions that end"),
    ({"fault": "slow", "settings": {"seconds": 0}}, "`seconds` is above 0 and at most 30; 0 was given"),
])  # fmt: skip
def test_what_could_never_strike_is_refused(app: MockApp, settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError) as caught:
        arm(app, settings)
    assert says in str(caught.value)
    assert app.interceptors == []


def test_only_requests_that_name_the_kind_count(app: MockApp, client: httpx.Client) -> None:
    arm(app, {"fault": "server_error", "kind": "thing"})

    assert client.post("/things", json={"note": "some things"}).status_code == 201
    assert client.post("/things", json={"note": "one Thing of it"}).status_code == 503


def test_only_requests_that_name_the_records_count(app: MockApp, client: httpx.Client) -> None:
    arm(app, {"fault": "server_error"}, ["7", "Ann+1@example.com"])

    assert statuses(client, 1) == [201]
    assert [client.get(f"/things/{key}").status_code for key in ("77", "17", "7")] == [404, 404, 503]
    assert client.get("/things/1", params={"q": "email:'ann+1@example.com'"}).status_code == 503
    assert client.post("/things", json={"email": "ANN+1@example.com"}).status_code == 503
    assert client.post("/things", json={"email": "xann+1@example.com"}).status_code == 201


def test_records_of_nobody_are_never_struck(app: MockApp, client: httpx.Client) -> None:
    armed = arm(app, {"fault": "server_error"}, [])

    assert statuses(client, 2) == [201, 201]
    assert (armed.seen, armed.struck) == (0, 0)


def test_a_slow_answer_is_the_vendors_own(app: MockApp, toy: Toy, client: httpx.Client) -> None:
    arm(app, {"fault": "slow", "times": 1, "settings": {"seconds": 0.05}})
    began = time.monotonic()

    assert statuses(client, 1) == [201]
    assert time.monotonic() - began >= 0.05
    assert toy.store.size("thing") == 1


def test_a_time_out_before_the_write_looks_like_a_lost_answer(app: MockApp, toy: Toy, client: httpx.Client) -> None:
    arm(app, {"fault": "lost_response", "times": 1})
    lost = client.post("/things", json={})
    disarm(app)
    arm(app, {"fault": "timeout_before_write", "times": 1})
    undone = client.post("/things", json={})

    assert (lost.status_code, lost.content, lost.headers["content-type"]) == (undone.status_code, undone.content, undone.headers["content-type"])
    assert toy.store.size("thing") == 1


def test_a_broken_body_ends_the_connection_in_the_middle_of_the_answer(app: MockApp, toy: Toy, client: httpx.Client) -> None:
    arm(app, {"fault": "broken_body", "times": 1})
    with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"):
        client.post("/things", json={"name": "Ana"})

    assert toy.store.find("thing", "name", "Ana") == ("1",), "the work was done"
    assert statuses(client, 1) == [201], "the next request gets a connection of its own"


def test_what_did_not_arrive_whole_was_seen_by_nobody(app: MockApp, toy: Toy, client: httpx.Client) -> None:
    client.post("/things", json={"name": "Ana"})
    arm(app, {"fault": "broken_body"})
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/things/1")

    assert [e.served for e in toy.journal.exchanges()] == [[], []]


@pytest.mark.parametrize("status", [200, 503])
def test_a_maintenance_page_is_no_json_whatever_its_status(app: MockApp, toy: Toy, client: httpx.Client, status: int) -> None:
    arm(app, {"fault": "maintenance_page", "settings": {"status": status}})
    answer = client.post("/things", json={})

    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html")
    assert answer.text.startswith("<!DOCTYPE html>")
    assert toy.store.size("thing") == 0


@pytest.mark.parametrize("seconds", [-90, 3600])
def test_a_wrong_clock_stamps_and_dates_wrongly_until_it_is_set_right(
    app: MockApp, toy: Toy, client: httpx.Client, seconds: int
) -> None:
    true_ms = toy.world.clock.now_ms()
    arm(app, {"fault": "clock_skew", "settings": {"seconds": seconds}})
    wrong = client.post("/things", json={})
    disarm(app)
    right = client.post("/things", json={})

    stamps = [c.after.modified_ms - true_ms for c in toy.journal.changes() if c.after is not None]
    assert stamps == [seconds * 1000, 0]
    dates = [parsedate_to_datetime(a.headers["date"]).timestamp() for a in (wrong, right)]
    assert dates[0] - dates[1] == seconds
    assert [e.at_ms for e in toy.journal.exchanges()] == [true_ms, true_ms], "the journal keeps the true time"
