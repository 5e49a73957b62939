"""A toy vendor on a socket."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from syncproof_mocks.clock import Clock
from syncproof_mocks.server import MockApp, Servers
from syncproof_mocks.world import World
from tests.kernel.toy import Toy

START_MS = 1_790_000_000_000
TOKEN = "the-run's-token"


@pytest.fixture(scope="session")
def toy_app() -> Iterator[MockApp]:
    app, servers = MockApp(Toy(World(1)), TOKEN), Servers()
    app.port = servers.start([app])[0]  # type: ignore[attr-defined]
    yield app
    servers.stop()


@pytest.fixture
def toy(toy_app: MockApp) -> Toy:
    """A fresh world with a frozen clock behind the running server."""
    dialect = Toy(World(3, Clock(START_MS)))
    dialect.base_url = f"http://127.0.0.1:{toy_app.port}"  # type: ignore[attr-defined]
    toy_app.become(dialect)
    return dialect


@pytest.fixture
def client(toy: Toy) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=toy.base_url, headers={"x-toy": "please"}, trust_env=False) as found:
        yield found
