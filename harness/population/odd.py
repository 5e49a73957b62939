"""Values that programs stumble over: right in every system, told apart by person, and often damaged on the way."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from syncproof_mocks.schema import FieldType

from .codes import word
from .fresh import fresh_value
from .people import Person

# Each with what it is there for; a family of emoji is one letter of several code points, \u200d and all.
TEXTS: Final = (
    "Zoë 😊",  # beyond the basic plane
    "O'Neil & Søn",  # an apostrophe and an ampersand
    '<b>R&D</b> "EMEA"',  # HTML
    "Je\u0301ro\u0302me",  # decomposed: NFD
    "שלום עולם",  # right to left
    "C++ / C# 100% #1",  # signs that mean something in addresses
    "0042 007",  # zeros in front, digits alone
    "李雷 👩\u200d👩\u200d👧",  # three bytes, and a family
    "Łódź \\ Ørsted",  # a backslash
    "&amp; it's &lt;ok&gt;",  # what looks escaped already
)
# Cents, a tenth that no binary number is, thousands, a negative one, many digits behind the point.
NUMBERS: Final = (Decimal("1.12"), Decimal("3975.35"), Decimal("0.1"), Decimal("1234567.89"), Decimal("-12.5"), Decimal("0.015"))
# Days up to 12 and beyond, a leap day, days on which clocks change, the first and the last of a year.
DATES: Final = ("1974-10-06", "1980-12-25", "2000-02-29", "2024-03-31", "1999-12-31", "2001-01-01", "2023-10-29", "1969-07-20")
MOMENTS: Final = (
    "2024-03-31T00:30:00.000Z", "2024-10-27T01:30:00.000Z", "2023-12-31T23:59:59.000Z", "2001-09-09T01:46:40.000Z",
    "2024-02-29T12:00:00.000Z", "1970-01-01T00:00:00.000Z",
)
COUNTRIES: Final = ("TR", "MK", "CZ", "CI", "SZ", "KR", "BO", "TZ")
_SHARED: Final = {FieldType.DATE: DATES, FieldType.DATETIME: MOMENTS, FieldType.COUNTRY: COUNTRIES}
_FILLER: Final = "żółw😊 "


def odd_value(
    rule_type: FieldType, person: Person, old: Any, n: int, *, salt: str, options: Sequence[str] = (), room: int | None = None
) -> Any:
    """Return an odd neutral value for edit ``n`` of a field: another kind of oddity for each person and each edit.

    Text carries the person's code word and fits ``room``. Of types without oddities (booleans, lists, addresses) it is a
    new value as `fresh_value` makes it; a choice of several is all that there is, or all but one.
    """
    place = person.number + n
    odd: Any = None
    if rule_type is FieldType.TEXT:
        text = f"{TEXTS[place % len(TEXTS)]} {word(2 * person.number)} {n}"
        odd = text if room is None or len(text) <= room else None
    elif rule_type is FieldType.NUMBER:
        odd = NUMBERS[place % len(NUMBERS)]
    elif rule_type in _SHARED and not options:
        odd = _SHARED[rule_type][place % len(_SHARED[rule_type])]
    elif rule_type is FieldType.MULTI_PICKLIST and len(options) > 1:
        odd = frozenset(options)
        odd = odd if odd != old else odd - {options[place % len(options)]}
    if odd is None or odd == old:
        return fresh_value(rule_type, person, old, n, salt=salt, options=options, max_length=room)
    return odd


def long_text(person: Person, n: int, length: int) -> str:
    """Return a text of exactly ``length`` characters with the person's code word in front and an emoji at its end.

    Whoever counts bytes or UTF-16 units in place of characters cuts it in the middle of one.
    """
    room = max(length - 1, 0)
    text = f"{word(2 * person.number)} {n} {_FILLER * (room // len(_FILLER) + 1)}"[:room]
    # A blank at the end would be trimmed.
    return f"{text.rstrip().ljust(room, 'x')}😊" if length else ""
