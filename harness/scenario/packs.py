"""Packs: the built-in scenarios in portions of a name, from the fast one that QA runs to everything there is.

A scenario joins `go-live` or `resilience` with a tag of that name, and leaves `full` with the tag `nightly`. The scenarios
of `chaos` stand in no file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ..errors import InputError, Problem
from ..nearest import suggest
from .grammar import Scenario

NIGHTLY = "nightly"


@dataclass(frozen=True, slots=True)
class Pack:
    """A portion of the built-in scenarios: its name, what it is for, and which scenarios belong to it."""

    name: str
    says: str
    holds: Callable[[Scenario], bool]
    is_drawn: bool = False  # its scenarios are drawn from the seed, no file holds them

    def of(self, scenarios: Iterable[Scenario]) -> list[Scenario]:
        """Return those of the scenarios that belong to this pack, in order. Raises InputError where no file holds them."""
        if self.is_drawn:
            raise InputError([Problem("--pack", f"the scenarios of `{self.name}` are drawn when they are run.",
                                      f"Write `syncproof run --pack {self.name}`.")])
        return [s for s in scenarios if self.holds(s)]


PACKS: Mapping[str, Pack] = {
    pack.name: pack
    for pack in (
        Pack("go-live", "the fast one, a minute on two cores: what `syncproof run` runs when nothing is named", lambda s: "go-live" in s.tags),
        Pack("full", "every class of bug: everything but what only a night has time for", lambda s: NIGHTLY not in s.tags),
        Pack("nightly", "everything", lambda _: True),
        Pack("resilience", "things go wrong, heal, and must come right again", lambda s: "resilience" in s.tags),
        Pack("chaos", "drawn by chance from the seed: steps and faults that nobody thought of together, then everything heals",
             lambda _: False, is_drawn=True),
    )
}  # fmt: skip
GO_LIVE = PACKS["go-live"]


def find_pack(name: str) -> Pack:
    """Return the pack of a name. Raises InputError naming those there are."""
    if name not in PACKS:
        raise InputError([Problem("--pack", f"no pack is called `{name}`{suggest(name, PACKS)}.", "`syncproof list packs` shows them.")])
    return PACKS[name]
