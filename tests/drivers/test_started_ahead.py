"""The supervisor of the next sync starts while this one runs: the same promises, and nobody is left waiting."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from syncproof.drivers import Ended
from syncproof.drivers.command import Command


@pytest.fixture
def command() -> Iterator[Command]:
    found = Command(0.5, ahead=True)
    yield found
    found.close()


def run(command: Command, folder: Path, code: str) -> Ended:
    return command.run(["/bin/sh", "-c", code], {"WORD": "x"}, folder, 10, folder / "log", folder / "home")


def waiting(command: Command) -> list[int]:
    return [s.process.pid for s in command._waiting]


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def test_each_run_takes_the_supervisor_that_waits_and_starts_the_next(command: Command, tmp_path: Path) -> None:
    assert waiting(command) == []
    run(command, tmp_path, "exit 0")
    first = waiting(command)

    ended = run(command, tmp_path, 'echo "$WORD $PPID"; exit 3')

    assert (ended.exit_code, ended.output) == (3, f"x {first[0]}\n".encode())
    assert len(waiting(command)) == 1
    assert waiting(command) != first


def test_one_that_died_while_waiting_is_replaced(command: Command, tmp_path: Path) -> None:
    run(command, tmp_path, "exit 0")
    os.kill(waiting(command)[0], signal.SIGKILL)
    time.sleep(0.05)

    ended = run(command, tmp_path, "echo here; exit 4")

    assert (ended.ended, ended.exit_code, ended.output) == ("exited", 4, b"here\n")


def test_nobody_waits_after_the_close_and_none_is_started_any_more(command: Command, tmp_path: Path) -> None:
    run(command, tmp_path, "exit 0")
    pids = waiting(command)
    assert all(map(is_running, pids))

    command.close()
    command.close()

    assert not any(map(is_running, pids))
    run(command, tmp_path, "exit 0")
    assert waiting(command) == []


def test_without_being_asked_nothing_waits(tmp_path: Path) -> None:
    plain = Command(0.5)

    run(plain, tmp_path, "exit 0")

    assert waiting(plain) == []


def test_who_waits_goes_when_the_harness_is_killed_though_a_fork_of_it_holds_the_pipe(tmp_path: Path) -> None:
    code = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from syncproof.drivers.command import Command\n"
        "command, folder = Command(0.5, ahead=True), Path(sys.argv[1])\n"
        "command.run(['/bin/true'], {}, folder, 10, folder / 'log', folder / 'home')\n"
        "child = os.fork()\n"
        "if child == 0: time.sleep(30)\n"
        "print(command._waiting[0].process.pid, child, flush=True)\n"
        "time.sleep(30)\n"
    )
    harness = subprocess.Popen([sys.executable, "-W", "ignore", "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert harness.stdout is not None
    waits, fork = map(int, harness.stdout.readline().split())

    try:
        assert is_running(waits)
        harness.kill()
        harness.wait(10)

        deadline = time.monotonic() + 5
        while is_running(waits) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not is_running(waits)
        assert is_running(fork)
    finally:
        os.kill(fork, signal.SIGKILL)
        harness.stdout.close()
