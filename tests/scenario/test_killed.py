"""`kill` is over when the connector is: the answer at which it was killed is let go after that."""

from __future__ import annotations

import threading
import time
from typing import Any

from syncproof.drivers import Ended
from syncproof.mapping.load import load_mapping
from syncproof.sandbox import Sandbox, default_mapping_file
from syncproof.scenario.grammar import Scenario
from syncproof.stage import Stage


class Dying:
    """Somebody kills it at work, and it takes its time to die."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.stage: Stage | None = None
        self._killed = threading.Event()
        self.killer = threading.Thread(target=self._kill_it)

    def __call__(self, *_: Any) -> Ended:
        self.killer.start()
        assert self._killed.wait(5)
        time.sleep(0.3)
        self.told.append("dead")
        return Ended(None, "killed", 0.3)

    def kill(self) -> None:
        self._killed.set()

    def _kill_it(self) -> None:
        assert self.stage is not None
        self.stage.kill()
        self.told.append("let go")


def test_kill_returns_once_the_connector_is_dead() -> None:
    dying = Dying()
    scenario = Scenario.model_validate({"population": {"total": 2}, "steps": ["sync"]}).placed("test/case", "", "test/case", ())
    mapping = load_mapping(default_mapping_file())
    dying.stage = Stage(scenario, mapping, Sandbox(mapping, 3), dying)
    dying.stage.seed()

    dying.stage.run_sync()
    dying.killer.join(5)

    assert dying.told == ["dead", "let go"]
    assert dying.stage.killed == {1}
