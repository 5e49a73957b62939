"""Stratified sampling: how many of each value, and an order in which every stretch holds its share of each."""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

V = TypeVar("V", bound=Hashable)


def allot(shares: Mapping[V, float], total: int) -> dict[V, int]:
    """Return how many of ``total`` each value gets: its share, rounded so that the sum is right.

    A value with a share above zero gets at least one as soon as ``total`` has room for one of each. Shares need
    not add up to 1. Raises ValueError when no share is above zero or one is below.
    """
    wanted = {value: share for value, share in shares.items() if share > 0}
    if not wanted or any(share < 0 for share in shares.values()):
        raise ValueError(f"shares must be zero or more, and one of them more; given: {dict(shares)}")
    whole = sum(wanted.values())
    floor = 1 if total >= len(wanted) else 0
    exact = {value: total * share / whole for value, share in wanted.items()}
    counts = {value: max(floor, int(part)) for value, part in exact.items()}
    while (missing := total - sum(counts.values())) != 0:
        step = 1 if missing > 0 else -1
        # Give to whoever is furthest below the exact part, take from whoever is furthest above; first come in a draw.
        free = [v for v in counts if step > 0 or counts[v] > floor]
        chosen = max(free, key=lambda v: (exact[v] - counts[v]) * step)
        counts[chosen] += step
    return counts


def spread(counts: Mapping[V, int]) -> list[V]:
    """Return all values in an order that mixes them evenly, the same for the same counts."""
    order = [
        ((place + 0.5) / count, rank, value)
        for rank, (value, count) in enumerate(counts.items())
        for place in range(count)
    ]
    order.sort(key=lambda item: item[:2])
    return [value for _, _, value in order]


def assign(
    shares: Mapping[V, float], groups: Iterable[Sequence[int]], total: int, rng: random.Random
) -> dict[int, V]:
    """Return person number -> value: the shares hold over all and, as far as they can, within each group.

    ``groups`` are the person numbers 0..total-1, each in exactly one group. Who within a group gets what is drawn.
    """
    sequence = spread(allot(shares, total))
    result: dict[int, V] = {}
    start = 0
    for members in groups:
        stretch = sequence[start : start + len(members)]
        start += len(members)
        rng.shuffle(stretch)
        result.update(zip(members, stretch, strict=True))
    return result
