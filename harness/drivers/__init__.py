"""How a connector is made to sync. One file = one way to start it; the file name is the word under `start:`.

A driver has ``run(...) -> Ended``. Whatever the program under test does (hang, fork, print binary, ignore signals),
``run`` returns within its time limit, says how it ended, and leaves none of its processes behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HowEnded = Literal["exited", "timeout", "killed", "not started"]


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
