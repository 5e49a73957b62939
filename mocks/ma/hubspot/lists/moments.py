"""Points in time of list filters: `DATE`, `INDEXED` (now, today, with an offset) and `PROPERTY_REFERENCED`.

Facts: the vendor's page on list filters, and the models of hubspot-api-client 12. References to weeks, months,
quarters and (fiscal) years are refused: how the vendor cuts them has not been observed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ....clock import to_ms
from ....journal import Row
from ..catalogue import Catalogue
from ..portal import Portal
from ..saving import versions
from ..values import parse_ms
from . import refusals

# What a point in time is for one record (None: it has no such moment).
Moment = Callable[[Row], int | None]

_OFFSETS = ("days", "weeks", "hours", "minutes", "seconds", "milliseconds")


def of_value(name: str) -> Moment:
    """Return the moment that the value of a property is."""
    return lambda row: parse_ms(row.values.get(name) or "")


def of_update(name: str) -> Moment:
    """Return the moment at which a property was last changed."""

    def changed(row: Row) -> int | None:
        found = versions(row, name)
        return found[0][1] if found else None

    return changed


def subject(operation: dict[str, Any], name: str) -> Moment:
    """Return what `propertyParser` says is compared: the value (default) or the last change of the property."""
    return _parsed(operation.get("propertyParser", "VALUE"), name, "propertyParser")


def _parsed(word: object, name: str, member: str) -> Moment:
    if word == "VALUE":
        return of_value(name)
    if word == "UPDATED_AT":
        return of_update(name)
    raise refusals.bad_filter(f"{member} is VALUE or UPDATED_AT, not {word}")


def point(dialect: Portal, catalogue: Catalogue, given: object) -> Moment:
    """Return the moment that a time point of a filter names. Raises `Refusal`."""
    if not isinstance(given, dict):
        raise refusals.bad_filter("a time point is an object with a timeType")
    kind = given.get("timeType")
    if kind == "PROPERTY_REFERENCED":
        name = given.get("property")
        if not isinstance(name, str) or name not in catalogue.by_name:
            raise refusals.bad_filter(f"property {name} does not exist")
        return _parsed(given.get("referenceType"), name, "referenceType")
    if kind not in ("DATE", "INDEXED"):
        raise refusals.bad_filter(f"timeType is DATE, INDEXED or PROPERTY_REFERENCED, not {kind}")
    try:
        at_ms = to_ms(_date(given) if kind == "DATE" else _indexed(dialect, given))
    except (ValueError, OverflowError) as error:
        raise refusals.bad_filter(f"a time point is no moment: {error}") from None
    return lambda row: at_ms  # noqa: ARG005 (the same for every record)


def _whole(given: dict[str, Any], name: str, default: int | None = 0) -> int:
    value = given.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise refusals.bad_filter(f"{name} of a time point is a whole number")
    return value


def _date(given: dict[str, Any]) -> datetime:
    clock = [_whole(given, name) for name in ("hour", "minute", "second")]
    day = [_whole(given, name, None) for name in ("year", "month", "day")]
    return datetime(*day, *clock, _whole(given, "millisecond") * 1000, tzinfo=zone(given))  # type: ignore[misc,arg-type]


def _indexed(dialect: Portal, given: dict[str, Any]) -> datetime:
    reference = given.get("indexReference")
    word = reference.get("referenceType") if isinstance(reference, dict) else None
    if word not in ("NOW", "TODAY"):
        raise refusals.filter_not_mocked(f"indexReference {word}")
    moment = dialect.clock.now().astimezone(zone(given))
    if word == "TODAY":
        moment = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    offset = given.get("offset") or {}
    if not isinstance(offset, dict):
        raise refusals.bad_filter("offset of a time point is an object")
    unknown = [name for name in offset if name not in _OFFSETS]
    if unknown:
        raise refusals.filter_not_mocked(f"offset in {', '.join(unknown)}")
    return moment + timedelta(**{name: _whole(offset, name) for name in offset})


def zone(given: dict[str, Any]) -> tzinfo:
    """Return the time zone of a time point; UTC when none is named (portal and user zones are not mocked)."""
    name = given.get("zoneId")
    if name is None:
        return UTC
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refusals.bad_filter(f"zoneId {name} is no time zone") from None
