"""What the vendor does by itself when a record is saved: calculated fields, history rows, a campaign's statuses and counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...journal import Actor, Row
from . import activities, rollups
from .ids import next_id
from .kinds import Kind
from .org import Org
from .wire import stamp

Values = Mapping[str, Any]


def _person(org: Org, values: Values) -> dict[str, Any]:  # noqa: ARG001 (one signature for all)
    first, last = values.get("FirstName"), values.get("LastName")
    return {"Name": f"{first} {last}" if first and last else first or last}


def _contact(org: Org, values: Values) -> dict[str, Any]:
    return {**_person(org, values), "IsEmailBounced": bool(values.get("EmailBouncedReason"))}


def _opportunity(org: Org, values: Values) -> dict[str, Any]:  # noqa: ARG001
    stage = values.get("StageName") or ""
    return {"IsClosed": stage.startswith("Closed"), "IsWon": stage == "Closed Won"}


def _campaign_member(org: Org, values: Values) -> dict[str, Any]:
    who = values.get("ContactId") or values.get("LeadId")
    person = org.store.get("Contact" if values.get("ContactId") else "Lead", who) if who else None
    statuses = org.store.find("CampaignMemberStatus", "CampaignId", values.get("CampaignId"))
    rows = [r for i in statuses if (r := org.store.get("CampaignMemberStatus", i)) is not None]
    status = values.get("Status") or next((r.values["Label"] for r in rows if r.values["IsDefault"]), None)
    responded = any(r.values["HasResponded"] for r in rows if r.values["Label"] == status)
    return {
        "LeadOrContactId": who,
        "Name": person.values["Name"] if person else None,
        "Email": person.values["Email"] if person else None,
        "Status": status,
        "HasResponded": responded,
        "FirstRespondedDate": values.get("FirstRespondedDate") or (org.now_stamp()[:10] if responded else None),
    }


def _campaign(org: Org, values: Values) -> dict[str, Any]:  # noqa: ARG001
    return {name: values.get(name) or 0 for name in rollups.COUNTS}


CALCULATED: dict[str, Callable[[Org, Values], dict[str, Any]]] = {
    "Contact": _contact,
    "Lead": _person,
    "User": _person,
    "Individual": _person,
    "Opportunity": _opportunity,
    "CampaignMember": _campaign_member,
    "Campaign": _campaign,
    "Task": activities.task,
    "Event": activities.event,
}
_FOLLOWERS: dict[str, Callable[[Org, Row | None, Row | None], None]] = {
    **dict.fromkeys(activities.KINDS, activities.follow), **dict.fromkeys(rollups.KINDS, rollups.follow),
}


def follow(org: Org, kind: Kind, before: Row | None, after: Row | None) -> None:
    """Do to other records what follows from a stored change of this one (None: it was not there, or is gone)."""
    follower = _FOLLOWERS.get(kind.name)
    if follower is not None:
        follower(org, before, after)


def created(org: Org, kind: Kind, row: Row, user_id: str) -> None:
    """Do what follows from a new record: a campaign gets the statuses `Sent` and `Responded`."""
    follow(org, kind, None, row)
    if kind.name != "Campaign":
        return
    status = org.kinds["CampaignMemberStatus"]
    with org.journal.acting(Actor.VENDOR_AUTOMATION, "default member statuses"):
        for order, (label, responded) in enumerate((("Sent", False), ("Responded", True)), start=1):
            add_row(org, status, user_id, {
                "Label": label, "CampaignId": row.id, "SortOrder": order, "IsDefault": order == 1,
                "HasResponded": responded,
            })


def renamed(org: Org, row: Row, changed: Mapping[str, Any]) -> None:
    """Do what follows from another name or address of a person: campaign members show it at once."""
    if not changed.keys() & {"FirstName", "LastName", "Email"} or row.kind not in ("Contact", "Lead"):
        return
    for member_id in org.store.find("CampaignMember", f"{row.kind}Id", row.id):
        member = org.store.get("CampaignMember", member_id)
        if member is not None and member.values["LeadOrContactId"] == row.id:
            with org.journal.acting(Actor.VENDOR_AUTOMATION, "shown by the campaign member"):
                shown = {"Name": row.values["Name"], "Email": row.values["Email"]}
                org.store.update(member, shown, touch=False)


def add_row(org: Org, kind: Kind, user_id: str, values: Values) -> Row:
    """Store a record that the vendor itself makes."""
    record_id = next_id(org.dice, kind.prefix)
    now_ms = org.clock.now_ms()
    audit = audit_of(kind, user_id, stamp(now_ms))
    return org.store.create(kind.name, record_id, {**kind.template, **values, "Id": record_id, **audit}, created_ms=now_ms)


def audit_of(kind: Kind, user_id: str, now: str) -> dict[str, Any]:
    """Return the stamps of a record made by ``user_id`` at ``now``."""
    if "SystemModstamp" not in kind.columns:
        return {"CreatedDate": now, "CreatedById": user_id}
    if "LastModifiedDate" not in kind.columns:
        return {"CreatedById": user_id, "SystemModstamp": now}
    if "CreatedDate" not in kind.columns:
        return {"LastModifiedDate": now, "LastModifiedById": user_id, "SystemModstamp": now}
    return {
        "CreatedDate": now, "CreatedById": user_id, "LastModifiedDate": now, "LastModifiedById": user_id,
        "SystemModstamp": now,
    }


def write_history(org: Org, kind: Kind, row: Row, changed: Mapping[str, Any], user_id: str) -> None:
    """Keep one history row per tracked field of ``changed`` (field -> new value); ``row`` is the row before."""
    mode = org.settings["tracked_fields"]
    if kind.history is None or mode == "none":
        return
    history = org.kinds[kind.history]
    owner = f"{kind.name}Id"
    with org.journal.acting(Actor.VENDOR_AUTOMATION, "field history"):
        for name, value in changed.items():
            column = kind.columns[name]
            if not column.info.updateable or (mode == "declared" and not column.info.tracked):
                continue
            old = row.values.get(name)
            # The vendor says only *that* a long text or a multi-select picklist changed, not from what to what.
            if column.info.vendor_type == "multipicklist" or (column.info.max_length or 0) > 255:
                old = value = None
            add_row(org, history, user_id, {
                owner: row.id, "Field": column.relationship or name, "OldValue": old, "NewValue": value,
            })
