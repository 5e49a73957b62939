"""A program that runs all the time: by polling, or because it is told by webhooks."""

from __future__ import annotations

from collections.abc import Mapping

from ..start_kinds import Start
from . import Task
from ._running import GRACE_S
from ._serving import Serving


class Service:
    """Starts a program once per scenario and lets it work sync by sync."""

    def __init__(self, grace_s: float = GRACE_S) -> None:
        self.grace_s = grace_s

    def prepare(self, start: Start) -> Mapping[str, str]:  # noqa: ARG002 (the contract)
        """The program was found when the file was read."""
        return {}

    def engage(self, task: Task) -> Serving:
        """Return the connector for one scenario; it is started with the first sync."""
        return Serving(task, self.grace_s)

    def close(self) -> None:
        """Nothing is kept between scenarios."""
