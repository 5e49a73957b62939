"""The vendor takes its time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from ..dialect import Dialect
from ..wire import Request, Response
from . import Proceed

MOST_SECONDS = 30.0


@dataclass
class Slow:
    """Do the work at once and keep the answer back for ``seconds`` of wall time; other requests are answered meanwhile."""

    seconds: float = 0.4

    def __post_init__(self) -> None:
        if not 0 < self.seconds <= MOST_SECONDS:
            raise ValueError(f"`seconds` is above 0 and at most {MOST_SECONDS:g}; {self.seconds} was given")

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Answer late."""
        del dialect, request
        response = await proceed()
        await asyncio.sleep(self.seconds)
        return response
