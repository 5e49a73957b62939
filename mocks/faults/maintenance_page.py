"""The vendor's API is a web page for a while."""

from __future__ import annotations

from dataclasses import dataclass

from ..dialect import Dialect
from ..wire import Request, Response
from . import Proceed

_STATUSES = (200, 503)
_PAGE = b"""<!DOCTYPE html>
<html><head><title>Down for maintenance</title></head>
<body><h1>We are down for maintenance</h1><p>We will be back shortly.</p></body></html>
"""


@dataclass
class MaintenancePage:
    """Answer with an HTML page and do nothing. Status 503, or 200 as a proxy before the API may say: success without JSON."""

    status: int = 503

    def __post_init__(self) -> None:
        if self.status not in _STATUSES:
            raise ValueError(f"`status` is 200 or 503; {self.status} was given")

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Answer without doing the work."""
        del dialect, request, proceed
        return Response(self.status, _PAGE, "text/html")
