"""One sandbox: one clock, one set of dice, one journal, shared by all its mocks."""

from __future__ import annotations

from .clock import Clock
from .dice import Dice
from .journal import Journal


class World:
    """What the mocks of one run share. ``seed`` fixes ids, credentials and chance."""

    def __init__(self, seed: int, clock: Clock | None = None) -> None:
        self.seed = seed
        self.clock = clock or Clock()
        self.dice = Dice(seed)
        self.journal = Journal(self.clock)
