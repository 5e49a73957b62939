"""One moment of a world, to go back to: the same requests then meet the same faults and get the same ids and answers.

Kept are the journal's position, the clock, the dice, the records, whatever the dialects hold beside them (see `contents`:
sessions, jobs, limits, webhooks that wait, what was set up), and the faults that are switched on with their counts.
Going back costs what the dictionaries of the stores cost, not what happened since.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from .clock import Clock
from .contents import Contents
from .dice import Dice
from .journal import Change, Exchange, Journal, Mark, Row
from .server import MockApp
from .store import Snapshot, Store
from .wire import Operation, Router
from .world import World

# What is kept in a way of its own, is replaced and never changed, or is the same in every world.
_APART = (World, Journal, Clock, Dice, Store, Snapshot, Row, Change, Exchange, Mark, Router, Operation, MockApp)


class Checkpoint:
    """The moment at which it was made. Take it and go back to it between two requests, on the servers' thread."""

    def __init__(self, apps: Sequence[MockApp], beside: Iterable[object] = (), apart: tuple[type, ...] = ()) -> None:
        """Keep the world that the mocks share. What ``beside`` hold goes back with it; objects of the types ``apart`` do not.

        A vendor that has promised something (a bulk job) finishes it first. Raises UnkeepableError (see `contents`).
        """
        self._apps = tuple(apps)
        self._dialects = tuple(app.dialect for app in apps)
        world = self._world = self._dialects[0].world
        self._stores = [(d.store, d.store.snapshot(), d.store.definition(), d.store.clock) for d in self._dialects]
        self._interceptors = [app.interceptors for app in apps]
        roots = [*self._dialects, *(i for found in self._interceptors for i in found), *beside]
        self._contents = Contents(roots, (*_APART, *apart))
        self._entries = tuple(world.journal.entries)
        # An exchange is filled in when its answer is there; one that waits at this moment has none in this history.
        self._open = [(e, _fields(e)) for e in self._entries if isinstance(e, Exchange) and not e.status]
        self._clock, self._dice = world.clock.state(), (world.dice.state(), world.vault.state())
        self.seq, self.at_ms = len(self._entries), self._clock.shown_ms

    def go_back(self, *, time_goes_on: bool = False) -> None:
        """Make the world what it was, as often as one likes; other checkpoints, older and newer, stay good.

        The clock is set back too: stamps, lifetimes of tokens and limits per day are part of every answer, so without it no
        answer would be the same. A running clock is behind wall time afterwards; a connector that trusts its own machine's
        clock would wait for the mocks to catch up, so ``time_goes_on`` leaves the clock alone (and answers carry new stamps).

        Credentials handed out since stay valid. Requests under way are cut off: they belong to no history.
        Raises ValueError when the mocks have been given another world meanwhile.
        """
        self._restore(time_goes_on=time_goes_on)
        for app in self._apps:
            app.era += 1
        for dialect in self._dialects:
            dialect.went_back()

    def undo(self) -> None:
        """Go back from something that failed half-way while nobody else could act: time and requests under way are left alone."""
        self._restore(time_goes_on=True)

    def _restore(self, *, time_goes_on: bool) -> None:
        if any(app.dialect is not dialect for app, dialect in zip(self._apps, self._dialects, strict=True)):
            raise ValueError("the mocks have been given another world since this checkpoint was taken")
        rings = [(ring, dict(ring)) for dialect in self._dialects for ring in dialect.keyrings()]
        self._contents.put_back()
        for store, snapshot, definition, clock in self._stores:
            store.clock = clock
            store.redefine(definition)
            store.restore(snapshot)
        self._restore_world(time_goes_on=time_goes_on)
        for app, found in zip(self._apps, self._interceptors, strict=True):
            app.interceptors = found
        for ring, held in rings:
            ring.update((key, value) for key, value in held.items() if key not in ring)

    def _restore_world(self, *, time_goes_on: bool) -> None:
        world = self._world
        world.journal.entries[:] = self._entries
        for entry, kept in self._open:
            for name, value in kept.items():
                setattr(entry, name, list(value) if isinstance(value, list) else value)
        if not time_goes_on:
            world.clock.rewind(self._clock)
        world.dice.rewind(self._dice[0])
        world.vault.rewind(self._dice[1])


def _fields(entry: Exchange) -> dict[str, Any]:
    found = {f.name: getattr(entry, f.name) for f in fields(entry)}
    return {name: list(value) if isinstance(value, list) else value for name, value in found.items()}
