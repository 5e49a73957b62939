"""Keep both stores as they are now, under a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class SnapshotSettings(StepSettings):
    """The name."""

    scalar = "name"
    name: str = Field(min_length=1, max_length=80)


@dataclass(frozen=True)
class Snapshot:
    """Keeps both stores for the report and for comparison."""

    model: ClassVar[type[StepSettings]] = SnapshotSettings
    settings: SnapshotSettings

    def run(self, stage: Stage) -> None:
        """Take the snapshot."""
        stage.sandbox.call(lambda: stage.journal.mark("snapshot", self.settings.name))
