"""Move the clock of both systems ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class MoveClockSettings(StepSettings):
    """How far."""

    scalar = "seconds"
    seconds: Annotated[float, Field(gt=0, le=10 * 366 * 86_400)]


@dataclass(frozen=True)
class MoveClock:
    """Moves the sandbox ahead of wall time: stamps, cursors, retention and token lifetimes follow."""

    model: ClassVar[type[StepSettings]] = MoveClockSettings
    settings: MoveClockSettings

    def run(self, stage: Stage) -> None:
        """Move the clock."""

        def move() -> None:
            stage.sandbox.world.clock.move(self.settings.seconds)
            stage.catch_up()

        stage.sandbox.call(move)
