"""Every mapped field of every person is, after every sync, what the mapping allows it to be."""

from __future__ import annotations

from ..mapping.grammar import Direction, Side
from ..mapping.meaning import format_problem
from ..model import Severity, Sides
from ..oracle.blame import shown
from ..oracle.classify import Damage, Wrong, classify
from ..oracle.fields import Judgement, Oracle
from . import Rule, Seen

RULES = (
    Rule("FIELD-001", "a change reaches the other side", Severity.MAJOR, ("B017", "B045")),
    Rule("FIELD-002", "when both sides changed, the mapping's winner wins", Severity.MAJOR, ("B044", "B043")),
    Rule("FIELD-003", "a blank never overwrites a value unless the mapping says so", Severity.MAJOR, ("B028",)),
    Rule("FIELD-004", "a value that was cleared is cleared on the other side when the mapping says so", Severity.MAJOR, ("B029",)),
    Rule("FIELD-005", "every mapped value of a record arrives", Severity.MAJOR, ("B066", "B031", "B035")),
    Rule("FIELD-006", "a value keeps the format that the mapping declares", Severity.MINOR, ("B073", "B036")),
    Rule("FIELD-007", "text is not cut", Severity.MAJOR, ("B038",)),
    Rule("FIELD-008", "characters survive: no entities, no lost diacritics", Severity.MAJOR, ("B071", "B072")),
    Rule("FIELD-009", "a date stays the same day", Severity.MAJOR, ("B039", "B040", "B041")),
    Rule("FIELD-010", "no record gets another person's value", Severity.CRITICAL, ("B007", "B005")),
    Rule("FIELD-011", "no field gets another field's value", Severity.MAJOR, ("B068",)),
    Rule("FIELD-012", "no value is invented", Severity.MAJOR, ("B030", "B033")),
    Rule("FIELD-013", "a side that is only read from is not written to", Severity.MAJOR, ("B044", "B069")),
)

_RULE_OF = {
    Damage.LOST_UPDATE: "FIELD-001",
    Damage.WRONG_WINNER: "FIELD-002",
    Damage.BLANK_OVERWROTE: "FIELD-003",
    Damage.NOT_CLEARED: "FIELD-004",
    Damage.DROPPED: "FIELD-005",
    Damage.FORMAT_CHANGED: "FIELD-006",
    Damage.TRUNCATED: "FIELD-007",
    Damage.MANGLED: "FIELD-008",
    Damage.SHIFTED_DATE: "FIELD-009",
    Damage.ANOTHER_PERSON: "FIELD-010",
    Damage.ANOTHER_FIELD: "FIELD-011",
    Damage.INVENTED: "FIELD-012",
    Damage.WRONG_DIRECTION: "FIELD-013",
}

_WORDS = {
    Damage.LOST_UPDATE: "the change never arrived",
    Damage.WRONG_WINNER: "the wrong side won",
    Damage.BLANK_OVERWROTE: "a blank overwrote the value",
    Damage.NOT_CLEARED: "the value was not cleared",
    Damage.DROPPED: "the value never arrived",
    Damage.FORMAT_CHANGED: "the format was changed",
    Damage.TRUNCATED: "the value was cut",
    Damage.MANGLED: "the characters were mangled",
    Damage.SHIFTED_DATE: "the date was shifted",
    Damage.ANOTHER_PERSON: "it holds another person's value",
    Damage.ANOTHER_FIELD: "it holds another field's value",
    Damage.INVENTED: "the value was invented",
    Damage.WRONG_DIRECTION: "the side that is only read from was written to",
}


def fields_agree(oracle: Oracle, seen: Seen) -> None:
    """Compare each judgement of the oracle; classify, blame and tell the story of what nothing explains."""
    for judgement in oracle.judgements:
        _look(judgement, seen)
        if judgement.allowed.left_open:
            seen.left_open.append(f"{judgement.rule.name}: {judgement.allowed.left_open}")
        if not judgement.is_ok:
            for side, expected, found in judgement.wrong_sides():
                refusal = oracle.refusals.excuses(judgement.meeting.sync, side, judgement.meeting.subject)
                # A refusal explains what did not arrive, never what was written all the same.
                if refusal is not None and found == judgement.situation.now[0 if side is Side.CRM else 1]:
                    label = oracle.identity.label(judgement.meeting.subject)
                    seen.not_checked.append(f"{label}: refused by the {side.upper()} at #{refusal.seq}, and the connector said so")
                    continue
                _report(oracle, seen, judgement, side, expected, found)
        else:
            _formats(oracle, seen, judgement)
    for subject in dict.fromkeys(oracle.crowded):
        seen.not_checked.append(f"fields of {oracle.identity.label(subject)}: several records of one person on one side")
    last = len(oracle.evidence.syncs)
    if last and oracle.scope.is_broken(last):
        seen.unproved = f"a fault broke sync {last} and no sync came after it: what it left behind was not judged"


def _look(judgement: Judgement, seen: Seen) -> None:
    """Count under the rules that this judgement could have violated."""
    situation = judgement.situation
    if situation.crm_changed and situation.ma_changed:
        seen.look("FIELD-002")
    elif situation.crm_changed or situation.ma_changed:
        seen.look("FIELD-001")
    elif judgement.meeting.created_on is not None:
        seen.look("FIELD-005")
    if None in situation.now:
        seen.look("FIELD-003")
        if situation.base is not None and situation.base != situation.now:
            seen.look("FIELD-004")
    if isinstance(judgement.observed[0], str) or isinstance(judgement.observed[1], str):
        for rule in ("FIELD-006", "FIELD-007", "FIELD-008", "FIELD-010", "FIELD-011"):
            seen.look(rule)
        if judgement.rule.type.value in ("date", "datetime"):
            seen.look("FIELD-009")
    seen.look("FIELD-012")
    if judgement.rule.direction is not Direction.BOTH:
        seen.look("FIELD-013")


def _report(oracle: Oracle, seen: Seen, j: Judgement, side: Side, expected: object, found: object) -> None:
    m, rule = j.meeting, j.rule
    at = 0 if side is Side.CRM else 1
    read_only = (rule.direction is Direction.CRM_TO_MA and side is Side.CRM) or (
        rule.direction is Direction.MA_TO_CRM and side is Side.MA
    ) or rule.direction is Direction.NONE
    wrong = Wrong(
        expected, found, j.situation.now[at], j.situation.now[1 - at],
        j.situation.crm_changed and j.situation.ma_changed, read_only, m.subject, (rule.crm, rule.ma),
    )
    damage = classify(wrong, oracle.identity.trace)
    row, other = m.after(side), m.after(side.other)
    assert row is not None
    end = oracle.evidence.states[m.sync].seq
    blame = oracle.ledger.blame(side, row, rule.field_on(side), end, other, rule)
    now, after = j.situation.now, j.observed
    label = oracle.identity.label(m.subject)
    seen.finding(
        _RULE_OF[damage],
        f"{label}: {rule.field_on(side)} in the {side.upper()} is {_say(found)}, expected {_say(expected)}: "
        f"{_WORDS[damage]} ({j.allowed.reason}).",
        system=str(side), kind=m.object.object, person=label, field=rule.field_on(side),
        expected=shown(expected), found=shown(found), classification=str(damage),
        caused_by=blame.written_by, record_id=row.id, sync=m.sync,
        sides=Sides(shown(now[0]), shown(now[1]), shown(after[0]), shown(after[1])), blame=blame,
        story=_story(j, side, blame.request, blame.read_request),
        requests=tuple(r for r in (blame.read_at, _exchange_of(oracle, blame.written_by)) if r is not None),
    )


def _exchange_of(oracle: Oracle, change_seq: int | None) -> int | None:
    if change_seq is None:
        return None
    return getattr(oracle.evidence.entries[change_seq], "exchange", None)


def _story(j: Judgement, side: Side, request: str | None, read: str | None) -> tuple[str, ...]:
    lines = [f"In sync {j.meeting.sync} {j.rule.name} stood at {_say(j.situation.now[0])} in the CRM "
             f"and {_say(j.situation.now[1])} in the MA."]
    lines += [f"A person set {a.field} in the {a.side.upper()} from {_say(a.old)} to {_say(a.value)}." for a in j.acts]
    if read:
        lines.append(f"The connector read this value in {read}.")
    if request:
        lines.append(f"The value in the {side.upper()} was written by {request}.")
    else:
        lines.append(f"No request wrote {j.rule.field_on(side)} in the {side.upper()}.")
    lines.append(f"The mapping says: {j.allowed.reason}.")
    return tuple(lines)


def _formats(oracle: Oracle, seen: Seen, j: Judgement) -> None:
    """The meaning is right; the representation must be the declared one wherever this sync wrote it."""
    m, rule = j.meeting, j.rule
    for side in (Side.CRM, Side.MA):
        before, after = m.before(side), m.after(side)
        if after is None or (before is not None and before.values.get(rule.field_on(side)) == after.values.get(rule.field_on(side))):
            continue
        problem = format_problem(rule, side, after.values.get(rule.field_on(side)))
        if problem:
            label = oracle.identity.label(m.subject)
            blame = oracle.ledger.blame(side, after, rule.field_on(side), oracle.evidence.states[m.sync].seq, m.after(side.other), rule)
            seen.finding(
                "FIELD-006", f"{label}: {rule.field_on(side)} in the {side.upper()}: {problem}.", system=str(side),
                kind=m.object.object, person=label, field=rule.field_on(side), expected=rule.format.crm if side is Side.CRM else rule.format.ma,
                found=shown(after.values.get(rule.field_on(side))), classification=str(Damage.FORMAT_CHANGED),
                caused_by=blame.written_by, record_id=after.id, sync=m.sync, blame=blame,
            )


def _say(value: object) -> str:
    if value is None:
        return "blank"
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(map(str, value))) + "}"
    return f"`{value}`"
