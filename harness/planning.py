"""What has to be known before anybody is seeded: who plays which cell of the matrix, how many people come in later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .cast import Cast
from .errors import SetupError
from .mapping.grammar import Mapping, Side
from .matrix import Cell, cells
from .population.people import Person, PersonKind
from .population.spec import MOST_PEOPLE
from .sandbox import Sandbox
from .scenario.grammar import PopulationSettings, Scenario, ScenarioStep


def newcomers(scenario: Scenario) -> int:
    """Count the people that later steps bring in."""
    wanted = 0
    for step in _every_step(scenario.steps):
        settings: Any = step.settings
        if step.name == "create" and settings.who is None:
            wanted += settings.count
        elif step.name == "ramp":
            wanted += max(max(settings.to) - scenario.population.total, 0)
    return wanted


def _every_step(steps: Iterable[ScenarioStep]) -> Iterator[ScenarioStep]:
    """Yield steps with those that happen within them."""
    for step in steps:
        yield step
        yield from _every_step(getattr(step.settings, "do", ()))


def roomy(scenario: Scenario, mapping: Mapping, sandbox: Sandbox) -> PopulationSettings:
    """Return the population that a scenario orders, larger where the matrix of this mapping has more cells than people.

    Built-in scenarios are sized for the default mapping; the shares of all strata stay.
    """
    settings = scenario.population
    wanted = sum(
        len(matrix_cells(mapping, sandbox, step.settings))
        for step in scenario.steps if step.name == "edit_matrix" and mapping.of(_object(step.settings)) is not None
    )
    return settings.model_copy(update={"total": max(settings.total, min(wanted, MOST_PEOPLE))})


def _object(settings: Any) -> str:
    return str(settings.object)


def matrix_cells(mapping: Mapping, sandbox: Sandbox, settings: Any) -> list[Cell]:
    """Return the cells of one `edit_matrix` step. Raises SetupError when the mapping has no such object."""
    obj = mapping.of(settings.object)
    if obj is None:
        raise SetupError(f"the mapping `{mapping.mapping}` has no object `{settings.object}`")
    schema = {s: sandbox.on(s).schema(obj.kind_on(s)) for s in Side}
    return cells(obj, settings.changed, settings.to, settings.fields, schema)


def plan_matrix(
    scenario: Scenario, mapping: Mapping, sandbox: Sandbox, cast: Cast, people: Sequence[Person]
) -> dict[str, tuple[Cell, int]]:
    """Return person key -> (cell, number of the sync that judges it), and note in the cast which fields start blank.

    Raises SetupError when there are fewer plain people than cells.
    """
    planned: dict[str, tuple[Cell, int]] = {}
    for number, step in enumerate(scenario.steps):
        if step.name != "edit_matrix":
            continue
        settings: Any = step.settings
        judged = sum(1 for s in scenario.steps[:number] if s.name == "sync") + 1
        found = matrix_cells(mapping, sandbox, settings)
        wanted = PersonKind.LEAD if settings.object == "lead" else PersonKind.CUSTOMER
        fit = [p for p in people if p.key not in planned and not p.dirt and p.kind is wanted]
        if len(fit) < len(found):
            raise SetupError(
                f"the matrix has {len(found)} cells and needs as many plain people of kind {wanted}; the population has "
                f"{len(fit)}: set `population: {{total: {len(found) + len(people) - len(fit)}}}`"
            )
        for person, cell in zip(fit, found, strict=False):
            planned[person.key] = (cell, judged)
            cast.full.add(person.key)
            if cell.blank_side is not None:
                cast.blanks.setdefault((cell.blank_side, person.key), set()).add(cell.rule.field_on(cell.blank_side))
    return planned
