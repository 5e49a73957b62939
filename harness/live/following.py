"""Following a live sandbox: everything that happens is told once and in order, also what a rewind then undoes."""

from __future__ import annotations

from typing import Any

from syncproof_mocks.journal import Entry, Exchange

from ..journal_lines import masks
from ..mapping.grammar import Side
from ..sandbox import Sandbox
from .happened import entry_as_data


class Follower:
    """One who looks on. Call it on the servers' thread."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._entries = sandbox.world.journal.entries
        self._dialects = {(dialect := sandbox.on(side)).name: dialect for side in Side}
        self._place = len(self._entries)
        # Requests that have no answer yet: they do not hold back what happens meanwhile.
        self._waiting: list[Entry] = []
        self._told: list[dict[str, Any]] = [{"type": "watching", "journal": self._place}]

    def look(self) -> list[dict[str, Any]]:
        """Return what has happened since the last look."""
        self._collect()
        told, self._told = self._told, []
        return told

    def goes_back(self) -> None:
        """Remember what has happened so far: the journal is about to be cut back."""
        self._collect()
        self._waiting.clear()

    def went_back(self, name: str) -> None:
        """Go on from where the journal ends now."""
        self._told.append({"type": "rewound", "name": name})
        self._place = len(self._entries)

    def _collect(self) -> None:
        new, here = self._entries[self._place :], self._waiting
        self._place += len(new)
        self._waiting = []
        hidden = masks(self._sandbox.secrets()) if new or here else ()
        for entry in (*here, *new):
            if isinstance(entry, Exchange) and not entry.status:
                self._waiting.append(entry)
            elif (told := entry_as_data(entry, hidden, self._dialects)) is not None:
                self._told.append(told)
