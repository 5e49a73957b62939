"""I9: a consent that a system refused to take is noticed: made good, or owned up to."""

from __future__ import annotations

from syncproof_mocks.journal import Exchange

from ..mapping.grammar import Side
from ..model import Severity, SyncSummary
from ..oracle.consent_refusals import ConsentRefusals
from ..oracle.fields import Oracle
from ..oracle.standing import Standing
from . import Rule, Seen

RULES = (Rule("CONS-009", "a refused consent is noticed (I9)", Severity.CRITICAL, ("B082", "B013")),)


def refused_consent_noticed(oracle: Oracle, seen: Seen) -> None:
    """Look at each sync that claims success: no consent it wanted to write may stand refused."""
    refusals = ConsentRefusals(oracle)
    for sync in oracle.evidence.syncs:
        refused = list(refusals.refused(sync.number))
        seen.look("CONS-009", len(refused))
        if not refused or sync.ended != "exited" or sync.exit_code not in oracle.evidence.success_exit_codes:
            continue
        left = {e.seq for e, _ in Standing(oracle).of(sync.number)}
        for side, person, exchange in refused:
            if exchange.seq in left or refusals.is_unmet(sync.number, side, person, exchange):
                _report(oracle, seen, sync, side, person, exchange)


def _report(oracle: Oracle, seen: Seen, sync: SyncSummary, side: Side, person: str, exchange: Exchange) -> None:
    label = oracle.identity.label(person)
    what, code, text = exchange.refused[0]
    seen.finding(
        "CONS-009", f"The {side.upper()} refused a consent of {label} (#{exchange.seq} {exchange.method} {exchange.path}: {what} {code} "
        f"{text[:160]}), nothing made it good, and sync {sync.number} claims success.", system=str(side), kind="contact", person=label,
        expected="made good, or a report", found="success", classification="refused_unnoticed", caused_by=exchange.seq,
        requests=(exchange.seq,), sync=sync.number,
    )
