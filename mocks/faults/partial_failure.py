"""Some records of a batch are refused, the others are taken; or all are, because of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..dialect import Dialect
from ..troubles import names_one_of
from ..wire import Operation, Request, Response
from . import Proceed, Sort, refusing


@dataclass
class PartialFailure:
    """Refuse records for their content, each in the vendor's own shape of a partial failure (207, 200 with errors per item).

    Which: those of `who`, else record number ``item`` of each request (counted as they are written). ``whole``: the
    vendor takes the batch as one, so that a refused record takes the others with it.
    """

    sort: ClassVar[Sort] = "refusal"
    item: int = 1
    whole: bool = False
    records: frozenset[str] = field(default_factory=frozenset, init=False)

    def __post_init__(self) -> None:
        if self.item < 1:
            raise ValueError(f"`item` counts from 1; {self.item} was given")

    async def strike(self, dialect: Dialect, request: Request, proceed: Proceed) -> Response:
        """Let the vendor do its work with these records refused."""
        asked = 0

        def refuse(kind: str, record_id: str, values: Mapping[str, Any]) -> str:
            nonlocal asked
            asked += 1
            hit = names_one_of(self.records, record_id, values) if self.records else asked == self.item
            return "partial_failure" if hit and kind else ""

        change = dialect.troubles["whole_batch"].change if self.whole else None
        if change is not None:
            change(dialect, request, 1)
        return await refusing(dialect, request, proceed, refuse)

    def misses(self, dialect: Dialect, operation: Operation) -> str:
        """Return why it can never strike there: the vendor's mock does not refuse single records."""
        del operation
        if "partial_failure" not in dialect.trips or (self.whole and "whole_batch" not in dialect.troubles):
            return f"{dialect.name} has no words for a record that is refused"
        return ""
