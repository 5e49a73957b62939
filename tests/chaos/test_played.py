"""Chaos played with the real reference connector: clean without a bug, and what it finds is found again by its command."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from syncproof.cli import invoke

pytestmark = pytest.mark.slow


def played(*words: str, report: Path) -> dict[str, Any]:
    """Return the scenarios of a run by id, without what depends on the clock."""
    assert invoke(["run", *words, "--report", str(report)]) in (0, 1)
    found = json.loads((report / "result.json").read_text())["scenarios"]
    return {s["id"]: s for s in found}


def test_the_correct_connector_comes_through_and_the_report_tells_the_story(tmp_path: Path) -> None:
    (told,) = played("chaos/3", "--seed", "4", report=tmp_path).values()

    assert told["verdict"] == "PASS", told["findings"]
    assert told["faults_fired"]
    assert "1. " in told["why"]
    assert "Drawn by chance" in (tmp_path / "report.html").read_text()


def test_the_command_under_a_finding_plays_it_again_with_the_same_findings(tmp_path: Path) -> None:
    first = played("chaos/2", "--seed", "1", "--bug", "optout_not_propagated_back", report=tmp_path / "one")
    one = next(s for s in first.values() if s["findings"])

    words = shlex.split(one["reproduce"])
    again = played(*words[2:], report=tmp_path / "two")

    assert words[:3] == ["syncproof", "run", one["id"]]
    assert list(again) == [one["id"]]
    assert again[one["id"]]["findings"] == one["findings"]
