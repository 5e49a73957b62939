"""What the last `make score` measured, as a table that ships: who looks at what, who catches what, the score.

The file is written by a command, never by hand. A test compares it with fresh runs, so a change that lowers what the
suite sees cannot pass without the numbers in the README being lowered too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ..errors import InputError, Problem
from . import Qualification
from .numbers import as_json

FILE = Path(__file__).with_name("measured.yaml")
_HEAD = """\
# Written by `make score`, never by hand: the reference connector and its buggy variants over the built-in scenarios.
# looked: scenario -> rules that had something to look at (correct connector); catches: scenario -> variants caught there;
# proves: rule -> variants at which it was expected to fire, and did.
"""


@dataclass(frozen=True)
class Measured:
    """One score: numbers for people, and the two tables that tests compare."""

    pack: str
    seed: int
    variants: Mapping[str, Any]  # total, caught, missed
    classes: Mapping[str, Any]  # total, detected, not_applicable, not_reached, not_shown, open (the last four: ids)
    false_alarms: int
    runs: int
    seconds: int
    jobs: int
    looked: Mapping[str, tuple[str, ...]]
    catches: Mapping[str, tuple[str, ...]]
    proves: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # empty: of a score before this was written down


@cache
def measured() -> Measured:
    """Return what is written down. Raises InputError when nothing has been measured yet."""
    if not FILE.exists():
        raise InputError([Problem(str(FILE), "nothing has been measured yet.", "Run `make score` in a checkout of Syncproof.")])
    told: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    for name in ("looked", "catches", "proves"):
        told[name] = {key: tuple(values) for key, values in told.get(name, {}).items()}
    return Measured(**told)


def as_text(found: Qualification) -> str:
    """Return the file for a whole qualification."""
    assert found.is_whole, "a score is of everything"
    numbers = as_json(found)
    classes = numbers["classes"]
    told = {
        "pack": found.pack, "seed": found.seed,
        "variants": {k: numbers["variants"][k] for k in ("total", "caught", "missed")},
        "classes": {k: classes[k] for k in ("total", "detected", "not_applicable", "not_reached", "not_shown", "open")},
        "false_alarms": found.false_alarms, "runs": numbers["scenarios_run"], "seconds": round(found.seconds), "jobs": found.jobs,
        "looked": looked(found), "catches": {k: v for k, v in sorted(catches(found).items()) if v},
        "proves": proves(found),
    }  # fmt: skip
    return _HEAD + yaml.safe_dump(told, sort_keys=False, width=10_000, default_flow_style=None)


def looked(found: Qualification) -> dict[str, list[str]]:
    """Return scenario -> the rules that had something to look at, sorted."""
    return {o.task.scenario.id: list(o.looked) for o in sorted(found.clean, key=lambda o: o.task.scenario.id)}


def catches(found: Qualification) -> dict[str, list[str]]:
    """Return scenario -> the variants that a right rule caught there, sorted."""
    return {p.scenario: sorted(p.catches) for p in found.powers}


def proves(found: Qualification) -> dict[str, list[str]]:
    """Return rule -> the variants at which it was expected and fired, both sorted: any one expected rule catches a variant."""
    proofs: dict[str, list[str]] = {}
    for trial in found.tried:
        fired = {rule for rules in trial.fired.values() for rule in rules}
        for rule in fired & set(trial.expected.rules):
            proofs.setdefault(rule, []).append(trial.variant.name)
    return {rule: sorted(proofs[rule]) for rule in sorted(proofs)}
