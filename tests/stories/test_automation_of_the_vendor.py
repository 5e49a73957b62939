"""A workflow of the user's portal writes while the connector runs: no connector is blamed for it, and it must arrive."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from syncproof.cli import invoke

pytestmark = pytest.mark.slow

SHAPE = """
based_on: built-in
ma:
  workflows:
    - {name: called, kind: contacts, on: change, when: [{property: phone, op: known}], after: [{set: jobtitle, to: Called}]}
"""
SCENARIO = """
title: A workflow of the portal answers an edit
why: Automation writes after people and connectors do; what it writes must arrive like any edit of that side.
population: {total: 4, kinds: {customer: 1}}
steps:
  - sync
  - edit: {side: crm, who: {index: 1}, set: {Phone: $fresh}}
  - sync
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "orgs.yaml").write_text(SHAPE)
    (tmp_path / "workflow.scenario.yaml").write_text(SCENARIO)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(folder: Path) -> dict[str, int]:
    result = json.loads((folder / "report" / "result.json").read_text())
    return {f["rule"]: len(f["instances"]) if "instances" in f else 1 for s in result["scenarios"] for f in s["findings"]}


def test_the_correct_connector_is_not_blamed_for_what_a_workflow_did(folder: Path) -> None:
    assert invoke(["run", "workflow.scenario.yaml", "--shape", "orgs.yaml", "--report", "report"]) == 0

    assert found(folder) == {}
    changes = [json.loads(line) for line in _journal(folder)]
    assert any("vendor_automation" in json.dumps(c) and "jobtitle" in json.dumps(c) for c in changes), "the workflow did act"


def test_a_connector_that_drops_edits_of_the_ma_loses_what_the_workflow_did(folder: Path) -> None:
    both = SCENARIO.replace("  - edit:", "  - edit: {side: ma, who: {index: 1}, set: {phone: $fresh}}\n  - edit:")
    (folder / "workflow.scenario.yaml").write_text(both)

    code = invoke(["run", "workflow.scenario.yaml", "--shape", "orgs.yaml", "--report", "report", "--bug", "both_sides_edited_one_lost"])

    assert code == 1
    assert "FIELD-001" in found(folder)


def _journal(folder: Path) -> list[str]:
    import gzip

    [path] = sorted((folder / "report").rglob("journal.jsonl.gz"))
    return gzip.decompress(path.read_bytes()).decode().splitlines()
