"""A connector that is one line of shell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from syncproof.drivers import Ended
from syncproof.drivers.command import Command


@pytest.fixture
def run_shell(tmp_path: Path) -> Callable[..., Ended]:
    def run(code: str, *, timeout_s: float = 10.0, grace_s: float = 2.0, env: dict[str, str] | None = None) -> Ended:
        return Command(grace_s).run(
            ["/bin/sh", "-c", code], env or {}, tmp_path, timeout_s, tmp_path / "output.log", tmp_path / "home"
        )

    return run
