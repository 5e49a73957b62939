"""Text to tree: an LALR grammar, built when the first query comes, and a cache of parsed queries."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from .errors import LocatedError, unexpected_token
from .literals import read_literal
from .tree import (
    Call,
    Child,
    Comparison,
    Condition,
    Conjunction,
    Disjunction,
    Expr,
    Negation,
    Ordering,
    Path,
    Query,
    Selected,
)

MAX_CHARS = 100_000
MAX_OFFSET = 2000
_MAX_INT = 2**31 - 1


@v_args(inline=True)
class _Builder(Transformer[Token, Query]):
    """Grammar rules to tree nodes; the parser calls these as it reduces, no parse tree is built."""

    def start(self, query: Query) -> Query:
        return query

    def query(self, *clauses: Any) -> Query:
        return Query(*clauses[:-1])

    def selections(self, *items: Any) -> tuple[Any, ...]:
        for item in items:
            if isinstance(item, Token):
                raise _no_typeof(item)
        return items

    def selected(self, expr: Expr, alias: Token | None) -> Selected:
        return Selected(expr, str(alias) if alias else None, _at(alias) if alias else expr.at)

    def child(self, opening: Token, query: Query) -> Child:
        return Child(query, _at(opening))

    def path(self, *names: Token) -> Path:
        return Path(tuple(map(str, names)), _at(names[0]))

    def call(self, name: Token, _opening: Token, argument: Expr | None = None) -> Call:
        return Call(name.upper(), str(name), argument, _at(name))

    def alias(self, name: Token | None = None) -> str | None:
        return None if name is None else str(name)

    def scope(self, name: Token | None = None) -> tuple[str, int] | None:
        return None if name is None else (str(name), _at(name))

    def where(self, condition: Condition | None = None) -> Condition | None:
        return condition

    having = where

    def group(self, *exprs: Expr) -> tuple[Expr, ...]:
        return exprs

    def order(self, *items: Ordering) -> tuple[Ordering, ...]:
        return items

    def order_item(self, expr: Expr, direction: Token | None, edge: Token | None) -> Ordering:
        descending = direction is not None and direction.lower() == "desc"
        return Ordering(expr, descending, None if edge is None else edge.lower() == "last")

    def limit(self, number: Token | None = None) -> int | None:
        if number is None:
            return None
        value = int(number) if len(number) <= 10 else _MAX_INT + 1
        if value > _MAX_INT:
            raise LocatedError(f"numeric value out of range: {number}", at=_at(number))
        return value

    def offset(self, number: Token | None = None) -> int:
        if number is None:
            return 0
        digits = number.lstrip("0") or "0"
        if len(digits) > 4 or int(digits) > MAX_OFFSET:
            raise LocatedError(f"Maximum SOQL offset allowed is {MAX_OFFSET}", code="NUMBER_OUTSIDE_VALID_RANGE")
        return int(digits)

    def all_rows(self, words: Token | None = None) -> bool:
        return words is not None

    def purposes(self, *_names: Token) -> None:
        # FOR VIEW, FOR REFERENCE and FOR UPDATE change what others see of the record, never the answer.
        return None

    def conjunction(self, *items: Condition) -> Conjunction:
        return Conjunction(items)

    def disjunction(self, *items: Condition) -> Disjunction:
        return Disjunction(items)

    def negation(self, _not: Token, item: Condition) -> Condition:
        return item.item if isinstance(item, Negation) else Negation(item)

    def compare(self, expr: Expr, operator: Token, value: Token) -> Comparison:
        negated = operator in ("!=", "<>")
        op = "=" if negated else str(operator)
        return Comparison(expr, op, negated, (read_literal(value),), None, _at(operator))

    def compare_word(self, expr: Expr, negation: Token | None, operator: Token, value: Any) -> Comparison:
        subselect = value if isinstance(value, Query) else None
        values = value if isinstance(value, tuple) else () if subselect else (read_literal(value),)
        return Comparison(expr, operator.upper(), negation is not None, values, subselect, _at(operator))

    def compare_set(self, expr: Expr, operator: Token, values: Any) -> Comparison:
        return Comparison(expr, "INCLUDES", operator.upper() == "EXCLUDES", values, None, _at(operator))

    def members(self, *values: Token) -> tuple[Any, ...]:
        return tuple(map(read_literal, values))

    def subselect(self, query: Query) -> Query:
        return query


def _at(token: Token) -> int:
    return token.start_pos or 0


@cache
def _grammar() -> Lark:
    text = files(__package__).joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", transformer=_Builder(), maybe_placeholders=True)


@lru_cache(maxsize=256)
def parse_query(text: str) -> Query:
    """Return the tree of a query. Raises `LocatedError` in Salesforce's words for what is no SOQL."""
    if len(text) > MAX_CHARS:
        raise LocatedError(f"SOQL statements cannot be longer than {MAX_CHARS:,} characters.")
    try:
        tree = _grammar().parse(text)
    except UnexpectedInput as error:
        raise _refusal(error, text) from None
    assert isinstance(tree, Query)
    return tree


def _refusal(error: UnexpectedInput, text: str) -> LocatedError:
    if isinstance(error, UnexpectedToken):
        return _token_refusal(error)
    if isinstance(error, UnexpectedCharacters):
        at = error.pos_in_stream or 0
        if text[at] == "'":
            return LocatedError("mismatched character '<EOF>' expecting '''", at=at, lexical=True)
        return LocatedError(f"unexpected token: '{text[at]}'", at=at, lexical=True)
    return LocatedError("unexpected token: '<EOF>'")


def _token_refusal(error: UnexpectedToken) -> LocatedError:
    stack = error.interactive_parser.parser_state.value_stack if error.interactive_parser else []
    last = stack[-1] if stack else None
    if isinstance(last, Token) and last.type == "TYPEOF":
        return _no_typeof(last)
    if isinstance(last, Token) and last.type == "NAME" and "_FROM" in error.accepts and error.token.type != "$END":
        # `SELECT Id FORM Contact`: what stands where FROM should is the culprit, not the word after it.
        return unexpected_token(str(last), _at(last))
    if isinstance(last, Token) and last.type in ("DATETIME", "DATE"):
        # `...T00:00:00.000 00:00`: a plus sign that became a blank in a URL. The cut-off value is the culprit.
        try:
            read_literal(last)
        except LocatedError as wrong:
            return wrong
    if error.token.type == "$END":
        return LocatedError("unexpected token: '<EOF>'")
    return unexpected_token(str(error.token), _at(error.token))


def _no_typeof(token: Token) -> LocatedError:
    return unexpected_token(
        str(token), _at(token), hint="TYPEOF is not mocked; select fields through the polymorphic relationship instead"
    )
