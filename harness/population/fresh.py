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
ACCENTED: Final = {"pl_PL": "Żółć", "cs_CZ": "Kůň", "en_US": "Naïve", "de_DE": "Größe", "pt_BR": "Ação"}
EDITS: Final = 1_000
"""How many values of one person and field are kept apart."""
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
# Coprime to every power of 26: neighbours do not look alike, and no two numbers below it meet.
_LETTER_STRIDE: Final = 7_370_029
_NUMBER_STRIDE: Final = 61_813
_SHORT: Final = 6
# Small fields cannot tell a thousand edits apart; eight of each person are.
_NEAR: Final = 8
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
    digits: tuple[int, int] | None = None,
) -> Any:
    """Return a new neutral value (see `mapping.meaning`) for edit ``n`` (0, 1, ...) of one field of ``person``.

    ``salt`` names the field, ``old`` is what it means now. The same arguments give the same value. Text, e-mail,
    phone, number and datetime are different for every (person, n) with n < 1,000, and for every salt with a
    probability of collision below one in a million (texts, e-mails) or as good as the range allows (phones: three
    blocks; numbers: 90; datetimes: 60); give each edit of a person its own ``n`` and nothing can meet. Dates are
    different for every (person, n) among 2,000 people and 8 edits. A boolean is the opposite of ``old``, a picklist
    another of ``options``, a multi-picklist another choice of them, a country another one that people live in.
    Text carries the person's code word, a word for the salt and ``n``; it fits ``max_length``. In a field of less than
    six letters, or of few ``digits`` (precision and scale), values differ from ``old`` and as far as the field goes.
    Raises SetupError when no such value exists: a reference, one option only.
    """
    if not 0 <= n < EDITS:
        raise SetupError(f"one field is edited 0 to {EDITS - 1} times in a scenario; edit {n} was asked for")
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
        case _:
            return _unique(rule_type, person, old, n, salt=salt, max_length=max_length, digits=digits)


def _unique(
    rule_type: FieldType, person: Person, old: Any, n: int, *, salt: str, max_length: int | None,
    digits: tuple[int, int] | None,
) -> Any:
    if rule_type is FieldType.TEXT:
        return _other_than(old, lambda turn: _text(person, turn, salt, max_length), n)
    if rule_type is FieldType.NUMBER:
        return _other_than(old, lambda turn: _number(person, turn, salt, digits), n)
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
    head = ACCENTED.get(person.locale)
    for candidate in (f"{head} {mark}" if head else mark, mark, mark.replace(" ", "")):
        if len(candidate) <= room:
            return candidate
    if room < _SHORT:
        return short_text(person.number * _NEAR + n, _digest(salt), room)
    # Too short for words: as many letters of a digest as fit. Still unique for all practical numbers of edits.
    digest = hashlib.blake2b(f"{person.key}/{salt}/{n}".encode(), digest_size=32).hexdigest()
    return digest[:room]


def short_text(number: int, shift: int, room: int) -> str:
    """Return text ``number`` of exactly ``room`` small letters (at most 12): another one for each below 26^room."""
    room = max(1, min(room, 12))
    left, found = (number * _LETTER_STRIDE + shift) % len(_LETTERS) ** room, ""
    for _ in range(room):
        left, place = divmod(left, len(_LETTERS))
        found += _LETTERS[place]
    return found


def limited_number(free: Decimal, number: int, digits: tuple[int, int] | None) -> Decimal:
    """Return ``free`` where a field of these digits holds it, else number ``number`` of those that it holds."""
    if digits is None or free < Decimal(10) ** (digits[0] - digits[1]):
        return free
    precision, scale = digits
    size = 10 ** max(precision, 1)
    # Zero is nothing to many programs.
    place = number * _NUMBER_STRIDE % (size - 1) + 1
    return Decimal(place).scaleb(-scale)


def _other_than(old: Any, make: Callable[[int], Any], n: int) -> Any:
    """Return value ``n``, or in a field so small that this is the one it holds, the next that is not."""
    return next((value for turn in (n, n + 1, n + 2) if (value := make(turn)) != old), make(n))


def _number(person: Person, n: int, salt: str, digits: tuple[int, int] | None) -> Decimal:
    # At most nine digits, so that it is a whole number to every system; seeded scores have six.
    free = Decimal(1_000_000 + _digest(salt) % 90 * 10_000_000 + (person.number * EDITS + n) % 10_000_000)
    return limited_number(free, person.number * _NEAR + n + _digest(salt) % 1_000, digits)


def _day(person: Person, n: int, salt: str) -> str:
    place = (person.number * 8 + n + _digest(salt)) * 5_003 % _DAYS
    return (_FIRST_DAY + timedelta(days=place)).isoformat()


def _moment(person: Person, n: int, salt: str) -> str:
    minutes, seconds = person.number * EDITS + n, _digest(salt) % 60
    moment = _FIRST_MOMENT + timedelta(minutes=minutes % 10_000_000, seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _phone(person: Person, n: int, salt: str) -> str:
    place = _digest(salt) % 3 * 10_000_000 + (person.number * EDITS + n) % 10_000_000
    return fresh_phone(person.country, place % FRESH, mobile="mobil" in salt.lower())


def _address(person: Person, n: int, salt: str) -> str:
    return f"{word(2 * person.number)}.{_salt_word(salt)}{n}@example.net".lower()


_UNIQUE: Final[dict[FieldType, Callable[[Person, int, str], Any]]] = {
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
