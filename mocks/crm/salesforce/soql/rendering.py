"""FORMAT(): values as a person in the en_US locale reads them. The exact texts are assumed, not recorded."""

from __future__ import annotations

from datetime import datetime, tzinfo

from ....schema import FieldInfo
from .dates import as_stamp, parse_date, parse_datetime


def display_text(value: object, info: FieldInfo, zone: tzinfo) -> str | None:
    """Return the localised text of a value; null stays null."""
    if value is None:
        return None
    kind = info.vendor_type.lower()
    if kind == "datetime":
        moment = parse_datetime(as_stamp(str(value)))
        return str(value) if moment is None else _moment_text(moment.astimezone(zone))
    if kind == "date":
        day = parse_date(str(value))
        return str(value) if day is None else f"{day.month}/{day.day}/{day.year}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number_text(value, kind)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _moment_text(moment: datetime) -> str:
    hour = moment.hour % 12 or 12
    half = "AM" if moment.hour < 12 else "PM"
    return f"{moment.month}/{moment.day}/{moment.year}, {hour}:{moment.minute:02d} {half}"


def _number_text(value: float, kind: str) -> str:
    if kind == "currency":
        return f"${value:,.2f}"
    text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"
    return f"{text}%" if kind == "percent" else text
