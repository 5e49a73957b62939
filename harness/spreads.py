"""Reaction times of many journeys as a distribution: what never arrived is counted apart, never averaged away."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from .model import Travel

DIRECTIONS = {"crm_to_ma": "CRM to MA", "ma_to_crm": "MA to CRM"}


@dataclass(frozen=True, slots=True)
class Spread:
    """A distribution of seconds; ``p90`` is a time that was seen (nearest rank). ``count`` is never 0."""

    count: int
    least: float
    median: float
    p90: float
    most: float


@dataclass(frozen=True, slots=True)
class Reaction:
    """What people entered in one direction (or in both) and what became of it.

    ``from_edit`` counts from the act, and so also how long the scenario let it wait for a sync; ``from_sync`` from the start of
    the sync that carried it. None when nothing arrived.
    """

    direction: str  # of `DIRECTIONS`; empty: both
    arrived: int
    missing: int
    not_owed: int
    at_once: int  # of those that arrived: with the first sync that could carry them
    from_edit: Spread | None
    from_sync: Spread | None


def spread(seconds: Iterable[float]) -> Spread | None:
    """Return the distribution; None when there is nothing to distribute."""
    ordered = sorted(seconds)
    if not ordered:
        return None
    return Spread(len(ordered), ordered[0], median(ordered), ordered[math.ceil(0.9 * len(ordered)) - 1], ordered[-1])


def reactions(travels: Sequence[Travel]) -> tuple[Reaction, ...]:
    """Return one for each direction that was used, after one for both when there are two; empty when nobody entered anything."""
    used = [d for d in DIRECTIONS if any(t.direction == d for t in travels)]
    return tuple(_reaction(d, travels) for d in (("", *used) if len(used) > 1 else used))


def _reaction(direction: str, travels: Iterable[Travel]) -> Reaction:
    own = [t for t in travels if direction in ("", t.direction)]
    arrived = [t for t in own if t.state == "arrived"]
    return Reaction(
        direction, len(arrived), sum(t.state == "missing" for t in own), sum(t.state == "not_owed" for t in own),
        sum(t.syncs == 1 for t in arrived), spread(t.edit_s for t in arrived if t.edit_s is not None),
        spread(t.sync_s for t in arrived if t.sync_s is not None),
    )
