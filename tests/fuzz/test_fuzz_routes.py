"""Nothing that is sent to any route breaks a mock: no 500, no crash, nothing half-written, the journal stays the truth.

Hypothesis chooses lists of numbers, each number is a request (see `requests`); a failure is shrunk to the shortest list.
"""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from syncproof_mocks.clock import Clock
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.dialect import Dialect
from syncproof_mocks.journal import Change, Exchange, Row
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.schema import FieldInfo, FieldType
from syncproof_mocks.server import MockApp
from syncproof_mocks.world import World

from .bodies import BODIES
from .requests import Maker, Sent, some_operation

# 2 vendors x EXAMPLES x REQUESTS = 20,000 and more.
EXAMPLES = 420
REQUESTS = 25
NOW_MS = 1_790_000_000_000


def salesforce() -> Salesforce:
    org = Salesforce(World(7, Clock(NOW_MS)))
    org.add_field("Contact", FieldInfo("Ext__c", "Ext", FieldType.TEXT, "string", 40, external_id=True, custom=True))
    acme = org.seed("Account", {"Name": "Acme"}, created_ms=NOW_MS, modified_ms=NOW_MS)
    for n in range(5):
        org.seed("Contact", {"FirstName": f"First{n}", "LastName": "L", "Email": f"c{n}@example.com", "Ext__c": f"x{n}", "AccountId": acme.id},
                 created_ms=NOW_MS, modified_ms=NOW_MS)  # fmt: skip
        org.seed("Lead", {"LastName": f"L{n}", "Company": "C", "Email": f"l{n}@example.com"}, created_ms=NOW_MS, modified_ms=NOW_MS)
    furnished(org, (
        ("POST", "/services/data/v59.0/jobs/ingest", {"object": "Contact", "operation": "insert", "contentType": "CSV", "lineEnding": "LF"}),
        ("POST", "/services/data/v59.0/jobs/query", {"operation": "query", "query": "SELECT Id FROM Contact"}),
        ("POST", "/services/async/59.0/job", {"operation": "insert", "object": "Contact", "contentType": "JSON"}),
    ))  # fmt: skip
    return org


def hubspot() -> Hubspot:
    hub = Hubspot(World(7, Clock(NOW_MS)))
    hub.add_subscription("Newsletter")
    for n in range(5):
        hub.seed("contacts", {"email": f"c{n}@example.com", "firstname": f"First{n}"}, created_ms=NOW_MS, modified_ms=NOW_MS)
        hub.seed("companies", {"name": f"C{n}", "domain": f"c{n}.example.com"}, created_ms=NOW_MS, modified_ms=NOW_MS)
    hub.seed("deals", {"dealname": "D", "dealstage": "appointmentscheduled"}, created_ms=NOW_MS, modified_ms=NOW_MS)
    hub.seed_owner("O", "W", "owner@example.com", active=True)
    furnished(hub, (
        ("POST", "/crm/v3/lists", {"name": "M", "objectTypeId": "0-1", "processingType": "MANUAL"}),
        ("POST", "/crm/v3/schemas", BODIES["hubspot"]["/schemas"][0]),
        ("POST", "/crm/v3/objects/notes", {"properties": {"hs_timestamp": "2026-01-01T00:00:00Z", "hs_note_body": "n"}}),
    ))  # fmt: skip
    return hub


def furnished(dialect: Dialect, asked: tuple[tuple[str, str, Any], ...]) -> None:
    """Set up over the wire what only the wire can set up: lists, forms, jobs."""
    app, token = MockApp(dialect, "control"), str(dialect.credentials()["token"])
    for method, path, body in asked:
        headers = (("host", "127.0.0.1:1"), ("authorization", f"Bearer {token}"), ("content-type", "application/json"))
        status, answer = send(app, Sent(method, path, headers, json.dumps(body).encode()))
        assert status < 300, f"{method} {path}: {status} {answer[:300]!r}"


def send(app: MockApp, sent: Sent) -> tuple[int, bytes]:
    """Put one request through the ASGI app and return status and body."""
    path, _, query = sent.target.partition("?")
    scope = {"type": "http", "method": sent.method, "path": path, "raw_path": path.encode("latin-1", "replace"), "scheme": "http",
             "query_string": query.encode("latin-1", "replace"), "headers": [(k.encode(), v.encode("latin-1", "replace")) for k, v in sent.headers]}  # fmt: skip
    answer: dict[str, Any] = {"status": 0, "body": b""}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": sent.body, "more_body": False}

    async def take(message: dict[str, Any]) -> None:
        answer["status"] = message.get("status", answer["status"])
        answer["body"] += message.get("body", b"")

    asyncio.get_event_loop_policy().get_event_loop().run_until_complete(app(scope, receive, take))
    return answer["status"], answer["body"]


def fault(answer: tuple[int, bytes]) -> bool:
    """Tell whether the vendor admits a fault of its own; the SOAP faults that clients cause are 500 too."""
    status, body = answer
    return status >= 500 and b"faultcode" not in body


def replayed(entries: list[Any], system: str) -> dict[tuple[str, str], Row]:
    """Return the records as the journal tells them."""
    found: dict[tuple[str, str], Row] = {}
    for entry in entries:
        if isinstance(entry, Change) and entry.system == system:
            key = (entry.kind, entry.record_id)
            assert found.get(key) == entry.before, f"the journal does not continue what it told of {key}"
            if entry.after is None:
                del found[key]
            else:
                found[key] = entry.after
    return found


def check_truth(dialect: Dialect) -> None:
    """The store holds what the journal tells, and its indexes find what it holds."""
    told = replayed(dialect.journal.entries, dialect.name)
    held = {(kind, row.id): row for kind in dialect.store.kinds for row in dialect.store.rows(kind, deleted=True)}
    assert told == held


@pytest.mark.parametrize("make", [salesforce, hubspot], ids=["salesforce", "hubspot"])
def test_no_request_breaks_a_mock(make: Any) -> None:
    seen = {"requests": 0, "refused": 0}
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)

    @settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.integers(0, 2**32), min_size=REQUESTS, max_size=REQUESTS))
    def fuzz(numbers: list[int]) -> None:
        dialect: Dialect = make()
        app = MockApp(dialect, "control")
        for number in numbers:
            draw = random.Random(number)
            sent = Maker(dialect, some_operation(dialect, draw), draw).request()
            note(str(sent))
            at = len(dialect.journal)
            status, body = send(app, sent)
            seen["requests"] += 1
            seen["refused"] += status >= 400
            entry = dialect.journal.entries[at] if at < len(dialect.journal) else None
            assert not isinstance(entry, Exchange) or not entry.crash, f"{sent}\n{entry.crash if isinstance(entry, Exchange) else ''}"
            assert 200 <= status < 600, sent
            assert not fault((status, body)), f"{status} {body[:300]!r} for {sent}"
            if status >= 400:
                written = [c for c in dialect.journal.changes(at) if c.kind not in KEPT_ON_REFUSAL.get(dialect.name, ())]
                assert not written, f"{status} and yet written: {written[:3]} for {sent}"
        check_truth(dialect)

    try:
        fuzz()
    finally:
        loop.close()
    assert seen["requests"] >= EXAMPLES * REQUESTS
    assert 0.2 < seen["refused"] / seen["requests"] < 0.95, "a fuzz that is always refused looks at nothing"


# Rows that a refused request may leave behind: that it was refused is part of them.
KEPT_ON_REFUSAL: dict[str, tuple[str, ...]] = {}
