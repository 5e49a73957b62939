"""One side suddenly shows no records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..dialect import Dialect
from ..troubles import answered, misses
from ..wire import Operation, Request, Response
from . import Proceed, Sort


@dataclass
class SideEmpty:
    """Answer a query or a list with nothing at all, as if the whole side had been emptied; nothing is wrong with the answer's form."""

    sort: ClassVar[Sort] = "silent"

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Answer without doing the work."""
        del proceed
        return answered(dialect, request, "side_empty")

    def misses(self, dialect: Dialect, operation: Operation) -> str:
        """Return why it can never strike there: the vendor does not fail in this way."""
        return misses(dialect, operation, "side_empty")
