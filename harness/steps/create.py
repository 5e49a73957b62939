"""A person enters a new record in one system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from ..mapping.grammar import Side
from ..scenario.values import Value
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class CreateSettings(StepSettings):
    """Where, what kind of record, and what is in it."""

    side: Side
    object: Literal["contact", "lead", "company"] = "contact"
    values: dict[str, Value] = Field(default_factory=dict, description="fields of that side; the rest is a new person's")
    count: Annotated[int, Field(ge=1, le=10_000)] = 1


@dataclass(frozen=True)
class Create:
    """Creates records that the other side has not seen yet; people that nobody seeded."""

    model: ClassVar[type[StepSettings]] = CreateSettings
    settings: CreateSettings

    def run(self, stage: Stage) -> None:
        """Create the records as a user of that system would."""
        stage.create(self.settings)
