"""The vendor says: too many requests."""

from __future__ import annotations

from dataclasses import dataclass

from ..dialect import Dialect
from ..wire import Request, Response
from . import Proceed


@dataclass
class RateLimit:
    """Refuse the request in the vendor's own words and shape; nothing is done. ``retry_after_s`` adds the header."""

    retry_after_s: int | None = None

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Answer without doing the work."""
        del proceed
        return dialect.limited(request, self.retry_after_s)
