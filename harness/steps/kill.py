"""The connector is killed at work, as by a crash, a deployment or the machine's out-of-memory killer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class KillSettings(StepSettings):
    """Nothing to set: when it happens is said by `meanwhile`."""


@dataclass(frozen=True)
class Kill:
    """Kills the connector and all its children at once (inside `meanwhile`); its state directory stays as it is."""

    model: ClassVar[type[StepSettings]] = KillSettings
    settings: KillSettings

    def run(self, stage: Stage) -> None:
        """Pull the plug."""
        stage.kill()
