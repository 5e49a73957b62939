"""Many short runs at once: what a task is, and in which order they go."""

from __future__ import annotations

import pytest
from syncproof.qualify.arena import CORRECT, Task, connector_of, play_all
from tests.qualify.made import scenario


def test_the_longest_go_first() -> None:
    short, long, crowded = (scenario("a"), scenario("b", ("sync", "sync", "sync")), scenario("c", total=900))

    weights = [Task(CORRECT, s).weight for s in (short, long, crowded)]

    assert weights == sorted(weights)
    assert len(set(weights)) == 3


def test_a_variant_has_its_bug_switched_on_and_the_correct_connector_none() -> None:
    assert connector_of(Task("echo", scenario("a"))).env["SYNC_BUGS"] == "echo"
    assert connector_of(Task(CORRECT, scenario("a"))).env["SYNC_BUGS"] == ""


def test_no_task_is_no_work() -> None:
    assert play_all([]) == []


@pytest.mark.slow
def test_outcomes_come_in_the_order_of_the_tasks_and_each_is_told_as_it_ends() -> None:
    small = {"population": {"total": 2, "kinds": {"customer": 1}}}
    first = scenario("mine/first").model_validate({"scenario": "mine/first", "steps": ["sync"], **small})
    second = scenario("mine/second").model_validate({"scenario": "mine/second", "steps": ["sync", "sync"], **small})
    said: list[str] = []

    found = play_all([Task(CORRECT, first), Task("secret_in_log", first), Task(CORRECT, second)], jobs=2, say=said.append)

    assert [(o.task.variant, o.task.scenario.id, o.verdict) for o in found] == [
        (CORRECT, "mine/first", "PASS"), ("secret_in_log", "mine/first", "FAIL"), (CORRECT, "mine/second", "PASS"),
    ]
    assert "SECRET-001" in found[1].fired
    assert "STATUS-001" in found[0].looked
    assert sorted(line.partition("]")[0] for line in said) == ["[1/3", "[2/3", "[3/3"]
    assert sum("mine/first FAIL" in line for line in said) == 1
