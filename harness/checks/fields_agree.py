"""Every mapped field of every person is, after every sync, what the mapping allows it to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from syncproof_mocks.journal import Exchange
from syncproof_mocks.schema import FieldType

from ..mapping.grammar import Direction, Side
from ..mapping.meaning import format_problem
from ..mapping.phones import phone_meaning
from ..model import Severity, Sides
from ..oracle.blame import shown
from ..oracle.classify import Damage, Wrong, classify
from ..oracle.excuses import excuse, is_of_values, is_too_long
from ..oracle.fields import Oracle
from ..oracle.judgement import Judgement
from . import Rule, Seen

RULES = (
    Rule("FIELD-001", "a change reaches the other side", Severity.MAJOR, ("B017", "B045", "B031", "B033", "B035", "B037", "B091", "B086", "B021", "B100",
         "B016", "B042", "B052", "B053", "B054", "B055", "B056", "B096", "B046", "B062", "B067", "B075", "B090")),
    Rule("FIELD-002", "when both sides changed, the mapping's winner wins", Severity.MAJOR, ("B044", "B043", "B091")),
    Rule("FIELD-003", "a blank never overwrites a value unless the mapping says so", Severity.MAJOR, ("B028", "B033")),
    Rule("FIELD-004", "a value that was cleared is cleared on the other side when the mapping says so", Severity.MAJOR, ("B029",)),
    Rule("FIELD-005", "every mapped value of a record arrives", Severity.MAJOR, ("B066", "B031", "B035", "B037")),
    Rule("FIELD-006", "a value keeps the format that the mapping declares", Severity.MINOR, ("B073", "B036", "B037")),
    Rule("FIELD-007", "text is not cut", Severity.MAJOR, ("B038", "B072")),
    Rule("FIELD-008", "characters survive: no entities, no lost diacritics", Severity.MAJOR, ("B071", "B072")),
    Rule("FIELD-009", "a date stays the same day, a moment the same moment", Severity.MAJOR, ("B039", "B040", "B041")),
    Rule("FIELD-010", "no record gets another person's value", Severity.CRITICAL, ("B007", "B005", "B006", "B087")),
    Rule("FIELD-011", "no field gets another field's value", Severity.MAJOR, ("B068",)),
    Rule("FIELD-012", "no value is invented", Severity.MAJOR, ("B030", "B033", "B099")),
    Rule("FIELD-013", "a side that is only read from is not written to", Severity.MAJOR, ("B044", "B069")),
    Rule("FIELD-014", "an edit made while a sync runs is not overwritten without a reason", Severity.MAJOR, ("B016", "B011")),
    Rule("FIELD-015", "a refused value takes nothing else of its record with it", Severity.MAJOR, ("B034", "B032", "B066")),
    Rule("FIELD-016", "a value is sent in a form that the system takes", Severity.MAJOR, ("B032", "B069", "B036", "B041", "B074", "B037")),
    Rule("FIELD-017", "a choice of several keeps each of them", Severity.MAJOR, ("B036", "B077")),
    Rule("FIELD-018", "a phone number can still be dialled", Severity.MAJOR, ("B073",)),
    Rule("FIELD-019", "a number keeps its value", Severity.MAJOR, ("B074", "B033", "B099")),
    Rule("FIELD-021", "a newer edit is not undone by what is known of an older one", Severity.MAJOR, ("B085",)),
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
    Damage.OVERWRITTEN: "FIELD-014",
    Damage.LOST_WITH_ANOTHER: "FIELD-015",
    Damage.WRONG_FORM: "FIELD-016",
    Damage.CHOICE_LOST: "FIELD-017",
    Damage.PHONE_CHANGED: "FIELD-018",
    Damage.NUMBER_CHANGED: "FIELD-019",
    Damage.OLDER: "FIELD-021",
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
    Damage.OLDER: "the value of an older edit came back",
    Damage.WRONG_DIRECTION: "the side that is only read from was written to",
    Damage.OVERWRITTEN: "an edit made while the sync ran was overwritten without a reason",
    Damage.LOST_WITH_ANOTHER: "another value of the record was refused, and this one was left out with it",
    Damage.WRONG_FORM: "it was refused for the form in which it was sent, not for what it says",
    Damage.CHOICE_LOST: "some of the chosen values are gone",
    Damage.PHONE_CHANGED: "the phone number is another one",
    Damage.NUMBER_CHANGED: "the number is another one",
}


def fields_agree(oracle: Oracle, seen: Seen) -> None:
    """Compare each judgement of the oracle; classify, blame and tell the story of what nothing explains."""
    looked: Counter[_Sort] = Counter()
    owned_up = {sync for sync in oracle.meetings if oracle.refusals.is_owned_up(sync)}
    for judgement in oracle.judgements:
        looked[_sort_of(judgement)] += 1
        if judgement.meeting.sync in owned_up:
            _look_at_company_of_refused(oracle, judgement, seen)
        if judgement.allowed.left_open:
            seen.left_open.append(f"{judgement.rule.name}: {judgement.allowed.left_open}")
        if not judgement.is_ok:
            for side, expected, found in judgement.wrong_sides():
                _wrong(oracle, seen, judgement, side, expected, found)
        else:
            _formats(oracle, seen, judgement)
    for sort, facts in looked.items():
        for rule in _rules_at(sort):
            seen.look(rule, facts)
    for subject in dict.fromkeys(oracle.crowded):
        seen.not_checked.append(f"fields of {oracle.identity.label(subject)}: several records of one person on one side")
    last = len(oracle.evidence.syncs)
    if last and oracle.scope.is_broken(last):
        seen.unproved = f"a fault broke sync {last} and no sync came after it: what it left behind was not judged"


def _wrong(oracle: Oracle, seen: Seen, j: Judgement, side: Side, expected: object, found: object) -> None:
    """Report a side that holds what nothing explains, unless it was refused or left out, and the connector said so."""
    # A refusal explains what did not arrive, never what was written all the same.
    stayed = found == j.situation.now[0 if side is Side.CRM else 1]
    why = excuse(oracle, j, side, expected) if stayed else None
    if isinstance(why, Exchange):
        told = f"refused by the {side.upper()} at #{why.seq}, and the connector said so"
    elif stayed and why is None and _is_left_out(oracle, j, expected):
        told = f"{j.rule.field_on(side.other)} is longer than the mapping lets through, and the connector said so"
    else:
        _report(oracle, seen, j, side, expected, found, why)
        return
    seen.not_checked.append(f"{oracle.identity.label(j.meeting.subject)}: {told}")


# What can go wrong with values of a type only.
_OF_TYPE: dict[str, tuple[str, ...]] = {
    "multi-picklist": ("FIELD-016", "FIELD-017"), "phone": ("FIELD-018",), "number": ("FIELD-016", "FIELD-019"),
    **dict.fromkeys(("boolean", "picklist", "date", "datetime", "country", "email", "reference"), ("FIELD-016",)),
}


class _Sort(NamedTuple):
    """What decides which rules a judgement could have violated."""

    crm_changed: bool
    ma_changed: bool
    is_new: bool
    has_blank: bool
    has_text: bool
    has_acts: bool
    was_edited: bool
    kind: str
    direction: str


def _sort_of(judgement: Judgement) -> _Sort:
    """Return the sort of a judgement; asked for every field of everybody, so the rules are worked out once per sort."""
    situation, observed = judgement.situation, judgement.observed
    return _Sort(
        situation.crm_changed, situation.ma_changed, judgement.meeting.created_on is not None,
        None in situation.now, isinstance(observed[0], str) or isinstance(observed[1], str), len(judgement.acts) > 1,
        judgement.was_edited_meanwhile, judgement.rule.type.value, judgement.rule.direction.value,
    )  # fmt: skip


def _rules_at(sort: _Sort) -> Iterator[str]:
    """Yield the rules that judgements of a sort could have violated."""
    is_news = sort.crm_changed or sort.ma_changed
    if is_news:
        yield "FIELD-002" if sort.crm_changed and sort.ma_changed else "FIELD-001"
    elif sort.is_new:
        yield "FIELD-005"
    yield "FIELD-012"
    yield from _OF_TYPE.get(sort.kind, ())
    if sort.has_blank:
        yield "FIELD-003"
    if sort.has_blank and is_news:
        yield "FIELD-004"
    if sort.has_text:
        yield from ("FIELD-006", "FIELD-007", "FIELD-008", "FIELD-010", "FIELD-011")
    if sort.has_text and sort.kind in (FieldType.DATE, FieldType.DATETIME):
        yield "FIELD-009"
    if sort.direction != Direction.BOTH:
        yield "FIELD-013"
    if sort.has_acts:
        yield "FIELD-021"
    if sort.was_edited:
        yield "FIELD-014"


def _look_at_company_of_refused(oracle: Oracle, judgement: Judgement, seen: Seen) -> None:
    """Count the fields of a record of which a value was refused, and reported: they must not be lost along with it."""
    meeting = judgement.meeting
    refusals = (oracle.refusals.excuses(meeting.sync, side, meeting.subject) for side in (Side.CRM, Side.MA))
    seen.look("FIELD-015", int(any(refusal is not None and is_of_values(refusal) for refusal in refusals)))


def _is_left_out(oracle: Oracle, j: Judgement, expected: object) -> bool:
    """Tell whether a value too long for the mapping was left out by a connector that did not claim success."""
    sync = oracle.evidence.syncs[j.meeting.sync - 1]
    said_so = sync.ended == "exited" and sync.exit_code not in oracle.evidence.success_exit_codes
    return said_so and is_too_long(j.rule, expected)


def _report(oracle: Oracle, seen: Seen, j: Judgement, side: Side, expected: object, found: object, known: Damage | None) -> None:
    m, rule = j.meeting, j.rule
    at = 0 if side is Side.CRM else 1
    read_only = (rule.direction is Direction.CRM_TO_MA and side is Side.CRM) or (
        rule.direction is Direction.MA_TO_CRM and side is Side.MA
    ) or rule.direction is Direction.NONE
    wrong = Wrong(
        expected, found, j.situation.now[at], j.situation.now[1 - at],
        j.situation.crm_changed and j.situation.ma_changed, read_only, m.subject, (rule.crm, rule.ma),
    )
    damage = known or (Damage.OVERWRITTEN if j.is_overwritten(side, expected) else classify(wrong, oracle.identity.trace))
    if damage is Damage.INVENTED and _is_older(j, found):
        damage = Damage.OLDER
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
        story=(*_whose(oracle, damage, found), *_story(j, side, blame.request, blame.read_request)),
        requests=tuple(r for r in (blame.read_at, _exchange_of(oracle, blame.written_by)) if r is not None),
    )


def _whose(oracle: Oracle, damage: Damage, found: object) -> tuple[str, ...]:
    """Tell to whom a value belongs that stands in somebody else's record."""
    if damage is not Damage.ANOTHER_PERSON:
        return ()
    owners = dict.fromkeys(oracle.identity.label(owner) for owner, _ in oracle.identity.trace.whose(found))
    return (f"{_say(found)} belongs to {' and '.join(list(owners)[:3])}.",)


def _is_older(j: Judgement, found: object) -> bool:
    """Tell whether people themselves had entered this value since the last sync, before they entered another one."""
    return isinstance(found, str) and found in [a.value for a in j.acts[:-1]]


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
    if rule.type is not FieldType.PHONE and rule.format.crm is None and rule.format.ma is None:
        return
    for side in (Side.CRM, Side.MA):
        before, after = m.before(side), m.after(side)
        if after is None or (before is not None and before.values.get(rule.field_on(side)) == after.values.get(rule.field_on(side))):
            continue
        raw = after.values.get(rule.field_on(side))
        if _is_undialable(j, side, raw):
            _report(oracle, seen, j, side, phone_meaning(str(raw)), raw, Damage.PHONE_CHANGED)
        problem = format_problem(rule, side, raw)
        if problem:
            label = oracle.identity.label(m.subject)
            blame = oracle.ledger.blame(side, after, rule.field_on(side), oracle.evidence.states[m.sync].seq, m.after(side.other), rule)
            seen.finding(
                "FIELD-006", f"{label}: {rule.field_on(side)} in the {side.upper()}: {problem}.", system=str(side),
                kind=m.object.object, person=label, field=rule.field_on(side), expected=rule.format.crm if side is Side.CRM else rule.format.ma,
                found=shown(after.values.get(rule.field_on(side))), classification=str(Damage.FORMAT_CHANGED),
                caused_by=blame.written_by, record_id=after.id, sync=m.sync, blame=blame,
            )


def _is_undialable(j: Judgement, side: Side, raw: object) -> bool:
    """Tell whether this sync wrote a number that means the right one only to who guesses: no plus, or a zero too many.

    What people wrote in the same way on the other side is carried as it is, and is no damage of the connector.
    """
    source = j.meeting.after(side.other)
    if j.rule.type is not FieldType.PHONE or not isinstance(raw, str) or source is None:
        return False
    told = source.values.get(j.rule.field_on(side.other))
    wanted = phone_meaning(raw).partition(";")[0]
    if told is None or wanted[:1] != "+" or (_dialled(told) == _dialled(raw) and ("+" in raw or "+" not in str(told))):
        return False
    return _dialled(raw).removeprefix("00" if raw.strip()[:1] != "+" else "") != wanted[1:] or raw.strip()[:1] not in "+0"


def _dialled(raw: object) -> str:
    """Return the digits of a number without the trunk zero that is written in brackets; an extension ends them."""
    return "".join(c for c in str(raw).replace("(0)", "").casefold().partition("x")[0] if c.isdigit())


def _say(value: object) -> str:
    if value is None:
        return "blank"
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(map(str, value))) + "}"
    return f"`{value}`"
