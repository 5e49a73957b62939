"""Deals v1 by the page: all of them, the recent ones, those of a contact or company."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors
from ..links import linked
from ..portal import Portal
from ..wire import json_response
from . import shapes
from .envelope import answers_v1, number_arg, number_param, vendor_type
from .recent import recent

_ROOT = "/deals/v1/deal"


def _asked(dialect: Portal, request: Request) -> tuple[dict[str, None] | None, list[str] | None]:
    """Return the properties to show (None: all) and those whose earlier values are shown too (None: of all)."""
    history = request.args("propertiesWithHistory")
    if request.flag("includeAllProperties"):
        mode = request.arg("allPropertiesFetchMode")
        if mode != "latest_version":
            dialect.rests_on("hubspot.deals_v1_fetch_mode")
        return None, None if mode == "all_versions" else history
    names = dict.fromkeys([*request.args("properties"), *history])
    if not names:
        dialect.rests_on("hubspot.legacy_page_without_properties")
    return names, history


def _paged(dialect: Portal, request: Request, rows: Iterator[Row]) -> Response:
    limit = number_arg(request, "limit", "count", default=100, most=250)
    names, history = _asked(dialect, request)
    tied = request.flag("includeAssociations")
    found = list(islice(rows, limit + 1))
    page = found[:limit]
    return json_response({
        "deals": [shapes.deal(dialect, row, names, history, associations=tied) for row in page],
        "hasMore": len(found) > limit, "offset": int(page[-1].id) if page else number_arg(request, "offset", default=0),
    })


@answers_v1("GET", f"{_ROOT}/paged", id="legacy.deals", evidence=Evidence.CLIENT_SOURCE,
            note="a page without `properties` shows none, a fetch mode other than `latest_version`: assumed")
def paged(dialect: Portal, request: Request) -> Response:
    """Return one page of all deals in order of id; `offset` is the last id shown."""
    return _paged(dialect, request, dialect.rows_from("deals", number_arg(request, "offset", default=0) + 1, archived=False))


@answers_v1("GET", f"{_ROOT}/associated/{{toObjectType}}/{{objectId}}/paged", id="legacy.deals_of", evidence=Evidence.CLIENT_SOURCE,
            note="a page without `properties` shows none: assumed")
def paged_of(dialect: Portal, request: Request) -> Response:
    """Return one page of the deals of a contact or company."""
    other = vendor_type(request.params["toObjectType"])
    record_id = number_param(request, "objectId")
    if dialect.store.get(other.kind, record_id) is None:
        raise errors.not_found()
    offset = number_arg(request, "offset", default=0)
    ids = [i for i, _ in linked(dialect, other.kind, dialect.store.resolve(other.kind, record_id), "deals")]
    rows = (dialect.store.get("deals", i) for i in ids if int(i) > offset)
    return _paged(dialect, request, (row for row in rows if row is not None))


@answers_v1("GET", f"{_ROOT}/recent/modified", id="legacy.deals_modified", evidence=Evidence.CLIENT_SOURCE)
def recently_modified(dialect: Portal, request: Request) -> Response:
    """Return the deals changed lately, all properties with them."""
    return recent(request, dialect.store.rows("deals"), lambda row: row.modified_ms, lambda row: shapes.deal(dialect, row, None))


@answers_v1("GET", f"{_ROOT}/recent/created", id="legacy.deals_created", evidence=Evidence.CLIENT_SOURCE)
def recently_created(dialect: Portal, request: Request) -> Response:
    """Return the deals made lately, all properties with them."""
    return recent(request, dialect.store.rows("deals"), lambda row: row.created_ms, lambda row: shapes.deal(dialect, row, None))
