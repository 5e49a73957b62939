"""Calls that change records: create, update, upsert, delete, undelete, emptyRecycleBin, merge, convertLead.

Each item of a call succeeds or fails by itself, unless AllOrNoneHeader makes one failure undo all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from xml.etree.ElementTree import Element

from ....journal import Row
from .. import conversion, merging, recycle_bin, saving
from ..errors import ApiError, deleted_row, unknown_row
from ..ids import full_id
from ..kinds import Kind
from ..org import Org
from ..rows import existing, key_column, upsert
from ..sobject_collections import MOST_RECORDS, ROLLED_BACK, as_item, check_size, named, repeated
from ..transaction import Savepoint
from .caller import Call, Caller
from .envelope import XSI_NIL, children, element, errors_xml, is_true, text_of, texts_of
from .sobjects import Given, kind_named, parse_sobject

MOST_CONVERSIONS = 100
_UNMOCKED = ("accountRecord", "contactRecord", "opportunityRecord")

# What an item gives: its elements by name, in the order of the schema (`errors` has its own place among them).
Outcome = dict[str, Any]
Task = Callable[[], Outcome]


def create(org: Org, caller: Caller) -> str:
    """Make records."""
    given = _records(caller)

    def task(record: Given) -> Outcome:
        row = saving.create(org, kind_named(org, record.type_name), record.fields, caller.writer)
        return {"id": row.id, "success": True}

    fields = [g.fields for g in given]
    return _run(org, caller, [partial(task, g) for g in given], [""] * len(given), ("id", "success"), fields)


def update(org: Org, caller: Caller) -> str:
    """Change records by their ids."""
    given = _records(caller)

    def task(record: Given) -> Outcome:
        kind = kind_named(org, record.type_name)
        if not record.record_id:
            raise ApiError("MISSING_ARGUMENT", "Id not specified in an update call", fields=())
        row = saving.update(org, kind, existing(org, kind, record.record_id), record.fields, caller.writer)
        return {"id": row.id, "success": True}

    return _run(org, caller, [partial(task, g) for g in given], [g.record_id for g in given], ("id", "success"))


def upsert_many(org: Org, caller: Caller) -> str:
    """Change or make records by an external id."""
    given, name = _records(caller), text_of(caller.call, "externalIDFieldName")
    keys = [_key(record, name) for record in given]
    repeats = repeated(org, keys)

    def task(at: int) -> Outcome:
        record, key = given[at], keys[at]
        kind = kind_named(org, record.type_name)
        column = key_column(kind, name)
        if at in repeats:
            raise ApiError("DUPLICATE_EXTERNAL_ID", f"Duplicate external id specified: {key}", fields=())
        payload = {k: v for k, v in record.fields.items() if k.lower() != name.lower()}
        if not key and column.name != "Id":
            raise ApiError("MISSING_ARGUMENT", f"{column.name} not specified", fields=())
        if key:
            row, is_new = upsert(org, kind, column, key, payload, caller.writer)
        else:
            row, is_new = saving.create(org, kind, payload, caller.writer), True
        return {"created": is_new, "id": row.id, "success": True}

    tasks = [partial(task, n) for n in range(len(given))]
    fields = [g.fields for g in given]
    return _run(org, caller, tasks, [str(k or "") for k in keys], ("created", "id", "success"), fields)


def _key(record: Given, name: str) -> Any:
    if name.lower() == "id":
        return record.record_id
    return next((v for k, v in record.fields.items() if k.lower() == name.lower()), None)


def delete(org: Org, caller: Caller) -> str:
    """Put records into the recycle bin."""

    def task(record_id: str) -> Outcome:
        kind = _kind_of_id(org, record_id)
        row = existing(org, kind, record_id)
        saving.delete(org, kind, row)
        return {"id": row.id, "success": True}

    return _by_id(org, caller, task)


def undelete(org: Org, caller: Caller) -> str:
    """Bring records back from the recycle bin."""

    def task(record_id: str) -> Outcome:
        kind = _kind_of_id(org, record_id)
        return {"id": recycle_bin.undelete(org, kind, _kept(org, kind, record_id)).id, "success": True}

    return _by_id(org, caller, task)


def empty_recycle_bin(org: Org, caller: Caller) -> str:
    """Remove deleted records for good."""

    def task(record_id: str) -> Outcome:
        kind = _kind_of_id(org, record_id)
        row = _kept(org, kind, record_id)
        recycle_bin.empty(org, kind, row)
        return {"id": row.id, "success": True}

    return _by_id(org, caller, task)


def merge(org: Org, caller: Caller) -> str:
    """Merge one or two records into a master, whose fields may be set at the same time."""
    # The WSDL calls them `request`, jsforce `mergeRequests`, others `merge`: the org goes by what is inside.
    requests = [e for e in caller.call if any(children(e, "masterRecord"))]
    check_size(len(requests), MOST_RECORDS)
    masters = [next((parse_sobject(m) for m in children(r, "masterRecord")), Given("", "", {})) for r in requests]

    def task(at: int) -> Outcome:
        master = masters[at]
        kind = kind_named(org, master.type_name)
        losers = [_living(org, kind, i) for i in texts_of(requests[at], "recordToMergeIds") if i]
        winner = _living(org, kind, master.record_id)
        saved, moved = merging.merge(org, kind, winner, losers, caller.writer, master.fields)
        return {
            "id": saved.id, "mergedRecordIds": [r.id for r in losers], "success": True, "updatedRelatedIds": moved,
        }

    tasks = [partial(task, n) for n in range(len(requests))]
    return _run(org, caller, tasks, [m.record_id for m in masters], ("id", "mergedRecordIds", "success", "updatedRelatedIds"))


def convert_lead(org: Org, caller: Caller) -> str:
    """Convert leads, each into new or given records."""
    requests = list(children(caller.call, "leadConverts"))
    check_size(len(requests), MOST_CONVERSIONS)

    def task(request: Element) -> Outcome:
        lead = _living(org, org.kinds["Lead"], text_of(request, "leadId"))
        made = conversion.convert(org, lead, _wish(request), caller.writer)
        return {
            "accountId": made.account_id, "contactId": made.contact_id, "leadId": lead.id,
            "opportunityId": made.opportunity_id, "success": True,
        }

    names = [text_of(r, "leadId") for r in requests]
    shape = ("accountId", "contactId", "leadId", "opportunityId", "success")
    return _run(org, caller, [partial(task, r) for r in requests], names, shape)


def _wish(request: Element) -> conversion.Wish:
    for name in _UNMOCKED:
        if any(e.get(XSI_NIL) not in ("true", "1") for e in children(request, name)):
            raise ApiError("INVALID_ARGUMENT_TYPE", f"{name} is not supported", fields=(), hint="give the id instead")
    ids = {n: full_id(given) or given for n in ("accountId", "contactId", "opportunityId", "ownerId")
           if (given := text_of(request, n))}
    return conversion.Wish(
        text_of(request, "convertedStatus"), ids.get("accountId"), ids.get("contactId"), ids.get("opportunityId"),
        ids.get("ownerId"), text_of(request, "opportunityName") or None,
        with_opportunity=not is_true(text_of(request, "doNotCreateOpportunity")),
        overwrite_lead_source=is_true(text_of(request, "overwriteLeadSource")),
    )


def _records(caller: Caller) -> list[Given]:
    found = [parse_sobject(e) for e in children(caller.call, "sObjects")]
    check_size(len(found), MOST_RECORDS)
    return found


def _by_id(org: Org, caller: Caller, task: Callable[[str], Outcome]) -> str:
    ids = [i for element_ids in (texts_of(caller.call, "ids"), texts_of(caller.call, "ID")) for i in element_ids]
    check_size(len(ids), MOST_RECORDS)
    return _run(org, caller, [partial(task, i) for i in ids], ids, ("id", "success"))


def _kind_of_id(org: Org, record_id: str) -> Kind:
    kind = org.kind_of_id(record_id) if full_id(record_id) is not None else None
    if kind is None:
        raise ApiError("MALFORMED_ID", f"malformed id {record_id}", fields=())
    return kind


def _kept(org: Org, kind: Kind, record_id: str) -> Row:
    row = org.row(kind, record_id)
    if row is None:
        raise unknown_row()
    return row


def _living(org: Org, kind: Kind, record_id: str) -> Row:
    row = org.row(kind, record_id) if full_id(record_id) else None
    if row is None:
        raise unknown_row()
    if row.deleted:
        raise deleted_row()
    return row


def _run(
    org: Org, caller: Caller, tasks: Sequence[Task], names: Sequence[str], shape: tuple[str, ...],
    whose: Sequence[dict[str, Any]] = (),
) -> str:
    """Do each task; a refusal becomes its item, and with AllOrNoneHeader undoes the others.

    ``whose`` are the fields of each item, by which a refusal in the journal names the person it is about.
    """
    savepoint = Savepoint(org)
    outcomes: list[Outcome] = []
    errors: dict[int, ApiError] = {}
    for at, task in enumerate(tasks):
        try:
            outcomes.append(task())
        except ApiError as error:
            errors[at] = as_item(error)
            outcomes.append({})
    if errors and caller.all_or_none:
        savepoint.rollback()
        errors = {at: errors.get(at, ROLLED_BACK) for at in range(len(tasks))}
    for at, refusal in errors.items():
        org.refused(named(names[at], at, whose[at] if whose else None), refusal.code, refusal.message)
    return "".join(_result(shape, outcomes[at], errors.get(at)) for at in range(len(tasks)))


def _result(shape: tuple[str, ...], outcome: Outcome, error: ApiError | None) -> str:
    """Return one result with its elements in the order of the schema, which is that of the alphabet."""
    known: Outcome = {name: outcome.get(name) for name in shape}
    if error is not None:
        known = {**dict.fromkeys(shape), "success": False}
        known.update({"created": False} if "created" in shape else {})
    parts = {name: _element(name, value) for name, value in known.items()}
    if error is not None:
        parts["errors"] = "".join(errors_xml(e.code, e.message, e.fields) for e in error.parts())
    return f"<result>{''.join(parts[name] for name in sorted(parts))}</result>"


def _element(name: str, value: Any) -> str:
    if name.endswith("Ids"):
        return "".join(element(name, one) for one in value or ())
    return element(name, value)


CALLS: dict[str, Call] = {
    "create": create, "update": update, "upsert": upsert_many, "delete": delete, "undelete": undelete,
    "emptyRecycleBin": empty_recycle_bin, "merge": merge, "convertLead": convert_lead,
}
