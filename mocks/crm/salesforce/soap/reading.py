"""Calls that show records: retrieve, query, queryAll, queryMore, search, getUpdated, getDeleted."""

from __future__ import annotations

from typing import Any

from ....journal import Row
from .. import queries, replication, search
from ..errors import ApiError
from ..org import Org
from ..sobject_collections import MOST_RETRIEVED, check_size
from ..wire import chosen_json
from .caller import Call, Caller
from .envelope import element, text_of, texts_of
from .sobjects import kind_named, record_xml


def retrieve(org: Org, caller: Caller) -> str:
    """Show records by id in the order asked for; nil where there is none."""
    kind = kind_named(org, text_of(caller.call, "sObjectType"))
    fields = [name.strip() for name in text_of(caller.call, "fieldList").split(",") if name.strip()]
    ids = texts_of(caller.call, "ids")
    check_size(len(ids), MOST_RETRIEVED)
    if not fields:
        raise ApiError("MISSING_ARGUMENT", "fieldList must be specified")
    shown = []
    for record_id in ids:
        row: Row | None = org.row(kind, record_id)
        if row is None or row.deleted:
            shown.append('<result xsi:nil="true"/>')
            continue
        org.served(row)
        shown.append(record_xml(org, "result", chosen_json(kind, row, caller.version, fields)))
    return "".join(shown)


def query(org: Org, caller: Caller) -> str:
    """Run a query over the records that are not deleted."""
    return _queried(org, caller, include_deleted=False)


def query_all(org: Org, caller: Caller) -> str:
    """Run a query over all records, those in the recycle bin too."""
    return _queried(org, caller, include_deleted=True)


def query_more(org: Org, caller: Caller) -> str:
    """Show the next page."""
    return _page(org, queries.next_page(org, text_of(caller.call, "queryLocator"), _size(org, caller)))


def _queried(org: Org, caller: Caller, *, include_deleted: bool) -> str:
    text = text_of(caller.call, "queryString")
    result = queries.run_for(org, caller.user.id, caller.version, text, include_deleted=include_deleted)
    if result.is_count:
        return _result([], result.total, None)
    return _page(org, queries.first_page(org, result, _size(org, caller)))


def _size(org: Org, caller: Caller) -> int:
    return queries.page_size(org, caller.option("QueryOptions", "batchSize"))


def _page(org: Org, page: queries.Page) -> str:
    return _result([record_xml(org, "records", r) for r in page.records], page.total, page.locator)


def _result(records: list[str], total: int, locator: str | None) -> str:
    return (
        f'<result xsi:type="QueryResult">{element("done", locator is None)}{element("queryLocator", locator)}'
        f"{''.join(records)}{element('size', total)}</result>"
    )


def search_records(org: Org, caller: Caller) -> str:
    """Run a SOSL search."""
    found: list[dict[str, Any]] = search.run_for(org, caller.user.id, caller.version, text_of(caller.call, "searchString"))
    shown = "".join(f"<searchRecords>{record_xml(org, 'record', r)}</searchRecords>" for r in found)
    return f"<result>{shown}</result>"


def get_updated(org: Org, caller: Caller) -> str:
    """List the ids of living records whose stamp lies in the window."""
    kind = kind_named(org, text_of(caller.call, "sObjectType"))
    start, end = _window(org, caller)
    ids = "".join(element("ids", i) for i in replication.updated_ids(org, kind, start, end))
    return f"<result>{ids}{element('latestDateCovered', _moment(replication.covered(org, end)))}</result>"


def get_deleted(org: Org, caller: Caller) -> str:
    """List the records deleted in the window: by hand, as losers of a merge, or for good."""
    kind = kind_named(org, text_of(caller.call, "sObjectType"))
    start, end = _window(org, caller)
    found = "".join(
        f"<deletedRecords>{element('deletedDate', _moment(r['deletedDate']))}{element('id', r['id'])}</deletedRecords>"
        for r in replication.deleted_records(org, kind, start, end)
    )
    earliest = element("earliestDateAvailable", _moment(replication.earliest(org)))
    return f"<result>{found}{earliest}{element('latestDateCovered', _moment(replication.covered(org, end)))}</result>"


def _window(org: Org, caller: Caller) -> tuple[int, int]:
    return replication.window(org, text_of(caller.call, "startDate"), text_of(caller.call, "endDate"))


def _moment(text: str) -> str:
    return text.replace("+0000", "Z")


CALLS: dict[str, Call] = {
    "retrieve": retrieve, "query": query, "queryAll": query_all, "queryMore": query_more, "search": search_records,
    "getUpdated": get_updated, "getDeleted": get_deleted,
}
