"""Make something go wrong at the API of one system, from now on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from ..errors import SetupError
from ..mapping.grammar import Side
from ..scenario.selectors import Who
from . import StepSettings

if TYPE_CHECKING:
    from ..stage import Stage


class InjectSettings(StepSettings):
    """What goes wrong, where, how often."""

    scalar = "fault"
    fault: str = Field(description="name of a fault, see `syncproof list faults`")
    system: Literal["crm", "ma", "both"] = "both"
    operation: str = Field("*", min_length=1, description="pattern over operation ids, e.g. `objects.*`")
    kind: str | None = Field(None, description="only requests that name this kind of that system, e.g. `Contact`, `contacts`")
    who: Who | None = Field(None, description="only the records of these people: requests that name their ids or addresses")
    times: Annotated[int, Field(ge=1)] | None = Field(None, description="how often; left out: until healed")
    after: Annotated[int, Field(ge=0)] = Field(0, description="let that many matching requests pass first")
    probability: Annotated[float, Field(gt=0, le=1)] = 1.0
    settings: dict[str, Any] = Field(default_factory=dict, description="settings of the fault itself")
    optional: bool = Field(False, description="true: a fault that never struck is only told; else it makes a PASS UNKNOWN")


@dataclass(frozen=True)
class Inject:
    """Switches a fault on. `syncproof list faults` names them."""

    model: ClassVar[type[StepSettings]] = InjectSettings
    settings: InjectSettings

    def run(self, stage: Stage) -> None:
        """Arm the fault on that system; `stage` keeps it, to tell at the end whether it struck."""
        from syncproof_mocks.faults import arm

        settings = self.settings
        people = stage.people(settings) if settings.who is not None else None
        for side in Side:
            if settings.system not in (side.value, "both"):
                continue
            records = None if people is None else stage.marks_of(people, side)
            try:
                armed = stage.sandbox.call(partial(arm, stage.sandbox.app(side), settings.model_dump(), records))
            except ValueError as error:
                raise SetupError(f"fault `{settings.fault}`: {error}") from error
            stage.armed.append((side, armed, settings.optional))
