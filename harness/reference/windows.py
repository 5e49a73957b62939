"""From when on to read, and where the next run goes on: the arithmetic of incremental reading.

The next run goes on where this one *began* to read, by the server's own clock, less a look back: what was edited while
this run was reading, or showed late, is read then. What that reads twice is passed over by its mark.
"""

from __future__ import annotations

from datetime import UTC, datetime

from .bugs import Bugs

LOOK_BACK_MS = 10 * 60 * 1000
_TWO_YEARS_MS = 2 * 365 * 24 * 3600 * 1000


class Window:
    """How one run reads."""

    def __init__(self, bugs: Bugs) -> None:
        self._bugs = bugs

    def since(self, cursor_ms: int) -> int:
        """Return from when on a run reads whose predecessor left ``cursor_ms``."""
        if self._bugs.on("cursor_in_wall_clock"):
            # Kept as local time without its zone: of an hour that happens twice, the second one is meant.
            cursor_ms = round(datetime.fromtimestamp(cursor_ms / 1000).replace(fold=1).timestamp() * 1000)  # noqa: DTZ006
        trusting = any(map(self._bugs.on, ("cursor_is_now", "cursor_is_latest_stamp", "search_before_create")))
        return cursor_ms if trusting else cursor_ms - LOOK_BACK_MS

    def in_query(self, since_ms: int) -> int:
        """Return the moment as it is put into a query of the CRM, which takes it for UTC."""
        if not self._bugs.on("local_time_with_z"):
            return since_ms
        local = datetime.fromtimestamp(since_ms / 1000)  # noqa: DTZ006 (the mistake)
        return round(local.replace(tzinfo=UTC).timestamp() * 1000)

    def first(self, now_ms: int | None) -> int | None:
        """Return from when on the first run reads; None: everything there is. ``now_ms`` is the server's clock, if known."""
        return now_ms - _TWO_YEARS_MS if now_ms and self._bugs.on("hidden_start_date") else None

    def cursor(self, began_ms: int | None, latest_stamp_ms: int) -> int | None:
        """Return where the next run goes on: when this one began, or without a server's clock the latest stamp it read."""
        if self._bugs.on("cursor_is_latest_stamp") and latest_stamp_ms:
            return latest_stamp_ms
        return began_ms or latest_stamp_ms or None

    def at_the_end(self, cursor_ms: int, now_ms: int | None) -> int:
        """Return the cursor to keep when the run is over."""
        return now_ms if now_ms and self._bugs.on("cursor_is_now") else cursor_ms
