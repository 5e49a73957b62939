"""Companies, deals and engagements lately made or changed: newest first, paged by a plain offset."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ....journal import Row
from ....wire import Request, Response
from ..wire import json_response
from .envelope import number_arg

MOST_RECENT = 10_000


def recent(
    request: Request, rows: Iterable[Row], moment: Callable[[Row], int], show: Callable[[Row], dict[str, Any]]
) -> Response:
    """Return one page of ``rows`` by ``moment``, the latest first; `since` (ms), `count` (100 at most) and `offset` apply."""
    limit = number_arg(request, "count", "limit", default=20, most=100)
    offset = number_arg(request, "offset", default=0)
    since = number_arg(request, "since", default=0)
    found = sorted((row for row in rows if moment(row) >= since), key=lambda r: (moment(r), int(r.id)), reverse=True)
    found = found[:MOST_RECENT]
    page = found[offset : offset + limit]
    return json_response({
        "results": [show(row) for row in page], "hasMore": offset + limit < len(found), "offset": offset + len(page),
        "total": len(found),
    })
