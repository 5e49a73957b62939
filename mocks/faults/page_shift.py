"""Records come or go before the page that is being read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..dialect import Dialect
from ..troubles import misses
from ..wire import Operation, Request, Response
from . import Proceed, Sort, UnfeltError


@dataclass
class PageShift:
    """Shift the later pages of a search that counts records from the beginning, as if ``by`` records before them had gone.

    Who pages by such offsets misses as many (``by`` below 0: sees as many twice); who goes on from the last id sees all.
    """

    sort: ClassVar[Sort] = "silent"
    by: int = 1

    def __post_init__(self) -> None:
        if not self.by:
            raise ValueError("`by` is how many records the pages shift; 0 shifts nothing")

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Let the vendor answer with the shifted page; a first page cannot shift."""
        change = dialect.troubles["page_shift"].change
        assert change is not None
        if not change(dialect, request, self.by):
            raise UnfeltError(await proceed())
        return await proceed()

    def misses(self, dialect: Dialect, operation: Operation) -> str:
        """Return why it can never strike there: the vendor's pages do not shift."""
        return misses(dialect, operation, "page_shift")
