"""The records that a user used last: as far as this mock can know, those that the user saved."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import Any

from ...journal import Row
from ...wire import Evidence, Request, Response
from .errors import ApiError, reply, rest
from .kinds import Kind
from .org import Org
from .wire import attributes

MOST_RECENT = 200


def recent_items(org: Org, kinds: Iterable[Kind], user_id: str, version: str, most: int) -> list[dict[str, Any]]:
    """Return the newest records that the user saved last, each with its id and name; they count as shown."""
    if org.settings["recent_items"] == "none":
        return []
    org.rests_on("salesforce.recent_items")
    own: Iterable[Row] = (
        row for kind in kinds for row in org.store.rows(kind.name) if row.values.get("LastModifiedById") == user_id
    )
    found = heapq.nlargest(most, own, key=lambda row: (row.modified_ms, row.id))
    return [_item(org, row, version) for row in found]


def _item(org: Org, row: Row, version: str) -> dict[str, Any]:
    org.served(row)
    shown: dict[str, Any] = {"attributes": attributes(row.kind, row.id, version), "Id": row.id}
    name = org.kinds[row.kind].name_field
    if name and name not in org.kinds[row.kind].hidden:
        shown[name] = row.values.get(name)
    return shown


@rest("GET", "/services/data/{version}/recent", id="org.recent", evidence=Evidence.ASSUMED,
      note="records that the user saved; a real org also counts what was looked at")
def recent(org: Org, request: Request) -> Response:
    """List the records used last, newest first; `limit` says how many."""
    asked = request.arg("limit", str(MOST_RECENT)) or ""
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 9) or not 1 <= int(asked) <= MOST_RECENT:
        raise ApiError("INVALID_QUERY_LIMIT", f"limit must be a number from 1 to {MOST_RECENT}: {asked}")
    kinds = [k for k in org.kinds.values() if not k.closed]
    return reply(request, recent_items(org, kinds, org.acting_user(request), request.params["version"], int(asked)))
