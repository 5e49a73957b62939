"""What can be said of a mapping before anything runs: both systems' field metadata against every rule."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass

from syncproof_mocks.schema import FieldInfo, FieldType

from ..complaints import did_you_mean
from ..errors import Problem
from ..model import Severity
from .grammar import Direction, Exclusion, FieldRule, Mapping, ObjectMapping, Side

SUBSCRIPTION = "subscription:"

Fields = Dictionary[str, FieldInfo]
Schemas = Dictionary[Side, Callable[[str], Fields]]


@dataclass(frozen=True, slots=True)
class MappingProblem(Problem):
    """A problem of a mapping with the systems it is for.

    Critical: nothing can be run with it. Major: data would go wrong. Minor: look at it.
    """

    severity: Severity = Severity.MAJOR


def check_mapping(mapping: Mapping, schemas: Schemas, subscriptions: Collection[str] = ()) -> list[MappingProblem]:
    """Return every problem of a mapping with two systems, in the order of the mapping.

    ``schemas`` give the fields of a kind by side and raise KeyError for a kind they do not know; ``subscriptions``
    are the names that `subscription:NAME` may use. Found: unknown kind or field, a custom field missing on one side,
    type mismatch, a date in a date-and-time field or in free text, length that would be cut, picklist values without
    counterpart, several facts in one field, a field that cannot be written where it should be, one that no mock works out, a
    one-way consent.
    """
    found: list[MappingProblem] = []
    for obj in mapping.objects:
        where = f"{mapping.mapping}: {obj.object}"
        fields: dict[Side, Fields] = {}
        for side in Side:
            try:
                fields[side] = schemas[side](obj.kind_on(side))
            except KeyError:
                message = (
                    f"the {side.upper()} ({mapping.systems.get(side.value, '?')}) has no kind `{obj.kind_on(side)}`."
                )
                found.append(MappingProblem(where, message, "Correct the name of the kind.", Severity.CRITICAL))
        if len(fields) == len(Side):
            found.extend(_ObjectCheck(obj, fields, subscriptions, where).problems())
    return found


@dataclass(frozen=True)
class _ObjectCheck:
    obj: ObjectMapping
    fields: Dictionary[Side, Fields]
    subscriptions: Collection[str]
    where: str

    def problems(self) -> Iterator[MappingProblem]:
        for key in self.obj.match:
            yield from self._exists(Side.CRM, key.crm, self.where, "the match key")
            yield from self._exists(Side.MA, key.ma, self.where, "the match key")
        for exclusion in self.obj.exclude:
            yield from self._exclusion(exclusion)
        if self.obj.owner is not None:
            yield from self._exists(Side.CRM, self.obj.owner.crm, self.where, "the owner field")
            yield from self._exists(Side.MA, self.obj.owner.ma, self.where, "the owner field")
        if self.obj.company is not None:
            # Its MA side is an association, not a field.
            yield from self._exists(Side.CRM, self.obj.company.crm, self.where, "the company field")
        for rule in self.obj.fields:
            yield from self._rule(rule)
        yield from self._crowded()

    def _exclusion(self, exclusion: Exclusion) -> Iterator[MappingProblem]:
        side, name = (Side.CRM, exclusion.crm) if exclusion.crm is not None else (Side.MA, exclusion.ma or "")
        yield from self._exists(side, name, self.where, f"the exclusion `{exclusion.reason}`: the field")
        info = self.fields[side].get(name)
        if info is None or not info.restricted or not info.options:
            return
        known = {option.value.casefold() for option in info.options}
        for value in exclusion.any_of:
            if str(value).casefold() not in known:
                message = (
                    f"the exclusion `{exclusion.reason}` waits for `{value}`, which is no option of {_on(side, name)}."
                )
                hint = did_you_mean(value, (option.value for option in info.options))
                yield MappingProblem(self.where, message, hint or "Correct the value.", Severity.MINOR)

    def _exists(
        self, side: Side, name: str, where: str, what: str, other: FieldInfo | None = None
    ) -> Iterator[MappingProblem]:
        fields = self.fields[side]
        if name in fields:
            return
        kind = self.obj.kind_on(side)
        if other is not None and other.custom:
            message = f"the custom field `{name}` is missing in {kind} of the {side.upper()}; the other side has `{other.name}`."
            hint = did_you_mean(name, fields)
            remedy = f"{hint} Else an administrator must add it there.".strip()
            yield MappingProblem(where, message, remedy, Severity.CRITICAL)
        else:
            message = f"{what} `{name}` is unknown in {kind} of the {side.upper()}."
            remedy = did_you_mean(name, fields) or "Correct its name or add it there."
            yield MappingProblem(where, message, remedy, Severity.CRITICAL)

    # -- one rule ----------------------------------------------------------------------------------------------------

    def _rule(self, rule: FieldRule) -> Iterator[MappingProblem]:
        where = rule.where or f"{self.where}: {rule.name}"
        crm, ma = self.fields[Side.CRM].get(rule.crm), self.fields[Side.MA].get(rule.ma)
        yield from self._exists(Side.CRM, rule.crm, where, "the field", ma)
        if rule.ma.startswith(SUBSCRIPTION):
            yield from self._subscription(rule, where)
        else:
            yield from self._exists(Side.MA, rule.ma, where, "the field", crm)
        if rule.consent is not None:
            # How a consent is stored is the dialects' matter: no checks of type, length or options.
            yield from self._consent(rule, where)
            return
        if crm is None or ma is None:
            return
        infos = {Side.CRM: crm, Side.MA: ma}
        for side in Side:
            yield from _type_problems(rule, side, infos[side], where)
            yield from _formula_problems(side, infos[side], where)
            if side in _written_sides(rule):
                yield from _write_problems(side, infos[side], where)
                yield from _length_problems(rule, side, infos, where)
        yield from _option_problems(rule, infos, where)

    def _subscription(self, rule: FieldRule, where: str) -> Iterator[MappingProblem]:
        name = rule.ma.removeprefix(SUBSCRIPTION)
        if name not in self.subscriptions:
            known = ", ".join(sorted(self.subscriptions)) or "none"
            message = f"the MA has no subscription `{name}`; known: {known}."
            yield MappingProblem(where, message, did_you_mean(name, self.subscriptions) or "Correct its name.")

    def _consent(self, rule: FieldRule, where: str) -> Iterator[MappingProblem]:
        assert rule.consent is not None
        for name in (rule.consent.crm_at, rule.consent.crm_source):
            if name is not None:
                yield from self._exists(Side.CRM, name, where, "the evidence field")
        if rule.direction in (Direction.CRM_TO_MA, Direction.MA_TO_CRM):
            reader = "MA" if rule.direction is Direction.CRM_TO_MA else "CRM"
            message = f"the consent `{rule.name}` goes {rule.direction} only: a refusal given in the {reader} never leaves it."
            yield MappingProblem(where, message, "Write `direction: both, winner: most_restrictive`.")

    def _crowded(self) -> Iterator[MappingProblem]:
        for side in Side:
            writers: dict[str, list[FieldRule]] = {}
            for rule in self.obj.fields:
                if side in _written_sides(rule):
                    writers.setdefault(rule.field_on(side), []).append(rule)
            for name, rules in writers.items():
                if len(rules) > 1:
                    facts = ", ".join(f"`{rule.field_on(side.other)}`" for rule in rules)
                    message = (
                        f"several facts ({facts}) are written into one field, {_on(side, name)}: the last one stays."
                    )
                    yield MappingProblem(rules[-1].where or self.where, message, "Give each fact its own field.")


def _on(side: Side, name: str) -> str:
    return f"`{name}` of the {side.upper()}"


def _written_sides(rule: FieldRule) -> tuple[Side, ...]:
    return {
        Direction.CRM_TO_MA: (Side.MA,),
        Direction.MA_TO_CRM: (Side.CRM,),
        Direction.BOTH: (Side.CRM, Side.MA),
        Direction.NONE: (),
    }[rule.direction]


# -- types ----------------------------------------------------------------------------------------------------------

_T = FieldType
# What a field may be to carry a value of the rule's type without loss.
_CARRIES: dict[FieldType, frozenset[FieldType]] = {
    _T.TEXT: frozenset({_T.TEXT, _T.EMAIL, _T.PHONE, _T.COUNTRY, _T.PICKLIST}),
    _T.NUMBER: frozenset({_T.NUMBER}),
    _T.DATE: frozenset({_T.DATE}),
    _T.DATETIME: frozenset({_T.DATETIME}),
    _T.BOOLEAN: frozenset({_T.BOOLEAN}),
    _T.PICKLIST: frozenset({_T.PICKLIST, _T.TEXT, _T.COUNTRY, _T.BOOLEAN}),
    _T.MULTI_PICKLIST: frozenset({_T.MULTI_PICKLIST}),
    _T.EMAIL: frozenset({_T.EMAIL, _T.TEXT}),
    _T.PHONE: frozenset({_T.PHONE, _T.TEXT}),
    _T.COUNTRY: frozenset({_T.COUNTRY, _T.TEXT, _T.PICKLIST}),
    # Vendors keep references as numbers (associatedcompanyid) and as options without a list (hubspot_owner_id).
    _T.REFERENCE: frozenset({_T.REFERENCE, _T.TEXT, _T.NUMBER, _T.PICKLIST}),
}
_CUT_WHEN_LONG = frozenset({_T.TEXT, _T.EMAIL, _T.PHONE, _T.COUNTRY})


def _type_problems(rule: FieldRule, side: Side, info: FieldInfo, where: str) -> Iterator[MappingProblem]:
    if info.type in _CARRIES[rule.type]:
        return
    field = f"{_on(side, info.name)} ({info.vendor_type})"
    if {rule.type, info.type} == {_T.DATE, _T.DATETIME}:
        message = f"date formats differ: the rule says {rule.type}, {field} holds a {info.type}: days shift between time zones."
        yield MappingProblem(where, message, "Use fields of one type on both sides.")
    elif info.type is _T.TEXT and rule.type in (_T.DATE, _T.DATETIME):
        if (rule.format.crm if side is Side.CRM else rule.format.ma) is None:
            message = f"{field} is free text: which date format it holds is not said."
            yield MappingProblem(where, message, f"Declare it: `format: {{{side}: iso_date}}`, or use a date field.")
    elif info.type is _T.TEXT:
        message = f"the rule says {rule.type}, {field} is free text: nothing there keeps the type."
        yield MappingProblem(where, message, f"Use a field of type {rule.type}.", Severity.MINOR)
    else:
        message = f"type mismatch: the rule says {rule.type}, {field} is {info.type}."
        yield MappingProblem(where, message, "Correct the type of the rule or choose another field.")


def _formula_problems(side: Side, info: FieldInfo, where: str) -> Iterator[MappingProblem]:
    if info.uncomputed:
        message = f"{_on(side, info.name)} is worked out by the system itself (formula, running number), but not by the mock: it keeps what it was seeded with and stays blank in new records."
        yield MappingProblem(where, message, "Changes of it cannot be tested here: try them in the real system.", Severity.MINOR)


def _write_problems(side: Side, info: FieldInfo, where: str) -> Iterator[MappingProblem]:
    if info.updateable:
        return
    if info.createable:
        message = f"{_on(side, info.name)} can be set only when a record is created: later changes cannot arrive."
    else:
        message = f"{_on(side, info.name)} is read-only, yet the rule writes it."
    yield MappingProblem(where, message, "Turn the direction round or choose another field.")


def _length_problems(
    rule: FieldRule, side: Side, infos: Dictionary[Side, FieldInfo], where: str
) -> Iterator[MappingProblem]:
    limit = infos[side].max_length
    if limit is None or rule.type not in _CUT_WHEN_LONG:
        return
    if rule.max_length is not None:
        if rule.max_length > limit:
            message = f"max_length is {rule.max_length}, but {_on(side, rule.field_on(side))} holds {limit} characters."
            yield MappingProblem(where, message, f"Write `max_length: {limit}` or less.")
        return
    longest = infos[side.other].max_length
    if longest is None or longest > limit:
        up_to = f"up to {longest}" if longest is not None else "any number of"
        message = f"{_on(side.other, rule.field_on(side.other))} may hold {up_to} characters, {_on(side, rule.field_on(side))} only {limit}: longer values would be cut or refused."
        yield MappingProblem(where, message, f"State what is allowed: `max_length: {limit}`.", Severity.MINOR)


# -- options --------------------------------------------------------------------------------------------------------


def _option_problems(rule: FieldRule, infos: Dictionary[Side, FieldInfo], where: str) -> Iterator[MappingProblem]:
    if rule.type not in (_T.PICKLIST, _T.MULTI_PICKLIST, _T.TEXT):
        return
    back = {ma: crm for crm, ma in reversed(rule.values.items())}
    for side, table in ((Side.CRM, rule.values), (Side.MA, back)):
        source, target = infos[side], infos[side.other]
        known = {option.value for option in source.options if option.active}
        for value in table:
            if known and value not in known:
                message = f"the table of values has `{value}`, which is no option of {_on(side, source.name)}."
                yield MappingProblem(where, message, did_you_mean(value, known) or "Correct the value.")
        if side.other in _written_sides(rule) and target.restricted and target.options:
            yield from _without_counterpart(side, source, target, table, where)


def _without_counterpart(
    side: Side, source: FieldInfo, target: FieldInfo, table: Dictionary[str, str], where: str
) -> Iterator[MappingProblem]:
    accepted = {option.value for option in target.options if option.active}
    if not source.options:
        message = f"{_on(side.other, target.name)} takes only its options, but {_on(side, source.name)} is free text."
        yield MappingProblem(where, message, "Use a picklist on both sides.")
    for option in source.options:
        sent = table.get(option.value, option.value)
        if option.active and sent not in accepted:
            message = f"`{option.value}` of {_on(side, source.name)} becomes `{sent}`, which {_on(side.other, target.name)} does not have."
            yield MappingProblem(
                where, message, did_you_mean(sent, accepted) or "Add the option there or translate it in `values`."
            )
