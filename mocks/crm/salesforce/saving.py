"""The one way a record is written, whoever writes it: REST, collections, composite, a person at the screen, the seed.

Every refusal is an `ApiError` in the vendor's words, raised before anything has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ...journal import Actor, Row
from . import activities, lookups, relations
from .columns import Column
from .consequences import CALCULATED, audit_of, created, follow, renamed, write_history
from .errors import ApiError, ChoicesError, cannot_deserialize, deleted_row
from .ids import next_id
from .kinds import Kind
from .org import Org
from .privacy import LEARNED
from .regions import settle
from .rules.assignment import Assigned
from .values import coerce, is_blank
from .weather import trip_up
from .wire import no_such_column, row_url, stamp
from .writer import Writer

__all__ = ["Writer", "apply", "create", "delete", "holders", "seed", "update"]

_AUDIT = frozenset({"CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById"})


def create(org: Org, kind: Kind, payload: Mapping[str, Any], writer: Writer) -> Row:
    """Save a new record and return it."""
    if kind.closed:
        raise ApiError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type {kind.name} does not support create", fields=())
    given = _resolve(org, kind, payload, writer)
    _refuse_closed(org, kind, given, writer, creating=True)
    required = _required(org, kind) if kind.documented else kind.required
    _refuse_missing(kind, [n for n in required if is_blank(given.get(n, kind.template[n]))])
    values = {n: coerce(org, kind.columns[n], v) for n, v in given.items()}
    _complete(org, kind, values, None)
    now_ms = org.clock.now_ms()
    record_id = next_id(org.dice, kind.prefix)
    row_values = {**kind.template, "Id": record_id, **audit_of(kind, writer.user_id, stamp(now_ms)), **values}
    _settle_owner(org, kind, row_values, values, writer)
    calculate = CALCULATED.get(kind.name)
    if calculate is not None:
        row_values.update(calculate(org, row_values))
    if kind.uncomputed:
        org.rests_on("salesforce.formula_fields")
    trip_up(org, kind, None, row_values)
    assigned = _judged(org, kind, row_values, None, writer) if org.rules else None
    _refuse_duplicates(org, kind, values, None)
    _refuse_membership(org, kind, row_values)
    # The template gives the canonical order; a key that `values` repeats keeps its place.
    row = org.store.create(kind.name, record_id, row_values, created_ms=now_ms)
    if kind.name in LEARNED:
        org.privacy.learn(kind.name, record_id, row_values)
    created(org, kind, row, writer.user_id)
    _relate(org, kind, row)
    return row if assigned is None else assigned.carry_out(org, kind, row, None)


def update(org: Org, kind: Kind, row: Row, payload: Mapping[str, Any], writer: Writer) -> Row:
    """Save changes to a record and return it as it is now."""
    if row.deleted:
        raise deleted_row()
    if kind.closed:
        raise ApiError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type {kind.name} does not support update", fields=())
    if kind.name == "Lead" and row.values.get("IsConverted"):
        raise ApiError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", fields=())
    given = _resolve(org, kind, payload, writer)
    _refuse_closed(org, kind, given, writer, creating=False)
    required = _required(org, kind) if kind.documented else kind.required
    _refuse_missing(kind, [n for n in required if n in given and is_blank(given[n])])
    old = row.values
    changed: dict[str, Any] = {}
    for name, value in given.items():
        new = coerce(org, kind.columns[name], value)
        if new != old.get(name):
            changed[name] = new
    if changed:
        _complete(org, kind, changed, old)
    if not changed:
        org.rests_on("salesforce.noop_patch_bumps")
        if not org.settings["noop_patch_bumps"]:
            return row
    trip_up(org, kind, row, changed)
    assigned = _judged(org, kind, {**old, **changed}, row, writer) if org.rules else None
    _refuse_duplicates(org, kind, changed, row)
    if "OwnerId" in changed:
        _refuse_inactive(org, kind, changed["OwnerId"])
    new = apply(org, kind, row, changed, writer)
    return new if assigned is None else assigned.carry_out(org, kind, new, row)


def _complete(org: Org, kind: Kind, values: dict[str, Any], old: Mapping[str, Any] | None) -> None:
    """Complete checked values by those that follow from them. Raises ApiError when they contradict each other."""
    if kind.regions:
        settle(org, kind, values, old)
    if kind.name == "Event":
        activities.settle_times(org, values, old)


def _judged(org: Org, kind: Kind, values: dict[str, Any], old: Row | None, writer: Writer) -> Assigned | None:
    """Put a record to the rules of its object; return who shall own it when it is saved, if a rule says so."""
    rules = org.rules.get(kind.name)
    if rules is None:
        return None
    calculate = CALCULATED.get(kind.name)
    if calculate is not None and old is not None:
        values.update(calculate(org, values))
    assigned: Assigned | None = rules.judge(org, kind, values, old, writer)
    return assigned


def apply(org: Org, kind: Kind, row: Row, changed: Mapping[str, Any], writer: Writer) -> Row:
    """Store checked values with stamps, calculated fields and history."""
    now_ms = org.clock.now_ms()
    now = stamp(now_ms)
    stamped = {**changed, "LastModifiedDate": now, "LastModifiedById": writer.user_id, "SystemModstamp": now}
    calculate = CALCULATED.get(kind.name)
    if calculate is not None:
        stamped.update(calculate(org, {**row.values, **changed}))
    new = org.store.update(row, stamped, modified_ms=now_ms)
    if kind.history is not None and changed:
        write_history(org, kind, row, changed, writer.user_id)
    org.privacy.learn_change(row, changed)
    renamed(org, new, changed)
    follow(org, kind, row, new)
    if "AccountId" in changed:
        activities.left_behind(org, kind, new)
        _relate(org, kind, new)
    return new


def _relate(org: Org, kind: Kind, row: Row) -> None:
    """Bring the account relations of a contact in step with it, where the org has such."""
    if kind.name == "Contact" and relations.NAME in org.kinds:
        relations.settle(org, row)


def delete(org: Org, kind: Kind, row: Row) -> None:
    """Put a record and what hangs on it into the recycle bin. Raises ApiError when it lies there already, or may not."""
    if row.deleted:
        raise deleted_row()
    if not kind.deletable:
        org.rests_on("salesforce.undeletable_objects")
        raise ApiError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type {kind.name} does not support delete", fields=())
    relations.refuse_delete(org, row)
    put_into_bin(org, kind, row)


def put_into_bin(org: Org, kind: Kind, row: Row) -> None:
    """Put a living record and what hangs on it into the recycle bin, whether or not callers may delete its kind."""
    now = org.now_stamp()
    with org.journal.acting(Actor.VENDOR_AUTOMATION, f"deleted with {kind.name} {row.id}"):
        for child in kind.children:
            if not child.cascade:
                continue
            for child_id in org.store.find(child.kind, child.column, row.id):
                found, child_kind = org.store.get(child.kind, child_id), org.kinds[child.kind]
                if found is None:
                    continue
                if activities.may_stay(org, child_kind, found, child.column):
                    lookups.release(org, child_kind, found, child.column, kind, row)
                else:
                    put_into_bin(org, child_kind, found)
        lookups.clear(org, kind, row)
    # A child may have changed what is going (the counts of a campaign, the last activity).
    row = org.store.get(kind.name, row.id) or row
    gone: dict[str, Any] = {"IsDeleted": True}
    if "SystemModstamp" in kind.columns:
        gone["SystemModstamp"] = now
    follow(org, kind, row, org.store.delete(row, gone))


def seed(org: Org, kind: Kind, payload: Mapping[str, Any], writer: Writer, created_ms: int, modified_ms: int) -> Row:
    """Store a record that was always there: values are normalised, nothing but an unknown field is refused."""
    values = {}
    for name, value in payload.items():
        column = kind.columns.get(name)
        if column is None:
            raise no_such_column(kind, name)
        values[name] = coerce(org, column, value, strict=False)
    if kind.name == "Event":
        with suppress(ApiError):
            activities.settle_times(org, values, None)
    record_id = values.get("Id") or next_id(org.dice, kind.prefix)
    audit = audit_of(kind, writer.user_id, stamp(created_ms))
    if "LastModifiedDate" in audit:
        audit["LastModifiedDate"] = audit["SystemModstamp"] = stamp(modified_ms)
    row_values = {**kind.template, **audit, **values, "Id": record_id}
    if row_values.get("OwnerId", "-") is None:
        row_values["OwnerId"] = writer.user_id
    calculate = CALCULATED.get(kind.name)
    if calculate is not None:
        row_values.update(calculate(org, row_values))
    row = org.store.create(kind.name, record_id, row_values, created_ms=created_ms, modified_ms=modified_ms)
    if kind.name in LEARNED:
        org.privacy.learn(kind.name, record_id, row_values)
    created(org, kind, row, writer.user_id)
    _relate(org, kind, row)
    return row


# -- what is refused ------------------------------------------------------------------------------------


def _resolve(org: Org, kind: Kind, payload: Mapping[str, Any], writer: Writer) -> dict[str, Any]:
    """Return canonical field -> given value; nested objects become the id of the record they describe."""
    given: dict[str, Any] = {}
    infos, lower = kind.infos, kind.lower
    if writer.sees_all and kind.hidden:
        infos = {n: c.info for n, c in kind.columns.items()}
        lower = {n.lower(): n for n in kind.columns}
    for key, value in payload.items():
        if key in infos:
            given[key] = value
            continue
        folded = key.lower()
        if folded in lower:
            given[lower[folded]] = value
        elif folded == "attributes":
            continue
        elif folded in kind.relationships and isinstance(value, dict):
            column = kind.relationships[folded]
            given[column.name] = _parent_id(org, column.info.reference_to, value, writer)
        else:
            raise no_such_column(kind, key)
    if "Id" in given:
        raise ApiError("INVALID_FIELD", "The Id field should not be specified in the sobject data.")
    return given


def _parent_id(org: Org, targets: tuple[str, ...], described: Mapping[str, Any], writer: Writer) -> str:
    pairs = [(k, v) for k, v in described.items() if k.lower() != "attributes"]
    parent = org.kinds[_target(targets, described)]
    column = parent.find(pairs[0][0]) if len(pairs) == 1 else None
    if column is None or not column.is_key:
        raise cannot_deserialize("reference", dict(described))
    name, value = column.name, pairs[0][1]
    ids = holders(org, parent, column, value) if org.store.is_indexed(parent.name, name) else ()
    if not ids:
        text = f"Foreign key external ID: {str(value).lower()} not found for field {name} in entity {parent.name}"
        raise ApiError("INVALID_FIELD", text)
    if len(ids) > 1:
        raise ChoicesError([row_url(parent.name, i, writer.version) for i in ids])
    return ids[0]


def _target(targets: tuple[str, ...], described: Mapping[str, Any]) -> str:
    about = described.get("attributes")
    wanted = about.get("type") if isinstance(about, dict) else None
    return wanted if wanted in targets else targets[0]


def _refuse_closed(org: Org, kind: Kind, given: Mapping[str, Any], writer: Writer, *, creating: bool) -> None:
    columns = kind.columns if writer.sees_all else kind.seen
    closed = [
        n for n in given
        if not (columns[n].info.createable if creating else columns[n].info.updateable)
        and not (creating and n in _AUDIT and org.settings["audit_fields_writable"])
    ]
    if closed:
        text = (
            f"Unable to create/update fields: {', '.join(closed)}. Please check the security settings of this field "
            "and verify that it is read/write for your profile or permission set."
        )
        raise ApiError("INVALID_FIELD_FOR_INSERT_UPDATE", text, fields=tuple(closed))


def holders(org: Org, kind: Kind, column: Column, value: object) -> tuple[str, ...]:
    """Return the ids of living records whose indexed field holds ``value``: in any letter case, unless the field tells cases."""
    found = org.store.find(kind.name, column.name, value)
    if not column.case_sensitive or not found:
        return found
    rows = (org.store.get(kind.name, i) for i in found)
    return tuple(r.id for r in rows if r is not None and r.values.get(column.name) == value)


def _required(org: Org, kind: Kind) -> tuple[str, ...]:
    """Return the required fields of an object of which the documents require more than the metadata."""
    org.rests_on("salesforce.consent_capture_required")
    return kind.required + kind.documented if org.settings["consent_capture_required"] else kind.required


def _refuse_missing(kind: Kind, missing: list[str]) -> None:
    if missing:
        ordered = [n for n in kind.columns if n in missing]
        text = f"Required fields are missing: [{', '.join(ordered)}]"
        raise ApiError("REQUIRED_FIELD_MISSING", text, fields=tuple(ordered))


def _refuse_duplicates(org: Org, kind: Kind, values: Mapping[str, Any], row: Row | None) -> None:
    for name, value in values.items():
        if value is None or not kind.columns[name].info.unique:
            continue
        for owner in holders(org, kind, kind.columns[name], value):
            if row is None or owner != row.id:
                text = f"duplicate value found: {name} duplicates value on record with id: {owner[:15]}"
                raise ApiError("DUPLICATE_VALUE", text, fields=())


def _settle_owner(org: Org, kind: Kind, row_values: dict[str, Any], given: Mapping[str, Any], writer: Writer) -> None:
    if "OwnerId" not in row_values:
        return
    if given.get("OwnerId") is None:
        row_values["OwnerId"] = writer.user_id
    else:
        _refuse_inactive(org, kind, given["OwnerId"])


def _refuse_inactive(org: Org, kind: Kind, owner_id: str) -> None:
    owner = org.store.get("User", owner_id) if owner_id else None
    if owner is not None and not owner.values["IsActive"]:
        text = f"operation performed with inactive user [{owner_id}] as owner of {kind.label.lower()}"
        raise ApiError("INACTIVE_OWNER_OR_USER", text, fields=("OwnerId",))


def _refuse_membership(org: Org, kind: Kind, values: Mapping[str, Any]) -> None:
    if kind.name == relations.NAME:
        relations.refuse_new(org, str(values["AccountId"]), str(values["ContactId"]))
    if kind.name != "CampaignMember":
        return
    if not values.get("LeadOrContactId"):
        _refuse_missing(kind, ["ContactId", "LeadId"])
    for name in ("ContactId", "LeadId"):
        for other in org.store.find("CampaignMember", name, values.get(name)) if values.get(name) else ():
            found = org.store.get("CampaignMember", other)
            if found is not None and found.values["CampaignId"] == values["CampaignId"]:
                raise ApiError("DUPLICATE_VALUE", "Already a campaign member.", fields=())
