"""What a vendor's own automation (a workflow, say) did to a field while a connector was at work.

It is an edit of that side which the connector could not carry at once: it is not the connector's doing, it may be carried
in the same sync, and it must be carried by the next one.
"""

from __future__ import annotations

from typing import Any

from syncproof_mocks.journal import Actor, Row

from ..evidence import Evidence
from ..mapping.grammar import Direction, FieldRule, Side
from .blame import Ledger
from .rules import Allowed, Pair


def left_before_automation(
    evidence: Evidence, ledger: Ledger, side: Side, row: Row, field: str, window: tuple[int, int]
) -> tuple[bool, Any]:
    """Return whether automation had the last word on ``field`` within ``window``, and the raw value it found there."""
    start, end = window
    changes = ledger.changes_of(evidence.dialects[side].name, row.kind, row.id)
    own = [c for c in changes if start <= c.seq < end and c.before is not None and field in c.fields]
    if not own or own[-1].actor is not Actor.VENDOR_AUTOMATION:
        return False, None
    first = own[-1]
    for change in reversed(own):
        if change.actor is not Actor.VENDOR_AUTOMATION:
            break
        first = change
    return True, first.fields[field][0]


def widened(rule: FieldRule, answer: Allowed, side: Side, automated: Any) -> Allowed:
    """Allow that the value which automation left on ``side`` has reached the other side in the same sync."""
    outward = Direction.CRM_TO_MA if side is Side.CRM else Direction.MA_TO_CRM
    if rule.direction not in (outward, Direction.BOTH):
        return answer
    pairs: list[Pair] = list(answer.pairs)
    for crm, ma in answer.pairs:
        pairs.append((crm, automated) if side is Side.CRM else (automated, ma))
    return Allowed(tuple(dict.fromkeys(pairs)), answer.reason, answer.left_open)
