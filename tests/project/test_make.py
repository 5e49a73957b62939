"""`make test` ends as what it ran ended: nothing that passes fails, nothing that fails passes, and what failed is named.

The recipe is the real one, in a folder of its own, with small programs in the place of the linters and pytest.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.project.folders import ROOT

LINTERS = ("ruff", "mypy", "lint-imports")
PASSES = "echo '....... [100%]'; echo '7 passed in 1.00s'"
SKIPS = "echo '..s.... [100%]'; echo 'SKIPPED [1] tests/a.py:3: no java'; echo '6 passed, 1 skipped in 1.00s'"
MEASURES = "echo '..... [100%]'; echo 'TOTAL 10 1 4 0 93%'; echo '5 passed in 1.00s'"
FAILS = "echo '..F.... [100%]'; echo 'FAILED tests/a.py::test_b'; echo '1 failed, 6 passed in 1.00s'; exit 1"
FINDS_NOTHING = "echo 'no tests ran in 0.01s'; exit 5"
CRASHES = "echo '.... [ 50%]'; exit 3"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with the real Makefile and its small helpers, where everything passes."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("told.sh", "quietly.sh"):
        shutil.copy(ROOT / "tools" / name, tools)
    write_program(tools / "test_programs.sh", "exit 0")
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in LINTERS:
        write_program(programs / name, "exit 0")
    write_program(programs / "pytest", PASSES)
    for name in ("pyproject.toml", "constraints.txt", "tools/venv.sh"):
        (tmp_path / name).touch()
    (tmp_path / ".venv" / ".ready").touch()
    return tmp_path


def write_program(path: Path, commands: str) -> None:
    path.write_text(f"#!/bin/bash\n{commands}\n")
    path.chmod(0o755)


def make_test(project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", "test"],
        cwd=project,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "CI": "true"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("tests", "told"),
    [
        pytest.param(PASSES, [], id="all pass, nothing measured, nothing skipped"),
        pytest.param(SKIPS, ["SKIPPED [1] tests/a.py:3: no java"], id="skipped"),
        pytest.param(MEASURES, ["coverage (lines and branches): 93%"], id="measured"),
    ],
)
def test_tests_that_pass_pass_and_their_last_line_is_the_last(project: Path, tests: str, told: list[str]) -> None:
    write_program(project / ".venv" / "bin" / "pytest", tests)

    ended = make_test(project)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert " passed" in ended.stdout.splitlines()[-1]
    assert [line for line in ended.stdout.splitlines() if line.startswith(("SKIPPED", "coverage"))] == told


@pytest.mark.parametrize(
    ("tests", "named"),
    [
        pytest.param(FAILS, "FAILED tests/a.py::test_b", id="a test fails"),
        pytest.param(FINDS_NOTHING, "no tests ran", id="nothing ran"),
        pytest.param(CRASHES, "exit code 3", id="pytest itself crashes"),
    ],
)
def test_tests_that_fail_fail_and_are_named(project: Path, tests: str, named: str) -> None:
    write_program(project / ".venv" / "bin" / "pytest", tests)

    ended = make_test(project)

    assert ended.returncode == 2
    assert named in ended.stdout


@pytest.mark.parametrize("linter", LINTERS)
def test_a_linter_that_complains_fails_before_any_test(project: Path, linter: str) -> None:
    write_program(project / ".venv" / "bin" / linter, "echo 'a.py:1: wrong'; exit 1")

    ended = make_test(project)

    assert ended.returncode == 2
    assert "a.py:1: wrong" in ended.stdout
    assert "passed" not in ended.stdout
