"""The overwrite matrix as a grid: fields down, who changed it into what across, one mark per cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..legible import one_line, say
from ..model import Verdict
from ..phrases import VERDICT_MARKS

MOST_TROUBLES = 200
_CHANGED = {"crm": "CRM", "ma": "MA", "crm_then_ma": "CRM, then MA", "ma_then_crm": "MA, then CRM", "neither": "Neither side"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its mark, its verdict in words, and the place of its explanation when it is not a PASS."""

    verdict: Verdict
    mark: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Row:
    """One field with the rule it follows; an empty cell was not tried."""

    field: str
    rule: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a cell is not a PASS."""

    anchor: str
    verdict: Verdict
    field: str
    column: str
    person: str
    reason: str
    sides: tuple[tuple[str, str, str, bool], ...]  # (side, expected, found, wrong)


@dataclass(frozen=True, slots=True)
class Grid:
    """The grid with two rows of column heads, and what is behind its troubled cells."""

    heads: tuple[tuple[str, int], ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    counts: tuple[tuple[Verdict, int], ...]
    troubles: tuple[Trouble, ...]
    more: int


def grid(matrix: Sequence[Mapping[str, Any]], anchor: str) -> Grid | None:
    """Return the grid of a matrix, None when there is none. Anchors start with ``anchor``."""
    if not matrix:
        return None
    columns = _columns(matrix)
    at: dict[tuple[str, tuple[str, str]], list[int]] = {}
    for number, cell in enumerate(matrix):
        at.setdefault((str(cell.get("field")), _column(cell)), []).append(number)
    fields = {str(cell.get("field")): cell for cell in reversed(matrix)}
    rows = tuple(
        Row(one_line(name, 120), _rule(fields[name]), tuple(_cell(matrix, at.get((name, c), []), anchor) for c in columns))
        for name in dict.fromkeys(str(cell.get("field")) for cell in matrix)
    )
    troubled = [n for n, cell in enumerate(matrix) if _verdict(cell) is not Verdict.PASS]
    troubled.sort(key=lambda n: _verdict(matrix[n]) is not Verdict.FAIL)
    heads: dict[str, int] = {}
    for changed, _ in columns:
        heads[changed] = heads.get(changed, 0) + 1
    return Grid(
        tuple((_CHANGED.get(c, one_line(c, 40)), span) for c, span in heads.items()), tuple(one_line(to, 60) for _, to in columns), rows,
        tuple((v, sum(_verdict(cell) is v for cell in matrix)) for v in Verdict),
        tuple(_trouble(matrix[n], f"{anchor}-m{n}") for n in troubled[:MOST_TROUBLES]), max(0, len(troubled) - MOST_TROUBLES),
    )


def _columns(matrix: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return the columns in order of appearance, those of one kind of change side by side."""
    found = list(dict.fromkeys(_column(cell) for cell in matrix))
    changes = list(dict.fromkeys(changed for changed, _ in found))
    return sorted(found, key=lambda column: changes.index(column[0]))


def _column(cell: Mapping[str, Any]) -> tuple[str, str]:
    return str(cell.get("changed", "")), str(cell.get("to", ""))


def _verdict(cell: Mapping[str, Any]) -> Verdict:
    told = str(cell.get("verdict"))
    return Verdict(told) if told in set(Verdict) else Verdict.UNKNOWN


def _cell(matrix: Sequence[Mapping[str, Any]], numbers: Sequence[int], anchor: str) -> Cell | None:
    if not numbers:
        return None
    verdict = Verdict.worst(_verdict(matrix[n]) for n in numbers)
    worst = next(n for n in numbers if _verdict(matrix[n]) is verdict)
    return Cell(verdict, VERDICT_MARKS[verdict], "" if verdict is Verdict.PASS else f"{anchor}-m{worst}")


def _rule(cell: Mapping[str, Any]) -> str:
    direction = str(cell.get("direction", "")).replace("_", " ")
    words = [direction, f"winner {cell['winner']}" if cell.get("winner") else "", f"blank {cell['blank']}" if cell.get("blank") else ""]
    return one_line(", ".join(w.replace("_", " ") for w in words if w and not w.endswith("not stated")), 120)


def _trouble(cell: Mapping[str, Any], anchor: str) -> Trouble:
    changed, to = _column(cell)
    sides = []
    for side in ("crm", "ma"):
        if f"{side}_expected" in cell or side in cell:
            wanted, seen = say(cell.get(f"{side}_expected")), say(cell.get(side))
            sides.append((side.upper(), wanted, seen, wanted != seen))
    return Trouble(
        anchor, _verdict(cell), one_line(str(cell.get("field")), 120), one_line(f"{_CHANGED.get(changed, changed)} → {to}", 120),
        one_line(str(cell.get("person", "")), 120), one_line(str(cell.get("reason", "")), 400), tuple(sides),
    )
