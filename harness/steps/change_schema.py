"""An administrator changes an org while it is in use: a field goes, is hidden, a list changes, something becomes required."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, model_validator

from ..evidence import Act
from ..mapping.grammar import Side
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage

NOBODY = ""


class ChangeSchemaSettings(StepSettings):
    """Where, which field, and what becomes of it."""

    side: Side
    object: Literal["contact", "lead", "company"] = "contact"
    field: str = Field(min_length=1, description="field of that side")
    change: Literal["remove", "hide", "lock", "require", "add_value", "remove_value"] = Field(
        description="`remove`: it is deleted; `hide`: the integration user does not see it; `lock`: it may not write it; "
        "`require`: nobody may leave it blank; `add_value`, `remove_value`: its list of choices changes"
    )
    value: str = Field("", description="the choice that comes or goes, as that system stores it")

    @model_validator(mode="after")
    def _names_the_choice(self) -> ChangeSchemaSettings:
        is_choice = self.change.endswith("_value")
        if is_choice != bool(self.value):
            raise ValueError(f"`change: {self.change}` {'needs a' if is_choice else 'takes no'} `value`")
        return self


@dataclass(frozen=True)
class ChangeSchema:
    """Changes a field in a system's setup, for the records that are there and those to come."""

    model: ClassVar[type[StepSettings]] = ChangeSchemaSettings
    settings: ChangeSchemaSettings

    def run(self, stage: Stage) -> None:
        """Change the field as an administrator would. Raises SetupError when that system has no such field or change."""
        settings = self.settings
        obj = stage.object_mapping(settings.object)
        stage.next_second()

        def do() -> Iterable[Act]:
            seq = len(stage.journal)
            dialect, kind = stage.sandbox.on(settings.side), obj.kind_on(settings.side)
            dialect.reshape(kind, settings.field, settings.change, settings.value)
            stage.journal.mark("schema", f"{settings.side}: {settings.change} {kind}.{settings.field} {settings.value}".strip())
            yield Act(
                seq, stage.sandbox.world.clock.now_ms(), settings.side, NOBODY, "change_schema", obj.object, kind, len(stage.syncs),
                field=settings.field, value=settings.change, others=(settings.value,) if settings.value else (),
            )

        stage.act(settings.side, "change_schema", do)
