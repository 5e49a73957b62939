"""Shares become counts that add up."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syncproof.population.strata import allot, assign, spread

SHARES = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0.001, 100), min_size=1)


@given(SHARES, st.integers(0, 500))
def test_counts_add_up_and_nobody_is_left_out_when_there_is_room(shares: dict[str, float], total: int) -> None:
    counts = allot(shares, total)

    assert sum(counts.values()) == total
    assert min(counts.values()) >= (1 if total >= len(shares) else 0)


def test_shares_are_kept_in_the_large_and_a_share_of_zero_is_nobody() -> None:
    assert allot({"a": 2, "b": 1, "c": 0}, 900) == {"a": 600, "b": 300}


def test_a_rare_value_is_still_there_once() -> None:
    assert allot({"a": 0.99, "b": 0.01}, 5) == {"a": 4, "b": 1}


@pytest.mark.parametrize("shares", [{}, {"a": 0.0}, {"a": 1.0, "b": -0.1}])
def test_impossible_shares_are_refused(shares: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="zero or more"):
        allot(shares, 10)


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 60), min_size=1))
def test_every_stretch_holds_its_share(counts: dict[str, int]) -> None:
    order = spread(counts)
    assert {v: order.count(v) for v in counts} == counts
    for length in range(1, len(order)):
        for value, count in counts.items():
            assert abs(order[:length].count(value) - length * count / len(order)) <= len(counts)


def test_each_group_gets_its_part_and_the_draw_decides_who() -> None:
    groups = [list(range(0, 40, 2)), list(range(1, 40, 2))]
    first = assign({"a": 1, "b": 1}, groups, 40, random.Random(1))
    second = assign({"a": 1, "b": 1}, groups, 40, random.Random(2))

    for group in groups:
        assert [first[n] for n in group].count("a") == 10
    assert first != second
    assert sorted(first) == list(range(40))
