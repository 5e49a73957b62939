"""Steps that could never do what they say, given the two systems: told before anything runs, with file and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from syncproof_mocks.dialect import Dialect

from ..errors import InputError, Problem
from ..mapping.grammar import Side
from ..nearest import suggest
from .grammar import Scenario, ScenarioStep


def every_step(step: ScenarioStep) -> Iterator[ScenarioStep]:
    """Yield a step and the steps inside it (what `meanwhile` does), outer ones first."""
    yield step
    for inner in getattr(step.settings, "do", ()):
        yield from every_step(inner)


def out_of_reach(scenario: Scenario, dialects: Mapping[Side, Dialect]) -> list[Problem]:
    """Return what is wrong with a scenario on these systems: faults and moments that can never come, unknown switches."""
    found = []
    for number, line in enumerate(scenario.steps):
        at = scenario.line_of(number)
        place = f"{scenario.path}:{at}" if at else f"{scenario.id}, step {number + 1}"
        if line.name == "kill":
            found.append(Problem(place, "no sync runs at this step, so there is nothing to kill.", "Write `kill` under `do` of a `meanwhile`."))
        for step in every_step(line):
            told = _LOOKED_AT[step.name](step.settings, dialects) if step.name in _LOOKED_AT else ()
            found += [Problem(place, f"{text}.", remedy) for text, remedy in told]
    return found


def refuse_out_of_reach(chosen: Iterable[Scenario], dialects: Mapping[Side, Dialect]) -> None:
    """Raise InputError with everything in these scenarios that could never happen."""
    problems = [problem for scenario in chosen for problem in out_of_reach(scenario, dialects)]
    if problems:
        raise InputError(problems)


def _fault(settings: Any, dialects: Mapping[Side, Dialect]) -> Iterator[tuple[str, str]]:
    from syncproof_mocks.faults import complaint

    for side, dialect in dialects.items():
        if settings.system in (side.value, "both"):
            text = complaint(dialect, settings.model_dump())
            if text:
                yield text, f"Change the rule, or say `system: {side.other.value}`." if settings.system == "both" else "Change the rule."


def _moment(settings: Any, dialects: Mapping[Side, Dialect]) -> Iterator[tuple[str, str]]:
    dialect = dialects[settings.system]
    if not dialect.meant(settings.operation):
        remedy = f"Write a pattern over operation ids (`syncproof coverage {dialect.name}` lists them), or {', '.join(sorted(dialect.groups))}."
        yield f"no operation of {dialect.name} matches `{settings.operation}`, so it could never happen", remedy


def _switch(settings: Any, dialects: Mapping[Side, Dialect]) -> Iterator[tuple[str, str]]:
    dialect = dialects[settings.system]
    found = {s.name: s for s in dialect.switches}.get(settings.name)
    if found is None:
        yield f"{dialect.name} has no switch `{settings.name}`{suggest(settings.name, dialect.settings)}", "docs/dialects.md lists them."
    elif found.allowed and settings.value not in found.allowed:
        yield f"{dialect.name}.{settings.name} cannot be {settings.value!r}; allowed: {', '.join(map(repr, found.allowed))}", ""


_LOOKED_AT = {"inject": _fault, "meanwhile": _moment, "switch": _switch}
