"""Merging: two records become a new one with a new id, which answers to both old ids (research/hubspot.md 3.9)."""

from __future__ import annotations

from typing import Any

from ...journal import Row
from ...wire import Evidence, Request, Response
from . import errors, saving
from .catalogue import Catalogue
from .kinds import ObjectType
from .links import PRIMARY, SEED, Spec, link, linked, unlink_all
from .portal import HISTORY, INTEGRATION, Portal, iso_ms
from .views import type_of, written
from .wire import answers, body_of, is_dated, json_response, spellings, text_of

MOST_IDENTITIES = 250
# Sources of what a merge changed; that of other types than contacts has not been seen.
_OF_CONTACTS, _OF_OTHERS = "MERGE_CONTACTS", "MERGE_OBJECTS"
_IN_V3 = ("contacts", "companies", "deals", "tickets")


@answers("POST", *spellings("objects", "/{objectType}/merge"), id="objects.merge", evidence=Evidence.DOCUMENT, probe="15")
def merge_objects(dialect: Portal, request: Request) -> Response:
    """Merge one record into another and return the survivor."""
    object_type = type_of(dialect, request)
    if object_type.kind not in _IN_V3 and not is_dated(request):
        raise errors.not_mocked(f"merging {object_type.key} in v3", "/crm/objects/2026-03/.../merge")
    if object_type.kind not in ("contacts", "companies"):
        dialect.rests_on("hubspot.merge_of_other_types")
    body = body_of(request)
    missing = [n for n in ("objectIdToMerge", "primaryObjectId") if n not in body]
    if missing:
        raise errors.not_set(*missing)
    primary = _wanted(dialect, object_type, text_of(body["primaryObjectId"]))
    other = _wanted(dialect, object_type, text_of(body["objectIdToMerge"]))
    if primary.id == other.id:
        raise errors.Refusal(400, f"Cannot merge a {object_type.singular} with itself", assumed="hubspot.text_merge")
    merged_before = [i for row in (primary, other) for i in _merged_ids(row)]
    if len(merged_before) + 2 > MOST_IDENTITIES:
        raise errors.Refusal(414, f"Cannot have more than {MOST_IDENTITIES} identities on a profile")
    row = merge(dialect, object_type, primary, other, INTEGRATION)
    return json_response(written(dialect, dialect.catalogue(object_type.kind), row, None))


def _wanted(dialect: Portal, object_type: ObjectType, record_id: str) -> Row:
    row = dialect.store.get(object_type.kind, record_id)
    if row is None:
        raise errors.not_found() if record_id.isdigit() else errors.not_numeric(record_id)
    return row


def _merged_ids(row: Row) -> list[str]:
    return [i for i in (row.values.get("hs_merged_object_ids") or "").split(";") if i]


def merge(dialect: Portal, object_type: ObjectType, primary: Row, other: Row, source: str) -> Row:
    """Merge ``other`` into ``primary`` and return the survivor: the primary's values win, blanks are filled."""
    kind, store, now = object_type.kind, dialect.store, dialect.clock.now_ms()
    catalogue = dialect.catalogue(kind)
    keeps_id = dialect.settings["merge_mode"] == "keep_primary"
    values, moved = _united(catalogue, primary, other)
    if kind == "contacts":
        values["hs_additional_emails"] = _addresses(primary, other)
        if any(n.startswith("hs_email_optout") and v != (primary.values.get(n) or "") for n, v in values.items()):
            # Consent belongs to addresses, and the primary one stays: what the contact shows then is not told.
            dialect.rests_on("hubspot.merge_keeps_optout")
    ties = _ties(dialect, primary, other)
    for row in (primary, other):
        unlink_all(dialect, kind, row.id, source=SEED)
        if kind == "contacts":
            saving.set_secondary(dialect, row, ())
    # Old rows go for good, so that their ids can lead to the survivor.
    for row in (primary, other):
        store.erase(_now(dialect, row))
    new_id = primary.id if keeps_id else dialect.issue_id(kind)
    values |= _of_merge(object_type, primary, other, new_id, now)
    values[HISTORY] = _history(dialect, primary, values, now)
    survivor = store.create(kind, new_id, values, created_ms=now if not keeps_id else primary.created_ms)
    for row in (primary, other):
        if row.id != new_id:
            store.alias(kind, row.id, new_id)
    saving.set_secondary(dialect, survivor, saving.secondary_of(survivor))
    for to_kind, to_id, specs in ties:
        link(dialect, kind, new_id, to_kind, to_id, specs, source=SEED)
    dialect.webhooks.merged(kind, primary.id, [other.id], new_id, source=source, moved=moved)
    return _now(dialect, survivor)


def _now(dialect: Portal, row: Row) -> Row:
    found = dialect.store.get(row.kind, row.id)
    assert found is not None
    return found


def _united(catalogue: Catalogue, primary: Row, other: Row) -> tuple[dict[str, Any], int]:
    """Return the primary's values with its blanks filled from the other, and how many were filled."""
    values = {n: v for n, v in primary.values.items() if not n.startswith("#")}
    moved = 0
    for name, value in other.values.items():
        if not name.startswith("#") and value and not values.get(name):
            values[name] = value
            prop = catalogue.by_name.get(name)
            moved += prop is not None and not prop.read_only
    stages = catalogue.by_name["lifecyclestage"].allowed if "lifecyclestage" in catalogue.by_name else ()
    ours, theirs = values.get("lifecyclestage"), other.values.get("lifecyclestage")
    if ours in stages and theirs in stages and stages.index(theirs) > stages.index(ours):
        values["lifecyclestage"] = theirs
    return values, moved


def _addresses(primary: Row, other: Row) -> str:
    """Return the secondary addresses of the survivor: everything but the address that stays primary."""
    main = primary.values.get("email") or other.values.get("email")
    all_of = [*saving.secondary_of(primary), other.values.get("email"), *saving.secondary_of(other)]
    return ";".join(dict.fromkeys(e for e in all_of if e and e != main))


def _of_merge(object_type: ObjectType, primary: Row, other: Row, new_id: str, now_ms: int) -> dict[str, str]:
    ids = [i for row in (primary, other) for i in (*_merged_ids(row), row.id) if i != new_id]
    created = min(primary.values[object_type.created], other.values[object_type.created])
    found = {
        "hs_object_id": new_id, "hs_merged_object_ids": ";".join(dict.fromkeys(ids)), object_type.created: created,
        object_type.stamp: iso_ms(now_ms),
    }
    if object_type.kind == "contacts":
        vids = [*(primary.values.get("hs_calculated_merged_vids") or "").split(";"), f"{primary.id}:{now_ms}",
                f"{other.id}:{now_ms}"]
        found["hs_calculated_merged_vids"] = ";".join(v for v in vids if v)
        found["hs_all_contact_vids"] = ";".join(dict.fromkeys([new_id, *ids]))
    return found


def _history(dialect: Portal, primary: Row, values: dict[str, Any], now_ms: int) -> dict[str, Any]:
    """Return the primary's history with what the merge changed on top; values that moved in come from the merge."""
    base = {name: saving.versions(primary, name) for name in primary.values if not name.startswith("#")}
    changed = {n: v for n, v in values.items() if not n.startswith("#") and (primary.values.get(n) or "") != (v or "")}
    source = _OF_CONTACTS if primary.kind == "contacts" else _OF_OTHERS
    source_id = dialect.source_id(source)
    top = {n: ((v, now_ms, source, source_id), *base.get(n, ()))[: saving.HISTORY_LIMIT] for n, v in changed.items()}
    return {**base, **top}


def _ties(dialect: Portal, primary: Row, other: Row) -> list[tuple[str, str, set[Spec]]]:
    """Return the associations of both, without ties between the two; only the primary's primary company stays one."""
    found: list[tuple[str, str, set[Spec]]] = []
    has_primary = False
    for row in (primary, other):
        for to_kind in dialect.object_types:
            for to_id, specs in linked(dialect, row.kind, row.id, to_kind):
                if to_kind == row.kind and to_id in (primary.id, other.id):
                    continue
                kept = set(specs)
                if to_kind == "companies" and row.kind in PRIMARY:
                    marks = {s for s in kept if s[1] == PRIMARY[row.kind]}
                    kept -= marks if has_primary else set()
                    has_primary = has_primary or bool(marks)
                found.append((to_kind, to_id, kept))
    return found
