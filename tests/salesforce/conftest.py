"""One server for all tests here; every test gets a fresh org on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import requests
from simple_salesforce import Salesforce as SimpleSalesforce
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.schema import FieldInfo, FieldType
from syncproof_mocks.server import MockApp, Servers
from syncproof_mocks.world import World


class Down(requests.adapters.HTTPAdapter):
    """Sends what simple-salesforce would send over https to the mock's plain port."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port

    def send(self, request: Any, **options: Any) -> Any:
        parts = urlsplit(request.url)
        query = f"?{parts.query}" if parts.query else ""
        request.url = f"http://127.0.0.1:{self.port}{parts.path}{query}"
        return super().send(request, **options)


@pytest.fixture(scope="session")
def listening() -> Iterator[tuple[MockApp, int]]:
    app, servers = MockApp(Salesforce(World(7)), "control"), Servers()
    [port] = servers.start([app])
    yield app, port
    servers.stop()


@pytest.fixture
def org(listening: tuple[MockApp, int]) -> Salesforce:
    """A fresh org: Account Acme; contacts c0..c4@example.com with Ext__c x0..x4; unique Uniq__c."""
    app, port = listening
    made = Salesforce(World(7))
    made.base_url = f"http://127.0.0.1:{port}"
    made.add_field("Contact", FieldInfo("Ext__c", "Ext", FieldType.TEXT, "string", 40, external_id=True, custom=True))
    made.add_field(
        "Contact",
        FieldInfo("Uniq__c", "Uniq", FieldType.TEXT, "string", 40, external_id=True, unique=True, custom=True),
    )
    now = made.clock.now_ms()
    acme = made.seed("Account", {"Name": "Acme"}, created_ms=now - 86_400_000, modified_ms=now - 3_600_000)
    for n in range(5):
        values = {
            "FirstName": f"First{n}", "LastName": f"Last{n}", "Email": f"c{n}@example.com", "Ext__c": f"x{n}",
            "AccountId": acme.id,
        }
        made.seed("Contact", values, created_ms=now - 86_400_000, modified_ms=now - 3_600_000)
    app.become(made)
    return made


@pytest.fixture
def session(listening: tuple[MockApp, int]) -> Iterator[requests.Session]:
    with requests.Session() as made:
        made.trust_env = False
        made.mount("https://", Down(listening[1]))
        yield made


@pytest.fixture
def sf(org: Salesforce, session: requests.Session) -> SimpleSalesforce:
    """An unmodified simple-salesforce client with the session id it was given."""
    return SimpleSalesforce(
        instance_url="https://acme.my.salesforce.com", session_id=org.credentials()["token"], session=session
    )


@pytest.fixture(scope="session")
def plain() -> Iterator[httpx.Client]:
    """A plain HTTP client without a session; one for all, because making one costs more than a whole test."""
    with httpx.Client(trust_env=False, verify=False) as client:
        yield client


@pytest.fixture(scope="session")
def _client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, verify=False) as client:
        yield client


@pytest.fixture
def http(org: Salesforce, _client: httpx.Client) -> httpx.Client:
    """A plain HTTP client at `/services/data/v59.0/` with the session id it was given."""
    _client.base_url = httpx.URL(f"{org.base_url}/services/data/v59.0/")
    _client.headers["Authorization"] = f"Bearer {org.credentials()['token']}"
    return _client


@pytest.fixture
def contacts(org: Salesforce) -> list[str]:
    return [row.id for row in org.store.rows("Contact")]
