"""Many short runs at once: each task is one scenario played by the reference connector, correct or with one bug.

Every worker has a sandbox that it renews for each task, so mocks start once; a world's seed comes from the scenario
alone, so what comes of a task does not depend on the others, nor on how many run at the same time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from ..connector_file import ConnectorFile, builtin_reference
from ..drivers.command import Command
from ..held_folders import temporary_folder
from ..mapping.load import load_mapping
from ..model import ScenarioResult
from ..network import plan_for
from ..run_request import RunRequest
from ..runner import Runner
from ..sandbox import Sandbox, default_mapping_file
from ..scenario.grammar import Scenario
from .contract import Contract

CORRECT = ""


@dataclass(frozen=True)
class Task:
    """One scenario for one variant of the reference connector; the correct one has no name."""

    variant: str
    scenario: Scenario

    @property
    def weight(self) -> int:
        """Return a guess of how long it takes; the longest go first, so that no worker is left with one at the end."""
        syncs = 1 + sum(1 + str(step).count(",") for step in self.scenario.steps if step.name in ("sync", "ramp"))
        return syncs * (50 + self.scenario.population.total)


@dataclass(frozen=True)
class Outcome:
    """What came of one task; everything a matrix needs, without the evidence."""

    task: Task
    verdict: str
    reason: str
    fired: tuple[str, ...]  # rules with findings, sorted
    looked: tuple[str, ...]  # rules that had something to look at, sorted
    findings: int
    first: str  # the first finding, or the reason, for people
    seconds: float


def connector_of(task: Task) -> ConnectorFile:
    """Return the reference connector as the task wants it, with its bug switched on."""
    return builtin_reference((task.variant,) if task.variant else ())


def play_all(
    tasks: Sequence[Task], *, seed: int = 1, jobs: int = 1, contract: Contract | None = None, say: Callable[[str], None] | None = None
) -> list[Outcome]:
    """Play every task, up to ``jobs`` at the same time, and return the outcomes in the order of the tasks.

    ``contract``: the mapping under which they are played, None for the default one.
    """
    arena = _Arena(seed, say, len(tasks), contract)
    with ExitStack() as stack:
        arena.work = stack.enter_context(temporary_folder())
        stack.callback(arena.driver.close)
        for task in tasks[:jobs]:
            arena.sandboxes.put(stack.enter_context(arena.sandbox(task)))
        with ThreadPoolExecutor(max(1, jobs)) as pool:
            order = sorted(range(len(tasks)), key=lambda n: (-tasks[n].weight, n))
            waiting: dict[int, Future[Outcome]] = {n: pool.submit(arena.play, n, tasks[n]) for n in order}
            try:
                return [waiting[n].result() for n in range(len(tasks))]
            except BaseException:
                # Ctrl-C, or a bug of ours: nobody waits for connectors that may take minutes to end by themselves.
                pool.shutdown(wait=False, cancel_futures=True)
                arena.end()
                raise


class _Arena:
    def __init__(self, seed: int, say: Callable[[str], None] | None, total: int, contract: Contract | None = None) -> None:
        self.work = Path()
        self.driver = Command(ahead=True)
        self.sandboxes: SimpleQueue[Sandbox] = SimpleQueue()
        self._seed, self._say, self._total, self._done = seed, say, total, 0
        self._mapping_path = contract.path if contract else default_mapping_file()
        self._mapping = contract.mapping if contract else load_mapping(self._mapping_path)
        self._lock = threading.Lock()
        self._runners: set[Runner] = set()

    def sandbox(self, task: Task) -> Sandbox:
        return Sandbox(self._mapping, self._seed, plan=plan_for(connector_of(task)))

    def play(self, number: int, task: Task) -> Outcome:
        request = RunRequest((task.scenario,), connector_of(task), self._mapping, self._mapping_path, None, self._seed)
        runner, sandbox = Runner(request, self.driver), self.sandboxes.get()
        with self._lock:
            self._runners.add(runner)
        try:
            result = runner.play(task.scenario, sandbox, self.work / str(number))
        finally:
            self.sandboxes.put(sandbox)
            with self._lock:
                self._runners.discard(runner)
        self._tell(task, result)
        return _outcome(task, result)

    def _tell(self, task: Task, result: ScenarioResult) -> None:
        with self._lock:
            self._done += 1
            if self._say is not None:
                self._say(f"[{self._done}/{self._total}] {task.variant or 'the correct connector'}: {task.scenario.id} {result.verdict}")

    def end(self) -> None:
        with self._lock:
            runners = list(self._runners)
        for runner in runners:
            runner.end_all()


def _outcome(task: Task, result: ScenarioResult) -> Outcome:
    first = result.findings[0].message if result.findings else result.reason
    return Outcome(
        task, str(result.verdict), result.reason, tuple(sorted({f.rule for f in result.findings})), result.rules_checked,
        len(result.findings), first, result.seconds,
    )  # fmt: skip
