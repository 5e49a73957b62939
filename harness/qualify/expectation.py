"""Which scenarios reach a bug of the reference connector, and which rules must then fire."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expectation:
    """Any of ``rules`` fired in any of ``scenarios`` means: caught by the check that should catch it."""

    scenarios: tuple[str, ...]
    rules: tuple[str, ...]


def caught_by(scenarios: str, rules: str) -> Expectation:
    """Return the expectation written as two lists of words."""
    return Expectation(tuple(scenarios.split()), tuple(rules.split()))
