"""Webhooks as a receiver sees them: batches, signatures, retries (probe 19)."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from hubspot.utils.signature import Signature
from syncproof_mocks.ma.hubspot import Hubspot, webhook_outbox
from syncproof_mocks.ma.hubspot.signatures import decoded_uri, v2, v3
from syncproof_mocks.ma.hubspot.webhooks import Settings, Webhooks, http_post
from tests.hubspot.listening import TARGET, listen


class Receiver:
    """An app's endpoint: keeps what it got, answers what it was told to."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.got: list[tuple[str, bytes, dict[str, str]]] = []

    async def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        self.got.append((url, body, headers))
        return self.answers.pop(0) if self.answers else 200

    @property
    def events(self) -> list[list[dict[str, Any]]]:
        return [json.loads(body) for _, body, _ in self.got]


def deliver(hooks: Webhooks, post: Any) -> list[Any]:
    return asyncio.run(hooks.deliver(post))


def test_all_three_signatures_satisfy_the_vendors_own_check(still: Hubspot, hooks: Webhooks) -> None:
    still.clock.thaw()
    still.clock.freeze(time.time_ns() // 1_000_000)
    contact = still.desk_create("contacts", {"email": "bob@acme.com"})
    listen(hooks, "contact.propertyChange:lastname")
    still.desk_edit("contacts", contact.id, {"lastname": "Żółć"})
    hooks.settings = Settings("http://127.0.0.1:9/hook%3Fa/b?x=%40y%20z", 10, 0, 0)
    receiver = Receiver()
    deliver(hooks, receiver)

    url, body, headers = receiver.got[0]
    secret, text = still.tokens.client_secret, body.decode()
    assert Signature.is_valid(headers["X-HubSpot-Signature"], secret, text, signature_version="v1")
    assert Signature.is_valid(
        headers["X-HubSpot-Signature-v3"], secret, text, http_uri=decoded_uri(url), signature_version="v3",
        timestamp=headers["X-HubSpot-Request-Timestamp"],
    )
    assert Signature.is_valid(v2(secret, "POST", url, body), secret, text, http_uri=url, signature_version="v2")
    assert not Signature.is_valid(headers["X-HubSpot-Signature"], "other", text, signature_version="v1")
    assert decoded_uri(url) == "http://127.0.0.1:9/hook?a/b?x=@y%20z"
    assert v3(secret, "POST", url, body, 1) != headers["X-HubSpot-Signature-v3"]


def test_the_body_survives_being_parsed_and_written_again(still: Hubspot, hooks: Webhooks) -> None:
    contact = still.desk_create("contacts", {"email": "bob@acme.com"})
    listen(hooks, "contact.propertyChange:lastname")
    still.desk_edit("contacts", contact.id, {"lastname": 'Żółć "x" / 1.0'})
    receiver = Receiver()
    deliver(hooks, receiver)

    _, body, headers = receiver.got[0]
    # What n8n does: JSON.stringify(JSON.parse(body)).
    again = json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False)
    assert again.encode() == body
    signed = hashlib.sha256((still.tokens.client_secret + again).encode()).hexdigest()
    assert headers["X-HubSpot-Signature"] == signed


def test_a_failed_delivery_comes_again_with_the_same_event_ids(still: Hubspot, hooks: Webhooks) -> None:
    listen(hooks, "contact.creation")
    still.desk_create("contacts", {"email": "bob@acme.com"})
    receiver = Receiver(500, 0, 200)

    deliver(hooks, receiver)
    assert hooks.due() == []
    for _ in range(2):
        still.clock.move(400)
        deliver(hooks, receiver)

    assert [[(e["eventId"], e["attemptNumber"]) for e in batch] for batch in receiver.events] == [
        [(receiver.events[0][0]["eventId"], n)] for n in range(3)
    ]
    assert [d.status for d in hooks.log] == [500, 0, 200]
    assert hooks.pending == 0


def test_an_event_is_given_up_after_ten_attempts_within_a_day(still: Hubspot, hooks: Webhooks) -> None:
    listen(hooks, "contact.creation")
    still.desk_create("contacts", {"email": "bob@acme.com"})
    receiver, start = Receiver(*[503] * 99), still.clock.now_ms()

    while hooks.pending:
        due_ms = hooks.next_due_ms()
        assert due_ms is not None
        still.clock.move(max(0, due_ms - still.clock.now_ms()) / 1000)
        deliver(hooks, receiver)

    assert [batch[0]["attemptNumber"] for batch in receiver.events] == list(range(10))
    assert len(hooks.abandoned) == 1
    assert still.clock.now_ms() - start < 24 * 3600 * 1000


def test_a_batch_holds_at_most_a_hundred_events(still: Hubspot, hooks: Webhooks) -> None:
    listen(hooks, "contact.creation")
    for number in range(250):
        still.desk_create("contacts", {"email": f"p{number}@acme.com"})
    receiver = Receiver()

    deliver(hooks, receiver)

    assert sorted(len(batch) for batch in receiver.events) == [50, 100, 100]
    ids = [e["eventId"] for batch in receiver.events for e in batch]
    assert len(set(ids)) == 250


def test_no_more_deliveries_run_at_once_than_the_app_allows(still: Hubspot, hooks: Webhooks) -> None:
    listen(hooks, "contact.creation")
    hooks.settings = Settings(TARGET, 2, 0, 0)
    for number in range(450):
        still.desk_create("contacts", {"email": f"p{number}@acme.com"})
    running, most = 0, 0

    async def post(url: str, body: bytes, headers: dict[str, str]) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.005)
        running -= 1
        return 200

    assert len(deliver(hooks, post)) == 5
    assert most == 2


def test_nothing_leaves_the_sandbox(still: Hubspot, hooks: Webhooks) -> None:
    listen(hooks, "contact.creation")
    hooks.settings = Settings("https://example.com/hook", 10, 0, 0)
    still.desk_create("contacts", {"email": "bob@acme.com"})

    deliver(hooks, http_post)

    assert [(d.status, d.note) for d in hooks.log] == [(0, "refused: https://example.com/hook is not a loopback address")]
    assert hooks.pending == 0
    assert len(hooks.abandoned) == 1


class _App(BaseHTTPRequestHandler):
    answers: ClassVar[list[int]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        status = self.answers.pop(0)
        if status == 0:
            time.sleep(4)
        self.send_response(status or 200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _App)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()


def test_over_a_socket_a_slow_answer_is_no_answer(
    still: Hubspot, hooks: Webhooks, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_outbox, "TIMEOUT_S", 1.5)
    _App.answers = [500, 0, 200]
    listen(hooks, "contact.creation")
    hooks.settings = Settings(endpoint, 10, 0, 0)
    still.desk_create("contacts", {"email": "bob@acme.com"})

    for _ in range(3):
        deliver(hooks, http_post)
        still.clock.move(400)

    assert [d.status for d in hooks.log] == [500, 0, 200]


def test_a_closed_port_is_no_answer() -> None:
    assert asyncio.run(http_post("http://127.0.0.1:1/hook", b"[]", {})) == 0
