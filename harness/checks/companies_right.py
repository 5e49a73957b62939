"""People hang on the right company: the one the mapping's master says."""

from __future__ import annotations

from syncproof_mocks.journal import Row

from ..evidence import State
from ..mapping.grammar import CompanyRule, Direction, MatchKey, ObjectMapping, Side
from ..model import Severity, Sides
from ..oracle.fields import Oracle
from ..oracle.scope import Meeting
from . import Rule, Seen

RULES = (Rule("LINK-002", "each person hangs on the company the mapping says", Severity.MAJOR, ("B064", "B065", "B022", "B027")),)


def companies_right(oracle: Oracle, seen: Seen) -> None:
    """Compare companies by the mapping's key after each sync, for people who are on both sides."""
    for meetings in oracle.meetings.values():
        for meeting in meetings:
            rule = meeting.object.company
            if rule is None or meeting.crowded or rule.direction in (Direction.NONE, Direction.BOTH):
                continue
            source = Side.MA if rule.direction is Direction.MA_TO_CRM else Side.CRM
            if meeting.before(source) is None or meeting.after(source) is None or meeting.after(source.other) is None:
                continue
            at_ms = oracle.evidence.before_syncs[meeting.sync - 1].at_ms
            rows = [(s, row) for s in Side if (row := meeting.before(s)) is not None]
            if not any(oracle.scope.kept_out(meeting.object, s, row, at_ms) for s, row in rows):
                _compare(oracle, seen, meeting, rule, source)


def _compare(oracle: Oracle, seen: Seen, meeting: Meeting, rule: CompanyRule, source: Side) -> None:
    before, after = oracle.evidence.before_syncs[meeting.sync - 1], oracle.evidence.states[meeting.sync]
    target = source.other
    wanted = _company(oracle, rule.match, before, source, meeting.before(source))
    kept = _company(oracle, rule.match, after, source, meeting.after(source))
    held = _company(oracle, rule.match, before, target, meeting.before(target))
    found = _company(oracle, rule.match, after, target, meeting.after(target))
    seen.look("LINK-002")
    sides = (wanted, held, kept, found) if source is Side.CRM else (held, wanted, found, kept)
    told = Sides(*sides)
    if kept != wanted:
        _report(oracle, seen, meeting, source, wanted, kept, told)
    if found == wanted or not _is_there(oracle, rule.match, after, target, wanted):
        return
    if wanted is None:
        # Nobody says whether a company that was taken away goes there too; but none may come out of nowhere.
        if found is not None and found != held:
            _report(oracle, seen, meeting, target, wanted, found, told)
    elif found == held and _was_moved(oracle, meeting, rule, source):
        seen.left_open.append(f"{meeting.object.object}: whether a company changed on the reading side is put back (`company`)")
    elif (refusal := oracle.refusals.excuses(meeting.sync, target, meeting.subject)) is not None and found == held:
        label = oracle.identity.label(meeting.subject)
        seen.not_checked.append(f"{label}: refused by the {target.upper()} at #{refusal.seq}, and the connector said so")
    else:
        _report(oracle, seen, meeting, target, wanted, found, told)


def _company(oracle: Oracle, key: MatchKey, state: State, side: Side, row: Row | None) -> str | None:
    """Return the key value of the company that a person's record hangs on, or None."""
    dialect, snapshot = oracle.evidence.dialects[side], state.on(side)
    company_id = dialect.company_of(snapshot, row) if row is not None else None
    obj = oracle.evidence.mapping.of("company")
    company = snapshot.get(obj.kind_on(side), company_id) if obj is not None and company_id is not None else None
    if company is None or company.deleted:
        return None
    value = company.values.get(key.crm if side is Side.CRM else key.ma)
    return str(value).strip().casefold() if value else f"{company.kind} {company.id}"


def _is_there(oracle: Oracle, key: MatchKey, state: State, side: Side, wanted: str | None) -> bool:
    """Tell whether the wanted company has a record there: one that is kept out, or was refused, cannot be hung on."""
    obj: ObjectMapping | None = oracle.evidence.mapping.of("company")
    if wanted is None or obj is None:
        return wanted is None
    name = key.crm if side is Side.CRM else key.ma
    rows = state.on(side).rows(obj.kind_on(side))
    return any(str(row.values.get(name) or "").strip().casefold() == wanted for row in rows)


def _was_moved(oracle: Oracle, meeting: Meeting, rule: CompanyRule, source: Side) -> bool:
    """Tell whether the last change of company between syncs was one on the reading side only; what is left open stays so."""
    at: Meeting | None = meeting
    while at is not None and (last := oracle.scope.last_good(at.sync)):
        base, before = oracle.evidence.states[last], oracle.evidence.before_syncs[at.sync - 1]
        rows = {Side.CRM: (at.crm_base, at.crm_before), Side.MA: (at.ma_base, at.ma_before)}
        was = {s: _company(oracle, rule.match, base, s, row) for s, (row, _) in rows.items()}
        now = {s: _company(oracle, rule.match, before, s, row) for s, (_, row) in rows.items()}
        if was != now:
            return was[source] == now[source]
        at = oracle.earlier(at)
    return False


def _report(
    oracle: Oracle, seen: Seen, meeting: Meeting, side: Side, wanted: str | None, found: str | None, sides: Sides
) -> None:
    row, rule = meeting.after(side), meeting.object.company
    assert row is not None
    assert rule is not None
    label = oracle.identity.label(meeting.subject)
    seen.finding(
        "LINK-002", f"{label}: the company in the {side.upper()} is {found or 'none'}, expected {wanted or 'none'} after "
        f"sync {meeting.sync}.", system=str(side), kind=meeting.object.object, person=label,
        field=rule.crm if side is Side.CRM else rule.ma, expected=wanted, found=found, classification="wrong_company",
        record_id=row.id, sync=meeting.sync, sides=sides,
    )
