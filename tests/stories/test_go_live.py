"""The main job end to end: real SDKs in a process of their own, over sockets, through the command line."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def syncproof(*arguments: str, cwd: Path, timeout: float = 400) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would, in an empty folder."""
    return subprocess.run(
        [sys.executable, "-m", "syncproof", *arguments], cwd=cwd, capture_output=True, text=True, timeout=timeout, check=False
    )


def without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if k != "times"}
    return [without_times(v) for v in value] if isinstance(value, list) else value


def test_the_reference_connector_passes_the_whole_pack(tmp_path: Path) -> None:
    done = syncproof("run", "-j", "2", "--report", "out", cwd=tmp_path)

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    result = json.loads((tmp_path / "out/result.json").read_text())
    assert (result["schema"], result["verdict"], result["systems"]) == (1, "PASS", {"crm": "salesforce", "ma": "hubspot"})
    assert {s["verdict"] for s in result["scenarios"]} == {"PASS"}
    assert len(result["scenarios"]) >= 25
    checked = {rule for s in result["scenarios"] for rule in s["rules_checked"]}
    wanted = {"FIELD-001", "FIELD-002", "FIELD-003", "FIELD-004", "CONS-001", "CONS-002", "CONS-003", "CONS-004", "CONS-007",
              "CONS-008", "SCOPE-001", "SCOPE-002", "SCOPE-003", "IDENT-001", "QUIET-001", "STATUS-001", "LINK-001"}
    assert wanted <= checked
    assert not any(s["unsupported"] for s in result["scenarios"])
    matrix = next(s for s in result["scenarios"] if s["id"] == "overwrite/contact_matrix")["matrix"]
    assert len(matrix) > 150
    assert {cell["verdict"] for cell in matrix} == {"PASS"}
    suite = ElementTree.parse(tmp_path / "out/junit.xml").getroot().find("testsuite")
    assert suite is not None
    assert (suite.get("failures"), suite.get("errors")) == ("0", "0")
    with gzip.open(tmp_path / "out/journal.jsonl.gz", "rt") as lines:
        assert sum(1 for _ in lines) > 5_000
    assert "<html" in (tmp_path / "out/report.html").read_text()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out"]


def test_the_same_seed_gives_the_same_result_one_after_another_or_at_once_times_aside(tmp_path: Path) -> None:
    chosen = ("consent/scope_is_kept", "faults/rate_limited", "faults/lost_response")
    bugs = ("--bug", "scope_confusion", "--bug", "ascii_only")
    for name, jobs in (("one", "1"), ("two", "4")):
        done = syncproof("run", *chosen, *bugs, "--seed", "5", "-j", jobs, "--report", name, cwd=tmp_path)
        assert done.returncode == 1, done.stderr[-2000:]

    one, two = (without_times(json.loads((tmp_path / n / "result.json").read_text())) for n in ("one", "two"))

    assert json.dumps(one) == json.dumps(two)
    assert any(s["findings"] for s in one["scenarios"])
    assert any(s["faults_fired"] for s in one["scenarios"])


def test_the_reference_connector_is_clean_on_another_seed(tmp_path: Path) -> None:
    # One, because CI has no time for more: `make false-alarms` runs a hundred.
    chosen = ("sample_sync/all_strata", "overwrite/contact_matrix", "consent/first_import_of_opted_out", "faults/one_bad_update")
    done = syncproof("run", *chosen, "-j", "2", "--seed", "11", cwd=tmp_path)

    assert done.returncode == 0, done.stdout[-4000:]


def test_a_finding_tells_who_what_where_and_how_to_reproduce_it(tmp_path: Path) -> None:
    done = syncproof("run", "overwrite/contact_matrix", "--bug", "winner_ignored", "--report", "out", cwd=tmp_path)

    assert done.returncode == 1
    found = json.loads((tmp_path / "out/result.json").read_text())["scenarios"][0]["findings"]
    one = next(f for f in found if f["rule"] == "FIELD-002" and f["blame"]["read_at"] is not None)
    assert one["class"] == "B044"
    assert one["person"].startswith("p0")
    assert {"crm_before", "ma_before", "crm_after", "ma_after"} <= one["sides"].keys()
    assert one["blame"]["actor"] == "connector"
    assert one["blame"]["read_at"] < one["blame"]["written_by"] == one["caused_by"]
    assert "--bug winner_ignored" in one["reproduce"]


def test_a_connector_that_never_calls_the_mocks_fails(tmp_path: Path) -> None:
    connector = tmp_path / "lazy.yaml"
    connector.write_text(f"connector: lazy\nstart: {{command: [{sys.executable}, -c, 'print(1)']}}\n")

    done = syncproof("run", "idempotence/second_sync_is_quiet", "--connector", str(connector), cwd=tmp_path)

    assert done.returncode == 1
    assert "STATUS-002" in done.stdout


def test_a_connector_that_hangs_is_ended_and_told(tmp_path: Path) -> None:
    connector = tmp_path / "slow.yaml"
    connector.write_text(
        f"connector: slow\nstart: {{command: [{sys.executable}, -c, 'import time; time.sleep(99)'], timeout_s: 1.5}}\n"
    )

    done = syncproof("run", "idempotence/second_sync_is_quiet", "--connector", str(connector), cwd=tmp_path, timeout=60)

    assert done.returncode == 1
    assert "did not end within its time limit" in done.stdout


def test_a_mapping_that_names_a_field_nobody_has_is_refused_before_anything_runs(tmp_path: Path) -> None:
    text = (ROOT / "scenarios/salesforce_hubspot/mapping.yaml").read_text()
    (tmp_path / "map.yaml").write_text(text.replace("ma: jobtitle", "ma: jobtitel"))

    done = syncproof("run", "consent/scope_is_kept", "--mapping", "map.yaml", "--report", "out", cwd=tmp_path)

    assert done.returncode == 64
    assert "map.yaml:" in done.stderr
    assert "Did you mean `jobtitle`?" in done.stderr
    assert not (tmp_path / "out").exists()
