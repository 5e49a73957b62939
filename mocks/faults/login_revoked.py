"""An administrator withdraws the app's access."""

from __future__ import annotations

from dataclasses import dataclass

from ..dialect import Dialect
from ..troubles import answered, misses
from ..wire import Operation, Request, Response
from . import Proceed


@dataclass
class LoginRevoked:
    """Refuse every call as that of an app whose access was withdrawn, and the request for a new token as well; nothing is done."""

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Answer without doing the work."""
        del proceed
        return answered(dialect, request, "login_revoked")

    def misses(self, dialect: Dialect, operation: Operation) -> str:
        """Return why it can never strike there: the vendor does not fail in this way."""
        return misses(dialect, operation, "login_revoked")
