"""The stage of a live sandbox: no story, no judge; people come in as they are asked for, and a connector may be missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import SetupError
from ..hooks import Hook
from ..mapping.grammar import Mapping, Side
from ..matrix import Cell
from ..sandbox import Sandbox
from ..scenario.grammar import Scenario
from ..stage import Connecting, Stage

# How many people whom nobody has seen yet `create` and `ramp` may bring in.
NEWCOMERS = 200
NO_CONNECTOR = "no connector is known here: start `syncproof sandbox --connector FILE`"


def live_scenario(people: int) -> Scenario:
    """Return the story of a sandbox: so many people are there; its one step is never taken, it orders newcomers."""
    step = {"create": {"side": "crm", "count": NEWCOMERS}}
    return Scenario.model_validate({"scenario": "sandbox", "population": {"total": max(people, 1)}, "steps": [step]})


class NoConnector:
    """What stands where a connector would."""

    def __call__(self, sandbox: Sandbox, number: int, instances: int = 1) -> Any:
        """Refuse. Raises SetupError."""
        del sandbox, number, instances
        raise SetupError(NO_CONNECTOR)

    def kill(self) -> None:
        """Refuse. Raises SetupError."""
        raise SetupError(NO_CONNECTOR)


class LiveStage(Stage):
    """Does steps one at a time, as somebody asks for them. Steps that only a story can prepare are refused."""

    def __init__(self, mapping: Mapping, sandbox: Sandbox, people: int, connect: Connecting | None) -> None:
        self._folder: Path | None = None
        self._planned: dict[str, tuple[Cell, int]] | None = None
        self.has_connector = connect is not None
        super().__init__(live_scenario(people), mapping, sandbox, connect or NoConnector())
        self.cast.total = people
        self.seed()

    @property
    def state_dir(self) -> Path | None:
        """Return where the connector keeps its state. Raises SetupError when there is no connector."""
        self.need_connector()
        return self._folder

    @state_dir.setter
    def state_dir(self, folder: Path | None) -> None:
        self._folder = folder

    @property
    def cells(self) -> dict[str, tuple[Cell, int]]:
        """Return nothing. Raises SetupError: a matrix is planned before anybody is seeded."""
        raise SetupError("a matrix is planned before anybody is seeded: write it into a scenario, `syncproof run` plays it")

    @cells.setter
    def cells(self, planned: dict[str, tuple[Cell, int]]) -> None:
        self._planned = planned

    def need_connector(self) -> None:
        """Raise SetupError when there is none."""
        if not self.has_connector:
            raise SetupError(NO_CONNECTOR)

    def run_sync(self, *, quiet: bool = False, instances: int = 1) -> None:
        """Let the connector sync. Raises SetupError, before anything is noted, when there is none."""
        self.need_connector()
        super().run_sync(quiet=quiet, instances=instances)

    def hook(self, side: Side, hook: Hook) -> None:
        """Let something happen during the next sync. Raises SetupError when there will be none."""
        self.need_connector()
        super().hook(side, hook)
