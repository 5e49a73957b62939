"""Parity probes: the mocks answer as the research says, and where an account differs it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from syncproof.cli import invoke
from syncproof.errors import InputError
from syncproof.probes import NotSeenError, Probe, Target, compare, live_target, mock_target, probes_of
from syncproof.probes.printing import as_text, code_of
from syncproof.probes.running import TOKEN_VARIABLE, URL_VARIABLE
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.dialect import Dialect
from syncproof_mocks.journal import Actor
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.schema import FieldInfo, FieldType, Option
from syncproof_mocks.server import MockApp, Servers
from syncproof_mocks.world import World

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def account() -> Iterator[Salesforce]:
    """An account that plays the live one."""
    dialect = Salesforce(World(5))
    probes_of("salesforce").furnish(dialect)
    servers = Servers()
    servers.start([MockApp(dialect, "control")])
    yield dialect
    servers.stop()


def environment(dialect: Dialect) -> dict[str, str]:
    return {URL_VARIABLE: dialect.base_url, TOKEN_VARIABLE: str(dialect.credentials()["token"])}


def become_sandbox(dialect: Salesforce) -> None:
    [org] = dialect.store.rows("Organization")
    with dialect.acting(Actor.SEED):
        dialect.store.update(org, {"IsSandbox": True})


@pytest.mark.parametrize("name", ["salesforce", "hubspot"])
def test_a_mock_answers_every_probe_as_the_research_says(name: str, capsys: Captured) -> None:
    assert invoke(["probe", name]) == 0, capsys.readouterr().out

    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].endswith(f"{len(lines) - 1} same, 0 differs, 0 not seen")
    assert len(lines) > 15


def test_where_two_accounts_differ_is_told_with_both_values(account: Salesforce) -> None:
    become_sandbox(account)
    account.switch("trim_strings", False)
    probes = [p for p in probes_of("salesforce").PROBES if "blanks" in p.title]
    with mock_target("salesforce") as mock, live_target("salesforce", environment(account)) as live:
        [found] = compare(probes, [mock, live])

    assert found.verdict == "differs"
    assert found.differences == ("trimmed: research 'Ann'; mock 'Ann'; live '  Ann  '",)
    assert code_of([found]) == 1
    assert "live '  Ann  '" in as_text("salesforce", [found])


def test_probes_leave_nothing_behind(account: Salesforce) -> None:
    become_sandbox(account)
    before = {kind: len(list(account.store.rows(kind))) for kind in ("Contact", "Lead", "Account")}
    with live_target("salesforce", environment(account)) as live:
        found = compare(probes_of("salesforce").PROBES, [live])

    assert {c.verdict for c in found} == {"same"}
    assert {kind: len(list(account.store.rows(kind))) for kind in ("Contact", "Lead", "Account")} == before
    assert account.store.size("Contact") > 0, "they did make something"


def test_an_org_that_demands_fields_of_its_own_is_asked_all_the_same(account: Salesforce) -> None:
    become_sandbox(account)
    for name, kind, more in (("Region__c", FieldType.TEXT, {"max_length": 12}), ("Tier__c", FieldType.PICKLIST, {"options": (Option("gold", "Gold"),)})):
        vendor = "string" if kind is FieldType.TEXT else "picklist"
        account.add_field("Contact", FieldInfo(name, name, kind, vendor, required=True, custom=True, **more))
    with live_target("salesforce", environment(account)) as live:
        found = compare(probes_of("salesforce").PROBES, [live])

    assert [(c.probe.id, c.differences, c.outcomes[0].reason) for c in found if c.verdict == "differs"] == []
    assert {c.probe.id for c in found if c.verdict == "not seen"} <= {"20"}, "converting a lead makes a contact without them"


@pytest.mark.parametrize(("account_type", "is_asked"), [("STANDARD", False), ("SANDBOX", True), ("DEVELOPER_TEST", True)])
def test_a_portal_is_asked_when_it_says_that_it_is_for_tests(account_type: str, is_asked: bool) -> None:
    portal = Hubspot(World(5))
    portal.add_subscription("Newsletter")
    portal.switch("account_type", account_type)
    servers = Servers()
    servers.start([MockApp(portal, "control")])
    try:
        with live_target("hubspot", environment(portal)) as live:
            found = compare(probes_of("hubspot").PROBES[:3], [live])
    except InputError as error:
        told = str(error)
    else:
        told = str({c.verdict for c in found})
    finally:
        servers.stop()

    assert told == "{'same'}" if is_asked else f"an account of type {account_type}" in told


def test_an_account_that_is_no_sandbox_is_not_written_to(account: Salesforce) -> None:
    with pytest.raises(InputError, match="a production org"), live_target("salesforce", environment(account)):
        pass

    assert [e.method for e in account.journal.exchanges()] == ["GET"]


def test_a_live_account_needs_an_address_and_a_token() -> None:
    with pytest.raises(InputError) as caught, live_target("hubspot", {}):
        pass

    assert [p.where for p in caught.value.problems] == [URL_VARIABLE, TOKEN_VARIABLE]


def test_a_token_does_not_travel_in_the_open() -> None:
    with pytest.raises(InputError, match="not https"), live_target("hubspot", {URL_VARIABLE: "http://api.hubapi.com", TOKEN_VARIABLE: "t"}):
        pass


def test_an_account_that_does_not_answer_is_an_input_error(account: Salesforce) -> None:
    wrong = {**environment(account), TOKEN_VARIABLE: "nobody"}

    with pytest.raises(InputError, match="does not tell what it is"), live_target("salesforce", wrong):
        pass


def looks(target: Target) -> dict[str, Any]:
    raise NotSeenError("the org has none")


def crashes(target: Target) -> dict[str, Any]:
    answer: Any = None
    return {"a": answer["b"]}


@pytest.mark.parametrize(("look", "reason"), [(looks, "the org has none"), (crashes, "another form (TypeError")])
def test_a_probe_that_saw_nothing_never_passes(look: Any, reason: str) -> None:
    with mock_target("salesforce") as mock:
        [found] = compare([Probe("1", "t", look, {"a": 1})], [mock])

    assert found.verdict == "not seen"
    assert reason in found.outcomes[0].reason
    assert code_of([found]) == 2


def test_what_cannot_be_taken_away_again_is_told() -> None:
    def litters(target: Target) -> dict[str, Any]:
        target.made("x", "PUT", "/services/data/v59.0/limits")
        return {"a": 1}

    with mock_target("salesforce") as mock:
        [found] = compare([Probe("1", "t", litters, {"a": 1})], [mock])

    assert found.verdict == "not seen"
    assert "could not be tidied up: PUT /services/data/v59.0/limits: 405" in found.outcomes[0].reason


def test_no_probe_at_all_is_no_pass() -> None:
    assert code_of([]) == 2


def test_machines_get_the_facts(capsys: Captured) -> None:
    assert invoke(["probe", "salesforce", "--json"]) == 0

    found = json.loads(capsys.readouterr().out)["probes"]
    assert found[0]["seen"]["mock"] == found[0]["expected"]


def test_a_dialect_that_nobody_knows_is_told(capsys: Captured) -> None:
    assert invoke(["probe", "salesfroce"]) == 64
    assert "did you mean `salesforce`" in capsys.readouterr().err
