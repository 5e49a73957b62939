"""The vendor's server breaks before it does anything."""

from __future__ import annotations

from dataclasses import dataclass

from ..dialect import Dialect
from ..wire import Request, Response
from . import Proceed


@dataclass
class ServerError:
    """Answer with a server error; nothing is done. 500 has the vendor's body, 502 to 504 are a gateway's HTML page."""

    status: int = 503

    def __post_init__(self) -> None:
        if not 500 <= self.status <= 599:
            raise ValueError(f"`status` is a server error, 500 to 599; {self.status} was given")

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Answer without doing the work."""
        del proceed
        if self.status == 500:
            return dialect.failed(request)
        page = f"<html><body><h1>{self.status} Service Unavailable</h1></body></html>".encode()
        return Response(self.status, page, "text/html")
