"""`syncproof init`: files that our own readers accept."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml
from syncproof.cli import invoke
from syncproof.connector_file import load_connector
from syncproof.init_files import init_texts
from syncproof.mapping.load import load_mapping
from syncproof.scenario.loader import load_scenarios


def test_what_is_written_is_valid(tmp_path: Path) -> None:
    assert invoke(["init", str(tmp_path)]) == 0

    connector = load_connector(tmp_path / "connector.yaml")
    assert connector.mapping_path == tmp_path / "mapping.yaml"
    assert load_mapping(tmp_path / "mapping.yaml").systems == connector.systems
    (scenario,) = load_scenarios(["tests/sync"], tmp_path)
    assert [s.name for s in scenario.steps] == ["sync", "opt_out", "edit", "sync", "sync"]
    workflow = yaml.safe_load((tmp_path / ".github/workflows/syncproof.yml").read_text())
    assert any("syncproof run" in step.get("run", "") for step in workflow["jobs"]["sync"]["steps"])


def test_a_new_folder_is_made(tmp_path: Path) -> None:
    assert invoke(["init", str(tmp_path / "new" / "repo")]) == 0

    assert {p.relative_to(tmp_path / "new/repo").as_posix() for p in tmp_path.rglob("*") if p.is_file()} == set(init_texts())


@pytest.mark.parametrize("name", sorted(init_texts()))
def test_nothing_is_written_when_a_file_is_there(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    there = tmp_path / name
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_text("mine")

    assert invoke(["init", str(tmp_path)]) == 64

    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [there]
    assert there.read_text() == "mine"
    assert "this file exists already" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_told_and_left(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["init", "/proc/nowhere"]) == 64

    assert "cannot be written" in capsys.readouterr().err


def test_the_next_command_works_where_the_reader_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)

    assert invoke(["init", "demo"]) == 0
    assert "next: cd demo && syncproof run --connector connector.yaml" in capsys.readouterr().out
    assert invoke(["init", "two words"]) == 0
    assert "next: cd 'two words' && syncproof run" in capsys.readouterr().out


def test_the_first_run_starts_the_python_that_syncproof_is_installed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "bin" / "python3"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)

    monkeypatch.setenv("PATH", str(other.parent))
    assert yaml.safe_load(init_texts()["connector.yaml"])["start"]["command"][0] == sys.executable
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    assert yaml.safe_load(init_texts()["connector.yaml"])["start"]["command"][0] == "python3"
