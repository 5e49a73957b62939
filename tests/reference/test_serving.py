"""The reference connector as a service: who may tell it something, what it makes of that, and runs that are asked for."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hubspot.utils.signature import Signature
from syncproof.reference.failures import ConfigurationError
from syncproof.reference.hearing import Heard
from syncproof.reference.serving import Server, Service
from syncproof.reference.settings import Listening, listening_from

SECRET = "s3cret"


class Quiet:
    """No mistakes are switched on: events are only remembered."""

    def __init__(self) -> None:
        self.taken: list[Any] = []

    def take(self, events: list[Any]) -> None:
        self.taken += events


class Running:
    def __init__(self) -> None:
        self.heard: list[set[str]] = []
        self.code, self.hold = 0, threading.Event()
        self.hold.set()
        self.eager = Quiet()
        self.server = Server(("127.0.0.1", 0), Service(Listening("http://x", ""), lambda _: 0, self.eager).handler())  # type: ignore[arg-type]
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.service = Service(Listening(f"{self.url}/hubspot", SECRET, 0.0), self.run, self.eager)  # type: ignore[arg-type]
        self.server.RequestHandlerClass = self.service.handler()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        threading.Thread(target=self.service.work, daemon=True).start()

    def run(self, heard: Heard) -> int:
        self.hold.wait(5)
        self.heard.append(heard.changed)
        return self.code

    def tell(self, events: Any, secret: str = SECRET, **headers: str) -> int:
        body, at = json.dumps(events), str(round(time.time() * 1000))
        signature = Signature.get_signature(secret, body, "v3", http_uri=f"{self.url}/hubspot", http_method="POST", timestamp=at)
        told = {"X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": at, **headers}
        return httpx.post(f"{self.url}/hubspot", content=body, headers=told, trust_env=False).status_code

    def await_runs(self, number: int) -> None:
        until = time.monotonic() + 5
        while len(self.heard) < number and time.monotonic() < until:
            time.sleep(0.01)
        assert len(self.heard) == number


@pytest.fixture
def running() -> Iterator[Running]:
    found = Running()
    yield found
    found.server.shutdown()
    found.server.server_close()


def event(number: int, kind: str = "contact.propertyChange") -> dict[str, Any]:
    return {"subscriptionType": kind, "objectId": number, "propertyName": "phone", "propertyValue": "stale"}


def test_what_is_told_is_read_in_the_next_run(running: Running) -> None:
    assert running.tell([event(1), event(1), event(2), event(9, "company.creation")]) == 204

    running.await_runs(1)
    assert running.heard == [{"contacts/1", "contacts/2"}]


def test_what_is_told_while_a_run_is_at_work_belongs_to_the_next(running: Running) -> None:
    running.hold.clear()
    running.tell([event(1)])
    time.sleep(0.1)
    running.tell([event(2)])
    running.tell([event(3)])
    running.hold.set()

    running.await_runs(2)
    assert running.heard == [{"contacts/1"}, {"contacts/2", "contacts/3"}]


@pytest.mark.parametrize("headers", [{}, {"X-HubSpot-Signature-v3": ""}, {"X-HubSpot-Request-Timestamp": "1"}, {"X-HubSpot-Request-Timestamp": "soon"}])
def test_whoever_is_not_hubspot_is_refused(running: Running, headers: dict[str, str]) -> None:
    assert running.tell([event(1)], "wrong" if not headers else SECRET, **headers) == 401
    assert (running.heard, running.eager.taken) == ([], [])


def test_a_signed_text_that_is_no_list_of_events_is_refused(running: Running) -> None:
    assert running.tell({"objectId": 1}) == 401


def test_a_run_that_was_asked_for_is_at_work_and_then_done(running: Running) -> None:
    running.code = 1
    running.hold.clear()
    asked = httpx.post(f"{running.url}/runs", trust_env=False)
    url = f"{running.url}/runs/{asked.json()['id']}"

    before = httpx.get(url, trust_env=False).json()
    running.hold.set()
    until = time.monotonic() + 5
    while (after := httpx.get(url, trust_env=False).json())["state"] == "running" and time.monotonic() < until:
        time.sleep(0.01)

    assert asked.status_code == 202
    assert (before["state"], before["exit_code"]) == ("running", None)
    assert (after["state"], after["exit_code"]) == ("done", 1)


@pytest.mark.parametrize(("method", "path"), [("GET", "/runs/77"), ("GET", "/"), ("POST", "/elsewhere")])
def test_other_addresses_are_not_there(running: Running, method: str, path: str) -> None:
    assert httpx.request(method, running.url + path, trust_env=False).status_code == 404


def test_where_to_listen_is_a_setting(tmp_path: Path) -> None:
    found = listening_from({"LISTEN_URL": "http://127.0.0.1:8123/hubspot", "HUBSPOT_CLIENT_SECRET": "x", "POLL_SECONDS": "0.5"})

    assert (found.host, found.port, found.poll_s) == ("127.0.0.1", 8123, 0.5)
    assert "x'" not in repr(found)
    for wrong in ({}, {"LISTEN_URL": "http://x", "POLL_SECONDS": "often"}):
        with pytest.raises(ConfigurationError):
            listening_from(wrong)
