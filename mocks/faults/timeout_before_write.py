"""The gateway gives up before the vendor has begun."""

from __future__ import annotations

from dataclasses import dataclass

from ..dialect import Dialect
from ..wire import Request, Response
from . import Proceed


@dataclass
class TimeoutBeforeWrite:
    """Answer 504 and do nothing: the twin of `lost_response`, whose answer looks the same. Who takes it for done loses data."""

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Answer without doing the work."""
        del dialect, request, proceed
        return Response(504, b"<html><body><h1>504 Gateway Time-out</h1></body></html>", "text/html")
