"""Somebody else is writing the very same record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..dialect import Dialect
from ..troubles import answered, misses, names_one_of
from ..wire import Operation, Request, Response
from . import Proceed, refusing


@dataclass
class RowLock:
    """Refuse records because they are locked at this moment; a later attempt gets through.

    Salesforce: UNABLE_TO_LOCK_ROW for the records of `who`, else for every record of the request, the others are
    written. HubSpot: 423 for the whole request.
    """

    records: frozenset[str] = field(default_factory=frozenset, init=False)

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Let the vendor do its work with these records locked, or refuse the request."""
        if "row_lock" not in dialect.trips:
            return answered(dialect, request, "row_lock")

        def lock(kind: str, record_id: str, values: Mapping[str, Any]) -> str:
            hit = not self.records or names_one_of(self.records, record_id, values)
            return "row_lock" if hit and kind else ""

        return await refusing(dialect, request, proceed, lock)

    def misses(self, dialect: Dialect, operation: Operation) -> str:
        """Return why it can never strike there: the vendor locks nothing, or the operation writes nothing."""
        if "row_lock" in dialect.trips:
            return ""
        return misses(dialect, operation, "row_lock")
