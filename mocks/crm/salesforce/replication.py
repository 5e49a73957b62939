"""What was changed and what was deleted in a window of time (getUpdated, getDeleted)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ...clock import to_ms
from ...journal import Change
from ...wire import Evidence, Request, Response
from .errors import ApiError, reply, rest
from .kinds import Kind
from .org import Org
from .wire import stamp, unstamp

_MINUTE_MS, _MONTH_MS = 60_000, 30 * 86_400_000


@rest("GET", "/services/data/{version}/sobjects/{object}/updated", id="replication.updated", evidence=Evidence.DOCUMENT)
def updated(org: Org, request: Request) -> Response:
    """List the ids of living records whose stamp lies in the window."""
    kind = org.kind(request.params["object"])
    start, end = window(org, request.arg("start"), request.arg("end"))
    return reply(request, {"ids": updated_ids(org, kind, start, end), "latestDateCovered": covered(org, end)})


@rest("GET", "/services/data/{version}/sobjects/{object}/deleted", id="replication.deleted", evidence=Evidence.CLIENT_RUN,
      probe="10")
def deleted(org: Org, request: Request) -> Response:
    """List the records deleted in the window: by hand, as losers of a merge, or for good."""
    kind = org.kind(request.params["object"])
    start, end = window(org, request.arg("start"), request.arg("end"))
    found = deleted_records(org, kind, start, end)
    body = {"deletedRecords": found, "earliestDateAvailable": earliest(org), "latestDateCovered": covered(org, end)}
    return reply(request, body)


def updated_ids(org: Org, kind: Kind, start: int, end: int) -> list[str]:
    """Return the ids of living records whose stamp lies in the window (milliseconds)."""
    by = str(org.settings["updated_by"])
    ids = []
    for row in org.store.rows(kind.name):
        by_system, by_user = (_inside(row.values.get(n), start, end) for n in ("SystemModstamp", "LastModifiedDate"))
        if by_system != by_user:
            org.rests_on("salesforce.updated_by")
        if by_system if by == "SystemModstamp" else by_user:
            ids.append(row.id)
    return ids


def deleted_records(org: Org, kind: Kind, start: int, end: int) -> list[dict[str, Any]]:
    """Return `deletedDate` and `id` of what was deleted in the window (milliseconds)."""
    found = [
        {"deletedDate": row.values["SystemModstamp"], "id": row.id}
        for row in org.store.rows(kind.name, deleted=True)
        if row.deleted and _inside(row.values.get("SystemModstamp"), start, end)
    ]
    return found + _erased(org, kind, start, end)


def earliest(org: Org) -> str:
    """Return how far back a window may reach."""
    return stamp(org.clock.now_ms() - _MONTH_MS)


def _erased(org: Org, kind: Kind, start: int, end: int) -> list[dict[str, Any]]:
    # Records that are gone for good are known to the journal alone.
    gone = [
        e for e in org.journal.entries
        if isinstance(e, Change) and e.after is None and e.system == org.name and e.kind == kind.name
        and start <= e.at_ms < end and org.row(kind, e.record_id) is None
    ]
    return [{"deletedDate": stamp(e.at_ms), "id": e.record_id} for e in gone]


def _inside(text: str | None, start: int, end: int) -> bool:
    return text is not None and start <= to_ms(unstamp(text)) < end


def covered(org: Org, end: int) -> str:
    """Return up to when an answer is complete."""
    return stamp(min(end, org.clock.now_ms()) // _MINUTE_MS * _MINUTE_MS)


def window(org: Org, start_text: str | None, end_text: str | None) -> tuple[int, int]:
    """Return the window in milliseconds, cut to whole minutes as the vendor does. Raises ApiError."""
    start, end = _moment(start_text), _moment(end_text)
    start, end = start // _MINUTE_MS * _MINUTE_MS, end // _MINUTE_MS * _MINUTE_MS
    if end - start < _MINUTE_MS:
        raise _bad_window("endDate must be at least one minute greater than startDate")
    if start < (org.clock.now_ms() - _MONTH_MS) // _MINUTE_MS * _MINUTE_MS:
        raise _bad_window("startDate before org replication enabled date")
    return start, end


def _moment(text: str | None) -> int:
    # In a query string an unescaped `+` of the offset arrives as a blank.
    cleaned = (text or "").replace(" ", "+")
    try:
        moment = datetime.fromisoformat(cleaned)
    except ValueError:
        raise _bad_window(f"invalid date: {text}") from None
    return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _bad_window(text: str) -> ApiError:
    return ApiError("INVALID_REPLICATION_DATE", text)
