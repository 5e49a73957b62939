"""Patience with a system that is busy, down or locked: a few tries, longer and longer apart, within a bound."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from .failures import TransientError

T = TypeVar("T")


class Patience:
    """How often and how long to try again. ``total_s`` bounds the waiting for one request."""

    def __init__(
        self, tries: int = 5, first_s: float = 0.2, total_s: float = 20.0, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._tries = tries
        self._first_s = first_s
        self._total_s = total_s
        self._sleep = sleep
        self.heeds = True  # whether a time to wait that a system names counts

    def call(self, request: Callable[[], T], *, repeatable: bool = True) -> T:
        """Return what ``request`` returns; a TransientError is tried again.

        ``Retry-After`` is honoured as far as the bound allows. A request that must not happen twice
        (``repeatable`` False) is not repeated when it may have been applied; its TransientError then says so.
        """
        waited, pause = 0.0, self._first_s
        for attempt in range(1, self._tries + 1):
            try:
                return request()
            except TransientError as error:
                wait = pause if error.retry_after_s is None or not self.heeds else error.retry_after_s
                hopeless = attempt == self._tries or waited + wait > self._total_s or error.for_today
                if hopeless or (error.ambiguous and not repeatable):
                    raise
                self._sleep(wait)
                waited += wait
                pause *= 2
        raise AssertionError("unreachable")  # the last try returns or raises


def once() -> Patience:
    """Return no patience at all: every failure is final."""
    return Patience(tries=1)


def retry_after(header: str | None) -> float | None:
    """Return the seconds a `Retry-After` header asks for; a date or nonsense counts as none."""
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None
