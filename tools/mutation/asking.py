"""One pytest session that runs every test once, notes which lines each enters, and then asks them about mutants in forks."""

from __future__ import annotations

import functools
import gc
import io
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings

from .mutants import Mutant
from .rehearsal import Rehearsal, rehearse
from .trial import Outcome, try_out

# What the tests and the judging code keep between calls was made without the mutant.
_OURS = ("tests.", "syncproof.checks", "syncproof.oracle")
# What pytest itself takes for the quickest test.
_START_S = 0.02
# So much of what pytest printed is shown when it fails.
_LAST_WORDS = 4_000
_CACHE = type(functools.cache(lambda: None))


class Asking:
    """A pytest plugin in place of the loop over tests: ``then`` is called once every test has run and told its lines.

    ``budget_s`` is the processor time of tests that one mutant may cost, ``longest_s`` that of one test: a longer one is
    abandoned and not asked.
    """

    def __init__(
        self, sources: Iterable[Path], then: Callable[[Asking], None], budget_s: float = math.inf, longest_s: float = 0.0, jobs: int = 1
    ) -> None:
        self.then = then
        self.budget_s, self.longest_s, self.jobs = budget_s, longest_s, jobs
        self.found = Rehearsal()
        self._items: dict[str, pytest.Item] = {}
        self._sources = [p.resolve() for p in sources]
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
        """Run each test once in forks, then let the asking begin."""
        self._items = {item.nodeid: item for item in session.items}
        self.found = rehearse(list(self._items), self._passes, self._sources, self.longest_s, self.jobs)
        self._warm()
        self.then(self)
        return True

    def _warm(self) -> None:
        """Load what most tests need before anything is forked, by one quick test of each file; keep nothing that was judged."""
        quickest: dict[Path, str] = {}
        for name in sorted(self.found.seconds.keys() - self.found.failed - self.found.too_long, key=lambda n: (self.found.seconds[n], n)):
            quickest.setdefault(self._items[name].path, name)
        for name in quickest.values():
            self._passes(name)
        for kept in gc.get_objects():
            if isinstance(kept, _CACHE) and (getattr(kept, "__module__", "") or "").startswith(_OURS):
                kept.cache_clear()
        gc.collect()
        gc.freeze()  # the forks share what is there

    def asked(self, mutant: Mutant) -> list[tuple[str, float]]:
        """Return the tests that reach the changed statement with their seconds, in the order in which they are asked.

        What killed another mutant of the same function comes first; then who tells most in a second. A test that reaches
        lines of the file that few others reach was most often written for it.
        """
        first, last = mutant.lines
        lines, seconds = self.found.lines.get(str(mutant.path.resolve()), {}), self.found.seconds
        reaching = {test for line in range(first, last + 1) for test in lines.get(line, ())}
        rare: Counter[str] = Counter()
        for told in lines.values():
            rare.update(dict.fromkeys(told, 1 / len(told)))
        killers = self._killers[mutant.function]
        telling = {t: (-killers[t] / (_START_S + seconds[t]), -rare[t] / (_START_S + seconds[t]), t) for t in reaching - self.found.failed}
        return [(t, seconds[t]) for t in sorted(telling, key=telling.__getitem__)]

    def outcome(self, mutant: Mutant) -> Outcome:
        """Return what became of the mutant."""
        tests = self.asked(mutant)
        if not tests:
            return Outcome.SURVIVED
        outcome, test = try_out(mutant, tests, self._passes, self.budget_s)
        if outcome is Outcome.KILLED:
            self._killers[mutant.function][test] += 1
        return outcome

    def _passes(self, name: str) -> bool:
        return not any(report.failed for report in runtestprotocol(self._items[name], log=False, nextitem=None))
