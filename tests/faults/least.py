"""The least that makes each fault strike: a vendor, settings, and one request. A fault without a line here turns a test red."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

import orjson
from syncproof_mocks.clock import Clock
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.faults import Armed, arm, disarm
from syncproof_mocks.journal import Actor
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.server import MockApp
from syncproof_mocks.world import World

DATA = "/services/data/v60.0"
OBJECTS = "/crm/v3/objects/contacts"
START_MS = 1_790_000_000_000
DAY_MS = 86_400_000
KINDS = {"crm": "Contact", "ma": "contacts"}

Call = tuple[str, str, str, Any]  # method, path, query, body
QUERY: Call = ("GET", f"{DATA}/query", "q=SELECT+Id,LastName+FROM+Contact+ORDER+BY+Id", None)
SEARCH: Call = ("POST", f"{OBJECTS}/search", "", {"limit": 2})
FIND: Call = ("GET", f"{DATA}/search", "q=FIND+%7BNewest%7D+RETURNING+Contact(Id)", None)
LATER_PAGE: Call = ("POST", f"{OBJECTS}/search", "", {"limit": 2, "after": "2"})
NEW_IN_CRM: Call = ("POST", f"{DATA}/sobjects/Contact", "", {"LastName": "New"})
NEW_IN_MA: Call = ("POST", OBJECTS, "", {"properties": {"lastname": "New"}})
# What is asked when all is over: one that reads, one that writes.
AFTERWARDS: Mapping[str, tuple[Call, Call]] = {"crm": (QUERY, NEW_IN_CRM), "ma": (SEARCH, NEW_IN_MA)}


Side = Literal["crm", "ma"]


@dataclass(frozen=True)
class Least:
    """One fault at its smallest. ``call`` is asked again and again; ``does_the_work`` tells whether the vendor did it all the same."""

    call: Call
    does_the_work: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)


LEAST: Mapping[tuple[str, Side], Least] = {
    ("broken_body", "crm"): Least(NEW_IN_CRM, does_the_work=True),
    ("broken_body", "ma"): Least(NEW_IN_MA, does_the_work=True),
    ("clock_skew", "crm"): Least(QUERY, does_the_work=True),
    ("clock_skew", "ma"): Least(SEARCH, does_the_work=True, settings={"seconds": -60}),
    ("duplicate_rule", "crm"): Least(NEW_IN_CRM),
    ("index_lag", "crm"): Least(FIND, does_the_work=True),
    ("index_lag", "ma"): Least(SEARCH, does_the_work=True),
    ("ip_blocked", "crm"): Least(QUERY),
    ("late_commit", "crm"): Least(QUERY, does_the_work=True),
    ("login_revoked", "crm"): Least(NEW_IN_CRM),
    ("login_revoked", "ma"): Least(NEW_IN_MA),
    ("lost_response", "crm"): Least(NEW_IN_CRM, does_the_work=True),
    ("lost_response", "ma"): Least(NEW_IN_MA, does_the_work=True),
    ("maintenance_page", "crm"): Least(NEW_IN_CRM, settings={"status": 200}),
    ("maintenance_page", "ma"): Least(NEW_IN_MA),
    ("page_shift", "ma"): Least(LATER_PAGE, does_the_work=True),
    ("partial_failure", "crm"): Least(NEW_IN_CRM),
    ("partial_failure", "ma"): Least(NEW_IN_MA),
    ("rate_limit", "crm"): Least(NEW_IN_CRM),
    ("rate_limit", "ma"): Least(NEW_IN_MA),
    ("row_lock", "crm"): Least(NEW_IN_CRM),
    ("row_lock", "ma"): Least(NEW_IN_MA),
    ("scope_missing", "crm"): Least(NEW_IN_CRM),
    ("scope_missing", "ma"): Least(NEW_IN_MA),
    ("server_error", "crm"): Least(NEW_IN_CRM, settings={"status": 500}),
    ("server_error", "ma"): Least(NEW_IN_MA, settings={"status": 502}),
    ("side_empty", "crm"): Least(QUERY),
    ("side_empty", "ma"): Least(SEARCH),
    ("slow", "crm"): Least(NEW_IN_CRM, does_the_work=True),
    ("slow", "ma"): Least(NEW_IN_MA, does_the_work=True),
    ("timeout_before_write", "crm"): Least(NEW_IN_CRM),
    ("timeout_before_write", "ma"): Least(NEW_IN_MA),
    ("token_expired", "crm"): Least(QUERY),
    ("token_expired", "ma"): Least(SEARCH),
}
ENDS_SESSIONS = "token_expired"  # what it does outlasts it: whoever was let in must ask for a new token


@dataclass(frozen=True)
class Seen:
    """What a connector gets to see of one answer: the whole of it, or where it was cut."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    is_cut: bool


class Trial:
    """A vendor with three contacts, one just edited and one just made, asked without any socket; its clock stands still."""

    def __init__(self, side: Side, seed: int = 5) -> None:
        world = World(seed, Clock(START_MS), vault_seed=seed)
        self.dialect = Salesforce(world) if side == "crm" else Hubspot(world)
        kind, name = KINDS[side], "LastName" if side == "crm" else "lastname"
        with self.dialect.journal.acting(Actor.SEED):
            days = {"Old": START_MS - DAY_MS, "Middle": START_MS - DAY_MS, "Newest": START_MS}
            rows = [self.dialect.seed(kind, {name: text}, created_ms=at, modified_ms=at) for text, at in days.items()]
        with self.dialect.journal.acting(Actor.CRM_USER):
            self.dialect.desk_edit(kind, rows[0].id, {name: "Edited"})
        self.app = MockApp(self.dialect, "t")
        known = self.dialect.credentials()
        # The token of a private app of HubSpot never ends: who renews one has a session that does.
        self.token = known["token"] if side == "crm" else self._renewed(known)
        self._before = sum(1 for _ in self.dialect.journal.exchanges())

    def arm(self, name: str, least: Least, **more: Any) -> Armed:
        return arm(self.app, {"fault": name, "settings": dict(least.settings), **more})

    def _renewed(self, known: Mapping[str, str]) -> str:
        self.token = ""
        form = {"grant_type": "refresh_token", **{k: known[k] for k in ("client_id", "client_secret", "refresh_token")}}
        return str(orjson.loads(self.ask(("POST", "/oauth/v3/token", "", urlencode(form)))[0].body)["access_token"])

    def heal(self) -> None:
        disarm(self.app)

    def ask(self, *calls: Call) -> list[Seen]:
        """Return what is seen of the answers to these calls, made one after the other."""

        async def each() -> list[Seen]:
            return [await self._ask(*call) for call in calls]

        return asyncio.run(each())

    async def _ask(self, method: str, path: str, query: str, body: Any) -> Seen:
        is_form = isinstance(body, str)
        given = body.encode() if is_form else orjson.dumps(body) if body is not None else b""
        sort = "application/x-www-form-urlencoded" if is_form else "application/json"
        headers = {"host": "mock", "authorization": f"Bearer {self.token}", "content-type": sort}
        scope = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(),
            "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        }  # fmt: skip
        told: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": given}

        async def send(message: dict[str, Any]) -> None:
            told.append(message)

        await self.app(scope, receive, send)
        start, *parts = told
        whole = b"".join(part["body"] for part in parts)
        return Seen(start["status"], tuple(start["headers"]), whole, parts[-1].get("more_body", False))

    @property
    def struck(self) -> list[str]:
        """Return the fault of each exchange so far, in order."""
        return [e.fault for e in self.dialect.journal.exchanges()][self._before :]

    @property
    def stores(self) -> bytes:
        """Return everything that is stored, as bytes."""
        rows = {kind: {i: [r.values, r.created_ms, r.modified_ms, r.revision] for i, r in table.items()}
                for kind, table in self.dialect.store.snapshot().tables.items()}  # fmt: skip
        return orjson.dumps(rows, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS, default=repr)
