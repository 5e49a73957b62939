"""A connector comes to rest: it does not write to and fro, nor the same again and again."""

from __future__ import annotations

from collections.abc import Iterator

from syncproof_mocks.journal import Entry, Exchange, Mark

from ..model import Severity
from ..oracle.fields import Oracle
from ..unrest import Watch
from . import Rule, Seen

RULES = (Rule("QUIET-002", "a connector comes to rest within one sync", Severity.MAJOR, ("B051", "B088")),)


def comes_to_rest(oracle: Oracle, seen: Seen) -> None:
    """Look in each sync, also one that never ended, for a field that went to and fro and for writes that repeat themselves."""
    for number, entries in _syncs(oracle.evidence.entries):
        seen.look("QUIET-002")
        watch = Watch()
        watch.see(e for e in entries if not isinstance(e, Exchange) or e.status)
        for unrest in watch.found:
            seen.finding(
                "QUIET-002", f"In sync {number}, {unrest}, and nobody but the connector had a hand in it.",
                system=None, kind=unrest.kind or None, field=unrest.field or None, record_id=unrest.record_id or None,
                expected="rest", found=unrest.times, classification="never_rests",
                caused_by=unrest.requests[-1] if unrest.requests else None, sync=number, requests=unrest.requests[-20:],
            )


def _syncs(entries: tuple[Entry, ...]) -> Iterator[tuple[int, tuple[Entry, ...]]]:
    """Yield (number, entries) of each sync, from its first mark to its last one or to the end of the story."""
    starts = [e for e in entries if isinstance(e, Mark) and e.name == "sync_start"]
    ends = [e.seq for e in entries if isinstance(e, Mark) and e.name in ("sync_end", "never_settled")]
    for start in starts:
        end = next((seq for seq in ends if seq > start.seq), len(entries))
        yield int(start.detail), entries[start.seq:end]
