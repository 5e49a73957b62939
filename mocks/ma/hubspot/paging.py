"""Cursors: `paging` is absent on the last page, and `link` is absolute and keeps the query (rules 2 and 3)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from ...wire import Request
from . import errors
from .values import is_whole


def limit_of(request: Request, default: int, most: int) -> int:
    """Return `limit`. Raises `Refusal` when it is no number, below 1 or above ``most`` (wording not captured)."""
    text = request.arg("limit")
    if text is None or text == "":
        return default
    if not is_whole(text) or not 1 <= int(text) <= most:
        raise errors.Refusal(400, f"Invalid limit {text}: it must be a number between 1 and {most}",
                             assumed="hubspot.text_limit")
    return int(text)


def after_of(request: Request) -> int:
    """Return the numeric cursor `after` (0: from the start). Raises `Refusal` when it is not one of ours."""
    text = request.arg("after") or "0"
    if not is_whole(text):
        raise errors.Refusal(400, f"Invalid cursor: {text}", assumed="hubspot.text_cursor")
    return int(text)


def next_page(request: Request, after: str) -> dict[str, Any]:
    """Return the `paging` member that leads to the page starting at ``after``."""
    pairs = [(k, v) for k, v in request.query if k != "after"]
    query = urlencode([*pairs, ("after", after)], safe=",")
    return {"next": {"after": after, "link": f"{public_url(request)}{request.path}?{query}"}}


def public_url(request: Request) -> str:
    """Return scheme and host as the caller used them, also behind the run's HTTPS proxy."""
    host = request.headers.get("x-forwarded-host")
    if host is None:
        return request.base_url
    return f"{request.headers.get('x-forwarded-proto', 'https')}://{host}"
