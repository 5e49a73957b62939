"""The first round: every test runs once, in forks, and tells which lines it enters and how much processor time it takes.

Forks, because a test that takes too long is ended where it stands: whatever it held, a lock or half a story, goes with it.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import coverage

_NUMBER = struct.Struct("<I")
# A pipe holds 64 KiB before a writer waits; nobody reads while the queue is filled.
_MOST_TESTS = 65_536 // _NUMBER.size


@dataclass
class Rehearsal:
    """What each test told: seconds of processor time, the lines of each source, and how it ended."""

    seconds: dict[str, float] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    too_long: set[str] = field(default_factory=set)
    lines: defaultdict[str, defaultdict[int, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))


def rehearse(tests: Sequence[str], passes: Callable[[str], bool], sources: Sequence[Path], longest_s: float, jobs: int) -> Rehearsal:
    """Run every test once in ``jobs`` forks; one that takes longer than ``longest_s`` (0: no bound) is ended.

    ``sources`` are absolute. Raises ValueError for more tests than the queue can hold.
    """
    if len(tests) > _MOST_TESTS:
        raise ValueError(f"{len(tests)} tests; at most {_MOST_TESTS} can be rehearsed at once: name fewer with --tests")
    queue, fill = os.pipe()
    os.write(fill, b"".join(_NUMBER.pack(n) for n in range(len(tests))))
    os.close(fill)
    found = Rehearsal()

    def work(_: int) -> None:
        while _one_fork(queue, tests, passes, sources, longest_s, found):
            pass

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(work, range(jobs)))
    os.close(queue)
    return found


def _one_fork(
    queue: int, tests: Sequence[str], passes: Callable[[str], bool], sources: Sequence[Path], longest_s: float, found: Rehearsal
) -> bool:
    """Let one fork run tests until none is left or one takes too long; return whether there may be more."""
    told, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(told)
        with suppress(BaseException):
            _run(queue, tests, passes, sources, longest_s, tell)
            os._exit(0)
        os._exit(1)
    os.close(tell)
    running = None
    with os.fdopen(told, "rb") as answers:
        for name, seconds, has_passed, lines in _read(answers):
            running = name if seconds is None else None
            if seconds is None:
                continue
            found.seconds[name] = seconds
            if not has_passed:
                found.failed.add(name)  # a test that fails anyway kills nothing
            for path, numbers in lines.items():
                for number in numbers:
                    found.lines[path][number].append(name)
    _, status = os.waitpid(pid, 0)
    if running is not None:
        found.seconds[running] = longest_s
        (found.too_long if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF else found.failed).add(running)
    return status != 0


_Told = tuple[str, float | None, bool, dict[str, list[int]]]


def _read(answers: BinaryIO) -> Iterator[_Told]:
    with suppress(EOFError):
        while True:
            yield pickle.load(answers)


def _run(queue: int, tests: Sequence[str], passes: Callable[[str], bool], sources: Sequence[Path], longest_s: float, tell: int) -> None:
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    watch = coverage.Coverage(data_file=None, config_file=False, include=[str(p) for p in sources])
    while number := os.read(queue, _NUMBER.size):
        name = tests[_NUMBER.unpack(number)[0]]
        os.write(tell, pickle.dumps((name, None, False, {})))
        started = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, longest_s)
        watch.start()
        has_passed = passes(name)
        watch.stop()
        signal.setitimer(signal.ITIMER_PROF, 0)
        seconds, data = time.process_time() - started, watch.get_data()
        lines = {path: data.lines(path) or [] for path in data.measured_files()}
        watch.erase()
        with os.fdopen(os.dup(tell), "wb") as answers:
            pickle.dump((name, seconds, has_passed, lines), answers)
