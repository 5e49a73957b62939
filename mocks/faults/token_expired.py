"""The access token ends in the middle of the work."""

from __future__ import annotations

from dataclasses import dataclass

from ..dialect import Dialect
from ..wire import Operation, Request, Response
from . import Proceed, UnfeltError


@dataclass
class TokenExpired:
    """End every session, so that this call is refused with 401 in the vendor's words; a new token is to be had.

    Say at which request with `after` and `times: 1`. A private app's token of HubSpot never ends.
    """

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """End the sessions and let the vendor refuse the call."""
        del request
        dialect.expire_sessions()
        response = await proceed()
        if response.status != 401:
            raise UnfeltError(response)
        return response

    def misses(self, dialect: Dialect, operation: Operation) -> str:
        """Return why it can never strike there: the vendor has no sessions that end."""
        del operation
        ends = type(dialect).expire_sessions is not Dialect.expire_sessions
        return "" if ends else f"{dialect.name} has no sessions that end"
