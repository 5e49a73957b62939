"""Two of one command at the same time: both run, both are told, both are ended; the worst of them is how the sync ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from syncproof.drivers import Ended, Rest, Task, worst
from syncproof.drivers.command import Command, OneShot
from syncproof.start_kinds import Start
from tests.drivers.test_nothing_is_left import is_alive, pid_in

Engage = Callable[..., OneShot]


@pytest.fixture
def engage(tmp_path: Path) -> Engage:
    def do(code: str, timeout_s: float = 10) -> OneShot:
        task = Task(
            Start.model_validate({"command": ["x"], "timeout_s": timeout_s}), ["/bin/sh", "-c", code], {}, tmp_path, tmp_path / "state",
            tmp_path / "home", tmp_path, (), lambda *_, **__: Rest(True), lambda text: text, {}, lambda _: None,
        )  # fmt: skip
        return Command(0.3).engage(task)

    return do


# The first one that comes waits for the second: run one after the other, they would never end.
MEETING = "mkdir a 2>/dev/null && { while ! test -d b; do sleep 0.01; done; exit 0; }; mkdir b; exit 3"


def test_they_run_at_the_same_time_and_the_worst_counts(engage: Engage, tmp_path: Path) -> None:
    ended = engage(MEETING).sync(1, 2)

    assert (ended.ended, ended.exit_code) == ("exited", 3)


def test_what_both_print_is_kept_apart(engage: Engage, tmp_path: Path) -> None:
    ended = engage("echo $$").sync(4, 2)

    pids = [int(p) for p in ended.output.split() if p.isdigit() and int(p) > 2]
    assert [(tmp_path / name).read_text().strip() for name in ("sync-4.log", "sync-4.2.log")] == list(map(str, pids))
    assert ended.output.startswith(b"--- instance 1 ---\n")


def test_a_kill_ends_both(engage: Engage, tmp_path: Path) -> None:
    one_shot = engage("mkdir a 2>/dev/null && echo $$ > pid1 || echo $$ > pid2; sleep 60")
    threading.Timer(0.5, one_shot.kill).start()
    began = time.monotonic()

    ended = one_shot.sync(1, 2)

    assert ended.ended == "killed"
    assert time.monotonic() - began < 8
    assert not any(is_alive(pid_in(tmp_path / name)) for name in ("pid1", "pid2") if (tmp_path / name).exists())


def test_the_state_is_there_again_after_it_was_lost(engage: Engage, tmp_path: Path) -> None:
    one_shot = engage("test -d state")
    first = one_shot.sync(1)
    (tmp_path / "state").rmdir()

    assert (first.exit_code, one_shot.sync(2).exit_code) == (0, 0)


def test_the_worst_is_what_says_most() -> None:
    good, bad, slow = Ended(0, "exited", 1.0), Ended(2, "exited", 2.0), Ended(None, "timeout", 3.0)

    assert worst([good]) is good
    assert (worst([good, bad]).exit_code, worst([bad, slow, good]).ended) == (2, "timeout")
    assert worst([good, slow]).seconds == 3.0
