"""A connector that is one line of shell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from syncproof.drivers import Ended
from syncproof.drivers.command import Command
from tests.drivers.engine import an_engine, make_image


@pytest.fixture
def run_shell(tmp_path: Path) -> Callable[..., Ended]:
    def run(code: str, *, timeout_s: float = 10.0, grace_s: float = 2.0, env: dict[str, str] | None = None) -> Ended:
        return Command(grace_s).run(
            ["/bin/sh", "-c", code], env or {}, tmp_path, timeout_s, tmp_path / "output.log", tmp_path / "home"
        )

    return run


@pytest.fixture(scope="session")
def engine() -> Iterator[Any]:
    """A client of a container engine that has the image `tests.drivers.engine.IMAGE`."""
    with an_engine() as client:
        make_image(client, {"srv/one_way.py": Path(__file__).parent / "four_ways" / "one_way.py"})
        yield client
