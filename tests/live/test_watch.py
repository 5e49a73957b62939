"""`syncproof sandbox watch`: what happens, as it happens."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from syncproof.cli import invoke
from syncproof.live.client import Client
from syncproof.live.telling import line_of
from tests.live.conftest import Live, wait_for

_ENDS = count()


@contextmanager
def watching(live: Live) -> Iterator[list[dict[str, Any]]]:
    """What a follower is told, from the moment it is there; afterwards it is all there is."""
    told: list[dict[str, Any]] = []
    # A name of its own: one who lags behind must not take the end of another follower for its own.
    end = f"the end {next(_ENDS)}"

    def follow() -> None:
        for one in Client(live.url, live.token).watch():
            told.append(one)
            if end in str(one.get("detail")):
                return

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    wait_for(lambda: bool(told))
    yield told
    live.ask("POST", "/steps", body=json.dumps({"snapshot": end}).encode())
    thread.join(20)
    assert not thread.is_alive()


def test_requests_edits_and_faults_are_told_in_order(live: Live, client: Client) -> None:
    with watching(live) as told:
        client.step({"inject": {"fault": "server_error", "system": "ma", "times": 1}})
        live.asks_ma()
        client.step({"edit": {"side": "crm", "set": {"Phone": "+48221234567"}}})
        live.asks_ma()

    kinds = [(t["type"], t.get("status") or t.get("name") or t.get("what")) for t in told]
    assert kinds[:4] == [("watching", None), ("fault", "fault_armed"), ("request", 503), ("change", "updated")]
    assert kinds[-2:] == [("request", 200), ("mark", "snapshot")]
    assert told[2]["fault"] == "server_error"
    assert next(iter(told[3]["fields"])) == "Phone"


def test_a_rewind_is_told_what_it_undid_and_what_comes_after_it(live: Live, client: Client) -> None:
    with watching(live) as told:
        client.step({"inject": {"fault": "slow", "system": "ma"}})
        client.rewind(None, time_goes_on=False)
        live.asks_ma()

    assert [(t["type"], t.get("name", "")) for t in told] == [
        ("watching", ""), ("fault", "fault_armed"), ("rewound", "seeded"), ("request", ""), ("mark", "snapshot"),
    ]  # fmt: skip


def test_two_may_follow_and_one_that_leaves_disturbs_nobody(live: Live, client: Client) -> None:
    with watching(live) as first:
        with watching(live) as second:
            live.asks_ma()
        live.asks_ma()

    assert [t["type"] for t in second] == ["watching", "request", "mark"]
    assert [t["type"] for t in first] == ["watching", "request", "mark", "request", "mark"]


def test_credentials_are_not_told(live: Live) -> None:
    secret = live.sandbox.ma.credentials()["client_secret"]
    with watching(live) as told:
        live.http.get(f"{live.sandbox._urls['ma']}/oauth/v1/access-tokens/{secret}?hapikey={secret}")  # type: ignore[index]

    assert "***" in told[1]["target"]
    assert secret not in json.dumps(told)


def test_the_command_ends_well_with_ctrl_c(live: Live, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(self: Client) -> Iterator[dict[str, Any]]:
        yield {"type": "rewound", "name": "seeded"}
        raise KeyboardInterrupt

    monkeypatch.setattr(Client, "watch", interrupted)

    assert invoke(["sandbox", "watch"]) == 0
    assert capsys.readouterr().out.strip() == "-- the sandbox went back to `seeded`"


REQUEST = {"at_ms": 0, "type": "request", "system": "hubspot", "method": "GET", "target": "/a", "status": 207, "refused": [], "fault": ""}


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (REQUEST, "00:00:00 hubspot GET /a -> 207"),
        ({**REQUEST, "refused": ["1 CODE no"], "fault": "slow"}, "00:00:00 hubspot GET /a -> 207 (1 item refused: 1 CODE no) <- slow"),
        ({**REQUEST, "target": "/\x1b[2J\u202e"}, "00:00:00 hubspot GET /⟨U+001B⟩[2J⟨U+202E⟩ -> 207"),
        (
            {"at_ms": 1000, "type": "change", "system": "salesforce", "actor": "crm_user", "what": "updated", "kind": "Lead", "record_id": "1",
             "fields": {f"f{n}": [None, n] for n in range(6)}},
            "00:00:01 salesforce crm user: updated Lead 1 f0: blank -> 0, f1: blank -> 1, f2: blank -> 2, f3: blank -> 3, and 2 more",
        ),
        ({"at_ms": 0, "type": "fault", "name": "fault_healed", "detail": "all on hubspot"}, "00:00:00 -- fault healed: all on hubspot"),
    ],
)  # fmt: skip
def test_lines_for_people(told: dict[str, Any], line: str) -> None:
    assert line_of(told) == line
