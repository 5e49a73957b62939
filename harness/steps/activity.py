"""Something happens that is no edit: a call is logged, an e-mail is opened, and the vendor's counters move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from ..mapping.grammar import Side
from ..scenario.selectors import FIRST, Who
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class ActivitySettings(StepSettings):
    """Where, with whom, and how often."""

    side: Side
    who: Who = FIRST
    object: Literal["contact", "lead"] | None = Field(
        None, description="which record of the person; left out: the one that the person has on this side"
    )
    times: Annotated[int, Field(ge=1, le=1_000)] = 1


@dataclass(frozen=True)
class Activity:
    """Moves the counters and dates that the vendor keeps by itself; where nothing of that is mapped, nothing is to be carried."""

    model: ClassVar[type[StepSettings]] = ActivitySettings
    settings: ActivitySettings

    def run(self, stage: Stage) -> None:
        """Let it happen: a logged call in the CRM, an opened e-mail in the MA."""
        with stage.no_edit():
            for _ in range(self.settings.times):
                stage.each_record(self.settings, "activity", lambda d, x: d.desk_activity(x.kind, x.record_id))
