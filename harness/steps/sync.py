"""Run the connector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class SyncSettings(StepSettings):
    """How often at the same time, and what it may do."""

    expect: Literal["any", "quiet"] = Field("any", description="`quiet`: nothing changed since, so it must write nothing")
    instances: Annotated[int, Field(ge=1, le=8)] = Field(1, description="how many run at the same time")


@dataclass(frozen=True)
class Sync:
    """Runs the connector to its end and waits until both sides are settled."""

    model: ClassVar[type[StepSettings]] = SyncSettings
    syncs: ClassVar[bool] = True
    settings: SyncSettings

    def run(self, stage: Stage) -> None:
        """Start the connector or let it go on, wait for the end, keep what it printed, and take a snapshot of both sides."""
        stage.run_sync(quiet=self.settings.expect == "quiet", instances=self.settings.instances)
