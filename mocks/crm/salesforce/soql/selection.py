"""FROM, WHERE, ORDER BY, LIMIT and OFFSET: from a parsed query to the rows that answer it, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ....journal import Row
from ..ids import full_id
from .conditions import ConditionCompiler, Predicate
from .dates import as_stamp
from .errors import LocatedError, no_such_entity
from .fields import Column, Nature, Scope
from .matchers import fold
from .operands import Operand, row_operand
from .semijoin import SemiJoins
from .session import Session
from .tree import Comparison, Condition, Conjunction, LiteralType, Ordering, Path, Query

Sorter = Callable[[list[Any]], None]


@dataclass(frozen=True)
class RowPlan:
    """A compiled query over one sObject: ``pick`` chooses, sorts and cuts among candidate rows."""

    scope: Scope
    query: Query
    predicate: Predicate | None
    sorters: tuple[Sorter, ...]

    def matching(self, rows: Iterable[Row]) -> list[Row]:
        """Return the rows that satisfy WHERE, in their order."""
        predicate = self.predicate
        return list(rows) if predicate is None else [row for row in rows if predicate(row)]

    def pick(self, rows: Iterable[Row]) -> list[Row]:
        """Return the rows of the answer, in the order asked for."""
        found = self.matching(rows)
        for sort in self.sorters:
            sort(found)
        return cut(found, self.query)

    def candidates(self) -> Iterable[Row]:
        """Return the rows that can match: from an index if the query pins an indexed field, else all."""
        session, kind = self.scope.session, self.scope.kind
        if not session.include_deleted:
            found = _indexed(self.scope, self.query.where)
            if found is not None:
                return found
        return session.source.rows(kind, session.include_deleted)


def cut(found: list[Any], query: Query) -> list[Any]:
    """Apply OFFSET and LIMIT."""
    if query.offset or query.limit is not None:
        end = None if query.limit is None else query.offset + query.limit
        return found[query.offset : end]
    return found


def root_scope(session: Session, query: Query) -> Scope:
    """Return the scope of a query's FROM. Raises `LocatedError` (INVALID_TYPE) for an unknown sObject."""
    name = query.source.text
    kind = session.source.kind(name)
    if kind is None:
        raise no_such_entity(name, query.source.at)
    return Scope(session, kind, query.alias)


def plan_rows(scope: Scope, query: Query, *, sort: bool = True) -> RowPlan:
    """Compile WHERE, USING SCOPE and (with ``sort``) ORDER BY of a query over ``scope``."""
    predicate = compile_where(scope, query)
    sorters = sorters_of([(row_operand(scope, o.expr), o) for o in query.order_by]) if sort else ()
    return RowPlan(scope, query, predicate, sorters)


def compile_where(scope: Scope, query: Query) -> Predicate | None:
    """Return the predicate of WHERE and USING SCOPE, or None if every row will do."""
    tests: list[Predicate] = []
    if query.scope is not None:
        tests += _scope_test(scope, *query.scope)
    if query.where is not None:
        session = scope.session
        joins = SemiJoins(scope.kind, lambda inner: select_for_join(session, inner))
        compiler = ConditionCompiler(session, lambda expr: row_operand(scope, expr), joins.ids)
        tests.append(compiler.compile(query.where))
    if len(tests) > 1:
        first, second = tests
        return lambda row: first(row) and second(row)
    return tests[0] if tests else None


def select_for_join(session: Session, query: Query) -> tuple[Scope, RowPlan]:
    """Return the scope and the plan of the inner query of a semi-join."""
    scope = root_scope(session, query)
    return scope, plan_rows(scope, query)


def _scope_test(scope: Scope, name: str, at: int) -> list[Predicate]:
    if name.lower() == "everything":
        return []
    owner = scope.session.field(scope.kind, "OwnerId")
    if name.lower() == "mine" and owner is not None:
        user_id = scope.session.source.user_id
        return [lambda row: row.values.get("OwnerId") == user_id]
    raise LocatedError(
        f"USING SCOPE {name} is not supported for {scope.kind}",
        code="INVALID_QUERY_SCOPE",
        at=at,
        hint="mocked scopes: everything, mine (for sObjects with an owner)",
    )


def sorters_of(orderings: list[tuple[Operand, Ordering]]) -> tuple[Sorter, ...]:
    """Return one stable sort per ORDER BY element, least significant first."""
    return tuple(_sorter(operand, ordering) for operand, ordering in reversed(orderings))


def _sorter(operand: Operand, ordering: Ordering) -> Sorter:
    if operand.nature in (Nature.OPAQUE, Nature.MULTI_PICKLIST):
        raise LocatedError(f"field '{operand.label}' can not be sorted in a query call", at=operand.at)
    read, form = operand.read, _sort_form(operand)
    descending = ordering.descending
    # Nulls come first in either direction unless told otherwise; a reversed sort puts the largest first.
    null_rank = 1 if bool(ordering.nulls_last) is not descending else -1

    def key(unit: Any) -> tuple[int, Any]:
        value = read(unit)
        return (null_rank, 0) if value is None else (0, form(value))

    return lambda units: units.sort(key=key, reverse=descending)


def _sort_form(operand: Operand) -> Callable[[Any], Any]:
    if operand.nature is Nature.PICKLIST and operand.column is not None and operand.column.info.options:
        # A picklist sorts in the order of its values in Setup; values that are not on the list come last.
        ranks = {option.value: k for k, option in enumerate(operand.column.info.options)}
        return lambda value: (ranks.get(value, len(ranks)), fold(value))
    if operand.nature in (Nature.TEXT, Nature.PICKLIST):
        return fold
    if operand.nature is Nature.DATETIME:
        return as_stamp
    return lambda value: value


def _indexed(scope: Scope, where: Condition | None) -> list[Row] | None:
    """Return the rows that an index gives for the first condition it can serve, in order of creation."""
    items = where.items if isinstance(where, Conjunction) else (where,) if where is not None else ()
    for item in items:
        if not isinstance(item, Comparison) or item.negated or item.op not in ("=", "IN"):
            continue
        if item.subselect is not None or not isinstance(item.expr, Path):
            continue
        column = scope.column(item.expr)
        if column.hops or not _pins(column, item):
            continue
        found = _look_up(scope, column, item)
        if found is not None:
            return found
    return None


def _pins(column: Column, item: Comparison) -> bool:
    textual = column.nature in (Nature.TEXT, Nature.ID, Nature.PICKLIST)
    return textual and all(v.type is LiteralType.STRING and v.value for v in item.values)


def _look_up(scope: Scope, column: Column, item: Comparison) -> list[Row] | None:
    source = scope.session.source
    found: dict[str, Row] = {}
    for literal in item.values:
        value = full_id(str(literal.value)) if column.nature is Nature.ID else literal.value
        rows = source.lookup(scope.kind, column.info.name, value)
        if rows is None:
            if column.info.name != "Id":
                return None
            row = scope.session.alive(source.get(scope.kind, str(value)))
            rows = () if row is None else (row,)
        for row in rows:
            if not row.deleted:
                found[row.id] = row
    if len(item.values) == 1:
        return list(found.values())
    return sorted(found.values(), key=lambda row: (row.created_ms, row.id))
