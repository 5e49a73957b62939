"""The vendor's clock is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..dialect import Dialect
from ..wire import Request, Response
from . import Proceed, Sort

MOST_SECONDS = 86_400.0


@dataclass
class ClockSkew:
    """While it is on, the vendor's stamps and `Date` headers are ``seconds`` ahead of the true time (behind: below 0).

    Whoever compares them with its own clock, or with the other vendor's, overlooks changes or sees them twice.
    """

    sort: ClassVar[Sort] = "silent"
    seconds: float = 300.0

    def __post_init__(self) -> None:
        if not 0 < abs(self.seconds) <= MOST_SECONDS:
            raise ValueError(f"`seconds` is at most {MOST_SECONDS:g} ahead or behind, and not 0; {self.seconds} was given")

    def begin(self, dialect: Dialect) -> None:
        """Set the clock wrong."""
        dialect.skew(self.seconds)

    def end(self, dialect: Dialect) -> None:
        """Set it right."""
        dialect.skew(0)

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Let the vendor answer by its wrong clock."""
        del dialect, request
        return await proceed()
