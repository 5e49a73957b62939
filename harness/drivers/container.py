"""A container image: one container for each sync, or one that runs all the time. For Docker and Podman.

Its state is a volume, and our files are copied in, so it does not matter what the engine sees of our disk, nor as which
user the image runs. Nothing of a run stays in the engine: what is ours is labelled, and removed at the end or by the next run.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..start_kinds import Start
from . import Engaged, Task
from ._containing import Containers


class Container:
    """Runs an image."""

    def __init__(self) -> None:
        self._containers = Containers()

    def prepare(self, start: Start) -> Mapping[str, str]:
        """Find the engine and the image (pulled when it is not there) and return what it is. Raises InputError."""
        return self._containers.prepare(start)

    def engage(self, task: Task) -> Engaged:
        """Return the connector for one scenario."""
        assert task.start.container is not None
        return self._containers.serving(task) if task.start.container.mode == "service" else self._containers.once(task)

    def close(self) -> None:
        """Let go of the engine; what is ours was removed with each scenario."""
        self._containers.close()
