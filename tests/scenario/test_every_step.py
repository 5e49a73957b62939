"""What every member of the family of steps keeps, whatever the folder holds."""

from __future__ import annotations

import time
from typing import Any

import pytest
from pydantic import BaseModel
from syncproof.drivers import Ended
from syncproof.mapping.grammar import Side
from syncproof.mapping.load import load_mapping
from syncproof.sandbox import Sandbox, default_mapping_file
from syncproof.scenario.grammar import Scenario, known_steps
from syncproof.stage import Stage
from syncproof.steps import StepSettings

LEAST: dict[str, Any] = {
    "deliver_webhooks": {"lose": 1},
    "activity": {"side": "ma"}, "switch": {"system": "ma", "name": "search_most_results", "value": 400},
    "change_company": {"side": "crm"}, "change_owner": {"side": "crm"},
    "change_schema": {"side": "crm", "field": "Title", "change": "hide"}, "merge": {"side": "crm"}, "restore": {"side": "crm"},
    "assert": {"side": "crm", "exists": True}, "campaign": {"name": "Offer"}, "create": {"side": "crm"}, "delete": {"side": "crm"},
    "edit": {"side": "crm", "set": {"A": 1}}, "erase": {"side": "ma"}, "inject": "rate_limit",
    "meanwhile": {"system": "crm", "do": [{"snapshot": "x"}]}, "move_clock": 1,
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


def on_stage(steps: list[Any]) -> Stage:
    """A stage with a few people, seeded, before its first step."""
    scenario = Scenario.model_validate({"population": {"total": 4}, "steps": steps}).placed("test/case", "", "test/case", ())
    mapping = load_mapping(default_mapping_file())
    stage = Stage(scenario, mapping, Sandbox(mapping, 3), lambda *_: Ended(0, "exited", 0.0, b"", 0, False, (), ""))
    stage.seed()
    stage.sandbox.ma.outbox.listen("http://127.0.0.1:9/", ["contact.propertyChange:phone"])  # type: ignore[union-attr]
    return stage


def traces(stage: Stage) -> tuple[Any, ...]:
    """What a step may change: what happened, what was claimed, what is in the way, what time it is."""
    return (
        len(stage.journal), len(stage.acts), len(stage.asserted), len(stage.hooks), [len(stage.sandbox.app(s).interceptors) for s in Side],
        stage.sandbox.world.clock.now_ms() / 1000 - time.time() > 60,  # only a step can have moved it so far ahead
    )  # fmt: skip


ON_STAGE: dict[str, Any] = {
    "merge": {"side": "crm", "into": {"index": 5}, "who": {"index": 6}}, "convert": {"who": {"index": 5}},
    "restore": {"side": "crm", "who": {"index": 5}}, "change_owner": {"side": "crm", "who": {"index": 5}},
    "change_company": {"side": "crm", "who": {"index": 5}},
    "move_clock": 3600, "edit": {"side": "crm", "set": {"Phone": "$fresh"}},
    "edit_matrix": {"fields": ["Phone"], "changed": ["crm"], "to": ["value"]},
}
BEFORE: dict[str, list[Any]] = {
    "merge": [{"create": {"side": "crm", "count": 2}}], "convert": [{"create": {"side": "crm", "object": "lead"}}],
    "restore": [{"create": {"side": "crm"}}, {"delete": {"side": "crm", "who": {"index": 5}}}],
    "change_owner": [{"create": {"side": "crm"}}], "change_company": [{"create": {"side": "crm"}}],
    "deliver_webhooks": [{"edit": {"side": "ma", "set": {"phone": "$fresh"}}}],
    "heal": [{"inject": {"fault": "rate_limit", "system": "crm"}}],
}  # fmt: skip


@pytest.mark.parametrize("name", [n for n in known_steps() if n not in ("wait", "kill")])
def test_a_step_leaves_a_trace(name: str) -> None:
    given = ON_STAGE.get(name, LEAST.get(name, {}))
    stage = on_stage([*BEFORE.get(name, ()), {name: given}])
    *earlier, step = stage.scenario.steps
    for one in earlier:
        one.run(stage)
    before = traces(stage)

    step.run(stage)

    assert traces(stage) != before


def test_wait_lets_wall_time_pass() -> None:
    stage = on_stage([{"wait": 0.05}])
    began = time.monotonic()

    stage.scenario.steps[0].run(stage)

    assert time.monotonic() - began >= 0.05
