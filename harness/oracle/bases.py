"""What broken syncs left in order.

A sync that a fault struck or that was killed is not judged: what it failed to do, the next one makes up for. It may have
done right by some fields all the same, and a connector that remembers so takes what it left for agreed. A later edit of
one side is then the only edit, where somebody who knows the last judged sync alone sees both sides changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..evidence import Evidence, State
from ..mapping.grammar import FieldRule, Side
from .meanings import meaning_of
from .rules import Allowed, Pair, Situation, allowed
from .scope import Meeting


def bases_made(
    evidence: Evidence, m: Meeting, rule: FieldRule, base: Pair | None, broken: Iterable[int], last_until: Callable[[int], Side | None]
) -> tuple[Pair, ...]:
    """Return the pairs that broken syncs left of a field, as far as they are what the rules allow; oldest first.

    ``base`` is the pair after the last judged sync, ``last_until`` the side that people edited last before a sequence.
    """
    known: list[Pair | None] = [base]
    for number in broken:
        before, after = evidence.before_syncs[number - 1], evidence.states[number]
        start, end = _pair(before, m, rule), _pair(after, m, rule)
        if start is None or end is None:
            continue
        if any(end in allowed(rule, Situation(b, start, last_until(before.seq))).pairs for b in known):
            known.append(end)
    return tuple(b for b in known[1:] if b is not None)


def widened(answer: Allowed, bases: Iterable[Pair], ask: Callable[[Pair], Allowed]) -> Allowed:
    """Return the answer with what the rules allow to a connector that takes one of the bases for agreed."""
    more = [pair for base in bases for pair in ask(base).pairs]
    return Allowed(tuple(dict.fromkeys([*answer.pairs, *more])), answer.reason, answer.left_open) if more else answer


def _pair(state: State, m: Meeting, rule: FieldRule) -> Pair | None:
    """Return what the field held on both sides at a moment; None where a record was not there."""
    found = []
    for side in (Side.CRM, Side.MA):
        there = m.before(side)
        row = state.on(side).get(there.kind, there.id) if there is not None else None
        if row is None or row.deleted:
            return None
        found.append(meaning_of(rule, side, row.values.get(rule.field_on(side))))
    return found[0], found[1]
