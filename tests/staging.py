"""Runs a scenario with an in-process connector and returns what the checks made of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof.judging import judge
from syncproof.mapping.grammar import Mapping
from syncproof.mapping.load import load_mapping
from syncproof.model import ScenarioResult
from syncproof.runner import Runner
from syncproof.sandbox import Sandbox, default_mapping_file
from syncproof.scenario.grammar import Scenario
from syncproof.scenario.loader import load_scenarios
from syncproof.stage import Stage


def play(
    scenario: str | dict[str, Any], connect: Callable[..., Any], seed: int = 11, mapping: Mapping | None = None
) -> ScenarioResult:
    """Return the result of a built-in scenario (by name) or one given as data; ``mapping``: None is the default one."""
    stage = played(scenario, connect, seed, mapping)
    return judge(stage.scenario, stage, "", "syncproof run test/case")


def played(
    scenario: str | dict[str, Any], connect: Callable[..., Any], seed: int = 11, mapping: Mapping | None = None
) -> Stage:
    """Return the stage of a scenario that has been played and not judged yet; as `play`."""
    if isinstance(scenario, str):
        chosen = load_scenarios([scenario])[0]
    else:
        chosen = Scenario.model_validate(scenario).placed("test/case", "", "test/case", ())
    sandbox = Sandbox(mapping or load_mapping(default_mapping_file()), seed)
    stage = Stage(chosen, sandbox.mapping, sandbox, connect)
    stage.seed()
    Runner._play(stage, chosen)
    return stage


def rules(result: ScenarioResult) -> set[str]:
    return {f.rule for f in result.findings}
