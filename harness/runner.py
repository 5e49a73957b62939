"""The only file that knows the order: sandbox, seed, steps, a last quiet sync, evidence, checks, verdict, reports."""

from __future__ import annotations

import hashlib
import shlex
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from syncproof_mocks.journal import Entry

from .cast import fitting_for
from .drivers import Driver, Engaged, drivers
from .drivers.command import Command
from .errors import InputError, SetupError, UnsettledError
from .held_folders import temporary_folder
from .judging import Played, judge
from .mapping.check import MappingProblem, check_mapping
from .mapping.grammar import Side
from .model import RunResult, ScenarioResult, Severity, Verdict
from .network import plan_for
from .run_request import RunRequest
from .sandbox import Sandbox, default_mapping_file
from .scenario.grammar import Scenario
from .scenario.reach import refuse_out_of_reach
from .stage import Stage
from .starting import Starter, connector_for, described
from .unfinished import Unfinished, evidence_so_far
from .unhurried_gc import rare_collections

T = TypeVar("T")
_LOOK_UP_EVERY_S = 0.2


class Runner:
    """Runs scenarios one after another in one sandbox; each gets a fresh world whose seed comes from the run's."""

    def __init__(self, request: RunRequest, driver: Command | None = None) -> None:
        """Keep the request; a ``driver`` that is given is shared with others and closed by whoever made it."""
        self.request = request
        self.driver = driver or Command(ahead=True)
        self.journals: dict[str, tuple[Entry, ...]] = {}
        self.secrets: dict[str, tuple[str, ...]] = {}
        self.unfinished: Unfinished | None = None
        self._lock = threading.Lock()
        self._running: set[Engaged] = set()
        self._is_over = False
        self._others: dict[str, Driver] = {}  # drivers of this run besides the one for commands
        self._prepared: dict[str, str] = {}

    def run(self) -> RunResult:
        """Run everything, write the reports, return the result. Raises InputError before anything is started."""
        from .renderers import prepare_report_dir, write_reports

        started = time.monotonic()
        request = self.request
        chosen = request.scenarios
        if request.report_dir is not None:
            prepare_report_dir(request.report_dir)
        stamp = datetime.now(UTC).isoformat(timespec="seconds")
        with ExitStack() as stack:
            stack.enter_context(rare_collections())
            stack.callback(self._close_drivers)
            self._prepared = dict(self._driver(request.connector.start.kind).prepare(request.connector.start))
            work = stack.enter_context(temporary_folder())
            sandboxes: SimpleQueue[Sandbox] = SimpleQueue()
            plan = plan_for(request.connector)
            for _ in range(min(request.jobs, len(chosen))):
                sandbox = stack.enter_context(Sandbox(request.mapping, request.seed, plan=plan, shape=request.shape))
                sandboxes.put(sandbox)
            mapping_problems = mapping_complaints(sandbox)
            refuse_unusable(mapping_problems)
            refuse_out_of_reach(chosen, {side: sandbox.on(side) for side in Side})
            self.unfinished = stack.enter_context(evidence_so_far(request.report_dir, work / "output", self._about(stamp)))
            results = self._all(chosen, sandboxes, work)
            result = RunResult(
                version("syncproof"), request.seed, Verdict.worst(r.verdict for r in results), self._connector(),
                {str(k): v for k, v in request.mapping.systems.items()}, tuple(results), request.mapping.mapping,
                tuple(map(str, mapping_problems)), stamp,
                time.monotonic() - started, request.left_out,
            )
            if request.report_dir is not None:
                journals = {s.id: self.journals[s.id] for s in chosen if s.id in self.journals}
                write_reports(result, journals, work / "output", request.report_dir, self.secrets)
        return result

    def _all(self, chosen: Sequence[Scenario], sandboxes: SimpleQueue[Sandbox], work: Path) -> list[ScenarioResult]:
        """Return the results in the order of the scenarios; each worker has a sandbox, so worlds do not meet.

        A scenario is judged while the next ones are played: until their connector has started we would only wait.
        """

        def one(number: int, scenario: Scenario) -> Future[ScenarioResult]:
            sandbox = sandboxes.get()
            try:
                self._say(f"[{number}/{len(chosen)}] {scenario.id}")
                return judging.submit(self._told, self.perform(scenario, sandbox, work))
            finally:
                sandboxes.put(sandbox)

        with ThreadPoolExecutor(1, "syncproof-judge") as judging, ThreadPoolExecutor(self.request.jobs) as pool:
            try:
                if self.request.jobs == 1:
                    return [_awaited(told) for told in [one(n, s) for n, s in enumerate(chosen, start=1)]]
                waiting = [pool.submit(one, n, s) for n, s in enumerate(chosen, start=1)]
                return [_awaited(_awaited(performed)) for performed in waiting]
            except BaseException:
                # Ctrl-C, or a bug of ours: nobody waits for connectors that may take minutes to end by themselves.
                pool.shutdown(wait=False, cancel_futures=True)
                judging.shutdown(wait=False, cancel_futures=True)
                self.end_all()
                raise

    def _told(self, played: Played) -> ScenarioResult:
        result = self.judge(played)
        if self.unfinished is not None:
            self.unfinished.judged(result)
        return result

    def end_all(self) -> None:
        """End every connector at work, from another thread; none is started any more."""
        with self._lock:
            self._is_over = True
            for engaged in self._running:
                engaged.kill()

    def enlist(self, engaged: Engaged) -> None:
        """Keep a connector that is at work, so that it can be ended from another thread. Raises SetupError at the end of the run."""
        with self._lock:
            if self._is_over:
                raise SetupError("the run was interrupted")
            self._running.add(engaged)

    def _starter(self, scenario: Scenario, sandbox: Sandbox, work: Path) -> Starter:
        request = replace(self.request, connector=connector_for(self.request.connector, scenario))
        driver = self._driver(request.connector.start.kind)
        name = scenario.id.replace("/", "__")
        return Starter(request, driver, sandbox, world_folder(work, scenario), work / "output" / name, self.enlist)

    def _driver(self, kind: str) -> Driver:
        """Return the driver of this run for one way to start, which may be wanted by several scenarios at once."""
        if kind == "command":
            return self.driver
        with self._lock:
            if kind not in self._others:
                self._others[kind] = drivers()[kind]()
            return self._others[kind]

    def _close_drivers(self) -> None:
        for driver in (self.driver, *self._others.values()):
            driver.close()

    def _say(self, text: str) -> None:
        if self.request.progress is not None:
            self.request.progress(text)

    def _about(self, stamp: str) -> dict[str, Any]:
        ids = [s.id for s in self.request.scenarios]
        return {"syncproof": version("syncproof"), "seed": self.request.seed, "started_at": stamp, "connector": self._connector(), "scenarios": ids}

    def _connector(self) -> dict[str, Any]:
        return described(self.request.connector, self._prepared)

    # -- one scenario -------------------------------------------------------------------------------

    def play(self, scenario: Scenario, sandbox: Sandbox, work: Path) -> ScenarioResult:
        """Run one scenario in a sandbox that is running, its files below ``work``, and judge it."""
        return self.judge(self.perform(scenario, sandbox, work))

    def perform(self, scenario: Scenario, sandbox: Sandbox, work: Path) -> Played:
        """Run one scenario in a sandbox that is running, its files below ``work``; the sandbox may be used again after it."""
        started = time.monotonic()
        sandbox.renew(scenario_seed(self.request.seed, scenario.id))
        stage: Stage | None = None
        starter: Starter | None = None
        reason = ""
        try:
            starter = self._starter(scenario, sandbox, work)
            stage = Stage(scenario, self.request.mapping, sandbox, starter)
            stage.state_dir = world_folder(work, scenario) / "state"
            stage.success_exit_codes = self.request.connector.exit_codes
            stage.seed()
            if self.unfinished is not None:
                self.unfinished.follow(scenario.id, sandbox)
            self._play(stage, scenario)
        except UnsettledError as error:
            reason = str(error)
        except SetupError as error:
            reason = f"could not be set up: {error}"
        finally:
            if starter is not None:
                starter.stop()
                with self._lock:
                    self._running.discard(starter.engaged)
        if stage is None or len(stage.states) < 1:
            return Played(scenario, None, None, reason, time.monotonic() - started)
        self.journals[scenario.id] = tuple(stage.journal.entries)
        self.secrets[scenario.id] = sandbox.secrets()
        return Played(scenario, stage, stage.evidence(), reason, time.monotonic() - started)

    def judge(self, played: Played) -> ScenarioResult:
        """Judge what was performed; from any thread. Its seconds are those of playing and of judging, not those between them."""
        if played.stage is None:
            return self._unset(played.scenario, played.reason)
        started = time.monotonic()
        result = judge(played.scenario, played.stage, played.reason, self._reproduce(played.scenario), played.evidence)
        return replace(result, seconds=played.seconds + time.monotonic() - started)

    @staticmethod
    def _play(stage: Stage, scenario: Scenario) -> None:
        for number, step in enumerate(scenario.steps):
            stage.sandbox.call(partial(stage.journal.mark, "step", str(step)))
            try:
                step.run(stage)
            except SetupError as error:
                line = scenario.line_of(number)
                place = f"{scenario.path}:{line}" if line else f"step {number + 1}"
                raise type(error)(f"{error} ({place}: {step.name})") from error
        healthy = all(s.ended in ("exited", "settled") or s.number in stage.killed for s in stage.syncs)
        if scenario.options.get("final_quiet", True) and stage.syncs and healthy:
            # For free: whatever was done, one more sync with nothing to do must write nothing.
            # Twice at most: automation that answers every sync with an edit never comes to rest, and that is told.
            for _ in range(2):
                if stage.has_unsynced_acts:
                    stage.run_sync()
            if len(stage.syncs) not in stage.quiet:
                stage.run_sync(quiet=True)

    def _reproduce(self, scenario: Scenario) -> str:
        words = ["syncproof", "run", scenario.argument, "--seed", str(self.request.seed)]
        for bug in filter(None, self.request.connector.env.get("SYNC_BUGS", "").split(",")):
            words += ["--bug", bug]
        if self.request.connector.path is not None:
            words += ["--connector", str(self.request.connector.path)]
        own = (default_mapping_file(), self.request.connector.mapping_path)
        if self.request.mapping_path not in own:
            words += ["--mapping", str(self.request.mapping_path)]
        if self.request.shape is not None and self.request.shape.path != self.request.connector.shape_path:
            words += ["--shape", str(self.request.shape.path)]
        return shlex.join(words)

    def _unset(self, scenario: Scenario, reason: str) -> ScenarioResult:
        return ScenarioResult(
            scenario.id, scenario.title, Verdict.UNKNOWN, reason, (), (), self._reproduce(scenario), scenario.classes
        )


def run(request: RunRequest) -> RunResult:
    """Run the scenarios of a request and write its reports."""
    return Runner(request).run()


def _awaited(future: Future[T]) -> T:
    """Return what comes of a future, looking up now and then: Ctrl-C that another thread was given wakes nobody who waits."""
    while not future.done():
        wait([future], _LOOK_UP_EVERY_S)
    return future.result()


def scenario_seed(seed: int, scenario_id: str) -> int:
    """Return the seed of one scenario's world: it does not depend on which other scenarios run."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{scenario_id}".encode()).digest()[:6], "big")


def world_folder(work: Path, scenario: Scenario) -> Path:
    """Return the private folder of one scenario's connector."""
    return work / "worlds" / scenario.id.replace("/", "__")


def refuse_unusable(problems: Sequence[MappingProblem]) -> None:
    """Raise InputError when the mapping names kinds or fields that a system does not have."""
    unusable = [p for p in problems if p.severity is Severity.CRITICAL]
    if unusable:
        raise InputError(unusable)


def mapping_complaints(sandbox: Sandbox) -> list[MappingProblem]:
    """Return what `mapping check` says about the mapping of this sandbox, and which fields cannot be seeded."""
    schemas = {side: sandbox.on(side).schema for side in Side}
    subscriptions = sandbox.ma.subscription_names()
    return check_mapping(sandbox.mapping, schemas, subscriptions=subscriptions) + fitting_for(sandbox).problems()
