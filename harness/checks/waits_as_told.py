"""After a limit, the connector waits as long as it was told before it asks the same again."""

from __future__ import annotations

from syncproof_mocks.journal import Exchange

from ..legible import plural
from ..model import Severity
from ..oracle.fields import Oracle
from ..oracle.identity import side_of
from . import Rule, Seen

RULES = (
    Rule("LIMIT-001", "what a limit refused is asked again only after the time that the vendor named", Severity.MAJOR, ("B058",)),
)

# Vendors name whole seconds, and the sandbox's clock stands for less than one after a person's act.
TOLERANCE_MS = 1_000
_BUSY = (429, 477, 503)


def waits_as_told(oracle: Oracle, seen: Seen) -> None:
    """Look for requests that were repeated before their `Retry-After` was over."""
    for sync in oracle.evidence.syncs:
        waiting: dict[tuple[str, str, str, str, bytes], tuple[Exchange, int]] = {}
        for entry in oracle.evidence.entries[sync.start_seq : sync.end_seq]:
            if not isinstance(entry, Exchange):
                continue
            key = entry.system, entry.method, entry.path, entry.query, entry.request_body
            told, wait_s = waiting.pop(key, (None, 0))
            if told is not None:
                _compare(oracle, seen, sync.number, told, wait_s, entry)
            named = _named_s(entry)
            if named is not None:
                waiting[key] = entry, named


def _compare(oracle: Oracle, seen: Seen, sync: int, told: Exchange, wait_s: int, again: Exchange) -> None:
    seen.look("LIMIT-001")
    waited_ms = again.at_ms - told.at_ms
    if waited_ms < wait_s * 1000 - TOLERANCE_MS:
        seen.finding(
            "LIMIT-001", f"#{told.seq} {told.method} {told.path} was answered {told.status} with `Retry-After: {wait_s}`; #{again.seq} asked "
            f"the same again after {waited_ms / 1000:.1f} s instead of {plural(wait_s, 'second')}.",
            system=str(side_of(oracle.evidence, told.system)), expected=f"{wait_s} s", found=f"{waited_ms / 1000:.1f} s",
            classification="did_not_wait", caused_by=again.seq, sync=sync, requests=(told.seq, again.seq),
        )


def _named_s(exchange: Exchange) -> int | None:
    """Return the seconds that an answer asks to wait, or None; a date is no number of seconds."""
    if exchange.status not in _BUSY:
        return None
    value = next((v for name, v in exchange.response_headers if name.lower() == "retry-after"), "")
    return int(value) if value.isdigit() else None
