"""Containers on a real engine: run, bounded, killed, kept still, and never left behind."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from syncproof.drivers import Engaged, Rest, Task
from syncproof.drivers._engine import LABEL
from syncproof.drivers.container import Container
from syncproof.start_kinds import Start
from tests.drivers.engine import IMAGE
from tests.drivers.test_nothing_is_left import wait_until
from tests.drivers.test_service import after

pytestmark = pytest.mark.slow

Engage = Callable[..., Engaged]
TICKING = "echo up; while :; do echo tick; sleep 0.02; done"


@pytest.fixture(scope="module")
def driver(engine: Any) -> Iterator[Container]:
    driver = Container()
    yield driver
    driver.close()


@pytest.fixture
def engage(driver: Container, tmp_path: Path) -> Iterator[Engage]:
    made: list[Engaged] = []
    (tmp_path / "logs").mkdir()

    def do(code: str, *, timeout_s: float = 20, env: dict[str, str] | None = None, settle: Any = None, python: bool = False,
           ready: dict[str, Any] | None = None, memory_mb: int = 256, hosts: dict[str, str] | None = None, files: tuple[Path, ...] = (), **image: Any) -> Engaged:
        start = Start.model_validate({"container": {"image": IMAGE, **image}, "timeout_s": timeout_s, "ready": ready or {}, "memory_mb": memory_mb})
        words = ["python3", "-c", code] if python else ["sh", "-c", code]
        task = Task(
            start, words if code else [], env or {}, tmp_path, tmp_path / "state", tmp_path / "home", tmp_path / "logs", (),
            settle or after(0.15), lambda text: text, {}, lambda _: None, files, hosts or {},
        )  # fmt: skip
        made.append(driver.engage(task))
        return made[-1]

    yield do
    for engaged in made:
        engaged.stop()


@pytest.fixture
def _tells_of_memory(engine: Any) -> None:
    podman = any("podman" in part["Name"].lower() for part in engine.version()["Components"])
    if podman and engine.info().get("CgroupVersion") == "1":
        pytest.skip("Podman does not say that memory was the reason where there are only cgroups of version 1")


def ours(engine: Any) -> list[str]:
    """Return what of runs is in the engine."""
    containers = engine.containers.list(all=True, filters={"label": LABEL})
    return [c.name for c in containers] + [v.name for v in engine.volumes.list(filters={"label": LABEL})]


def test_one_sync_is_one_container_and_its_exit_code_and_words_are_told(engage: Engage, tmp_path: Path) -> None:
    ended = engage("echo out; echo err >&2; exit 3").sync(1)

    assert (ended.ended, ended.exit_code, ended.leftovers, ended.reason) == ("exited", 3, (), "")
    assert sorted(ended.output.decode().split()) == ["err", "out"]
    assert (ended.output_bytes, ended.output_truncated) == (8, False)
    assert (tmp_path / "logs" / "sync-1.log").read_bytes() == ended.output


def test_without_a_command_the_image_runs_its_own(engage: Engage) -> None:
    ended = engage("", hosts={"api.hubapi.com": "127.77.1.2"}).sync(1)

    assert ended.exit_code == 0
    assert b"127.77.1.2\tapi.hubapi.com" in ended.output


def test_it_sees_what_is_declared_and_the_images_own_variables_and_nothing_of_ours(
    engage: Engage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAKED", "yes")

    ended = engage("import os, json; print(json.dumps(dict(os.environ)))", python=True, env={"SF_TOKEN": "a b"}).sync(1)

    seen = json.loads(ended.output)
    assert (seen["SF_TOKEN"], seen["IN_THE_IMAGE"]) == ("a b", "yes")
    assert "LEAKED" not in seen


def test_our_files_are_at_their_own_places(engage: Engage, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "ca.pem"
    file.parent.mkdir()
    file.write_text("certificate")

    assert engage(f"cat '{file}'", files=(file,)).sync(1).output == b"certificate"


def test_its_state_is_kept_between_syncs_and_lost_with_the_folder(engage: Engage, tmp_path: Path) -> None:
    state = tmp_path / "state"
    engaged = engage(f"cat {state}/n; echo again >> {state}/n")

    outputs = [engaged.sync(n).output for n in (1, 2)]
    for path in state.iterdir():
        path.unlink()
    state.rmdir()
    outputs.append(engaged.sync(3).output)

    assert outputs[1] == b"again\n"
    assert [b"No such file" in output for output in outputs] == [True, False, True]


def test_whoever_the_image_runs_as_may_write_its_state(engage: Engage, tmp_path: Path) -> None:
    code = f"import os; os.setgid(1234); os.setuid(1234); open('{tmp_path}/state/n', 'w').write('x'); print(os.listdir('{tmp_path}/state'))"

    assert engage(code, python=True).sync(1).output == b"['n']\n"


def test_one_that_hangs_is_ended_at_its_time_limit(engage: Engage, engine: Any) -> None:
    engaged = engage("trap '' TERM; echo begun; while :; do sleep 0.05; done", timeout_s=0.5)

    ended = engaged.sync(1)

    assert (ended.ended, ended.exit_code, ended.output) == ("timeout", None, b"begun\n")
    assert engine.containers.list(all=True, filters={"label": LABEL}) == []


def test_one_that_is_killed_is_told_so_and_the_next_sync_starts_anew(engage: Engage, tmp_path: Path) -> None:
    engaged = engage(f"test -f {tmp_path}/state/n && exit 0; echo > {tmp_path}/state/n; echo begun; sleep 60")
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(engaged.sync(1)))
    thread.start()
    log = tmp_path / "logs" / "sync-1.log"
    assert wait_until(lambda: log.exists() and log.read_bytes() == b"begun\n", 20)

    engaged.kill()
    thread.join(20)
    again = engaged.sync(2)

    assert (found[0].ended, found[0].exit_code, found[0].output) == ("killed", None, b"begun\n")
    assert (again.ended, again.exit_code) == ("exited", 0)


@pytest.mark.usefixtures("_tells_of_memory")
def test_one_that_eats_memory_is_contained_and_told(engage: Engage) -> None:
    ended = engage("print('begun', flush=True); x = [bytearray(10**7) for _ in range(40)]", python=True, memory_mb=64).sync(1)

    assert (ended.ended, ended.exit_code, ended.output) == ("killed", -9, b"begun\n")
    assert ended.reason == "it needed more than 64 MB of memory, which is its bound (`start: memory_mb`)"


@pytest.mark.usefixtures("_tells_of_memory")
def test_a_child_that_eats_memory_is_told_though_its_parent_goes_on(engage: Engage) -> None:
    code = "python3 -c 'x = [bytearray(10**7) for _ in range(40)]'; echo went on; exit 0"

    ended = engage(code, memory_mb=64).sync(1)

    assert (ended.ended, ended.exit_code) == ("exited", 0)
    assert b"went on" in ended.output
    assert "more than 64 MB" in ended.reason


def test_what_it_prints_is_bounded_and_counted(engage: Engage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syncproof.drivers._running.OUTPUT_LIMIT", 1_000_000)

    ended = engage("import sys; [sys.stdout.write('x' * 99_999 + '\\n') for _ in range(40)]", python=True).sync(1)

    assert (ended.exit_code, ended.output_bytes, ended.output_truncated) == (0, 4_000_000, True)
    assert (tmp_path / "logs" / "sync-1.log").stat().st_size == 1_000_000


def test_a_program_that_the_image_does_not_have_is_told(driver: Container, engage: Engage) -> None:
    engaged = engage("")
    engaged._task.argv[:] = ["no-such-program"]  # type: ignore[attr-defined]

    ended = engaged.sync(1)

    assert (ended.ended, ended.exit_code) == ("not started", None)
    assert '"no-such-program": executable file not found' in ended.reason


def test_whatever_kills_it_memory_is_thought_of(engage: Engage) -> None:
    ended = engage("sh -c 'kill -9 $$'; exit $?").sync(1)

    assert (ended.ended, ended.exit_code) == ("exited", 137)
    assert ended.reason == "it was killed (exit code 137), as what needs more than its 256 MB is (`start: memory_mb`)"


def test_several_run_at_the_same_time_on_one_state(engage: Engage, tmp_path: Path) -> None:
    # Each waits for the other: one after the other they would never end.
    code = f"cd {tmp_path}/state; echo > $(cat /proc/sys/kernel/random/uuid); while set -- *; test $# -lt 2; do sleep 0.05; done"

    ended = engage(code, timeout_s=15).sync(1, instances=2)

    assert (ended.ended, ended.exit_code) == ("exited", 0)
    assert sorted(p.name for p in (tmp_path / "logs").iterdir()) == ["sync-1.2.log", "sync-1.log"]


def test_a_service_works_during_a_sync_and_stands_still_between_two(engage: Engage, engine: Any, tmp_path: Path) -> None:
    serving = engage(TICKING, mode="service", ready={"line": "up"})

    first = serving.sync(1)
    stood = (tmp_path / "logs" / "sync-1.log").read_bytes()
    states = [c.status for c in engine.containers.list(all=True, filters={"label": LABEL})]
    second = serving.sync(2)

    assert (first.ended, states, second.ended) == ("settled", ["paused"], "settled")
    assert first.output.startswith(b"up\ntick")
    assert second.output.startswith(b"tick")
    assert (tmp_path / "logs" / "sync-1.log").read_bytes() == stood


@pytest.mark.parametrize(("code", "how", "exit_code"), [("exit 3", "died", 3), ("exit 0", "died", 0)])
def test_a_service_that_ends_by_itself_is_no_settled_one(engage: Engage, code: str, how: str, exit_code: int) -> None:
    ended = engage(f"echo bye; {code}", mode="service", settle=after(20)).sync(1)

    assert (ended.ended, ended.exit_code, ended.output) == (how, exit_code, b"bye\n")


def test_the_sync_after_a_kill_or_the_loss_of_its_state_starts_a_service_anew(engage: Engage, tmp_path: Path) -> None:
    state = tmp_path / "state"
    killing: list[Callable[[], None]] = []

    def settle(is_over: Callable[[], bool], *, polls: bool = True) -> Rest:
        if killing:
            killing.pop()()
            return after(20)(is_over)
        return after(0.1)(is_over)

    serving = engage(f"ls {state} 2>&1; cat {state}/n; echo was here > {state}/n; {TICKING}", mode="service", ready={"line": "up"}, settle=settle)
    serving.sync(1)
    killing.append(serving.kill)
    killed = serving.sync(2)
    anew = serving.sync(3)
    (state / "volume").unlink()
    state.rmdir()
    lost = serving.sync(4)

    assert killed.ended == "killed"
    assert b"was here" in anew.output
    assert lost.ended == "settled"
    assert b"was here" not in lost.output


def test_nothing_is_left_in_the_engine(engage: Engage, engine: Any) -> None:
    once, serving = engage("exit 1"), engage(TICKING, mode="service", ready={"line": "up"})
    once.sync(1)
    serving.sync(1)
    before = ours(engine)

    once.stop()
    serving.stop()
    serving.stop()

    assert (len(before), ours(engine)) == (3, [])  # the service, and two states
