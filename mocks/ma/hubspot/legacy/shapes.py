"""Records as v1 and v2 show them: numbers as ids, milliseconds as dates, each value with its versions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from ....journal import Row
from ....wire import Request
from ..catalogue import Catalogue
from ..links import linked
from ..portal import Portal
from ..saving import secondary_of, versions
from ..values import parse_ms
from .envelope import Body

VALUE_AND_HISTORY = "value_and_history"
# What a page of contacts shows when nothing is asked for.
PAGE_PROPERTIES = ("company", "firstname", "lastmodifieddate", "lastname")


def legacy_value(catalogue: Catalogue, name: str, value: str | None) -> str:
    """Return a value as v1 shows it: days and moments as epoch milliseconds, blank as an empty text."""
    if not value:
        return ""
    prop = catalogue.by_name.get(name)
    if prop is not None and prop.type in ("date", "datetime"):
        at_ms = parse_ms(value)
        return value if at_ms is None else str(at_ms)
    return value


def _who(source_id: str) -> int | None:
    return int(source_id[7:]) if source_id.startswith("userId:") else None


# -- contacts -------------------------------------------------------------------------------------------


def contact(
    dialect: Portal, row: Row, names: Iterable[str] | None, *, history: bool, submissions: Iterable[Body] = ()
) -> Body:
    """Return a contact profile with the properties ``names`` (None: all that are set); notes that it was served."""
    dialect.served(row)
    catalogue = dialect.catalogue("contacts")
    vid = int(row.id)
    merged = [int(i) for i in (row.values.get("hs_merged_object_ids") or "").split(";") if i]
    return {
        "vid": vid, "canonical-vid": vid, "merged-vids": merged, "portal-id": dialect.portal_id, "is-contact": True,
        "properties": _contact_properties(catalogue, row, names, history=history), "form-submissions": list(submissions),
        "list-memberships": [], "identity-profiles": [identity_profile(dialect, row)], "merge-audits": [],
    }


def _contact_properties(catalogue: Catalogue, row: Row, names: Iterable[str] | None, *, history: bool) -> Body:
    wanted = catalogue.by_name if names is None else [n for n in names if n in catalogue.by_name]
    found: Body = {}
    for name in wanted:
        value = row.values.get(name)
        if value is None:
            continue
        entry: Body = {"value": legacy_value(catalogue, name, value)}
        if history:
            entry["versions"] = [
                {"value": legacy_value(catalogue, name, was), "source-type": source, "source-id": source_id,
                 "source-label": None, "updated-by-user-id": _who(source_id), "timestamp": at_ms, "selected": False}
                for was, at_ms, source, source_id in versions(row, name)
            ]
        found[name] = entry
    return found


def addresses(row: Row) -> list[tuple[str, bool]]:
    """Return the e-mail addresses of a contact and whether each is the primary one."""
    primary = row.values.get("email")
    return [*([(primary, True)] if primary else []), *((e, False) for e in secondary_of(row))]


def lead_guid(dialect: Portal, row: Row) -> str:
    """Return the UUID by which v1 knows a contact beside its vid; the same for ever."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"hubspot:{dialect.portal_id}/{row.id}"))


def identity_profile(dialect: Portal, row: Row) -> Body:
    """Return the entry of `identity-profiles`: by what the contact is known."""
    identities: list[Body] = []
    for address, is_primary in addresses(row):
        entry: Body = {"type": "EMAIL", "value": address, "timestamp": row.created_ms}
        if is_primary:
            entry["is-primary"] = True
        identities.append(entry)
    identities.append({"type": "LEAD_GUID", "value": lead_guid(dialect, row), "timestamp": row.created_ms})
    return {"vid": int(row.id), "saved-at-timestamp": row.modified_ms, "deleted-changed-timestamp": 0,
            "identities": identities}


def asked_names(request: Request) -> list[str] | None:
    """Return the properties that `property` (contacts) names, or None when it is absent."""
    return request.args("property") or None


def with_history(request: Request, *, default: bool) -> bool:
    """Tell whether the caller wants versions (`propertyMode`)."""
    mode = request.arg("propertyMode")
    return default if not mode else mode == VALUE_AND_HISTORY


# -- companies and deals --------------------------------------------------------------------------------


def properties_v2(catalogue: Catalogue, row: Row, names: Iterable[str] | None, history: Iterable[str] | None) -> Body:
    """Return `properties` as companies v2 and deals v1 show them (``names`` None: all set, ``history`` None: of all)."""
    wanted = catalogue.by_name if names is None else [n for n in names if n in catalogue.by_name]
    full = None if history is None else frozenset(history)
    found: Body = {}
    for name in wanted:
        known = versions(row, name)
        if row.values.get(name) is None or not known:
            continue
        shown = [_version(catalogue, name, *entry) for entry in (known if full is None or name in full else known[:1])]
        found[name] = {
            "value": shown[0]["value"], "timestamp": shown[0]["timestamp"], "source": shown[0]["source"],
            "sourceId": shown[0]["sourceId"], "versions": shown,
        }
    return found


def _version(catalogue: Catalogue, name: str, value: str | None, at_ms: int, source: str, source_id: str) -> Body:
    return {"name": name, "value": legacy_value(catalogue, name, value), "timestamp": at_ms, "sourceId": source_id,
            "source": source, "sourceVid": []}


def company(dialect: Portal, row: Row, names: Iterable[str] | None, history: Iterable[str] | None = None) -> Body:
    """Return a company as v2 shows it; notes that it was served."""
    dialect.served(row)
    return {
        "portalId": dialect.portal_id, "companyId": int(row.id), "isDeleted": row.deleted,
        "properties": properties_v2(dialect.catalogue("companies"), row, names, history),
        "additionalDomains": [], "stateChanges": [], "mergeAudits": [],
    }


def deal(dialect: Portal, row: Row, names: Iterable[str] | None, history: Iterable[str] | None = None, *,
         associations: bool = True) -> Body:
    """Return a deal as v1 shows it; notes that it was served."""
    dialect.served(row)
    body: Body = {"portalId": dialect.portal_id, "dealId": int(row.id), "isDeleted": row.deleted}
    if associations:
        body["associations"] = {
            "associatedVids": ids_of(dialect, row, "contacts"), "associatedCompanyIds": ids_of(dialect, row, "companies"),
            "associatedDealIds": ids_of(dialect, row, "deals"),
        }
    body["properties"] = properties_v2(dialect.catalogue("deals"), row, names, history)
    return body | {"imports": [], "stateChanges": []}


def ids_of(dialect: Portal, row: Row, to_kind: str) -> list[int]:
    """Return the numbers of the records of ``to_kind`` that a record is associated with."""
    return [int(i) for i, _ in linked(dialect, row.kind, row.id, to_kind)]

