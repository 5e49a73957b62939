"""A program that runs all the time: started once, still between syncs, started anew when it is gone, never left behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from syncproof.drivers import Rest, Task
from syncproof.drivers.service import Service, Serving
from syncproof.errors import SetupError
from syncproof.start_kinds import Start
from tests.drivers.test_nothing_is_left import is_alive, pid_in, wait_until

TICKING = "echo $$ > pid; echo tick >> ticks; echo up; while :; do echo tick >> ticks; sleep 0.02; done"
UP = {"line": "up"}
Engage = Callable[..., Serving]


@pytest.fixture
def engage(tmp_path: Path) -> Iterator[Engage]:
    made: list[Serving] = []
    (tmp_path / "logs").mkdir()

    def do(code: str, settle: Callable[..., Rest] | None = None, **start: Any) -> Serving:
        task = Task(
            Start.model_validate({"service": ["x"], **start}), ["/bin/sh", "-c", code], {}, tmp_path, tmp_path / "state", tmp_path / "home",
            tmp_path / "logs", (), settle or after(0.15), lambda text: text, {}, lambda _: None,
        )  # fmt: skip
        made.append(Service(0.3).engage(task))
        return made[-1]

    yield do
    for serving in made:
        serving.stop()


def after(seconds: float) -> Callable[..., Rest]:
    """A wait that comes to rest after a while, unless the program ends first."""

    def settle(is_over: Callable[[], bool], *, polls: bool = True) -> Rest:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if is_over():
                return Rest(False, "it has ended")
            time.sleep(0.01)
        return Rest(True)

    return settle


def ticks(folder: Path) -> int:
    return (folder / "ticks").read_text().count("\n")


def test_it_works_during_a_sync_and_stands_still_between_two(engage: Engage, tmp_path: Path) -> None:
    serving = engage(TICKING, ready=UP)

    first = serving.sync(1)
    still = ticks(tmp_path)
    time.sleep(0.2)
    pid = pid_in(tmp_path / "pid")
    stood, state = ticks(tmp_path), Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    second = serving.sync(2)

    assert (first.ended, first.exit_code, second.ended) == ("settled", None, "settled")
    # A shell that is stopped between the fork and the start of a child shows itself as waiting.
    assert stood == still
    assert state in ("T", "D")
    assert ticks(tmp_path) > still
    assert pid_in(tmp_path / "pid") == pid


def test_what_it_prints_is_kept_sync_by_sync(engage: Engage, tmp_path: Path) -> None:
    serving = engage("echo line 0; n=0; while :; do n=$((n+1)); echo line $n; sleep 0.05; done", ready={"line": "line 0"})

    outputs = [serving.sync(1).output, serving.sync(2).output]

    lines = [output.decode().splitlines() for output in outputs]
    assert lines[0][0] == "line 0"
    assert lines[0] + lines[1] == [f"line {n}" for n in range(len(lines[0]) + len(lines[1]))]
    assert (tmp_path / "logs" / "sync-2.log").read_bytes() == outputs[1]


def test_it_is_waited_for_until_it_says_that_it_is_up(engage: Engage, tmp_path: Path) -> None:
    serving = engage("sleep 0.3; echo I am listening now; sleep 60", after(0), ready={"line": "listening"})

    ended = serving.sync(1)

    assert (ended.ended, ended.output) == ("settled", b"I am listening now\n")


def test_one_that_never_comes_up_is_told_and_ended(engage: Engage, tmp_path: Path) -> None:
    serving = engage("echo $$ > pid; sleep 60", ready={"line": "listening", "timeout_s": 0.3})

    ended = serving.sync(1)

    assert (ended.ended, ended.exit_code) == ("not started", None)
    assert ended.reason == "it did not print `listening` within 0.3 s"
    assert not is_alive(pid_in(tmp_path / "pid"))


def test_a_port_that_nobody_opens_is_told(engage: Engage) -> None:
    ended = engage("sleep 60", ready={"port": "1", "timeout_s": 0.2}).sync(1)

    assert (ended.ended, ended.reason) == ("not started", "nothing listened on port 1 within 0.2 s")


@pytest.mark.parametrize(("code", "how", "exit_code"), [("exit 3", "died", 3), ("kill -9 $$", "killed", -9), ("exit 0", "died", 0)])
def test_one_that_ends_by_itself_is_no_settled_one(engage: Engage, code: str, how: str, exit_code: int) -> None:
    ended = engage(f"echo bye; {code}", after(5)).sync(1)

    assert (ended.ended, ended.exit_code, ended.output) == (how, exit_code, b"bye\n")


def test_the_sync_after_a_kill_starts_it_anew(engage: Engage, tmp_path: Path) -> None:
    serving = engage(TICKING, ready=UP)
    serving.sync(1)
    first = pid_in(tmp_path / "pid")

    def killing(is_over: Callable[[], bool], *, polls: bool = True) -> Rest:
        serving.kill()
        return after(5)(is_over)

    calm = serving._task.settle
    object.__setattr__(serving._task, "settle", killing)
    killed = serving.sync(2)
    object.__setattr__(serving._task, "settle", calm)
    again = serving.sync(3)

    assert (killed.ended, again.ended) == ("killed", "settled")
    assert not is_alive(first)
    assert pid_in(tmp_path / "pid") != first


def test_who_loses_the_state_was_not_running(engage: Engage, tmp_path: Path) -> None:
    serving = engage(TICKING, ready=UP)
    serving.sync(1)
    first = pid_in(tmp_path / "pid")

    (tmp_path / "state").rmdir()
    serving.sync(2)

    assert (tmp_path / "state").is_dir()
    assert pid_in(tmp_path / "pid") != first


def test_never_at_rest_is_a_result_of_its_own(engage: Engage) -> None:
    ended = engage(TICKING, lambda is_over, polls=True: Rest(False, "to and fro")).sync(1)

    assert (ended.ended, ended.reason) == ("restless", "to and fro")


def test_its_children_stand_still_with_it_and_go_with_it(engage: Engage, tmp_path: Path) -> None:
    serving = engage("(setsid sh -c 'echo $$ > child; while :; do echo tick >> ticks; sleep 0.02; done' &) ; echo $$ > pid; "
                     "while ! test -s ticks; do sleep 0.01; done; echo up; sleep 60", ready=UP)
    serving.sync(1)
    still = ticks(tmp_path)
    time.sleep(0.15)
    assert ticks(tmp_path) == still

    serving.stop()
    serving.stop()

    assert wait_until(lambda: not is_alive(pid_in(tmp_path / "child")))
    assert not is_alive(pid_in(tmp_path / "pid"))


def test_one_that_stands_still_may_clean_up_when_it_is_ended(engage: Engage, tmp_path: Path) -> None:
    serving = engage("trap 'echo clean > cleaned; exit 0' TERM; echo up; while :; do sleep 0.01; done", ready=UP)
    serving.sync(1)

    serving.stop()

    assert (tmp_path / "cleaned").read_text() == "clean\n"


def test_it_runs_once(engage: Engage) -> None:
    with pytest.raises(SetupError, match="a service runs once"):
        engage(TICKING, ready=UP).sync(1, 2)


def test_nothing_is_started_after_the_end_of_the_run(engage: Engage) -> None:
    serving = engage(TICKING, ready=UP)
    serving.stop()

    with pytest.raises(SetupError, match="interrupted"):
        serving.sync(1)
