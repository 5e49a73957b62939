"""What the rules say about one field of one person around one sync, beside what is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ..evidence import Act
from ..mapping.grammar import FieldRule, Side
from .interleaving import Course
from .rules import Allowed, Pair, Situation
from .scope import Meeting


@dataclass(frozen=True, slots=True)
class Judgement:
    """One field of one person around one sync. ``situation.now`` and ``observed`` are neutral (crm, ma) pairs."""

    meeting: Meeting
    rule: FieldRule
    situation: Situation
    allowed: Allowed
    observed: Pair
    acts: tuple[Act, ...]
    courses: tuple[Course, Course] | None = None  # (crm, ma); None for a record that the sync made

    @property
    def is_ok(self) -> bool:
        """Tell whether the rules explain what is there."""
        return self.observed in self.allowed.pairs

    def nearest(self) -> Pair:
        """Return the allowed pair that differs least from what was observed."""
        crm, ma = self.observed
        return min(self.allowed.pairs, key=lambda p: (p[0] != crm) + (p[1] != ma))

    def wrong_sides(self) -> list[tuple[Side, Any, Any]]:
        """Return (side, expected, found) for each side that differs from the nearest allowed pair."""
        wanted, seen = self.nearest(), self.observed
        pairs = [(Side.CRM, wanted[0], seen[0]), (Side.MA, wanted[1], seen[1])]
        return [p for p in pairs if p[1] != p[2]]

    @property
    def was_edited_meanwhile(self) -> bool:
        """Tell whether anybody but the connector changed the field while the sync ran."""
        return self.courses is not None and any(len(course.moments) > 1 for course in self.courses)

    def is_overwritten(self, side: Side, expected: Any) -> bool:
        """Tell whether ``expected`` is an edit of this very sync, over which the connector wrote another value."""
        course = None if self.courses is None else self.courses[0 if side is Side.CRM else 1]
        return course is not None and course.overtaken is not None and course.overtaken.value == expected

    def also(self, pair: Pair, why: str) -> Judgement:
        """Return the same judgement with one more pair allowed, for the reason given."""
        pairs = tuple(dict.fromkeys([*self.allowed.pairs, pair]))
        return replace(self, allowed=Allowed(pairs, why, self.allowed.left_open))
