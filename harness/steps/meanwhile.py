"""Other steps happen while the next sync runs: when a page was served, when a write was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field, TypeAdapter, ValidationError, field_validator

from ..complaints import complaints_of
from ..hooks import Hook, Moment
from ..mapping.grammar import Side
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class MeanwhileSettings(StepSettings):
    """When, and what."""

    system: Side = Field(description="whose answer is waited for")
    at: Moment = Field(
        "page_served", description="`page_served`: an answer that shows records; `write_done`: a request that changed "
        "something; `answered`: any",
    )  # fmt: skip
    operation: str = Field("*", min_length=1, description="pattern over operation ids, e.g. `*query*`")
    nth: Annotated[int, Field(ge=1)] = Field(1, description="at which such answer, counted within the sync")
    do: tuple[Any, ...] = Field(min_length=1, description="steps, as under `steps:`; `sync` and `meanwhile` cannot stand here")
    optional: bool = Field(False, description="true: a sync that never comes to that point is only told; else it is UNKNOWN")

    @field_validator("do")
    @classmethod
    def _steps(cls, entries: tuple[Any, ...]) -> tuple[Any, ...]:
        from ..scenario.grammar import ScenarioStep, entry_model

        found = []
        for number, entry in enumerate(entries, start=1):
            try:
                step = entry if isinstance(entry, ScenarioStep) else TypeAdapter(ScenarioStep).validate_python(entry)
            except ValidationError as error:
                told = " ".join(f"{message} {remedy}".strip() for _, message, remedy in complaints_of(error, entry_model()))
                raise ValueError(f"step {number} of `do`: {told}") from error
            if step.name in ("sync", "meanwhile"):
                raise ValueError(f"step {number} of `do`: `{step.name}` cannot happen while a sync runs")
            found.append(step)
        return tuple(found)


@dataclass(frozen=True)
class Meanwhile:
    """Arranges that steps happen during the next sync; a sync that never comes to that point is UNKNOWN, unless it is `optional`."""

    model: ClassVar[type[StepSettings]] = MeanwhileSettings
    settings: MeanwhileSettings

    def run(self, stage: Stage) -> None:
        """Set the hook; `sync` takes it away again."""
        settings = self.settings

        def work() -> None:
            stage.sandbox.call(lambda: stage.journal.mark("meanwhile", ", ".join(s.name for s in settings.do)))
            for step in settings.do:
                step.run(stage)

        stage.hook(settings.system, Hook(settings.at, settings.operation, settings.nth, work, is_optional=settings.optional))
