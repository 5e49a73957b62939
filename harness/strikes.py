"""What a fault did to the connector: each one that struck, and what the connector did next in that system."""

from __future__ import annotations

from collections.abc import Sequence

from syncproof_mocks.journal import Actor, Exchange

from .evidence import Evidence
from .model import Strike, SyncSummary
from .oracle.calls import is_sign_in, request_of

_ENDS = {
    "timeout": "did not end within its time limit", "killed": "was killed", "settled": "came to rest", "died": "ended by itself",
    "not started": "was not started",
}


def strikes(evidence: Evidence) -> tuple[Strike, ...]:
    """Return every fault that struck at a request of the connector, in order. Nothing is concluded: what came next is told."""
    made = [e for e in evidence.entries if isinstance(e, Exchange) and e.actor is Actor.CONNECTOR]
    return tuple(_strike(evidence, e, made[place + 1 :]) for place, e in enumerate(made) if e.fault)


def _strike(evidence: Evidence, struck: Exchange, later: Sequence[Exchange]) -> Strike:
    sync = _sync_of(evidence, struck.seq)
    within = [e for e in later if sync is not None and e.seq < sync.end_seq]
    there = [e for e in within if e.system == struck.system]
    again = next((e for e in there if request_of(e) == request_of(struck)), None)
    did, following = _next(again, there, within)
    elsewhen = next((e for e in later if sync is not None and e.seq >= sync.end_seq and request_of(e) == request_of(struck)), None)
    again_in = _sync_of(evidence, elsewhen.seq) if elsewhen is not None and again is None else None
    return Strike(
        struck.seq, struck.fault, _sort(evidence, struck), struck.system, struck.operation or "", f"{struck.method} {struck.path}", struck.status,
        sync.number if sync is not None else None, did, following.seq if following else None,
        f"{following.method} {following.path}" if following else "", following.status if following else None,
        (following.ran_ms - struck.ran_ms) / 1000 if following else None, again_in.number if again_in is not None else None,
        _ended(sync) if sync is not None else "",
    )


def _next(again: Exchange | None, there: Sequence[Exchange], within: Sequence[Exchange]) -> tuple[str, Exchange | None]:
    """Return what the connector did, and the request that shows it."""
    if again is not None:
        renewed = any(is_sign_in(e) and e.seq < again.seq for e in there)
        return ("signed_in_and_repeated" if renewed else "repeated"), again
    if there:
        return "went_on", there[0]
    return ("left", within[0]) if within else ("stopped", None)


def _sort(evidence: Evidence, struck: Exchange) -> str:
    return next((sort for sort in ("refusal", "silent") if evidence.is_struck(struck, sort)), "passing")


def _sync_of(evidence: Evidence, seq: int) -> SyncSummary | None:
    return next((s for s in evidence.syncs if s.start_seq <= seq < s.end_seq), None)


def _ended(sync: SyncSummary) -> str:
    return f"ended with exit code {sync.exit_code}" if sync.ended == "exited" else _ENDS.get(sync.ended, sync.ended)
