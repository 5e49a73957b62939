"""The vendor stamps a change before anybody can see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..dialect import Dialect
from ..troubles import lagging, misses
from ..wire import Operation, Request, Response
from . import Proceed, Sort


@dataclass
class LateCommit:
    """Let queries see the records as they were ``lag_s`` ago: a change turns up later than its own stamp says. Salesforce only."""

    sort: ClassVar[Sort] = "silent"
    lag_s: float = 60.0

    def __post_init__(self) -> None:
        if not self.lag_s > 0:
            raise ValueError(f"`lag_s` is above 0; {self.lag_s} was given")

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Let the vendor answer from the past."""
        request.around = (*request.around, lagging(dialect, "late_commit", self.lag_s))
        return await proceed()

    def misses(self, dialect: Dialect, operation: Operation) -> str:
        """Return why it can never strike there: the vendor has no such lag, or not in this operation."""
        return misses(dialect, operation, "late_commit")
