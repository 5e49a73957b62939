"""A person deletes a record the ordinary way: recycle bin, archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ..mapping.grammar import Side
from ..scenario.selectors import FIRST, Who
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class DeleteSettings(StepSettings):
    """Where and whose record."""

    side: Side
    who: Who = FIRST
    object: Literal["contact", "lead", "company"] | None = Field(
        None, description="which record of the person; left out: the one that the person has on this side"
    )


@dataclass(frozen=True)
class Delete:
    """Deletes records of one side; the vendor's way back (undelete, restore) stays open."""

    model: ClassVar[type[StepSettings]] = DeleteSettings
    settings: DeleteSettings

    def run(self, stage: Stage) -> None:
        """Delete the records as a user of that system would."""
        stage.each_record(self.settings, "delete", lambda d, x: d.desk_delete(x.kind, x.record_id))
