"""How a connector is made to sync. One file = one way to start it; the file name is the word under `start:`.

A file `service.py` offers `Service`, made once per run; ``engage(task)`` gives an `Engaged` for one scenario, whose
``sync`` is called once per sync. Whatever the program under test does (hang, fork, print binary, ignore signals),
``sync`` returns within its time limit, says how it ended, and after ``stop`` none of its processes is left.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from syncproof_mocks.discovery import discover
from syncproof_mocks.server import MockApp

from ..start_kinds import Start

T = TypeVar("T")

# `settled`: a service came to rest. `died`: it ended by itself, which a service must not. `restless`: it never came to rest.
HowEnded = Literal["exited", "timeout", "killed", "not started", "settled", "died", "restless"]


@dataclass(frozen=True, slots=True)
class Ended:
    """How one run of a connector ended.

    ``exit_code`` is None unless it exited by itself; a signal gives a negative number and ``ended == "killed"``.
    ``output`` is the last 64 KiB of what it printed (both streams); ``output_bytes`` counts all of it and
    ``output_truncated`` tells whether the file has less. ``leftovers`` are processes it left running (`pid command`):
    they were ended. ``reason`` is for people when it could not be started.
    """

    exit_code: int | None
    ended: HowEnded
    seconds: float
    output: bytes = b""
    output_bytes: int = 0
    output_truncated: bool = False
    leftovers: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Rest:
    """Whether the systems came to rest; ``reason`` says why they did not."""

    came: bool
    reason: str = ""


class Settle(Protocol):
    """Waits until both systems are at rest, delivering webhooks meanwhile. Returns at once when ``is_over`` says so."""

    def __call__(self, is_over: Callable[[], bool], *, polls: bool = True) -> Rest:
        """``polls`` False: nobody has to read anything first, because it is known that the connector is done."""


@dataclass(frozen=True)
class Task:
    """What a driver is told of one scenario; every placeholder is filled in.

    ``output``: folder of `sync-N.log`. ``entrance``: descriptors of namespaces to enter first. ``fill`` fills in the
    placeholders of a further text. ``apps`` and ``perform`` lead to the mocks without a socket (`python`). ``files``, the
    ``authority`` to trust and ``hosts`` (vendor host -> address) are for a connector that does not see ours (`container`).
    ``look`` is to be called before a port of the connector is tried: what leads to it may have to take notice first.
    """

    start: Start
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    state_dir: Path
    home: Path
    output: Path
    entrance: Sequence[int]
    settle: Settle
    fill: Callable[[str], str]
    apps: Mapping[str, MockApp]  # base URL -> mock
    perform: Callable[[Coroutine[Any, Any, Any]], Any]
    files: Sequence[Path] = ()
    hosts: Mapping[str, str] = field(default_factory=dict)
    authority: Path | None = None
    look: Callable[[], None] = lambda: None

    def log(self, number: int, instance: int = 1) -> Path:
        """Return where the output of one sync goes."""
        return self.output / (f"sync-{number}.log" if instance == 1 else f"sync-{number}.{instance}.log")


class Engaged(Protocol):
    """A connector in one scenario."""

    def sync(self, number: int, instances: int = 1) -> Ended:
        """Let it synchronise and return how that ended. Raises SetupError for more instances than it can have."""

    def kill(self) -> None:
        """End what is at work now, at once, from any thread; the next sync starts it anew."""

    def stop(self) -> None:
        """End it for good and return once nothing of it is left. Safe to call twice."""


class Driver(Protocol):
    """One way to make connectors sync, for a whole run."""

    def prepare(self, start: Start) -> Mapping[str, str]:
        """Make sure, before anything runs, that it can be started; return what a report says of it beyond its file.

        Raises InputError with what to do.
        """

    def engage(self, task: Task) -> Engaged:
        """Return the connector for one scenario; nothing has to run yet."""

    def close(self) -> None:
        """Let go of what was kept for further scenarios."""


def drivers() -> dict[str, Callable[[], Driver]]:
    """Return every driver by the word under `start:` (the folder is the registry)."""
    found: dict[str, Callable[[], Driver]] = discover(sys.modules[__name__])
    return found


def worst(ended: Sequence[Ended]) -> Ended:
    """Return how several instances ended together: as the worst of them, with everything they printed."""
    if len(ended) == 1:
        return ended[0]
    order: tuple[HowEnded, ...] = ("not started", "timeout", "killed", "died", "restless", "exited", "settled")
    first = min(ended, key=lambda e: (order.index(e.ended), -(e.exit_code or 0)))
    output = b"".join(f"--- instance {n} ---\n".encode() + e.output for n, e in enumerate(ended, start=1))
    return Ended(
        first.exit_code, first.ended, max(e.seconds for e in ended), output, sum(e.output_bytes for e in ended),
        any(e.output_truncated for e in ended), tuple(name for e in ended for name in e.leftovers), first.reason,
    )
