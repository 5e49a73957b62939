"""I10: a bounce says something about an address and nothing about a person's will."""

from __future__ import annotations

from syncproof_mocks.journal import Actor

from ..model import Severity
from ..oracle.consent_story import STANDS_BESIDE, stands_beside, told
from ..oracle.fields import Oracle
from . import Rule, Seen

RULES = (Rule("CONS-010", "a bounce becomes no refusal (I10)", Severity.MAJOR, ("B079",)),)


def bounce_is_no_refusal(oracle: Oracle, seen: Seen) -> None:
    """Look at each refusal the connector wrote of somebody whose mail had come back: the person must have refused."""
    ledger = oracle.consents
    for act in oracle.evidence.acts:
        seen.look("CONS-010", int(act.kind == "bounce" and act.after_sync < len(oracle.evidence.syncs)))
    for turn in ledger.turns:
        if turn.change.actor is not Actor.CONNECTOR or not turn.after.refuses or turn.before.refuses:
            continue
        if not ledger.came_back(turn.person, turn.change.seq) or ledger.state_at(turn.person, turn.key, turn.change.seq).refuses:
            continue
        if stands_beside(oracle, turn):
            seen.left_open.append(f"{turn.key}: {STANDS_BESIDE}")
            continue
        seen.look("CONS-010")
        label = oracle.identity.label(turn.person)
        exchange = oracle.ledger.exchange(turn.change.exchange)
        seen.finding(
            "CONS-010",
            f"A message to {label} came back, and the connector made a refusal of {turn.key} of it in the {turn.side.upper()}"
            + (f" by #{exchange.seq} {exchange.method} {exchange.path}" if exchange else "")
            + ": the person refused nothing, and a new address would stay silent.",
            system=str(turn.side), kind=turn.change.kind, person=label, field=str(turn.key), expected=turn.before.name.lower(),
            found=turn.after.name.lower(), classification="bounce_as_refusal", caused_by=turn.change.seq,
            record_id=turn.change.record_id, requests=(exchange.seq,) if exchange else (), **told(oracle, turn),
        )
