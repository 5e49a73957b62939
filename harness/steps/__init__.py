"""What one line under `steps:` does. One file = one step; the file name is the word in the YAML.

A step file `edit.py` defines `EditSettings`, the pydantic model of what stands behind the word, and `Edit`, a frozen
dataclass with the field ``settings`` whose ``run`` does it on the stage. Nothing else has to be told about it: the
grammar, the JSON Schema, `syncproof list steps` and the loader find it in this folder, or in the entry-point group
``syncproof.steps``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    # Only a name here: to validate a file, nobody needs the servers that a stage brings along.
    from ..stage import Stage


class StepSettings(BaseModel):
    """What stands behind the word of a step. ``{}`` and the bare word mean the same.

    ``scalar`` names the setting that a bare value fills: with ``scalar = "seconds"``, `wait: 3` is
    `wait: {seconds: 3}`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    scalar: ClassVar[str | None] = None


class Step(Protocol):
    """One line of a scenario, ready to run.

    One with ``syncs = True`` lets the connector sync, one with ``lasts = True`` waits for something else: neither can be
    done between two requests. Both may be left out.
    """

    model: ClassVar[type[StepSettings]]
    settings: Any

    def __init__(self, settings: Any) -> None: ...

    def run(self, stage: Stage) -> None:
        """Do it. Raises SetupError when it cannot be done (the scenario is then UNKNOWN)."""
