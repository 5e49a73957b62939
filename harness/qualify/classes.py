"""The catalogue of bug classes, and where this suite stands on each: scenarios, rules, variants, or why none.

The catalogue is data (`classes.yaml`). A class is *covered* when a built-in scenario is there for it and a rule names it;
it is *detected* when, on top, a buggy variant of that class is caught. One that cannot occur, or that nobody reaches yet,
says why in `expected/FAMILY.py`; nothing may be both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import yaml

from ..checks import all_rules
from ..reference_bugs import variants
from ..scenario.loader import BUG_CLASSES, builtin, load_scenarios
from .expected import NOT_APPLICABLE, NOT_REACHED

State = Literal["covered", "not_applicable", "not_reached", "open", "contradictory"]


@dataclass(frozen=True, slots=True)
class BugClass:
    """One class of bug: its id (`B001`), a name, one line, how grave (tier 1 to 3) and its theme."""

    id: str
    slug: str
    says: str
    tier: int
    family: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the suite stands on one class: built-in scenarios and rules that name it, variants of it, or why there are none."""

    bug_class: BugClass
    scenarios: tuple[str, ...]
    rules: tuple[str, ...]
    variants: tuple[str, ...]
    not_applicable: str = ""
    not_reached: str = ""

    @property
    def state(self) -> State:
        """Return which of the three it is; `open` when none, `contradictory` when more than one.

        A class listed as not applicable or not reached may still be named by a rule (rules state what they would see),
        but a scenario that is there for it contradicts the list.
        """
        told = bool(self.not_applicable) + bool(self.not_reached)
        if told > 1 or (told and (self.scenarios or self.variants)):
            return "contradictory"
        if told:
            return "not_applicable" if self.not_applicable else "not_reached"
        return "covered" if self.scenarios and self.rules else "open"


@cache
def bug_classes() -> Mapping[str, BugClass]:
    """Return the catalogue by id, in order."""
    text = resources.files(__package__).joinpath("classes.yaml").read_text("utf-8")
    found = {name: BugClass(id=name, **told) for name, told in yaml.safe_load(text).items()}
    assert list(found) == [f"B{n:03}" for n in range(1, BUG_CLASSES + 1)]
    return found


def standings() -> tuple[Standing, ...]:
    """Return where the suite stands on each class, in order of the catalogue."""
    scenarios = _by_class((s.id, s.classes) for s in load_scenarios(list(builtin())))
    rules = _by_class((rule.id, rule.classes) for rule, _ in all_rules().values())
    shown = _by_class((v.name, (v.bug_class,)) for v in variants())
    return tuple(
        Standing(c, scenarios.get(c.id, ()), rules.get(c.id, ()), shown.get(c.id, ()),
                 NOT_APPLICABLE.get(c.id, ""), NOT_REACHED.get(c.id, ""))
        for c in bug_classes().values()
    )  # fmt: skip


def _by_class(named: Iterable[tuple[str, Iterable[str]]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, classes in named:
        for bug_class in classes:
            found.setdefault(bug_class, []).append(name)
    return {bug_class: tuple(sorted(names)) for bug_class, names in found.items()}
