"""A workflow of the user's own portal acts in a scenario, as vendor automation, at once or when time has moved on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from syncproof.drivers import Ended
from syncproof.mapping.grammar import Side
from syncproof.mapping.load import default_mapping_path, load_mapping
from syncproof.sandbox import Sandbox
from syncproof.scenario.grammar import Scenario
from syncproof.shape import load_shape
from syncproof.stage import Stage
from syncproof_mocks.journal import Actor

ONE_DAY_MS = 86_400_000
SHAPE = """
based_on: built-in
ma:
  workflows:
    - {name: mark at once, kind: contacts, on: change, when: [{property: phone, op: known}], after: [{set: jobtitle, to: Called}], delay_ms: DELAY}
"""


def staged(folder: Path, delay_ms: int, steps: list[Any]) -> Stage:
    (folder / "orgs.yaml").write_text(SHAPE.replace("DELAY", str(delay_ms)))
    mapping = load_mapping(default_mapping_path())
    scenario = Scenario.model_validate({"population": {"total": 3, "kinds": {"customer": 1}}, "steps": steps}).placed("test/case", "", "test/case", ())
    stage = Stage(scenario, mapping, Sandbox(mapping, 3, shape=load_shape(folder / "orgs.yaml")), lambda *_: Ended(0, "exited", 0.0, b"", 0, False, (), ""))
    stage.seed()
    for step in stage.scenario.steps:
        step.run(stage)
    return stage


def titles(stage: Stage) -> list[Any]:
    return [row.values.get("jobtitle") for row in stage.sandbox.on(Side.MA).store.rows("contacts")]


EDIT = {"edit": {"side": "ma", "set": {"phone": "$fresh"}}}


def test_a_workflow_acts_after_an_edit_and_is_told_as_automation(tmp_path: Path) -> None:
    stage = staged(tmp_path, 0, [EDIT])

    assert titles(stage).count("Called") == 1
    [change] = [c for c in stage.journal.changes() if "jobtitle" in c.fields]
    assert change.actor is Actor.VENDOR_AUTOMATION


def test_a_delayed_workflow_acts_when_the_clock_was_moved(tmp_path: Path) -> None:
    waiting = staged(tmp_path, ONE_DAY_MS, [EDIT])
    moved = staged(tmp_path, ONE_DAY_MS, [EDIT, {"move_clock": 2 * 86_400}])

    assert titles(waiting).count("Called") == 0
    assert titles(moved).count("Called") == 1
