"""What every driver's program at work can be told, whatever it runs in; and one that is run anew for each sync."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from . import Ended, Task, worst


class AtWork(Protocol):
    """A program that was started: `wait` for its end, or `kill` it from another thread. `is_over` once `wait` knows how it ended."""

    is_over: bool

    def wait(self) -> Ended:
        """Return how it ended, once nothing of it is left. Raises SetupError when that cannot be known."""

    def kill(self) -> None:
        """End it with all its children; `wait` then returns ``killed``. Safe to call at any time."""

    def pause(self) -> None:
        """Stop it where it is, and return once it stands; somebody must be in `wait`."""

    def go_on(self) -> None:
        """Let it go on after `pause`."""

    def turn_output(self, path: Path) -> None:
        """Let what is printed from now on go to another file, and be counted anew."""

    def printed(self) -> tuple[bytes, int, bool]:
        """Return tail and length of what was printed into this file, and whether the file has less."""

    def await_text(self, text: str, seconds: float) -> bool:
        """Wait until it printed ``text``; tell whether it did within ``seconds``."""


# Starts several for the sync of that number, and puts each into the list as soon as it has to be ended.
Begin = Callable[[int, int, list[AtWork]], None]


class OneShot:
    """A program in one scenario that runs once per sync; several run at the same time when a sync asks for that."""

    def __init__(self, task: Task, begin: Begin) -> None:
        self._task, self._begin = task, begin
        self._running: list[AtWork] = []

    def sync(self, number: int, instances: int = 1) -> Ended:
        """Run it (``instances`` times at once), wait for the end of all, and leave nothing behind."""
        self._task.state_dir.mkdir(parents=True, exist_ok=True)  # `lose_state` takes it away
        try:
            self._begin(number, instances, self._running)
            return worst([running.wait() for running in self._running])
        finally:
            self.kill()
            self._running = []

    def kill(self) -> None:
        """End every instance and their children at once; nothing happens when none is at work."""
        for running in list(self._running):
            running.kill()

    def stop(self) -> None:
        """End what is at work; `sync` returns once nothing of it is left."""
        self.kill()
