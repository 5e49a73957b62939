"""Which of the loaded scenarios are meant: by tag and by an expression over id, title, tags and bug classes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..errors import InputError, Problem
from ..nearest import suggest
from .grammar import Scenario

_TOKEN = re.compile(r"\s*(\(|\)|[^\s()]+)")


def choose(scenarios: Sequence[Scenario], expression: str | None, tags: Iterable[str]) -> list[Scenario]:
    """Return the scenarios that have any of the tags (none given: all) and meet the expression, in order.

    An expression is words with `and`, `or`, `not` and brackets; a word is met when it occurs, whatever its letter
    case, in the id, title, tags or bug classes. Raises InputError when it is malformed or nothing is left.
    """
    wanted = set(tags)
    known = sorted({tag for s in scenarios for tag in s.tags})
    unknown = sorted(wanted - set(known))
    if unknown:
        raise InputError(Problem("--tag", f"no scenario has the tag `{tag}`{suggest(tag, known)}.") for tag in unknown)
    found = [s for s in scenarios if not wanted or wanted & set(s.tags)]
    if expression:
        found = [s for s in found if _Expression(expression).holds(_words(s))]
    if not found:
        raise InputError([Problem("-k", f"`{expression}` leaves none of {len(scenarios)} scenarios.",
                                  "`syncproof list scenarios` shows them.")])
    return found


def _words(scenario: Scenario) -> str:
    return "\n".join([scenario.id, scenario.title, *scenario.tags, *scenario.classes]).casefold()


class _Expression:
    """A small recursive-descent reading of `a and not (b or c)`, worked out while it is read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = []
        self.place = 0
        self.words = ""

    def holds(self, words: str) -> bool:
        self.tokens, self.place, self.words = _TOKEN.findall(self.text), 0, words
        value = self._either()
        if self.place < len(self.tokens):
            raise self._wrong(f"`{self.tokens[self.place]}` is not expected there")
        return value

    def _either(self) -> bool:
        value = self._both()
        while self._take("or"):
            value = self._both() or value
        return value

    def _both(self) -> bool:
        value = self._not()
        while self._take("and"):
            value = self._not() and value
        return value

    def _not(self) -> bool:
        if self._take("not"):
            return not self._not()
        if self._take("("):
            value = self._either()
            if not self._take(")"):
                raise self._wrong("a `)` is missing")
            return value
        if self.place >= len(self.tokens) or self.tokens[self.place] in (")", "and", "or"):
            raise self._wrong("a word is missing")
        self.place += 1
        return self.tokens[self.place - 1].casefold() in self.words

    def _take(self, token: str) -> bool:
        if self.place < len(self.tokens) and self.tokens[self.place] == token:
            self.place += 1
            return True
        return False

    def _wrong(self, what: str) -> InputError:
        return InputError([Problem("-k", f"`{self.text}`: {what}.", "Write words with `and`, `or`, `not` and brackets.")])
