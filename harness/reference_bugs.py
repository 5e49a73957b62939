"""What the reference connector says about its own switchable bugs; it is asked as a program, like any other."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache

import orjson


@dataclass(frozen=True, slots=True)
class Variant:
    """One switchable bug: its name, the class it belongs to, where a real connector had it, and what it does."""

    name: str
    bug_class: str
    citation: str
    what: str


@lru_cache(maxsize=1)
def variants() -> tuple[Variant, ...]:
    """Return every buggy variant that the installed reference connector offers."""
    done = subprocess.run(
        [sys.executable, "-m", "syncproof.reference", "--bugs"], check=True, capture_output=True, timeout=60
    )
    return tuple(Variant(b["name"], b["bug_class"], b["citation"], b["what"]) for b in orjson.loads(done.stdout))
