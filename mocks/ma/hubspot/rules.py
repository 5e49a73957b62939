"""What the vendor demands of a record beside the form of each value: identity, stages, required properties.

Facts: research/hubspot.md 3.1 (e-mail identity), 3.2 (domains), 3.3 (required), 3.4 (lifecycle), 2.1 (stages).
"""

from __future__ import annotations

from ...journal import Row
from ...store import fold
from . import errors
from .kinds import ObjectType
from .pipelines_data import pipelines_of, stages_of
from .portal import Portal
from .values import domain_of

# Object types whose answer to a missing property has been captured.
_CAPTURED = ("companies", "deals")
# (property, folded value) that an earlier input of the same batch has taken.
Claims = set[tuple[str, object]]


def check(
    dialect: Portal, object_type: ObjectType, changes: dict[str, str], row: Row | None, claims: Claims | None, *,
    by_hand: bool
) -> None:
    """Apply the rules to normalised ``changes``, in place. Raises `Refusal`; ``row`` is None on create."""
    if object_type.kind == "contacts":
        if changes.get("email"):
            _email(dialect, changes["email"], row, claims)
    elif object_type.kind == "companies":
        _company(changes, row)
    else:
        if object_type.stage:
            _stage(dialect, object_type, changes, row)
        if row is None:
            _required(dialect, object_type, changes)
    if "lifecyclestage" in changes and row is not None and not by_hand:
        _forward_only(dialect, object_type, changes, row)
    unique = dialect.catalogue(object_type.kind).unique
    if unique:
        _unique(dialect, object_type, unique, changes, row, claims)


def _email(dialect: Portal, email: str, row: Row | None, claims: Claims | None) -> None:
    """Refuse an address that is the primary or a secondary one of another living contact."""
    owner = dialect.contact_by_email(email)
    if owner is not None and (row is None or owner.id != row.id):
        if row is None:
            raise errors.contact_exists(owner.id)
        raise errors.unique_conflict(dialect.portal_id, "CONTACT", "email", email, row.id, owner.id)
    _claim(claims, "email", email)


def _claim(claims: Claims | None, name: str, value: str) -> None:
    """Refuse a unique value that an earlier input of the batch has (how the vendor words it was not captured)."""
    if claims is None:
        return
    key = (name, fold(value))
    if key in claims:
        raise errors.Refusal(400, f"Duplicate values found in batch input: [{value}]. {name} must be unique",
                             assumed="hubspot.text_batch_duplicate_value")
    claims.add(key)


def _unique(
    dialect: Portal, object_type: ObjectType, unique: tuple[str, ...], changes: dict[str, str], row: Row | None,
    claims: Claims | None,
) -> None:
    for name in unique:
        value = changes.get(name)
        if not value:
            continue
        for owner_id in dialect.store.find(object_type.kind, name, value):
            if row is None or owner_id != row.id:
                record_id = row.id if row is not None else "null"
                raise errors.unique_conflict(dialect.portal_id, object_type.legacy, name, value, record_id, owner_id)
        _claim(claims, name, value)


def _forward_only(dialect: Portal, object_type: ObjectType, changes: dict[str, str], row: Row) -> None:
    """Drop a lifecycle stage that lies before the present one: the vendor answers 200 and leaves the value."""
    wanted, present = changes["lifecyclestage"], row.values.get("lifecyclestage") or ""
    order = dialect.catalogue(object_type.kind).by_name["lifecyclestage"].allowed
    if wanted and present in order and order.index(wanted) < order.index(present):
        del changes["lifecyclestage"]


def _company(changes: dict[str, str], row: Row | None) -> None:
    if changes.get("domain"):
        changes["domain"] = domain_of(changes["domain"])
        known = changes.get("website") or (row.values.get("website") if row is not None else "")
        if not known:
            changes["website"] = changes["domain"]
    if row is None and not changes.get("name") and not changes.get("domain"):
        raise errors.missing_properties("COMPANY", ["name", "domain"])


def _required(dialect: Portal, object_type: ObjectType, changes: dict[str, str]) -> None:
    """Refuse a new record without what its object type demands; custom objects say so in their schema."""
    missing = [n for n in object_type.required if not changes.get(n)]
    if missing:
        if object_type.kind not in _CAPTURED:
            dialect.rests_on("hubspot.text_required_properties")
        raise errors.missing_properties(object_type.legacy, missing)


def _stage(dialect: Portal, object_type: ObjectType, changes: dict[str, str], row: Row | None) -> None:
    """Refuse a pipeline or stage that does not exist; fill in what is the vendor's default on create."""
    pipeline_name, stage_name = object_type.pipeline, object_type.stage
    if row is None:
        _default_pipeline(dialect, object_type, changes)
    if stage_name not in changes and pipeline_name not in changes:
        return
    present = row.values if row is not None else {}
    if row is None and any(not changes.get(n) for n in object_type.required):
        return  # what is missing is told first
    pipelines = pipelines_of(dialect.store, object_type.kind)
    pipeline = changes.get(pipeline_name, present.get(pipeline_name))
    stage = changes.get(stage_name, present.get(stage_name))
    if not pipeline and not stage and object_type.kind not in _CAPTURED:
        return
    if pipeline not in pipelines:
        raise errors.invalid_pipeline(str(pipeline), f"[{', '.join(pipelines)}]")
    stages = stages_of(dialect.store, object_type.kind, pipeline)
    if stage not in stages:
        raise errors.invalid_stage(str(stage), f"[Pipeline: {pipeline}; stages: {', '.join(stages)}]")


def _default_pipeline(dialect: Portal, object_type: ObjectType, changes: dict[str, str]) -> None:
    kind, pipeline, stage = object_type.kind, object_type.pipeline, object_type.stage
    if changes.get(pipeline):
        return
    known = next(iter(pipelines_of(dialect.store, kind)), None)
    if known is None:
        return
    if changes.get(stage):
        if kind != "deals":
            dialect.rests_on("hubspot.default_pipeline")
        changes[pipeline] = known
    elif kind == "leads":
        dialect.rests_on("hubspot.default_pipeline")
        changes[pipeline] = known
        changes[stage] = next(iter(stages_of(dialect.store, kind, known)))
