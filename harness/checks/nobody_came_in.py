"""Nobody whom the mapping keeps out is brought to the other side."""

from __future__ import annotations

from syncproof_mocks.journal import Actor, Change

from ..mapping.grammar import Side
from ..model import Severity
from ..oracle.fields import Oracle
from ..oracle.scope import Meeting
from . import Rule, Seen

RULES = (Rule("SCOPE-002", "nobody whom the mapping keeps out comes in", Severity.CRITICAL, ("B076",)),)


def nobody_came_in(oracle: Oracle, seen: Seen) -> None:
    """Look at every record that the connector made, and at everybody who is kept out."""
    made = _made(oracle)
    for meeting in oracle.every_meeting():
        source = Side.CRM if meeting.crm_before is not None else Side.MA
        reason = _reason(oracle, meeting, source)
        if reason is None or meeting.before(source.other) is not None or oracle.was_touched_meanwhile(meeting, source):
            continue  # who was let in or put out while the sync ran is judged by the next one
        seen.look("SCOPE-002")
        after = meeting.after(source.other)
        if after is not None:
            _report(oracle, seen, meeting.subject, meeting.object.object, source.other, reason, meeting.sync,
                    made.get((oracle.evidence.dialects[source.other].name, after.kind, after.id)))


def _reason(oracle: Oracle, meeting: Meeting, source: Side) -> str | None:
    """Return why the subject is kept out: every record of theirs is."""
    at_ms = oracle.evidence.before_syncs[meeting.sync - 1].at_ms
    rows = oracle.scope.all_before(meeting, source)
    reasons = [oracle.scope.kept_out(meeting.object, source, row, at_ms) for row in rows]
    return reasons[0] if reasons and all(reasons) else None


def _made(oracle: Oracle) -> dict[tuple[str, str, str], Change]:
    return {
        (e.system, e.kind, e.record_id): e
        for e in oracle.evidence.entries
        if isinstance(e, Change) and e.actor is Actor.CONNECTOR and e.before is None
    }


def _report(
    oracle: Oracle, seen: Seen, subject: str, kind: str, side: Side, reason: str, sync: int, change: Change | None
) -> None:
    label = oracle.identity.label(subject)
    exchange = oracle.ledger.exchange(change.exchange) if change else None
    where = f" by #{exchange.seq} {exchange.method} {exchange.path}" if exchange else ""
    seen.finding(
        "SCOPE-002", f"{label} must stay out ({reason}), but sync {sync} created a record in the {side.upper()}{where}.",
        system=str(side), kind=kind, person=label, expected=None, found="a record",
        classification="kept_out_came_in", caused_by=change.seq if change else None,
        record_id=change.record_id if change else None, sync=sync, requests=(exchange.seq,) if exchange else (),
    )
