"""The CRM's duplicate rule holds up a new record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..dialect import Dialect
from ..troubles import names_one_of
from ..wire import Operation, Request, Response
from . import Proceed, Sort, refusing


@dataclass
class DuplicateRule:
    """Refuse to create records (those of `who`, else all) because they resemble others; changes are taken.

    The rule names no record that it resembles. A rule that compares records is declared in the org's shape
    (`duplicate_rules`).
    """

    sort: ClassVar[Sort] = "refusal"
    records: frozenset[str] = field(default_factory=frozenset, init=False)

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Let the vendor do its work with new records held up."""

        def hold_up(kind: str, record_id: str, values: Mapping[str, Any]) -> str:
            hit = not record_id and (not self.records or names_one_of(self.records, record_id, values))
            return "duplicate_rule" if hit and kind else ""

        return await refusing(dialect, request, proceed, hold_up)

    def misses(self, dialect: Dialect, operation: Operation) -> str:
        """Return why it can never strike there: the vendor has no such rules."""
        del operation
        return "" if "duplicate_rule" in dialect.trips else f"{dialect.name} has no duplicate rules"
