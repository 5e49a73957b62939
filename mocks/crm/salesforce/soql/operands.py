"""What a condition, an ORDER BY or a GROUP BY may look at: fields, date functions, toLabel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from typing import Any

from ....journal import Row
from ....schema import FieldInfo
from .dates import DATE_FUNCTIONS, as_stamp, parse_date, parse_datetime
from .errors import LocatedError, unexpected_token
from .fields import Column, Nature, Reader, Scope
from .tree import Call, Expr, Path

_HINT = "mocked here: toLabel, convertTimezone inside a date function, DAY_ONLY, HOUR_IN_DAY, " + ", ".join(DATE_FUNCTIONS)


@dataclass(frozen=True, slots=True)
class Operand:
    """Something with a value per row (or, in HAVING, per group): ``label`` as refusals name it.

    ``column`` is set when it is a plain field; ``date_type`` is what a wrong literal is told for a function.
    """

    label: str
    nature: Nature
    read: Callable[[Any], Any]
    at: int
    column: Column | None = None

    @property
    def vendor_type(self) -> str:
        """Return the type as Salesforce's refusals write it."""
        if self.nature is Nature.DATETIME:
            return "dateTime"
        if self.nature in (Nature.TEXT, Nature.PICKLIST, Nature.MULTI_PICKLIST):
            return "string"
        if self.nature is Nature.NUMBER:
            kind = self.column.info.vendor_type.lower() if self.column else "int"
            return "double" if kind in ("currency", "percent", "double") else "int"
        if self.nature is Nature.ID and self.column is not None:
            return self.column.info.vendor_type.lower()
        return self.nature.value


def row_operand(scope: Scope, expr: Expr) -> Operand:
    """Return the operand an expression names. Raises `LocatedError` for what cannot be evaluated row by row."""
    if isinstance(expr, Path):
        column = scope.column(expr)
        return Operand(column.name, column.nature, column.read, expr.at, column)
    if expr.name == "TOLABEL":
        column = label_column(scope, expr)
        return Operand(column.name, Nature.TEXT, label_reader(column.info, column.read), expr.at, None)
    if expr.name in DATE_FUNCTIONS or expr.name in ("DAY_ONLY", "HOUR_IN_DAY"):
        return _date_operand(scope, expr)
    raise unexpected_token(expr.written, expr.at, hint=_HINT)


def path_argument(call: Call) -> Path:
    """Return the field that a function is applied to. Raises `LocatedError` if it is something else."""
    if not isinstance(call.argument, Path):
        raise unexpected_token(call.argument.written if call.argument else ")", call.argument.at if call.argument else call.at)
    return call.argument


def label_column(scope: Scope, call: Call) -> Column:
    """Return the column inside toLabel()."""
    return scope.column(path_argument(call))


def label_reader(info: FieldInfo, read: Reader) -> Reader:
    """Return how the label of a picklist value is read; a value without a label stands for itself."""
    labels = {option.value: option.label for option in info.options}

    def label(row: Row) -> Any:
        value = read(row)
        if isinstance(value, str) and ";" in value:
            return ";".join(labels.get(part, part) for part in value.split(";"))
        return labels.get(value, value)

    return label


def _date_operand(scope: Scope, call: Call) -> Operand:
    zone: tzinfo = UTC
    inner = call.argument
    if isinstance(inner, Call) and inner.name == "CONVERTTIMEZONE":
        zone, inner = scope.session.zone, path_argument(inner)
    if not isinstance(inner, Path):
        raise unexpected_token(inner.written if inner else ")", inner.at if inner else call.at, hint=_HINT)
    column = scope.column(inner)
    needs_time = call.name in ("DAY_ONLY", "HOUR_IN_DAY")
    if column.nature is not Nature.DATETIME and (needs_time or column.nature is not Nature.DATE):
        wanted = "dateTime" if needs_time else "date or dateTime"
        raise LocatedError(f"{call.name} can only be applied to a field of type {wanted}: {column.name}", at=call.at)
    label = f"{call.name}({column.name})"
    read = column.read
    if call.name == "HOUR_IN_DAY":
        return Operand(label, Nature.NUMBER, lambda row: _hour(read(row), zone), call.at)
    if call.name == "DAY_ONLY":
        return Operand(label, Nature.DATE, lambda row: _iso_day(read(row), zone), call.at)
    function = DATE_FUNCTIONS[call.name]

    def value(row: Row) -> int | None:
        day = _day(read(row), zone)
        return None if day is None else function(day)

    return Operand(label, Nature.NUMBER, value, call.at)


def _day(value: object, zone: tzinfo) -> date | None:
    if not isinstance(value, str):
        return None
    if len(value) == len("2024-01-31"):
        return parse_date(value)
    moment = parse_datetime(as_stamp(value))
    return None if moment is None else moment.astimezone(zone).date()


def _iso_day(value: object, zone: tzinfo) -> str | None:
    day = _day(value, zone)
    return None if day is None else day.isoformat()


def _hour(value: object, zone: tzinfo) -> int | None:
    moment = parse_datetime(as_stamp(value)) if isinstance(value, str) else None
    return None if moment is None else moment.astimezone(zone).hour
