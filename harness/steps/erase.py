"""Someone is erased for good in one system (GDPR, article 17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ..mapping.grammar import Side
from ..scenario.selectors import FIRST, Who
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class EraseSettings(StepSettings):
    """Where and who."""

    side: Side
    who: Who = FIRST
    object: Literal["contact", "lead", "company"] | None = Field(
        None, description="which record of the person; left out: the one that the person has on this side"
    )


@dataclass(frozen=True)
class Erase:
    """Erases people for good in one system: nothing may bring them back."""

    model: ClassVar[type[StepSettings]] = EraseSettings
    settings: EraseSettings

    def run(self, stage: Stage) -> None:
        """Erase the records as the privacy officer would."""
        stage.each_record(self.settings, "erase", lambda d, x: d.desk_erase(x.kind, x.record_id))
