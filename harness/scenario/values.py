"""What a step writes into a field: a literal, or a word such as `$fresh` that is worked out when the step runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator
from syncproof_mocks.schema import FieldType

from ..errors import SetupError
from ..mapping.grammar import Side
from ..nearest import suggest

_MOMENT = re.compile(r"\$now(?:\s*([+-])\s*(\d{1,6})\s*(mo|min|[smhdwy]))?")
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}
WORDS = ("$fresh", "$odd", "$longest", "$too_long", "$zero", "$blank", "$other_case", "$now", "$now+2d", "$now-24mo", "$same_as: crm", "$same_as: ma", "$of: p0002")


@dataclass(frozen=True, slots=True)
class Literal:
    """The value itself, as the vendor's screen would take it."""

    value: Any

    def __str__(self) -> str:
        return f"${self.value}" if isinstance(self.value, str) and self.value.startswith("$") else str(self.value)


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new value that was never used in this run."""

    def __str__(self) -> str:
        return "$fresh"


@dataclass(frozen=True, slots=True)
class Special:
    """A value of the field's type that programs stumble over: `odd`, `longest`, `too_long` or `zero`."""

    what: str

    def __str__(self) -> str:
        return f"${self.what}"


SPECIAL = ("odd", "longest", "too_long", "zero")


@dataclass(frozen=True, slots=True)
class Blank:
    """Nothing: the field is emptied."""

    def __str__(self) -> str:
        return "$blank"


@dataclass(frozen=True, slots=True)
class OtherCase:
    """What the field holds now, in the other letter case."""

    def __str__(self) -> str:
        return "$other_case"


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or time relative to the clock of the run."""

    seconds: int = 0
    months: int = 0
    spelled: str = "$now"

    def __str__(self) -> str:
        return self.spelled


@dataclass(frozen=True, slots=True)
class SameAs:
    """What the paired field of the other record holds, on ``side``."""

    side: Side

    def __str__(self) -> str:
        return f"$same_as: {self.side}"


@dataclass(frozen=True, slots=True)
class Of:
    """What the same field of another person's record holds on the same side; ``person`` is a key such as `p0002`."""

    person: str

    def __str__(self) -> str:
        return f"$of: {self.person}"


Expression = Literal | Fresh | Special | Blank | OtherCase | Moment | SameAs | Of


def _nobody(person: str) -> Any:
    raise SetupError(f"`$of: {person}` needs a record of that person; here is none")


def _nowhere(what: str) -> Any:
    raise SetupError(f"`${what}` is made for a field of a record; here is none")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a value may depend on.

    ``fresh`` makes a value nobody has; ``read`` reads the paired field of a side, ``of`` the same field of another person,
    ``special`` makes a value that programs stumble over, by its word (see `Special`).
    """

    old: Any
    now: datetime
    type: FieldType
    fresh: Callable[[], Any]
    read: Callable[[Side], Any]
    of: Callable[[str], Any] = _nobody
    special: Callable[[str], Any] = _nowhere


def parse_value(raw: Any) -> Expression:
    """Return what a value of the YAML means. ``$$x`` is the text ``$x``. Raises ValueError with what is possible."""
    if isinstance(raw, (Literal, Fresh, Special, Blank, OtherCase, Moment, SameAs, Of)):
        return raw
    if raw is None:
        raise ValueError("nothing is given here; write `$blank` to empty the field")
    if isinstance(raw, dict):
        return _parse_table(raw)
    if isinstance(raw, (date, datetime)):
        return Literal(raw.isoformat())
    if not isinstance(raw, str) or not raw.startswith("$"):
        return Literal(raw)
    return Literal(raw[1:]) if raw.startswith("$$") else _parse_word(raw.strip())


def _parse_word(word: str) -> Expression:
    simple: dict[str, Expression] = {"$fresh": Fresh(), "$blank": Blank(), "$other_case": OtherCase()}
    simple |= {f"${what}": Special(what) for what in SPECIAL}
    if word in simple:
        return simple[word]
    if word.startswith("$same_as"):
        return _same_as(word.removeprefix("$same_as").strip(" :"))
    if re.match(r"\$of\b", word):
        return _of(word.removeprefix("$of").strip(" :"))
    found = _MOMENT.fullmatch(word)
    if found is None:
        raise ValueError(f"`{word}` is not a value{suggest(word, WORDS)}; `$$` begins a text with a dollar")
    sign, number, unit = found.groups()
    amount = int(number or 0) * (-1 if sign == "-" else 1)
    if unit in ("mo", "y"):
        return Moment(0, amount * (12 if unit == "y" else 1), word)
    return Moment(amount * _SECONDS.get(unit or "s", 1), 0, word)


def _parse_table(raw: dict[Any, Any]) -> Expression:
    if set(raw) == {"$same_as"}:
        return _same_as(str(raw["$same_as"]))
    if set(raw) == {"$of"}:
        return _of(str(raw["$of"]))
    raise ValueError("a value is a scalar, a list, `{$same_as: crm}` or `{$of: p0002}`")


def _same_as(side: str) -> SameAs:
    if side not in ("crm", "ma"):
        raise ValueError(f"`$same_as` needs a side, `crm` or `ma`; `{side}` was given")
    return SameAs(Side(side))


def _of(person: str) -> Of:
    if not re.fullmatch(r"p\d{4,}", person):
        raise ValueError(f"`$of` needs the key of a person, such as `p0002`; `{person}` was given")
    return Of(person)


Value = Annotated[
    Any,
    PlainValidator(parse_value, json_schema_input_type=str | int | float | bool | list[Any] | dict[str, Any]),
    PlainSerializer(str),
]


def resolve(value: Expression, around: Surroundings) -> Any:  # noqa: PLR0911 (one case per word)
    """Return the value to write; a blank is None. Dates are ISO: a date for date fields, else a UTC time.

    Raises SetupError when the value cannot exist, e.g. the other letter case of a number.
    """
    match value:
        case Literal(literal):
            return literal
        case Fresh():
            return around.fresh()
        case Special(what):
            return around.special(what)
        case Blank():
            return None
        case SameAs(side):
            return around.read(side)
        case Of(person):
            return around.of(person)
        case OtherCase():
            return _other_case(around.old)
        case Moment(seconds, months):
            moment = _months_later(around.now.astimezone(UTC), months) + timedelta(seconds=seconds)
            return moment.date().isoformat() if around.type is FieldType.DATE else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _other_case(old: Any) -> str:
    if not isinstance(old, str) or old.swapcase() == old:
        raise SetupError(f"`$other_case` needs a field that holds letters; it holds {old!r}")
    return old.swapcase()


def _months_later(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    # 31 January plus one month is the last day of February.
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month + 1)
