"""Phone numbers made from a running number: valid for their country by the rules of `phonenumbers`, never twice.

Each country has four blocks that do not overlap: fixed line and mobile for the seed, and the same for later edits.
Seeded numbers of the US lie in the exchange 555, which fiction may use; the other blocks are plain valid ranges,
because no country reserves enough. A number may exist; nothing is ever dialled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SEEDED: Final = 150_000
"""How many seeded numbers each block of each country has."""
FRESH: Final = 30_000_000
"""How many numbers for edits each block of each country has."""

_STRIDE: Final = 3_819_661  # coprime to ten: neighbours do not look alike, and no two numbers meet
_LINES: Final = 10**7


@dataclass(frozen=True, slots=True)
class _Plan:
    """Prefixes, each followed by seven digits; ``lines`` says how many of the seven-digit numbers may be used."""

    calling_code: str
    fixed: str
    mobile: str
    fresh_fixed: tuple[str, ...]
    fresh_mobile: tuple[str, ...]
    lines: int = _LINES


# Every number of every block is valid: sampled over the whole range by tests/population/test_phones.py.
_PLANS: Final = {
    "PL": _Plan("48", "22", "60", ("12", "32", "58"), ("50", "51", "66")),
    "CZ": _Plan("420", "22", "72", ("31", "37", "54"), ("73", "77", "79")),
    "DE": _Plan("49", "303", "1511", ("304", "305", "306"), ("1512", "1514", "1515")),
    "BR": _Plan("55", "113", "1199", ("213", "313", "413"), ("2199", "3199", "4199")),
    # An American line never begins with 0 or 1, which leaves eight of ten million.
    "US": _Plan("1", "", "", ("303", "503", "602", "614"), ("206", "305", "415", "512"), 8_000_000),
}
# The US does not tell mobile from fixed lines; these areas serve one block each.
_US_FIXED: Final = (212, 213, 214, 215, 216, 312, 313, 314, 316, 317, 402, 404, 405, 407, 410)
_US_MOBILE: Final = (612, 615, 616, 617, 619, 702, 703, 704, 713, 714, 801, 802, 803, 804, 805)


def phone(country: str, number: int, *, mobile: bool = False) -> str:
    """Return seeded phone ``number`` in E.164; different for every 0 <= number < `SEEDED`.

    Raises ValueError for a country without a plan (known: PL, CZ, DE, BR, US) or a number outside.
    """
    plan = _plan(country)
    if not 0 <= number < SEEDED:
        raise ValueError(f"seeded phones exist for 0 to {SEEDED - 1}; {number} was given")
    if country == "US":
        area, line = divmod(number * 7_919 % SEEDED, 10_000)
        return f"+1{(_US_MOBILE if mobile else _US_FIXED)[area]}555{line:04d}"
    return f"+{plan.calling_code}{plan.mobile if mobile else plan.fixed}{_line(number, _LINES):07d}"


def fresh_phone(country: str, number: int, *, mobile: bool = False) -> str:
    """Return phone ``number`` for an edit in E.164, from blocks no seed uses; different below `FRESH`.

    Raises ValueError like `phone`.
    """
    plan = _plan(country)
    if not 0 <= number < FRESH:
        raise ValueError(f"phones for edits exist for 0 to {FRESH - 1}; {number} was given")
    block, place = divmod(number, plan.lines)
    prefix = (plan.fresh_mobile if mobile else plan.fresh_fixed)[block]
    return f"+{plan.calling_code}{prefix}{_line(place, plan.lines) + _LINES - plan.lines:07d}"


def national(e164: str) -> str:
    """Return the digits of an E.164 number without its calling code; all digits when the code is not known."""
    digits = e164.removeprefix("+")
    for plan in _PLANS.values():
        if digits.startswith(plan.calling_code):
            return digits[len(plan.calling_code) :]
    return digits


def _plan(country: str) -> _Plan:
    try:
        return _PLANS[country]
    except KeyError:
        raise ValueError(f"no phone numbers are known for {country!r}; known: {', '.join(sorted(_PLANS))}") from None


def _line(number: int, lines: int) -> int:
    return (number * _STRIDE + 1_234_567) % lines
