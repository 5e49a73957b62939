"""Numbers as pronounceable words: every planted text carries one, so that it tells whose it is.

``word(7)`` is something like `Bodera`: syllables of one consonant and one vowel. The codec is injective and
reversible; neighbouring numbers give words that share no pattern, so that a person reading a report does not
mix them up. Letters are plain ASCII: what a system mangles is the rest of the value, not the trace.
"""

from __future__ import annotations

from typing import Final

CONSONANTS: Final = "bdfgjklmnprstvwz"
VOWELS: Final = "aeiou"
_SYLLABLES: Final = tuple(c + v for c in CONSONANTS for v in VOWELS)
_CAPITALISED: Final = tuple(s.capitalize() for s in _SYLLABLES)
_NUMBER_OF: Final = {s: i for i, s in enumerate(_SYLLABLES)}
_BASE: Final = len(_SYLLABLES)

SHORTEST: Final = 3
THREE_SYLLABLES: Final = _BASE**3
"""How many words of three syllables there are: numbers below this give words of six letters."""
FOUR_SYLLABLES: Final = _BASE**4
"""How many words of four syllables there are; they follow the words of three."""

# Coprime to 80 (= 2^4 * 5), hence a permutation of the numbers of every width; near the golden section of 80^3,
# so that neighbours land far apart.
_STRIDE: Final = 316_429
_SHIFT: Final = 41_957
# Each width starts elsewhere: else the word of company 7 would be that of person 7 with two letters more.
_LEAD_PER_WIDTH: Final = 200_000


def word(number: int) -> str:
    """Return the word for ``number`` (0, 1, 2, ...), capitalised, of three syllables or more.

    Raises ValueError for a negative number.
    """
    if number < 0:
        raise ValueError(f"code words stand for 0, 1, 2, ...; {number} was given")
    width, size = SHORTEST, THREE_SYLLABLES
    while number >= size:
        number -= size
        width, size = width + 1, size * _BASE
    mixed = ((number + _lead(width)) * _STRIDE + _SHIFT) % size
    mixed, digit = divmod(mixed, _BASE)
    text = _CAPITALISED[digit]
    for _ in range(width - 1):
        mixed, digit = divmod(mixed, _BASE)
        text += _SYLLABLES[digit]
    return text


def number(text: str) -> int:
    """Return the number that ``text`` stands for, in any letter case: the inverse of `word`.

    Raises ValueError when the text is not a code word.
    """
    lowered = text.lower()
    width = len(lowered) // 2
    if width < SHORTEST or len(lowered) % 2:
        raise ValueError(f"{text!r} is not a code word: it needs an even number of letters, six or more")
    mixed = 0
    for start in range(len(lowered) - 2, -1, -2):
        digit = _NUMBER_OF.get(lowered[start : start + 2])
        if digit is None:
            raise ValueError(f"{text!r} is not a code word: {lowered[start : start + 2]!r} is no syllable of it")
        mixed = mixed * _BASE + digit
    size: int = _BASE**width
    place: int = ((mixed - _SHIFT) * pow(_STRIDE, -1, size) - _lead(width)) % size
    shorter: int = sum(_BASE**w for w in range(SHORTEST, width))
    return place + shorter


def _lead(width: int) -> int:
    return _LEAD_PER_WIDTH * (width - SHORTEST)
