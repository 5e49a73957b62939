"""Dates of birth: one each, in an order that brings the tricky ones early."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Final

FIRST: Final = date(1950, 1, 1)
LAST: Final = date(2004, 12, 31)
_LEAP_EVERY: Final = 20
# Divides neither the number of ambiguous nor that of plain days: steps of this width meet every day before one twice.
_STRIDE: Final = 3_571


@cache
def _days() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    leap: list[str] = []
    ambiguous: list[str] = []
    plain: list[str] = []
    for ordinal in range(FIRST.toordinal(), LAST.toordinal() + 1):
        day = date.fromordinal(ordinal)
        group = leap if (day.month, day.day) == (2, 29) else ambiguous if day.day <= 12 else plain
        group.append(day.isoformat())
    return tuple(leap), tuple(ambiguous), tuple(plain)


def birthdays(rng: random.Random) -> Callable[[int], str]:
    """Return person number -> date of birth (YYYY-MM-DD), unique for the first 19,000 people.

    Person 3, 23, 43... (the first 14 of them) are born on 29 February. Two in five of the others have a day up to
    12, which reads as a month when day and month are swapped; the rest cannot be swapped without an error.
    """
    leap, ambiguous, plain = _days()
    start = rng.randrange(len(plain))

    def birthday(number: int) -> str:
        turn, place = divmod(number, _LEAP_EVERY)
        if place == 3 and turn < len(leap):
            return leap[(turn + start) % len(leap)]
        five, place = divmod(number, 5)
        if place in (0, 2):
            return ambiguous[(start + (five * 2 + place // 2) * _STRIDE) % len(ambiguous)]
        return plain[(start + (five * 3 + (1, 3, 4).index(place)) * _STRIDE) % len(plain)]

    return birthday
