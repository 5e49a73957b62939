"""A service in one scenario: started with its first sync, and between syncs it stands still.

While people act it is stopped (SIGSTOP), so that what they do between two syncs happens at one moment for it, as the
story says; a sync lets it go on until both systems are at rest. What it was about to do then, it does in the next sync.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

from ..errors import SetupError
from ..start_kinds import Ready
from . import Ended, HowEnded, Task
from ._at_work import AtWork
from ._running import Running, clean_environment

# Nobody but the scenario's end limits the life of a service.
_LIFE_S = 7 * 86_400.0
_PORT_POLL_S = 0.01


class Serving:
    """A service in one scenario. ``begin`` starts it for the sync of that number; left out: as the program of the task."""

    def __init__(self, task: Task, grace_s: float, begin: Callable[[int], AtWork] | None = None) -> None:
        self._task, self._grace_s = task, grace_s
        self._begin = begin or self._program
        self._running: AtWork | None = None
        self._fault: list[SetupError] = []
        self._end: list[Ended] = []
        self._watcher: threading.Thread | None = None
        self._is_stopped = False

    # -- the contract -------------------------------------------------------------------------------

    def sync(self, number: int, instances: int = 1) -> Ended:
        """Let it work until both systems are at rest; start it first where it does not run (any more)."""
        if instances > 1:
            raise SetupError("a service runs once; `instances` above 1 is for `start: command`")
        began = time.monotonic()
        fault = self.wake(number)
        if fault:
            return self.put_to_sleep("not started", began, fault)
        rest = self._task.settle(lambda: self.is_over)
        return self.put_to_sleep("settled" if rest.came else "restless", began, rest.reason)

    def kill(self) -> None:
        """Kill it and its children; the next sync starts it anew."""
        if self._running is not None:
            self._running.kill()

    def stop(self) -> None:
        """End it for good and wait until nothing of it is left."""
        self._is_stopped = True
        self._end_now()

    # -- life ---------------------------------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        """Tell whether it does not run (any more)."""
        return bool(self._end) or self._running is None

    def wake(self, number: int) -> str:
        """Start it, or let it go on, with what it prints going to the log of this sync; return why it is not up."""
        task = self._task
        if not task.state_dir.exists():
            self._end_now()  # whoever loses its state was not running at that time
        task.state_dir.mkdir(parents=True, exist_ok=True)
        if self._is_stopped:
            raise SetupError("the run was interrupted")
        if self._running is not None and not self.is_over:
            self._running.turn_output(task.log(number))
            self._running.go_on()
            return ""
        self._end_now()
        running = self._begin(number)
        self._running, self._end = running, []
        self._watcher = threading.Thread(target=self._watch, args=(running, self._end), name="syncproof-service", daemon=True)
        self._watcher.start()
        return self._await_ready(running, task.start.ready)

    def _program(self, number: int) -> Running:
        task = self._task
        task.home.mkdir(parents=True, exist_ok=True)
        return Running(
            task.argv, clean_environment(task.env, task.home), task.cwd, _LIFE_S, task.log(number), self._grace_s, task.entrance,
            memory_mb=task.start.memory_mb,
        )

    def put_to_sleep(self, how: HowEnded, began: float, reason: str, exit_code: int | None = None) -> Ended:
        """Stop it where it stands and return how this sync ended; a service that is gone says how it went."""
        running = self._running
        assert running is not None
        if not self.is_over:
            running.pause()
        seconds = time.monotonic() - began
        if self.is_over:
            assert self._watcher is not None
            self._watcher.join()
            if self._fault:
                raise self._fault.pop()
            end = self._end[0]
            gone: HowEnded = "died" if end.ended == "exited" else end.ended
            return Ended(end.exit_code, gone, seconds, end.output, end.output_bytes, end.output_truncated, end.leftovers, end.reason or reason)
        if how == "not started":
            self._end_now()
        tail, printed, truncated = running.printed()
        return Ended(exit_code, how, seconds, tail, printed, truncated, (), reason)

    def _watch(self, running: AtWork, end: list[Ended]) -> None:
        try:
            end.append(running.wait())
        except SetupError as error:  # it is not known how it ended
            self._fault.append(error)
            end.append(Ended(None, "killed", 0.0, reason=str(error)))

    def _end_now(self) -> None:
        if self._running is not None and self._watcher is not None:
            self._running.kill()
            self._watcher.join()
            self._running = None

    # -- ready --------------------------------------------------------------------------------------

    def _await_ready(self, running: AtWork, ready: Ready) -> str:
        """Wait until it is up; return why it is not."""
        until = time.monotonic() + ready.timeout_s
        if ready.line is not None and not running.await_text(ready.line, ready.timeout_s):
            return "" if self.is_over else f"it did not print `{ready.line}` within {ready.timeout_s:g} s"
        if ready.port is not None:
            port = int(self._task.fill(ready.port))
            while not self._answers(port):
                if self.is_over:
                    return ""
                if time.monotonic() > until:
                    return f"nothing listened on port {port} within {ready.timeout_s:g} s"
                time.sleep(_PORT_POLL_S)  # a port has nobody who would tell when it opens
        self._task.look()
        return ""

    def _answers(self, port: int) -> bool:
        self._task.look()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return False
        return True
