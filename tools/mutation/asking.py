"""One pytest session that runs every test once, notes which lines each enters, and then asks them about mutants in forks."""

from __future__ import annotations

import functools
import gc
import importlib
import math
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout, suppress
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from types import FunctionType
from typing import Any

import coverage
import pytest
from _pytest.runner import runtestprotocol

from .mutants import Mutant

# A mutant that makes a test hang is noticed, too: it takes this long, and so many times the processor time of its tests.
TIMEOUT_S = 60
PATIENCE = 20
# What the tests and the judging code keep between calls was made without the mutant.
_OURS = ("tests.", "syncproof.checks", "syncproof.oracle")
_CACHE = type(functools.cache(lambda: None))


class Asking:
    """A pytest plugin in place of the loop over tests: ``then`` is called once every test has run and told its lines."""

    def __init__(self, sources: Iterable[Path], then: Callable[[Asking], None], budget_s: float = math.inf) -> None:
        self.then = then
        self.budget_s = budget_s  # processor time of tests that one mutant may cost
        self.failed: set[str] = set()
        self.seconds: dict[str, float] = {}
        self._items: dict[str, pytest.Item] = {}
        self._lines: dict[Path, dict[int, list[str]]] = {}
        self._sources = [p.resolve() for p in sources]
        self._coverage = coverage.Coverage(data_file=None, config_file=False, include=[str(p) for p in self._sources])

    def run(self, tests: list[str]) -> None:
        """Run the session; what the tests print goes nowhere."""
        with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
            pytest.main(["-q", "-s", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:cov", *tests], plugins=[self])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run each test once under coverage, then let the asking begin."""
        self._items = {item.nodeid: item for item in session.items}
        self._coverage.start()
        for item in session.items:
            self._coverage.switch_context(item.nodeid)
            started = time.process_time()
            if not _passes(item):
                self.failed.add(item.nodeid)  # a test that fails anyway kills nothing
            self.seconds[item.nodeid] = time.process_time() - started
        self._coverage.stop()
        data = self._coverage.get_data()
        self._lines = {p: data.contexts_by_lineno(str(p)) for p in self._sources}
        for kept in gc.get_objects():
            if isinstance(kept, _CACHE) and (getattr(kept, "__module__", "") or "").startswith(_OURS):
                kept.cache_clear()
        self.then(self)
        return True

    def asked(self, mutant: Mutant) -> list[str]:
        """Return the tests that reach the changed statement, the most telling ones first, as many as the budget allows.

        A test that reaches lines of the file that few others reach was most often written for it.
        """
        first, last = mutant.lines
        lines = self._lines.get(mutant.path.resolve(), {})
        found = {test for line in range(first, last + 1) for test in lines.get(line, ()) if test}
        rare: Counter[str] = Counter()
        for told in lines.values():
            rare.update(dict.fromkeys(told, 1 / len(told)))
        telling_first = sorted(found - self.failed, key=lambda t: (-rare[t], t))
        spent = accumulate(self.seconds[t] for t in telling_first)
        return [t for t, so_far in zip(telling_first, spent, strict=True) if so_far <= self.budget_s or t is telling_first[0]]

    def is_killed(self, mutant: Mutant) -> bool:
        """Tell whether a test fails with the mutant in place."""
        tests = self.asked(mutant)
        if not tests:
            return False
        pid = os.fork()
        if pid == 0:
            # Whatever happens in here must not come back into the parent's code.
            with suppress(BaseException):
                _swap(mutant)
                os._exit(0 if all(_passes(self._items[t]) for t in tests) else 1)
            os._exit(1)
        return _ends_badly(pid, TIMEOUT_S + PATIENCE * sum(self.seconds[t] for t in tests))


def _passes(item: pytest.Item) -> bool:
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def _ends_badly(pid: int, patience_s: float) -> bool:
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status != 0
        time.sleep(0.005)
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
