"""What the operators of a formula do, and to which types.

Text is never null: a blank text is "". A blank number or date makes what is reckoned from it blank, and an order (`<`, `>`)
with a blank is false; that last is not documented, hence the switch `formula_blank`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from .typed import EvaluationError, FormulaError, Frame, Node, Run, Type, node

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}
_SIMPLE = (Type.TEXT, Type.NUMBER, Type.BOOLEAN, Type.DATE, Type.DATETIME)
MOST_DIGITS = Decimal(10) ** 300


def need(part: Node, wanted: Type, where: str) -> Node:
    """Return ``part`` if it gives ``wanted``. Raises FormulaError in the words of the type it gives."""
    if part.type is wanted or (part.type is Type.NOTHING and wanted is not Type.BOOLEAN):
        return part
    raise mismatch(part, wanted, where)


def mismatch(part: Node, wanted: str, where: str) -> FormulaError:
    """Return the refusal of a part of the wrong type."""
    if part.type in (Type.PICKLIST, Type.MULTI_PICKLIST) and part.field:
        text = "use ISPICKVAL, CASE, TEXT or ISBLANK" if part.type is Type.PICKLIST else "use INCLUDES or ISBLANK"
        return FormulaError(f"field {part.field} is a {part.type} field; it can only be used in certain functions: {text}")
    return FormulaError(f"{where} needs {wanted}, not {part.type}")


def both(parts: Sequence[Node], where: str = "&&") -> Node:
    """Return AND; parts behind a false one are not evaluated."""
    runs = [need(p, Type.BOOLEAN, where).run for p in parts]
    return node(Type.BOOLEAN, lambda frame: all(run(frame) for run in runs), *parts)


def either(parts: Sequence[Node], where: str = "||") -> Node:
    """Return OR; parts behind a true one are not evaluated."""
    runs = [need(p, Type.BOOLEAN, where).run for p in parts]
    return node(Type.BOOLEAN, lambda frame: any(run(frame) for run in runs), *parts)


def opposite(part: Node, where: str = "!") -> Node:
    """Return NOT."""
    run = need(part, Type.BOOLEAN, where).run
    return node(Type.BOOLEAN, lambda frame: not run(frame), part)


def compare(left: Node, sign: str, right: Node) -> Node:
    """Return a comparison of two values of one type; text with regard to letter case."""
    kind = left.type if left.type is not Type.NOTHING else right.type
    for part in (left, right):
        if part.type not in (*_SIMPLE, Type.NOTHING):
            raise mismatch(part, str(kind), sign)
    if right.type not in (kind, Type.NOTHING):
        raise FormulaError(f"{sign} compares values of one type, not {left.type} with {right.type}")
    if sign in ("=", "==", "<>", "!="):
        return _equal(left, right, negated=sign in ("<>", "!="))
    if kind in (Type.BOOLEAN, Type.TEXT, Type.NOTHING):
        raise FormulaError(f"{sign} is mocked for numbers and dates, not for {kind}")
    return node(Type.BOOLEAN, _ordered(left.run, _ORDERS[sign], right.run, number=kind is Type.NUMBER), left, right)


def _equal(left: Node, right: Node, *, negated: bool) -> Node:
    one, other = left.run, right.run
    if Type.NOTHING in (left.type, right.type):
        run = one if right.type is Type.NOTHING else other
        return node(Type.BOOLEAN, lambda frame: (run(frame) in (None, "")) is not negated, left, right)

    def test(frame: Frame) -> bool:
        return (filled(frame, one(frame)) == filled(frame, other(frame))) is not negated

    return node(Type.BOOLEAN, test if left.type is Type.NUMBER else
                lambda frame: (one(frame) == other(frame)) is not negated, left, right)


def filled(frame: Frame, value: Any) -> Any:
    """Return a number as a comparison sees it: blank, or zero where the org is set to that."""
    if value is not None:
        return value
    frame.org.rests_on("salesforce.formula_blank")
    return Decimal(0) if frame.org.settings["formula_blank"] == "zero" else None


def _ordered(one: Run, test: Callable[[Any, Any], bool], other: Run, *, number: bool) -> Run:
    def run(frame: Frame) -> bool:
        left, right = one(frame), other(frame)
        if left is None or right is None:
            frame.org.rests_on("salesforce.formula_blank")
            if number:
                left, right = filled(frame, left), filled(frame, right)
        return left is not None and right is not None and test(left, right)

    return run


def join(left: Node, right: Node) -> Node:
    """Return `&`: two texts in one."""
    one, other = need(left, Type.TEXT, "&").run, need(right, Type.TEXT, "&").run
    return node(Type.TEXT, lambda frame: (one(frame) or "") + (other(frame) or ""), left, right)


def add(left: Node, sign: str, right: Node) -> Node:
    """Return a sum or difference: numbers, texts (`+`), days added to a date, days between two dates."""
    pair = (left.type, right.type)
    if sign == "+" and pair == (Type.TEXT, Type.TEXT):
        return join(left, right)
    if pair == (Type.NUMBER, Type.NUMBER):
        return _reckoned(Type.NUMBER, operator.add if sign == "+" else operator.sub, left, right)
    if left.type in (Type.DATE, Type.DATETIME) and right.type is Type.NUMBER:
        return _reckoned(left.type, _later if sign == "+" else _earlier, left, right)
    if sign == "+" and left.type is Type.NUMBER and right.type is Type.DATE:
        return _reckoned(Type.DATE, _later, right, left)
    if sign == "-" and left.type is right.type and left.type in (Type.DATE, Type.DATETIME):
        return _reckoned(Type.NUMBER, _days_between, left, right)
    for part in (left, right):
        if part.type not in _SIMPLE:
            raise mismatch(part, "a number, text or date", sign)
    raise FormulaError(f"{sign} cannot be used between {left.type} and {right.type}")


def multiply(left: Node, sign: str, right: Node) -> Node:
    """Return a product or quotient of numbers."""
    for part in (left, right):
        need(part, Type.NUMBER, sign)
    return _reckoned(Type.NUMBER, operator.mul if sign == "*" else _divided, left, right)


def negative(part: Node) -> Node:
    """Return a number with the other sign."""
    run = need(part, Type.NUMBER, "-").run
    return node(Type.NUMBER, lambda frame: None if (value := run(frame)) is None else -value, part)


def _reckoned(kind: Type, reckon: Callable[[Any, Any], Any], left: Node, right: Node) -> Node:
    one, other = left.run, right.run

    def run(frame: Frame) -> Any:
        first, second = one(frame), other(frame)
        if first is None or second is None:
            return None
        found = reckon(first, second)
        if isinstance(found, Decimal) and abs(found) > MOST_DIGITS:
            raise EvaluationError("a number in a formula is too large")
        return found

    return node(kind, run, left, right)


def _divided(one: Decimal, other: Decimal) -> Decimal:
    if not other:
        raise EvaluationError("a formula divides by zero")
    return one / other


def _later(moment: date, days: Decimal) -> date:
    try:
        whole = days if isinstance(moment, datetime) else int(days)
        return moment + timedelta(days=float(whole))
    except (OverflowError, ValueError):
        raise EvaluationError("a date in a formula lies outside the calendar") from None


def _earlier(moment: date, days: Decimal) -> date:
    return _later(moment, -days)


def _days_between(one: Any, other: Any) -> Decimal:
    span: timedelta = one - other
    return Decimal(str(span.total_seconds())) / 86_400
