"""Every kind of bad input, through the real command: place, remedy, the right exit code, and nothing left behind."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from syncproof.sandbox import default_mapping_file

SYNCPROOF = Path(sys.executable).with_name("syncproof")
SCENARIO = "population: {total: 2, kinds: {customer: 1}}\nsteps: [sync]\n"
CONNECTOR = "connector: x\nstart: {command: [sh, -c, exit 0], timeout_s: 20}\n"

Told = Callable[..., str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a right scenario and a right connector file, and a place of its own for temporary files."""
    found = tmp_path / "repository"
    found.mkdir()
    (tmp_path / "temporary").mkdir()
    (found / "s.scenario.yaml").write_text(SCENARIO)
    (found / "c.yaml").write_text(CONNECTOR)
    return found


@pytest.fixture
def syncproof(folder: Path) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Run the command in the folder; afterwards its temporary folder must be empty."""
    temporary = folder.parent / "temporary"

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [SYNCPROOF, *words], cwd=folder, capture_output=True, encoding="utf-8", errors="replace", check=False,
            timeout=90, env={**os.environ, "TMPDIR": str(temporary)},
        )  # fmt: skip

    yield run
    assert list(temporary.iterdir()) == []


@pytest.fixture
def refused(syncproof: Callable[..., subprocess.CompletedProcess[str]], folder: Path) -> Told:
    """Run something that must be refused; return what is said, once nothing in the folder has changed."""

    def tell(*words: str) -> str:
        before = sorted((p, p.stat().st_mtime_ns) for p in folder.rglob("*"))
        done = syncproof(*words)
        assert done.returncode == 64, done.stderr
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        assert sorted((p, p.stat().st_mtime_ns) for p in folder.rglob("*")) == before
        return done.stderr

    return tell


RUN = ("run", "s.scenario.yaml", "--connector", "c.yaml", "--report", "report")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("s.scenario.yaml", "steps: [sync]\ntitel: x\n", "s.scenario.yaml:2: unknown key `titel`; allowed: scenario, title,"),
        (
            "s.scenario.yaml", "steps: [sync]\npopulation: {total: many}\n",
            "s.scenario.yaml:2: `population.total` must be a whole number; `many` was given.",
        ),
        ("c.yaml", "connector: x\nstrat: {}\nstart: {command: [sh]}\n", "c.yaml:2: unknown key `strat`; allowed: connector,"),
        ("c.yaml", "connector: x\nstart: {command: [sh], timeout_s: long}\n", "c.yaml:2: `start.timeout_s` must be a number;"),
        (
            "c.yaml", "connector: x\nstart: {command: [./nobody]}\n",
            "nobody. A program with a slash is relative to the connector file.",
        ),
        (
            "c.yaml", "connector: x\nstart: {command: [no-such-program-here]}\n",
            "c.yaml:2: no program `no-such-program-here` in PATH. Install it, or write its path.",
        ),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_with_its_line_and_a_remedy(folder: Path, refused: Told, name: str, text: str, told: str) -> None:
    (folder / name).write_text(text)

    assert told in refused(*RUN)


def test_a_field_that_the_system_does_not_have_is_told_with_the_nearest(folder: Path, refused: Told) -> None:
    text = default_mapping_file().read_text("utf-8")
    (folder / "m.yaml").write_text(text.replace("{crm: LastName,", "{crm: LastNam,", 1))

    said = refused(*RUN, "--mapping", "m.yaml")

    assert said.startswith("m.yaml:")
    assert "the field `LastNam` is unknown in Contact of the CRM. Did you mean `LastName`?" in said


def _merge(sheet: Worksheet) -> None:
    sheet.merge_cells("A1:B1")


def _empty(sheet: Worksheet) -> None:
    sheet["B1"] = None


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_merge, "m.xlsx!Contact!A1: merged cells: which row or column the value belongs to cannot be told. Unmerge them"),
        (_empty, "m.xlsx!Contact!B1: the header cell is empty. Row 1 is for headers: name the column."),
    ],
)
def test_a_spreadsheet_with_merged_or_empty_headers_is_told_with_its_cell(
    folder: Path, refused: Told, spoil: Callable[[Worksheet], None], told: str
) -> None:
    workbook = load_workbook(default_mapping_file().with_suffix(".xlsx"))
    spoil(workbook["Contact"])
    workbook.save(folder / "m.xlsx")

    assert told in refused(*RUN, "--mapping", "m.xlsx")


def test_a_report_folder_that_cannot_be_written_is_told(refused: Told) -> None:
    said = refused(*RUN[:-1], "/proc/report")

    assert said.startswith("/proc/report: the report folder cannot be written")
    assert "Give another `--report`." in said


def test_a_result_of_an_older_schema_is_told_and_kept(folder: Path, refused: Told) -> None:
    (folder / "report").mkdir()
    (folder / "report" / "result.json").write_text('{"schema": 0}')

    assert "has the older schema 0" in refused(*RUN)


def test_a_port_that_is_taken_is_told(refused: Told) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]

        said = refused("sandbox", "--ports", f"{taken},{taken - 1}")

    assert said == f"--ports: port taken ({taken}, {taken - 1}): Address already in use. Give other ports, or none for free ones.\n"


@pytest.mark.parametrize("ports", ["18181", "a,b", "18181,18181", "0,18181"])
def test_anything_but_two_different_ports_is_told(refused: Told, ports: str) -> None:
    assert refused("sandbox", "--ports", ports) == f"--ports: `{ports}` is not two different ports. Write them as `8001,8002`.\n"


@pytest.mark.parametrize(
    ("code", "rules"),
    [
        ("exit 0", {"STATUS-002"}),
        ("head -c 3000 /dev/urandom; setsid sleep 64321 & sleep 64321", {"STATUS-002", "STATUS-003"}),
    ],
)
def test_a_connector_that_misbehaves_is_a_finding_and_leaves_no_process(
    folder: Path, syncproof: Callable[..., subprocess.CompletedProcess[str]], code: str, rules: set[str]
) -> None:
    # One that does nothing, and one that does everything at once; each alone: tests/cli/test_run.py.
    command = json.dumps(["sh", "-c", code])
    (folder / "c.yaml").write_text(f"connector: x\nstart: {{command: {command}, timeout_s: 1}}\nenv: {{MARK: {folder}}}\n")

    done = syncproof(*RUN)

    assert done.returncode == 1, done.stderr
    assert "Do not go live" in done.stdout
    (found,) = json.loads((folder / "report" / "result.json").read_text())["scenarios"]
    assert {finding["rule"] for finding in found["findings"]} == rules
    assert _started_for(folder) == []
    assert sorted(p.name for p in folder.iterdir()) == ["c.yaml", "report", "s.scenario.yaml"]


def _started_for(folder: Path) -> list[str]:
    """Return the processes that were started with this folder in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if f"MARK={folder}\0".encode() in (entry / "environ").read_bytes():
                found.append((entry / "cmdline").read_text())
        except OSError:
            continue
    return found
