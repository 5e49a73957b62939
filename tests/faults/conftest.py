"""Both vendors on sockets, with a plain HTTP client for each that carries a session of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.faults import Armed, arm, disarm
from syncproof_mocks.journal import Actor
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.server import MockApp, Servers
from syncproof_mocks.world import World

DATA = "/services/data/v60.0"
OBJECTS = "/crm/v3/objects/contacts"


@dataclass
class Vendors:
    """Two mocks with three contacts each, and how to talk to them."""

    crm: Salesforce
    ma: Hubspot
    apps: dict[str, MockApp]
    http: dict[str, httpx.Client]
    contacts: dict[str, list[str]]

    def arm(self, side: str, fault: str, records: Any = None, **more: Any) -> Armed:
        return arm(self.apps[side], {"fault": fault, **more}, records)

    def heal(self, side: str) -> None:
        disarm(self.apps[side])

    def query(self, soql: str = "SELECT Id, LastName FROM Contact ORDER BY Id") -> httpx.Response:
        return self.http["crm"].get(f"{DATA}/query", params={"q": soql})

    def collection(self, *records: dict[str, Any], method: str = "POST") -> httpx.Response:
        body = {"allOrNone": False, "records": [{"attributes": {"type": "Contact"}, **r} for r in records]}
        return self.http["crm"].request(method, f"{DATA}/composite/sobjects", json=body)

    def search(self, after: int = 0, limit: int = 2) -> httpx.Response:
        sorts = [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
        return self.http["ma"].post(f"{OBJECTS}/search", json={"sorts": sorts, "limit": limit, "after": str(after)})

    def batch(self, *inputs: dict[str, Any], what: str = "create") -> httpx.Response:
        traced = [{"objectWriteTraceId": f"t{n}", **i} for n, i in enumerate(inputs)]
        return self.http["ma"].post(f"{OBJECTS}/batch/{what}", json={"inputs": traced})

    @property
    def faults(self) -> list[str]:
        """Return the fault of each exchange so far, in order."""
        return [e.fault for e in self.crm.journal.exchanges()]

    @property
    def refused(self) -> list[str]:
        """Return the codes that the last exchange refused."""
        return [code for _, code, _ in list(self.crm.journal.exchanges())[-1].refused]


@pytest.fixture(scope="session")
def listening() -> Iterator[tuple[dict[str, MockApp], list[int]]]:
    """Two servers that stay; each test puts a fresh world behind them."""
    world = World(5)
    apps = {"crm": MockApp(Salesforce(world), "t"), "ma": MockApp(Hubspot(world), "t")}
    servers = Servers()
    ports = servers.start(apps.values())
    yield apps, ports
    servers.stop()


@pytest.fixture
def vendors(listening: tuple[dict[str, MockApp], list[int]]) -> Iterator[Vendors]:
    apps, ports = listening
    world = World(5)
    crm, ma = Salesforce(world), Hubspot(world)
    now = world.clock.now_ms() - 86_400_000
    with crm.journal.acting(Actor.SEED):
        people = [{"LastName": f"L{n}", "Email": f"p{n}@example.com"} for n in range(3)]
        crm_ids = [crm.seed("Contact", p, created_ms=now, modified_ms=now).id for p in people]
        ma_ids = [ma.seed("contacts", {"email": p["Email"], "lastname": p["LastName"]}, created_ms=now, modified_ms=now).id for p in people]
    clients = {}
    for (side, dialect), port in zip({"crm": crm, "ma": ma}.items(), ports, strict=True):
        apps[side].become(dialect)  # type: ignore[arg-type]
        token = dialect.credentials()["token"]  # type: ignore[attr-defined]
        clients[side] = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {token}"}, trust_env=False
        )
    yield Vendors(crm, ma, apps, clients, {"crm": crm_ids, "ma": ma_ids})
    for client in clients.values():
        client.close()
