"""What a probe is, and what it asks: one HTTP client that remembers what it made and takes it away."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

Facts = Mapping[str, Any]
Look = Callable[["Target"], Facts]

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)")


class NotSeenError(Exception):
    """A probe could not look: the account has not what it needs. Never a pass."""


@dataclass(frozen=True)
class Probe:
    """One question: ``look`` asks a target and returns what it saw, ``expected`` is what the research found."""

    id: str
    title: str
    look: Callable[[Target], Facts]
    expected: Facts
    evidence: str = "document"


class Answer:
    """One answer: status, headers, and the body as JSON (None when it is none)."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.text
        try:
            self.json: Any = response.json()
        except ValueError:
            self.json = None

    def first(self, key: str) -> Any:
        """Return ``key`` of the body, or of its first element when it is a list; None when there is none."""
        body = self.json[0] if isinstance(self.json, list) and self.json else self.json
        return body.get(key) if isinstance(body, dict) else None


@dataclass
class Target:
    """An account to ask: the mock or a live one. ``marker`` stands in everything that probes make there."""

    name: str
    http: httpx.Client
    marker: str
    notes: dict[str, Any] = field(default_factory=dict)
    last: str = ""
    _undo: list[tuple[str, str, Any]] = field(default_factory=list)
    _ids: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, *, json: Any = None, headers: Mapping[str, str] | None = None, **more: Any) -> Answer:
        """Send one request and return the answer, whatever its status. Raises NotSeenError when nobody answers."""
        try:
            answer = Answer(self.http.request(method, path, json=json, headers=dict(headers or {}), **more))
        except httpx.HTTPError as error:
            raise NotSeenError(f"{method} {path}: {type(error).__name__}") from error
        self.last = f"{method} {path}: {answer.status} {answer.text[:120]}"
        return answer

    def made(self, record_id: str, method: str, path: str, json: Any = None) -> str:
        """Remember how to take away what was just made; returns the id, which facts show as `<id>`."""
        self._undo.append((method, path, json))
        self._ids[record_id] = "<id>"
        return record_id

    def known(self, record_id: str, shown: str = "<id>") -> None:
        """Show ``record_id`` as ``shown`` in facts."""
        self._ids[record_id] = shown

    def plain(self, value: Any) -> Any:
        """Return a fact without what differs from account to account: ids, the marker, times."""
        if isinstance(value, dict):
            return {k: self.plain(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.plain(v) for v in value]
        if not isinstance(value, str):
            return value
        for record_id in sorted(self._ids, key=len, reverse=True):
            value = value.replace(record_id, self._ids[record_id]).replace(record_id[:15] if len(record_id) == 18 else "\0", "<id15>")
        return _TIME.sub("<time>", value.replace(self.marker, "<marker>"))

    def tidy(self) -> list[str]:
        """Take away what was made, latest first; return what could not be taken away."""
        left = []
        for method, path, json in reversed(self._undo):
            try:
                status = self.http.request(method, path, json=json).status_code
            except httpx.HTTPError as error:
                left.append(f"{method} {path}: {type(error).__name__}")
                continue
            # 404: the probe itself has taken it away.
            if status >= 400 and status != 404:
                left.append(f"{method} {path}: {status}")
        self._undo.clear()
        self._ids.clear()
        return left


@dataclass(frozen=True)
class Account:
    """What an account says of itself: whether it is a sandbox, and the words it used."""

    is_sandbox: bool
    text: str


class Suite:
    """Collects the probes of one dialect, in order of declaration."""

    def __init__(self) -> None:
        self.probes: list[Probe] = []

    def probe(self, id: str, title: str, *, evidence: str = "document", **expected: Any) -> Callable[[Look], Look]:
        """Declare that the function looks at what ``title`` asks; keywords are the facts that the research found."""

        def declare(look: Look) -> Look:
            self.probes.append(Probe(id, title, look, expected, evidence))
            return look

        return declare
