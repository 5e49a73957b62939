"""Text to a checked formula: a LALR grammar, fields looked up in the object, types checked as the vendor's editor does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from ..columns import Column
from ..kinds import Kind
from .functions import call
from .operators import add, both, compare, either, join, multiply, negative, opposite
from .typed import EvaluationError, FormulaError, Frame, Node, Type, node, reader_of, type_of

MAX_CHARS = 3900
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked formula: its text, what it gives and how it is evaluated."""

    text: str
    type: Type
    run: Callable[[Frame], Any]

    def evaluate(self, frame: Frame) -> Any:
        """Return what the formula gives for a record. Raises EvaluationError when it has no value."""
        try:
            return self.run(frame)
        except ArithmeticError as error:
            raise EvaluationError(f"a number is out of range ({type(error).__name__})") from None


def parse_formula(text: str, kinds: Mapping[str, Kind], kind: Kind, wanted: Type = Type.BOOLEAN) -> Formula:
    """Return a formula over ``kind`` that gives ``wanted``. Raises FormulaError saying what is wrong and where."""
    if len(text) > MAX_CHARS:
        raise FormulaError(f"a formula has at most {MAX_CHARS} characters, not {len(text)}")
    try:
        found = _Compiler(kinds, kind).transform(_grammar().parse(text)).children[0]
    except UnexpectedInput as error:
        raise _refusal(error, text) from None
    except VisitError as error:
        if isinstance(error.orig_exc, FormulaError):
            raise error.orig_exc from None
        raise
    except RecursionError:
        raise FormulaError("parts are nested too deeply") from None
    if found.type is not wanted:
        raise FormulaError(f"the formula gives {found.type}, but {wanted} is needed: {text}")
    return Formula(text, found.type, found.run)


@cache
def _grammar() -> Lark:
    return Lark(files(__package__).joinpath("grammar.lark").read_text(encoding="utf-8"), parser="lalr")


def _refusal(error: UnexpectedInput, text: str) -> FormulaError:
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return FormulaError(f"`{error.token}` is not expected at character {(error.token.start_pos or 0) + 1} of: {text}")
    if isinstance(error, UnexpectedCharacters):
        at = error.pos_in_stream or 0
        return FormulaError(f"`{text[at]}` is not expected at character {at + 1} of: {text}")
    return FormulaError(f"the formula ends too early: {text}")


@v_args(inline=True)
class _Compiler(Transformer[Token, Any]):
    """Grammar rules to nodes, from the leaves up."""

    def __init__(self, kinds: Mapping[str, Kind], kind: Kind) -> None:
        super().__init__()
        self._kinds, self._kind = kinds, kind

    def number(self, token: Token) -> Node:
        value = Decimal(token)
        return Node(Type.NUMBER, lambda _frame: value, literal=value)

    def string(self, token: Token) -> Node:
        value = _ESCAPE.sub(lambda m: _ESCAPED.get(m.group(1), m.group(1)), token[1:-1])
        return Node(Type.TEXT, lambda _frame: value, literal=value)

    def disjunction(self, *parts: Node) -> Node:
        return either(parts)

    def conjunction(self, *parts: Node) -> Node:
        return both(parts)

    def comparison(self, left: Node, sign: Token, right: Node) -> Node:
        return compare(left, str(sign), right)

    def joining(self, left: Node, right: Node) -> Node:
        return join(left, right)

    def addition(self, left: Node, sign: Token, right: Node) -> Node:
        return add(left, str(sign), right)

    def multiplication(self, left: Node, sign: Token, right: Node) -> Node:
        return multiply(left, str(sign), right)

    def signed(self, sign: Token, part: Node) -> Node:
        return negative(part) if sign == "-" else part

    def negation(self, part: Node) -> Node:
        return opposite(part)

    def call(self, name: Token, *arguments: Node) -> Node:
        return call(str(name).upper(), arguments)

    def path(self, *names: Token) -> Node:
        words = [str(n) for n in names]
        if len(words) == 1 and words[0].upper() in ("TRUE", "FALSE"):
            value = words[0].upper() == "TRUE"
            return Node(Type.BOOLEAN, lambda _frame: value)
        if len(words) == 1 and words[0].upper() == "NULL":
            return Node(Type.NOTHING, lambda _frame: None)
        if words[0].startswith("$"):
            raise FormulaError(f"{'.'.join(words)}: variables of the user, the profile and the org are not mocked")
        return _field(self._kinds, self._kind, words)


def _field(kinds: Mapping[str, Kind], kind: Kind, words: list[str]) -> Node:
    hops: list[tuple[str, str]] = []
    for word in words[:-1]:
        column, target = _parent(kinds, kind, word)
        hops.append((column.name, target))
        kind = kinds[target]
    column = _column(kind, words[-1])
    given, read, name = type_of(column), reader_of(column), column.name
    if not hops:
        return Node(given, lambda frame: read(frame.values.get(name)), field=name)
    return node(given, lambda frame: read(_reached(frame, hops, name)))


def _column(kind: Kind, word: str) -> Column:
    found = next((c for n, c in kind.columns.items() if n.lower() == word.lower()), None)
    if found is None:
        custom = ", ".join(n for n in kind.columns if n.endswith("__c")) or "none"
        raise FormulaError(f"field {word} does not exist on {kind.name}; custom fields there: {custom}")
    return found


def _parent(kinds: Mapping[str, Kind], kind: Kind, word: str) -> tuple[Column, str]:
    name, _, wanted = word.partition(":")
    found = next((c for c in kind.columns.values() if (c.relationship or "").lower() == name.lower()), None)
    if found is None:
        known = ", ".join(c.relationship for c in kind.columns.values() if c.relationship)
        raise FormulaError(f"{kind.name} has no relationship {name}; known: {known}")
    # The vendor calls a queue as an owner `Owner:Queue`.
    wanted = "Group" if wanted.lower() == "queue" else wanted
    targets = [t for t in found.info.reference_to if t in kinds and (not wanted or t.lower() == wanted.lower())]
    if len(targets) != 1:
        text = ", ".join(f"{name}:{t}" for t in found.info.reference_to)
        raise FormulaError(f"{word} may lead to more than one object, or to none; write one of: {text}")
    return found, targets[0]


def _reached(frame: Frame, hops: list[tuple[str, str]], name: str) -> Any:
    values: Mapping[str, Any] = frame.values
    for column, target in hops:
        key = values.get(column)
        row = frame.org.store.get(target, key) if key else None
        if row is None:
            return None
        values = row.values
    return values.get(name)
