"""Regular expressions of the function REGEX: Java's, matched against the whole text, in bounded time.

A pattern becomes an automaton whose states are followed side by side: the cost is at most states times characters, so no
pattern of an administrator can hang a server. What such an automaton cannot do (back references, look-around, possessive
quantifiers) is refused when the rule is declared.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from .typed import EvaluationError, FormulaError

MAX_STATES, MAX_TEXT, MAX_NESTING = 600, 4000, 20

Test = Callable[[str], bool]
Part = tuple[str, object, int, int]  # what, payload, least, most (-1: no end)

_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_CLASSES: dict[str, Test] = {
    "d": lambda c: "0" <= c <= "9", "w": _WORD.__contains__, "s": lambda c: c in " \t\n\x0b\f\r",
    "D": lambda c: not "0" <= c <= "9", "W": lambda c: c not in _WORD, "S": lambda c: c not in " \t\n\x0b\f\r",
}
_PROPERTIES: dict[str, Test] = {
    "L": str.isalpha, "Lu": str.isupper, "Ll": str.islower, "N": str.isnumeric, "Nd": str.isdecimal,
    "Alpha": lambda c: c.isascii() and c.isalpha(), "Digit": lambda c: "0" <= c <= "9",
    "Alnum": lambda c: c.isascii() and c.isalnum(), "Upper": lambda c: c.isascii() and c.isupper(),
    "Lower": lambda c: c.isascii() and c.islower(),
}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "e": "\x1b", "a": "\a"}
_COUNTS = re.compile(r"\{(\d{1,4})(,(\d{0,4}))?\}")


@dataclass(slots=True)
class Pattern:
    """An automaton: state -> (test, next state), and the states reached for nothing. State 0 begins, ``end`` ends."""

    steps: list[tuple[Test, int] | None] = field(default_factory=list)
    free: list[list[int]] = field(default_factory=list)
    end: int = 0

    def matches(self, text: str) -> bool:
        """Tell whether the whole text matches. Raises EvaluationError for a text too long to be tried."""
        if len(text) > MAX_TEXT:
            raise EvaluationError(f"REGEX is mocked for texts of up to {MAX_TEXT} characters")
        now = self._closure({0})
        for char in text:
            now = self._closure({step[1] for s in now if (step := self.steps[s]) is not None and step[0](char)})
            if not now:
                return False
        return self.end in now

    def _closure(self, states: set[int]) -> set[int]:
        waiting, found = list(states), set(states)
        while waiting:
            for state in self.free[waiting.pop()]:
                if state not in found:
                    found.add(state)
                    waiting.append(state)
        return found

    def add(self) -> int:
        """Return a new state. Raises FormulaError when there are too many."""
        if len(self.steps) >= MAX_STATES:
            raise FormulaError(f"the pattern of REGEX needs more than {MAX_STATES} states; that is not mocked")
        self.steps.append(None)
        self.free.append([])
        return len(self.steps) - 1

    def lay(self, part: Part, start: int) -> int:
        """Lay ``part`` from ``start`` on and return the state in which it ends."""
        what, payload, least, most = part
        if what == "one":
            end = self.add()
            self.steps[start] = (payload, end)  # type: ignore[assignment]
            return end
        if what == "row":
            for inner in payload:  # type: ignore[attr-defined]
                start = self.lay(inner, start)
            return start
        if what == "any":
            end = self.add()
            for inner in payload:  # type: ignore[attr-defined]
                self.free[self.lay(inner, self._branch(start))].append(end)
            return end
        return self._repeat(payload, least, most, start)  # type: ignore[arg-type]

    def _branch(self, start: int) -> int:
        made = self.add()
        self.free[start].append(made)
        return made

    def _repeat(self, part: Part, least: int, most: int, start: int) -> int:
        for _ in range(least):
            start = self.lay(part, self._branch(start))
        end = self.add()
        self.free[start].append(end)
        if most < 0:
            self.free[self.lay(part, self._branch(end))].append(end)
            # The end of a loop must not be where the next part begins, or that part would be repeated with it.
            return self._branch(end)
        for _ in range(most - least):
            start = self.lay(part, self._branch(start))
            self.free[start].append(end)
        return end


def compile_pattern(text: str) -> Pattern:
    """Return the automaton of a pattern. Raises FormulaError for what is no pattern, or cannot be mocked."""
    reader = _Reader(text)
    part = reader.alternatives(0)
    if reader.at < len(text):
        reader.refuse("a parenthesis is closed that was not opened")
    pattern = Pattern()
    pattern.end = pattern.lay(part, pattern.add())
    return pattern


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, text: str) -> None:
        self.fold = text.startswith("(?i)")
        self.text, self.at = text, 4 if self.fold else 0

    def refuse(self, why: str) -> NoReturn:
        raise FormulaError(f"the pattern {self.text!r} of REGEX cannot be used: {why} (at character {self.at + 1})")

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        char = self.peek()
        if not char:
            self.refuse("it ends too early")
        self.at += 1
        return char

    def alternatives(self, depth: int) -> Part:
        if depth > MAX_NESTING:
            self.refuse("groups are nested too deeply")
        found = [self.row(depth)]
        while self.peek() == "|":
            self.at += 1
            found.append(self.row(depth))
        return found[0] if len(found) == 1 else ("any", found, 0, 0)

    def row(self, depth: int) -> Part:
        parts: list[Part] = []
        while self.peek() and self.peek() not in "|)":
            if self.is_edge(parts, depth):
                self.at += 1
            else:
                parts.append(self.repeated(self.single(depth)))
        return ("row", parts, 0, 0)

    def is_edge(self, before: list[Part], depth: int) -> bool:
        """Tell whether `^` or `$` stands where it says nothing, because the whole text has to match anyway."""
        first, last = not before, self.text[self.at + 1 : self.at + 2] in ("", "|")
        return depth == 0 and ((self.peek() == "^" and first) or (self.peek() == "$" and last))

    def repeated(self, part: Part) -> Part:
        signs = {"*": (0, -1), "+": (1, -1), "?": (0, 1)}
        char = self.peek()
        if char in signs and char:
            self.at += 1
            least, most = signs[char]
        elif char == "{":
            found = _COUNTS.match(self.text, self.at)
            if found is None:
                self.refuse("a count is malformed")
            self.at = found.end()
            least = int(found.group(1))
            most = least if found.group(2) is None else int(found.group(3)) if found.group(3) else -1
            if 0 <= most < least:
                self.refuse("a count ends before it begins")
        else:
            return part
        if self.peek() == "+":
            self.refuse("possessive quantifiers are not mocked")
        if self.peek() == "?":
            self.at += 1  # reluctant: the same texts match as a whole
        if self.peek() and self.peek() in "*+?{":
            self.refuse("a quantifier follows a quantifier")
        return ("some", part, least, most)

    def single(self, depth: int) -> Part:
        char = self.take()
        if char == "(":
            if self.peek() == "?":
                if not self.text.startswith("?:", self.at):
                    self.refuse("look-around, named groups and inner flags are not mocked")
                self.at += 2
            inner = self.alternatives(depth + 1)
            if self.take() != ")":
                self.refuse("a parenthesis is not closed")
            return inner
        if char in "*+?{^$":
            self.refuse(f"`{char}` stands where it means nothing, or is not mocked here")
        return ("one", self.test(char), 0, 0)

    def test(self, char: str) -> Test:
        if char == ".":
            return lambda c: c not in "\n\r\x85\u2028\u2029"
        if char == "[":
            return self.characters()
        if char == "\\":
            found = self.escape()
            return found if not isinstance(found, str) else self.literal(found)
        return self.literal(char)

    def literal(self, char: str) -> Test:
        if self.fold:
            return lambda c: c.lower() == char.lower()
        return char.__eq__

    def escape(self) -> str | Test:
        char = self.take()
        if char in _CLASSES:
            return _CLASSES[char]
        if char in "pP":
            name = re.compile(r"\{(?:Is)?(\w+)\}|(\w)").match(self.text, self.at)
            test = _PROPERTIES.get(name.group(1) or name.group(2)) if name else None
            if name is None or test is None:
                self.refuse("this character property is not mocked")
            self.at = name.end()
            return test if char == "p" else lambda c: not test(c)
        if char in "xu":
            size = 2 if char == "x" else 4
            digits = self.text[self.at : self.at + size]
            if not re.fullmatch(r"[0-9A-Fa-f]+", digits) or len(digits) < size:
                self.refuse("a character code is malformed")
            self.at += size
            return chr(int(digits, 16))
        if char.isalnum():
            if char in _CONTROLS:
                return _CONTROLS[char]
            self.refuse(f"`\\{char}` is not mocked")
        return char

    def characters(self) -> Test:
        negated = self.peek() == "^"
        self.at += negated
        tests: list[Test] = []
        while self.peek() != "]" or not tests:
            tests.append(self.member())
        self.at += 1
        if self.fold:
            plain = tests
            tests = [lambda c: any(t(c.lower()) or t(c.upper()) for t in plain)]
        if negated:
            return lambda c: not any(t(c) for t in tests)
        return lambda c: any(t(c) for t in tests)

    def member(self) -> Test:
        if self.peek() == "[" or self.text.startswith("&&", self.at):
            self.refuse("sets inside sets are not mocked")
        first = self.end_of_range()
        if not isinstance(first, str):
            return first
        if self.peek() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return first.__eq__
        self.at += 1
        last = self.end_of_range()
        if not isinstance(last, str) or last < first:
            self.refuse("a range of characters is malformed")
        return lambda c: first <= c <= last

    def end_of_range(self) -> str | Test:
        char = self.take()
        return self.escape() if char == "\\" else char
