"""The command line: what it prints, where, and its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from syncproof.cli import invoke

Captured = pytest.CaptureFixture[str]
SYNCPROOF = Path(sys.executable).with_name("syncproof")


def test_help_tells_the_exit_codes(capsys: Captured) -> None:
    assert invoke(["--help"]) == 0

    told = capsys.readouterr().out
    for code in ("0 ", "1 ", "2 ", "64 ", "70 ", "130 "):
        assert f"\n    {code}" in told


def test_help_answers_at_once_because_nothing_heavy_is_imported() -> None:
    code = "import sys; from syncproof.cli import invoke; invoke(['--help']); print(sorted(sys.modules), file=sys.stderr)"

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    for heavy in ("pydantic", "fastapi", "faker", "openpyxl", "httpx", "yaml", "uvicorn", "orjson"):
        assert f"'{heavy}'" not in ended.stderr


def test_a_run_imports_no_control_plane_because_nobody_steers_it() -> None:
    code = (
        "import sys; from syncproof.cli import invoke; "
        "code = invoke(['run', 'sample_sync/secondary_address']); print(code, sorted(sys.modules), file=sys.stderr)"
    )

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    told = ended.stderr.splitlines()[-1]
    assert told.startswith("0 ")
    assert "'syncproof_mocks.server'" in told
    assert "'fastapi'" not in told


@pytest.mark.speed
def test_help_costs_less_than_a_third_of_a_second_of_processor_time() -> None:
    costs = []
    for _ in range(3):
        before = os.times()
        subprocess.run([SYNCPROOF, "--help"], capture_output=True, check=True)
        after = os.times()
        costs.append(after.children_user + after.children_system - before.children_user - before.children_system)

    assert 0 < min(costs) < 0.3


def test_the_module_is_the_command() -> None:
    ended = subprocess.run([sys.executable, "-m", "syncproof", "list", "steps"], capture_output=True, text=True, check=True)

    assert "\nassert " in ended.stdout


@pytest.mark.parametrize("arguments", [["fly"], ["run", "--sed", "3"], ["run", "--seed", "x"], ["list", "cars"], ["validate"]])
def test_a_wrong_word_is_wrong_input_and_never_looks_like_a_verdict(arguments: list[str], capsys: Captured) -> None:
    assert invoke(arguments) == 64

    captured = capsys.readouterr()
    assert "Error" in captured.err
    assert captured.out == ""


def test_a_bug_of_ours_is_70_and_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    import syncproof.validation

    def broken(files: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(syncproof.validation, "validate_files", broken)

    assert invoke(["validate", "x"]) == 70
    told = capsys.readouterr().err
    assert "ZeroDivisionError: boom" in told
    assert "a bug of ours (ZeroDivisionError)" in told


def test_ctrl_c_is_130_without_a_traceback(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    import syncproof.validation

    def interrupted(files: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(syncproof.validation, "validate_files", interrupted)

    assert invoke(["validate", "x"]) == 130
    assert "Traceback" not in capsys.readouterr().err


# -- list ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", ["scenarios", "checks", "faults", "steps", "dialects"])
def test_every_family_is_listed_for_people_and_for_machines(family: str, capsys: Captured) -> None:
    assert invoke(["list", family, "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert entries
    assert all(entry["name"] and entry["says"] for entry in entries)

    assert invoke(["list", family]) == 0
    text = capsys.readouterr().out
    assert all(entry["name"] in text and entry["says"] in text for entry in entries)


def test_checks_are_listed_with_their_rules(capsys: Captured) -> None:
    invoke(["list", "checks", "--json"])

    rules = [rule for check in json.loads(capsys.readouterr().out) for rule in check["rules"]]
    assert {"id", "says", "severity", "classes"} == set(rules[0])


# -- validate -----------------------------------------------------------------------------------------


def test_validate_recognises_each_kind_of_file_by_what_it_holds(tmp_path: Path, capsys: Captured) -> None:
    assert invoke(["init", str(tmp_path)]) == 0
    capsys.readouterr()

    files = ["connector.yaml", "mapping.yaml", "tests/sync/unsubscribed.scenario.yaml", "tests"]
    assert invoke(["validate", *(str(tmp_path / name) for name in files)]) == 0

    kinds = [line.split(": ")[1].split()[0] for line in capsys.readouterr().out.splitlines()]
    assert kinds == ["connector", "mapping", "scenario", "scenario"]


def test_validate_tells_the_problems_of_all_files_on_standard_error(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "a.scenario.yaml").write_text("steps: [snyc]\n")
    (tmp_path / "c.yaml").write_text("connector: a\nstart: {command: [./gone]}\n")

    assert invoke(["validate", *(str(tmp_path / n) for n in ("a.scenario.yaml", "c.yaml", "gone.yaml"))]) == 64

    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.splitlines()
    assert [line.partition(": ")[0].removeprefix(str(tmp_path)) for line in lines[:-1]] == [
        "/a.scenario.yaml:1", "/c.yaml:2", "/gone.yaml",
    ]  # fmt: skip
    assert lines[-1] == "3 problems; nothing was started"


# -- schema, coverage ---------------------------------------------------------------------------------


def test_schema_prints_json(capsys: Captured) -> None:
    assert invoke(["schema"]) == 0

    assert json.loads(capsys.readouterr().out)["title"] == "Syncproof scenario"


@pytest.mark.parametrize("dialect", ["salesforce", "hubspot"])
def test_coverage_has_the_promised_shape(dialect: str, capsys: Captured) -> None:
    assert invoke(["coverage", dialect, "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert found["dialect"] == dialect
    assert {"id", "method", "path", "evidence", "probe"} <= set(found["operations"][0])
    assert found["without_evidence"] == 0
    assert found["assumed"] == sum(e["evidence"] == "assumed" for e in (*found["operations"], *found["switches"]))


def test_coverage_of_nobody_is_told_with_the_dialects_there_are(capsys: Captured) -> None:
    assert invoke(["coverage", "salesfroce"]) == 64

    assert "did you mean `salesforce`" in capsys.readouterr().err


def test_a_probe_of_an_unknown_dialect_names_the_known_ones_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["probe", "foo"]) == 64
    assert capsys.readouterr().err.count("known") == 1
