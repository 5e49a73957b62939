"""The one owner of time: wall time plus an offset, which can be frozen or moved.

Connectors live in wall time, so the mocks do too; a scenario may freeze the clock or move it ahead.
Nothing else in the project asks the operating system what time it is for a value that a mock shows.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple


class ClockState(NamedTuple):
    """One moment of a clock: the time that runs, what was shown, and where it stands when it is frozen (else None)."""

    running_ms: int
    shown_ms: int
    frozen_ms: int | None


class Clock:
    """Milliseconds since the epoch, as the sandbox sees them. Never runs backwards; only `rewind` sets it back."""

    __slots__ = ("_frozen_ms", "_last_ms", "_offset_ms")

    def __init__(self, frozen_at_ms: int | None = None) -> None:
        self._offset_ms = 0
        self._frozen_ms = frozen_at_ms
        self._last_ms = 0

    def now_ms(self) -> int:
        """Return the sandbox time in milliseconds since 1970-01-01 UTC."""
        frozen = self._frozen_ms
        value = time.time_ns() // 1_000_000 + self._offset_ms if frozen is None else frozen
        # A host clock that steps back (NTP) must not reorder the journal.
        self._last_ms = max(self._last_ms, value)
        return self._last_ms

    def now(self) -> datetime:
        """Return the sandbox time as an aware datetime in UTC."""
        return from_ms(self.now_ms())

    @property
    def running_ms(self) -> int:
        """Return the time that runs: what `now_ms` shows where nobody has skipped ahead, for measuring how long things took."""
        return time.time_ns() // 1_000_000 + self._offset_ms if self._frozen_ms is None else self._frozen_ms

    @property
    def is_frozen(self) -> bool:
        """Tell whether time stands still."""
        return self._frozen_ms is not None

    @property
    def offset_ms(self) -> int:
        """Return how far the sandbox is ahead of wall time, in milliseconds."""
        return self._offset_ms

    def skip_to(self, at_ms: int) -> None:
        """Jump ahead to ``at_ms`` and stand there until wall time has caught up: no lasting difference to wall time.

        A moment that has passed already changes nothing.
        """
        if self._frozen_ms is not None:
            self._frozen_ms = max(self._frozen_ms, at_ms)
        self._last_ms = max(self._last_ms, at_ms)

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Let time stand still for a moment, as for a bulk edit that stamps all its records alike; wall time is kept up with."""
        if self._frozen_ms is not None:
            yield
            return
        self._frozen_ms = self.now_ms()
        try:
            yield
        finally:
            self._frozen_ms = None

    def freeze(self, at_ms: int | None = None) -> None:
        """Stop time at ``at_ms`` (default: now)."""
        self._frozen_ms = self.now_ms() if at_ms is None else at_ms

    def thaw(self) -> None:
        """Let time run again from where it stands."""
        if self._frozen_ms is not None:
            self._offset_ms = self._frozen_ms - time.time_ns() // 1_000_000
            self._frozen_ms = None

    def move(self, seconds: float) -> None:
        """Move time ahead by ``seconds``; a negative number is refused, because stamps must stay ordered."""
        if not 0 <= seconds < math.inf:
            raise ValueError(f"the clock moves ahead only; {seconds} seconds were asked for")
        ahead_ms = round(seconds * 1000)
        # From what was shown last: a clock that stands ahead of wall time (see `skip_to`) moves no less.
        wanted = self.now_ms() + ahead_ms
        if self._frozen_ms is not None:
            self._frozen_ms = wanted
        else:
            self._offset_ms += ahead_ms
        self._last_ms = wanted


    def state(self) -> ClockState:
        """Return everything needed by `rewind`."""
        now_ms = self.now_ms()
        return ClockState(time.time_ns() // 1_000_000 + self._offset_ms, now_ms, self._frozen_ms)

    def rewind(self, state: ClockState) -> None:
        """Set the clock back (or ahead) to the moment of a `state`, and let it run on from there, or stand, as it did then.

        Wall time goes on meanwhile: a running clock is behind it afterwards by what has passed since.
        """
        self._offset_ms = state.running_ms - time.time_ns() // 1_000_000
        self._last_ms, self._frozen_ms = state.shown_ms, state.frozen_ms


class Skewed(Clock):
    """The clock of one vendor that is wrong: always ``seconds`` ahead of the true one (behind: below 0).

    It only shows the time; who moves or freezes time does so with the true clock.
    """

    __slots__ = ("_ahead_ms", "_true")

    def __init__(self, true: Clock, seconds: float) -> None:
        super().__init__()
        self._true, self._ahead_ms = true, round(seconds * 1000)

    def now_ms(self) -> int:
        """Return what the wrong clock shows, in milliseconds since 1970-01-01 UTC."""
        return self._true.now_ms() + self._ahead_ms


def from_ms(value_ms: int) -> datetime:
    """Return an aware UTC datetime for milliseconds since the epoch."""
    return datetime.fromtimestamp(value_ms / 1000, UTC)


def to_ms(value: datetime) -> int:
    """Return milliseconds since the epoch for an aware datetime."""
    return round(value.timestamp() * 1000)
