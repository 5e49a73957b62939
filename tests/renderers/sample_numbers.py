"""Reaction times, calls and faults for the hand-written result, and the same with text that means harm."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from syncproof.model import ScenarioResult, Strike, SyncCalls, Travel


def travels() -> tuple[Travel, ...]:
    """Nine that arrived (one of them late), one that is missing, one that nobody owed."""
    arrived = [
        Travel(20 + n, "crm_to_ma" if n % 3 else "ma_to_crm", f"p{n + 1:04d} Somebody", "Phone" if n % 3 else "phone", "arrived", 80 + n, 1, 2.0 + n, 1.0 + n)
        for n in range(9)
    ]
    return (
        *arrived[:8], replace(arrived[8], syncs=2, edit_s=95.5, sync_s=1.5),
        Travel(40, "ma_to_crm", "p0005 Hans Größe", "email/newsletter", "missing"), Travel(41, "crm_to_ma", "p0006 Mary O'Neil", "Title", "not_owed"),
    )


def sync_calls() -> tuple[SyncCalls, ...]:
    """Two syncs of different sizes and one that had nothing to do, in two systems."""
    def calls(sync: int, system: str, reads: int, writes: int, records: int, *, sign_ins: int = 0, refused: int = 0, idle: bool = False) -> SyncCalls:
        made = reads + writes + sign_ins
        return SyncCalls(sync, system, reads, writes, sign_ins, writes - refused, refused, refused, made - sign_ins, records, min(records, 10), 30, 30, idle)

    return (
        calls(1, "salesforce", 12, 3, 30, sign_ins=1), calls(1, "hubspot", 9, 33, 30, refused=2),
        calls(2, "salesforce", 12, 1, 10), calls(2, "hubspot", 9, 10, 10), calls(3, "salesforce", 12, 0, 0, idle=True), calls(3, "hubspot", 9, 0, 0, idle=True),
    )


def strikes() -> tuple[Strike, ...]:
    """One fault of each kind of aftermath."""
    first = Strike(21, "rate_limit", "passing", "hubspot", "objects.update", "PATCH /crm/v3/objects/contacts/303", 429, 1, "repeated", 22,
                   "PATCH /crm/v3/objects/contacts/303", 200, 10.02, None, "ended with exit code 0")
    return (
        first, replace(first, seq=30, fault="token_expired", did="signed_in_and_repeated", next_seq=32, after_s=0.01),
        replace(first, seq=40, fault="index_lag", sort="silent", did="went_on", next_seq=41, next_request="GET /crm/v3/owners", after_s=0.3),
        replace(first, seq=50, fault="server_error", status=503, did="left", next_seq=51, next_request="GET /services/data/v62.0/query", after_s=0.2, again_in=2),
        replace(first, seq=60, fault="side_empty", did="stopped", next_seq=None, next_request="", next_status=None, after_s=None, ended="ended with exit code 1"),
    )


def with_numbers(scenario: ScenarioResult) -> ScenarioResult:
    """Return the scenario with all of it."""
    return replace(
        scenario, travels=travels(), sync_calls=sync_calls(), strikes=strikes(), day_limits={"salesforce": 100_000, "hubspot": 250_000}, more_consents=3,
    )


def with_harm(scenario: ScenarioResult, texts: Iterable[str]) -> ScenarioResult:
    """Return the scenario with each text in every place of the numbers that can hold one from outside."""
    return replace(
        scenario,
        travels=tuple(replace(travels()[9], person=t, what=t) for t in texts),
        strikes=tuple(replace(strikes()[2], fault=t, system=t, operation=t, request=t, next_request=t, ended=t) for t in texts),
        sync_calls=tuple(replace(sync_calls()[0], system=t) for t in texts), day_limits=dict.fromkeys(texts, 10),
    )
