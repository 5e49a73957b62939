"""Everybody who must be synchronised has a record on the other side after the sync."""

from __future__ import annotations

from ..mapping.grammar import Side
from ..model import Severity
from ..oracle.excuses import keeps_out
from ..oracle.fields import Oracle
from ..oracle.identity import row_at
from ..oracle.scope import Meeting
from . import Rule, Seen

RULES = (
    Rule("SCOPE-001", "everybody in scope arrives on the other side", Severity.MAJOR, ("B053", "B014", "B015", "B057", "B050", "B064", "B034", "B070", "B006", "B025", "B101",
         "B058", "B060", "B062", "B067")),
    Rule("SCOPE-004", "no record of a living person disappears", Severity.CRITICAL, ("B003", "B075", "B100")),
)


def everyone_arrived(oracle: Oracle, seen: Seen) -> None:
    """Look at each person with a record on one side only when a sync started, and at each who had both."""
    for sync, meetings in oracle.meetings.items():
        for meeting in meetings:
            if not meeting.crowded:
                _arrival(oracle, seen, meeting, sync)
    for meeting in oracle.every_meeting():
        _disappearance(oracle, seen, meeting)


def _arrival(oracle: Oracle, seen: Seen, meeting: Meeting, sync: int) -> None:
    target = oracle.must_arrive(meeting)
    if target is None:
        other = oracle.scope.address_taken(meeting) if meeting.ma_before is None else None
        if other is not None:
            label, whose = oracle.identity.label(meeting.subject), oracle.identity.label(other)
            seen.not_checked.append(f"{label}: the MA holds this address in the record of {whose}, and takes it once")
        return
    seen.look("SCOPE-001")
    if meeting.after(target) is None:
        label = oracle.identity.label(meeting.subject)
        refusal = oracle.refusals.excuses(sync, target, meeting.subject)
        # One bad value is no reason to keep the person out, unless it is one that the record cannot do without.
        if refusal is not None and keeps_out(oracle, meeting, target, refusal):
            seen.not_checked.append(f"{label}: refused by the {target.upper()} at #{refusal.seq}, and the connector said so")
            return
        seen.finding(
            "SCOPE-001",
            f"{label} is a {meeting.object.object} in the {target.other.upper()} and nobody keeps them out, but the "
            f"{target.upper()} has no record after sync {sync}.",
            system=str(target), kind=meeting.object.object, person=label, expected="a record", found=None,
            classification="missing_record", sync=sync,
        )


def _disappearance(oracle: Oracle, seen: Seen, meeting: Meeting) -> None:
    """Every single record must live on (or in the one it was merged into), also the second one of a person."""
    acts = oracle.acts_before(meeting.sync, meeting.subject)
    if any(a.kind in ("delete", "erase") for a in acts):
        return
    merges = [a for a in oracle.acts_during(meeting.sync) if a.kind == "merge"]
    merged_meanwhile = {(a.side, i) for a in merges for i in (a.record_id, *a.others)}
    gave_way = {(a.side, i) for a in merges if a.person != meeting.subject for i in a.others}
    at_ms = oracle.evidence.before_syncs[meeting.sync - 1].at_ms
    rows = [(side, row) for side in (Side.CRM, Side.MA) for row in oracle.scope.all_before(meeting, side)]
    if any((side, row.id) in gave_way for side, row in rows):
        return  # people merged it into another person's while the sync ran: who follows at once on the other side is right
    for side, row in rows:
        if meeting.object.object != "company" and oracle.scope.kept_out(meeting.object, side, row, at_ms):
            continue
        if meeting.before(side.other) is None and oracle.was_removed(meeting, side.other):
            continue
        if oracle.identity.person_of(side, row) != meeting.subject and meeting.object.object != "company":
            continue  # people merged its person into the subject: LIFE-001 says what becomes of the record
        if (side, row.id) in merged_meanwhile:
            continue  # people merged it while the sync ran: the next one is judged by what is left
        seen.look("SCOPE-004")
        if row_at(oracle.evidence.states[meeting.sync].on(side), row.kind, row.id) is None:
            label = oracle.identity.label(meeting.subject)
            seen.finding(
                "SCOPE-004", f"{label}: the record in the {side.upper()} is gone after sync {meeting.sync}, and no "
                "person deleted it.", system=str(side), kind=meeting.object.object, person=label, expected="a record",
                found=None, classification="deleted", record_id=row.id, sync=meeting.sync,
            )
