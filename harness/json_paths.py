"""A small part of JSONPath (RFC 9535, singular queries only): `$`, `.name`, `['name']`, `[0]`, and nothing else.

A completion is one value in one place; filters, wildcards and slices have no use there. The leading `$` may be left out.
"""

from __future__ import annotations

import re
from typing import Any

_PART = re.compile(r"\.?([A-Za-z_][\w-]*)|\[(-?\d+)\]|\.(\d+)|\[(?:'([^']*)'|\"([^\"]*)\")\]")


class NotThereError(LookupError):
    """The document has nothing at the path; the text says how far one gets."""


def path_problem(path: str) -> str:
    """Return what is wrong with a path, or nothing."""
    try:
        _parts(path)
    except ValueError as error:
        return str(error)
    return ""


def value_at(document: Any, path: str) -> Any:
    """Return the value at ``path``. Raises NotThereError, and ValueError for a path that cannot be read."""
    found = document
    for part in _parts(path):
        try:
            found = found[part]
        except (LookupError, TypeError) as error:
            raise NotThereError(f"nothing is at `{path}`: `{part}` is missing in {str(found)[:200]}") from error
    return found


def _parts(path: str) -> list[str | int]:
    rest = path.removeprefix("$")
    at = 0
    found: list[str | int] = []
    while at < len(rest):
        match = _PART.match(rest, at)
        if match is None:
            raise ValueError(f"`{path}` is no path of the kind `$.runs[0].state`; it cannot be read from `{rest[at:]}` on")
        name, index, number, single, double = match.groups()
        digits = index or number
        found.append(int(digits) if digits is not None else next(n for n in (name, single, double) if n is not None))
        at = match.end()
    return found
