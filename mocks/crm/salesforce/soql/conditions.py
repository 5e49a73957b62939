"""A WHERE or HAVING tree compiled to one predicate.

Negation is pushed down to the comparisons, so that what null means is decided in one place: a comparison is false
for null, its negation is true for null exactly when the switch ``nulls_match_not_equal`` says so.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from .errors import LocatedError
from .fields import Nature
from .matchers import Match, match_of
from .operands import Operand
from .session import ASSUMED_NULLS, Session
from .tree import Comparison, Condition, Conjunction, Expr, Negation

Predicate = Callable[[Any], bool]
OperandOf = Callable[[Expr], Operand]


class Place(Enum):
    """Where in the WHERE a comparison stands: semi-joins may stand at the top only."""

    TOP = 0
    UNDER_OR = 1
    NESTED = 2


# -> the ids that the inner query selects.
SemiJoin = Callable[[Operand, Comparison, Place], frozenset[str]]


class ConditionCompiler:
    """Compiles conditions over one kind of unit (rows or groups), as ``operand_of`` reads them."""

    def __init__(self, session: Session, operand_of: OperandOf, semi_join: SemiJoin) -> None:
        self._session = session
        self._operand_of = operand_of
        self._semi_join = semi_join

    def compile(self, condition: Condition) -> Predicate:
        """Return the predicate. Raises `LocatedError` for anything Salesforce would refuse."""
        return self._node(condition, negated=False, place=Place.TOP)

    def _node(self, node: Condition, *, negated: bool, place: Place) -> Predicate:
        if isinstance(node, Comparison):
            return self._comparison(node, negated=negated, place=place)
        if isinstance(node, Negation):
            return self._node(node.item, negated=not negated, place=Place.NESTED)
        conjunctive = isinstance(node, Conjunction)
        if not conjunctive:
            place = Place.UNDER_OR if place is Place.TOP else Place.NESTED
        tests = tuple(self._node(item, negated=negated, place=place) for item in node.items)
        return _all(tests) if conjunctive is not negated else _any(tests)

    def _comparison(self, node: Comparison, *, negated: bool, place: Place) -> Predicate:
        operand = self._operand_of(node.expr)
        if node.subselect is not None:
            ids = self._semi_join(operand, node, place)
            match = Match(ids.__contains__)
        else:
            match = match_of(operand, node, self._session)
        if node.negated is negated:
            return _straight(operand.read, match)
        # `!= null` and boolean null are certain; only a null that meets a negated value rests on the switch.
        certain = match.null or _mentions_null(node) or operand.nature is Nature.BOOLEAN
        return self._inverted(operand.read, match, certain=certain)

    def _inverted(self, read: Callable[[Any], Any], match: Match, *, certain: bool) -> Predicate:
        test = match.test
        if certain:
            answer = not match.null

            def differs(unit: Any) -> bool:
                value = read(unit)
                return answer if value is None else not test(value)

            return differs

        on_null = self._session.nulls_match
        assumed = self._session.assumed

        def differs_or_null(unit: Any) -> bool:
            value = read(unit)
            if value is None:
                assumed.add(ASSUMED_NULLS)
                return on_null
            return not test(value)

        return differs_or_null


def refuse_semi_join(_operand: Operand, comparison: Comparison, _place: Place) -> frozenset[str]:
    """Refuse a semi-join where Salesforce knows none (HAVING)."""
    raise LocatedError("Semi join sub-selects are only allowed at the top level WHERE expressions", at=comparison.at)


def _mentions_null(node: Comparison) -> bool:
    return any(literal.value is None or literal.value == "" for literal in node.values)


def _straight(read: Callable[[Any], Any], match: Match) -> Predicate:
    test, on_null = match.test, match.null

    def holds(unit: Any) -> bool:
        value = read(unit)
        return on_null if value is None else test(value)

    return holds


def _all(tests: tuple[Predicate, ...]) -> Predicate:
    def holds(unit: Any) -> bool:
        for test in tests:  # noqa: SIM110 (a generator costs more than the tests)
            if not test(unit):
                return False
        return True

    return holds


def _any(tests: tuple[Predicate, ...]) -> Predicate:
    def holds(unit: Any) -> bool:
        for test in tests:  # noqa: SIM110 (a generator costs more than the tests)
            if test(unit):
                return True
        return False

    return holds
