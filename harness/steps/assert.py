"""A user's own check of one field, beside the checks that always run."""  # noqa: N999 (the word in the YAML)

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, model_validator

from ..mapping.grammar import Side
from ..scenario.selectors import FIRST, Who
from ..scenario.values import Value
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class AssertSettings(StepSettings):
    """Where, whose record, and what must be true of it now."""

    side: Side
    who: Who = FIRST
    object: Literal["contact", "lead", "company"] | None = Field(
        None, description="which record of the person; left out: the one that the person has on this side"
    )
    field: str | None = Field(None, description="field of that side")
    equals: Value = Field(None, description="what it holds: a literal, `$blank`, `$same_as: crm`, a date")
    exists: bool | None = Field(None, description="in place of `field`: whether the person has a record on that side")
    because: str = Field("", description="why it must be so, for the report")

    @model_validator(mode="after")
    def _one_claim(self) -> AssertSettings:
        by_field = self.field is not None and self.equals is not None
        if by_field == (self.exists is not None) or (self.field is None) != (self.equals is None):
            raise ValueError("claim one thing: `field` and `equals`, or `exists`")
        return self


@dataclass(frozen=True)
class Assert:
    """States what must be true of a record at this moment; otherwise it is a finding."""

    model: ClassVar[type[StepSettings]] = AssertSettings
    settings: AssertSettings

    def run(self, stage: Stage) -> None:
        """Look at the records and keep a finding for each that does not meet the claim."""
        stage.asserted.extend(stage.values.claims(self.settings))
