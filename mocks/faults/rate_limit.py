"""The vendor says: too many requests."""

from __future__ import annotations

from dataclasses import dataclass

from ..dialect import Dialect
from ..wire import Operation, Request, Response
from . import Proceed


@dataclass
class RateLimit:
    """Refuse the request in the vendor's own words and shape; nothing is done. ``retry_after_s`` adds the header.

    ``limit``: which of the vendor's limits is used up, left out: its usual one. HubSpot: `ten_seconds`, `second` (search),
    `daily`; Salesforce, which names no time to wait: `daily`, `concurrent`.
    """

    retry_after_s: int | None = None
    limit: str = ""

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Answer without doing the work."""
        del proceed
        return dialect.limited(request, self.retry_after_s, self.limit)

    def misses(self, dialect: Dialect, operation: Operation) -> str:
        """Return why it can never strike there: the vendor has no such limit."""
        del operation
        if not self.limit or self.limit in dialect.limits_told:
            return ""
        return f"{dialect.name} has no limit `{self.limit}`; it has: {', '.join(dialect.limits_told) or 'none of its own'}"
