"""The connection breaks in the middle of an answer."""

from __future__ import annotations

from dataclasses import dataclass

from ..dialect import Dialect
from ..wire import Cut, Request, Response
from . import Proceed, UnfeltError


@dataclass
class BrokenBody:
    """Do the work, send the headers and the first half of the body, and close the connection."""

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Cut the vendor's answer in two; an answer without a body cannot be cut."""
        del dialect
        whole = await proceed()
        if len(whole.body) < 2:
            raise UnfeltError(whole)
        # Nobody can have read what did not arrive whole.
        request.exchange.served.clear()
        return Cut(whole.status, whole.body, whole.content_type, whole.headers, len(whole.body) // 2)
