"""A SOSL statement to its parts; positions are kept, so that a refusal can point into the statement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from ..soql.errors import LocatedError
from .words import malformed

MAX_CHARS = 100_000
MOST_RESULTS = 2000
_WITH = re.compile(r"(?<!\w)with\s+data\s+category(?!\w)", re.IGNORECASE)
_TAIL = re.compile(r"(?<!\w)(?:where|using|order\s+by|limit|offset)(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spec:
    """One object of RETURNING: its name, the fields to show and the rest (WHERE ...), each with its offset."""

    name: str
    at: int
    fields: str = ""
    fields_at: int = 0
    rest: str = ""
    rest_at: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """A parsed statement. ``specs`` is empty when there is no RETURNING."""

    words: str
    group: str
    specs: tuple[Spec, ...]
    limit: int


@v_args(inline=True)
class _Builder(Transformer[Token, Statement]):
    def start(self, words: Token, group: str, specs: tuple[Spec, ...], *rest: int | None) -> Statement:
        limit = rest[-1] if rest else None
        return Statement(words[1:-1], group, specs, MOST_RESULTS if limit is None else min(limit, MOST_RESULTS))

    def group(self, name: Token | None = None) -> str:
        return "ALL" if name is None else name.upper()

    def returning(self, *specs: Spec) -> tuple[Spec, ...]:
        return specs

    def spec(self, name: Token, body: Token | None = None) -> Spec:
        at = name.start_pos or 0
        if body is None:
            return Spec(str(name), at)
        inner, inner_at = body[1:-1], (body.start_pos or 0) + 1
        found = _TAIL.search(inner)
        end = found.start() if found else len(inner)
        return Spec(str(name), at, inner[:end], inner_at, inner[end:], inner_at + end)

    def with_clause(self, name: Token, *value: Token) -> None:
        # Spelling is never corrected here; everything else would change the answer.
        if name.upper() != "SPELL_CORRECTION" or not value:
            refusal = malformed(f"Malformed search token: {name}", name.start_pos)
            refusal.hint = f"WITH {name.upper()} is not mocked"
            raise refusal

    def limit(self, number: Token | None = None) -> int | None:
        return None if number is None else int(number[:9])


@cache
def _grammar() -> Lark:
    text = files(__package__).joinpath("statement.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", transformer=_Builder(), maybe_placeholders=False)


@lru_cache(maxsize=64)
def parse_statement(text: str) -> Statement:
    """Return the parts of a statement. Raises `LocatedError` (MALFORMED_SEARCH) in the vendor's words."""
    if len(text) > MAX_CHARS:
        raise malformed(f"SOSL statements cannot be longer than {MAX_CHARS:,} characters.")
    try:
        tree = _grammar().parse(text)
    except UnexpectedInput as error:
        raise _refusal(error, text) from None
    assert isinstance(tree, Statement)
    return tree


def _refusal(error: UnexpectedInput, text: str) -> LocatedError:
    found = _malformed(error, text)
    clause = _WITH.search(text)
    if clause is not None:
        found.hint = f"{clause.group().upper()} is not mocked"
    return found


def _malformed(error: UnexpectedInput, text: str) -> LocatedError:
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return malformed(f"Malformed search token: {error.token}", error.token.start_pos)
    if isinstance(error, UnexpectedCharacters):
        at = error.pos_in_stream or 0
        word = re.match(r"\w+|.", text[at:], re.DOTALL)
        return malformed(f"Malformed search token: {word.group() if word else ''}", at)
    return malformed("Malformed search token: <EOF>")
