"""Faults that could never strike, given the two systems: told before anything runs, with file and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from syncproof_mocks.dialect import Dialect

from ..errors import InputError, Problem
from ..mapping.grammar import Side
from .grammar import Scenario, ScenarioStep


def every_step(step: ScenarioStep) -> Iterator[ScenarioStep]:
    """Yield a step and the steps inside it (what `meanwhile` does), outer ones first."""
    yield step
    for inner in getattr(step.settings, "do", ()):
        yield from every_step(inner)


def out_of_reach(scenario: Scenario, dialects: Mapping[Side, Dialect]) -> list[Problem]:
    """Return what is wrong with the faults of a scenario on these systems: rules that can never match."""
    found = []
    for number, line in enumerate(scenario.steps):
        for step in every_step(line):
            if step.name == "inject":
                at = scenario.line_of(number)
                place = f"{scenario.path}:{at}" if at else f"{scenario.id}, step {number + 1}"
                found += [Problem(place, f"{text}.", remedy) for text, remedy in _complaints(step.settings, dialects)]
    return found


def refuse_out_of_reach(chosen: Iterable[Scenario], dialects: Mapping[Side, Dialect]) -> None:
    """Raise InputError with every fault of these scenarios that could never strike."""
    problems = [problem for scenario in chosen for problem in out_of_reach(scenario, dialects)]
    if problems:
        raise InputError(problems)


def _complaints(settings: Any, dialects: Mapping[Side, Dialect]) -> Iterator[tuple[str, str]]:
    from syncproof_mocks.faults import complaint

    for side, dialect in dialects.items():
        if settings.system in (side.value, "both"):
            text = complaint(dialect, settings.model_dump())
            if text:
                yield text, f"Change the rule, or say `system: {side.other.value}`." if settings.system == "both" else "Change the rule."
