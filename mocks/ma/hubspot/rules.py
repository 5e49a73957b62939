"""What the vendor demands of a record beside the form of each value: identity, stages, required properties.

Facts: research/hubspot.md 3.1 (e-mail identity), 3.2 (domains), 3.3 (required), 3.4 (lifecycle), 2.1 (stages).
"""

from __future__ import annotations

from ...journal import Row
from ...store import fold
from . import errors
from .kinds import ObjectType
from .pipelines_data import pipelines_of
from .portal import Portal
from .values import domain_of

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
        _deal(changes, row)
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


def _deal(changes: dict[str, str], row: Row | None) -> None:
    present = row.values if row is not None else {}
    if row is None:
        if changes.get("dealstage") and not changes.get("pipeline"):
            changes["pipeline"] = "default"
        missing = [n for n in ("dealname", "dealstage", "pipeline") if not changes.get(n)]
        if missing:
            raise errors.missing_properties("DEAL", missing)
    if "dealstage" not in changes and "pipeline" not in changes:
        return
    pipelines = pipelines_of("deals")
    pipeline = changes.get("pipeline", present.get("pipeline"))
    if pipeline not in pipelines:
        raise errors.invalid_pipeline(str(pipeline), f"[{', '.join(pipelines)}]")
    stage = changes.get("dealstage", present.get("dealstage"))
    stages = {s["id"]: s for s in pipelines[pipeline]["stages"]}
    if stage not in stages:
        raise errors.invalid_stage(str(stage), f"[Pipeline: {pipeline}; stages: {', '.join(stages)}]")
    meta = stages[stage]["metadata"]
    changes["hs_is_closed"] = meta["isClosed"]
    changes["hs_is_closed_won"] = "true" if meta["isClosed"] == "true" and meta["probability"] == "1.0" else "false"
