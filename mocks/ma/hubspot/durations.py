"""ISO 8601 periods such as `P1Y`, `P30D` and `PT12H`, added to a moment."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta

_PART = re.compile(r"(\d+)([YMWDHS])")
_SECONDS = {"W": 604_800, "D": 86_400, "H": 3_600, "S": 1}
_MOST_MONTHS = 12 * 5_000
_MOST_DIGITS = 12


def moved(value_ms: int, period: str, sign: int) -> int:
    """Return milliseconds moved by a period, ahead (``sign`` 1) or back (-1); months keep the day, or end with the month.

    A period that leads out of the calendar ends at its edge.
    """
    date_part, _, time_part = period[1:].partition("T")
    months = seconds = 0
    for part, in_time in ((date_part, False), (time_part, True)):
        for number, unit in _PART.findall(part):
            # Whatever is longer leads out of the calendar, and Python reads no number of thousands of digits.
            count = int(number) if len(number) <= _MOST_DIGITS else 10**_MOST_DIGITS
            if unit == "Y":
                months += 12 * count
            elif unit == "M" and not in_time:
                months += count
            else:
                seconds += count * (60 if unit == "M" else _SECONDS[unit])
    try:
        start = datetime.fromtimestamp(value_ms // 1000, UTC)
        found = _months_later(start, sign * min(months, _MOST_MONTHS)) + timedelta(seconds=sign * seconds)
    except (ValueError, OverflowError):
        found = datetime.max.replace(tzinfo=UTC) if sign > 0 else datetime.min.replace(tzinfo=UTC)
    return int(found.timestamp()) * 1000


def _months_later(start: datetime, months: int) -> datetime:
    total = start.year * 12 + start.month - 1 + months
    year, month = divmod(total, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)
