"""What proves less than it seems is collected from the journal, counted, and told in the words of the ledger."""

from __future__ import annotations

from dataclasses import replace

import pytest
from syncproof.model import CheckResult, Finding, Severity, UnmockedCall, Verdict
from syncproof.network.egress import TRIED
from syncproof.sandbox import dialects
from syncproof.touched import assumed_behaviours, assumption_notes, other_hosts, unmocked_calls, with_operation
from syncproof.unchecked import assumptions, gaps, unmocked_lines
from syncproof_mocks.dialect import Dialect
from syncproof_mocks.journal import Actor, Change, Exchange, Mark
from syncproof_mocks.world import World
from tests.renderers.sample import quiet, sample


def exchange(seq: int, path: str, operation: str | None, hint: str = "", evidence: str = "", **more: list[str]) -> Exchange:
    found = Exchange(seq, 0, "hubspot", Actor.CONNECTOR, "GET", path, "", {}, b"", operation, evidence, 404, hint=hint)
    found.assumed = more.get("assumed", [])
    return found


@pytest.fixture(scope="module")
def vendors() -> list[Dialect]:
    return [kind(World(1)) for kind in dialects().values()]


def test_a_call_nobody_mocks_is_kept_once_with_its_count_and_hint() -> None:
    entries = [
        exchange(1, "/far", None), exchange(2, "/near", None, "GET /nearest"), exchange(3, "/far", None),
        exchange(4, "/known", "known"), exchange(5, "/known", "known", "GROUP BY is not mocked"), Mark(6, 0, "step"),
    ]  # fmt: skip

    assert unmocked_calls(entries) == (
        UnmockedCall("hubspot: GET /far", "nothing near is supported", 2),
        UnmockedCall("hubspot: GET /near", "nearest supported: GET /nearest", 1),
        UnmockedCall("hubspot: GET /known", "404; GROUP BY is not mocked", 1),
    )


def test_assumed_operations_and_behaviours_are_named_once() -> None:
    entries = [exchange(n, "/x", "x", evidence="assumed", assumed=["hubspot.b", "hubspot.a"]) for n in range(2)]

    assert assumed_behaviours(entries) == ("hubspot.a", "hubspot.b", "hubspot.x")


@pytest.mark.parametrize(
    ("caused_by", "requests", "operation"),
    [
        (1, (), "hubspot.contacts.update"),  # a change of the connector's: the exchange that made it
        (0, (), "hubspot.contacts.update"),  # an exchange
        (2, (), ""),  # a person's change
        (None, (3, 0), "hubspot.contacts.update"),  # no cause: the last request
        (2, (3,), "hubspot.contacts.read"),
        (None, (), ""),
        (99, (), ""),
    ],
)
def test_a_finding_tells_with_which_operation_the_connector_did_it(caused_by: int | None, requests: tuple[int, ...], operation: str) -> None:
    entries = [
        exchange(0, "/w", "contacts.update"),
        Change(1, 0, "hubspot", Actor.CONNECTOR, 0, "contacts", "1", None, None),
        Change(2, 0, "hubspot", Actor.MA_USER, None, "contacts", "1", None, None),
        exchange(3, "/r", "contacts.read"),
    ]
    finding = Finding("FIELD-001", "lost", Severity.MAJOR, caused_by=caused_by, requests=requests)

    assert with_operation(finding, entries).operation == operation


def test_other_hosts_are_named_once_in_order() -> None:
    entries = [Mark(n, 0, TRIED, f"name {host}") for n, host in enumerate(("b.example", "a.example", "b.example"))]

    assert other_hosts(entries) == ("asked for the address of b.example", "asked for the address of a.example")


def test_switches_assumptions_and_operations_are_told_in_the_words_of_the_ledger(vendors: list[Dialect]) -> None:
    vendor = next(d for d in vendors if d.name == "hubspot")
    switch = next(s for s in vendor.switches if s.note)
    operation = next(o for o in vendor.router.operations if o.note)
    named = next(name for name in vendor.assumptions if not name.endswith("*"))
    notes = assumption_notes([f"hubspot.{switch.name}", f"hubspot.{operation.id}", f"hubspot.{named}", "hubspot.x", "gone.y"], vendors)

    assert notes == {
        f"hubspot.{switch.name}": switch.note, f"hubspot.{operation.id}": operation.note, f"hubspot.{named}": vendor.assumptions[named],
    }


def test_an_assumption_with_a_star_tells_whatever_begins_like_it(vendors: list[Dialect], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(vendors[0]), "assumptions", {"limits*": "of all limits", "limits.daily*": "of daily ones"})
    name = vendors[0].name

    assert assumption_notes([f"{name}.limits.daily.sms", f"{name}.limits.x"], vendors) == {
        f"{name}.limits.daily.sms": "of daily ones", f"{name}.limits.x": "of all limits",
    }


def test_the_same_call_of_two_scenarios_is_one_line_with_the_sum() -> None:
    one = replace(quiet(), unsupported=(UnmockedCall("hubspot: GET /far", "nothing near is supported", 2),), assumed=("hubspot.a",))
    result = replace(sample(), scenarios=(one, replace(one, id="other")))

    assert unmocked_lines(result) == ("hubspot: GET /far (nothing near is supported), 4 times",)
    assert gaps(result)[0].title == "4 calls refused: not mocked"
    assert assumptions(result) == (("hubspot.a", ""),)


def test_a_check_that_saw_something_anywhere_is_not_idle() -> None:
    busy = replace(quiet(), checks=(CheckResult("refusal_survives", (), Verdict.PASS, 3),))
    idle = [g for g in gaps(replace(sample(), scenarios=(quiet(),))) if "nothing to look at" in g.title]

    assert [g.lines for g in idle] == [("refusal_survives",)]
    assert not [g for g in gaps(replace(sample(), scenarios=(quiet(), busy))) if "nothing to look at" in g.title]
