"""Chaos: scenarios that nobody wrote. Steps and faults are combined by chance, within what the two systems offer.

`chaos/7` with one seed, one mapping and one pair of systems is always the same scenario, byte for byte: what is drawn
is the YAML of a scenario file, which `syncproof show` prints and which says the same when it is kept in a file.
Everything is healed at the end and the connector gets its chance to make up for what it missed; the oracle judges as ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import yaml
from syncproof_mocks.dice import Dice

from ...errors import InputError, Problem
from ..grammar import Scenario
from .drawing import Story, draw
from .ground import Ground
from .telling import told

# What `--pack chaos` plays: `chaos/1` to this number. More by name: `chaos/11`.
PACK_SIZE = 10
MOST_NUMBER = 9_999
TAG = "chaos"

_NAME = re.compile(r"chaos/(\d{1,9})")


def number_of(argument: str) -> int | None:
    """Return the number in `chaos/7`, None when the argument names something else. Raises InputError for one out of bounds."""
    found = _NAME.fullmatch(argument)
    if found is None:
        return None
    number = int(found[1])
    if not 1 <= number <= MOST_NUMBER or found[1] != str(number):
        raise InputError([Problem(argument, f"scenarios of chaos go from `chaos/1` to `chaos/{MOST_NUMBER}`.", "Another `--seed` gives others.")])
    return number


def drawn_text(number: int, seed: int, ground: Ground) -> str:
    """Return the YAML of scenario ``number`` of a seed: a whole scenario file. The same ground gives the same text."""
    return _written(draw(Dice(seed).stream(f"chaos/{number}"), ground), number, seed)


def drawn(numbers: Iterable[int], seed: int, ground: Ground) -> list[Scenario]:
    """Return the scenarios of these numbers, in order. Raises InputError when the mapping leaves nothing to do."""
    if not ground.fields:
        raise InputError([Problem("chaos", "the mapping has no field of contacts or leads that people could edit on either side.",
                                  "`syncproof mapping check` tells what is missing.")])
    made = []
    for number in numbers:
        name = f"chaos/{number}"
        scenario = Scenario.model_validate(yaml.safe_load(drawn_text(number, seed, ground)))
        made.append(scenario.placed(name, "", name, ()))
    return made


def _written(story: Story, number: int, seed: int) -> str:
    faults = ", ".join(dict.fromkeys(step["inject"]["fault"] for step in story.steps if "inject" in step)) or "no fault"
    said = [f"{place}. {sentence}" for place, sentence in enumerate(map(told, story.steps), 1)]
    lines = [
        f"scenario: chaos/{number}",
        f"title: Chaos {number} of seed {seed} ({faults})",
        "why: |",
        "  Drawn by chance. Whatever goes wrong on the way, at the end everything must have come right:",
        *(f"  {line}" for line in said),
        f"tags: [{TAG}]",
        f"population: {_flow(story.population)}",
        "steps:",
        *(f"  - {_step(step)}" for step in story.steps),
        "options: {must_happen: true}",
    ]
    return "\n".join(lines) + "\n"


def _step(step: dict[str, object]) -> str:
    ((word, settings),) = step.items()
    return f"{word}: {_flow(settings)}" if settings else word


def _flow(data: object) -> str:
    return yaml.safe_dump(data, default_flow_style=True, sort_keys=False, width=10_000, allow_unicode=True).strip()
