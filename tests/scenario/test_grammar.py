"""The language of a scenario file."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from syncproof.scenario.grammar import Scenario, known_steps


def scenario(*steps: Any, **rest: Any) -> Scenario:
    return Scenario.model_validate({"steps": list(steps), **rest})


def complaint(*steps: Any, **rest: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        scenario(*steps, **rest)
    return str(caught.value)


def test_every_step_of_the_folder_is_a_word_of_the_language() -> None:
    assert {"sync", "edit", "create", "delete", "erase", "opt_out", "opt_in", "edit_matrix", "ramp", "wait", "move_clock",
            "inject", "heal", "snapshot", "assert"} <= set(known_steps())  # fmt: skip


@pytest.mark.parametrize(
    ("line", "name", "settings"),
    [
        ("sync", "sync", {"expect": "any", "instances": 1}),
        ({"sync": None}, "sync", {"expect": "any"}),
        ({"sync": {"expect": "quiet"}}, "sync", {"expect": "quiet"}),
        ("heal", "heal", {"fault": None, "system": "both"}),
        ({"heal": "rate_limit"}, "heal", {"fault": "rate_limit"}),
        ({"wait": 2}, "wait", {"seconds": 2.0}),
        ({"move_clock": {"seconds": 60}}, "move_clock", {"seconds": 60.0}),
        ({"snapshot": "before"}, "snapshot", {"name": "before"}),
        ({"ramp": [10, 100]}, "ramp", {"to": (10, 100)}),
        ({"opt_out": {"side": "ma"}}, "opt_out", {"channel": "email", "purpose": "*"}),
        ({"opt_in": {"side": "ma", "evidence": "none"}}, "opt_in", {"evidence": None}),
        ({"edit_matrix": {}}, "edit_matrix", {"object": "contact", "fields": ()}),
    ],
)
def test_a_step_is_a_word_a_word_with_settings_or_a_word_with_one_value(line: Any, name: str, settings: Any) -> None:
    (step,) = scenario(line).steps

    assert step.name == name
    assert {key: getattr(step.settings, key) for key in settings} == settings


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("snyc", "steps.0.snyc"),
        ({"edit": None, "side": "crm"}, "one step per line"),
        ({}, "one step per line"),
        (["sync"], "a step is one word"),
        (5, "a step is one word"),
        ({"sync": {"expct": "quiet"}}, "steps.0.sync.expct"),
        ({"wait": -1}, "greater than 0"),
        ({"ramp": [100, 10]}, "the numbers of a ramp go up"),
        ({"ramp": [10, 10]}, "the numbers of a ramp go up"),
        ({"edit": {"side": "crm", "set": {}}}, "at least 1 item"),
        ({"edit": {"side": "left", "set": {"A": 1}}}, "'crm' or 'ma'"),
        ({"opt_in": {"side": "ma"}}, "steps.0.opt_in.evidence"),
        ({"opt_in": {"side": "ma", "evidence": None}}, "say what proves the yes"),
        ({"assert": {"side": "ma", "field": "x"}}, "claim one thing"),
        ({"assert": {"side": "ma", "field": "x", "equals": 1, "exists": True}}, "claim one thing"),
        ({"assert": {"side": "ma"}}, "claim one thing"),
        ({"inject": {"fault": "rate_limit", "probability": 0}}, "greater than 0"),
    ],
)
def test_a_step_that_cannot_be_meant_is_refused_at_its_place(line: Any, told: str) -> None:
    assert told in complaint(line)


def test_a_scenario_without_steps_is_refused() -> None:
    assert "steps" in complaint()


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ({"populaton": {}}, "populaton"),
        ({"classes": ["B1"]}, "classes.0"),
        ({"population": {"total": 0}}, "greater than or equal to 1"),
        ({"population": {"total": 5, "dirt": {"inactive": 6}}}, "asks for 6 people"),
        ({"population": {"kinds": {"customer": 0}}}, "at least one weight"),
        ({"population": {"kinds": {"pet": 1}}}, "population.kinds.pet"),
        ({"population": {"locales": ["xx_XX"]}}, "population.locales.0"),
        ({"checks": {"skip": {"CONS-001": "short"}}}, "at least 10 characters"),
        ({"scenario": "spaces are bad"}, "match pattern"),
    ],
)
def test_a_key_that_cannot_be_meant_is_refused_at_its_place(rest: Any, told: str) -> None:
    assert told in complaint("sync", **rest)


def test_a_scenario_is_frozen() -> None:
    with pytest.raises(ValidationError):
        scenario("sync").title = "other"  # type: ignore[misc]


def test_a_step_reads_like_the_line_that_made_it() -> None:
    line = {"edit": {"side": "crm", "who": {"index": 3}, "set": {"Phone": "$fresh", "Vip__c": True}}}

    told = [str(step) for step in scenario("sync", line, {"opt_in": {"side": "ma", "evidence": "none"}}).steps]

    assert told == [
        "sync",
        "edit: side: crm, who: {index: 3}, set: {Phone: $fresh, Vip__c: True}",
        "opt_in: side: ma, evidence: none",
    ]
