"""What the vendor adds to a write by itself: properties that follow from those that changed.

Facts: research/hubspot.md 1.2 (the recorded answer of a create), 1.11 (previews of activities), 3.4 (stage dates).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from .kinds import ObjectType
from .pipelines_data import stages_of
from .portal import Portal, iso_ms
from .properties_activity import BODY_OF
from .property_words import LIFECYCLE_LABELS

_TAGS = re.compile(r"<[^>]*>")
_MOST_PREVIEW = 2_000  # how long a preview may be was not captured
# What a line item takes over from its product when it does not say otherwise.
_OF_PRODUCT = ("name", "description", "price", "hs_sku", "hs_cost_of_goods_sold", "recurringbillingfrequency")


def of_creation(dialect: Portal, object_type: ObjectType, record_id: str, changes: dict[str, Any]) -> dict[str, str]:
    """Return what only a creation adds, depending on the object type."""
    kind = object_type.kind
    if kind == "contacts":
        return {
            "hs_all_contact_vids": record_id, "hs_is_contact": "true", "hs_is_unworked": "true",
            "hs_marketable_status": "false", "hs_marketable_until_renewal": "false",
            "hs_pipeline": "contacts-lifecycle-pipeline",
        }
    if kind == "tickets":
        return {"hs_ticket_id": record_id}
    if kind == "line_items" and changes.get("hs_product_id"):
        return _of_product(dialect, changes)
    return {}


def _of_product(dialect: Portal, changes: dict[str, Any]) -> dict[str, str]:
    product = dialect.store.get("products", changes["hs_product_id"])
    if product is None:
        return {}
    dialect.rests_on("hubspot.line_item_of_product")
    return {n: product.values[n] for n in _OF_PRODUCT if product.values.get(n) and not changes.get(n)}


def following(
    dialect: Portal, object_type: ObjectType, changes: dict[str, Any], at_ms: int, before: dict[str, Any]
) -> dict[str, str]:
    """Return the properties that follow from ``changes`` to a record that was ``before`` (empty: a new one)."""
    found: dict[str, str] = {}
    kind = object_type.kind
    if kind == "contacts" and "email" in changes:
        found["hs_email_domain"] = (changes["email"] or "").rpartition("@")[2]
    if changes.get("hubspot_owner_id"):
        found["hubspot_owner_assigneddate"] = iso_ms(at_ms)
    if object_type.is_engagement:
        found |= _activity(dialect, kind, changes, at_ms)
    elif kind == "line_items":
        found |= _line_item({**before, **changes})
    else:
        stage = object_type.stage or "lifecyclestage"
        if changes.get(stage) and changes[stage] != before.get(stage):
            found |= _stage(dialect, object_type, changes, before, iso_ms(at_ms))
    return found


def _stage(
    dialect: Portal, object_type: ObjectType, changes: dict[str, Any], before: dict[str, Any], now: str
) -> dict[str, str]:
    """Return the stamps of entering a stage and leaving another, as far as the object type has such properties."""
    name = object_type.stage or "lifecyclestage"
    new, old = changes[name], before.get(name) or ""
    if name == "lifecyclestage" and new in LIFECYCLE_LABELS and (not old or old in LIFECYCLE_LABELS):
        # The vendor's own stages: nearly every creation of a contact comes by here.
        return dict.fromkeys(_lifecycle_stamps(new, old), now)
    known = dialect.catalogue(object_type.kind).by_name
    found = {n: now for n in _stamps(new, old) if n in known}
    if name == "lifecyclestage":
        return found | ({f"hs_lifecyclestage_{new}_date": now} if new in LIFECYCLE_LABELS else {})
    pipeline = str(changes.get(object_type.pipeline) or before.get(object_type.pipeline) or "")
    meta = stages_of(dialect.store, object_type.kind, pipeline).get(new, {}).get("metadata", {})
    return found | _closed(object_type.kind, meta, before, now)


@lru_cache(maxsize=1024)
def _stamps(new: str, old: str) -> tuple[str, ...]:
    """Return the names of the stamps that entering a stage and leaving another may have."""
    parts = (("entered", new), ("exited", old))
    return ("hs_v2_date_entered_current_stage", *(
        f"hs_{version}date_{verb}_{stage.replace('-', '_').lower()}"
        for verb, stage in parts if stage for version in ("v2_", "")
    ))


@lru_cache(maxsize=128)
def _lifecycle_stamps(new: str, old: str) -> tuple[str, ...]:
    """Return the stamps that going from one of the vendor's lifecycle stages to another sets (``old`` may be blank)."""
    left = (f"hs_v2_date_exited_{old}",) if old else ()
    return ("hs_v2_date_entered_current_stage", f"hs_v2_date_entered_{new}", *left, f"hs_lifecyclestage_{new}_date")


def _closed(kind: str, meta: dict[str, str], before: dict[str, Any], now: str) -> dict[str, str]:
    is_closed = meta.get("isClosed", "false")
    if kind == "deals":
        odds = meta.get("probability", "0.0")
        won = is_closed == "true" and float(odds) == 1.0
        return {
            "hs_is_closed": is_closed, "hs_is_closed_won": "true" if won else "false",
            "hs_is_closed_lost": "true" if is_closed == "true" and not won else "false", "hs_deal_stage_probability": odds,
        }
    if kind == "tickets":
        stamp = {"closed_date": now} if is_closed == "true" and not before.get("closed_date") else {}
        return {"hs_is_closed": is_closed, **stamp}
    if kind == "leads":
        return {"hs_lead_is_open": "false" if meta.get("leadState") in ("QUALIFIED", "UNQUALIFIED") else "true"}
    return {}


def _activity(dialect: Portal, kind: str, changes: dict[str, Any], at_ms: int) -> dict[str, str]:
    found: dict[str, str] = {}
    body = changes.get(BODY_OF[kind])
    if body:
        dialect.rests_on("hubspot.body_preview")
        text = " ".join(_TAGS.sub(" ", body).split())
        found = {
            "hs_body_preview": text[:_MOST_PREVIEW],
            "hs_body_preview_html": f"<html>\n <head></head>\n <body>\n  {body}\n </body>\n</html>",
            "hs_body_preview_is_truncated": "true" if len(text) > _MOST_PREVIEW else "false",
        }
    if kind == "tasks" and "hs_task_status" in changes:
        done = changes["hs_task_status"] == "COMPLETED"
        found["hs_task_is_completed"] = "1" if done else "0"
        found["hs_task_completion_date"] = iso_ms(at_ms) if done else ""
    return found


def _line_item(values: dict[str, Any]) -> dict[str, str]:
    """Return the net price of a line item once price and quantity are known."""
    try:
        price, quantity = float(values["price"]), float(values["quantity"])
        off = float(values.get("discount") or 0) + price * float(values.get("hs_discount_percentage") or 0) / 100
    except (KeyError, ValueError, TypeError):
        return {}
    return {"amount": _money((price - off) * quantity), "hs_total_discount": _money(off * quantity),
            "hs_pre_discount_amount": _money(price * quantity)}


def _money(value: float) -> str:
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return text or "0"

