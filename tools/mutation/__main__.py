"""`python -m tools.mutation [FILE...]`: the share of mutants of checks and oracle that the tests kill, and the survivors.

How: the tests that never start a process (`tests/checks`, `tests/oracle`) run once, and it is written down which of them enter
which function. Then each mutant gets a fork of this process: the function's code is replaced in place and the tests that
enter it run until one fails. A mutant that no test enters has survived.

Options: `--most N` (that many mutants, chosen by chance with `--seed`), `--jobs N`, `--least SHARE` (exit code 1 below),
`--tests PATH...` (only these tests are asked). What is only said to people is not mutated: `telling.py`.
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout, suppress
from functools import cached_property
from pathlib import Path
from types import FunctionType
from typing import Any

from .mutants import Mutant, mutants_of

ROOT = Path(__file__).parents[2]
SUITES = ("tests/checks", "tests/oracle")
SOURCES = ("harness/checks", "harness/oracle")
# A mutant that makes a test hang is noticed, too: it takes this long, and so many times what the tests took without it.
TIMEOUT_S = 60
PATIENCE = 5


def main() -> int:
    """Run and print; returns 1 when fewer than `--least` of the mutants are killed."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--tests", nargs="+", default=list(SUITES), help="the tests that are asked; they start no process")
    parser.add_argument("--most", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--least", type=float, default=0.0)
    given = parser.parse_args()
    os.chdir(ROOT)
    os.environ["CI"] = "1"  # the same random examples for each mutant
    files = given.files or [p for s in SOURCES for p in sorted(Path(s).glob("*.py"))]
    mutants = [m for path in files for m in mutants_of(path, _module(path))]
    if given.most is not None and given.most < len(mutants):
        mutants = sorted(random.Random(given.seed).sample(mutants, given.most), key=lambda m: (m.path, m.line))
    started = time.monotonic()
    entered, seconds = _entered(given.tests)
    print(f"{len(mutants)} mutants of {len(files)} files; {len(seconds)} tests enter {len(entered)} functions ({time.monotonic() - started:.0f} s)", flush=True)
    with ThreadPoolExecutor(given.jobs) as pool:
        killed = []
        for mutant, is_dead in zip(mutants, pool.map(lambda m: _is_killed(m, entered.get(m.function, []), seconds), mutants), strict=True):
            killed.append(is_dead)
            if not is_dead:
                print(f"survived {mutant.path}:{mutant.line} {mutant.function.partition(':')[2]}: {mutant.change}", flush=True)
    return _tell(mutants, killed, given.least, time.monotonic() - started)


def _module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(("syncproof", *(p for p in parts[1:] if p != "__init__")))


def _tell(mutants: list[Mutant], killed: list[bool], least: float, seconds: float) -> int:
    dead, all_of = Counter[Path](), Counter[Path]()
    for mutant, is_dead in zip(mutants, killed, strict=True):
        all_of[mutant.path] += 1
        dead[mutant.path] += is_dead
    for path in all_of:
        print(f"{dead[path]:4} of {all_of[path]:4} killed  {path}")
    share = sum(killed) / len(mutants) if mutants else 1.0
    print(f"{sum(killed)} of {len(mutants)} mutants killed: {share:.1%} in {seconds:.0f} s")
    return 1 if share < least else 0


# -- which tests enter which function -------------------------------------------------------------------


class _Watching:
    """A pytest plugin that notes which of our functions each test enters, and how long the test takes."""

    def __init__(self, files: dict[str, str]) -> None:
        self.files = files  # real path -> module
        self.entered: dict[str, list[str]] = {}
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()
        self._names: set[str] = set()
        self._started = 0.0

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.failed.add(report.nodeid)

    def pytest_runtest_logstart(self) -> None:
        self._names = set()
        self._started = time.monotonic()
        sys.setprofile(self._profile)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        sys.setprofile(None)
        self.seconds[nodeid] = time.monotonic() - self._started
        for name in self._names:
            self.entered.setdefault(name, []).append(nodeid)

    def _profile(self, frame: Any, event: str, _: Any) -> None:
        if event == "call":
            module = self.files.get(frame.f_code.co_filename)
            if module is not None:
                name = frame.f_code.co_qualname.partition(".<locals>")[0]
                self._names.add(f"{module}:{name}")


def _entered(tests: list[str]) -> tuple[dict[str, list[str]], dict[str, float]]:
    """Return function -> tests that enter it, and test -> seconds; the tests run in a fork, so nothing here is warmed up."""
    files = {str((ROOT / p).resolve()): _module(p) for s in SOURCES for p in Path(s).glob("*.py")}
    for module in files.values():
        importlib.import_module(module)
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        plugin = _Watching(files)
        _pytest(tests, plugin, stop_at_first=False)
        with os.fdopen(write, "w") as out:
            json.dump([sorted(plugin.failed), plugin.entered, plugin.seconds], out)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as told:
        failed, entered, seconds = json.load(told)
    os.waitpid(pid, 0)
    for test in failed:
        # A test that fails anyway kills nothing.
        print(f"left out, fails without a mutant: {test}")
    return {name: [t for t in tests if t not in failed] for name, tests in entered.items()}, seconds


def _pytest(arguments: list[str], *plugins: Any, stop_at_first: bool = True) -> int:
    import pytest

    first = ["-x"] if stop_at_first else []
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        return int(pytest.main(["-q", *first, "-p", "no:cacheprovider", "-p", "no:randomly", *arguments], plugins=list(plugins)))


# -- one mutant -----------------------------------------------------------------------------------------


def _is_killed(mutant: Mutant, tests: list[str], seconds: dict[str, float]) -> bool:
    """Tell whether a test fails with the mutant in place; the quick ones are asked first."""
    if not tests:
        return False
    pid = os.fork()
    if pid == 0:
        # Whatever happens in here must not come back into the parent's code.
        with suppress(BaseException):
            devnull = os.open(os.devnull, os.O_WRONLY)
            os.dup2(devnull, 1)
            os.dup2(devnull, 2)
            _swap(mutant)
            os._exit(0 if _pytest(sorted(tests, key=lambda t: seconds.get(t, 0.0))) == 0 else 1)
        os._exit(1)
    until = time.monotonic() + TIMEOUT_S + PATIENCE * sum(seconds.get(t, 0.0) for t in tests)
    while time.monotonic() < until:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status != 0
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return True


def _swap(mutant: Mutant) -> None:
    module, _, name = mutant.function.partition(":")
    owner: Any = importlib.import_module(module)
    *classes, last = name.split(".")
    for part in classes:
        owner = getattr(owner, part)
    found = vars(owner)[last] if classes else getattr(owner, last)
    if isinstance(found, cached_property):
        found = found.func
    elif isinstance(found, property):
        found = found.fget
    elif isinstance(found, staticmethod | classmethod):
        found = found.__func__
    found = getattr(found, "__wrapped__", found)
    assert isinstance(found, FunctionType), name
    found.__code__ = mutant.code


if __name__ == "__main__":
    sys.exit(main())
