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
from .late_commit import late_view
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


@dataclass(frozen=True, slots=True)
class Page:
    """Some records of a result of ``total``, and the locator of the rest (None: there is none)."""

    records: list[dict[str, Any]]
    total: int
    locator: str | None


class OrgSource:
    """What the SOQL engine may ask of the org, on behalf of one user and one API version."""

    def __init__(self, org: Org, user_id: str, version: str) -> None:
        self._org = org
        self._version = version
        self.user_id = user_id
        self.now: Callable[[], datetime] = org.clock.now
        self._late = late_view(org)

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
                if child.column in self._org.kinds[child.kind].hidden:
                    return None
                return child.kind, child.column
        return None

    def rows(self, kind: str, deleted: bool) -> Iterable[Row]:
        """Return the rows in order of creation."""
        return self._org.store.rows(kind, deleted=deleted) if self._late is None else self._late.rows(kind, deleted)

    def get(self, kind: str, record_id: str) -> Row | None:
        """Return a row by id, deleted or not."""
        return self._org.store.get(kind, record_id, deleted=True) if self._late is None else self._late.get(kind, record_id)

    def lookup(self, kind: str, field: str, value: object) -> Iterable[Row] | None:
        """Return the living rows with this value by index, or None when there is no index."""
        store = self._org.store
        if self._late is not None and self._late.touches(kind):
            return None  # the index knows what no query sees yet
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
    return _shown(request, next_page(org, request.params["locator"], _page_size(org, request)))


def run(org: Org, request: Request, text: str, *, include_deleted: bool) -> QueryResult:
    """Run SOQL for the user of the request. Raises ApiError with the vendor's code and text."""
    return run_for(org, org.acting_user(request), request.params["version"], text, include_deleted=include_deleted)


def run_for(org: Org, user_id: str, version: str, text: str, *, include_deleted: bool) -> QueryResult:
    """Run SOQL for a user. Raises ApiError with the vendor's code and text.

    What the answer assumes and which parents and children it shows is noted; its own rows are noted page by page.
    """
    source = OrgSource(org, user_id, version)
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


def first_page(org: Org, result: QueryResult, size: int) -> Page:
    """Return the first ``size`` records of a result; more of them are kept under a locator."""
    cursor = Cursor(result.records, result.rows)
    if len(result.records) <= size:
        return _cut(org, cursor, "", 0, size)
    name = next_id(org.dice, "01g")
    org.cursors[name] = cursor
    while len(org.cursors) > KEPT_CURSORS:
        del org.cursors[next(iter(org.cursors))]
    return _cut(org, cursor, name, 0, size)


def next_page(org: Org, locator: str, size: int) -> Page:
    """Return the page that a locator (`01g...-<offset>`) leads to. Raises ApiError INVALID_QUERY_LOCATOR."""
    name, _, offset = locator.rpartition("-")
    whole = full_id(name) or ""
    cursor = org.cursors.get(whole)
    # A number that is longer than any result would not fit an integer of the vendor either.
    if cursor is None or not (offset.isascii() and offset.isdigit()) or len(offset) > 9 or int(offset) > len(cursor.records):
        raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
    return _cut(org, cursor, whole, int(offset), size)


def page_size(org: Org, asked: str) -> int:
    """Return how many records a page holds when the caller asked for ``asked`` (clamped, ignored when no number)."""
    default = int(org.settings["page_size"])
    if not (asked.isascii() and asked.isdigit()) or len(asked) > 9:
        return default
    return min(default, max(SMALLEST_BATCH, min(int(asked), LARGEST_BATCH)))


def _cut(org: Org, cursor: Cursor, name: str, offset: int, size: int) -> Page:
    total = len(cursor.records)
    end = min(offset + size, total)
    for row in cursor.rows[offset:end]:
        org.served(row)
    return Page(cursor.records[offset:end], total, f"{name}-{end}" if end < total else None)


def _first_page(org: Org, request: Request, *, include_deleted: bool) -> Response:
    text = request.arg("q")
    if text is None:
        if request.arg("explain") is not None:
            hint = "explain is not mocked: a plan's costs would be invented"
            raise ApiError("FUNCTIONALITY_NOT_ENABLED", "Query plans are not available in this org.", hint=hint)
        raise ApiError("MALFORMED_QUERY", "A query string has to be specified", hint="send the query in `q`")
    result = run(org, request, text, include_deleted=include_deleted)
    if request.arg("columns") == "true":
        return reply(request, column_metadata(result, org.kind(result.kind).prefix))
    return answered(org, request, result)


def answered(org: Org, request: Request, result: QueryResult) -> Response:
    """Return the first page of a result as REST shows it."""
    if result.is_count:
        return reply(request, {"totalSize": result.total, "done": True, "records": []})
    return _shown(request, first_page(org, result, _page_size(org, request)))


def _shown(request: Request, page: Page) -> Response:
    body: dict[str, Any] = {"totalSize": page.total, "done": page.locator is None}
    if page.locator is not None:
        # The vendor says `query` here even for queryAll.
        body["nextRecordsUrl"] = f"/services/data/{request.params['version']}/query/{page.locator}"
    body["records"] = page.records
    return reply(request, body)


def _page_size(org: Org, request: Request) -> int:
    options = request.headers.get("sforce-query-options")
    for part in options.split(",") if options else ():
        key, _, value = part.partition("=")
        if key.strip().lower() == "batchsize" and value.strip().isdigit():
            return page_size(org, value.strip())
    return int(org.settings["page_size"])
