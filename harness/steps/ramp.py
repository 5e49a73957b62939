"""More and more people, one sync after each step up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, field_validator

from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class RampSettings(StepSettings):
    """How many people there are after each step up."""

    scalar = "to"
    to: tuple[Annotated[int, Field(ge=1, le=100_000)], ...] = Field(min_length=1, description="e.g. `[10, 100, 1000]`")

    @field_validator("to")
    @classmethod
    def _ascending(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if list(value) != sorted(set(value)):
            raise ValueError(f"the numbers of a ramp go up; {list(value)} does not")
        return value


@dataclass(frozen=True)
class Ramp:
    """Adds linked people until there are that many, and syncs, once for each number."""

    model: ClassVar[type[StepSettings]] = RampSettings
    syncs: ClassVar[bool] = True
    settings: RampSettings

    def run(self, stage: Stage) -> None:
        """Add people and sync, number by number."""
        for wanted in self.settings.to:
            missing = wanted - len(stage.cast.people)
            if missing > 0:
                stage.add(stage.cast.reserve(missing))
            stage.run_sync()
