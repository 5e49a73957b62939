"""One run at a time: a second one that starts meanwhile leaves the work to the first."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .failures import ConfigurationError


@contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """Yield whether nobody else works with the state in ``folder``; nobody else begins until the end.

    The kernel gives the lock back with the process, however that ends. Raises ConfigurationError for an unusable folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("w")
    except OSError as error:
        raise ConfigurationError(f"STATE_DIR {folder} is not usable: {type(error).__name__}: {error}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
