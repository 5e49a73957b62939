"""Single records that are refused while a fault strikes (`Dialect.trip`), on the one way by which everything is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...journal import Row
from .errors import Refusal
from .portal import Portal

TRIPS = frozenset({"partial_failure"})


def trip_up(portal: Portal, kind: str, row: Row | None, values: Mapping[str, Any]) -> None:
    """Refuse a record that a fault picks out. Raises `Refusal`."""
    word = portal.trip(kind, row.id if row is not None else "", values) if portal.trip is not None else ""
    if word:
        raise Refusal(400, "This record is refused by a rule of the portal", assumed="hubspot.text_refused_record")
