"""Property filters of lists about time: fixed, ranged, rolling and relative moments, and when a property changed.

Each compiles to a test that answers None for a record without the moment that is asked about. Facts: the vendor's page
on list filters. Bounds of DATETIME, RANGED_DATE and rolling windows are compared to the millisecond (ASSUMED).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....journal import Row
from ..catalogue import Catalogue
from ..portal import Portal
from . import refusals
from .moments import Moment, of_update, of_value, point, subject

Test = Callable[[Row], bool | None]
Compile = Callable[[Portal, Catalogue, str, str, dict[str, Any]], Test]

_DAY_MS = 86_400_000


def _test(moment: Moment, holds: Callable[[int], bool]) -> Test:
    return lambda row: None if (at_ms := moment(row)) is None else holds(at_ms)


def _whole(given: dict[str, Any], *names: str) -> int:
    """Return the first of the members that is there: the vendor's pages and models name some of them differently."""
    value = next((given[name] for name in names if name in given), None)
    if not isinstance(value, int) or isinstance(value, bool):
        raise refusals.bad_filter(f"{names[0]} of an operation is a whole number")
    return value


def _unknown(kind: str, operator: str) -> Exception:
    return refusals.filter_not_mocked(f"operator {operator} of {kind}")


def _datetime(dialect: Portal, catalogue: Catalogue, name: str, operator: str, given: dict[str, Any]) -> Test:  # noqa: ARG001
    wanted = _whole(given, "timestamp")
    tests: dict[str, Callable[[int], bool]] = {
        "IS_EQUAL_TO": lambda at: at == wanted, "IS_BEFORE_DATE": lambda at: at < wanted,
        "IS_AFTER_DATE": lambda at: at > wanted,
    }
    if operator not in tests:
        raise _unknown("DATETIME", operator)
    dialect.rests_on("hubspot.list_time_bounds")
    return _test(of_value(name), tests[operator])


def _ranged(dialect: Portal, catalogue: Catalogue, name: str, operator: str, given: dict[str, Any]) -> Test:  # noqa: ARG001
    low = _whole(given, "lowerBound", "lowerBoundTimestamp")
    high = _whole(given, "upperBound", "upperBoundTimestamp")
    if operator not in ("IS_BETWEEN", "IS_NOT_BETWEEN"):
        raise _unknown("RANGED_DATE", operator)
    dialect.rests_on("hubspot.list_time_bounds")
    return _test(of_value(name), lambda at: (low <= at <= high) is (operator == "IS_BETWEEN"))


def _rolling(dialect: Portal, catalogue: Catalogue, name: str, operator: str, given: dict[str, Any]) -> Test:  # noqa: ARG001
    now, width = dialect.clock.now_ms(), _whole(given, "numberOfDays") * _DAY_MS
    tests: dict[str, Callable[[int], bool]] = {
        "IS_LESS_THAN_X_DAYS_AGO": lambda at: now - width <= at <= now,
        "IS_MORE_THAN_X_DAYS_AGO": lambda at: at < now - width,
        "IS_LESS_THAN_X_DAYS_FROM_NOW": lambda at: now <= at <= now + width,
        "IS_MORE_THAN_X_DAYS_FROM_NOW": lambda at: at > now + width,
    }
    if operator not in tests:
        raise _unknown("ROLLING_DATE_RANGE", operator)
    dialect.rests_on("hubspot.list_time_bounds")
    return _test(of_value(name), tests[operator])


def _updated(dialect: Portal, catalogue: Catalogue, name: str, operator: str, given: dict[str, Any]) -> Test:  # noqa: ARG001
    since = dialect.clock.now_ms() - _whole(given, "numberOfDays") * _DAY_MS
    if operator not in ("UPDATED_IN_LAST_X_DAYS", "NOT_UPDATED_IN_LAST_X_DAYS"):
        raise _unknown("ROLLING_PROPERTY_UPDATED", operator)
    dialect.rests_on("hubspot.list_time_bounds")
    return _test(of_update(name), lambda at: (at >= since) is (operator == "UPDATED_IN_LAST_X_DAYS"))


def _compared(kind: str, moment_of: Callable[[str], Moment]) -> Compile:
    def make(dialect: Portal, catalogue: Catalogue, name: str, operator: str, given: dict[str, Any]) -> Test:  # noqa: ARG001
        other = given.get("comparisonPropertyName")
        if not isinstance(other, str) or other not in catalogue.by_name:
            raise refusals.bad_filter(f"property {other} does not exist")
        return _relative(kind, moment_of(name), moment_of(other), operator, inclusive=False)

    return make


def _relative(kind: str, ours: Moment, theirs: Moment, operator: str, *, inclusive: bool) -> Test:
    if operator not in ("IS_BEFORE", "IS_AFTER"):
        raise _unknown(kind, operator)

    def holds(row: Row) -> bool | None:
        at, bound = ours(row), theirs(row)
        if at is None or bound is None:
            return None
        return (at < bound if operator == "IS_BEFORE" else at > bound) or (inclusive and at == bound)

    return holds


def _inclusive(given: dict[str, Any], member: str, default: str) -> bool:
    word = given.get(member, default)
    if word not in ("INCLUSIVE", "EXCLUSIVE"):
        raise refusals.bad_filter(f"{member} is INCLUSIVE or EXCLUSIVE, not {word}")
    return bool(word == "INCLUSIVE")


def _point(dialect: Portal, catalogue: Catalogue, name: str, operator: str, given: dict[str, Any]) -> Test:
    inclusive = _inclusive(given, "endpointBehavior", "EXCLUSIVE")
    bound = point(dialect, catalogue, given.get("timePoint"))
    return _relative("TIME_POINT", subject(given, name), bound, operator, inclusive=inclusive)


def _time_ranged(dialect: Portal, catalogue: Catalogue, name: str, operator: str, given: dict[str, Any]) -> Test:
    if operator not in ("IS_BETWEEN", "IS_NOT_BETWEEN"):
        raise _unknown("TIME_RANGED", operator)
    moment, inside = subject(given, name), operator == "IS_BETWEEN"
    low = _relative("TIME_RANGED", moment, point(dialect, catalogue, given.get("lowerBoundTimePoint")), "IS_AFTER",
                    inclusive=_inclusive(given, "lowerBoundEndpointBehavior", "INCLUSIVE"))
    high = _relative("TIME_RANGED", moment, point(dialect, catalogue, given.get("upperBoundTimePoint")), "IS_BEFORE",
                     inclusive=_inclusive(given, "upperBoundEndpointBehavior", "INCLUSIVE"))

    def holds(row: Row) -> bool | None:
        after, before = low(row), high(row)
        return None if after is None or before is None else (after and before) is inside

    return holds


TIME_OPERATIONS: dict[str, Compile] = {
    "DATETIME": _datetime, "RANGED_DATE": _ranged, "ROLLING_DATE_RANGE": _rolling,
    "ROLLING_PROPERTY_UPDATED": _updated, "COMPARATIVE_DATE": _compared("COMPARATIVE_DATE", of_value),
    "COMPARATIVE_PROPERTY_UPDATED": _compared("COMPARATIVE_PROPERTY_UPDATED", of_update),
    "TIME_POINT": _point, "TIME_RANGED": _time_ranged,
}
