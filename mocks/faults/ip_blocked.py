"""The vendor lets the connector's address in no longer."""

from __future__ import annotations

from dataclasses import dataclass

from ..dialect import Dialect
from ..troubles import answered, misses
from ..wire import Operation, Request, Response
from . import Proceed


@dataclass
class IpBlocked:
    """Refuse calls because of the address they come from: no new login, and running sessions have ended; nothing is done."""

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Answer without doing the work."""
        del proceed
        return answered(dialect, request, "ip_blocked")

    def misses(self, dialect: Dialect, operation: Operation) -> str:
        """Return why it can never strike there: the vendor does not fail in this way."""
        return misses(dialect, operation, "ip_blocked")
