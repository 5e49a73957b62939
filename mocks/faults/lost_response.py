"""The vendor does the work, and the answer never arrives."""

from __future__ import annotations

from dataclasses import dataclass

from ..dialect import Dialect
from ..wire import Request, Response
from . import Proceed


@dataclass
class LostResponse:
    """Answer 504 *after* the write was applied: whoever repeats a create blindly makes a second record."""

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Do the work, then hide its answer behind a gateway time-out."""
        # Proceed first: a request that never arrived is `server_error`.
        del dialect, request
        await proceed()
        return Response(504, b"<html><body><h1>504 Gateway Time-out</h1></body></html>", "text/html")
