"""What every member of the family of steps keeps, whatever the folder holds."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel
from syncproof.scenario.grammar import Scenario, known_steps
from syncproof.stage import Stage
from syncproof.steps import StepSettings


class Recorder:
    """A stage that only notes what is asked of it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda settings: self.asked.append((name, settings))


LEAST: dict[str, Any] = {
    "assert": {"side": "crm", "exists": True}, "create": {"side": "crm"}, "delete": {"side": "crm"},
    "edit": {"side": "crm", "set": {"A": 1}}, "erase": {"side": "ma"}, "inject": "rate_limit", "move_clock": 1,
    "opt_in": {"side": "ma", "evidence": "none"}, "opt_out": {"side": "ma"}, "ramp": [1], "snapshot": "x", "wait": 1,
}  # fmt: skip


@pytest.mark.parametrize("name", known_steps())
def test_a_step_says_what_it_does_and_what_its_settings_mean(name: str) -> None:
    step = known_steps()[name]

    assert step.__doc__
    assert step.run.__doc__
    assert issubclass(step.model, StepSettings)
    assert issubclass(step.model, BaseModel)
    assert step.model.__doc__ != StepSettings.__doc__


@pytest.mark.parametrize("name", known_steps())
def test_a_step_refuses_keys_it_does_not_know(name: str) -> None:
    assert known_steps()[name].model.model_config.get("extra") == "forbid"


@pytest.mark.parametrize("name", known_steps())
def test_a_scalar_setting_exists(name: str) -> None:
    model = known_steps()[name].model

    assert model.scalar is None or model.scalar in model.model_fields


@pytest.mark.parametrize("name", known_steps())
def test_a_step_asks_the_stage_for_one_thing_with_its_settings(name: str) -> None:
    (step,) = Scenario.model_validate({"steps": [{name: LEAST.get(name, {})}]}).steps
    stage: Any = Recorder()

    step.run(stage)

    assert [settings for _, settings in stage.asked] == [step.settings]


@pytest.mark.parametrize("name", known_steps())
def test_the_stage_can_do_what_a_step_asks_for(name: str) -> None:
    (step,) = Scenario.model_validate({"steps": [{name: LEAST.get(name, {})}]}).steps
    stage: Any = Recorder()
    step.run(stage)

    assert callable(getattr(Stage, stage.asked[0][0]))
