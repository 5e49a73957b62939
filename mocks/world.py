"""One sandbox: one clock, one set of dice, one journal, shared by all its mocks."""

from __future__ import annotations

import secrets

from .clock import Clock
from .dice import Dice
from .journal import Journal


class World:
    """What the mocks of one run share. ``seed`` fixes ids and chance; credentials come from ``vault``.

    The vault is new in every world, so that no credential can be guessed from a seed; nothing that a report shows may
    depend on it. ``vault_seed`` fixes it for tests.
    """

    def __init__(self, seed: int, clock: Clock | None = None, vault_seed: int | None = None) -> None:
        self.seed = seed
        self.clock = clock or Clock()
        self.dice = Dice(seed)
        self.vault = Dice(secrets.randbits(128) if vault_seed is None else vault_seed)
        self.journal = Journal(self.clock)
