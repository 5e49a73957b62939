"""A sync that no process ends is over when both systems are at rest, and not before."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from syncproof.drivers import Rest
from syncproof.mapping.grammar import Side
from syncproof.mapping.load import load_mapping
from syncproof.sandbox import Sandbox, default_mapping_file
from syncproof.settling import Settling
from syncproof.start_kinds import Start
from syncproof_mocks.journal import Mark

KINDS = {"crm": ("Account", "Contact", "Lead"), "ma": ("companies", "contacts")}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(load_mapping(default_mapping_file()), 5) as found:
        yield found


class Connector:
    """Does something over HTTP again and again, in a thread of its own."""

    def __init__(self, sandbox: Sandbox, round_of: Callable[[Connector, int], None], pause_s: float = 0.02) -> None:
        self.sandbox, self._round, self._pause_s = sandbox, round_of, pause_s
        self.client = httpx.Client(trust_env=False)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def _work(self) -> None:
        number = 0
        while not self._stop.wait(self._pause_s):
            self._round(self, number)
            number += 1

    def __enter__(self) -> Connector:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.client.close()

    def headers(self, side: Side) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.sandbox.on(side).credentials()['token']}"}

    def read(self, *kinds: str) -> None:
        for kind in kinds:
            if kind in KINDS["crm"]:
                url = f"{self.sandbox.url(Side.CRM)}/services/data/v59.0/query"
                self.client.get(url, params={"q": f"SELECT Id FROM {kind}"}, headers=self.headers(Side.CRM)).raise_for_status()
            else:
                url = f"{self.sandbox.url(Side.MA)}/crm/v3/objects/{kind}/search"
                self.client.post(url, json={"limit": 1}, headers=self.headers(Side.MA)).raise_for_status()

    def write(self, contact: str, **properties: str) -> None:
        url = f"{self.sandbox.url(Side.MA)}/crm/v3/objects/contacts/{contact}"
        self.client.patch(url, json={"properties": properties}, headers=self.headers(Side.MA)).raise_for_status()


def settling(sandbox: Sandbox, timeout_s: float = 20, **settle: Any) -> Settling:
    start = Start.model_validate({"service": ["x"], "timeout_s": timeout_s, "settle": {"quiet_s": 0.2, **settle}})
    return Settling(sandbox, sandbox.mapping, start)


def contact(sandbox: Sandbox) -> str:
    return str(sandbox.call(lambda: sandbox.ma.desk_create("contacts", {"email": "bob@acme.com", "phone": "1"})).id)


def never() -> bool:
    return False


def test_at_rest_is_who_has_read_every_kind_and_writes_nothing_more(sandbox: Sandbox) -> None:
    bob = contact(sandbox)
    writes = []

    def round_of(me: Connector, number: int) -> None:
        me.read(*KINDS["crm"], *KINDS["ma"])
        if number in (1, 3):
            me.write(bob, phone=str(number))
            writes.append(time.monotonic())

    with Connector(sandbox, round_of):
        rest = settling(sandbox)(never)

    assert rest == Rest(True)
    assert len(writes) == 2
    assert time.monotonic() - writes[-1] >= 0.2


def test_a_side_that_was_not_read_after_the_last_change_is_waited_for_and_named(sandbox: Sandbox) -> None:
    with Connector(sandbox, lambda me, _: me.read("Account", "Contact", "companies", "contacts")):
        rest = settling(sandbox, 1.5)(never)

    assert not rest.came
    assert "did not come to rest within 1.5 s: it has not read salesforce Lead" in rest.reason


def test_a_side_that_is_not_polled_needs_no_reading(sandbox: Sandbox) -> None:
    with Connector(sandbox, lambda me, _: me.read(*KINDS["ma"])):
        assert settling(sandbox, polls=["ma"])(never) == Rest(True)
    assert settling(sandbox, polls=[])(never) == Rest(True)


def test_to_and_fro_is_told_long_before_the_time_is_over(sandbox: Sandbox) -> None:
    bob = contact(sandbox)
    began = time.monotonic()

    with Connector(sandbox, lambda me, n: me.write(bob, phone=str(n % 2))):
        rest = settling(sandbox)(never)

    assert not rest.came
    assert f"phone of hubspot contacts {bob} went to and fro" in rest.reason
    assert time.monotonic() - began < 15


def test_who_goes_on_writing_never_rests(sandbox: Sandbox) -> None:
    bob = contact(sandbox)

    def round_of(me: Connector, number: int) -> None:
        me.write(bob, phone=str(number))
        me.read(*KINDS["crm"], *KINDS["ma"])

    with Connector(sandbox, round_of):
        rest = settling(sandbox, 1.5)(never)

    assert not rest.came
    assert rest.reason.endswith("it goes on writing")


def test_nobody_waits_for_a_connector_that_has_ended(sandbox: Sandbox) -> None:
    began = time.monotonic()

    assert not settling(sandbox)(lambda: True).came
    assert time.monotonic() - began < 1


class Receiver:
    """Listens to webhooks; answers what it is told to."""

    def __init__(self, *answers: int) -> None:
        self.got: list[list[dict[str, Any]]] = []
        left = list(answers)

        class Door(BaseHTTPRequestHandler):
            def do_POST(me) -> None:
                self.got.append(json.loads(me.rfile.read(int(me.headers["Content-Length"]))))
                me.send_response(left.pop(0) if left else 200)
                me.send_header("Content-Length", "0")
                me.end_headers()

            def log_message(me, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self) -> Receiver:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def test_rest_waits_for_webhooks_and_lets_the_time_of_further_attempts_come(sandbox: Sandbox) -> None:
    bob = contact(sandbox)
    outbox = sandbox.ma.outbox
    assert outbox is not None
    with Receiver(500, 503) as receiver:
        sandbox.call(lambda: outbox.listen(receiver.url, ["contact.propertyChange:phone"]))
        sandbox.call(lambda: sandbox.ma.desk_edit("contacts", bob, {"phone": "2"}))
        before = sandbox.world.clock.now_ms()

        rest = settling(sandbox, polls=[], quiet_s=0.05)(never)

    assert rest == Rest(True)
    assert [batch[0]["attemptNumber"] for batch in receiver.got] == [0, 1, 2]
    assert outbox.pending == 0
    assert sandbox.world.clock.now_ms() - before > 300_000
    marks = [e.detail for e in sandbox.world.journal.entries if isinstance(e, Mark) and e.name == "webhook"]
    assert [m.split("-> ")[1].split(":")[0] for m in marks] == ["500", "503", "200"]
    assert f"contact.propertyChange {bob} phone" in marks[0]
