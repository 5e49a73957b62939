"""What a version does not know yet, and formats that are not spoken: refused before anything is done.

Source: the vendor's reference pages, each of which names the first version of its resource; research `salesforce.md`
section 1 for the versions themselves (`wire.check_version`).
"""

from __future__ import annotations

from ...wire import Request
from .errors import ApiError, not_found
from .wire import check_version, version_number

# Operation -> the first version that knows it; all others are older than the oldest version that is still alive.
_FIRST = {
    "composite.batch": 34, "composite.tree": 34,
    "search.parameters": 36, "search.parameters_by_post": 36,
    "composite.composite": 38,
    "collections.create": 42, "collections.update": 42, "collections.upsert": 42, "collections.delete": 42,
    "collections.retrieve": 42, "collections.retrieve_by_post": 42, "collections.upsert_by_post": 42,
    "composite.graph": 50,
}


def check_request(request: Request, version: str, operation_id: str) -> None:
    """Refuse a version that is retired or unknown, a resource newer than it, and an answer in XML. Raises ApiError."""
    check_version(version)
    first = _FIRST.get(operation_id)
    if first is not None and version_number(version) < first:
        raise not_found(hint=f"this resource exists from version {first}.0 on")
    accepted = request.headers.get("accept")
    if accepted is not None and "xml" in accepted and "json" not in accepted and "*/*" not in accepted:
        text = f"The requested format is not available: {accepted}"
        raise ApiError("NOT_ACCEPTABLE", text, status=406, hint="REST answers are mocked in JSON only")
