"""Record ids: a three-character key prefix, twelve more characters, and a checksum that survives lost letter case.

Ids come from the run's dice, so the same seed and the same calls give the same ids. Source of the algorithm and
of the prefixes: docs research `salesforce.md` sections 1.12 and 3 (checked there against five real ids).
"""

from __future__ import annotations

from functools import lru_cache

from ...dice import Dice

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_LETTERS_AND_DIGITS = frozenset(ALPHABET)
_POD = "5g0"


def checksum(id15: str) -> str:
    """Return the three characters that say which of the fifteen are capital letters."""
    return _capitals(id15[:5]) + _capitals(id15[5:10]) + _capitals(id15[10:15])


@lru_cache(maxsize=16_384)
def _capitals(chunk: str) -> str:
    # Fresh ids share their first ten characters, so two of three look-ups are remembered.
    return _CHECKSUM[sum(1 << k for k, char in enumerate(chunk) if "A" <= char <= "Z")]


@lru_cache(maxsize=65_536)
def full_id(text: str) -> str | None:
    """Return the 18-character form of a 15- or 18-character id, or None when ``text`` is not an id.

    An 18-character id whose letter case was changed is no id: its checksum does not fit.
    """
    if len(text) not in (15, 18) or not _LETTERS_AND_DIGITS.issuperset(text):
        return None
    if len(text) == 15:
        return text + checksum(text)
    return text if checksum(text[:15]) == text[15:] else None


def next_id(dice: Dice, prefix: str) -> str:
    """Return a fresh 18-character id that begins with the three characters of ``prefix``."""
    stream = f"salesforce.id.{prefix}"
    number = dice.count(stream, start=_start(dice.seed, stream))
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = ALPHABET[digit] + digits
    id15 = prefix + _POD + digits.rjust(9, "0")
    return id15 + checksum(id15)


@lru_cache(maxsize=512)
def _start(seed: int, stream: str) -> int:
    # Ids of a young org would all look like 0000000001: start somewhere in the fifth digit, so that letter case counts.
    return Dice(seed).stream(stream).randrange(62**4, 62**5)

