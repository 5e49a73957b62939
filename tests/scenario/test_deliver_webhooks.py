"""What becomes of webhooks is a line of the story; a line about nothing is UNKNOWN, never a pass."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.errors import SetupError
from syncproof.mapping.load import load_mapping
from syncproof.sandbox import Sandbox, default_mapping_file
from syncproof.scenario.grammar import Scenario
from syncproof.stage import Stage

EDITS = [{"edit": {"side": "ma", "who": "all", "set": {"phone": "$fresh"}}}]


def stage_with(*steps: Any, listens: bool = True) -> Stage:
    scenario = Scenario.model_validate({"population": {"total": 4, "kinds": {"customer": 4}}, "steps": [*steps]}).placed("test/case", "", "test/case", ())
    mapping = load_mapping(default_mapping_file())
    stage = Stage(scenario, mapping, Sandbox(mapping, 3), lambda *_: None)  # type: ignore[arg-type]
    stage.seed()
    outbox = stage.sandbox.ma.outbox
    if listens and outbox is not None:
        outbox.listen("http://127.0.0.1:9/", ["contact.propertyChange:phone"])
    for step in stage.scenario.steps:
        step.run(stage)
    return stage


@pytest.mark.parametrize(("lose", "left"), [(0, 4), (3, 1), ("all", 0)])
def test_as_many_are_lost_as_the_line_says(lose: Any, left: int) -> None:
    stage = stage_with(*EDITS, {"deliver_webhooks": {"lose": lose}})

    assert stage.sandbox.ma.outbox is not None
    assert stage.sandbox.ma.outbox.pending == left


def test_a_delay_is_sandbox_time() -> None:
    stage = stage_with(*EDITS, {"deliver_webhooks": {"delay_s": 600}})
    outbox, now = stage.sandbox.ma.outbox, stage.sandbox.world.clock.now_ms()

    assert outbox is not None
    due = outbox.next_due_ms()
    assert due is not None
    assert 590_000 < due - now <= 600_000


@pytest.mark.parametrize(
    ("steps", "listens"),
    [([], True), (EDITS, False), ([{"edit": {"side": "crm", "who": "all", "set": {"Phone": "$fresh"}}}], True)],
)
def test_where_nothing_waits_the_line_proves_nothing(steps: list[Any], listens: bool) -> None:
    with pytest.raises(SetupError, match="no webhook of hubspot waits"):
        stage_with(*steps, {"deliver_webhooks": {}}, listens=listens)


def test_a_system_without_webhooks_is_told() -> None:
    with pytest.raises(SetupError, match="no webhook of salesforce waits"):
        stage_with(*EDITS, {"deliver_webhooks": {"side": "crm"}})
