"""The connector loses what it remembered: cursors, links, everything in its state directory."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class LoseStateSettings(StepSettings):
    """Nothing to set."""


@dataclass(frozen=True)
class LoseState:
    """Empties the connector's state directory: the next sync is a full one, as after a re-installation."""

    model: ClassVar[type[StepSettings]] = LoseStateSettings
    settings: LoseStateSettings

    def run(self, stage: Stage) -> None:
        """Empty it."""
        if stage.state_dir is not None:
            shutil.rmtree(stage.state_dir, ignore_errors=True)
        stage.sandbox.call(lambda: stage.journal.mark("state_lost"))
