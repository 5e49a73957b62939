"""Edits while a sync runs: by people, or by a vendor's own automation, between two requests of the connector.

Such an edit is an edit of its side. This sync may carry it, the next one must; and the connector may write over it only
for a reason. What counts as a reason, and which races nobody can win, stands in docs/checks.md, "Edits while a sync runs".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

from syncproof_mocks.journal import Actor, Change

from .rules import Allowed, Pair

RACE = "which of two edits of one field stays, when one came after the connector had read and before it wrote"


@dataclass(frozen=True, slots=True)
class Moment:
    """What a field held from one place of the journal on. The value is neutral."""

    value: Any
    seq: int


@dataclass(frozen=True, slots=True)
class Course:
    """What became of one field of one record during one sync.

    ``moments`` holds the value when the sync started, then the value after each edit that was not the connector's.
    ``write`` is the last thing that the connector made of the field; None when it did not write it.
    """

    moments: tuple[Moment, ...]
    write: Moment | None

    @property
    def left(self) -> Any:
        """Return what the connector left: the value without the edits that came after its last write."""
        return self.moments[0].value if self.write is None else self.write.value

    @property
    def overtaken(self) -> Moment | None:
        """Return the last edit of this sync over which the connector wrote, or None."""
        before = [m for m in self.moments[1:] if self.write is not None and m.seq < self.write.seq]
        return before[-1] if before else None

    def known(self, other_left: Any) -> Any:
        """Return what the connector took this side to hold: a late edit counts as known once it stands on the other side."""
        late = [m.value for m in self.moments[1:] if self.write is None or m.seq > self.write.seq]
        return other_left if other_left in late else self.left

    def is_stale(self, number: int) -> bool:
        """Tell whether a connector that read moment ``number`` wrote over an edit which it had not seen."""
        overtaken = self.overtaken
        return overtaken is not None and self.moments[number].seq < overtaken.seq

    def is_late(self, number: int) -> bool:
        """Tell whether moment ``number`` came after the connector's last write: what it wrote was for an earlier one."""
        return self.write is not None and self.moments[number].seq > self.write.seq

    def outcome(self, number: int, wanted: Any, earlier: Iterable[Any]) -> Iterable[Any]:
        """Return what `left` may be when the connector read moment ``number`` and the rules say ``wanted``.

        Who has nothing to change must not write: an edit that an old value was written over had to stay. ``earlier`` are
        the outcomes of moments that are not late: what was written before a late moment must be explained by one of them.
        """
        is_met = wanted == self.moments[number].value
        if is_met and self.write is None:
            return (self.left,)
        if is_met and self.is_late(number):
            return earlier
        overtaken = self.overtaken
        if is_met and overtaken is not None and self.is_stale(number):
            return (overtaken.value,)
        return (wanted,)


def course_of(
    changes: Iterable[Change], window: tuple[int, int], field: str, read: Callable[[Any], Any], final: Any
) -> Course:
    """Return the course of ``field`` through ``window`` of the journal; ``read`` makes raw values neutral.

    ``changes`` are those of one record, ``final`` is the neutral value after the window. Where only the connector wrote,
    whatever stands at the end is taken for its work.
    """
    start, end = window
    own = [
        c for c in changes
        if start <= c.seq < end and (c.before is not None or c.actor is Actor.CONNECTOR) and field in c.fields
    ]
    first = read(own[0].fields[field][0]) if own else final
    if all(c.actor is Actor.CONNECTOR for c in own):
        return Course((Moment(first, start),), Moment(final, end))
    moments = [Moment(first, start), *(Moment(read(c.fields[field][1]), c.seq) for c in own if c.actor is not Actor.CONNECTOR)]
    writes = [Moment(read(c.fields[field][1]), c.seq) for c in own if c.actor is Actor.CONNECTOR]
    return Course(tuple(moments), writes[-1] if writes else None)


def base_after(crm: Course, ma: Course) -> Pair:
    """Return the pair that a connector may take for agreed when a sync has ended."""
    return crm.known(ma.left), ma.known(crm.left)


def interleaved(crm: Course, ma: Course, ask: Callable[[int, int], Allowed]) -> Allowed:
    """Return every pair that some order of the connector's reads and the edits explains.

    ``ask(i, j)`` says what the rules allow to a connector that read moment ``i`` of the CRM and ``j`` of the MA. The pairs
    are those of `Course.left`. A pair that only a lost race explains is allowed too, and said to be left open.
    """
    first = ask(0, 0)
    if len(crm.moments) == len(ma.moments) == 1:
        return first
    answers = {(i, j): ask(i, j) for i in range(len(crm.moments)) for j in range(len(ma.moments))}
    early_crm = _outcomes(crm, [(i, pair[0]) for (i, _), answer in answers.items() for pair in answer.pairs])
    early_ma = _outcomes(ma, [(j, pair[1]) for (_, j), answer in answers.items() for pair in answer.pairs])
    fair: dict[Pair, None] = {}
    raced: dict[Pair, None] = {}
    for (i, j), answer in answers.items():
        kind = raced if crm.is_stale(i) or ma.is_stale(j) else fair
        for wanted in answer.pairs:
            outcomes = product(crm.outcome(i, wanted[0], early_crm), ma.outcome(j, wanted[1], early_ma))
            kind.update(dict.fromkeys(outcomes))
    observed = (crm.left, ma.left)
    is_race = observed in raced and observed not in fair
    left_open = RACE if is_race else next((a.left_open for a in answers.values() if a.left_open), "")
    return Allowed(tuple({**fair, **raced}), f"{first.reason}; edited while the sync ran", left_open)


def _outcomes(course: Course, wanted: Iterable[tuple[int, Any]]) -> tuple[Any, ...]:
    """Return the outcomes of one side for the moments that are not late."""
    found = (course.outcome(number, value, ()) for number, value in wanted if not course.is_late(number))
    return tuple(dict.fromkeys(value for values in found for value in values))
