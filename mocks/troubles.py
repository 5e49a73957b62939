"""What faults share: ways of failing that a vendor declares itself, and records that are refused one by one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, ClassVar, Literal

from .dialect import Dialect, Trip
from .wire import Operation, Request, Response


def misses(dialect: Dialect, operation: Operation, word: str) -> str:
    """Return why a vendor does not fail in this way at an operation; "" when it does."""
    trouble = dialect.troubles.get(word)
    if trouble is None:
        return f"{dialect.name} does not fail in this way, as far as is known"
    if operation.is_meant_by(trouble.operations):
        return ""
    return f"{dialect.name} does so at {', '.join(trouble.operations)} only"


def answered(dialect: Dialect, request: Request, word: str) -> Response:
    """Return the vendor's words for one of its troubles, as part of the exchange that the request is."""
    answer = dialect.troubles[word].answer
    assert answer is not None, word
    # Refusals are noted in the exchange under way; here nobody else has opened it.
    before, dialect.journal.exchange = dialect.journal.exchange, request.exchange
    try:
        return answer(dialect, request)
    finally:
        dialect.journal.exchange = before


@contextmanager
def lagging(dialect: Dialect, word: str, lag_s: float) -> Iterator[None]:
    """Let what the vendor shows lag behind what it has stored, by the switch that it has for that."""
    trouble = dialect.troubles[word]
    kept = dialect.settings[trouble.setting]
    dialect.settings[trouble.setting] = max(kept, round(lag_s * 1000 * trouble.per_ms))
    try:
        yield
    finally:
        dialect.settings[trouble.setting] = kept


@dataclass
class FromThePast:
    """A fault that lets reads see the records as they were ``lag_s`` ago, where the vendor knows the ``trouble``."""

    sort: ClassVar[Literal["silent"]] = "silent"
    trouble: ClassVar[str]
    lag_s: float = 60.0

    def __post_init__(self) -> None:
        if not self.lag_s > 0:
            raise ValueError(f"`lag_s` is above 0; {self.lag_s} was given")

    async def strike(self, dialect: Dialect, request: Request, proceed: Callable[[], Awaitable[Response]]) -> Response:
        """Let the vendor answer from the past."""
        request.around = (*request.around, lagging(dialect, self.trouble, self.lag_s))
        return await proceed()

    def misses(self, dialect: Dialect, operation: Operation) -> str:
        """Return why it can never strike there: the vendor has no such lag, or not in this operation."""
        return misses(dialect, operation, self.trouble)


class Tripping:
    """While entered, the dialect asks ``trip`` before it writes a record; ``refused`` counts what was refused."""

    def __init__(self, dialect: Dialect, trip: Trip) -> None:
        self._dialect, self._trip = dialect, trip
        self._before: Trip | None = None
        self.refused = 0

    def __enter__(self) -> Tripping:
        self._before, self._dialect.trip = self._dialect.trip, self._ask
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._dialect.trip = self._before

    def _ask(self, kind: str, record_id: str, values: Mapping[str, Any]) -> str:
        word = self._trip(kind, record_id, values) or (self._before(kind, record_id, values) if self._before else "")
        self.refused += bool(word)
        return word


def names_one_of(marks: frozenset[str], record_id: str, values: Mapping[str, Any]) -> bool:
    """Tell whether a record is one of those that ``marks`` name: by its id, or by a value such as its address."""
    return record_id.casefold() in marks or any(isinstance(v, str) and v.casefold() in marks for v in values.values())
