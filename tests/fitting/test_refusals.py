"""What cannot be seeded is told before the run, with the place and what to do."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from syncproof.cli import invoke
from syncproof.mapping.load import load_mapping
from syncproof.model import Severity
from syncproof.runner import mapping_complaints
from syncproof.sandbox import Sandbox
from syncproof.shape import load_shape
from tests.fitting import orgs
from tests.fitting.orgs import rule

Captured = pytest.CaptureFixture[str]
EXTRA_CRM = (
    orgs.described("Region_Lead__c", "reference", referenceTo=["User"]),
    orgs.described("Colour__c", "picklist", options=("Red", "Blue"), length=255),
    orgs.described("Letter__c", length=2, unique=True), orgs.described("Said__c", "picklist", options=("Yes", "No"), length=255),
    orgs.described("Ticked__c", "boolean", nillable=False), orgs.described("Blocked__c", "picklist", options=("x", "y"), length=255),
)
EXTRA_MA = (
    orgs.property_of("region_lead"), orgs.property_of("colour", "enumeration", options=("green", "yellow")),
    orgs.property_of("letter"), orgs.property_of("day", "datetime"),
)


def complaints(folder: Path, monkeypatch: pytest.MonkeyPatch, change: Any) -> list[tuple[Severity, str]]:
    monkeypatch.setitem(orgs.DESCRIBES, "Contact", (*orgs.DESCRIBES["Contact"], *EXTRA_CRM))
    monkeypatch.setitem(orgs.PROPERTIES, "contacts", (*orgs.PROPERTIES["contacts"], *EXTRA_MA))
    mapping = copy.deepcopy(orgs.MAPPING)
    change(next(o for o in mapping["objects"] if o["object"] == "contact"))
    orgs.write(folder, mapping)
    sandbox = Sandbox(load_mapping(folder / "mapping.yaml"), 1, shape=load_shape(folder / "orgs.yaml"))
    return [(p.severity, p.message) for p in mapping_complaints(sandbox)]


def add(*entries: dict[str, Any]) -> Any:
    return lambda contact: contact["fields"].extend(entries)


def say(name: str) -> Any:
    """Let the newsletter's consent stand in another field, without date and source."""
    said = rule(name, "subscription:Newsletter", "picklist", winner="most_restrictive", consent={"purpose": "newsletter"})
    return lambda contact: contact.update(fields=[*contact["fields"][:-1], said])


@pytest.mark.parametrize(("change", "severity", "message"), [
    (add(rule("Region_Lead__c", "region_lead", "reference", "crm_to_ma")), Severity.MAJOR, "points to other records, which are not seeded"),
    (add(rule("Colour__c", "colour", "picklist", "crm_to_ma")), Severity.MAJOR, "have no value in common"),
    (add(rule("Letter__c", "letter", winner="crm", max_length=2)), Severity.MAJOR, "must be unique, yet hold 2 letters"),
    (say("Said__c"), Severity.CRITICAL, "has no options `OptIn` and `OptOut`"),
    (say("Ticked__c"), Severity.CRITICAL, "an unticked box alone is no refusal"),
    (lambda c: c.update(match=[{"crm": "Colour__c", "ma": "colour"}]), Severity.CRITICAL, "have no value in common"),
    (lambda c: c.update(match=[{"crm": "Loyalty_Tier__c", "ma": "loyalty_tier"}]), Severity.CRITICAL, "cannot tell people apart"),
    (lambda c: c["exclude"].append({"reason": "all", "crm": "Blocked__c", "in": ["x", "y"]}), Severity.CRITICAL, "nobody would be synced"),
    (lambda c: c.update(crm="Case"), Severity.CRITICAL, "no kind `Case`"),
    (lambda c: c.update(crm="Opportunity"), Severity.CRITICAL, "kind `Opportunity` cannot be seeded in the CRM"),
    (lambda c: c.update(ma="deals"), Severity.CRITICAL, "kind `deals` cannot be seeded in the MA"),
])  # fmt: skip
def test_what_cannot_be_seeded_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Any, severity: Severity, message: str
) -> None:
    told = complaints(tmp_path, monkeypatch, change)

    assert any(message in text and found is severity for found, text in told), told


def test_a_required_reference_that_nobody_maps_is_refused_before_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    field = orgs.described("Sponsor__c", "reference", referenceTo=["Account"], nillable=False)
    monkeypatch.setitem(orgs.DESCRIBES, "Contact", (*orgs.DESCRIBES["Contact"], field))
    orgs.write(tmp_path)

    words = ["--mapping", str(tmp_path / "mapping.yaml"), "--shape", str(tmp_path / "orgs.yaml")]
    assert invoke(["run", "sample_sync/blank_fields", *words, "--report", str(tmp_path / "out")]) == 64
    assert "`Sponsor__c` of the CRM is required and points to another record" in capsys.readouterr().err
    assert not list((tmp_path / "out").rglob("result.json"))


def test_a_mapping_of_ones_own_without_such_problems_is_clean(tmp_path: Path, capsys: Captured) -> None:
    orgs.write(tmp_path)

    assert invoke(["mapping", "check", str(tmp_path / "mapping.yaml"), "--shape", str(tmp_path / "orgs.yaml")]) == 0
    assert "nothing is left to complain about" in capsys.readouterr().out
