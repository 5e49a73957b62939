"""Conditional requests: tags and times that decide whether a row or a description is sent, or a row changed.

Source: the vendor's page on conditional request headers and research `salesforce.md` section 3: tags for Account rows
only (and for metadata), times for rows and metadata, neither for DELETE; 304 for what is read, 412 for what is changed.
"""

from __future__ import annotations

import base64
import hashlib
import re
from email.utils import format_datetime, parsedate_to_datetime

from ...clock import from_ms, to_ms
from ...journal import Row
from ...wire import Request, Response
from .errors import ApiError
from .kinds import Kind
from .org import Org
from .wire import unstamp

_TAGGED = "Account"
_TAGS = re.compile(r'\s*(?:\*|(?:W/)?"[^"]*"(?:\s*,\s*(?:W/)?"[^"]*")*)\s*')
_TAG = re.compile(r'"([^"]*)"')


def is_conditional(request: Request) -> bool:
    """Tell whether the request carries a condition at all; asked of every row, so it must cost next to nothing."""
    known = request.headers
    return (
        "if-modified-since" in known or "if-match" in known or "if-none-match" in known or "if-unmodified-since" in known
    )


def row_headers(kind: Kind, row: Row) -> list[tuple[str, str]]:
    """Return the tag and the time that an answer with this row carries (Account rows only)."""
    if kind.name != _TAGGED:
        return []
    return [("ETag", f'"{_tag_of(row)}-gzip"'), ("Last-Modified", _http_date(_modified_ms(row)))]


def check_row(org: Org, request: Request, kind: Kind, row: Row) -> Response | None:
    """Return 304 when what is asked for has not changed, None when the request may go on.

    Raises ApiError 412 when a precondition does not hold, and 400 for a condition on a change that cannot be read.
    """
    reading = request.method in ("GET", "HEAD")
    _check_tags(org, request, kind, row, reading=reading)
    known = request.headers
    if kind.name == _TAGGED and _is_listed(known.get("if-none-match"), row):
        if reading:
            return _not_modified(kind, row)
        raise _failed(org)
    before = _moment(known.get("if-unmodified-since"), "If-Unmodified-Since", strict=not reading)
    if before is not None and _modified_ms(row) > before:
        raise _failed(org)
    since = _moment(known.get("if-modified-since"), "If-Modified-Since", strict=False)
    # A tag that was sent and differs says more than a time.
    if since is not None and reading and _modified_ms(row) <= since and "if-none-match" not in known:
        return _not_modified(kind, row)
    return None


def unchanged(request: Request, changed_ms: int, name: str) -> Response | None:
    """Return 304 when the metadata called ``name`` have not changed since the caller got them."""
    known = request.headers
    tag = known.get("if-none-match")
    if tag is not None:
        same = metadata_tag(changed_ms, name) in tag
    else:
        since = _moment(known.get("if-modified-since"), "If-Modified-Since", strict=False)
        same = since is not None and since >= _whole(changed_ms)
    return Response(304, b"", "", metadata_headers(changed_ms, name)) if same else None


def metadata_headers(changed_ms: int, name: str) -> list[tuple[str, str]]:
    """Return the tag and the time that metadata carry."""
    return [("Last-Modified", _http_date(changed_ms)), ("ETag", metadata_tag(changed_ms, name))]


def metadata_tag(changed_ms: int, name: str) -> str:
    """Return the quoted tag of metadata as they were left at ``changed_ms``."""
    return f'"{hashlib.sha256(f"{name}/{changed_ms}".encode()).hexdigest()[:8]}"'


def _check_tags(org: Org, request: Request, kind: Kind, row: Row, *, reading: bool) -> None:
    wanted = request.headers.get("if-match")
    for name, given in (("If-Match", wanted), ("If-None-Match", request.headers.get("if-none-match"))):
        if given is None:
            continue
        if not reading and _TAGS.fullmatch(given) is None:
            raise _unreadable(name, given)
        if kind.name != _TAGGED:
            # The page names Account rows alone; that the header is ignored elsewhere is the likeliest reading.
            org.rests_on("salesforce.tags_are_ignored_but_for_accounts")
    if wanted is not None and kind.name == _TAGGED and not _is_listed(wanted, row):
        raise _failed(org)


def _is_listed(given: str | None, row: Row) -> bool:
    if given is None:
        return False
    return given.strip() == "*" or _tag_of(row) in {t.removesuffix("-gzip") for t in _TAG.findall(given)}


def _tag_of(row: Row) -> str:
    digest = hashlib.sha1(f"{row.id}/{row.revision}/{row.modified_ms}".encode(), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()


def _modified_ms(row: Row) -> int:
    text = row.values.get("LastModifiedDate") or row.values.get("CreatedDate")
    return to_ms(unstamp(text)) if text else _whole(row.modified_ms)


def _moment(given: str | None, name: str, *, strict: bool) -> int | None:
    if given is None:
        return None
    try:
        return to_ms(parsedate_to_datetime(given))
    except (ValueError, TypeError, OverflowError):
        if strict:
            raise _unreadable(name, given) from None
        return None


def _whole(value_ms: int) -> int:
    return value_ms // 1000 * 1000


def _http_date(value_ms: int) -> str:
    return format_datetime(from_ms(_whole(value_ms)), usegmt=True)


def _not_modified(kind: Kind, row: Row) -> Response:
    return Response(304, b"", "", row_headers(kind, row))


def _failed(org: Org) -> ApiError:
    # The page gives the status; the words are ours.
    org.rests_on("salesforce.precondition_body")
    return ApiError("PRECONDITION_FAILED", "The precondition of the request does not hold", status=412)


def _unreadable(name: str, given: str) -> ApiError:
    return ApiError("INVALID_HEADER", f"Invalid value of the header {name}: {given}")
