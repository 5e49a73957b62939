"""A row as the REST API shows it, times as it writes them, and the versions it speaks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from ...clock import from_ms
from ...journal import Row
from .errors import ApiError, not_found
from .kinds import Kind

OLDEST, NEWEST = 31, 67
# Releases are three a year; v59.0 was Winter '24.
_SEASONS = ("Winter", "Spring", "Summer")
LIVE = frozenset(f"v{n}.0" for n in range(OLDEST, NEWEST + 1))
RETIRED = frozenset(f"v{n}.0" for n in range(21, OLDEST))


def version_label(number: int) -> str:
    """Return the name of a release: 59 -> `Winter '24`."""
    turn, year = (number - 59) % 3, (number - 59) // 3 + 24
    return f"{_SEASONS[turn]} '{year}"


def check_version(version: str) -> None:
    """Refuse retired versions (410) and unknown ones (404)."""
    if version in LIVE:
        return
    if version in RETIRED:
        raise ApiError("UNSUPPORTED_API_VERSION", f"The API version {version[1:]} is retired.", status=410)
    raise not_found(hint=f"versions v{OLDEST}.0 to v{NEWEST}.0 are spoken")


def version_number(version: str) -> int:
    """Return 59 for `v59.0`."""
    return int(version[1:].partition(".")[0])


@lru_cache(maxsize=65_536)
def _second(value_s: int) -> str:
    return from_ms(value_s * 1000).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def stamp(value_ms: int) -> str:
    """Return a time as REST JSON shows it: to the second, milliseconds and offset always zero."""
    return _second(value_ms // 1000)


def unstamp(text: str) -> datetime:
    """Return the aware datetime of a stored stamp."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def row_url(kind_name: str, record_id: str, version: str) -> str:
    """Return the address of a record, without scheme and host."""
    return f"/services/data/{version}/sobjects/{kind_name}/{record_id}"


def attributes(kind_name: str, record_id: str, version: str) -> dict[str, str]:
    """Return the `attributes` that lead every record."""
    return {"type": kind_name, "url": f"/services/data/{version}/sobjects/{kind_name}/{record_id}"}


def compound(values: dict[str, Any], parts: Iterable[tuple[str, str]]) -> dict[str, Any] | None:
    """Return an address object, or None when none of its parts is filled."""
    found = {part: values.get(name) for part, name in parts}
    if all(v is None for v in found.values()):
        return None
    return {**found, "geocodeAccuracy": None, "latitude": None, "longitude": None}


def record_json(kind: Kind, row: Row, version: str) -> dict[str, Any]:
    """Return a whole record: attributes, then every visible field in the order of describe."""
    values = row.values
    shown: dict[str, Any] = {"attributes": attributes(kind.name, row.id, version), **kind.shown, **values}
    for name, parts in kind.compounds:
        shown[name] = compound(values, parts)
    for name in kind.hidden:
        shown.pop(name, None)
    return shown


def chosen_json(kind: Kind, row: Row, version: str, names: Iterable[str]) -> dict[str, Any]:
    """Return the fields ``names`` (any letter case) and the id. Raises ApiError for one that is not there."""
    shown: dict[str, Any] = {"attributes": attributes(kind.name, row.id, version)}
    whole = record_json(kind, row, version)
    for name in names:
        canonical = kind.lower.get(name.strip().lower())
        if canonical is None:
            raise no_such_column(kind, name.strip())
        shown[canonical] = whole[canonical]
    shown["Id"] = row.id
    return shown


def no_such_column(kind: Kind, name: str) -> ApiError:
    """Return the refusal of a field that the object does not have (or that is hidden from the user)."""
    return ApiError("INVALID_FIELD", f"No such column '{name}' on sobject of type {kind.name}")
