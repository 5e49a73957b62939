"""The vendor's search does not know yet what was saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..dialect import Dialect
from ..troubles import lagging, misses
from ..wire import Operation, Request, Response
from . import Proceed, Sort


@dataclass
class IndexLag:
    """Let searches see the records as they were ``lag_s`` ago; whoever asks for a record by its id sees it as it is."""

    sort: ClassVar[Sort] = "silent"
    lag_s: float = 60.0

    def __post_init__(self) -> None:
        if not self.lag_s > 0:
            raise ValueError(f"`lag_s` is above 0; {self.lag_s} was given")

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Let the vendor answer from the past."""
        request.around = (*request.around, lagging(dialect, "index_lag", self.lag_s))
        return await proceed()

    def misses(self, dialect: Dialect, operation: Operation) -> str:
        """Return why it can never strike there: the vendor has no such lag, or not in this operation."""
        return misses(dialect, operation, "index_lag")
