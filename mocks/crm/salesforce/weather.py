"""How Salesforce fails: limits, outages, withdrawn access, records that are refused; research `salesforce.md` section 2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from ...dialect import Trouble
from ...journal import Row
from ...wire import Request, Response
from .errors import SESSION_EXPIRED, ApiError, refusal, reply
from .kinds import Kind
from .org import Org, refuse_api_limit

TRIPS = frozenset({"partial_failure", "row_lock", "duplicate_rule"})
LIMITS_TOLD = ("daily", "concurrent")


def limited(org: Org, request: Request, limit: str) -> Response:
    """Return 403 REQUEST_LIMIT_EXCEEDED of the day's calls, or of long calls at the same time."""
    if limit == "concurrent":
        return refusal(org, request, ApiError("REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.", status=403))
    return refusal(org, request, refuse_api_limit())


def trip_up(org: Org, kind: Kind, row: Row | None, values: Mapping[str, Any]) -> None:
    """Refuse a record that a fault picks out. Raises ApiError."""
    word = org.trip(kind.name, row.id if row is not None else "", values) if org.trip is not None else ""
    if word == "row_lock":
        # A new record locks those that it hangs on.
        locked = row.id if row is not None else str(values.get("AccountId") or values.get("OwnerId") or org.user_id)
        text = f"unable to obtain exclusive access to this record or 1 records: {locked}"
        raise ApiError("UNABLE_TO_LOCK_ROW", text, fields=())
    if word == "duplicate_rule":
        raise ApiError("DUPLICATES_DETECTED", "Use one of these records?", fields=())
    if word == "partial_failure":
        raise ApiError("FIELD_CUSTOM_VALIDATION_EXCEPTION", "This record is refused by a rule of the org", fields=())


def _at_the_door(org: Org, request: Request, description: str) -> Response:
    """Refuse a login, or the session of a running one."""
    if request.segments[:3] == ("services", "oauth2", "token"):
        org.refused(request.path, "invalid_grant", description)
        return reply(request, {"error": "invalid_grant", "error_description": description}, 400)
    response = refusal(org, request, ApiError("INVALID_SESSION_ID", SESSION_EXPIRED, status=401))
    response.headers.append(("WWW-Authenticate", "Token"))
    return response


def _revoked(org: Org, request: Request) -> Response:
    return _at_the_door(org, request, "expired access/refresh token")


def _blocked(org: Org, request: Request) -> Response:
    # That a running session ends is certain where the org enforces its addresses on every request; its words are not.
    org.rests_on("salesforce.session_of_blocked_address")
    return _at_the_door(org, request, "ip restricted")


def _without_api(org: Org, request: Request) -> Response:
    return refusal(org, request, ApiError("API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization.", status=403))


def _nothing(org: Org, request: Request) -> Response:
    del org
    return reply(request, {"totalSize": 0, "done": True, "records": []})


def _all_or_none(org: Org, request: Request, number: int) -> bool:
    """Ask for a collection as one, whatever the caller asked for."""
    del org, number
    body = orjson.loads(request.body or b"{}")
    if not isinstance(body, dict) or "records" not in body:
        return False
    request.body = orjson.dumps({**body, "allOrNone": True})
    return True


# Whatever door a connector writes by: single records, collections, trees, bulk jobs, SOAP. A composite may hold anything.
_ANYTHING = ("composite.batch", "composite.composite", "composite.graph", "bulk1.batch.add", "bulk2.ingest.upload")
_CREATES = ("rows.create", "rows.upsert*", "collections.create", "collections.upsert*", "composite.tree", "soap.create", "soap.upsert", *_ANYTHING)
_CHANGES = ("rows.update*", "rows.upsert*", "collections.update", "collections.upsert*", "soap.update", "soap.upsert", *_ANYTHING)
_DELETES = ("rows.delete*", "collections.delete", "soap.delete", "soap.merge", *_ANYTHING)

GROUPS: Mapping[str, tuple[str, ...]] = {
    "reads": (
        "query.*", "rows.read*", "collections.retrieve*", "search.*", "replication.*", "bulk1.batch.query_result", "bulk2.query.results",
        "soap.query*", "soap.retrieve", "soap.search", "soap.getUpdated", "soap.getDeleted",
    ),
    "creates": _CREATES,
    "changes": _CHANGES,
    "writes": tuple(dict.fromkeys((*_CREATES, *_CHANGES, *_DELETES, "soap.convertLead"))),
}  # fmt: skip

_DATA = ("query.*", "rows.*", "collections.*", "composite.*", "search.*", "describe.*", "replication.*", "tree.*", "graph.*")

TROUBLES: Mapping[str, Trouble] = {
    "login_revoked": Trouble(answer=_revoked),
    "ip_blocked": Trouble(answer=_blocked),
    "scope_missing": Trouble(_DATA, answer=_without_api),
    "side_empty": Trouble(("query.query", "query.query_all"), answer=_nothing),
    "late_commit": Trouble(("query.*",), setting="commit_delay_ms"),
    "index_lag": Trouble(("search.*",), setting="search_index_lag_s", per_ms=0.001),
    "whole_batch": Trouble(("collections.create", "collections.update", "collections.upsert"), change=_all_or_none),
}
