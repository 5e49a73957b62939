"""Two live mocks in the default shape, and the reference connector run against them in this process."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from syncproof.reference.program import main
from syncproof.shape import apply_side, builtin_shape
from syncproof_mocks.consent import ConsentKey, ConsentProof
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.dialect import ConsentField
from syncproof_mocks.journal import Actor, Exchange
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.server import MockApp, Servers
from syncproof_mocks.wire import Response
from syncproof_mocks.world import World

SCENARIOS = Path(__file__).parents[2] / "scenarios" / "salesforce_hubspot"
NEWSLETTER = ConsentKey("email", "newsletter")
ALL_MAIL = ConsentKey("email", "*")
DAY_MS = 24 * 3600 * 1000
WRITES = ("POST", "PATCH", "PUT", "DELETE")
READING_POSTS = ("/search", "/batch/read", "/unsubscribe-all/read")


@dataclass
class Run:
    """What one sync said."""

    code: int
    report: dict[str, Any]
    stdout: str
    stderr: str
    writes: list[Exchange]
    requests: int

    @property
    def refused(self) -> list[str]:
        return [f"{entry['record']}: {entry['reason']}" for entry in self.report.get("refused", [])]


@dataclass
class Sandbox:
    """Both mocks, seeded by hand, and the connector."""

    crm: Salesforce
    ma: Hubspot
    servers: Servers
    folder: Path
    apps: dict[str, MockApp] = field(default_factory=dict)
    count: int = 0

    # -- records ------------------------------------------------------------------------------------

    def seed_crm(self, kind: str, *, days_ago: int = 30, **values: Any) -> str:
        now = self.crm.clock.now_ms() - days_ago * DAY_MS
        with self.crm.journal.acting(Actor.SEED):
            return self.crm.seed(kind, values, created_ms=now, modified_ms=now).id

    def seed_ma(self, kind: str, *, days_ago: int = 30, **values: Any) -> str:
        now = self.ma.clock.now_ms() - days_ago * DAY_MS
        with self.ma.journal.acting(Actor.SEED):
            return self.ma.seed(kind, values, created_ms=now, modified_ms=now).id

    def person(self, **crm_values: Any) -> dict[str, Any]:
        """Return the fields of a contact that the default mapping lets in; each one has an address of its own."""
        self.count += 1
        today = self.crm.clock.now().date().isoformat()
        return {
            "FirstName": f"First{self.count}", "LastName": f"Last{self.count}", "Email": f"p{self.count}@example.com",
            "Contact_Kind__c": "Customer", "Last_Engaged__c": today, **crm_values,
        }

    def linked(self, crm: Mapping[str, Any] | None = None, ma: Mapping[str, Any] | None = None) -> tuple[str, str]:
        """Seed one contact on both sides and return its ids; both hold the same name and address."""
        values = self.person(**(crm or {}))
        crm_id = self.seed_crm("Contact", **values)
        names = {"email": values["Email"].lower(), "firstname": values["FirstName"], "lastname": values["LastName"]}
        return crm_id, self.seed_ma("contacts", **{**names, **(ma or {})})

    def contact(self, crm_id: str, kind: str = "Contact") -> dict[str, Any]:
        row = self.crm.store.get(kind, crm_id)
        assert row is not None
        return row.values

    def ma_contact(self, ma_id: str) -> dict[str, Any]:
        row = self.ma.store.get("contacts", ma_id)
        assert row is not None
        return row.values

    def by_email(self, email: str) -> dict[str, Any]:
        row = self.ma.contact_by_email(email)
        assert row is not None, f"no MA contact has the address {email}"
        return {**row.values, "id": row.id}

    # -- acts ---------------------------------------------------------------------------------------

    def edit_crm(self, crm_id: str, kind: str = "Contact", **values: Any) -> None:
        self.servers.call(lambda: self.crm.desk_edit(kind, crm_id, values))

    def edit_ma(self, ma_id: str, **values: Any) -> None:
        self.servers.call(lambda: self.ma.desk_edit("contacts", ma_id, values))

    def consent_ma(self, ma_id: str, key: ConsentKey, grant: bool, proof: ConsentProof | None = None) -> None:
        self.servers.call(lambda: self.ma.desk_consent("contacts", ma_id, key, grant=grant, proof=proof))

    def newsletter(self, email: str) -> str:
        """Return what HubSpot itself says about the newsletter of an address."""
        from syncproof_mocks.ma.hubspot.consent_state import row_of, standing

        kind = next(t for t in self.ma.subscription_types if t.name == "Newsletter")
        return standing(row_of(self.ma, email), kind.id).status

    def wait(self, seconds: float) -> None:
        self.servers.call(lambda: self.crm.clock.move(seconds))

    def fail(self, side: str, path: str, *, times: int, status: int = 503, applied: bool = False, retry_after_s: int = 0) -> list[int]:
        """Let the next requests whose path holds ``path`` fail; returns a list that grows with each failure.

        ``applied``: the request does its work, only its answer is lost.
        """
        failures: list[int] = []

        async def fault(dialect: Any, request: Any, _: Any, proceed: Any) -> Any:
            if path not in request.path or len(failures) >= times:
                return await proceed()
            failures.append(status)
            if applied:
                await proceed()
            if status == 429:
                return dialect.limited(request, retry_after_s or None)
            return Response(status, b"<html>down</html>", "text/html")

        self.apps[side].interceptors.append(fault)
        return failures

    # -- the connector ------------------------------------------------------------------------------

    def env(self, bugs: str = "") -> dict[str, str]:
        return {
            "SF_INSTANCE_URL": self.crm.base_url, "SF_ACCESS_TOKEN": self.crm.credentials()["token"],
            **{f"SF_{name.upper()}": self.crm.credentials()[name] for name in ("client_id", "client_secret", "refresh_token")},
            "HUBSPOT_BASE_URL": self.ma.base_url, "HUBSPOT_TOKEN": self.ma.credentials()["token"],
            "MAPPING_FILE": str(SCENARIOS / "mapping.yaml"), "STATE_DIR": str(self.folder), "SYNC_BUGS": bugs,
        }

    def sync(self, bugs: str = "") -> Run:
        """Run the connector once."""
        start = len(self.crm.journal)
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(self.env(bugs))
        exchanges = list(self.crm.journal.exchanges(start))
        crashed = [e.crash for e in exchanges if e.crash]
        assert not crashed, crashed[0]
        writes = [e for e in exchanges if e.method in WRITES and not e.path.endswith(READING_POSTS)]
        lines = out.getvalue().splitlines()
        report = json.loads(lines[-1]) if lines else {}
        return Run(code, report, out.getvalue(), err.getvalue(), writes, len(exchanges))


@contextlib.contextmanager
def _running(folder: Path) -> Iterator[Sandbox]:
    world = World(7)
    crm, ma = Salesforce(world), Hubspot(world)
    apply_side(builtin_shape(), "crm", crm)
    apply_side(builtin_shape(), "ma", ma)
    for kind in ("Contact", "Lead"):
        crm.declare_consent(kind, "HasOptedOutOfEmail", ConsentField(ALL_MAIL, inverted=True))
        crm.declare_consent(kind, "Newsletter_Consent__c", ConsentField(
            NEWSLETTER, "Newsletter_Consent_At__c", "Newsletter_Consent_Source__c"))
    servers = Servers()
    apps = {"crm": MockApp(crm, "t"), "ma": MockApp(ma, "t")}
    servers.start(apps.values())
    try:
        yield Sandbox(crm, ma, servers, folder, apps)
    finally:
        servers.stop()


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with _running(tmp_path / "state") as found:
        yield found


@pytest.fixture
def two_sandboxes(tmp_path: Path) -> Iterator[tuple[Sandbox, Sandbox]]:
    """The same world twice: one for the correct connector, one for a buggy one."""
    with _running(tmp_path / "correct") as correct, _running(tmp_path / "buggy") as buggy:
        yield correct, buggy
