"""The whole overwrite matrix, generated from the mapping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

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
        stage.edit_matrix(self.settings)
