"""Whether a refusal was the fault of the data, or of the form in which a connector sent it.

A vendor that refuses one value refuses the whole record with it; what else belongs to the record can be sent without it.
So a refusal of a value excuses that value only: one which the system would not take in its right form either.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from syncproof_mocks.journal import Exchange
from syncproof_mocks.schema import FieldInfo, FieldType

from ..mapping.grammar import Direction, FieldRule, ObjectMapping, Side
from ..mapping.meaning import stored
from ..mapping.moments import is_iso_date, is_iso_moment
from .classify import Damage
from .fields import Oracle, value_of
from .judgement import Judgement
from .scope import Meeting

# The vendors' words for "this value is not one I take" and "this field is not one you may write"; all other refusals
# (locks, limits, duplicates, rules of the org) are about the record as a whole.
_OF_VALUES = frozenset({
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "STRING_TOO_LONG", "INVALID_TYPE_ON_FIELD_IN_RECORD", "JSON_PARSER_ERROR",
    "NUMBER_OUTSIDE_VALID_RANGE", "INVALID_FIELD_FOR_INSERT_UPDATE", "INVALID_FIELD", "INVALID_EMAIL_ADDRESS",
    "INVALID_OPTION", "INVALID_LONG", "INVALID_INTEGER", "INVALID_DATE", "INVALID_EMAIL", "PROPERTY_VALUE_TOO_LONG",
    "PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE",
})  # fmt: skip
_MOST = Decimal(10) ** 12
"""Numbers from here on may be more than a field holds: vendors do not tell the digits of every number."""


def excuse(oracle: Oracle, j: Judgement, side: Side, expected: Any) -> Exchange | Damage | None:
    """Return why a value did not get to ``side``: the refusal that excuses it, or what the connector did wrong, or None.

    To be asked only where the side holds what it held before. `Damage.LOST_WITH_ANOTHER`: another value of the record was
    refused, this one would have been taken. `Damage.WRONG_FORM`: no value of the record needed to be refused.
    """
    meeting = j.meeting
    refusal = oracle.refusals.excuses(meeting.sync, side, meeting.subject)
    if refusal is None or not is_of_values(refusal) or _had_fault(oracle, refusal):
        return refusal
    if is_refused(oracle, meeting.object, j.rule, side, expected, refusal):
        return refusal
    return Damage.LOST_WITH_ANOTHER if any(_refused_fields(oracle, meeting, side, refusal)) else Damage.WRONG_FORM


def keeps_out(oracle: Oracle, meeting: Meeting, side: Side, refusal: Exchange) -> bool:
    """Tell whether a refusal explains that a record was not made on ``side``: it could not be made without what was refused."""
    if not is_of_values(refusal) or _had_fault(oracle, refusal):
        return True
    obj = meeting.object
    schema = oracle.evidence.dialects[side].schema(obj.kind_on(side))
    keys = {key.crm if side is Side.CRM else key.ma for key in obj.match}
    return any(
        name in keys or (name in schema and schema[name].required) for name in _refused_fields(oracle, meeting, side, refusal)
    )


def is_of_values(refusal: Exchange) -> bool:
    """Tell whether a request was refused for values or fields of its records, and for nothing else."""
    return bool(refusal.refused) and all(code in _OF_VALUES for _, code, _ in refusal.refused)


def is_too_long(rule: FieldRule, value: Any) -> bool:
    """Tell whether the mapping itself does not let a value through whole."""
    return rule.max_length is not None and isinstance(value, str) and len(value) > rule.max_length


def holds_too_much(oracle: Oracle, sync: int) -> bool:
    """Tell whether somebody holds a value that the mapping does not let through: an honest connector complains of it."""
    for meeting in oracle.meetings.get(sync, ()):
        for rule in meeting.object.fields:
            for side in _written(rule) if rule.max_length is not None and rule.consent is None else ():
                row = meeting.before(side.other)
                if row is not None and is_too_long(rule, value_of(rule, side.other, row)):
                    return True
    return False


def _had_fault(oracle: Oracle, refusal: Exchange) -> bool:
    """Tell whether a fault struck in the sync of a refusal, which may be an earlier one than the sync that it excuses."""
    summary = next((s for s in oracle.evidence.syncs if s.start_seq <= refusal.seq < s.end_seq), None)
    window = oracle.evidence.entries[summary.start_seq : summary.end_seq] if summary is not None else ()
    return any(isinstance(e, Exchange) and e.fault for e in window)


def _refused_fields(oracle: Oracle, meeting: Meeting, side: Side, refusal: Exchange) -> list[str]:
    """Return the fields of ``side`` whose values, on their way there, the system would not take in any form."""
    row = meeting.before(side.other)
    found = []
    for rule in meeting.object.fields if row is not None else ():
        if rule.consent is None and side in _written(rule):
            assert row is not None
            if is_refused(oracle, meeting.object, rule, side, value_of(rule, side.other, row), refusal):
                found.append(rule.field_on(side))
    return found


def is_refused(oracle: Oracle, obj: ObjectMapping, rule: FieldRule, side: Side, value: Any, refusal: Exchange) -> bool:
    """Tell whether ``side`` refuses a neutral value in its right form, by its schema or by the words of the refusal."""
    dialect = oracle.evidence.dialects[side]
    name = rule.field_on(side)
    if side not in _written(rule):
        return False
    if not fits(rule, side, value, dialect.schema(obj.kind_on(side)).get(name), dialect.name):
        return True
    if rule.type is FieldType.EMAIL:
        return any("EMAIL" in code for _, code, _ in refusal.refused)  # what an address is, the vendor alone can judge
    said = [text for _, _, text in refusal.refused]
    if any(_names(text, name) for text in said):
        return any("FIELD" in code or "PROPERTY" in code or "READ_ONLY" in code for _, code, _ in refusal.refused)
    # Lists may have been others when it was refused: what was refused in its right form was refused for good.
    raw = stored(rule, side, value, dialect.name)
    return rule.type in _LISTS and raw is not None and any(part in text for part in str(raw).split(";") for text in map(_value_in, said))


def fits(rule: FieldRule, side: Side, value: Any, info: FieldInfo | None, vendor: str) -> bool:
    """Tell whether a field takes a neutral value in its right form, as far as its schema tells."""
    if info is None or not info.updateable:
        return False
    if value is None:
        return not info.required
    if not _has_type(rule, value):
        return False
    raw = stored(rule, side, value, vendor)
    if info.max_length is not None and isinstance(raw, str) and rule.type not in _LISTS and len(raw) > info.max_length:
        return False
    if info.restricted and info.options:
        allowed = {o.value for o in info.options if o.active}
        return all(part in allowed for part in str(raw).split(";"))
    return True


_LISTS = frozenset({FieldType.PICKLIST, FieldType.MULTI_PICKLIST})


def _has_type(rule: FieldRule, value: Any) -> bool:
    """Tell whether a value is what its type says; one that is not means its own text (see `mapping.meaning`)."""
    if rule.type is FieldType.NUMBER:
        return isinstance(value, Decimal) and abs(value) < _MOST
    if rule.type is FieldType.BOOLEAN:
        return isinstance(value, bool)
    if rule.type is FieldType.DATE:
        return is_iso_date(value)
    return is_iso_moment(value) if rule.type is FieldType.DATETIME else True


def _written(rule: FieldRule) -> tuple[Side, ...]:
    if rule.direction is Direction.BOTH:
        return (Side.CRM, Side.MA)
    return {Direction.CRM_TO_MA: (Side.MA,), Direction.MA_TO_CRM: (Side.CRM,)}.get(rule.direction, ())


def _names(text: str, field: str) -> bool:
    return field in text.replace(",", " ").replace('"', " ").replace("'", " ").replace(".", " ").split()


def _value_in(text: str) -> str:
    """Return the part of a refusal that quotes the value: HubSpot lists the allowed words behind it, which were not sent."""
    return text.partition("was not one of the allowed options")[0]
