"""What this connector does in bad weather when one of its mistakes is switched on; nothing without one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .bugs import Bugs
from .failures import ConnectorError, RefusedError

# How long somebody waits for an answer who knows only the vendor's good days.
HURRIED_S = 0.5
_LIMITS = ("REQUEST_LIMIT_EXCEEDED", "answered 429")


@contextmanager
def claimed(folder: Path) -> Iterator[bool]:
    """Yield whether no file says that a run is at work; the file goes with the end of the run, unless the run is killed."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "running"
    if file.exists():
        yield False
        return
    file.touch()
    yield True
    file.unlink()


def watch_over_run(bugs: Bugs) -> None:
    """Start a process that would note when this run hangs, and that does not notice its end (`watchdog_left_running`)."""
    if not bugs.on("watchdog_left_running"):
        return
    nothing = subprocess.DEVNULL
    subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(3600)"], stdin=nothing, stdout=nothing, stderr=nothing)


def is_only_the_limit(reasons: Iterable[str]) -> bool:
    """Tell whether nothing but a used-up limit kept records back: the rest is thought to come by itself."""
    found = list(reasons)
    return bool(found) and all(any(limit in reason for limit in _LIMITS) for reason in found)


def is_forbidden(error: ConnectorError) -> bool:
    """Tell whether this app may not make the call that failed."""
    return isinstance(error, RefusedError) and error.status == 403


def told_in_full(record: str, values: Mapping[str, Any], bugs: Bugs) -> None:
    """Print what could not be created with all that it holds, so that somebody can look into it."""
    if bugs.on("person_in_log"):
        print(f"could not create {record}: {dict(values)}", file=sys.stderr)
