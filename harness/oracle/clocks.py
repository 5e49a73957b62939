"""Which of two edits was the later one, as far as the stamps of the two systems tell.

Whoever has to know (`winner: latest`) has only those stamps. They say nothing about the order within one second, which is
as fine as Salesforce's are, and nothing while the clock of a system is wrong (fault `clock_skew`).
"""

from __future__ import annotations

from collections.abc import Iterable

from syncproof_mocks.journal import Mark

from ..evidence import Act, Evidence
from ..mapping.grammar import Side


class Clocks:
    """When each system's clock was wrong; read from the journal once."""

    def __init__(self, evidence: Evidence) -> None:
        self._sides = {dialect.name: side for side, dialect in evidence.dialects.items()}
        self._wrong: dict[Side, list[tuple[int, int | None]]] = {side: [] for side in Side}
        for mark in (e for e in evidence.entries if isinstance(e, Mark)):
            self._note(mark)

    def _note(self, mark: Mark) -> None:
        word, _, rest = mark.detail.partition(" on ")
        side = self._sides.get(rest.partition(" ")[0])
        if side is None:
            return
        if mark.name == "fault_armed" and word == "clock_skew":
            self._wrong[side].append((mark.seq, None))
        elif mark.name == "fault_healed" and word in ("clock_skew", "all"):
            self._wrong[side] = [(start, mark.seq if end is None else end) for start, end in self._wrong[side]]

    def was_wrong(self, side: Side, seq: int) -> bool:
        """Tell whether the clock of one side was wrong at a place in the journal."""
        return any(start <= seq and (end is None or seq < end) for start, end in self._wrong[side])

    def last_side(self, acts: Iterable[Act]) -> Side | None:
        """Return the side edited last; None when both were and their stamps do not tell."""
        last = {act.side: act for act in acts}
        if len(last) < 2:
            return next(iter(last), None)
        crm, ma = last[Side.CRM], last[Side.MA]
        if crm.at_ms // 1000 == ma.at_ms // 1000 or any(self.was_wrong(side, act.seq) for side, act in last.items()):
            return None
        return Side.CRM if crm.at_ms > ma.at_ms else Side.MA
