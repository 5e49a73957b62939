"""Owners correspond, and nobody's record is handed to somebody else."""

from __future__ import annotations

from ..mapping.grammar import Direction, OwnerRule, Side
from ..model import Severity
from ..oracle.fields import Oracle
from ..oracle.scope import Meeting
from . import Rule, Seen

RULES = (Rule("LINK-001", "each record belongs to the owner the mapping says", Severity.MAJOR, ("B063",)),)


def owners_right(oracle: Oracle, seen: Seen) -> None:
    """Compare owners by e-mail address after each sync; the reading side's owner is expected, inactive ones left open."""
    for meetings in oracle.meetings.values():
        for meeting in meetings:
            rule = meeting.object.owner
            if rule is None or meeting.crowded or rule.direction is Direction.NONE:
                continue
            source = Side.MA if rule.direction is Direction.MA_TO_CRM else Side.CRM
            row = meeting.before(source)
            if row is None or meeting.after(source.other) is None:
                continue
            if oracle.scope.kept_out(meeting.object, source, row, oracle.evidence.before_syncs[meeting.sync - 1].at_ms):
                continue
            _compare(oracle, seen, meeting, rule, source)


def _compare(oracle: Oracle, seen: Seen, meeting: Meeting, rule: OwnerRule, source: Side) -> None:
    own, other = oracle.evidence.dialects[source], oracle.evidence.dialects[source.other]
    owners = oracle.evidence.states[meeting.sync]
    before, after, there = meeting.before(source), meeting.after(source), meeting.after(source.other)
    assert before is not None
    assert there is not None
    names = (rule.crm, rule.ma) if source is Side.CRM else (rule.ma, rule.crm)
    wanted = own.owner_email(owners.on(source), before.values.get(names[0]))
    found = other.owner_email(owners.on(source.other), there.values.get(names[1]))
    kept = own.owner_email(owners.on(source), after.values.get(names[0])) if after is not None else wanted
    seen.look("LINK-001")
    label = oracle.identity.label(meeting.subject)
    there_before = meeting.before(source.other)
    held = other.owner_email(owners.on(source.other), there_before.values.get(names[1])) if there_before is not None else None
    if rule.direction is Direction.BOTH and held is not None and kept == found == held:
        return  # the mapping does not say who wins
    if kept != wanted:
        _report(seen, meeting, label, source, names[0], wanted, kept)
    if found == held != wanted and _was_handed_over(oracle, meeting, source, names):
        seen.left_open.append(f"{meeting.object.object}: whether an owner changed on the reading side is put back (`owner`)")
        return
    if wanted is not None and found != wanted and other.has_active_owner(owners.on(source.other), wanted):
        refusal = oracle.refusals.excuses(meeting.sync, source.other, meeting.subject) if found == held else None
        if refusal is not None:
            seen.not_checked.append(f"{label}: the {source.other.upper()} refused the record at #{refusal.seq}, the new owner with it, and the connector said so")
            return
        _report(seen, meeting, label, source.other, names[1], wanted, found)


def _was_handed_over(oracle: Oracle, meeting: Meeting, source: Side, names: tuple[str, str]) -> bool:
    """Tell whether the last change of owners between syncs was one on the reading side only; what is left open stays so."""
    at: Meeting | None = meeting
    while at is not None:
        pairs = {Side.CRM: (at.crm_base, at.crm_before), Side.MA: (at.ma_base, at.ma_before)}
        (own_base, own), (other_base, other) = pairs[source], pairs[source.other]
        if own_base is None or own is None or other_base is None or other is None:
            return False
        was, now = ((a.values.get(names[0]), b.values.get(names[1])) for a, b in ((own_base, other_base), (own, other)))
        if was != now:
            return was[0] == now[0]
        at = oracle.earlier(at)
    return False


def _report(seen: Seen, meeting: Meeting, label: str, side: Side, field: str, wanted: object, found: object) -> None:
    row = meeting.after(side)
    seen.finding(
        "LINK-001", f"{label}: the owner in the {side.upper()} is {found or 'nobody'}, expected {wanted or 'nobody'}.",
        system=str(side), kind=meeting.object.object, person=label, field=field, expected=wanted, found=found,
        classification="wrong_owner", record_id=row.id if row else None, sync=meeting.sync,
    )
