"""GROUP BY, HAVING and the aggregate functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ....journal import Row
from .conditions import ConditionCompiler, refuse_semi_join
from .dates import as_stamp
from .errors import LocatedError, unexpected_token
from .fields import Nature, Scope
from .matchers import fold
from .operands import Operand, path_argument, row_operand
from .projection import AGGREGATES
from .selection import cut, plan_rows, sorters_of
from .session import ASSUMED_GROUP_CASE
from .source import ColumnShape, QueryResult
from .tree import Call, Child, Expr, Path, Query, Selected

_NUMERIC = frozenset({"SUM", "AVG"})


@dataclass(frozen=True, slots=True)
class Group:
    """The rows that share a key; ``key`` has one value per GROUP BY element."""

    key: tuple[Any, ...]
    rows: list[Row]


def is_aggregate(query: Query) -> bool:
    """Tell whether the answer has aggregate records: there is a GROUP BY or an aggregate function."""
    return bool(query.group_by) or any(isinstance(s, Selected) and _has_aggregate(s.expr) for s in query.select)


def is_plain_count(query: Query) -> bool:
    """Tell whether the query is SELECT COUNT(), whose answer is a number and no records."""
    return any(isinstance(s, Selected) and isinstance(s.expr, Call) and _is_count_all(s.expr) for s in query.select)


def _is_count_all(call: Call) -> bool:
    return call.name == "COUNT" and call.argument is None


def _has_aggregate(expr: Expr | None) -> bool:
    return isinstance(expr, Call) and (expr.name in AGGREGATES or _has_aggregate(expr.argument))


def run_count(scope: Scope, query: Query) -> QueryResult:
    """Answer SELECT COUNT(): ``total`` is the number of rows (at most LIMIT), there are no records."""
    if len(query.select) != 1 or query.group_by or query.order_by:
        raise LocatedError("count() must be the only element of the SELECT list, without GROUP BY or ORDER BY")
    plan = plan_rows(scope, query)
    total = len(plan.pick(plan.candidates()))
    return QueryResult(total, [], scope.kind, True, [], [], assumed=tuple(sorted(scope.session.assumed)))


def run_aggregate(scope: Scope, query: Query) -> QueryResult:
    """Answer a query with aggregates: one record per group, or a single one without GROUP BY."""
    return _Aggregation(scope, query).run()


class _Aggregation:
    def __init__(self, scope: Scope, query: Query) -> None:
        self._scope = scope
        self._query = query
        self._plan = plan_rows(scope, query, sort=False)
        self._keys = [row_operand(scope, expr) for expr in query.group_by]
        for key in self._keys:
            if key.nature in (Nature.OPAQUE, Nature.MULTI_PICKLIST):
                raise LocatedError(f"field '{key.label}' can not be grouped in a query call", at=key.at)
        if not query.group_by:
            self._check_ungrouped()
        self._outputs = self._select()

    def _check_ungrouped(self) -> None:
        query = self._query
        for stated, word in ((query.limit is not None, "LIMIT"), (query.offset, "OFFSET"), (query.order_by, "ORDER BY")):
            if stated:
                raise LocatedError(f"Non-grouped query that uses overall aggregate functions cannot also use {word}")
        if query.having is not None:
            raise LocatedError("HAVING can only be used with GROUP BY")

    def run(self) -> QueryResult:
        query, session = self._query, self._scope.session
        groups = self._groups(self._plan.matching(self._plan.candidates()))
        if query.having is not None:
            holds = ConditionCompiler(session, self._operand, refuse_semi_join).compile(query.having)
            groups = [group for group in groups if holds(group)]
        for sort in sorters_of([(self._operand(o.expr, "Ordered field"), o) for o in query.order_by]):
            sort(groups)
        records = []
        for group in cut(groups, query):
            record: dict[str, Any] = {"attributes": {"type": "AggregateResult"}}
            for name, operand in self._outputs:
                record[name] = operand.read(group)
            records.append(record)
        columns = [_shape(name, operand) for name, operand in self._outputs]
        return QueryResult(
            len(records),
            records,
            self._scope.kind,
            False,
            columns,
            [],
            assumed=tuple(sorted(session.assumed)),
            grouped=bool(query.group_by),
        )

    def _groups(self, rows: list[Row]) -> list[Group]:
        if not self._query.group_by:
            return [Group((), rows)]
        reads = [key.read for key in self._keys]
        found: dict[tuple[Any, ...], list[Row]] = {}
        for row in rows:
            found.setdefault(tuple(read(row) for read in reads), []).append(row)
        if len({tuple(map(fold, key)) for key in found}) != len(found):
            self._scope.session.assumed.add(ASSUMED_GROUP_CASE)
        return [Group(key, members) for key, members in found.items()]

    def _select(self) -> list[tuple[str, Operand]]:
        outputs: list[tuple[str, Operand]] = []
        unnamed = 0
        for item in self._query.select:
            if isinstance(item, Child):
                raise LocatedError("only root queries support aggregate expressions", at=item.at)
            operand = self._operand(item.expr)
            if item.alias is not None:
                name = item.alias
            elif isinstance(item.expr, Path):
                name = operand.label.rpartition(".")[2]
            else:
                name = f"expr{unnamed}"
                unnamed += 1
            if any(name.lower() == other.lower() for other, _ in outputs):
                raise LocatedError(f"duplicate alias: {name}", at=item.alias_at)
            outputs.append((name, operand))
        return outputs

    def _operand(self, expr: Expr, subject: str = "Field") -> Operand:
        """Return what an expression is worth for a group: an aggregate, or one of the keys."""
        if isinstance(expr, Call) and expr.name in AGGREGATES:
            return self._aggregate(expr)
        if isinstance(expr, Call) and expr.name in ("FORMAT", "CONVERTCURRENCY", "GROUPING"):
            raise unexpected_token(expr.written, expr.at, hint="not mocked together with aggregates")
        wanted = row_operand(self._scope, expr)
        for place, key in enumerate(self._keys):
            if key.label == wanted.label:
                return Operand(key.label, key.nature, _key_reader(place), expr.at, key.column)
        raise LocatedError(f"{subject} must be grouped or aggregated: {wanted.label}", at=expr.at)

    def _aggregate(self, call: Call) -> Operand:
        label = call.text
        if _is_count_all(call):
            raise LocatedError("count() must be the only element of the SELECT list, without GROUP BY or ORDER BY", at=call.at)
        path = path_argument(call)
        operand = row_operand(self._scope, path)
        _check_aggregable(call, operand)
        function = _FUNCTIONS[call.name]
        read = operand.read
        # Datetimes compare as stamps, text without case; the rest compares as it is.
        form = as_stamp if operand.nature is Nature.DATETIME else fold if operand.nature is Nature.TEXT else None

        def value(group: Group) -> Any:
            values = [v for row in group.rows if (v := read(row)) is not None]
            return function(values, form)

        counts = call.name.startswith("COUNT")
        nature = Nature.NUMBER if counts or call.name in _NUMERIC else operand.nature
        column = None if counts else operand.column
        return Operand(label, nature, value, call.at, column)


def _check_aggregable(call: Call, operand: Operand) -> None:
    if call.name in _NUMERIC:
        fine = operand.nature is Nature.NUMBER
    elif call.name in ("MIN", "MAX"):
        fine = operand.nature in (Nature.NUMBER, Nature.DATE, Nature.DATETIME, Nature.TEXT, Nature.ID)
    else:
        fine = operand.nature not in (Nature.OPAQUE, Nature.MULTI_PICKLIST)
    if not fine:
        raise LocatedError(f"field {operand.label} does not support aggregate operator {call.name}", at=call.at)


def _key_reader(place: int) -> Callable[[Group], Any]:
    return lambda group: group.key[place]


_Form = Callable[[Any], Any] | None


def _count(values: list[Any], _form: _Form) -> int:
    return len(values)


def _count_distinct(values: list[Any], form: _Form) -> int:
    return len(set(map(form, values)) if form else set(values))


def _sum(values: list[Any], _form: _Form) -> Any:
    return sum(values) if values else None


def _avg(values: list[Any], _form: _Form) -> float | None:
    return float(sum(values) / len(values)) if values else None


def _min(values: list[Any], form: _Form) -> Any:
    return min(values, key=form) if values else None


def _max(values: list[Any], form: _Form) -> Any:
    return max(values, key=form) if values else None


_FUNCTIONS: dict[str, Callable[[list[Any], _Form], Any]] = {
    "COUNT": _count,
    "COUNT_DISTINCT": _count_distinct,
    "SUM": _sum,
    "AVG": _avg,
    "MIN": _min,
    "MAX": _max,
}


def _shape(name: str, operand: Operand) -> ColumnShape:
    vendor_type = operand.column.info.vendor_type if operand.column else "double" if "avg(" in operand.label else "int"
    return ColumnShape(name, operand.label, vendor_type, aggregate=True)
