"""What went wrong at the API stops going wrong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ..mapping.grammar import Side
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class HealSettings(StepSettings):
    """Which fault, where; left out: all, everywhere."""

    scalar = "fault"
    fault: str | None = Field(None, description="name of a fault; left out: every fault")
    system: Literal["crm", "ma", "both"] = "both"


@dataclass(frozen=True)
class Heal:
    """Switches faults off."""

    model: ClassVar[type[StepSettings]] = HealSettings
    settings: HealSettings

    def run(self, stage: Stage) -> None:
        """Disarm the faults."""
        from syncproof_mocks.faults import disarm

        for side in Side:
            if self.settings.system in (side.value, "both"):
                stage.sandbox.call(partial(disarm, stage.sandbox.app(side), self.settings.fault))
