"""Qualifications made by hand: outcomes of runs that nobody ran."""

from __future__ import annotations

from syncproof.qualify import Qualification, Trial
from syncproof.qualify.arena import CORRECT, Outcome, Task
from syncproof.qualify.expectation import Expectation
from syncproof.reference_bugs import Variant
from syncproof.scenario.grammar import Scenario


def scenario(id: str, steps: tuple[str, ...] = ("sync",), total: int = 20) -> Scenario:
    return Scenario.model_validate({"scenario": id, "steps": list(steps), "population": {"total": total}})


def outcome(
    where: str, *fired: str, variant: str = CORRECT, verdict: str = "", reason: str = "", looked: tuple[str, ...] = ("FIELD-001",)
) -> Outcome:
    told = verdict or ("FAIL" if fired else "PASS")
    return Outcome(Task(variant, scenario(where)), told, reason, fired, looked, len(fired), reason, 1.5)


def trial(name: str, expected: str, bug_class: str = "B001", **where: str) -> Trial:
    """Return a trial: ``where`` is scenario (without its folder) -> the rules that fired, in one text."""
    outcomes = tuple(outcome(f"x/{s}", *rules.split(), variant=name) for s, rules in where.items())
    wanted = Expectation(tuple(f"x/{s}" for s in where), tuple(expected.split()))
    return Trial(Variant(name, bug_class, "them/it#1", "what goes wrong"), wanted, outcomes)


def qualification(*trials: Trial, clean: tuple[Outcome, ...] = (), is_whole: bool = True) -> Qualification:
    return Qualification(trials, clean or (outcome("x/one"), outcome("x/two")), "full", 1, 2, 12.0, is_whole)
