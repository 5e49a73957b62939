"""`syncproof run` with connectors that misbehave, and with input that is wrong: verdict, exit code, nothing left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from syncproof.cli import invoke

Arguments = Callable[..., list[str]]
Captured = pytest.CaptureFixture[str]
SYNCPROOF = Path(sys.executable).with_name("syncproof")


@pytest.fixture
def arguments(tmp_path: Path) -> Arguments:
    """Return the words of `syncproof run` for a small scenario and a connector of one line of shell."""

    def make(code: str, *more: str, timeout_s: float = 20) -> list[str]:
        (tmp_path / "s.scenario.yaml").write_text("population: {total: 2, kinds: {customer: 1}}\nsteps: [sync]\n")
        command = json.dumps(["sh", "-c", code])
        (tmp_path / "c.yaml").write_text(f"connector: x\nstart: {{command: {command}, timeout_s: {timeout_s}}}\n")
        return ["run", str(tmp_path / "s.scenario.yaml"), "--connector", str(tmp_path / "c.yaml"), *more]

    return make


def result(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "result.json").read_text())["scenarios"][0]
    return found


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("exit 0", "STATUS-002"),
        ("exit 3", "STATUS-002"),
        ("head -c 100000 /dev/urandom", "STATUS-002"),
        ("kill -11 $$", "STATUS-003"),
        ("sleep 60", "STATUS-003"),
        ("exec >&- 2>&-; trap '' TERM; sleep 60", "STATUS-003"),
        ("sleep 60 & setsid sleep 60 & exit 0", "STATUS-002"),
    ],
)
def test_a_connector_that_does_nothing_useful_is_a_finding_and_never_a_pass(
    arguments: Arguments, tmp_path: Path, code: str, rule: str, capsys: Captured
) -> None:
    assert invoke(arguments(code, "--report", str(tmp_path / "report"), timeout_s=1)) == 1

    found = result(tmp_path / "report")
    assert found["verdict"] == "FAIL"
    assert rule in {f["rule"] for f in found["findings"]}  # type: ignore[attr-defined]
    told = capsys.readouterr()
    assert "FAIL" in told.out
    assert "report.html" in told.out
    assert told.err == ""


def test_only_in_proxy_mode_a_silent_connector_is_told_that_its_client_may_ignore_the_proxy(
    arguments: Arguments, tmp_path: Path, capsys: Captured
) -> None:
    words = arguments("exit 3")
    invoke(words)
    direct = capsys.readouterr().out
    (tmp_path / "c.yaml").write_text((tmp_path / "c.yaml").read_text() + "network: proxy\n")
    invoke(words)
    proxied = capsys.readouterr().out

    assert "e.g. Sync 1 ended with exit code 3 without one request to salesforce" in direct
    assert "ignores the proxy" not in direct
    assert "ignores the proxy" in proxied
    assert "`network: isolated` holds every client (Linux): see docs/network.md" in proxied


def test_what_the_connector_printed_is_in_the_report_byte_by_byte(arguments: Arguments, tmp_path: Path) -> None:
    invoke(arguments(r"printf '\377\000\001caf\303\251'", "--report", str(tmp_path / "report")))

    (first, *_) = sorted((tmp_path / "report").rglob("sync-1.log"))
    assert first.read_bytes() == b"\xff\x00\x01caf\xc3\xa9"


def test_without_report_nothing_is_written_anywhere(arguments: Arguments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = arguments("exit 0")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("TMPDIR", str(work))
    monkeypatch.setattr("tempfile.tempdir", None)

    invoke(words)

    assert list(work.rglob("*")) == []


def test_all_wrong_input_is_told_at_once_and_nothing_is_written(
    arguments: Arguments, tmp_path: Path, capsys: Captured
) -> None:
    words = arguments("exit 0")
    (tmp_path / "s.scenario.yaml").write_text("steps: [snyc]\n")
    (tmp_path / "c.yaml").write_text("connector: x\nstart: {command: [./gone]}\n")
    (tmp_path / "m.yaml").write_text("mapping: m\nobjcts: []\n")
    (tmp_path / "file").write_text("")
    before = sorted(tmp_path.rglob("*"))

    assert invoke([*words, "--mapping", str(tmp_path / "m.yaml"), "--report", str(tmp_path / "file")]) == 64

    told = capsys.readouterr()
    assert told.out == ""
    for name in ("s.scenario.yaml:1", "c.yaml:2", "m.yaml:", "file: this is a file"):
        assert f"{tmp_path}/{name}" in told.err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_report_of_an_older_schema_is_kept(arguments: Arguments, tmp_path: Path, capsys: Captured) -> None:
    report = tmp_path / "report"
    report.mkdir()
    (report / "result.json").write_text('{"schema": 0, "syncproof": "0.0.1"}')

    assert invoke(arguments("exit 0", "--report", str(report))) == 64

    assert "older schema 0" in capsys.readouterr().err
    assert [p.name for p in report.iterdir()] == ["result.json"]


def test_a_connector_and_a_mapping_for_different_systems_are_told(
    arguments: Arguments, tmp_path: Path, capsys: Captured
) -> None:
    words = arguments("exit 0")
    with (tmp_path / "c.yaml").open("a") as file:
        file.write("systems: {crm: pipedrive, ma: hubspot}\n")

    assert invoke(words) == 64
    assert "`systems: crm` is pipedrive, in mapping.yaml it is salesforce" in capsys.readouterr().err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is looked at in /proc")
def test_a_connector_that_eats_memory_is_ended_and_a_finding_says_so(arguments: Arguments, tmp_path: Path) -> None:
    words = arguments("exit 9", "--report", str(tmp_path / "report"))
    eat = json.dumps([sys.executable, "-c", "eaten = b'x' * (200 << 20); import time; time.sleep(20)"])
    (tmp_path / "c.yaml").write_text(f"connector: x\nstart: {{command: {eat}, memory_mb: 100}}\n")

    assert invoke(words) == 1

    said = [f["message"] for f in result(tmp_path / "report")["findings"] if f["rule"] == "STATUS-003"]  # type: ignore[attr-defined, index]
    assert len(said) == 1
    assert "Sync 1 was killed" in said[0]
    assert "it needed more than 100 MB of memory, which is its bound (`start: memory_mb`)" in said[0]


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_a_cancelled_run_leaves_neither_connector_nor_report_nor_temporary_files(
    arguments: Arguments, tmp_path: Path, signal_number: int
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    words = arguments(f"echo $$ > {tmp_path}/pid; sleep 60", "--report", str(tmp_path / "report"), timeout_s=60)
    run = subprocess.Popen(
        [SYNCPROOF, *words], env={**os.environ, "TMPDIR": str(scratch)}, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    until = time.monotonic() + 20
    while not (tmp_path / "pid").exists() and time.monotonic() < until:
        time.sleep(0.05)
    connector = int((tmp_path / "pid").read_text())

    run.send_signal(signal_number)
    _, told = run.communicate(timeout=20)

    assert run.returncode == 130
    assert told.decode().splitlines() == ["interrupted; the connector and the mocks were ended"]
    assert not Path(f"/proc/{connector}").exists()
    assert not (tmp_path / "report").exists()
    assert list(scratch.iterdir()) == []


def test_progress_is_for_terminals_only(arguments: Arguments) -> None:
    ended = subprocess.run([SYNCPROOF, *arguments("exit 0")], capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert ended.stderr == ""
