"""A mapping and two orgs of an organisation's own, end to end: the reference connector is clean, its bugs are found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.fitting import orgs
from tests.stories.test_go_live import syncproof

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return orgs.write(tmp_path)


def run(folder: Path, *words: str) -> tuple[int, dict[str, Any]]:
    done = syncproof("run", *words, "--mapping", "mapping.yaml", "--shape", "orgs.yaml", "-j", "2", "--report", "out", cwd=folder)
    assert (folder / "out/result.json").exists(), done.stderr[-2000:]
    return done.returncode, json.loads((folder / "out/result.json").read_text())


def test_the_reference_connector_is_clean_under_a_mapping_of_ones_own(folder: Path) -> None:
    chosen = ("sample_sync/all_strata", "overwrite/contact_matrix", "overwrite/booleans_and_lists", "consent/first_import_of_opted_out")
    code, result = run(folder, *chosen)

    assert (code, result["verdict"]) == (0, "PASS"), [(s["id"], s["reason"], s["findings"][:2]) for s in result["scenarios"]]
    found = {s["id"]: s for s in result["scenarios"]}
    cells = found["overwrite/contact_matrix"]["matrix"]
    assert {c["verdict"] for c in cells} == {"PASS"}
    assert {c["crm_field"] for c in cells} >= {"Job_Role__c", "Loyalty_Tier__c", "Topics__c", "Member_No__c", "Points__c", "Grade__c"}
    assert any("`Vip__c` of the CRM is not in the mapping; `Is_Reseller__c` was edited" in told
               for told in found["overwrite/booleans_and_lists"]["not_checked"])  # fmt: skip


@pytest.mark.parametrize(("bug", "scenario", "rule", "field", "damage"), [
    ("day_month_swapped", "sample_sync/all_strata", "FIELD-009", "member_since", "shifted_date"),
    ("false_never_arrives", "overwrite/booleans_and_lists", "FIELD-001", "reseller", "lost_update"),
    ("wrong_population", "sample_sync/all_strata", "SCOPE-002", None, "kept_out_came_in"),
])  # fmt: skip
def test_a_bug_is_found_in_a_field_of_ones_own(
    folder: Path, bug: str, scenario: str, rule: str, field: str | None, damage: str
) -> None:
    code, result = run(folder, scenario, "--bug", bug)

    assert (code, result["verdict"]) == (1, "FAIL")
    told = {(f["rule"], f["field"], f["classification"]) for f in result["scenarios"][0]["findings"]}
    assert (rule, field, damage) in told, sorted(told, key=str)
