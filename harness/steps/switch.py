"""A mocked vendor behaves differently where vendors do: one of its behaviour switches is set."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ..errors import SetupError
from ..mapping.grammar import Side
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class SwitchSettings(StepSettings):
    """Which behaviour of which system, and how it is from now on."""

    system: Side
    name: str = Field(min_length=1, description="a switch of that dialect; docs/dialects.md lists them")
    value: bool | int | float | str | None = Field(description="one of its values; of a limit: the number")


@dataclass(frozen=True)
class Switch:
    """Sets a behaviour switch of one mock: an edition's limit scaled down, or a behaviour that is documented nowhere."""

    model: ClassVar[type[StepSettings]] = SwitchSettings
    settings: SwitchSettings

    def run(self, stage: Stage) -> None:
        """Set it, until the scenario ends. Raises SetupError naming the switches or values that exist."""
        settings = self.settings
        try:
            stage.sandbox.call(partial(stage.sandbox.on(settings.system).switch, settings.name, settings.value))
        except ValueError as error:
            raise SetupError(str(error)) from error
        stage.sandbox.call(lambda: stage.journal.mark("switch", f"{settings.system} {settings.name} = {settings.value}"))
