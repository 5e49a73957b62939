"""Whatever a connector does, and whatever happens to us, none of its processes stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from syncproof.drivers import Ended, _running

RunShell = Callable[..., Ended]

HARNESS = """
import sys
from pathlib import Path
from syncproof.drivers.command import Command
folder = Path(sys.argv[1])
Command(0.5).run(["/bin/sh", "-c", sys.argv[2]], {}, folder, 60, folder / "log", folder / "home")
"""


def is_alive(pid: int) -> bool:
    """Tell whether a process exists and is more than a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.01)
    return False


def pid_in(path: Path) -> int:
    assert wait_until(lambda: path.exists() and path.read_text().strip().isdigit(), 60)  # a harness may have to start first
    return int(path.read_text())


def test_a_program_that_hangs_is_ended_at_its_time_limit(run_shell: RunShell, tmp_path: Path) -> None:
    ended = run_shell("echo $$ > pid; echo begun; sleep 60", timeout_s=0.3)

    assert (ended.ended, ended.exit_code) == ("timeout", None)
    assert ended.output == b"begun\n"
    assert 0.25 < ended.seconds < 2
    assert not is_alive(pid_in(tmp_path / "pid"))


def test_a_program_that_ignores_sigterm_is_killed_after_the_grace(run_shell: RunShell, tmp_path: Path) -> None:
    began = time.monotonic()

    ended = run_shell("trap '' TERM HUP INT; echo $$ > pid; while :; do sleep 0.1; done", timeout_s=0.3, grace_s=0.5)

    assert ended.ended == "timeout"
    assert 0.8 <= time.monotonic() - began < 5
    assert not is_alive(pid_in(tmp_path / "pid"))


def test_a_program_that_listens_to_sigterm_may_clean_up(run_shell: RunShell, tmp_path: Path) -> None:
    run_shell("trap 'echo clean > cleaned; exit 0' TERM; sleep 60 & wait", timeout_s=0.3)

    assert (tmp_path / "cleaned").read_text() == "clean\n"


def test_a_background_child_is_named_and_ended(run_shell: RunShell, tmp_path: Path) -> None:
    ended = run_shell("sleep 60 & echo $! > pid; exit 0")

    pid = pid_in(tmp_path / "pid")
    assert (ended.ended, ended.exit_code) == ("exited", 0)
    assert ended.leftovers == (f"{pid} sleep 60",)
    assert not is_alive(pid)


def test_a_daemon_that_left_session_and_parents_is_found_and_ended(run_shell: RunShell, tmp_path: Path) -> None:
    daemon = "(setsid sh -c 'setsid sleep 61 & echo $! > pid' &); while ! test -s pid; do sleep 0.01; done"

    ended = run_shell(daemon)

    assert [told.partition(" ")[2] for told in ended.leftovers] == ["sleep 61"]
    assert not is_alive(pid_in(tmp_path / "pid"))


def test_a_daemon_without_our_marker_in_its_environment_is_found_too(run_shell: RunShell, tmp_path: Path) -> None:
    run_shell("env -i /usr/bin/setsid /bin/sleep 62 & echo $! > pid; sleep 0.1")

    assert not is_alive(pid_in(tmp_path / "pid"))


def test_a_child_that_ends_in_its_own_time_is_not_a_leftover(run_shell: RunShell) -> None:
    assert run_shell("sleep 0.03 & exit 0").leftovers == ()


def test_a_program_that_kills_its_watcher_loses_its_children_all_the_same(run_shell: RunShell, tmp_path: Path) -> None:
    ended = run_shell("setsid sleep 63 & echo $! > pid; kill -9 $PPID; sleep 63")

    assert ended.ended == "killed"
    assert "watches over" in ended.reason
    assert wait_until(lambda: not is_alive(pid_in(tmp_path / "pid")))


def test_a_child_that_has_yet_to_change_into_another_program_is_found_too(monkeypatch: pytest.MonkeyPatch) -> None:
    # Until then its environment does not hold the mark. More looks than in earnest: a busy machine takes its time.
    monkeypatch.setattr(_running, "_EMPTY_LOOKS", 60)
    code = "import os, time; time.sleep(0.3); os.execve('/bin/sleep', ['sleep', '65'], {'MARK_OF_A_TEST': '1'})"
    late = subprocess.Popen([sys.executable, "-I", "-S", "-c", code])

    assert _running.end_marked("MARK_OF_A_TEST=1") == [late.pid]
    assert late.wait(10) == -signal.SIGKILL


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_program_and_its_daemons_die_with_the_harness(tmp_path: Path, signal_number: int) -> None:
    code = "echo $$ > main; setsid sleep 64 & echo $! > daemon; trap '' TERM; sleep 64"
    harness = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HARNESS), str(tmp_path), code], stderr=subprocess.DEVNULL
    )
    main, daemon = pid_in(tmp_path / "main"), pid_in(tmp_path / "daemon")
    assert is_alive(main)

    os.kill(harness.pid, signal_number)
    harness.wait(10)

    assert wait_until(lambda: not is_alive(main) and not is_alive(daemon), 8)


def test_the_program_dies_though_someone_else_holds_our_pipe_open(tmp_path: Path) -> None:
    # A fork of the harness inherits its ends of all pipes: the end of file alone would never come.
    fork = (
        "import os, threading, time\n"
        "def fork():\n"
        "    pid = os.fork()\n"
        "    if pid == 0: time.sleep(60)\n"
        "    (folder / 'fork').write_text(str(pid))\n"
        "threading.Timer(0.3, fork).start()\n"
    )
    forking = HARNESS.replace("Command(0.5).run(", f"{fork}Command(0.5).run(")
    harness = subprocess.Popen([sys.executable, "-W", "ignore", "-c", forking, str(tmp_path), "echo $$ > main; sleep 65"])
    main, holder = pid_in(tmp_path / "main"), pid_in(tmp_path / "fork")

    try:
        harness.kill()
        harness.wait(10)

        assert wait_until(lambda: not is_alive(main), 8)
        assert is_alive(holder)
    finally:
        os.kill(holder, signal.SIGKILL)
