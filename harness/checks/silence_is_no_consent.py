"""I4: unknown, pending and claimed are not consent: without a yes by the person no system gets one."""

from __future__ import annotations

from syncproof_mocks.consent import ConsentState
from syncproof_mocks.journal import Actor

from ..model import Severity
from ..oracle.consent_story import told
from ..oracle.fields import Oracle
from . import Rule, Seen

RULES = (Rule("CONS-004", "silence is not consent (I4)", Severity.CRITICAL, ("B002", "B080", "B094")),)


def silence_is_no_consent(oracle: Oracle, seen: Seen) -> None:
    """Look at each yes the connector wrote: the person must have said yes to that very key before."""
    ledger = oracle.consents
    silent = [p for p in oracle.evidence.people if p not in ledger.sayings]
    seen.look("CONS-004", len(silent))
    for turn in ledger.turns:
        if turn.change.actor is not Actor.CONNECTOR or not turn.after.permits or turn.before >= turn.after:
            continue
        seen.look("CONS-004")
        said = ledger.state_at(turn.person, turn.key, turn.change.seq)
        is_claimed = said >= ConsentState.CLAIMED and turn.after < ConsentState.GRANTED
        if said.refuses or said >= ConsentState.GRANTED or is_claimed:
            continue  # a refusal turned into a yes is CONS-001
        label = oracle.identity.label(turn.person)
        exchange = oracle.ledger.exchange(turn.change.exchange)
        seen.finding(
            "CONS-004",
            f"{label} never said yes to {turn.key}{' with proof' if said.permits else ''}, yet the connector wrote {turn.after.name.lower()} in the "
            f"{turn.side.upper()}" + (f" by #{exchange.seq} {exchange.method} {exchange.path}." if exchange else "."),
            system=str(turn.side), kind=turn.change.kind, person=label, field=str(turn.key), expected=said.name.lower(),
            found=turn.after.name.lower(), classification="consent_invented", caused_by=turn.change.seq,
            record_id=turn.change.record_id, requests=(exchange.seq,) if exchange else (), **told(oracle, turn),
        )
