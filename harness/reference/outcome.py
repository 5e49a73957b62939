"""What a run tells: counts, refusals and conflicts, by ids and field names only."""

from __future__ import annotations

import json
from typing import Any

from .bugs import Bugs
from .weather_mistakes import is_only_the_limit


class Outcome:
    """The report of one run."""

    def __init__(self, bugs: Bugs) -> None:
        self._bugs = bugs
        self._refused: dict[tuple[str, str], dict[str, str]] = {}
        self.read = self.created = self.updated = 0
        self.conflicts: list[dict[str, str]] = []
        self._failed = False

    def refuse(self, record: str, reason: str, *, failed: bool = True) -> None:
        """Report that a record (or a part of it) did not arrive; the same thing is reported once.

        ``failed`` False: this connector left it out by its own rules (a duplicate); nobody refused anything, so
        the run did what it could and its exit code stays 0.
        """
        if self._bugs.on("error_swallowed"):
            return
        self._failed |= failed
        self._refused[record, reason] = {"record": record, "reason": reason}

    def conflict(self, record: str, field: str, crm_id: str, ma_id: str, winner: str) -> None:
        """Report that both sides had edited a field, and who won."""
        self.conflicts.append({"record": record, "field": field, "crm": crm_id, "ma": ma_id, "winner": winner})

    @property
    def refused(self) -> list[dict[str, str]]:
        """Return the refusals in the order they were reported."""
        return list(self._refused.values())

    @property
    def exit_code(self) -> int:
        """Return 0 when everything that was sent was accepted, else 1."""
        if self._bugs.on("quota_ends_as_success") and is_only_the_limit(reason for _, reason in self._refused):
            return 0
        return 1 if self._failed else 0

    def as_json(self) -> str:
        """Return the last line of the output."""
        shown: dict[str, Any] = {
            "read": self.read, "created": self.created, "updated": self.updated, "refused": self.refused,
            "conflicts": self.conflicts,
        }
        return json.dumps(shown, ensure_ascii=True)
