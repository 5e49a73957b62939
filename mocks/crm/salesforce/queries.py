"""SOQL over the wire: query, queryAll, paging by locator, and the org as the SOQL engine sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ...journal import Row
from ...schema import FieldInfo
from ...wire import Evidence, Request, Response
from .errors import ApiError, reply, rest
from .ids import full_id, next_id
from .org import Org
from .soql import QueryResult, SoqlError, run_query
from .soql.columns import column_metadata
from .wire import row_url

SMALLEST_BATCH, LARGEST_BATCH = 200, 2000
KEPT_CURSORS = 50


@dataclass(frozen=True, slots=True)
class Cursor:
    """The whole result of a query, of which pages are handed out."""

    records: list[dict[str, Any]]
    rows: list[Row]


class OrgSource:
    """What the SOQL engine may ask of the org, on behalf of one user and one API version."""

    def __init__(self, org: Org, user_id: str, version: str) -> None:
        self._org = org
        self._version = version
        self.user_id = user_id
        self.now: Callable[[], datetime] = org.clock.now

    def kind(self, name: str) -> str | None:
        """Return the canonical object name, or None."""
        found = self._org.kinds.get(name) or self._org.by_lower.get(name.lower())
        return found.name if found else None

    def fields(self, kind: str) -> Mapping[str, FieldInfo]:
        """Return the visible fields by canonical name."""
        return self._org.kinds[kind].infos

    def parent(self, kind: str, relationship: str) -> tuple[str, tuple[str, ...]] | None:
        """Return (foreign key, possible parents) of a relationship."""
        column = self._org.kinds[kind].relationships.get(relationship.lower())
        return (column.name, column.info.reference_to) if column else None

    def children(self, kind: str, relationship: str) -> tuple[str, str] | None:
        """Return (child object, its foreign key) of a child relationship."""
        wanted = relationship.lower()
        for child in self._org.kinds[kind].children:
            if child.relationship is not None and child.relationship.lower() == wanted:
                return child.kind, child.column
        return None

    def rows(self, kind: str, deleted: bool) -> Iterable[Row]:
        """Return the rows in order of creation."""
        return self._org.store.rows(kind, deleted=deleted)

    def get(self, kind: str, record_id: str) -> Row | None:
        """Return a row by id, deleted or not."""
        return self._org.store.get(kind, record_id, deleted=True)

    def lookup(self, kind: str, field: str, value: object) -> Iterable[Row] | None:
        """Return the living rows with this value by index, or None when there is no index."""
        store = self._org.store
        if field == "Id":
            whole = full_id(value) if isinstance(value, str) else None
            row = store.get(kind, whole) if whole else None
            return (row,) if row else ()
        if not store.is_indexed(kind, field):
            return None
        if self._org.kinds[kind].columns[field].info.reference_to and isinstance(value, str):
            value = full_id(value)
        return [row for i in store.find(kind, field, value) if (row := store.get(kind, i)) is not None]

    def row_url(self, kind: str, record_id: str) -> str:
        """Return the address that `attributes` shows."""
        return row_url(kind, record_id, self._version)

    def hidden(self, kind: str, field: str) -> bool:
        """Tell whether field-level security hides the field."""
        return field in self._org.kinds[kind].hidden


@rest("GET", "/services/data/{version}/query", id="query.query", evidence=Evidence.CLIENT_RUN, probe="11, 12, 13, 14",
      note="no explain")
def query(org: Org, request: Request) -> Response:
    """Run a query over the records that are not deleted."""
    return _first_page(org, request, include_deleted=False)


@rest("GET", "/services/data/{version}/queryAll", id="query.query_all", evidence=Evidence.CLIENT_RUN, probe="10")
def query_all(org: Org, request: Request) -> Response:
    """Run a query over all records, those in the recycle bin too."""
    return _first_page(org, request, include_deleted=True)


@rest("GET", "/services/data/{version}/query/{locator}", "/services/data/{version}/queryAll/{locator}",
      id="query.more", evidence=Evidence.CLIENT_RUN, probe="11")
def more(org: Org, request: Request) -> Response:
    """Show the next page. A `q` sent along is ignored, as clients send one."""
    name, _, offset = request.params["locator"].rpartition("-")
    cursor = org.cursors.get(full_id(name) or "")
    if cursor is None or not offset.isdigit() or int(offset) > len(cursor.records):
        raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
    return _page(org, request, cursor, full_id(name) or "", int(offset))


def run(org: Org, request: Request, text: str, *, include_deleted: bool) -> QueryResult:
    """Run SOQL for the user of the request. Raises ApiError with the vendor's code and text."""
    source = OrgSource(org, org.acting_user(request), request.params["version"])
    nulls = bool(org.settings["not_equal_matches_null"])
    try:
        result = run_query(source, text, include_deleted=include_deleted, nulls_match_not_equal=nulls)
    except SoqlError as error:
        raise ApiError(error.code, error.message, hint=error.hint) from None
    for assumption in result.assumed:
        org.rests_on(f"salesforce.{assumption}")
    for row in result.related:
        org.served(row)
    return result


def _first_page(org: Org, request: Request, *, include_deleted: bool) -> Response:
    text = request.arg("q")
    if text is None:
        raise ApiError("MALFORMED_QUERY", "A query string has to be specified", hint="send the query in `q`")
    result = run(org, request, text, include_deleted=include_deleted)
    if request.arg("columns") == "true":
        return reply(request, column_metadata(result, org.kind(result.kind).prefix))
    if result.is_count:
        return reply(request, {"totalSize": result.total, "done": True, "records": []})
    cursor = Cursor(result.records, result.rows)
    if len(result.records) <= _page_size(org, request):
        for row in result.rows:
            org.served(row)
        return reply(request, {"totalSize": len(result.records), "done": True, "records": result.records})
    name = next_id(org.dice, "01g")
    org.cursors[name] = cursor
    while len(org.cursors) > KEPT_CURSORS:
        del org.cursors[next(iter(org.cursors))]
    return _page(org, request, cursor, name, 0)


def _page(org: Org, request: Request, cursor: Cursor, name: str, offset: int) -> Response:
    total = len(cursor.records)
    end = min(offset + _page_size(org, request), total)
    for row in cursor.rows[offset:end]:
        org.served(row)
    body: dict[str, Any] = {"totalSize": total, "done": end >= total}
    if end < total:
        # The vendor says `query` here even for queryAll.
        body["nextRecordsUrl"] = f"/services/data/{request.params['version']}/query/{name}-{end}"
    body["records"] = cursor.records[offset:end]
    return reply(request, body)


def _page_size(org: Org, request: Request) -> int:
    default = int(org.settings["page_size"])
    options = request.headers.get("sforce-query-options", "")
    for part in options.split(","):
        key, _, value = part.partition("=")
        if key.strip().lower() == "batchsize" and value.strip().isdigit():
            return min(default, max(SMALLEST_BATCH, min(int(value), LARGEST_BATCH)))
    return default
