"""Putting one entry of a shape file into force. Every refusal is a ValueError that says what is wrong and what exists."""

from __future__ import annotations

from pydantic import BaseModel

from ....journal import Actor
from ..formula import Formula, FormulaError, parse_formula
from ..kinds import Kind
from ..org import Org
from .assignment import Assignment, Entry
from .duplicates import Duplicates
from .forms import AssignmentRule, DuplicateRule, FieldSecurity, Limits, Queue, ValidationRule
from .inforce import rules_of
from .validation import Validation

# API calls per day of an org without further licences (the vendor's page on limits and allocations).
_CALLS = {
    "Developer Edition": 15_000, "Professional Edition": 100_000, "Enterprise Edition": 100_000, "Unlimited Edition": 100_000,
}
_MATCHING_RULES = {
    "Contact": "Standard_Contact_Match_Rule_v1_1", "Lead": "Standard_Lead_Match_Rule_v1_0",
    "Account": "Standard_Account_Match_Rule_v1_0",
}


def declare(org: Org, entry: BaseModel) -> None:
    """Put ``entry`` into force. Raises ValueError when it does not fit the org."""
    match entry:
        case ValidationRule():
            _validation(org, entry)
        case DuplicateRule():
            _duplicates(org, entry)
        case AssignmentRule():
            _assignment(org, entry)
        case Queue():
            _queue(org, entry)
        case FieldSecurity():
            _security(org, entry)
        case Limits():
            _limits(org, entry)
        case _:
            raise ValueError(f"{type(entry).__name__} is no declaration of {org.name}")


def _kind(org: Org, name: str) -> Kind:
    found = org.kinds.get(name)
    if found is None:
        raise ValueError(f"there is no object {name}; known: {', '.join(org.kinds)}")
    return found


def _formula(org: Org, kind: Kind, name: str, text: str) -> Formula:
    try:
        return parse_formula(text, org.kinds, kind)
    except FormulaError as error:
        raise ValueError(f"rule {name} of {kind.name}: {error}") from None


def _refuse_taken(kind: str, name: str, taken: list[str]) -> None:
    if name.casefold() in {t.casefold() for t in taken}:
        raise ValueError(f"{kind} already has a rule {name}")


def _validation(org: Org, form: ValidationRule) -> None:
    kind = _kind(org, form.kind)
    if form.field is not None and form.field not in kind.columns:
        raise ValueError(f"rule {form.name}: {form.kind} has no field {form.field}; known: {', '.join(kind.columns)}")
    formula = _formula(org, kind, form.name, form.formula)
    rules = rules_of(org, kind).validation
    _refuse_taken(form.kind, form.name, [r.name for r in rules])
    if form.active:
        rules.append(Validation(form.name, formula, form.message, form.field))


def _duplicates(org: Org, form: DuplicateRule) -> None:
    kind = _kind(org, form.kind)
    against = form.against or (form.kind,)
    for target in (form.kind, *against):
        if "exact_email" in form.match and "Email" not in org.kinds[target].columns:
            raise ValueError(f"rule {form.name}: {target} has no field Email to match; use fuzzy_name")
        if ("Account" in (form.kind, *against)) and target != "Account":
            raise ValueError(f"rule {form.name}: accounts are compared with accounts only")
    rules = rules_of(org, kind).duplicates
    _refuse_taken(form.kind, form.name, [r.name for r in rules])
    if not form.active:
        return
    if "fuzzy_name" in form.match:
        for target in against:
            org.store.define(target, indexes=("Name" if target == "Account" else "LastName",))
    rules.append(Duplicates(
        form.name, form.kind, form.action == "block", form.match, against, form.message,
        form.matching_rule or _MATCHING_RULES[form.kind], form.on_edit,
    ))


def _assignment(org: Org, form: AssignmentRule) -> None:
    kind = _kind(org, form.kind)
    rules = rules_of(org, kind).assignment
    _refuse_taken(form.kind, form.name, [r.name for r in rules])
    active = next((r.name for r in rules if r.active), None)
    if form.active and active is not None:
        raise ValueError(f"{form.kind} already has an active assignment rule, {active}; one of them must be inactive")
    entries = tuple(
        Entry(_formula(org, kind, form.name, e.formula) if e.formula else None, _owner(org, form, e.assign_to))
        for e in form.entries
    )
    now_ms = org.clock.now_ms()
    values = {"Name": form.name, "SobjectType": form.kind, "Active": form.active}
    row = org.seed("AssignmentRule", values, created_ms=now_ms, modified_ms=now_ms)
    rules.append(Assignment(row.id, form.name, form.active, entries))


def _owner(org: Org, form: AssignmentRule, name: str) -> str:
    queues = {
        str(r.values["DeveloperName"]): r.id for r in org.store.rows("Group") if r.values["Type"] == "Queue"
    }
    if name in queues:
        served = {r.values["SobjectType"] for r in org.store.rows("QueueSobject") if r.values["QueueId"] == queues[name]}
        if form.kind not in served:
            raise ValueError(f"rule {form.name}: queue {name} takes {', '.join(sorted(served))}, not {form.kind}")
        return queues[name]
    for row in org.store.rows("User"):
        # The org's own users have addresses that no file can know: they answer to their first names.
        if name.casefold() in {str(row.values[n] or "").casefold() for n in ("Username", "Email", "FirstName")}:
            return row.id
    users = ", ".join(str(r.values["FirstName"]).lower() for r in org.store.rows("User"))
    known = ", ".join(queues) or "none"
    raise ValueError(f"rule {form.name}: {name} is neither a queue nor a user; queues: {known}; users: {users}")


def _queue(org: Org, form: Queue) -> None:
    for name in form.kinds:
        owner = _kind(org, name).columns.get("OwnerId")
        if owner is None or "Group" not in owner.info.reference_to:
            able = [k.name for k in org.kinds.values() if (c := k.columns.get("OwnerId")) and "Group" in c.info.reference_to]
            raise ValueError(f"records of {name} cannot belong to a queue; those of these can: {', '.join(able)}")
    if any(r.values["DeveloperName"] == form.developer_name for r in org.store.rows("Group")):
        raise ValueError(f"there already is a queue {form.developer_name}")
    now_ms = org.clock.now_ms()
    values = {"Name": form.name, "DeveloperName": form.developer_name, "Type": "Queue", "Email": form.email}
    queue = org.seed("Group", values, created_ms=now_ms, modified_ms=now_ms)
    for name in form.kinds:
        org.seed("QueueSobject", {"QueueId": queue.id, "SobjectType": name}, created_ms=now_ms, modified_ms=now_ms)


def _security(org: Org, form: FieldSecurity) -> None:
    kind = _kind(org, form.kind)
    column = kind.columns.get(form.field)
    if column is None:
        raise ValueError(f"{form.kind} has no field {form.field}; known: {', '.join(kind.columns)}")
    always = column.info.required or column.name_field or form.field in ("Id", "IsDeleted", "OwnerId")
    if form.access != "editable" and always:
        raise ValueError(f"{form.kind}.{form.field} is required by the vendor and cannot be {form.access} for anybody")
    kind.secure(form.field, hidden=form.access == "hidden", read_only=form.access == "read_only")
    kind.changed_ms = org.clock.now_ms()


def _limits(org: Org, form: Limits) -> None:
    changes: dict[str, object] = {}
    if form.edition is not None:
        changes["OrganizationType"] = form.edition
        org.switch("api_limit", _CALLS[form.edition])
    if form.sandbox is not None:
        changes["IsSandbox"] = form.sandbox
    if form.api_limit is not None:
        org.switch("api_limit", form.api_limit)
    if changes:
        [row] = org.store.rows("Organization")
        with org.acting(Actor.SEED):
            org.store.update(row, changes, touch=False)
