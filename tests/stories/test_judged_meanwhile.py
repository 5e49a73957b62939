"""A scenario is judged while the next one is played, from evidence of its own world, and comes to what it comes to alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from syncproof.drivers import Ended
from syncproof.judging import Played
from syncproof.mapping.grammar import Side
from syncproof.model import ScenarioResult
from syncproof.sandbox import Sandbox
from syncproof.scenario.grammar import Scenario
from tests.stories.test_go_live import without_times
from tests.stories.test_parallel_worlds import InWorld, Worlds, result_of

LONGEST_S = 60


class Telling(InWorld):
    """A connector that prints the token of its world."""

    def __call__(self, sandbox: Sandbox, number: int, instances: int = 1) -> Ended:
        ended = super().__call__(sandbox, number, instances)
        return replace(ended, output=str(sandbox.on(Side.MA).credentials()["token"]).encode())


class Overlapping(Worlds):
    """Judges no scenario but the last before the next one is at work; ``wait`` says how long it may take."""

    def __init__(self, report: Path, numbers: range, wait: Callable[[Event], bool]) -> None:
        super().__init__(1, report, numbers)
        self.begun = {s.id: Event() for s in self.request.scenarios}
        self.wait = wait
        self.overlapped: list[str] = []

    def _starter(self, scenario: Scenario, sandbox: Sandbox, work: Path) -> Any:
        self.begun[scenario.id].set()
        return Telling(super(Worlds, self)._starter(scenario, sandbox, work), self.meet, self.seen[scenario.id])

    def judge(self, played: Played) -> ScenarioResult:
        ids = [s.id for s in self.request.scenarios]
        later = ids[ids.index(played.scenario.id) + 1 :]
        if later and self.wait(self.begun[later[0]]):
            self.overlapped.append(played.scenario.id)
        return super().judge(played)


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Overlapping:
    worlds = Overlapping(tmp_path_factory.mktemp("together"), range(1, 4), lambda begun: begun.wait(LONGEST_S))
    worlds.run()
    return worlds


def test_the_next_scenario_does_not_wait_for_the_judge(together: Overlapping) -> None:
    assert together.overlapped == ["worlds/01", "worlds/02"]
    assert [s["id"] for s in result_of(together)["scenarios"]] == ["worlds/01", "worlds/02", "worlds/03"]


def test_each_comes_to_what_it_comes_to_alone(together: Overlapping, tmp_path: Path) -> None:
    for number, found in enumerate(result_of(together)["scenarios"], start=1):
        alone = Overlapping(tmp_path / str(number), range(number, number + 1), lambda _: False)
        alone.run()
        assert json.dumps(without_times([found])) == json.dumps(without_times(result_of(alone)["scenarios"]))


def test_each_is_judged_by_the_secrets_of_its_own_world(together: Overlapping) -> None:
    for found in result_of(together)["scenarios"]:
        assert "SECRET-001" in {finding["rule"] for finding in found["findings"]}, found["id"]


def test_an_error_of_ours_in_the_judge_ends_the_run(tmp_path: Path) -> None:
    def break_down(_: Event) -> bool:
        raise RuntimeError("a bug of ours")

    with pytest.raises(RuntimeError, match="a bug of ours"):
        Overlapping(tmp_path, range(1, 3), break_down).run()
