"""One pytest session that runs every test once, notes which lines each enters, and then asks them about mutants in forks."""

from __future__ import annotations

import functools
import gc
import io
import math
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import coverage
import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings

from .mutants import Mutant
from .trial import Outcome, try_out

# What the tests and the judging code keep between calls was made without the mutant.
_OURS = ("tests.", "syncproof.checks", "syncproof.oracle")
# So much of what pytest printed is shown when it fails.
_LAST_WORDS = 4_000
_CACHE = type(functools.cache(lambda: None))


class Asking:
    """A pytest plugin in place of the loop over tests: ``then`` is called once every test has run and told its lines.

    ``budget_s`` is the processor time of tests that one mutant may cost, ``longest_s`` that of one test: a longer one is
    abandoned and not asked.
    """

    def __init__(
        self, sources: Iterable[Path], then: Callable[[Asking], None], budget_s: float = math.inf, longest_s: float = 0.0
    ) -> None:
        self.then = then
        self.budget_s, self.longest_s = budget_s, longest_s
        self.failed: set[str] = set()
        self.too_long: set[str] = set()
        self.seconds: dict[str, float] = {}
        self._items: dict[str, pytest.Item] = {}
        self._lines: dict[Path, dict[int, list[str]]] = {}
        self._sources = [p.resolve() for p in sources]
        self._coverage = coverage.Coverage(data_file=None, config_file=False, include=[str(p) for p in self._sources])
        self._killers: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def run(self, tests: list[str]) -> None:
        """Run the session; what the tests print goes nowhere. Raises RuntimeError when pytest itself cannot go on."""
        with io.StringIO() as said, redirect_stdout(said), redirect_stderr(said):
            code = pytest.main(["-q", "-s", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:cov", *tests], plugins=[self])
            if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
                raise RuntimeError(f"pytest ended with {code!r}:\n{said.getvalue()[-_LAST_WORDS:]}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Be content with any random example that fails, before a test states settings of its own: nobody reads the smallest one."""
        settings.register_profile("mutants", settings(), phases=(Phase.explicit, Phase.generate), database=None)
        settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run each test once under coverage, then let the asking begin."""
        self._items = {item.nodeid: item for item in session.items}
        signal.signal(signal.SIGPROF, _abandon)
        self._coverage.start()
        for name in self._items:
            self._coverage.switch_context(name)
            self._run_once(name)
        self._coverage.stop()
        data = self._coverage.get_data()
        self._lines = {p: data.contexts_by_lineno(str(p)) for p in self._sources}
        for kept in gc.get_objects():
            if isinstance(kept, _CACHE) and (getattr(kept, "__module__", "") or "").startswith(_OURS):
                kept.cache_clear()
        gc.collect()
        gc.freeze()  # the forks share what is there
        self.then(self)
        return True

    def asked(self, mutant: Mutant) -> list[tuple[str, float]]:
        """Return the tests that reach the changed statement with their seconds, in the order in which they are asked.

        What killed another mutant of the same function comes first; then who tells most in a second. A test that reaches
        lines of the file that few others reach was most often written for it.
        """
        first, last = mutant.lines
        lines = self._lines.get(mutant.path.resolve(), {})
        found = {test for line in range(first, last + 1) for test in lines.get(line, ()) if test}
        rare: Counter[str] = Counter()
        for told in lines.values():
            rare.update(dict.fromkeys(told, 1 / len(told)))
        killers = self._killers[mutant.function]
        telling = {t: (-killers[t] / (0.02 + self.seconds[t]), -rare[t] / (0.02 + self.seconds[t]), t) for t in found - self.failed - self.too_long}
        return [(t, self.seconds[t]) for t in sorted(telling, key=telling.__getitem__)]

    def outcome(self, mutant: Mutant) -> Outcome:
        """Return what became of the mutant."""
        tests = self.asked(mutant)
        if not tests:
            return Outcome.SURVIVED
        outcome, test = try_out(mutant, tests, lambda name: _passes(self._items[name]), self.budget_s)
        if outcome is Outcome.KILLED:
            self._killers[mutant.function][test] += 1
        return outcome

    def _run_once(self, name: str) -> None:
        started = time.process_time()
        # pytest catches what interrupts the test; what interrupts pytest is caught here.
        with suppress(_TooLongError):
            signal.setitimer(signal.ITIMER_PROF, self.longest_s)
            if not _passes(self._items[name]):
                self.failed.add(name)  # a test that fails anyway kills nothing
        signal.setitimer(signal.ITIMER_PROF, 0)
        self.seconds[name] = time.process_time() - started
        if 0 < self.longest_s <= self.seconds[name]:
            self.failed.discard(name)
            self.too_long.add(name)


class _TooLongError(BaseException):
    """Not one of those that a test or a check may catch."""


def _abandon(*_: object) -> None:
    raise _TooLongError


def _passes(item: pytest.Item) -> bool:
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))
