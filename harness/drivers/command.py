"""A one-shot program: started for each sync, expected to end by itself, ended with all its children otherwise."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..start_kinds import Start
from . import Ended, Task
from ._at_work import AtWork, OneShot
from ._running import GRACE_S, OUTPUT_LIMIT, TAIL_LIMIT, Running, Supervisor, clean_environment

__all__ = ["OUTPUT_LIMIT", "TAIL_LIMIT", "Command", "OneShot", "clean_environment"]


class Command:
    """Starts a program once per sync.

    With ``ahead`` the supervisor of the next sync starts while this one runs, so that nobody waits for it; whoever asks
    for that must `close`. Namespaces are entered through descriptors that may change: there it never starts ahead.
    """

    def __init__(self, grace_s: float = GRACE_S, *, ahead: bool = False) -> None:
        self.grace_s = grace_s
        self._ahead = ahead
        self._lock = threading.Lock()
        self._waiting: list[Supervisor] = []

    def start(
        self, argv: Sequence[str], env: Mapping[str, str], cwd: Path, timeout_s: float, output_path: Path, home: Path,
        entrance: Sequence[int] = (), memory_mb: int = 0,
    ) -> Running:
        """Start ``argv`` (first word: an absolute path) in ``cwd`` and return at once.

        ``env`` is what the connector file declares; `clean_environment` is added. What it prints goes to
        ``output_path`` up to 64 MiB, whatever is beyond that is counted and dropped. ``entrance``
        are descriptors of namespaces that it enters first (`network.Network.entrance`). With more than ``memory_mb`` (0: no
        bound), its children included, it is ended. Raises OSError when ``output_path`` or ``home`` cannot be made; a program that cannot be executed is told by `Running.wait`.
        """
        home.mkdir(parents=True, exist_ok=True)
        waiting = None if entrance else self._next()
        running = Running(argv, clean_environment(env, home), cwd, timeout_s, output_path, self.grace_s, entrance, waiting, memory_mb)
        if not entrance:
            self._prepare()
        return running

    def _next(self) -> Supervisor | None:
        with self._lock:
            return self._waiting.pop() if self._waiting else None

    def _prepare(self) -> None:
        with self._lock:
            if self._ahead:
                self._waiting.append(Supervisor())

    def close(self) -> None:
        """Send away who waits for a next sync; nothing is started ahead any more. Safe to call twice."""
        with self._lock:
            self._ahead = False
            waiting, self._waiting = self._waiting, []
        for supervisor in waiting:
            supervisor.dismiss()

    def prepare(self, start: Start) -> Mapping[str, str]:  # noqa: ARG002 (the contract)
        """The program was found when the file was read."""
        return {}

    def engage(self, task: Task) -> OneShot:
        """Return the connector for one scenario: one sync is one run of the command."""

        def begin(number: int, instances: int, running: list[AtWork]) -> None:
            for instance in range(1, instances + 1):
                running.append(self.start(  # noqa: PERF401 (each is in the list as soon as it has to be ended)
                    task.argv, task.env, task.cwd, task.start.timeout_s, task.log(number, instance), task.home, task.entrance,
                    task.start.memory_mb,
                ))  # fmt: skip

        return OneShot(task, begin)

    def run(
        self, argv: Sequence[str], env: Mapping[str, str], cwd: Path, timeout_s: float, output_path: Path, home: Path,
        entrance: Sequence[int] = (), memory_mb: int = 0,
    ) -> Ended:
        """Start it, wait for its end, and leave nothing behind; see `start`."""
        return self.start(argv, env, cwd, timeout_s, output_path, home, entrance, memory_mb).wait()
