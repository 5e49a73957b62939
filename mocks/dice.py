"""The one owner of chance and of ids: every draw comes from a named stream of the run's seed.

Named streams keep draws independent: a new consumer of chance does not change what another one draws.
"""

from __future__ import annotations

import hashlib
import random
import uuid


class Dice:
    """Seeded streams of chance and counters. The same seed and the same calls give the same values."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._streams: dict[str, random.Random] = {}
        self._counters: dict[str, int] = {}

    def stream(self, name: str) -> random.Random:
        """Return the generator called ``name``; it is made at the first call and kept."""
        found = self._streams.get(name)
        if found is None:
            digest = hashlib.sha256(f"{self.seed}/{name}".encode()).digest()
            found = self._streams[name] = random.Random(digest)  # noqa: S311 (repeatable on purpose)
        return found

    def count(self, name: str, start: int = 1) -> int:
        """Return the next number of the counter ``name``."""
        value = self._counters.get(name, start)
        self._counters[name] = value + 1
        return value

    def uuid(self, name: str) -> str:
        """Return a version-4 UUID drawn from the stream ``name``."""
        return str(uuid.UUID(int=self.stream(name).getrandbits(128), version=4))

    def token(self, name: str, length: int = 32) -> str:
        """Return ``length`` letters and digits drawn from the stream ``name``."""
        alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
        return "".join(self.stream(name).choices(alphabet, k=length))

    def state(self) -> tuple[dict[str, object], dict[str, int]]:
        """Return everything needed by `rewind`."""
        return {name: r.getstate() for name, r in self._streams.items()}, dict(self._counters)

    def rewind(self, state: tuple[dict[str, object], dict[str, int]]) -> None:
        """Return to a `state` of these dice, earlier or later; streams that it does not know start afresh."""
        streams, counters = state
        self._streams = {name: r for name, r in self._streams.items() if name in streams}
        for name, value in streams.items():
            self.stream(name).setstate(value)  # type: ignore[arg-type]
        self._counters = dict(counters)
