"""A sync that is asked for over HTTP: done when the answer says so, claimed as the answer says."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from syncproof.drivers import Rest, Task
from syncproof.drivers.http import Http
from syncproof.errors import SetupError
from syncproof.start_kinds import Start

Answers = list[tuple[int, Any]]


class Remote:
    """A service that runs already: answers from a list, the last one for ever."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.asked: list[tuple[str, str, bytes]] = []
        left: Answers = list(answers)

        class Door(BaseHTTPRequestHandler):
            def do_GET(me) -> None:
                body = me.rfile.read(int(me.headers.get("Content-Length") or 0))
                self.asked.append((me.command, me.path, body))
                status, content = left.pop(0) if len(left) > 1 else left[0]
                raw = content if isinstance(content, bytes) else json.dumps(content).encode()
                me.send_response(status)
                me.send_header("Content-Length", str(len(raw)))
                me.end_headers()
                me.wfile.write(raw)

            do_POST = do_GET

            def log_message(me, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def remote() -> Iterator[Callable[..., Remote]]:
    made: list[Remote] = []

    def do(*answers: tuple[int, Any]) -> Remote:
        made.append(Remote(*answers))
        return made[-1]

    yield do
    for one in made:
        one.server.shutdown()
        one.server.server_close()


def sync(folder: Path, url: str, rest: Rest | None = None, timeout_s: float = 5, **trigger: Any) -> Any:
    start = Start.model_validate({"http": {"url": f"{url}/runs", "every_s": 0.01, **trigger}, "timeout_s": timeout_s})
    task = Task(start, [], {}, folder, folder, folder, folder, (), lambda *_, **__: rest or Rest(True), lambda text: text, {}, lambda _: None)
    engaged = Http().engage(task)
    try:
        return engaged.sync(1)
    finally:
        engaged.stop()


POLLED = {"done": {"path": "$.state", "is": ["done", "failed"]}, "success": {"path": "$.state", "is": "done"}}


def test_the_answer_to_the_request_may_be_the_end_of_it(tmp_path: Path, remote: Callable[..., Remote]) -> None:
    found = remote((200, {"ok": True}))

    ended = sync(tmp_path, found.url, body='{"full": false}')

    assert (ended.ended, ended.exit_code) == ("exited", 0)
    assert found.asked == [("POST", "/runs", b'{"full": false}')]
    assert ended.output == b'{"ok": true}'


def test_it_is_asked_until_it_is_done_at_the_address_that_the_answer_gave(tmp_path: Path, remote: Callable[..., Remote]) -> None:
    found = remote((202, {"run": {"id": 7}}), (200, {"state": "queued"}), (200, {"state": "at work"}), (200, {"state": "done"}))

    ended = sync(tmp_path, found.url, poll=found.url + "/runs/{answer.run.id}", **POLLED)

    assert (ended.ended, ended.exit_code) == ("exited", 0)
    assert [path for _, path, _ in found.asked] == ["/runs", "/runs/7", "/runs/7", "/runs/7"]


@pytest.mark.parametrize("last", [(200, {"state": "failed"}), (500, {"state": "done"})])
def test_what_the_last_answer_calls_a_failure_is_no_success(tmp_path: Path, remote: Callable[..., Remote], last: Any) -> None:
    found = remote((202, {"id": 1}), last)

    assert sync(tmp_path, found.url, poll=found.url + "/{answer.id}", **POLLED).exit_code == 1


def test_a_refused_request_is_no_success(tmp_path: Path, remote: Callable[..., Remote]) -> None:
    assert sync(tmp_path, remote((503, {})).url).exit_code == 1


def test_one_that_never_says_so_runs_into_its_time_limit(tmp_path: Path, remote: Callable[..., Remote]) -> None:
    found = remote((200, {"id": 1, "state": "at work"}))
    began = time.monotonic()

    ended = sync(tmp_path, found.url, timeout_s=0.3, poll=found.url + "/{answer.id}", **POLLED)

    assert (ended.ended, ended.exit_code) == ("timeout", None)
    assert "at work" in ended.reason
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("answer", "told"),
    [({"state": "done"}, "nothing is at `id`"), (b"<html>", "answered 200 and no JSON: <html>")],
)
def test_an_answer_without_what_is_wanted_of_it_is_told(tmp_path: Path, remote: Callable[..., Remote], answer: Any, told: str) -> None:
    ended = sync(tmp_path, (found := remote((200, answer))).url, poll=found.url + "/{answer.id}", **POLLED)

    assert ended.ended == "not started"
    assert told in ended.reason


def test_nobody_listening_is_told(tmp_path: Path) -> None:
    ended = sync(tmp_path, "http://127.0.0.1:1")

    assert (ended.ended, ended.reason.partition(":")[0]) == ("not started", "ConnectError")


def test_nothing_is_sent_to_another_machine(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"http://example\.com/runs is not a loopback address"):
        sync(tmp_path, "http://example.com")


def test_done_and_still_writing_is_not_at_rest(tmp_path: Path, remote: Callable[..., Remote]) -> None:
    ended = sync(tmp_path, remote((200, {})).url, Rest(False, "it goes on writing"))

    assert (ended.ended, ended.reason) == ("restless", "it goes on writing")
