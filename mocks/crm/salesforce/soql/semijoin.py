"""``Id IN (SELECT AccountId FROM Contact ...)``: Salesforce's rules for it, and the ids that it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from ....journal import Row
from .conditions import Place
from .errors import LocatedError
from .fields import Column, Nature, Scope
from .operands import Operand
from .tree import Comparison, Condition, Negation, Path, Query, Selected

MAX_SEMI_JOINS = 2


class InnerPlan(Protocol):
    """The compiled inner query."""

    def pick(self, rows: Iterable[Row]) -> list[Row]:
        """Return the rows of the answer."""

    def candidates(self) -> Iterable[Row]:
        """Return the rows that can match."""


class SemiJoins:
    """The semi-joins of one WHERE clause over ``kind``; ``plan`` compiles an inner query."""

    def __init__(self, kind: str, plan: Callable[[Query], tuple[Scope, InnerPlan]]) -> None:
        self._kind = kind
        self._plan = plan
        self._count = 0

    def ids(self, operand: Operand, comparison: Comparison, place: Place) -> frozenset[str]:
        """Return the ids that the inner query selects. Raises `LocatedError` where Salesforce forbids a semi-join."""
        query = comparison.subselect
        assert query is not None
        self._check_outer(operand, comparison, place)
        selected = _only_field(query, comparison.at)
        if _has_semi_join(query.where):
            raise LocatedError("Nesting of semi join sub-selects is not supported", at=comparison.at)
        scope, plan = self._plan(query)
        if scope.kind == self._kind:
            raise LocatedError("The inner and outer selects should not be on the same object type", at=comparison.at)
        column = scope.column(selected)
        _check_types(operand, column, scope.kind, self._kind, comparison.at)
        leaf = column.leaf
        return frozenset(value for row in plan.pick(plan.candidates()) if (value := leaf(row)) is not None)

    def _check_outer(self, operand: Operand, comparison: Comparison, place: Place) -> None:
        at = comparison.at
        if place is Place.UNDER_OR:
            raise LocatedError("Semi join sub-selects are not allowed with the 'OR' operator", at=at)
        if place is Place.NESTED:
            raise LocatedError("Semi join sub-selects are only allowed at the top level WHERE expressions", at=at)
        self._count += 1
        if self._count > MAX_SEMI_JOINS:
            raise LocatedError(f"Maximum {MAX_SEMI_JOINS} semi join sub-selects are allowed", at=at)
        if operand.column is None or operand.nature is not Nature.ID:
            raise LocatedError(
                "The left operand field in the where expression for outer query should be an id field, cannot use:"
                f" '{operand.label}'",
                at=operand.at,
            )
        if operand.column.hops:
            raise LocatedError(
                f"The left operand '{operand.label}' cannot have more than one level of relationships", at=operand.at
            )


def _only_field(query: Query, at: int) -> Path:
    first = query.select[0]
    if len(query.select) != 1 or not isinstance(first, Selected) or not isinstance(first.expr, Path):
        raise LocatedError("Semi join sub-selects must select exactly one field", at=at)
    if query.group_by or query.order_by or query.limit is not None or query.offset:
        raise LocatedError("ORDER BY, LIMIT and GROUP BY are not supported in semi join sub-selects", at=at)
    return first.expr


def _check_types(operand: Operand, column: Column, inner_kind: str, outer_kind: str, at: int) -> None:
    if column.hops or column.nature is not Nature.ID:
        raise LocatedError(
            f"The selected field '{column.name}' in the subquery must be an id or foreign key field of '{inner_kind}'", at=at
        )
    assert operand.column is not None
    outer = _points_to(operand.column, outer_kind)
    inner = _points_to(column, inner_kind)
    if not outer & inner:
        raise LocatedError(
            f"The selected field '{column.name}' in the subquery and the left operand field in the where expression in"
            f" the outer query '{operand.label}' should point to the same object type",
            at=at,
        )


def _points_to(column: Column, kind: str) -> frozenset[str]:
    return frozenset(column.info.reference_to) or frozenset((kind,))


def _has_semi_join(condition: Condition | None) -> bool:
    if condition is None:
        return False
    if isinstance(condition, Comparison):
        return condition.subselect is not None
    if isinstance(condition, Negation):
        return _has_semi_join(condition.item)
    return any(_has_semi_join(item) for item in condition.items)
