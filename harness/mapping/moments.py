"""Dates and moments as vendors store them: ISO texts, milliseconds since the epoch, Python's own types."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

DAY_MS = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?\s?(?:Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE
)
_MILLISECONDS = re.compile(r"-?\d{1,15}")


def date_meaning(raw: Any) -> str | None:
    """Return `YYYY-MM-DD` for an ISO date, a moment (its day in UTC) or milliseconds at midnight UTC, else None."""
    if isinstance(raw, datetime):
        return _utc(raw).date().isoformat()
    if isinstance(raw, date):
        return raw.isoformat()
    if is_iso_date(raw):
        return str(raw)
    milliseconds = _milliseconds(raw)
    if milliseconds is not None and milliseconds % DAY_MS:
        return None
    moment = _moment(raw)
    return moment.date().isoformat() if moment is not None else None


def moment_meaning(raw: Any) -> str | None:
    """Return `YYYY-MM-DDTHH:MM:SS.mmmZ` for an ISO moment (no zone means UTC), a date (its midnight) or ms, or None."""
    if isinstance(raw, date) and not isinstance(raw, datetime):
        raw = raw.isoformat()
    return _text_meaning(raw) if isinstance(raw, str) else _utc_text(_moment(raw))


def is_iso_date(raw: Any) -> bool:
    """Tell whether this is a text `YYYY-MM-DD` that names a day of the calendar."""
    return isinstance(raw, str) and _DATE.fullmatch(raw) is not None and _day(raw)


def is_iso_moment(raw: Any) -> bool:
    """Tell whether this is a text such as `2026-01-31T12:00:00Z`, with or without fraction, with its zone."""
    return isinstance(raw, str) and _MOMENT.fullmatch(raw) is not None and _moment(raw) is not None


def months_before(moment: datetime, months: int) -> date:
    """Return the day ``months`` calendar months before; 31 May less one month is 30 April."""
    month = moment.year * 12 + moment.month - 1 - months
    first = date(max(month // 12, 1), month % 12 + 1, 1)
    last = (date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)).day
    return first.replace(day=min(moment.day, last))


@lru_cache(maxsize=16384)
def _text_meaning(text: str) -> str | None:
    return _utc_text(_moment(f"{text}T00:00:00" if is_iso_date(text) else text))


def _utc_text(moment: datetime | None) -> str | None:
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z" if moment is not None else None


@lru_cache(maxsize=16384)
def _day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _milliseconds(raw: Any) -> int | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        return raw
    return int(raw) if isinstance(raw, str) and _MILLISECONDS.fullmatch(raw) else None


def _moment(raw: Any) -> datetime | None:
    if isinstance(raw, datetime):
        return _utc(raw)
    milliseconds = _milliseconds(raw)
    try:
        if milliseconds is not None:
            return _EPOCH + timedelta(milliseconds=milliseconds)
        return _read(raw) if isinstance(raw, str) else None
    except (ValueError, OverflowError):
        return None


def _read(text: str) -> datetime | None:
    if not _MOMENT.fullmatch(text):
        return None
    # Python reads three or six digits of a second's fraction; vendors send one to nine.
    text = re.sub(r"\.(\d{1,9})", lambda m: f".{m.group(1)[:6].ljust(6, '0')}", text.upper().replace(" ", "T", 1))
    return _utc(datetime.fromisoformat(text.replace(" ", "")))


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
