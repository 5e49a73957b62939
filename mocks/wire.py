"""What travels over the socket, and how a path finds the operation that answers it.

`operation` declares a vendor operation beside the code that implements it, with the evidence its behaviour
rests on. A `Router` is built from such functions and matches a request in a few microseconds.
"""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

_MOST_COMPARED, _MOST_LIKELY = 200, 12
# What a hint says when no operation is like the request: a far-fetched one would send people to the wrong place.
NOTHING_NEAR = "nothing near is supported"
# Two words are alike from here on: `flows` and `workflows`, `sobject` and `sobjects`, but not `cms` and `crm`.
_ALIKE = 0.7
# This part of a request's segments must be covered by an operation that is called near.
_COVERED = 0.8
_VERSION = re.compile(r"v?\d+(\.\d+)?", re.IGNORECASE)


class Evidence(StrEnum):
    """What a mocked behaviour rests on, strongest first."""

    RECORDING = "recording"
    CLIENT_RUN = "client run"
    CLIENT_SOURCE = "client source"
    DOCUMENT = "document"
    ASSUMED = "assumed"


class Request:
    """One request as a handler sees it. Headers have lower-case names; the body is parsed when asked for."""

    __slots__ = (
        "_query", "around", "base_url", "body", "exchange", "headers", "method", "params", "path", "query_string", "segments", "session",
    )  # fmt: skip

    def __init__(
        self, method: str, path: str, query_string: str, headers: dict[str, str], body: bytes, base_url: str
    ) -> None:
        self.method = method
        self.path = path
        self.query_string = query_string
        self.headers = headers
        self.body = body
        self.base_url = base_url
        # Percent-decoding happens once, per segment: a `%2F` in a key is not a separator, a `+` stays a plus.
        self.segments = tuple(unquote(s) if "%" in s else s for s in path.split("/") if s)
        self.params: dict[str, str] = {}
        self.session: Any = None
        # The journal's entry for this request, for whoever strikes in its place.
        self.exchange: Any = None
        # What holds while the vendor does its work for this request and no other, in the order of entering.
        self.around: tuple[AbstractContextManager[Any], ...] = ()
        self._query: list[tuple[str, str]] | None = None

    @property
    def query(self) -> list[tuple[str, str]]:
        """Return the query string as decoded pairs in order."""
        if self._query is None:
            self._query = parse_qsl(self.query_string, keep_blank_values=True)
        return self._query

    def arg(self, name: str, default: str | None = None) -> str | None:
        """Return the last value of a query parameter."""
        for key, value in reversed(self.query):
            if key == name:
                return value
        return default

    def flag(self, name: str) -> bool:
        """Tell whether a query parameter says true, in whatever letter case: Python clients write `True`."""
        return (self.arg(name) or "").lower() == "true"

    def args(self, name: str) -> list[str]:
        """Return all values of a repeated or comma-separated query parameter, in order, without blanks."""
        return [part for key, value in self.query if key == name for part in value.split(",") if part]

    def json(self) -> Any:
        """Return the parsed body; raises `orjson.JSONDecodeError`."""
        return orjson.loads(self.body)

    def form(self) -> dict[str, str]:
        """Return a form-encoded body as a mapping (last value wins)."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(slots=True)
class Response:
    """One answer: status, headers and the complete body."""

    status: int
    body: bytes = b""
    content_type: str = "application/json;charset=UTF-8"
    headers: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Cut(Response):
    """An answer whose connection ends after ``sent`` bytes of its body, although the headers promise all of it."""

    sent: int = 0


@dataclass(slots=True)
class Held(Response):
    """An answer that waits for something to happen (long polling); as it stands, it is the answer if nothing does.

    The server asks ``ready`` between requests until it gets an answer instead of None, the caller hangs up, or
    ``timeout_s`` have passed (wall time: connectors live in it). What `ready` shows counts as served by the request
    that waits. Whoever cannot wait (a request inside a request) takes the answer as it stands.
    """

    ready: Callable[[], Response | None] = field(default=lambda: None)
    timeout_s: float = 0.0


Handler = Callable[[Any, Request], Response]


@dataclass(frozen=True, slots=True)
class Operation:
    """One vendor operation: ``handler(dialect, request)`` answers ``method path``; the id is unique in its dialect."""

    id: str
    method: str
    path: str
    evidence: Evidence
    handler: Handler
    note: str = ""
    probe: str = ""
    # The id of the operation at whose address it arrives, when only the body tells what a request asks for.
    shares: str = ""

    def is_meant_by(self, patterns: Iterable[str]) -> bool:
        """Tell whether a pattern (`objects.*`) matches its id, or that of the operation whose address it shares."""
        names = (self.id, self.shares) if self.shares else (self.id,)
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns for name in names)


def operation(
    method: str, *paths: str, id: str, evidence: Evidence, note: str = "", probe: str = ""
) -> Callable[[Handler], Handler]:
    """Declare that the function answers ``method`` on each of ``paths`` (``{name}`` captures one segment).

    ``evidence`` says what the behaviour rests on, ``note`` what is known to be missing, ``probe`` the number of
    the acceptance probe in the research that covers it.
    """

    def declare(function: Handler) -> Handler:
        found = getattr(function, "operations", ())
        new = tuple(Operation(id, method, path, evidence, function, note, probe) for path in paths)
        function.operations = (*found, *new)  # type: ignore[attr-defined]
        return function

    return declare


def operations_of(modules: Iterable[object]) -> list[Operation]:
    """Return the operations declared in ``modules``, in order of declaration."""
    found: list[Operation] = []
    for module in modules:
        for value in vars(module).values():
            if getattr(value, "__module__", None) == getattr(module, "__name__", ""):
                found.extend(getattr(value, "operations", ()))
    return found


class _Node:
    __slots__ = ("capture", "literals", "operations")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.capture: _Node | None = None
        # method -> (operation, names of the captured segments in order)
        self.operations: dict[str, tuple[Operation, tuple[str, ...]]] = {}


class Router:
    """Finds the operation for a method and path; literal segments win over captured ones.

    ``calls`` are operations that share the address of another one: the dialect tells them apart (`Dialect.call_of`).
    """

    def __init__(self, operations: Iterable[Operation], calls: Iterable[Operation] = ()) -> None:
        self.operations = list(operations)
        self.calls = {op.id: op for op in calls}
        self._root = _Node()
        for op in self.operations:
            self._add(op)

    def _add(self, op: Operation) -> None:
        node, names = self._root, []
        for segment in op.path.split("/"):
            if not segment:
                continue
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.capture = node.capture or _Node()
                node = node.capture
            else:
                node = node.literals.setdefault(segment, _Node())
        if op.method in node.operations:
            raise ValueError(f"{op.method} {op.path} is declared twice: {node.operations[op.method][0].id}, {op.id}")
        node.operations[op.method] = (op, tuple(names))

    def match(self, method: str, segments: tuple[str, ...]) -> tuple[Operation, dict[str, str]] | None:
        """Return the operation and its captured segments, or None."""
        found = self._walk(self._root, segments, 0, method, ())
        if found is None:
            return None
        (op, names), captured = found
        return op, dict(zip(names, captured, strict=True))

    def _walk(
        self, node: _Node, segments: tuple[str, ...], at: int, method: str, captured: tuple[str, ...]
    ) -> tuple[tuple[Operation, tuple[str, ...]], tuple[str, ...]] | None:
        if at == len(segments):
            entry = node.operations.get(method)
            return (entry, captured) if entry else None
        segment = segments[at]
        child = node.literals.get(segment)
        if child is not None:
            found = self._walk(child, segments, at + 1, method, captured)
            if found is not None:
                return found
        if node.capture is not None:
            return self._walk(node.capture, segments, at + 1, method, (*captured, segment))
        return None

    def allowed(self, segments: tuple[str, ...]) -> tuple[str, ...]:
        """Return the methods that the path would accept (empty: the path is unknown)."""
        methods = {op.method for op in self.operations}
        return tuple(sorted(m for m in methods if self.match(m, segments)))

    def nearest(self, method: str, path: str) -> Operation | None:
        """Return the supported operation that looks most like the request, for a hint; None when nothing is like it.

        Like it means: each fixed word of the operation's path but its version stands in the request, give or take a
        letter, and the request has hardly more segments than the operation.
        """
        given = [s for s in path[:_MOST_COMPARED].split("/") if s]
        words = set(given)
        # Comparing letter by letter costs a tenth of a second over all addresses of a vendor: only those that share words.
        likely = sorted(self.operations, key=lambda op: (-len(words.intersection(op.path.split("/"))), op.method != method))[:_MOST_LIKELY]
        wanted = f"{method} {path[:_MOST_COMPARED]}"
        scored = [(difflib.SequenceMatcher(None, wanted, _filled_in(op, given)).ratio(), op) for op in likely if _is_near(op, given)]
        return max(scored, key=lambda pair: pair[0])[1] if scored else None


def _is_near(op: Operation, given: list[str]) -> bool:
    segments = [s for s in op.path.split("/") if s]
    if len(segments) < _COVERED * len(given):
        return False
    fixed = (s for s in segments if not s.startswith("{") and not _VERSION.fullmatch(s))
    return all(s in given or any(difflib.SequenceMatcher(None, s, g).ratio() >= _ALIKE for g in given) for s in fixed)


def _filled_in(op: Operation, given: list[str]) -> str:
    """Return ``METHOD /path`` of an operation with its captured segments as the request has them: ids say nothing."""
    segments = [s for s in op.path.split("/") if s]
    shown = (given[n] if s.startswith("{") and n < len(given) else s for n, s in enumerate(segments))
    return f"{op.method} /{'/'.join(shown)}"
