"""One server for the folder; each test that asks for `hub` gets a fresh portal behind it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from hubspot import HubSpot
from syncproof_mocks.clock import Clock
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.ma.hubspot.webhooks import Settings, Webhooks
from syncproof_mocks.server import MockApp, Servers
from syncproof_mocks.world import World
from tests.hubspot.listening import TARGET

START_MS = 1_790_000_000_000  # 2026-09-21T14:13:20Z


@pytest.fixture(scope="session")
def hub_server() -> Iterator[tuple[MockApp, str]]:
    app, servers = MockApp(Hubspot(World(1)), "control"), Servers()
    port = servers.start([app])[0]
    yield app, f"http://127.0.0.1:{port}"
    servers.stop()


@pytest.fixture
def hub(hub_server: tuple[MockApp, str]) -> Iterator[Hubspot]:
    """A fresh portal with a frozen clock, served at `hub.base_url`; no request may have crashed it."""
    app, url = hub_server
    dialect = Hubspot(World(7, Clock(START_MS)))
    dialect.base_url = url
    app.become(dialect)
    yield dialect
    assert [e.crash for e in dialect.journal.exchanges() if e.crash] == []


@pytest.fixture
def portal(hub_server: tuple[MockApp, str]) -> Hubspot:
    """A fresh portal in wall time, with a subscription type "Newsletter", behind the folder's server."""
    app, url = hub_server
    dialect = Hubspot(World(7))
    dialect.base_url = url
    app.become(dialect)
    dialect.subscription_types.add("Newsletter")
    return dialect


@pytest.fixture
def still() -> Hubspot:
    """A fresh portal with a frozen clock and without a server."""
    return Hubspot(World(7, Clock(1_800_000_000_000)))


@pytest.fixture
def hooks(still: Hubspot) -> Webhooks:
    """The webhooks of `still`, with a target and no subscription yet (see `listening.listen`)."""
    found = still.webhooks
    assert isinstance(found, Webhooks)
    found.settings = Settings(TARGET, 10, 0, 0)
    return found


@pytest.fixture
def api(hub: Hubspot) -> Iterator[httpx.Client]:
    """Plain HTTP with the portal's token."""
    headers = {"authorization": f"Bearer {hub.credentials()['token']}"}
    with httpx.Client(base_url=hub.base_url, headers=headers, verify=False) as client:  # loading CAs takes 0.1 s
        yield client


@pytest.fixture
def sdk(hub: Hubspot) -> HubSpot:
    """The vendor's own client."""
    return HubSpot(access_token=hub.credentials()["token"], host=hub.base_url, base_url=hub.base_url)


@pytest.fixture
def bob(hub: Hubspot) -> str:
    """Contact `bob@acme.com`, a customer; his id."""
    values = {"email": "bob@acme.com", "firstname": "Bob", "lifecyclestage": "customer"}
    return hub.seed("contacts", values, created_ms=START_MS - 1000, modified_ms=START_MS - 500).id


@pytest.fixture
def acme(hub: Hubspot) -> str:
    """Company `acme.com`; its id."""
    values = {"name": "Acme", "domain": "acme.com"}
    return hub.seed("companies", values, created_ms=START_MS - 1000, modified_ms=START_MS - 1000).id
