"""Values for fields that no attribute of a person feeds: of the field's type, told apart by person and field.

They lie where neither built-in values nor later edits lie (`population.fresh`): an edit is numbered from 1 upwards, a
seeded value from 999 downwards, and dates have years of their own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final

from syncproof_mocks.schema import FieldType

from ..population.codes import FOUR_SYLLABLES, THREE_SYLLABLES, word
from ..population.fresh import ACCENTED, EDITS, limited_number, short_text
from ..population.people import Company, Person
from ..population.phones import FRESH, fresh_phone

# 2005 to 2021: after every date of birth, before every activity and consent; edits write 1905 to 1949. A prime of days.
_FIRST_DAY: Final = date(2005, 1, 1)
_DAYS: Final = 6_203
_DAY_STRIDE: Final = 2_377
_FIRST_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)
_BLOCK: Final = 10_000_000
_COMPANIES_BELOW: Final = 500


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose value it is: a person or a company. ``turn`` keeps the numbers of the two apart."""

    key: str
    number: int
    code: str
    country: str
    head: str
    turn: int

    @classmethod
    def of(cls, whose: Person | Company) -> Subject:
        """Return what is needed of a person or company to make its values."""
        number = int(whose.key[1:]) - 1
        if isinstance(whose, Person):
            return cls(whose.key, number, word(2 * number), whose.country, ACCENTED.get(whose.locale, ""), EDITS - 1)
        return cls(whose.key, number, word(THREE_SYLLABLES + number), whose.country, "", EDITS - 1 - _COMPANIES_BELOW)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the mapping that needs values of its own.

    ``salt`` names it; it is number ``index`` of ``count`` such fields; ``room`` is the longest text, ``digits`` precision
    and scale of a number (None: no limit is told).
    """

    salt: str
    type: FieldType
    index: int = 0
    count: int = 1
    room: int | None = None
    digits: tuple[int, int] | None = None


def digest(*parts: object) -> int:
    """Return a number that tells these parts from others, the same in every process."""
    return _digest("/".join(map(str, parts)))


@cache
def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


@cache
def _field_word(salt: str) -> str:
    return word(THREE_SYLLABLES + _digest(salt) % FOUR_SYLLABLES)


def own_value(field: Field, subject: Subject) -> Any:
    """Return the neutral value (see `mapping.meaning`) that ``subject`` starts with in ``field``.

    Text, e-mail, phone, number and datetime differ for every subject and field below 10,000 subjects (texts: at any
    number), dates among as many subjects as 6,200 days allow; where a field is too small for that, as far as it goes.
    Text carries the subject's code word and one for the field, in an alphabet of the subject's language where it fits.
    Picklists, countries and references are not made here: they are chosen.
    """
    return _MAKERS.get(field.type, _text)(field, subject)


def _place(subject: Subject, index: int) -> int:
    return (subject.number * EDITS + subject.turn - index) % _BLOCK


def _text(field: Field, subject: Subject) -> str:
    room = 255 if field.room is None else field.room
    mark = f"{subject.code} {_field_word(field.salt)}"
    for candidate in (f"{subject.head} {mark}".strip(), mark, mark.replace(" ", "")):
        if len(candidate) <= room:
            return candidate
    return short_text(subject.number, digest(field.salt), room)


def _number(field: Field, subject: Subject) -> Decimal:
    # Like those of edits, in a block by the number of the field.
    free = Decimal(1_000_000 + field.index % 90 * _BLOCK + _place(subject, field.index))
    return limited_number(free, subject.number * max(field.count, 1) + field.index, field.digits)


def _boolean(field: Field, subject: Subject) -> bool:
    return digest(field.salt, subject.number) % 3 == 0


def _day(field: Field, subject: Subject) -> str:
    place = (subject.number * max(field.count, 1) + field.index + subject.turn) * _DAY_STRIDE % _DAYS
    return (_FIRST_DAY + timedelta(days=place)).isoformat()


def _moment(field: Field, subject: Subject) -> str:
    moment = _FIRST_MOMENT + timedelta(minutes=_place(subject, field.index), seconds=field.index % 60)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _phone(field: Field, subject: Subject) -> str:
    place = field.index % 3 * _BLOCK + _place(subject, field.index)
    return fresh_phone(subject.country, place % FRESH, mobile="mobil" in field.salt.lower())


def _address(field: Field, subject: Subject) -> str:
    return f"{subject.code}.{_field_word(field.salt)}@example.net".lower()


_MAKERS: Final[dict[FieldType, Callable[[Field, Subject], Any]]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _day,
    FieldType.DATETIME: _moment,
    FieldType.PHONE: _phone,
    FieldType.EMAIL: _address,
}
