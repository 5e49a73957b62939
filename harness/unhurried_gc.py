"""Python's search for garbage in circles, made rare while scenarios run.

A run keeps hundreds of thousands of rows and journal entries, none of which is garbage, and Python walked through them again and
again (`bench/pack.py`: our share of the pack 22 % with it, 19 % without). What is in no circle goes at once all the same.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_RARE = (200_000, 20, 50)
_lock = threading.Lock()
_inside = 0
_before = (700, 10, 10)


@contextmanager
def rare_collections() -> Iterator[None]:
    """Collect seldom inside; the last of several at once that leaves puts back what was set before the first came."""
    global _before, _inside  # noqa: PLW0603 (the setting itself is the process's)
    with _lock:
        if not _inside:
            _before = gc.get_threshold()
            gc.set_threshold(*_RARE)
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                gc.set_threshold(*_before)
