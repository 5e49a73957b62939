"""The overwrite matrix of a scenario as rows for reports, and what the connector itself said about conflicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .evidence import Evidence
from .matrix import Cell
from .oracle.blame import shown
from .oracle.fields import Oracle


def conflict_log(evidence: Evidence) -> Iterable[str]:
    """Return the lines in which the connector itself speaks of conflicts; whatever it says is shown, never trusted."""
    for number, output in enumerate(evidence.outputs, start=1):
        for line in output.splitlines():
            if "conflict" in line.casefold():
                yield f"sync {number}: {line[:2_000]}"


def overwrite_grid(oracle: Oracle, cells: Mapping[str, tuple[Cell, int]]) -> tuple[dict[str, Any], ...]:
    """Return one row per cell with what was expected and what stands; ``cells``: person -> (cell, sync that judges it)."""
    found = []
    judged = {(j.meeting.subject, j.rule.name, j.meeting.sync): j for j in oracle.judgements} if cells else {}
    for key, (cell, sync) in cells.items():
        judgement = judged.get((key, cell.rule.name, sync))
        row: dict[str, Any] = {
            "field": cell.rule.name, "crm_field": cell.rule.crm, "ma_field": cell.rule.ma,
            "direction": str(cell.rule.direction), "winner": str(cell.rule.winner or "not stated"),
            "blank": cell.rule.blank or "not stated", "changed": cell.changed,
            "to": f"{cell.to} {cell.variant}".strip(), "person": oracle.identity.label(key), "sync": sync,
        }
        if judgement is None:
            # Records that nobody touched are not judged anew: untouched is what they had to stay.
            still = not cell.moves and len(oracle.evidence.states) > sync
            row |= {"verdict": "PASS" if still else "UNKNOWN", "reason": "nothing was edited" if still else "no judgement"}
        else:
            wanted, seen = judgement.nearest(), judgement.observed
            row |= {
                "verdict": "PASS" if judgement.is_ok else "FAIL", "reason": judgement.allowed.reason,
                "crm_expected": shown(wanted[0]), "ma_expected": shown(wanted[1]), "crm": shown(seen[0]), "ma": shown(seen[1]),
            }
        found.append(row)
    return tuple(found)
