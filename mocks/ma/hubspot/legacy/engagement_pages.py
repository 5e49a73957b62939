"""Engagements v1 by the page: all of them, the recent ones, those changed after a moment, those of a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors
from ..kinds import OBJECT_TYPES
from ..links import linked
from ..portal import Portal
from ..wire import json_response
from .engagement_shapes import TYPES, engagement
from .envelope import answers_v1, number_arg, number_param, vendor_type
from .recent import recent

_ROOT = "/engagements/v1/engagements"
_MOST_IN_PAGE = 250


def _all(dialect: Portal) -> Iterator[Row]:
    for kind in TYPES:
        if kind in OBJECT_TYPES:
            yield from dialect.store.rows(kind)


def _paged(dialect: Portal, request: Request, rows: Iterable[Row]) -> Response:
    limit = number_arg(request, "limit", "count", default=100, most=_MOST_IN_PAGE)
    offset = number_arg(request, "offset", default=0)
    found = sorted((row for row in rows if int(row.id) > offset), key=lambda row: int(row.id))
    page = found[:limit]
    return json_response({
        "results": [engagement(dialect, row) for row in page], "hasMore": len(found) > limit,
        "offset": int(page[-1].id) if page else offset,
    })


@answers_v1("GET", f"{_ROOT}/paged", id="legacy.engagements", evidence=Evidence.CLIENT_RUN)
def paged(dialect: Portal, request: Request) -> Response:
    """Return one page of all engagements in order of id; `offset` is the last id shown."""
    return _paged(dialect, request, _all(dialect))


@answers_v1("GET", f"{_ROOT}/associated/{{objectType}}/{{objectId}}/paged", id="legacy.engagements_of", evidence=Evidence.CLIENT_SOURCE)
def paged_of(dialect: Portal, request: Request) -> Response:
    """Return one page of the engagements of a record."""
    other = vendor_type(request.params["objectType"])
    row = dialect.store.get(other.kind, number_param(request, "objectId"))
    if row is None:
        raise errors.not_found()
    found = (
        dialect.store.get(kind, i)
        for kind in TYPES if kind in OBJECT_TYPES for i, _ in linked(dialect, other.kind, row.id, kind)
    )
    return _paged(dialect, request, (row for row in found if row is not None))


@answers_v1("GET", f"{_ROOT}/recent/modified", id="legacy.engagements_modified", evidence=Evidence.CLIENT_SOURCE)
def recently_modified(dialect: Portal, request: Request) -> Response:
    """Return the engagements changed lately, newest first."""
    return recent(request, _all(dialect), lambda row: row.modified_ms, lambda row: engagement(dialect, row))


@answers_v1("GET", f"{_ROOT}/modified/after", id="legacy.engagements_modified_after", evidence=Evidence.ASSUMED,
            note="`after` is taken for a moment in milliseconds, results for the oldest change first")
def modified_after(dialect: Portal, request: Request) -> Response:
    """Return one page of the engagements changed after a moment; `after` of the answer leads to the next."""
    limit = number_arg(request, "limit", "count", default=100, most=_MOST_IN_PAGE)
    after = number_arg(request, "after", "timestamp", default=0)
    found = sorted((row for row in _all(dialect) if row.modified_ms > after), key=lambda row: (row.modified_ms, int(row.id)))
    page = found[:limit]
    # A page ends between two moments: what shares the stamp of its last one would be lost otherwise.
    page += [row for row in found[limit:] if page and row.modified_ms == page[-1].modified_ms]
    return json_response({
        "results": [engagement(dialect, row) for row in page], "hasMore": len(found) > len(page),
        "after": page[-1].modified_ms if page else after, "total": len(found),
    })
