"""One live sandbox for all tests, which go back to its seeded state; spoken to over its real socket."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest
from syncproof.cli import invoke
from syncproof.live.api import control_api
from syncproof.live.client import TOKEN, URL, Client
from syncproof.live.serving import opened
from syncproof.live.session import Session
from syncproof.mapping.grammar import Side
from syncproof.mapping.load import default_mapping_path, load_mapping
from syncproof.sandbox import Sandbox

PEOPLE = 8


@dataclass(frozen=True)
class Live:
    """A running sandbox, where it is and how to steer it."""

    sandbox: Sandbox
    session: Session
    url: str
    token: str
    http: httpx.Client

    def ask(self, method: str, path: str, *, body: bytes = b"", **headers: str) -> httpx.Response:
        """Send one request as any program on this machine could."""
        sent = {"x-syncproof-token": self.token, **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.http.request(method, self.url + path, content=body, headers={k: v for k, v in sent.items() if v})

    def value(self, side: Side, field: str, person: str = "p0001") -> object:
        """What a field of a person's record holds now."""
        (link, *_) = self.session.stage.links_of(person, side)
        row = self.sandbox.on(side).store.get(link.kind, link.record_id)
        assert row is not None
        return row.values.get(field)

    def asks_ma(self) -> httpx.Response:
        """What a connector does."""
        url, token = self.sandbox.url(Side.MA), self.sandbox.ma.credentials()["token"]
        return self.http.get(f"{url}/crm/v3/objects/contacts?limit=2", headers={"authorization": f"Bearer {token}"})


@pytest.fixture(scope="session")
def _running() -> Iterator[Live]:
    with Sandbox(load_mapping(default_mapping_path()), 5) as sandbox, opened(sandbox, PEOPLE) as session, httpx.Client(trust_env=False) as http:
        url = sandbox.listen(control_api(session, sandbox.control_token))
        yield Live(sandbox, session, url, sandbox.control_token, http)
        session.close()


@pytest.fixture
def live(_running: Live, monkeypatch: pytest.MonkeyPatch) -> Live:
    """The sandbox as it was seeded, and its address in the environment."""
    for name in list(_running.session._kept):
        if name != "seeded":
            del _running.session._kept[name]
    _running.sandbox.perform(_running.session.rewind(None))
    monkeypatch.setenv(URL, _running.url)
    monkeypatch.setenv(TOKEN, _running.token)
    return _running


@pytest.fixture
def client(live: Live) -> Client:
    return Client()


@pytest.fixture
def said(live: Live, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run one command under `syncproof sandbox`: exit code, what it printed, what it complained about."""

    def run(*words: str) -> tuple[int, str, str]:
        code = invoke(["sandbox", *words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something is so; a bound, no measure."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)
