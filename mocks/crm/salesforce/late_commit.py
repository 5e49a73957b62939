"""Late commits: what was saved a moment ago, which no query shows yet (switch `commit_delay_ms`).

On a real org a transaction stamps its records early and commits them late, so a poll can miss records whose stamp is older than
its own last one. Here a change of time t is seen by queries from t + delay on; until then they see the record as it was before.
Reading by id is not delayed. Source: research `salesforce.md` section 3 (late commit).
"""

from __future__ import annotations

from collections.abc import Iterator

from ...journal import Actor, Change, Row
from .org import Org


class LateView:
    """The records as queries see them: those changed within the delay as they were before, new ones not at all."""

    def __init__(self, org: Org, earlier: dict[tuple[str, str], Row | None]) -> None:
        self._org, self._earlier = org, earlier

    def rows(self, kind: str, deleted: bool) -> Iterator[Row]:
        """Yield the rows of ``kind`` in order of creation, with ``deleted`` those in the recycle bin too."""
        left = {i: row for (k, i), row in self._earlier.items() if k == kind}
        for row in self._org.store.rows(kind, deleted=True):
            shown = left.pop(row.id, row)
            if shown is not None and (deleted or not shown.deleted):
                yield shown
        # What has been erased meanwhile is in no table any more.
        yield from (row for row in left.values() if row is not None and (deleted or not row.deleted))

    def get(self, kind: str, record_id: str) -> Row | None:
        """Return a row by id, deleted or not."""
        if (kind, record_id) in self._earlier:
            return self._earlier[kind, record_id]
        return self._org.store.get(kind, record_id, deleted=True)

    def touches(self, kind: str) -> bool:
        """Tell whether an index of ``kind`` cannot be trusted now, because it knows what queries do not see yet."""
        return any(k == kind for k, _ in self._earlier)


def late_view(org: Org) -> LateView | None:
    """Return what hides the changes of the last moments from a query, or None when there is nothing to hide."""
    delay_ms = int(org.settings["commit_delay_ms"])
    if delay_ms <= 0:
        return None
    since_ms = org.clock.now_ms() - delay_ms
    earlier: dict[tuple[str, str], Row | None] = {}
    for entry in reversed(org.journal.entries):
        if entry.at_ms <= since_ms:
            break
        # Seeds were always there; what they replace never was.
        if isinstance(entry, Change) and entry.system == org.name and entry.actor is not Actor.SEED:
            earlier[entry.kind, entry.record_id] = entry.before
    if not earlier:
        return None
    org.rests_on("salesforce.commit_delay_ms")
    return LateView(org, earlier)
