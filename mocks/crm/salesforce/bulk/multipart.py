"""A job and its table in one multipart request: the parts `job` (JSON) and `content` (CSV)."""

from __future__ import annotations

import re
from typing import Any

import orjson

from ..errors import ApiError

MOST_CHARS = 100_000
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)
_NAME = re.compile(rb'name="?([^";\r\n]+)"?', re.IGNORECASE)


def parts_of(body: bytes, content_type: str) -> tuple[dict[str, Any], bytes]:
    """Return the description of the job and the table. Raises ApiError when a part is missing or cannot be read."""
    parts = _split(body, content_type)
    if "job" not in parts or "content" not in parts:
        raise _malformed("the parts `job` and `content` are needed")
    if len(parts["content"]) > MOST_CHARS:
        raise _malformed(f"the content may have at most {MOST_CHARS} characters")
    try:
        described = orjson.loads(parts["job"])
    except orjson.JSONDecodeError as error:
        raise ApiError("JSON_PARSER_ERROR", f"{error.msg} at [line:{error.lineno}, column:{error.colno}]") from None
    if not isinstance(described, dict):
        raise _malformed("the part `job` is a JSON object")
    return described, parts["content"]


def _split(body: bytes, content_type: str) -> dict[str, bytes]:
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise _malformed("the Content-Type names no boundary")
    found: dict[str, bytes] = {}
    for piece in body.split(b"--" + boundary.group(1).encode("latin-1", "replace"))[1:]:
        if piece.startswith(b"--"):
            return found
        # Some senders end lines with LF alone; the documentation's own examples do.
        head, blank, content = piece.partition(b"\r\n\r\n")
        if not blank:
            head, blank, content = piece.partition(b"\n\n")
        name = _NAME.search(head)
        if not blank or name is None:
            raise _malformed("a part has no name")
        found[name.group(1).decode("latin-1")] = content.removesuffix(b"\n").removesuffix(b"\r")
    raise _malformed("the last boundary is missing")


def _malformed(why: str) -> ApiError:
    return ApiError("INVALID_MULTIPART_REQUEST", "The multipart request is malformed", hint=why)
