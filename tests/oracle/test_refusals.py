"""Whom a vendor's refusal is about: exactly those, and only when the connector owned up."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from syncproof.mapping.grammar import Side
from syncproof.oracle.refusals import Refusals, is_accepted_write, is_refused_write
from syncproof_mocks.journal import Actor, Exchange

TOKENS = {"501": "p1", "5012": "p2", "ann@b.cz": "p1", "joann@b.cz": "p3"}


def exchange(body: str, *refused: str, method: str = "POST", path: str = "/crm/v3/objects/contacts", operation: str = "contacts.create",
             status: int = 400) -> Exchange:
    made = Exchange(0, 0, "hubspot", Actor.CONNECTOR, method, path, "", {}, body.encode())
    made.operation, made.status = operation, status
    made.refused.extend(("item", "INVALID", text) for text in refused)
    return made


def refusals(*entries: Exchange, exit_code: int = 1, ended: str = "exited") -> Refusals:
    sync = SimpleNamespace(number=1, ended=ended, exit_code=exit_code, start_seq=0, end_seq=len(entries))
    dialects = {Side.MA: SimpleNamespace(name="hubspot"), Side.CRM: SimpleNamespace(name="salesforce")}
    evidence = SimpleNamespace(
        syncs=(sync,), entries=entries, dialects=dialects, success_exit_codes=frozenset({0}), options={}, acts=(),
    )  # fmt: skip
    identity = SimpleNamespace(lineage=SimpleNamespace(gone=lambda *_: frozenset()))
    made = Refusals(evidence, identity)  # type: ignore[arg-type]
    made.__dict__["_tokens"] = TOKENS
    return made


@pytest.mark.parametrize(
    ("body", "said", "people"),
    [
        ('{"id":"501"},{"id":"5012"}', "5012 has no such property", {"p2"}),
        ('{"id":"5012"}', "bad value", {"p2"}),
        ('{"email":"joann@b.cz"}', "bad value", {"p3"}),
        ('{"id":"501"},{"id":"5012"}', "somebody is wrong", set()),
        ('{"email":"joann@b.cz"}', "Contact already exists. Existing ID: 501", {"p3"}),
        ('{"id":"x"}', "Property of 501 is wrong.", {"p1"}),
        ('{"phone":"+48501"}', "bad value", set()),
    ],
)
def test_a_refusal_is_about(body: str, said: str, people: set[str]) -> None:
    found = refusals(exchange(body, said))

    assert {p for p in ("p1", "p2", "p3") if found.excuses(1, Side.MA, p)} == people


def test_an_address_in_a_path_is_read_in_its_own_letters() -> None:
    assert refusals(exchange("", "no", method="PATCH", path="/x/ann%40b.cz")).excuses(1, Side.MA, "p1")


def test_no_excuse_on_the_other_side_or_for_a_connector_that_claims_success_or_was_killed() -> None:
    bad = exchange('{"id":"501"}', "no")

    assert refusals(bad).excuses(1, Side.MA, "p1") is bad
    assert refusals(bad).excuses(1, Side.CRM, "p1") is None
    assert refusals(bad, exit_code=0).excuses(1, Side.MA, "p1") is None
    assert refusals(bad, ended="timeout").excuses(1, Side.MA, "p1") is None


def test_a_read_that_finds_nothing_is_no_refused_write_and_no_write() -> None:
    read = exchange('{"id":"501"}', "not found", operation="contacts.batch_read", status=207)

    assert not is_refused_write(read)
    assert not is_accepted_write(read)
    assert is_refused_write(exchange("{}", "no"))
    assert not is_refused_write(exchange("{}"))
    assert is_accepted_write(exchange("{}", status=201))
    assert not is_accepted_write(exchange("{}", status=400))
    assert not is_accepted_write(exchange("{}", status=200, operation="oauth.token"))
