"""Pages that run backwards in time: the legacy timeline and e-mail events begin with the latest.

An offset is opaque: the moment and id of the last entry shown, so that what happens meanwhile moves no page.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from typing import TypeVar

from ...wire import Request
from .errors import Refusal

MOST = 1000
Entry = TypeVar("Entry")
Key = tuple[int, str]


def number_arg(request: Request, name: str, default: int) -> int:
    """Return a number of the query. Raises `Refusal` when it is none."""
    text = request.arg(name)
    if text is None or text == "":
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Refusal(400, f"Unable to parse value for query parameter: {name}", category=None, code="INVALID_PARAMETER")
    return int(text)


def window(request: Request) -> tuple[int, int]:
    """Return `startTimestamp` and `endTimestamp` in milliseconds; both ends belong to the window."""
    return number_arg(request, "startTimestamp", 0), number_arg(request, "endTimestamp", 1 << 62)


def page(
    request: Request, entries: Iterable[Entry], key: Callable[[Entry], Key], default_limit: int
) -> tuple[list[Entry], bool, str]:
    """Return one page of ``entries``, latest first, whether there are more, and the offset of the next page."""
    limit = min(number_arg(request, "limit", default_limit), MOST)
    text = request.arg("offset") or ""
    found = sorted(entries, key=key, reverse=True)
    if text:
        bound = _decoded(text)
        found = [entry for entry in found if key(entry) < bound]
    shown = found[:limit]
    return shown, len(found) > limit, _encoded(key(shown[-1])) if shown else text


def _encoded(key: Key) -> str:
    return base64.urlsafe_b64encode(f"{key[0]}:{key[1]}".encode()).decode().rstrip("=")


def _decoded(text: str) -> Key:
    try:
        at, _, identity = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(":")
        return int(at), identity
    except (binascii.Error, ValueError):
        raise Refusal(400, "Unable to parse value for query parameter: offset", category=None,
                      code="INVALID_PARAMETER") from None
