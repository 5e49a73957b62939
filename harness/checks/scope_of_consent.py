"""I3: a refusal keeps its scope: one purpose does not become all of them, and silence does not become a refusal."""

from __future__ import annotations

from syncproof_mocks.journal import Actor

from ..model import Severity
from ..oracle.consent_story import STANDS_BESIDE, stands_beside, told
from ..oracle.fields import Oracle
from . import Rule, Seen

RULES = (
    Rule("CONS-003", "a refusal keeps its scope; none is invented (I3)", Severity.CRITICAL, ("B003", "B009", "B078", "B084", "B101", "B083")),
)


def scope_of_consent(oracle: Oracle, seen: Seen) -> None:
    """Look at each refusal the connector wrote: the person must have refused that key, or every purpose."""
    ledger = oracle.consents
    for turn in ledger.turns:
        if turn.change.actor is not Actor.CONNECTOR or not turn.after.refuses or turn.before.refuses:
            continue
        seen.look("CONS-003")
        if ledger.state_at(turn.person, turn.key, turn.change.seq).refuses:
            continue
        if ledger.is_refused_beside(turn.person, turn.key, turn.change.seq):
            seen.left_open.append(f"{turn.key}: whether the no of one of two people with one address counts for the other")
            continue
        if stands_beside(oracle, turn):
            seen.left_open.append(f"{turn.key}: {STANDS_BESIDE}")
            continue
        if ledger.came_back(turn.person, turn.change.seq):
            continue  # a bounce taken for a refusal is CONS-010
        label = oracle.identity.label(turn.person)
        exchange = oracle.ledger.exchange(turn.change.exchange)
        narrower = [s.key for s in ledger.said_by(turn.person, turn.change.seq) if not s.grant]
        why = f"only {', '.join(map(str, narrower))} was refused" if narrower else "this person refused nothing"
        seen.finding(
            "CONS-003",
            f"{label}: the connector wrote a refusal of {turn.key} in the {turn.side.upper()}"
            + (f" by #{exchange.seq} {exchange.method} {exchange.path}" if exchange else "") + f", but {why}.",
            system=str(turn.side), kind=turn.change.kind, person=label, field=str(turn.key),
            expected=turn.before.name.lower(), found=turn.after.name.lower(),
            classification="scope_widened" if narrower else "refusal_invented", caused_by=turn.change.seq,
            record_id=turn.change.record_id, requests=(exchange.seq,) if exchange else (), **told(oracle, turn),
        )
