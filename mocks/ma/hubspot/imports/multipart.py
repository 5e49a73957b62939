"""`multipart/form-data` taken apart with the standard library: headers by `email`, the body by its delimiters.

The time is linear in the size of the body, whatever it holds: delimiters are searched, never matched by a pattern.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

MOST_PARTS = 50
_MOST_HEADER_BYTES = 8_192
_MOST_BOUNDARY = 70  # RFC 2046


class MultipartError(ValueError):
    """The body is not what its content type says."""


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form. ``file_name`` is None for plain values."""

    name: str
    file_name: str | None
    content: bytes


def parts_of(content_type: str, body: bytes) -> list[Part]:
    """Return the parts in order. Raises `MultipartError` for what is no form, or one that was cut off."""
    delimiter = b"\r\n--" + _boundary(content_type)
    # The first delimiter may open the body.
    pieces = (b"\r\n" + body).split(delimiter, MOST_PARTS + 2)
    if len(pieces) > MOST_PARTS + 2:
        raise MultipartError(f"more than {MOST_PARTS} parts")
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise MultipartError("the closing delimiter is missing")
    return [_part(piece) for piece in pieces[1:-1]]


def _boundary(content_type: str) -> bytes:
    message = Message()
    message["content-type"] = content_type
    found = message.get_param("boundary")
    if message.get_content_type() != "multipart/form-data" or not isinstance(found, str):
        raise MultipartError("no multipart/form-data with a boundary")
    if not 1 <= len(found) <= _MOST_BOUNDARY or not found.isascii():
        raise MultipartError("the boundary is not one of 1 to 70 ASCII characters")
    return found.encode()


def _part(piece: bytes) -> Part:
    # What follows a delimiter on its line is blank padding.
    _, line_end, rest = piece.partition(b"\r\n")
    head, blank_line, content = rest.partition(b"\r\n\r\n")
    if not line_end or not blank_line or len(head) > _MOST_HEADER_BYTES:
        raise MultipartError("a part without headers")
    # Clients write names of files in UTF-8; a parser of bytes would know ASCII only.
    headers = HeaderParser().parsestr(head.decode("utf-8", "replace"))
    if headers.get_content_disposition() != "form-data":
        raise MultipartError("a part that is no form-data")
    name = headers.get_param("name", header="content-disposition")
    if not isinstance(name, str):
        raise MultipartError("a part without a name")
    return Part(name, headers.get_filename(), content)
