"""Invented words count: each gives its number back, and none begins another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syncproof.population.codes import FOUR_SYLLABLES, THREE_SYLLABLES, number, word


@given(st.integers(0, 10**15))
def test_a_word_gives_its_number_back(n: int) -> None:
    assert number(word(n)) == n


@pytest.mark.parametrize(
    ("n", "letters"),
    [
        (0, 6), (THREE_SYLLABLES - 1, 6), (THREE_SYLLABLES, 8), (THREE_SYLLABLES + FOUR_SYLLABLES - 1, 8),
        (THREE_SYLLABLES + FOUR_SYLLABLES, 10),
    ],
)
def test_words_grow_only_when_all_shorter_ones_are_used(n: int, letters: int) -> None:
    assert len(word(n)) == letters
    assert number(word(n)) == n


def test_twenty_thousand_words_differ_and_none_begins_another() -> None:
    people = {word(n) for n in range(20_000)}
    companies = {word(THREE_SYLLABLES + n) for n in range(20_000)}

    assert len(people) == len(companies) == 20_000
    assert not people & {w[:6] for w in companies}


def test_neighbours_do_not_share_their_first_two_syllables() -> None:
    assert all(word(n)[:4] != word(n + 1)[:4] for n in range(5_000))


def test_letter_case_does_not_matter() -> None:
    assert number(word(4711).upper()) == number(word(4711).lower()) == 4711


@pytest.mark.parametrize("text", ["", "Bode", "Bodera7", "Boderax", "Xodera", "Kowalska", "bo de ra"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a code word"):
        number(text)


def test_a_negative_number_has_no_word() -> None:
    with pytest.raises(ValueError, match="-1 was given"):
        word(-1)
