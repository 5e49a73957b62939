"""Let real time pass."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class WaitSettings(StepSettings):
    """How long."""

    scalar = "seconds"
    seconds: Annotated[float, Field(gt=0, le=3600)]


@dataclass(frozen=True)
class Wait:
    """Waits in wall time: for what the connector or a vendor does on its own."""

    model: ClassVar[type[StepSettings]] = WaitSettings
    lasts: ClassVar[bool] = True
    settings: WaitSettings

    def run(self, stage: Stage) -> None:
        """Wait; nothing of the stage is touched."""
        del stage
        time.sleep(self.settings.seconds)
