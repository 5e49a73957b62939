"""The app has lost a permission, or never had it."""

from __future__ import annotations

from dataclasses import dataclass

from ..dialect import Dialect
from ..troubles import answered, misses
from ..wire import Operation, Request, Response
from . import Proceed


@dataclass
class ScopeMissing:
    """Refuse the call because the app may not make it (HubSpot: MISSING_SCOPES; Salesforce: the API is not enabled); nothing is done."""

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Answer without doing the work."""
        del proceed
        return answered(dialect, request, "scope_missing")

    def misses(self, dialect: Dialect, operation: Operation) -> str:
        """Return why it can never strike there: the vendor does not fail in this way."""
        return misses(dialect, operation, "scope_missing")
