"""HubSpot's lifecycle stage goes forward only: a program that wants it back has to clear it first.

A stage before the present one is answered with 200 and left as it was ("to move a record backward you must first clear
the existing value", HubSpot's guide to the contacts API).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = dict[str, Any]

STAGE = "lifecyclestage"


def ignored(records: Sequence[tuple[str, Row]], page: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (record id, stage) of each record whose new stage the answer does not show."""
    shown = {str(entry["id"]): (entry.get("properties") or {}).get(STAGE) for entry in page.get("results", [])}
    return [(i, fields[STAGE]) for i, fields in records if fields.get(STAGE) and i in shown and shown[i] != fields[STAGE]]


def rounds(stages: Sequence[tuple[str, str]]) -> tuple[list[tuple[str, Row]], list[tuple[str, Row]]]:
    """Return the two updates, one after the other, that set stages back: clear, then set."""
    return [(i, {STAGE: ""}) for i, _ in stages], [(i, {STAGE: stage}) for i, stage in stages]
