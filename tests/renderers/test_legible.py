"""Values as people read them."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.legible import cut, differing, duration, one_line, plural, say, visible


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "blank"), ("", "empty text"), (True, "true"), (0, "0"), (1.5, "1.5"), ("Żółć", "Żółć"), (["b", None, "a"], "{b, blank, a}"),
        ({"b", "a"}, "{a, b}"), ("x" * 400, "x" * 300 + "… (400 characters)"), ("600\u00a0123", "600⟨U+00A0⟩123"), ("a\r\nb", "a⟨U+000D⟩\nb"),
        ("👩‍👧", "👩‍👧"), ("\ud800", "⟨U+D800⟩"),
    ],
)
def test_a_value_is_said_so_that_no_difference_hides(value: Any, said: str) -> None:
    assert say(value) == said


@pytest.mark.parametrize("hidden", ["\x1b", "\x00", "\x7f", "\x9b", "\u200b", "\u202e", "\u2066", "\ufeff", "\u2028", "\r"])
def test_what_cannot_be_seen_is_named(hidden: str) -> None:
    assert visible(f"a{hidden}b") == f"a⟨U+{ord(hidden):04X}⟩b"


def test_ordinary_line_ends_and_tabs_stay() -> None:
    assert visible("a\tb\r\nc\n") == "a\tb\nc\n"


def test_one_line_is_one_line() -> None:
    assert one_line(" a\n\n b\tc\u2028d ") == "a b c d"


def test_a_cut_counts_what_there_was() -> None:
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdefg", 6) == "abcdef… (7 characters)"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0.0 s"), (0.82, "0.8 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.7, "1 min 00 s"), (200, "3 min 20 s"), (8121, "2 h 15 min")],
)
def test_a_duration_reads_like_speech(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_a_number_takes_its_noun_in_the_right_form() -> None:
    assert [plural(1, "person", "people"), plural(2_000, "person", "people"), plural(0, "fact")] == ["1 person", "2,000 people", "0 facts"]


@pytest.mark.parametrize(
    ("expected", "found", "parts"),
    [
        ("+48 22 555", "+48 33 555", ("+48 ", "33", " 555")), ("Kraków", "Krakow", ("Krak", "o", "w")), ("long text", "long", ("long", "", "")),
        ("same", "same", None), ("abc", "xyz", None), ("abc", "", None), ("aaa", "aaaa", ("aaa", "a", "")),
    ],
)
def test_the_differing_part_is_told_from_what_is_the_same(expected: str, found: str, parts: tuple[str, str, str] | None) -> None:
    assert differing(expected, found) == parts
    if parts:
        assert "".join(parts) == found
