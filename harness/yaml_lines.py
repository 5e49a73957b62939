"""YAML from a file, bounded and safe, with the line of every value; and pydantic's complaints in words people use.

Booleans are `true` and `false` only, as in YAML 1.2: `on`, `off`, `yes`, `no` are texts here, so that a key `on:`
stays a key and the country code `NO` stays a code. `1:30` is a text too, not ninety.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from .complaints import complaints_of, did_you_mean, keys_allowed_at, place_in_words, shortened
from .errors import InputError, Problem

__all__ = [
    "Lines",
    "did_you_mean",
    "keys_allowed_at",
    "load_yaml_with_lines",
    "place_in_words",
    "problems_from_pydantic",
    "yaml_with_lines",
]

MAX_BYTES = 1_000_000
MAX_DEPTH = 30
MAX_NODES = 100_000

Loc = Sequence[str | int]

_SAFE_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp")}
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_LOADER):  # type: ignore[misc]  # the C loader where PyYAML was built with it, else the Python one
    """The safe loader with YAML 1.2's booleans and without numbers in base sixty."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if not tag.endswith((":bool", ":int", ":float"))]
    for first, rules in _LOADER.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*|0x[0-9a-fA-F]+)$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


@dataclass
class Lines:
    """Where each value of a YAML file stands. A path is a tuple of keys and positions, as pydantic's ``loc``."""

    found: dict[tuple[str | int, ...], int] = field(default_factory=lambda: {(): 1})

    def known(self, path: Loc) -> tuple[str | int, ...]:
        """Return ``path`` without the parts the file does not have (a missing key, pydantic's name of a union case)."""
        place: tuple[str | int, ...] = ()
        for part in path:
            if (*place, part) in self.found:
                place = (*place, part)
        return place

    def at(self, path: Loc) -> int:
        """Return the 1-based line of the value at ``path``, or of the nearest thing around it."""
        return self.found[self.known(path)]


def load_yaml_with_lines(path: Path | str) -> tuple[Any, Lines]:
    """Return the one document of a YAML file and its lines; an empty file is None.

    Raises InputError: unreadable, above 1 MB, not UTF-8, not YAML, nested deeper than 30, more than 100,000 nodes
    with aliases expanded, a key given twice, a tag beyond the plain types.
    """
    return yaml_with_lines(_read(Path(path)), Path(path))


def yaml_with_lines(text: str, path: Path) -> tuple[Any, Lines]:
    """Return the one document of a YAML text and its lines; ``path`` says in messages where it comes from.

    Raises InputError as `load_yaml_with_lines` does.
    """
    if len(text) > MAX_BYTES:
        raise InputError([Problem(str(path), f"the text is longer than {MAX_BYTES:,} characters.", "Split it.")])
    try:
        _check_bounds(text, path)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise InputError([_syntax_problem(error, path)]) from error
    builder = _Builder(path)
    data = None if node is None else builder.build(node, ())
    if builder.problems:
        raise InputError(builder.problems)
    return data, builder.lines


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(
            [Problem(str(path), f"the file cannot be read: {reason}.", "Check its name and rights.")]
        ) from error
    if len(raw) > MAX_BYTES:
        raise InputError([Problem(str(path), f"the file is larger than {MAX_BYTES:,} bytes.", "Split it.")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(
            [Problem(f"{path}:{line}", "this line is not UTF-8 text.", "Save the file as UTF-8.")]
        ) from error


def _syntax_problem(error: yaml.YAMLError, path: Path) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    place = f"{path}:{mark.line + 1}" if mark else str(path)
    column = f" at column {mark.column + 1}" if mark else ""
    return Problem(place, f"this is not valid YAML{column}: {what}.", "Check indentation, quotes and brackets.")


def _check_bounds(text: str, path: Path) -> None:
    """Walk the events, which needs no recursion and expands nothing, before anything is built from them."""
    sizes: dict[str, int] = {}
    # One entry per open collection: its anchor and its nodes so far, aliases expanded. The first is the stream.
    stack: list[tuple[str | None, int]] = [(None, 0)]
    for event in yaml.parse(text, Loader=_Loader):
        where = f"{path}:{event.start_mark.line + 1 if event.start_mark else 1}"
        if isinstance(event, yaml.CollectionStartEvent):
            stack.append((event.anchor, 1))
            if len(stack) - 1 > MAX_DEPTH:
                raise InputError(
                    [Problem(where, f"values are nested deeper than {MAX_DEPTH} levels.", "Flatten them.")]
                )
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, size = stack.pop()
        elif isinstance(event, yaml.AliasEvent):
            if any(name == event.anchor for name, _ in stack):
                raise InputError([Problem(where, f"`*{event.anchor}` contains itself.", "Write the value out.")])
            anchor, size = None, sizes.get(str(event.anchor), 1)
        elif isinstance(event, yaml.ScalarEvent):
            anchor, size = event.anchor, 1
        else:
            continue
        if anchor is not None:
            sizes[anchor] = size
        stack[-1] = (stack[-1][0], stack[-1][1] + size)
        if stack[-1][1] > MAX_NODES:
            raise InputError([Problem(where, f"more than {MAX_NODES:,} values with aliases expanded.", "Shorten it.")])


class _Builder:
    """Makes plain data of YAML nodes and notes every line and problem."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = Lines()
        self.problems: list[Problem] = []

    def build(self, node: yaml.Node, place: tuple[str | int, ...]) -> Any:
        """Return the data of ``node``; what cannot be built is None and a problem."""
        self.lines.found.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            if node.tag != "tag:yaml.org,2002:seq":
                self._refuse(node, f"the tag `{_short(node.tag)}` is not allowed.", "Remove it.")
                return None
            return [self.build(item, (*place, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, place: tuple[str | int, ...]) -> dict[Any, Any] | None:
        if node.tag != "tag:yaml.org,2002:map":
            self._refuse(node, f"the tag `{_short(node.tag)}` is not allowed.", "Remove it.")
            return None
        result: dict[Any, Any] = {}
        first: dict[Any, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse(key_node, "a key must be a single word or text.", "Put quotes around it.")
                continue
            if key_node.tag == "tag:yaml.org,2002:merge":
                self._refuse(key_node, "merge keys (`<<`) are not allowed.", "Write the keys out.")
                continue
            key = self._scalar(key_node)
            line = key_node.start_mark.line + 1
            if key in first:
                self._refuse(key_node, f"the key `{key}` is given twice, first on line {first[key]}.", "Remove one.")
                continue
            first[key] = line
            self.lines.found[*place, key] = line
            result[key] = self.build(value_node, (*place, key))
        return result

    def _scalar(self, node: yaml.Node) -> Any:
        if node.tag not in _SAFE_TAGS:
            self._refuse(node, f"the tag `{_short(node.tag)}` is not allowed.", "Remove it.")
            return None
        constructor = yaml.constructor.SafeConstructor()
        try:
            return constructor.construct_object(node)
        # PyYAML lets the errors of int(), datetime() and its own tables through (`!!bool maybe` is a KeyError).
        except (ValueError, OverflowError, LookupError, AttributeError, TypeError, yaml.YAMLError):
            self._refuse(
                node,
                f"`{shortened(str(node.value))}` cannot be read as {_short(node.tag)}.",
                "Put quotes around it if it is a text.",
            )
            return None

    def _refuse(self, node: yaml.Node, message: str, remedy: str) -> None:
        self.problems.append(Problem(f"{self.path}:{node.start_mark.line + 1}", message, remedy))


def _short(tag: str) -> str:
    return tag.removeprefix("tag:yaml.org,2002:")


def problems_from_pydantic(
    error: ValidationError, lines: Lines, path: Path | str, model: type[BaseModel] | None = None
) -> list[Problem]:
    """Return one Problem per complaint: its line, what was given, what is allowed, the nearest allowed word.

    With ``model`` (what was being validated) an unknown key is answered with the keys that exist there. The order is
    that of the file, and a complaint that a union repeats is told once.
    """
    told = ((lines.at(loc), words) for loc, *words in complaints_of(error, model))
    found = dict.fromkeys((line, Problem(f"{path}:{line}", *words)) for line, words in told)
    return [problem for _, problem in sorted(found, key=lambda pair: pair[0])]
