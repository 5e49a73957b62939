"""Move the clock of both systems ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ..errors import SetupError
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage

MOST_DAYS = 400  # every zone that changes its clocks does so twice within it


class ClockChange(BaseModel):
    """The night in which a zone changes its clocks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zone: str = Field(description="e.g. `Europe/Warsaw`")
    clocks: Literal["back", "forward"] = Field("back", description="`back`: an hour happens twice; `forward`: one never does")
    minutes: Annotated[int, Field(ge=1, le=720)] = Field(30, description="how long before the change")

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, ZoneInfoNotFoundError) as error:
            raise ValueError(f"this machine knows no zone `{zone}`") from error
        return zone


class MoveClockSettings(StepSettings):
    """How far, or to which moment."""

    scalar = "seconds"
    seconds: Annotated[float, Field(gt=0, le=10 * 366 * 86_400)] | None = None
    before: ClockChange | None = Field(None, description="in place of `seconds`: to the next night in which clocks change")

    @model_validator(mode="after")
    def _one(self) -> MoveClockSettings:
        if (self.seconds is None) == (self.before is None):
            raise ValueError("say how many `seconds`, or `before` which change of the clocks")
        return self


@dataclass(frozen=True)
class MoveClock:
    """Moves the sandbox ahead of wall time: stamps, cursors, retention and token lifetimes follow."""

    model: ClassVar[type[StepSettings]] = MoveClockSettings
    settings: MoveClockSettings

    def run(self, stage: Stage) -> None:
        """Move the clock. Raises SetupError when the zone does not change its clocks any more."""
        settings = self.settings

        def move() -> None:
            clock = stage.sandbox.world.clock
            seconds = settings.seconds
            if settings.before is not None:
                seconds = (_next_change(clock.now(), settings.before) - clock.now()).total_seconds()
            assert seconds is not None
            clock.move(seconds)
            stage.catch_up()

        stage.sandbox.call(move)


def _next_change(now: datetime, wanted: ClockChange) -> datetime:
    """Return the moment that stands ``wanted.minutes`` before the zone's next change of that sort."""
    zone = ZoneInfo(wanted.zone)
    ahead = timedelta(minutes=wanted.minutes)
    hour = (now + ahead).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    for _ in range(MOST_DAYS * 24):
        before, after = ((hour + shift).astimezone(zone).utcoffset() for shift in (-timedelta(seconds=1), timedelta()))
        assert before is not None
        assert after is not None
        if (after < before) == (wanted.clocks == "back") and after != before:
            return hour.astimezone(UTC) - ahead
        hour += timedelta(hours=1)
    raise SetupError(f"{wanted.zone} does not turn its clocks {wanted.clocks} within {MOST_DAYS} days")
