"""What cannot be seeded, told before the run: a field that stays blank proves nothing, and must not look like a proof."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from syncproof_mocks.schema import FieldInfo, FieldType

from ..mapping.check import MappingProblem
from ..mapping.grammar import Mapping as Contract
from ..mapping.grammar import ObjectMapping, Side
from ..model import Severity
from .consents import OwnConsents
from .plan import Plan

Fields = Callable[[str], Mapping[str, FieldInfo]]

# Kinds of the CRM that people and companies may be in, beside objects of an organisation's own.
_PEOPLE, _COMPANIES = ("Contact", "Lead"), ("Account",)
_MA_KINDS = {"contact": "contacts", "lead": "contacts", "company": "companies"}


def refusals(
    mapping: Contract, fields: Mapping[Side, Fields], plans: Mapping[str, Plan], consents: Mapping[str, OwnConsents]
) -> list[MappingProblem]:
    """Return every problem. Critical: the run is refused. Major: the field stays blank, and nothing is proved for it."""
    found: list[MappingProblem] = []
    for obj in mapping.objects:
        where = f"{mapping.mapping}: {obj.object}"
        known = {side: fields[side](obj.kind_on(side)) for side in Side}
        if not all(known.values()):
            continue  # an unknown kind: the check of the mapping says so
        found.extend(_kinds(obj, where))
        found.extend(_references(obj, known, where))
        found.extend(_plan(plans[obj.object], where))
        for rule, message, remedy in consents[obj.object].problems():
            found.append(MappingProblem(rule.where or f"{where}: {rule.name}", message, remedy, Severity.CRITICAL))
    return found


def _kinds(obj: ObjectMapping, where: str) -> Iterator[MappingProblem]:
    usual = _COMPANIES if obj.object == "company" else _PEOPLE
    if obj.crm not in usual and not obj.crm.endswith("__c"):
        yield _critical(where, f"{obj.object} records of kind `{obj.crm}` cannot be seeded in the CRM.",
                        f"Possible: {', '.join(usual)}, or an object of your own (`..__c`).")
    if obj.ma != _MA_KINDS[obj.object]:
        yield _critical(where, f"{obj.object} records of kind `{obj.ma}` cannot be seeded in the MA.",
                        f"Possible: {_MA_KINDS[obj.object]}.")
    if obj.crm not in _PEOPLE and any(r.consent is not None for r in obj.fields):
        yield _critical(where, f"records of kind `{obj.crm}` say nothing about consents in the CRM.",
                        f"Keep consents on {' or '.join(_PEOPLE)}.")
    if obj.company is not None and obj.crm != "Contact":
        yield MappingProblem(where, f"records of kind `{obj.crm}` hang on no company in the CRM: nothing is proved for `company`.",
                             "Only Contact does.")


def _references(obj: ObjectMapping, known: Mapping[Side, Mapping[str, FieldInfo]], where: str) -> Iterator[MappingProblem]:
    own = {obj.owner.crm if obj.owner else "", obj.company.crm if obj.company else ""}
    for rule in obj.fields:
        infos = [known[s].get(rule.field_on(s)) for s in Side]
        is_reference = rule.type is FieldType.REFERENCE or any(i is not None and i.type is FieldType.REFERENCE for i in infos)
        if rule.consent is None and rule.crm not in own and is_reference:
            required = any(i is not None and i.required for i in infos)
            yield MappingProblem(
                rule.where or f"{where}: {rule.name}",
                f"`{rule.name}` points to other records, which are not seeded: it stays blank, and nothing is proved for it.",
                "Only `owner` and `company` are followed.", Severity.CRITICAL if required else Severity.MAJOR,
            )
    mapped = {side: {r.field_on(side) for r in obj.fields} for side in Side}
    for side in Side:
        for name, info in known[side].items():
            must = info.required and info.createable and info.default is None and info.type is FieldType.REFERENCE
            if must and name not in mapped[side] and name not in own and name != "OwnerId":
                yield _critical(where, f"`{name}` of the {side.upper()} is required and points to another record: no record can be "
                                "made.", "Map it as `owner` or `company`, or give the field a default.")


def _plan(plan: Plan, where: str) -> Iterator[MappingProblem]:
    for fault in plan.faults:
        lost = "" if fault.severity is Severity.CRITICAL else " It stays blank, and nothing is proved for it."
        yield MappingProblem(fault.rule.where or f"{where}: {fault.rule.name}", fault.message + lost, fault.remedy, fault.severity)


def _critical(where: str, message: str, remedy: str) -> MappingProblem:
    return MappingProblem(where, message, remedy, Severity.CRITICAL)
