"""Dates: datetime literals, relative literals such as LAST_N_DAYS:7, and date functions.

Ranges follow the SOQL reference: LAST_N_DAYS includes today and ends with the current second, the other LAST_N units
leave out the current one; NEXT_N starts with the next unit. Weeks start on Sunday (en_US), fiscal years in January.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

_DATETIME = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:(Z)|([+-])(\d{2}):?(\d{2}))", re.IGNORECASE
)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_YEARS = range(1700, 4001)
_MAX_OFFSET_HOURS = 14
_STAMP_CHARS = len("2024-01-02T03:04:05.000+0000")


def parse_datetime(text: str) -> datetime | None:
    """Return the moment that an unquoted datetime literal names, or None if it names none."""
    found = _DATETIME.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute = (int(found.group(k)) for k in range(1, 6))
    micros = int((found.group(7) or "0").ljust(6, "0")[:6])
    offset = timedelta()
    if found.group(9):
        offset = timedelta(hours=int(found.group(10)), minutes=int(found.group(11)))
        if offset > timedelta(hours=_MAX_OFFSET_HOURS):
            return None
        if found.group(9) == "-":
            offset = -offset
    if year not in _YEARS:
        return None
    try:
        moment = datetime(year, month, day, hour, minute, int(found.group(6) or 0), micros, timezone(offset))
    except ValueError:
        return None
    return moment.astimezone(UTC)


def parse_date(text: str) -> date | None:
    """Return the day that an unquoted date literal names, or None if it names none."""
    found = _DATE.fullmatch(text)
    if found is None or int(found.group(1)) not in _YEARS:
        return None
    try:
        return date(int(found.group(1)), int(found.group(2)), int(found.group(3)))
    except ValueError:
        return None


def stamp(moment: datetime) -> str:
    """Return a moment as REST JSON shows it; two stamps compare like the moments."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}+0000"


def as_stamp(value: str) -> str:
    """Return a stored datetime as a stamp, whatever offset or precision it was stored with."""
    if len(value) == _STAMP_CHARS and value.endswith("+0000"):
        return value
    moment = parse_datetime(value)
    return value if moment is None else stamp(moment)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``first`` up to, not including, ``end``; with ``until_now`` a datetime must not lie in the future."""

    first: date
    end: date
    until_now: bool = False

    def days(self) -> tuple[str, str]:
        """Return the bounds for a date field."""
        return self.first.isoformat(), self.end.isoformat()

    def moments(self, now: datetime, zone: tzinfo) -> tuple[str, str]:
        """Return the bounds for a datetime field; days begin at midnight in ``zone``."""
        first = stamp(datetime.combine(self.first, time(), zone))
        if self.until_now:
            return first, stamp(now.replace(microsecond=0) + timedelta(seconds=1))
        return first, stamp(datetime.combine(self.end, time(), zone))


def _days_from(today: date, count: int) -> date:
    return today + timedelta(days=count)


def _weeks_from(today: date, count: int) -> date:
    return today + timedelta(days=7 * count - (today.weekday() + 1) % 7)


def _months_from(months: int) -> Callable[[date, int], date]:
    def start(today: date, count: int) -> date:
        index = today.year * 12 + today.month - 1
        first = index - index % months + count * months
        return date(first // 12, first % 12 + 1, 1)

    return start


_UNITS: dict[str, Callable[[date, int], date]] = {
    "DAY": _days_from,
    "WEEK": _weeks_from,
    "MONTH": _months_from(1),
    "QUARTER": _months_from(3),
    "FISCAL_QUARTER": _months_from(3),
    "YEAR": _months_from(12),
    "FISCAL_YEAR": _months_from(12),
}
_FIXED = {"YESTERDAY": ("DAY", -1), "TODAY": ("DAY", 0), "TOMORROW": ("DAY", 1)} | {
    f"{word}_{unit}": (unit, shift)
    for unit in _UNITS
    if unit != "DAY"
    for word, shift in (("LAST", -1), ("THIS", 0), ("NEXT", 1))
}
_COUNTED = (
    {f"LAST_N_{unit}S": ("LAST", unit) for unit in _UNITS}
    | {f"NEXT_N_{unit}S": ("NEXT", unit) for unit in _UNITS}
    | {f"N_{unit}S_AGO": ("AGO", unit) for unit in _UNITS}
)
_SHORTHAND = {"LAST_90_DAYS": ("LAST_N_DAYS", 90), "NEXT_90_DAYS": ("NEXT_N_DAYS", 90)}


def is_relative(name: str, count: int | None) -> bool:
    """Tell whether ``name`` (upper case) is a date literal, with ``:n`` exactly where it takes one."""
    return name in _COUNTED if count is not None else name in _FIXED or name in _SHORTHAND


def relative_span(name: str, count: int | None, today: date) -> Span | None:
    """Return the days that a date literal names, seen from ``today``; None if that leaves the calendar."""
    if name in _SHORTHAND:
        name, count = _SHORTHAND[name]
    try:
        if count is None:
            unit, shift = _FIXED[name]
            start = _UNITS[unit]
            return Span(start(today, shift), start(today, shift + 1))
        word, unit = _COUNTED[name]
        start = _UNITS[unit]
        if word == "NEXT":
            return Span(start(today, 1), start(today, count + 1))
        if word == "AGO":
            return Span(start(today, -count), start(today, 1 - count))
        if unit == "DAY":
            return Span(start(today, -count), start(today, 1), until_now=True)
        return Span(start(today, -count), start(today, 0))
    except (ValueError, OverflowError):
        return None


def _quarter(day: date) -> int:
    return (day.month - 1) // 3 + 1


def _week_in_year(day: date) -> int:
    return (day.timetuple().tm_yday - 1) // 7 + 1


DATE_FUNCTIONS: dict[str, Callable[[date], int]] = {
    "CALENDAR_MONTH": lambda day: day.month,
    "CALENDAR_QUARTER": _quarter,
    "CALENDAR_YEAR": lambda day: day.year,
    "DAY_IN_MONTH": lambda day: day.day,
    "DAY_IN_WEEK": lambda day: day.isoweekday() % 7 + 1,
    "DAY_IN_YEAR": lambda day: day.timetuple().tm_yday,
    "FISCAL_MONTH": lambda day: day.month,
    "FISCAL_QUARTER": _quarter,
    "FISCAL_YEAR": lambda day: day.year,
    "WEEK_IN_MONTH": lambda day: (day.day - 1) // 7 + 1,
    "WEEK_IN_YEAR": _week_in_year,
}
