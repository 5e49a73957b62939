"""One comparison of an operand with what the query wrote: which values match, and whether null does.

Text compares without case; ids as 18 characters; datetimes as UTC stamps; a date literal is a range of days. Every
literal is checked against the field's type, in Salesforce's words, before any row is looked at.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ..ids import full_id
from .dates import as_stamp, relative_span, stamp
from .errors import LocatedError, unexpected_token, wrong_literal, wrong_operator
from .fields import Nature
from .literals import like_test
from .operands import Operand
from .session import Session
from .tree import Comparison, Literal, LiteralType

Test = Callable[[Any], bool]

_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TEXTUAL = (Nature.TEXT, Nature.PICKLIST)
# Literal types that a nature takes, null aside.
_TAKES = {
    Nature.TEXT: {LiteralType.STRING},
    Nature.PICKLIST: {LiteralType.STRING},
    Nature.MULTI_PICKLIST: {LiteralType.STRING},
    Nature.ID: {LiteralType.STRING},
    Nature.NUMBER: {LiteralType.NUMBER},
    Nature.BOOLEAN: {LiteralType.BOOLEAN},
    Nature.DATE: {LiteralType.DATE, LiteralType.RELATIVE},
    Nature.DATETIME: {LiteralType.DATETIME, LiteralType.RELATIVE},
}


@dataclass(frozen=True, slots=True)
class Match:
    """``test`` is asked for values that are not null; ``null`` is the answer for null (before any negation)."""

    test: Test
    null: bool = False


def fold(value: object) -> str:
    """Return text as it is compared: without case."""
    return value.casefold() if isinstance(value, str) else str(value).lower()


def match_of(operand: Operand, comparison: Comparison, session: Session) -> Match:
    """Return what a comparison accepts. Raises `LocatedError` for a wrong operator or type."""
    if operand.nature is Nature.OPAQUE:
        raise LocatedError(
            f"field '{operand.label}' can not be filtered in a query call", code="INVALID_FIELD", at=operand.at
        )
    op = comparison.op
    if op == "LIKE":
        return _like(operand, comparison)
    if op == "INCLUDES":
        return _includes(operand, comparison)
    wanted = [_wanted(operand, literal, session) for literal in comparison.values]
    if op in ("=", "IN"):
        return _equal(operand, wanted)
    return _ordered(operand, comparison, wanted[0])


def _wanted(operand: Operand, literal: Literal, session: Session) -> Any:
    """Return the literal as the field's values compare; None for null, a pair of bounds for a range."""
    nature = operand.nature
    if literal.type is LiteralType.NULL:
        return None
    if literal.type not in _TAKES[nature]:
        raise wrong_literal(operand.label, operand.vendor_type, operand.at)
    if literal.type is LiteralType.RELATIVE:
        return _bounds(literal, nature, session)
    if nature is Nature.ID:
        known = full_id(str(literal.value))
        if known is None:
            raise wrong_operator(f"invalid ID field: {literal.value}", operand.at)
        return known
    return _comparable(literal.value)


def _comparable(value: object) -> object:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    # Salesforce stores no empty text: '' is null.
    return (fold(value) or None) if isinstance(value, str) else value


def _bounds(literal: Literal, nature: Nature, session: Session) -> tuple[str, str]:
    assert isinstance(literal.value, tuple)
    name, count = literal.value
    span = relative_span(name, count, session.today)
    if span is None:
        raise LocatedError(f"Invalid date: {literal.raw}", at=literal.at)
    return span.days() if nature is Nature.DATE else span.moments(session.now, session.zone)


def _read_form(nature: Nature) -> Callable[[Any], Any]:
    """Return how a stored value is brought into the form in which it compares."""
    if nature in (*_TEXTUAL, Nature.MULTI_PICKLIST):
        return fold
    if nature is Nature.DATETIME:
        return as_stamp
    return _same


def _same(value: Any) -> Any:
    return value


def _equal(operand: Operand, wanted: list[Any]) -> Match:
    nature = operand.nature
    null = None in wanted
    if nature is Nature.BOOLEAN:
        # On a boolean field null is false, in the query as in the row.
        flags = {bool(value) for value in wanted}
        return Match(lambda value: bool(value) in flags, False in flags)
    if nature is Nature.MULTI_PICKLIST:
        sets = [_parts(value) for value in wanted if value is not None]
        return Match(lambda value: _parts(value.casefold()) in sets, null)
    form = _read_form(nature)
    ranges = [value for value in wanted if isinstance(value, tuple)]
    exact = {value for value in wanted if value is not None and not isinstance(value, tuple)}
    if ranges:
        return Match(lambda v: (f := form(v)) in exact or any(low <= f < high for low, high in ranges), null)
    if form is _same:
        return Match(exact.__contains__, null)
    if len(exact) == 1:
        (only,) = exact
        return Match(lambda value: form(value) == only, null)
    return Match(lambda value: form(value) in exact, null)


def _ordered(operand: Operand, comparison: Comparison, wanted: Any) -> Match:
    nature = operand.nature
    if nature in (Nature.BOOLEAN, Nature.MULTI_PICKLIST):
        raise wrong_operator(f"invalid operator on {_type_word(operand)} field", comparison.at)
    if wanted is None:
        raise wrong_operator("invalid operator", comparison.at)
    form = _read_form(nature)
    op = comparison.op
    compare = _ORDERED[op]
    if isinstance(wanted, tuple):
        low, high = wanted
        # Against a range, < and >= look at its beginning, <= and > at its end.
        if op == "<=":
            return Match(lambda value: bool(form(value) < high))
        if op == ">":
            return Match(lambda value: bool(form(value) >= high))
        wanted = low
    return Match(lambda value: compare(form(value), wanted))


def _like(operand: Operand, comparison: Comparison) -> Match:
    literal = comparison.values[0]
    if operand.nature not in _TEXTUAL:
        raise wrong_operator(f"invalid operator on {_type_word(operand)} field", comparison.at)
    if literal.type is LiteralType.NULL:
        raise unexpected_token(literal.raw, literal.at)
    if literal.type is not LiteralType.STRING:
        raise wrong_literal(operand.label, operand.vendor_type, operand.at)
    test = like_test(literal.raw)
    return Match(lambda value: test(fold(value)), literal.raw == "")


def _includes(operand: Operand, comparison: Comparison) -> Match:
    if operand.nature is not Nature.MULTI_PICKLIST:
        raise wrong_operator("includes or excludes operator only valid on multipicklist field", comparison.at)
    choices = []
    null = False
    for literal in comparison.values:
        if literal.type is LiteralType.NULL or literal.value == "":
            null = True
        elif literal.type is LiteralType.STRING:
            choices.append(_parts(fold(literal.value)))
        else:
            raise wrong_literal(operand.label, operand.vendor_type, operand.at)
    return Match(lambda value: any(choice <= _parts(value.casefold()) for choice in choices), null)


def _parts(folded: str) -> frozenset[str]:
    return frozenset(part.strip() for part in folded.split(";"))


def _type_word(operand: Operand) -> str:
    if operand.nature in (Nature.ID, Nature.MULTI_PICKLIST):
        return "id" if operand.nature is Nature.ID else "multipicklist"
    return operand.vendor_type
