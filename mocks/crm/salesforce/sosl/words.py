"""Search words to one predicate over the text of a record."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput

from ..soql.errors import LocatedError

MAX_CHARS = 10_000
# Between two fields of a record: no phrase reaches over it.
FIELD_BREAK = "\x00"
_PIECE = re.compile(r"\\(.)|([*?])|([^\W_]+)|.", re.DOTALL)
_INSIDE, _BETWEEN = r"[^\W_]", r"(?:(?!\x00)[\W_])+"

# Tells whether the folded text of a record holds what is searched for.
Test = Callable[[str], bool]


@v_args(inline=True)
class _Builder(Transformer[Token, Test]):
    def start(self, test: Test) -> Test:
        return test

    def either(self, *tests: Test) -> Test:
        return lambda text: any(test(text) for test in tests)

    def both(self, left: Test, right: Test) -> Test:
        return lambda text: left(text) and right(text)

    def without(self, left: Test, right: Test) -> Test:
        return lambda text: left(text) and not right(text)

    def beside(self, *tests: Test) -> Test:
        return lambda text: all(test(text) for test in tests)

    def PHRASE(self, token: Token) -> Test:  # noqa: N802 (lark names the method after the terminal)
        return _test_of(token[1:-1])

    def WORD(self, token: Token) -> Test:  # noqa: N802
        return _test_of(token)


def _test_of(written: str) -> Test:
    """Return the test for one word or phrase: its words side by side in one field."""
    tokens = _tokens(written)
    if not tokens:
        return lambda _text: False
    pattern = re.compile(f"(?<!{_INSIDE}){_BETWEEN.join(tokens)}(?!{_INSIDE})")
    return lambda text: pattern.search(text) is not None


def _tokens(written: str) -> list[str]:
    """Return a pattern per word; `*` and `?` stand for letters in the middle or at the end of one, never at its head."""
    tokens, current = [], ""
    for match in _PIECE.finditer(written.casefold()):
        escaped, wildcard, letters = match.groups()
        if letters or (escaped is not None and escaped.isalnum()):
            current += letters or escaped
        elif wildcard and current:
            current += f"{_INSIDE}*" if wildcard == "*" else _INSIDE
        elif not wildcard and current:
            tokens.append(current)
            current = ""
    return [*tokens, current] if current else tokens


@cache
def _grammar() -> Lark:
    text = files(__package__).joinpath("words.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", transformer=_Builder())


@lru_cache(maxsize=64)
def parse_words(text: str) -> Test:
    """Return the test that a search text means. Raises `LocatedError` (MALFORMED_SEARCH) without a place."""
    if max((len(w) for w in re.findall(r"[^\W_]+", text)), default=0) < 2:
        raise malformed(f"search term must be longer than one character: {text.strip()}")
    if len(text) > MAX_CHARS:
        # The vendor finds nothing when what it is to search for is that long.
        return lambda _text: False
    try:
        test = _grammar().parse(text)
    except UnexpectedInput as error:
        culprit = getattr(error, "token", None) or getattr(error, "char", None) or ""
        raise malformed(f"Malformed search token: {'<EOF>' if culprit == '' else culprit}") from None
    assert callable(test)
    return test


def malformed(message: str, at: int | None = None) -> LocatedError:
    """Return the refusal of a search; ``at`` is the offset of what is wrong."""
    # Recorded: the frame points one column before the token that it names.
    return LocatedError(message, code="MALFORMED_SEARCH", at=None if at is None else max(at - 1, 0))
