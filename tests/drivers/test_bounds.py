"""What a connector takes (output, memory, processes, time) has a bound, and crossing it is told."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from syncproof.drivers import Ended
from syncproof.drivers.command import OUTPUT_LIMIT, Command
from tests.drivers.test_nothing_is_left import is_alive, pid_in, wait_until

RunShell = Callable[..., Ended]
MB = 1 << 20

needs_proc = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is looked at in /proc")


@pytest.fixture
def run_python(tmp_path: Path) -> Callable[..., Ended]:
    """Run some lines of Python, bounded."""

    def run(code: str, memory_mb: int, timeout_s: float = 20.0) -> Ended:
        words = [sys.executable, "-I", "-S", "-c", code]
        return Command(0.5).run(words, {}, tmp_path, timeout_s, tmp_path / "log", tmp_path / "home", memory_mb=memory_mb)

    return run


def test_a_gigabyte_of_output_takes_no_gigabyte_of_disk(run_shell: RunShell, tmp_path: Path) -> None:
    ended = run_shell("head -c 1000000000 /dev/zero; printf end", timeout_s=60)

    assert (ended.ended, ended.exit_code, ended.output_bytes, ended.output_truncated) == ("exited", 0, 1_000_000_003, True)
    assert ended.output.endswith(b"\0end")
    assert sum(p.stat().st_size for p in tmp_path.rglob("*") if p.is_file()) == OUTPUT_LIMIT


def test_a_program_without_output_is_still_held_to_its_time_limit(run_shell: RunShell, tmp_path: Path) -> None:
    ended = run_shell("exec >&- 2>&- <&-; echo $$ > pid; trap '' TERM; while :; do sleep 0.05; done", timeout_s=0.3, grace_s=0.2)

    assert (ended.ended, ended.exit_code, ended.output) == ("timeout", None, b"")
    assert not is_alive(pid_in(tmp_path / "pid"))


@needs_proc
def test_a_program_that_eats_memory_is_ended_and_that_is_told(run_python: Callable[..., Ended]) -> None:
    ended = run_python("eaten = []\nwhile True: eaten.append(bytearray(4 << 20)); import time; time.sleep(0.01)", 100)

    assert (ended.ended, ended.exit_code) == ("killed", None)
    assert ended.reason == "it needed more than 100 MB of memory, which is its bound (`start: memory_mb`)"


@needs_proc
def test_memory_of_its_children_counts_though_they_left_the_session(run_python: Callable[..., Ended], tmp_path: Path) -> None:
    eat = (
        "import os, time\n"
        "for number in range(4):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid(); eaten = b'x' * (40 << 20); open(f'pid{number}', 'w').write(str(os.getpid())); time.sleep(60)\n"
        "time.sleep(60)\n"
    )

    ended = run_python(eat, 100)

    assert (ended.ended, "100 MB" in ended.reason) == ("killed", True)
    pids = [int(path.read_text()) for path in tmp_path.glob("pid*") if path.read_text()]
    assert pids
    assert wait_until(lambda: not any(map(is_alive, pids)))


@needs_proc
def test_what_children_share_with_their_parent_counts_once(run_python: Callable[..., Ended]) -> None:
    share = (
        "import os, time\n"
        "held = b'x' * (60 << 20)\n"
        "children = [os.fork() or os._exit(time.sleep(0.7) or 0) for _ in range(4)]\n"
        "print(all(os.waitpid(child, 0)[1] == 0 for child in children))\n"
    )

    ended = run_python(share, 130)

    assert (ended.ended, ended.exit_code, ended.output) == ("exited", 0, b"True\n")


@needs_proc
def test_without_a_bound_nobody_is_ended_for_memory(run_python: Callable[..., Ended]) -> None:
    ended = run_python("import time\neaten = b'x' * (120 << 20)\ntime.sleep(0.5)", 0)

    assert (ended.ended, ended.exit_code, ended.reason) == ("exited", 0, "")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux hands orphans to the supervisor")
def test_a_program_that_forks_on_and_on_is_caught(run_python: Callable[..., Ended], tmp_path: Path) -> None:
    # Each process lives for a moment only and leaves a child in a session of its own behind: whoever kills by a list is late.
    chain = (
        "import os, signal\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "while True:\n"
        "    if os.fork(): os._exit(0)\n"
        "    os.setsid()\n"
        "    open('pid', 'w').write(str(os.getpid()))\n"
    )

    ended = run_python(chain, 0, timeout_s=0.5)

    assert len(ended.leftovers) == 1 or ended.ended == "timeout"
    before = (tmp_path / "pid").read_text()
    assert not is_alive(int(before or 0))
    assert not wait_until(lambda: (tmp_path / "pid").read_text() != before, 0.3), "it goes on"
