"""New values for edits: never used before in the run, and recoverable, so that a found value tells who wrote it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final

from syncproof_mocks.schema import FieldType

from ..errors import SetupError
from .codes import FOUR_SYLLABLES, THREE_SYLLABLES, word
from .countries import COUNTRIES
from .people import Person
from .phones import FRESH, fresh_phone

# A short word with the letters of the person's language: an edit may lose its accents just as a seed may.
_ACCENTED: Final = {"pl_PL": "Żółć", "cs_CZ": "Kůň", "en_US": "Naïve", "de_DE": "Größe", "pt_BR": "Ação"}
_EDITS: Final = 1_000  # edits of one person that are kept apart
_SHORTEST_TEXT: Final = 6
# 1905 to 1949: no seeded date of birth lies there. The count of days is brought down to a prime.
_FIRST_DAY: Final = date(1905, 1, 1)
_DAYS: Final = 16_433
_FIRST_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)


def fresh_value(
    rule_type: FieldType,
    person: Person,
    old: Any,
    n: int,
    *,
    salt: str,
    options: Sequence[str] = (),
    max_length: int | None = None,
) -> Any:
    """Return a new neutral value (see `mapping.meaning`) for edit ``n`` (0, 1, ...) of one field of ``person``.

    ``salt`` names the field, ``old`` is what it means now. The same arguments give the same value. Text, e-mail,
    phone, number and datetime are different for every (person, n) with n < 1,000, and for every salt with a
    probability of collision below one in a million (texts, e-mails) or as good as the range allows (phones: three
    blocks; numbers: 90; datetimes: 60); give each edit of a person its own ``n`` and nothing can meet. Dates are
    different for every (person, n) among 2,000 people and 8 edits. A boolean is the opposite of ``old``, a picklist
    another of ``options``, a multi-picklist another choice of them, a country another one that people live in.
    Text carries the person's code word, a word for the salt and ``n``; it fits ``max_length``.
    Raises SetupError when no such value exists: a reference, one option only, less than six letters of room.
    """
    if not 0 <= n < _EDITS:
        raise SetupError(f"one field is edited 0 to {_EDITS - 1} times in a scenario; edit {n} was asked for")
    match rule_type:
        case FieldType.BOOLEAN:
            return not old
        case FieldType.PICKLIST:
            return _other(old, options, person, n)
        case FieldType.MULTI_PICKLIST:
            return _other_choice(old, options, person, n)
        case FieldType.COUNTRY:
            return _other(old, options or tuple(COUNTRIES), person, n)
        case FieldType.REFERENCE:
            raise SetupError(f"no fresh value exists for the reference {salt}: name the record it should point to")
        case FieldType.TEXT:
            return _text(person, n, salt, max_length)
        case _:
            return _UNIQUE[rule_type](person, n, salt)


@cache
def _digest(salt: str) -> int:
    return int.from_bytes(hashlib.blake2b(salt.encode(), digest_size=8).digest(), "big")


@cache
def _salt_word(salt: str) -> str:
    return word(THREE_SYLLABLES + _digest(salt) % FOUR_SYLLABLES)


def _text(person: Person, n: int, salt: str, max_length: int | None) -> str:
    room = 255 if max_length is None else max_length
    mark = f"{word(2 * person.number)} {_salt_word(salt)} {n}"
    head = _ACCENTED.get(person.locale)
    for candidate in (f"{head} {mark}" if head else mark, mark, mark.replace(" ", "")):
        if len(candidate) <= room:
            return candidate
    if room < _SHORTEST_TEXT:
        raise SetupError(f"no unique text fits {salt}, which holds {room} letters; {_SHORTEST_TEXT} are needed")
    # Too short for words: as many letters of a digest as fit. Still unique for all practical numbers of edits.
    digest = hashlib.blake2b(f"{person.key}/{salt}/{n}".encode(), digest_size=32).hexdigest()
    return digest[:room]


def _number(person: Person, n: int, salt: str) -> Decimal:
    # At most nine digits, so that it is a whole number to every system; seeded scores have six.
    return Decimal(1_000_000 + _digest(salt) % 90 * 10_000_000 + (person.number * _EDITS + n) % 10_000_000)


def _day(person: Person, n: int, salt: str) -> str:
    place = (person.number * 8 + n + _digest(salt)) * 5_003 % _DAYS
    return (_FIRST_DAY + timedelta(days=place)).isoformat()


def _moment(person: Person, n: int, salt: str) -> str:
    minutes, seconds = person.number * _EDITS + n, _digest(salt) % 60
    moment = _FIRST_MOMENT + timedelta(minutes=minutes % 10_000_000, seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _phone(person: Person, n: int, salt: str) -> str:
    place = _digest(salt) % 3 * 10_000_000 + (person.number * _EDITS + n) % 10_000_000
    return fresh_phone(person.country, place % FRESH, mobile="mobil" in salt.lower())


def _address(person: Person, n: int, salt: str) -> str:
    return f"{word(2 * person.number)}.{_salt_word(salt)}{n}@example.net".lower()


_UNIQUE: Final[dict[FieldType, Callable[[Person, int, str], Any]]] = {
    FieldType.NUMBER: _number,
    FieldType.DATE: _day,
    FieldType.DATETIME: _moment,
    FieldType.PHONE: _phone,
    FieldType.EMAIL: _address,
}


def _other(old: Any, options: Sequence[str], person: Person, n: int) -> str:
    others = [option for option in options if option != old]
    if not others:
        raise SetupError(f"no other value exists: the options are {', '.join(options) or 'none'} and it holds {old!r}")
    return others[(person.number + n) % len(others)]


def _other_choice(old: Any, options: Sequence[str], person: Person, n: int) -> frozenset[str]:
    held = frozenset(old or ())
    # Choice number m holds option i when bit i of m is set; 0, which is blank, is left out.
    start, choices = person.number + n, (1 << min(len(options), 30)) - 1
    for step in range(2 if choices else 0):
        number = (start + step) % choices + 1
        chosen = frozenset(option for place, option in enumerate(options) if number >> place & 1)
        if chosen != held:
            return chosen
    raise SetupError(f"no other choice exists: the options are {', '.join(options) or 'none'}, chosen is {old!r}")
