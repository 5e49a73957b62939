"""Values as they are written in a query: quoted strings with escapes, LIKE patterns, numbers, dates, date literals."""

from __future__ import annotations

import re
from collections.abc import Callable

from lark import Token

from .dates import is_relative, parse_date, parse_datetime
from .errors import LocatedError, unexpected_token
from .tree import Literal, LiteralType

_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_MOST_DIGITS = 300
_CHARACTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\", "_": "_", "%": "%"}
# SOQL takes these letters in either case.
_CHARACTERS |= {letter.upper(): _CHARACTERS[letter] for letter in "nrtbf"}


def _unescape(found: re.Match[str]) -> str:
    code = found.group(1)
    return chr(int(code[1:], 16)) if len(code) > 1 else _CHARACTERS[code]


def _string(token: Token) -> Literal:
    raw = str(token)[1:-1]
    if "\\" not in raw:
        return Literal(LiteralType.STRING, raw, raw, token.start_pos or 0)
    for found in _ESCAPE.finditer(raw):
        code = found.group(1)
        if len(code) == 1 and code not in _CHARACTERS:
            raise LocatedError(
                f"Invalid string literal '{raw}'. Illegal character sequence '\\{code}' in string literal.",
                at=token.start_pos,
            )
    return Literal(LiteralType.STRING, raw, _ESCAPE.sub(_unescape, raw), token.start_pos or 0)


def _number(token: Token) -> Literal:
    text = str(token)
    # Python reads no whole number of thousands of digits.
    value: object = float(text) if len(text) > _MOST_DIGITS or any(c in text for c in ".eE") else int(text)
    return Literal(LiteralType.NUMBER, text, value, token.start_pos or 0)


def _datetime(token: Token) -> Literal:
    moment = parse_datetime(str(token))
    if moment is None:
        raise LocatedError(f"Invalid datetime: {token}", at=token.start_pos)
    return Literal(LiteralType.DATETIME, str(token), moment, token.start_pos or 0)


def _date(token: Token) -> Literal:
    day = parse_date(str(token))
    if day is None:
        raise LocatedError(f"Invalid date: {token}", at=token.start_pos)
    return Literal(LiteralType.DATE, str(token), day, token.start_pos or 0)


def _word(token: Token) -> Literal:
    name, _, digits = str(token).partition(":")
    name = name.strip()
    count = int(digits.lstrip("0")[:_MOST_DIGITS] or "0") if digits else None
    if not is_relative(name.upper(), count):
        raise unexpected_token(name, token.start_pos or 0)
    return Literal(LiteralType.RELATIVE, str(token), (name.upper(), count), token.start_pos or 0)


def _bind(token: Token) -> Literal:
    raise LocatedError("Bind variables only allowed in Apex code", at=token.start_pos)


_READERS: dict[str, Callable[[Token], Literal]] = {
    "STRING": _string,
    "NUMBER": _number,
    "DATETIME": _datetime,
    "DATE": _date,
    "WORD": _word,
    "BIND": _bind,
    "TRUE": lambda token: Literal(LiteralType.BOOLEAN, str(token), True, token.start_pos or 0),
    "FALSE": lambda token: Literal(LiteralType.BOOLEAN, str(token), False, token.start_pos or 0),
    "NULL": lambda token: Literal(LiteralType.NULL, str(token), None, token.start_pos or 0),
}


def read_literal(token: Token) -> Literal:
    """Return the value of a token. Raises `LocatedError` for a value that no field could take."""
    return _READERS[token.type](token)


def like_test(raw: str) -> Callable[[str], bool]:
    """Return a test for folded text against the raw text of a LIKE value.

    ``%`` stands for any text, ``_`` for one character; escaped they stand for themselves. The text between two ``%``
    is searched leftmost, which decides a match in one pass however many ``%`` there are.
    """
    pieces = _pieces(raw)
    patterns = [re.compile("".join(atoms), re.DOTALL) for atoms in pieces]
    if len(patterns) == 1:
        whole = patterns[0]
        return lambda text: whole.fullmatch(text) is not None
    head, *middle, tail = patterns
    tail_chars = len(pieces[-1])

    def matches(text: str) -> bool:
        found = head.match(text)
        for pattern in middle:
            if found is None:
                return False
            found = pattern.search(text, found.end())
        if found is None:
            return False
        start = len(text) - tail_chars
        return start >= found.end() and tail.match(text, start) is not None

    return matches


def _pieces(raw: str) -> list[list[str]]:
    """Return, for each piece between ``%``, one pattern per character."""
    pieces: list[list[str]] = [[]]
    at = 0
    while at < len(raw):
        found = _ESCAPE.match(raw, at)
        if found is not None:
            at = found.end()
            pieces[-1] += _characters(_unescape(found))
            continue
        char = raw[at]
        at += 1
        if char == "%":
            pieces.append([])
        else:
            pieces[-1] += ["."] if char == "_" else _characters(char)
    return pieces


def _characters(text: str) -> list[str]:
    # Folding may lengthen a character; the folded text of a row is lengthened the same way.
    return [re.escape(char) for char in text.casefold()]
