"""Tasks and events: what follows from their fields, and the last activity of what they are about.

Sources: the vendor's pages on Task and Event (which account an activity belongs to, what an event's times must be), on
tracking activities (the last activity is the latest due date of closed tasks and of events, also future ones), and a recorded
refusal of an event without an end. Series of activities and shared activities are not mocked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ...journal import Row
from .errors import ApiError
from .kinds import Kind
from .org import Org
from .wire import unstamp

KINDS = frozenset({"Task", "Event"})
_CLOSED, _HIGH = "Completed", "High"
_DAY = 24 * 60
# Which field of an activity leads to the records of a kind whose last activity it may be.
_LEADS = {"Contact": "WhoId", "Lead": "WhoId", "Opportunity": "WhatId", "Campaign": "WhatId", "Account": "AccountId"}
_TIMES = ("StartDateTime", "EndDateTime", "DurationInMinutes", "ActivityDateTime", "ActivityDate", "IsAllDayEvent")


def task(org: Org, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the calculated fields of a task."""
    closed = values.get("Status") == _CLOSED
    return {
        "AccountId": _account(org, values), "IsClosed": closed, "IsHighPriority": values.get("Priority") == _HIGH,
        "CompletedDateTime": (values.get("CompletedDateTime") or org.now_stamp()) if closed else None,
    }


def event(org: Org, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the calculated fields of an event."""
    end = values.get("EndDateTime")
    return {"AccountId": _account(org, values), "EndDate": end[:10] if end else None}


def _account(org: Org, values: Mapping[str, Any]) -> str | None:
    """Return the account of what an activity is about, else of the contact whom it is about."""
    what, who = values.get("WhatId"), values.get("WhoId")
    if what and what[:3] == org.kinds["Account"].prefix:
        return str(what)
    found = org.store.get("Opportunity", what) if what else None
    if found is None:
        found = org.store.get("Contact", who) if who else None
    account = found.values.get("AccountId") if found is not None else None
    return str(account) if account else None


# -- the times of an event ------------------------------------------------------------------------------------------


def settle_times(org: Org, values: dict[str, Any], old: Mapping[str, Any] | None) -> None:
    """Complete the times in ``values`` (about to be saved) by those that follow from them. Raises ApiError."""
    given = {n for n in _TIMES if n in values and (old is None or values[n] != old.get(n))}
    if old is not None and not given:
        return
    now = {**(old or {}), **values}
    all_day = bool(now.get("IsAllDayEvent"))
    start = _start(org, now, given, all_day=all_day)
    minutes = _minutes(org, now, given, start, all_day=all_day, new=old is None)
    if all_day:
        org.rests_on("salesforce.times_of_all_day_events")
    found = {
        "StartDateTime": _written(start), "ActivityDateTime": None if all_day else _written(start),
        "ActivityDate": start.date().isoformat(), "DurationInMinutes": minutes,
        "EndDateTime": _end(start, minutes, all_day=all_day),
    }
    values.update({n: v for n, v in found.items() if old is None or v != old.get(n) or n in values})


def _end(start: datetime, minutes: int, *, all_day: bool) -> str:
    try:
        return _written(start + timedelta(minutes=max(minutes - _DAY, 0) if all_day else minutes))
    except OverflowError:
        raise ApiError("NUMBER_OUTSIDE_VALID_RANGE", "value outside of valid range on numeric field", fields=("DurationInMinutes",)) from None


def _start(org: Org, now: Mapping[str, Any], given: set[str], *, all_day: bool) -> datetime:
    names = ["StartDateTime", "ActivityDate" if all_day else "ActivityDateTime"]
    # What is being changed decides; the other name of the start follows.
    for name in sorted(names, key=lambda n: n not in given):
        value = now.get(name)
        if value:
            start = unstamp(value if len(value) > 10 else f"{value}T00:00:00.000+0000")
            return start.replace(hour=0, minute=0, second=0) if all_day else start
    org.rests_on("salesforce.event_refusals")
    missing = "ActivityDate" if all_day else "StartDateTime"
    raise ApiError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{missing}]", fields=(missing,))


def _minutes(org: Org, now: Mapping[str, Any], given: set[str], start: datetime, *, all_day: bool, new: bool) -> int:
    end, told = now.get("EndDateTime"), now.get("DurationInMinutes")
    by_end = None
    if end:
        by_end = round((unstamp(end) - start).total_seconds() / 60)
        if all_day:
            by_end = by_end // _DAY * _DAY + _DAY
    if told is not None and by_end is not None and told != by_end and (new or {"EndDateTime", "DurationInMinutes"} <= given):
        raise _conflict(org, "EndDateTime and DurationInMinutes contradict each other", "DurationInMinutes", "EndDateTime")
    # An event that only begins at another time lasts as long as before.
    found = by_end if told is None or ("EndDateTime" in given and "DurationInMinutes" not in given) else told
    if found is None and all_day:
        found = _DAY
    if found is None:
        name = "DurationInMinutes"
        raise ApiError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{name}]", fields=(name,))
    if found < 0:
        raise _conflict(org, "the event ends before it starts", "EndDateTime")
    return int(found)


def _conflict(org: Org, text: str, *fields: str) -> ApiError:
    org.rests_on("salesforce.event_refusals")
    return ApiError("FIELD_INTEGRITY_EXCEPTION", f"{text}: {', '.join(fields)}", fields=fields)


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


# -- the last activity of a record ------------------------------------------------------------------------------------


def follow(org: Org, before: Row | None, after: Row | None) -> None:
    """Move `LastActivityDate` of the records that an activity was or is about."""
    was, now = _counted(before), _counted(after)
    if was == now:
        return
    for kind_name, column in _LEADS.items():
        prefix = org.kinds[kind_name].prefix
        for record_id in {r for values in (was, now) if (r := values.get(column)) and r[:3] == prefix}:
            days = [values["day"] if values.get(column) == record_id else "" for values in (was, now)]
            _move(org, kind_name, column, record_id, *days)


def _counted(row: Row | None) -> dict[str, Any]:
    """Return the day and the links of an activity that counts; nothing of one that does not."""
    day = _day(row) if row is not None and not row.deleted else None
    if day is None or row is None:
        return {}
    return {"day": day, **{n: row.values.get(n) for n in ("WhoId", "WhatId", "AccountId")}}


def _day(row: Row) -> str | None:
    values = row.values
    if row.kind == "Task" and not values.get("IsClosed"):
        return None
    day = values.get("ActivityDate")
    return str(day) if day else None


def _move(org: Org, kind_name: str, column: str, record_id: str, was: str, now: str) -> None:
    """Move the last activity of a record, one of whose activities counted on the day ``was`` and does on ``now`` ("": not)."""
    row = org.store.get(kind_name, record_id)
    if row is None:
        return
    current = row.values.get("LastActivityDate") or ""
    if now >= current:
        latest = now or None
    elif was < current:
        return
    else:
        # The latest one moved back or went: only then are the others looked at.
        latest = _latest(org, column, record_id)
    if row.values.get("LastActivityDate") == latest:
        return
    org.rests_on("salesforce.last_activity_moves_modstamp")
    changes: dict[str, Any] = {"LastActivityDate": latest}
    if org.settings["last_activity_moves_modstamp"]:
        changes["SystemModstamp"] = org.now_stamp()
    with org.by_itself("last activity"):
        org.store.update(row, changes, touch=False)


def _latest(org: Org, column: str, record_id: str) -> str | None:
    rows = (org.store.get(kind, found) for kind in sorted(KINDS) for found in org.store.find(kind, column, record_id))
    return max((day for row in rows if row is not None and (day := _day(row))), default=None)


def left_behind(org: Org, kind: Kind, row: Row) -> None:
    """Note that activities of a contact or an opportunity that changed accounts keep the account of when they were saved."""
    column = _LEADS.get(kind.name)
    if column in ("WhoId", "WhatId") and any(org.store.find(activity, column, row.id) for activity in KINDS):
        org.rests_on("salesforce.activities_keep_their_account")


def may_stay(org: Org, kind: Kind, row: Row, column: str) -> bool:
    """Tell whether an activity outlives the record that ``column`` points to (switch `activities_of_deleted`)."""
    if kind.name not in KINDS:
        return False
    org.rests_on("salesforce.activities_of_deleted")
    mode = org.settings["activities_of_deleted"]
    other = row.values.get("WhatId" if column == "WhoId" else "WhoId")
    return mode == "keep" or (mode == "unless_shared" and bool(other))
