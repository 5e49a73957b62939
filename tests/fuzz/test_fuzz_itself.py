"""The fuzz can see what it looks for: recipes are right, and each invariant fails when it is broken."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Iterator

import pytest
from syncproof_mocks.crm.salesforce.soap.service import CALLS
from syncproof_mocks.dialect import Dialect
from syncproof_mocks.journal import Exchange
from syncproof_mocks.server import MockApp

from . import invariants, recipes_salesforce
from .furniture import MAKINGS, PARAMS, RIGHT, Furniture
from .orgs import hubspot, salesforce
from .requests import Maker, by_id
from .rounds import Seen, check_all_or_nothing, check_answer
from .sending import Sent, exchange

VENDORS = pytest.mark.parametrize("make", [salesforce, hubspot], ids=["salesforce", "hubspot"])


@pytest.fixture(autouse=True)
def _loop() -> Iterator[None]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@VENDORS
def test_whatever_a_recipe_names_can_be_made(make: Callable[[], Dialect]) -> None:
    for name in MAKINGS[make().name]:
        made = Furniture(MockApp(make(), "control")).get(name, random.Random(1))
        assert made != "0", f"{name} cannot be made"


@VENDORS
def test_recipes_belong_to_operations_and_their_parameters(make: Callable[[], Dialect]) -> None:
    dialect = make()
    operations = by_id(dialect)
    named = {n.lower() for ops in operations.values() for op in ops for n in re.findall(r"{(\w+)}", op.path)}

    assert set(RIGHT[dialect.name]) <= set(operations)
    assert set(PARAMS[dialect.name]) == named


@pytest.mark.parametrize("call", recipes_salesforce.CALLS)
def test_every_soap_call_is_sent_right(call: str) -> None:
    app = MockApp(salesforce(), "control")
    body = Furniture(app).text(recipes_salesforce.CALLS[call], random.Random(1)).encode()

    status, _, answer = exchange(app, Sent("POST", "/services/Soap/u/59.0", (("host", "127.0.0.1:1"),), body))

    assert status == 200, answer
    assert set(CALLS) <= set(recipes_salesforce.CALLS)


def test_the_same_number_is_the_same_request() -> None:
    first, again = (
        Maker(Furniture(MockApp(hubspot(), "control")), by_id(hubspot())["objects.update"][0], random.Random(5)).request() for _ in range(2)
    )
    assert first == again


def break_journal(d: Dialect) -> None:
    d.journal.entries.pop()


def break_index(d: Dialect) -> None:
    next(i for t in d.store._tables.values() for i in t.indexes.values() if i).popitem()


def break_index_of_gone(d: Dialect) -> None:
    next(i for t in d.store._tables.values() for i in t.indexes.values() if i)["ghost"] = ("1",)


def break_alias(d: Dialect) -> None:
    d.store.alias(d.store.kinds[0], "1", "2")


def break_reference(d: Dialect) -> None:
    if d.name == "salesforce":
        d.store.delete(next(d.store.rows("Account")))
    else:
        row = next(d.store.rows("associations"))
        d.store.delete(next(r for r in d.store.rows("companies") if r.id in (row.values["left_id"], row.values["right_id"])))


def break_list(d: Dialect) -> None:
    d.store.create("list_members" if d.name == "hubspot" else "Contact", "9:9", {"AccountId": "9"})


def break_unique(d: Dialect) -> None:
    if d.name == "salesforce":
        rows = list(d.store.rows("Contact"))
        d.store._tables["Contact"].unique = frozenset()
        d.store.update(rows[0], {"Ext__c": "x1"})
        d.store._tables["Contact"].unique = frozenset({"Ext__c"})
    else:
        d.store.update(next(d.store.rows("contacts")), {"email": "c1@example.com"})


BREAKS = (break_journal, break_index, break_index_of_gone, break_alias, break_reference, break_list, break_unique)


@VENDORS
@pytest.mark.parametrize("breaks", BREAKS)
def test_a_broken_store_is_seen(make: Callable[[], Dialect], breaks: Callable[[Dialect], None]) -> None:
    dialect = make()
    invariants.check(dialect)
    breaks(dialect)
    with pytest.raises((AssertionError, KeyError)):
        invariants.check(dialect)


def test_a_refusal_that_wrote_a_fault_and_a_broken_promise_are_seen() -> None:
    org = salesforce()
    app = MockApp(org, "control")
    sent = Sent("POST", "/services/data/v59.0/composite/sobjects", (("host", "h"), ("authorization", f"Bearer {org.credentials()['token']}")),
                b'{"allOrNone":true,"records":[{"attributes":{"type":"Lead"},"LastName":"L","Company":"C"},{"attributes":{"type":"Lead"}}]}')  # fmt: skip
    at = len(org.journal)
    status, _, body = exchange(app, sent)
    seen = Seen()

    check_answer(org, sent, at, status, body)
    check_all_or_nothing(org, "collections.create", sent, at, body, seen)
    assert (status, seen.undone) == (200, 1)
    with pytest.raises(AssertionError):
        check_answer(org, sent, at, 503, b"")
    entry = org.journal.entries[at]
    assert isinstance(entry, Exchange)
    entry.crash = "Traceback"
    with pytest.raises(AssertionError, match="Traceback"):
        check_answer(org, sent, at, 200, b"")
    org.desk_create("Lead", {"LastName": "L", "Company": "C"})
    with pytest.raises(AssertionError, match="yet written"):
        check_answer(org, sent, at + 1, 400, b"")
    with pytest.raises(AssertionError, match="all or nothing"):
        check_all_or_nothing(org, "collections.create", sent, at + 1, body, seen)
