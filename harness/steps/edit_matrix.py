"""The whole overwrite matrix, generated from the mapping."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ..evidence import Act
from ..mapping.grammar import Side
from ..matrix import Cell
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class EditMatrixSettings(StepSettings):
    """Which object, which ways to change it, and into what."""

    object: Literal["contact", "lead", "company"] = "contact"
    changed: tuple[Literal["crm", "ma", "crm_then_ma", "ma_then_crm", "neither"], ...] = Field(
        ("crm", "ma", "crm_then_ma", "ma_then_crm", "neither"), min_length=1, description="who changed the field, in order"
    )
    to: tuple[Literal["value", "blank", "cleared"], ...] = Field(
        ("value", "blank", "cleared"),
        min_length=1,
        description="`value`: new values; `cleared`: a person empties the field; `blank`: it is empty from the start and "
        "another field of the record is edited",
    )
    fields: tuple[str, ...] = Field((), description="CRM fields of the mapping; left out: all of them")


@dataclass(frozen=True)
class EditMatrix:
    """Edits one person per cell: every mapped field x who changed it x into what."""

    model: ClassVar[type[StepSettings]] = EditMatrixSettings
    settings: EditMatrixSettings

    def run(self, stage: Stage) -> None:
        """Give each cell of the matrix a person of its own and make its edits, in order."""
        from ..planning import matrix_cells

        wanted = {c.name for c in matrix_cells(stage.mapping, stage.sandbox, self.settings)}
        mine = [(k, c) for k, (c, _) in stage.cells.items() if c.name in wanted]
        # All first moves, then (a second later) all second moves; each side of each round has a second of its own, so
        # that "later" is never a tie.
        for number in range(max((len(c.moves) for _, c in mine), default=0)):
            for side in Side:
                batch = [(k, c) for k, c in mine if len(c.moves) > number and c.moves[number].side is side]
                if batch:
                    stage.next_second()
                    stage.act(side, "edit_matrix", partial(_moves, stage, batch, number))


def _moves(stage: Stage, batch: list[tuple[str, Cell]], number: int) -> Iterable[Act]:
    for key, cell in batch:
        move = cell.moves[number]
        link = stage.record(stage.cast.people[key], move.side, None)
        yield from stage.write(link, stage.values.moved(link, cell, move), cell.name)
