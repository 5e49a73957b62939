"""One round of the fuzz: a fresh org, some requests, and what must hold after each of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson
from syncproof_mocks.crm.salesforce.transaction import as_flag
from syncproof_mocks.dialect import Dialect
from syncproof_mocks.journal import Change, Exchange
from syncproof_mocks.server import MockApp

from . import invariants
from .furniture import Furniture
from .requests import Maker, some_operation
from .sending import Sent, exchange

# Rows that a refused request may leave behind, by operation, and why.
KEPT_ON_REFUSAL: dict[str, frozenset[str]] = {}


@dataclass
class Seen:
    """What the rounds of one vendor have come by."""

    requests: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    # operation -> number of answers below 400, and of all.
    good: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    # Requests that asked for all or nothing and got nothing.
    undone: int = 0


def play(make: Callable[[], Dialect], numbers: Sequence[int], seen: Seen, say: Callable[[str], Any]) -> None:
    """Send a request for each number to a fresh org; ``say`` is told each of them. Raises AssertionError."""
    app = MockApp(make(), "control")
    furniture = Furniture(app)
    for number in numbers:
        draw = random.Random(number)
        operation = some_operation(app.dialect, draw)
        sent = Maker(furniture, operation, draw).request()
        say(str(sent))
        at = len(app.dialect.journal)
        status, headers, body = exchange(app, sent)
        seen.requests += 1
        seen.answers[status] += 1
        seen.tried[operation.id] += 1
        seen.good[operation.id] += status < 400
        check_answer(app.dialect, sent, at, status, body)
        check_all_or_nothing(app.dialect, operation.id, sent, at, body, seen)
        del headers
    invariants.check(app.dialect)


def check_answer(dialect: Dialect, sent: Sent, at: int, status: int, body: bytes) -> None:
    """No crash, no fault of the vendor's own, and nothing written by what was refused."""
    entry = dialect.journal.entries[at] if at < len(dialect.journal) else None
    if isinstance(entry, Exchange):
        assert not entry.crash, f"{sent}\n{entry.crash}"
    assert 200 <= status < 600, f"{status} for {sent}"
    # The SOAP faults that clients cause are 500 too.
    assert status < 500 or b"faultcode" in body, f"{status} {body[:300]!r} for {sent}"
    if status >= 400:
        kept = KEPT_ON_REFUSAL.get(getattr(entry, "operation", "") or "", frozenset())
        written = [c for c in dialect.journal.changes(at) if c.kind not in kept]
        assert not written, f"{status} {body[:200]!r} and yet written: {_named(written)} for {sent}"


def check_all_or_nothing(dialect: Dialect, operation_id: str, sent: Sent, at: int, body: bytes, seen: Seen) -> None:
    """Where Salesforce promises all or nothing, an answer with a failure in it wrote nothing."""
    failed = {"collections.create": _collection, "collections.update": _collection, "collections.upsert": _collection, "collections.delete": _collection,
              "composite.composite": _composite, "composite.graph": _graph, "soap.partner": _soap}.get(operation_id)  # fmt: skip
    if failed is None or not failed(sent, body):
        return
    written: list[Change] = list(dialect.journal.changes(at))
    assert not written, f"all or nothing, and yet written: {_named(written)} for {sent}: {body[:500]!r}"
    seen.undone += 1


def _named(written: list[Change]) -> list[str]:
    return [f"{c.kind} {c.record_id} {list(c.fields)[:3]}" for c in written[:3]]


def _json(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _asked_for_all(sent: Sent) -> bool:
    given = _json(sent.body)
    if sent.method == "DELETE":
        return dict(parse_qsl(sent.target.partition("?")[2])).get("allOrNone") == "true"
    return isinstance(given, dict) and as_flag(given.get("allOrNone"))


def _collection(sent: Sent, body: bytes) -> bool:
    found = _json(body)
    return _asked_for_all(sent) and isinstance(found, list) and any(isinstance(r, dict) and r.get("success") is False for r in found)


def _composite(sent: Sent, body: bytes) -> bool:
    found = _json(body)
    parts = found.get("compositeResponse", ()) if isinstance(found, dict) else ()
    return _asked_for_all(sent) and any(p["httpStatusCode"] >= 400 for p in parts)


def _soap(sent: Sent, body: bytes) -> bool:
    return b"<AllOrNoneHeader><allOrNone>true</allOrNone></AllOrNoneHeader></soapenv:Header>" in sent.body and b"<success>false" in body


def _graph(sent: Sent, body: bytes) -> bool:
    found = _json(body)
    graphs = found.get("graphs", ()) if isinstance(found, dict) else ()
    return bool(graphs) and not any(g["isSuccessful"] for g in graphs)
