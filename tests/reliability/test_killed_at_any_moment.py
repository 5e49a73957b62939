"""Killed with -9 at any moment, a run leaves its evidence behind, and nothing else after the next one."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="who is left behind is looked up in /proc"),
]

HERE = Path(__file__).parent
POINTS = 20
SEED = 20_261_122
SCENARIO = """\
population: {total: 3, kinds: {customer: 3}}
steps:
  - sync
  - edit: {side: crm, set: {Title: $fresh}}
  - sync
"""


SHORT = "population: {total: 3, kinds: {customer: 3}}\nsteps: [sync]\n"


class Stable:
    """Runs that are to die, one after another, all into one report folder and one folder for temporary files."""

    def __init__(self, folder: Path) -> None:
        self.report, self.scratch, self.notes = folder / "report", folder / "scratch", folder / "notes"
        self.brand = f"SYNCPROOF_BRAND={folder}"
        scenarios = folder / "scenarios"
        for path in (self.scratch, scenarios):
            path.mkdir()
        for name, story in (("first", SCENARIO), ("second", SHORT)):
            (scenarios / f"{name}.scenario.yaml").write_text(story)
        command = json.dumps([sys.executable, "-S", "-I", str(HERE / "noting_connector.py")])
        (folder / "connector.yaml").write_text(
            f"connector: noting\nstart: {{command: {command}}}\nenv:\n"
            '  CRM_URL: "{crm.url}"\n  CRM_TOKEN: "{crm.token}"\n  MA_URL: "{ma.url}"\n  MA_TOKEN: "{ma.token}"\n'
            f"  NOTES: {self.notes}\n  SYNCPROOF_BRAND: {folder}\n"
        )
        words = [sys.executable, str(HERE / "killable.py"), str(scenarios), str(folder / "connector.yaml"), str(self.report)]
        env = {**os.environ, "TMPDIR": str(self.scratch), "SYNCPROOF_BRAND": str(folder)}
        self._process = subprocess.Popen(words, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def begin(self, **order: Any) -> int:
        """Start a run and return its process id; what an earlier run noted is forgotten."""
        self.notes.unlink(missing_ok=True)
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._told()["pid"])

    def ended(self) -> dict[str, Any]:
        """Wait for the end of the run and return how it ended."""
        return self._told()

    def _told(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found

    def noted(self) -> list[dict[str, Any]]:
        """Return what the connector has noted of the run; a line that it was killed over is none."""
        lines = self.notes.read_text().splitlines(keepends=True) if self.notes.exists() else []
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def left(self) -> list[str]:
        """Return the processes of runs that live; the stable itself is none of them."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                branded = self.brand.encode() in (place / "environ").read_bytes().split(b"\0")
                words = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if branded and int(place.name) != self._process.pid:
                found.append(f"{place.name} {words}")
        return found

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)


@pytest.fixture(scope="module")
def stable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stable]:
    made = Stable(tmp_path_factory.mktemp("killed"))
    yield made
    made.close()


def lines(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a file, every one of them JSON; what the end cut off is none."""
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def await_that(condition: Callable[[], object], seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "this never came to be"
        time.sleep(0.002)


def is_free(port: int) -> bool:
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that ended may linger; listeners may not
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@pytest.fixture(scope="module")
def counted(stable: Stable) -> dict[str, int]:
    """How many signs of progress each phase of a run has that nobody kills."""
    for _ in range(2):  # the first one also imports what later ones then have
        stable.begin()
        ended = stable.ended()
        assert (ended["status"], ended["verdict"]) == (0, "FAIL")
    found: dict[str, int] = ended["counted"]
    return found


def judge_the_evidence(report: Path, noted: list[dict[str, Any]], phase: str) -> None:
    """Everything the connector has heard is told, by the evidence or by the report that took its place."""
    evidence = report / "unfinished"
    if not (evidence / "journal.jsonl").exists():
        # Before the first exchange, or after the last: then the whole report stands there.
        assert not noted or (phase == "report" and json.loads((report / "result.json").read_text("utf-8"))["verdict"] == "FAIL")
        return
    told = lines(evidence / "journal.jsonl")
    complete = {e["request_headers"].get("x-mark") for e in told if e["type"] == "exchange" and e["status"] and e["response_body"]}
    assert {note["mark"] for note in noted} <= complete
    assert len(told) == len({(e["scenario"], e["seq"]) for e in told})
    judged = lines(evidence / "scenarios.jsonl")
    assert len(judged) == 2 or phase != "report"
    assert all(line["verdict"] == "FAIL" for line in judged)
    files = [path.read_bytes() for path in evidence.rglob("*") if path.is_file()]
    assert not any(note["token"].encode() in text for note in noted for text in files)


@pytest.mark.parametrize("number", range(POINTS))
def test_at_a_chance_moment_the_evidence_is_complete_and_nobody_stays(stable: Stable, counted: dict[str, int], number: int) -> None:
    phase = ("setup", "sync", "sync", "judge", "report")[number % 5]
    at = random.Random(f"{SEED}/{number}").randint(1, counted[phase] * 9 // 10)  # runs differ by a few signs

    stable.begin(phase=phase, at=at)

    assert stable.ended()["status"] == -signal.SIGKILL, f"it was to die at {phase} {at}"
    await_that(lambda: not stable.left())
    noted = stable.noted()
    assert all(is_free(note["port"]) for note in noted)
    judge_the_evidence(stable.report, noted, phase)
    assert len(list(stable.scratch.iterdir())) <= 1, "the folders of runs that died before this one are gone"


def test_the_next_run_that_is_not_killed_leaves_nothing_of_all_these(stable: Stable, counted: dict[str, int]) -> None:
    assert counted
    stable.begin()

    assert stable.ended()["verdict"] == "FAIL"
    assert stable.left() == []
    assert list(stable.scratch.iterdir()) == []
    assert {path.name for path in stable.report.iterdir()} == {
        "report.html", "result.json", "junit.xml", "summary.md", "journal.jsonl.gz", "connector-output",
    }  # fmt: skip
