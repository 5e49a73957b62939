"""A checkpoint: the same requests after it meet the same faults and get the same ids and answers."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator

import pytest
from syncproof.journal_lines import journal_lines
from syncproof_mocks.checkpoint import Checkpoint
from syncproof_mocks.clock import Clock
from syncproof_mocks.dialect import Dialect
from syncproof_mocks.faults import arm, disarm
from syncproof_mocks.server import MockApp
from syncproof_mocks.world import World
from tests.fuzz import furniture, orgs
from tests.fuzz.furniture import Furniture
from tests.fuzz.requests import Maker, some_operation
from tests.fuzz.sending import Sent, exchange
from tests.kernel.conftest import START_MS
from tests.kernel.toy import Toy

PLEASE = (("x-toy", "please"),)
Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture(autouse=True)
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """The loop in which `exchange` answers."""
    found = asyncio.new_event_loop()
    asyncio.set_event_loop(found)
    yield found
    asyncio.set_event_loop(None)
    found.close()


def a_toy(clock: Clock | None = None) -> MockApp:
    return MockApp(Toy(World(3, clock or Clock(START_MS))), "token")


def creating(name: str) -> Sent:
    return Sent("POST", "/things", PLEASE, b'{"name": "%s"}' % name.encode())


def reading(number: int) -> Sent:
    return Sent("GET", f"/things/{number}", PLEASE, b"")


def lines_of(app: MockApp) -> list[bytes]:
    return list(journal_lines("x", app.dialect.journal.entries))


# -- replay -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("org", [orgs.salesforce, orgs.hubspot])
def test_the_same_requests_get_the_same_answers_and_faults_again(
    org: Callable[[], Dialect], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = MockApp(org(), "token")
    furnished, sent = Furniture(app), list[tuple[Sent, Answer]]()

    def recorded(to: MockApp, one: Sent) -> Answer:
        answer = exchange(to, one)
        sent.append((one, answer))
        return answer

    def some(number: int) -> None:
        draw = random.Random(number)
        recorded(app, Maker(furnished, some_operation(app.dialect, draw), draw).request())

    monkeypatch.setattr(furniture, "exchange", recorded)
    for number in range(60):
        some(number)
    # Bulk jobs, imports, lists, logins and changes of the schema are among these requests.
    armed = arm(app, {"fault": "server_error", "probability": 0.3})
    checkpoint, start = Checkpoint([app]), len(app.dialect.journal)
    sent.clear()
    for number in range(60, 110):
        some(number)
    lines, struck = lines_of(app), armed.struck
    assert struck > 10
    assert len(lines) > start + 50

    for _ in range(2):
        checkpoint.go_back()
        assert (len(app.dialect.journal), armed.struck) == (start, 0)
        for one, answer in list(sent):
            assert exchange(app, one) == answer
        assert lines_of(app) == lines
        assert armed.struck == struck


def test_another_order_of_requests_is_not_the_same_history() -> None:
    """What proves that the test above can fail: dice that went on would show."""
    app = a_toy()
    arm(app, {"fault": "server_error", "probability": 0.5})
    checkpoint = Checkpoint([app])
    first = [exchange(app, creating(f"n{n}"))[0] for n in range(20)]
    second = [exchange(app, creating(f"n{n}"))[0] for n in range(20)]
    checkpoint.go_back()

    assert first != second
    assert [exchange(app, creating(f"n{n}"))[0] for n in range(20)] == first


def test_one_can_go_to_an_older_checkpoint_and_to_a_newer_one_again() -> None:
    app = a_toy()
    exchange(app, creating("a"))
    early = Checkpoint([app])
    exchange(app, creating("b"))
    late = Checkpoint([app])
    lines = lines_of(app)
    exchange(app, creating("c"))

    early.go_back()
    assert exchange(app, reading(2))[0] == 404
    late.go_back()
    assert lines_of(app) == lines
    assert (exchange(app, reading(2))[0], exchange(app, reading(3))[0]) == (200, 404)
    early.go_back()
    assert exchange(app, creating("x"))[2] == b'{"id":"2"}'


# -- faults -------------------------------------------------------------------------------------------


def test_a_fault_that_was_healed_since_is_on_again_with_its_count() -> None:
    app = a_toy()
    arm(app, {"fault": "server_error", "times": 2})
    exchange(app, creating("a"))
    checkpoint = Checkpoint([app])
    assert [exchange(app, creating("b"))[0] for _ in range(2)] == [503, 201]
    disarm(app)

    checkpoint.go_back()

    assert [exchange(app, creating("b"))[0] for _ in range(2)] == [503, 201]


def test_a_fault_that_was_switched_on_since_leaves_nothing_behind() -> None:
    app = a_toy()
    checkpoint = Checkpoint([app])
    arm(app, {"fault": "clock_skew", "settings": {"seconds": 300}})
    assert app.dialect.clock.now_ms() == START_MS + 300_000

    checkpoint.go_back()

    assert app.interceptors == []
    assert app.dialect.clock.now_ms() == app.dialect.store.clock.now_ms() == START_MS


def test_what_was_declared_since_is_not_declared_any_more() -> None:
    app = a_toy()
    store = app.dialect.store
    before, early = store.definition(), Checkpoint([app])
    store.define("thing", unique=("name",))
    store.define("gadget", indexes=("size",))
    exchange(app, creating("a"))
    store.create("gadget", "g", {"size": 3})
    after, late = store.definition(), Checkpoint([app])

    early.go_back()
    assert store.definition() == before
    assert [exchange(app, creating("a"))[0] for _ in range(2)] == [201, 201]
    late.go_back()
    assert (store.definition(), store.find("gadget", "size", 3)) == (after, ("g",))


# -- time ---------------------------------------------------------------------------------------------


def test_a_clock_that_stands_is_set_back() -> None:
    app = a_toy()
    checkpoint = Checkpoint([app])
    app.dialect.clock.move(3600)

    checkpoint.go_back()

    assert app.dialect.clock.now_ms() == checkpoint.at_ms == START_MS


def test_a_running_clock_is_set_back_and_runs_on() -> None:
    app = a_toy(Clock())
    clock = app.dialect.world.clock
    checkpoint = Checkpoint([app])
    clock.move(3600)

    checkpoint.go_back()

    assert 0 <= clock.now_ms() - checkpoint.at_ms < 60_000
    assert not clock.is_frozen


def test_time_may_go_on_instead() -> None:
    app = a_toy()
    checkpoint = Checkpoint([app])
    exchange(app, creating("a"))
    app.dialect.clock.move(3600)

    checkpoint.go_back(time_goes_on=True)

    assert app.dialect.clock.now_ms() == START_MS + 3_600_000
    assert app.dialect.store.size("thing") == 0


# -- credentials --------------------------------------------------------------------------------------


def logged_in(app: MockApp) -> str:
    known = app.dialect.credentials()
    form = f"grant_type=client_credentials&client_id={known['client_id']}&client_secret={known['client_secret']}"
    headers = (("content-type", "application/x-www-form-urlencoded"), ("host", "127.0.0.1:1"))
    status, _, body = exchange(app, Sent("POST", "/services/oauth2/token", headers, form.encode()))
    assert status == 200, body
    return body.split(b'"access_token":"')[1].split(b'"')[0].decode()


def can_ask(app: MockApp, token: str) -> bool:
    sent = Sent("GET", "/services/data/v60.0/limits", (("authorization", f"Bearer {token}"), ("host", "127.0.0.1:1")), b"")
    return exchange(app, sent)[0] == 200


def test_credentials_stay_valid_whether_they_are_older_or_newer() -> None:
    app = MockApp(orgs.salesforce(), "token")
    old = logged_in(app)
    checkpoint = Checkpoint([app])
    new = logged_in(app)
    app.dialect.expire_sessions()
    newest = logged_in(app)

    checkpoint.go_back()

    assert [can_ask(app, token) for token in (old, new, newest)] == [True, False, True]
    assert newest in app.dialect.tokens_issued()
    assert logged_in(app) == new


# -- what is under way --------------------------------------------------------------------------------


def test_a_request_under_way_is_cut_off_and_does_nothing_any_more(loop: asyncio.AbstractEventLoop) -> None:
    app = a_toy()
    checkpoint = Checkpoint([app])
    reached, told = asyncio.Event(), list[dict[str, object]]()

    async def late(dialect: object, request: object, operation: object, proceed: Callable[[], object]) -> object:
        reached.set()
        await asyncio.sleep(0)
        await gone.wait()
        return await proceed()  # type: ignore[misc]

    async def story() -> None:
        sent = creating("too late")
        scope = {"type": "http", "method": sent.method, "path": "/things", "raw_path": b"/things", "query_string": b"",
                 "headers": [(b"x-toy", b"please")]}  # fmt: skip

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": sent.body}

        async def send(message: dict[str, object]) -> None:
            told.append(message)

        running = asyncio.ensure_future(app(scope, receive, send))
        await reached.wait()
        checkpoint.go_back()
        gone.set()
        await running

    gone = asyncio.Event()
    app.interceptors = [late]  # type: ignore[list-item]
    loop.run_until_complete(story())

    assert told[-1]["more_body"] is True  # the server closes what is not complete
    assert (app.dialect.store.size("thing"), app.dialect.journal.entries) == (0, [])


def test_another_world_is_refused() -> None:
    app = a_toy()
    checkpoint = Checkpoint([app])
    app.become(Toy(World(4)))

    with pytest.raises(ValueError, match="another world"):
        checkpoint.go_back()
