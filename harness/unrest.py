"""Who cannot come to rest: the same field written to and fro, or the same request sent again and again.

Pure: entries of the journal go in. What people do to a record in between starts its count anew: a connector that carries
five edits of a person writes five times.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from syncproof_mocks.journal import Actor, Change, Entry, Exchange

from .oracle.refusals import is_accepted_write

# A write may be repeated by a client that lost an answer, and a value may be corrected once: this is more than both.
MOST_RETURNS = 4
MOST_REPEATS = 8


@dataclass(frozen=True, slots=True)
class Unrest:
    """One field that went to and fro, or one request that was repeated: ``times`` so often; ``requests`` did it."""

    system: str
    kind: str
    record_id: str
    field: str
    times: int
    requests: tuple[int, ...]

    def __str__(self) -> str:
        if not self.field:
            return f"{self.system} was sent the same write {self.times} times although it changed nothing"
        return f"{self.field} of {self.system} {self.kind} {self.record_id} went to and fro {self.times} times"


@dataclass
class _Course:
    """The values of one field since somebody else last wrote its record."""

    values: list[Any] = field(default_factory=list)
    returns: int = 0
    requests: list[int] = field(default_factory=list)


class Watch:
    """Counts over a growing journal; ``found`` is what has come too often so far, most often first."""

    def __init__(self) -> None:
        self._courses: dict[tuple[str, str, str], dict[str, _Course]] = {}
        self._repeats: dict[bytes, list[Exchange]] = {}
        self._changed: set[int] = set()

    def see(self, entries: Iterable[Entry]) -> None:
        """Take further entries into account, in order. Exchanges must have been answered."""
        for entry in entries:
            if isinstance(entry, Change):
                self._change(entry)
            elif isinstance(entry, Exchange):
                self._exchange(entry)

    def _change(self, change: Change) -> None:
        record = change.system, change.kind, change.record_id
        if change.actor in (Actor.CRM_USER, Actor.MA_USER):
            self._courses.pop(record, None)
            self._repeats.clear()
        if change.actor is not Actor.CONNECTOR:
            return
        if change.exchange is not None:
            self._changed.add(change.exchange)
        fields = self._courses.setdefault(record, {})
        for name, (old, new) in change.fields.items():
            course = fields.setdefault(name, _Course([old]))
            # Back to the value before the last one: to and fro. A counter or a stamp moves on and never returns.
            course.returns += len(course.values) > 1 and course.values[-2] == new
            course.values = [course.values[-1], new]
            if change.exchange is not None:
                course.requests.append(change.exchange)

    def _exchange(self, exchange: Exchange) -> None:
        if exchange.fault or not is_accepted_write(exchange):
            return
        what = f"{exchange.system} {exchange.method} {exchange.path}?{exchange.query} ".encode() + exchange.request_body
        self._repeats.setdefault(hashlib.blake2b(what, digest_size=16).digest(), []).append(exchange)

    @property
    def found(self) -> list[Unrest]:
        """Return every field and request that came more often than any reason explains."""
        fields = [
            Unrest(*record, name, course.returns, tuple(dict.fromkeys(course.requests)))
            for record, names in self._courses.items() for name, course in names.items() if course.returns >= MOST_RETURNS
        ]
        idle = [
            Unrest(sent[0].system, "", "", "", len(sent), tuple(e.seq for e in sent))
            for sent in ([e for e in same if e.seq not in self._changed] for same in self._repeats.values()) if len(sent) >= MOST_REPEATS
        ]
        return sorted([*fields, *idle], key=lambda u: -u.times)
