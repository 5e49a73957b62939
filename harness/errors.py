"""Every error a user may meet.

SyncproofError
├── InputError        the input is wrong (exit 64): where, what was given, what was allowed, what to do
│   └── carries `problems`, all of them at once
├── SetupError        a scenario could not be set up (verdict UNKNOWN, exit 2)
│   └── UnsettledError  ... because its systems never came to rest
└── BugError          a bug of ours (exit 70)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class SyncproofError(Exception):
    """Base of all errors of this project."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One complaint about an input: place (`file:line`, `file!Sheet!B7`), what is wrong, and the remedy."""

    where: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" + (f" {self.remedy}" if self.remedy else "")


class InputError(SyncproofError):
    """The input is wrong. ``problems`` holds every complaint, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


class SetupError(SyncproofError):
    """A scenario could not be set up; its verdict is UNKNOWN."""


class UnsettledError(SetupError):
    """The connector never came to rest, so no moment is one to judge; the scenario's verdict is UNKNOWN."""


class BugError(SyncproofError):
    """The harness contradicts itself: a bug of ours."""
