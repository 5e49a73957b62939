"""Make something go wrong at the API of one system, from now on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from ..errors import SetupError
from ..mapping.grammar import Side
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class InjectSettings(StepSettings):
    """What goes wrong, where, how often."""

    scalar = "fault"
    fault: str = Field(description="name of a fault, see `syncproof list faults`")
    system: Literal["crm", "ma", "both"] = "both"
    operation: str = Field("*", min_length=1, description="pattern over operation ids, e.g. `objects.*`")
    times: Annotated[int, Field(ge=1)] | None = Field(None, description="how often; left out: until healed")
    after: Annotated[int, Field(ge=0)] = Field(0, description="let that many matching requests pass first")
    probability: Annotated[float, Field(gt=0, le=1)] = 1.0
    settings: dict[str, Any] = Field(default_factory=dict, description="settings of the fault itself")


@dataclass(frozen=True)
class Inject:
    """Switches a fault on. `syncproof list faults` names them."""

    model: ClassVar[type[StepSettings]] = InjectSettings
    settings: InjectSettings

    def run(self, stage: Stage) -> None:
        """Arm the fault on that system."""
        from syncproof_mocks.faults import arm

        for side in Side:
            if self.settings.system in (side.value, "both"):
                try:
                    stage.sandbox.call(partial(arm, stage.sandbox.app(side), self.settings.model_dump()))
                except (ValueError, TypeError) as error:
                    raise SetupError(f"fault `{self.settings.fault}`: {error}") from error
