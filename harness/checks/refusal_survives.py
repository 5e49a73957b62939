"""I1: a refusal is not turned into a yes, or forgotten, without a newer yes by the person with proof."""

from __future__ import annotations

from syncproof_mocks.journal import Actor

from ..model import Severity
from ..oracle.consent_story import told
from ..oracle.consents import ConsentLedger, Turn
from ..oracle.fields import Oracle
from . import Rule, Seen

RULES = (
    Rule("CONS-001", "a refusal survives every sync (I1)", Severity.CRITICAL, ("B001", "B008", "B010", "B011")),
)


def refusal_survives(oracle: Oracle, seen: Seen) -> None:
    """Look at every state of the journal: each turn the connector made, against what the person had said by then."""
    ledger = oracle.consents
    for person in ledger.sayings:
        for key in ledger.keys:
            seen.look("CONS-001", int(ledger.state_at(person, key, len(oracle.evidence.entries)).refuses))
    for turn in ledger.turns:
        if turn.change.actor is not Actor.CONNECTOR:
            continue
        seen.look("CONS-001")
        lifted = turn.before.refuses and not turn.after.refuses and _still_exists(turn)
        granted = turn.after.permits and not turn.before.permits
        if (lifted or granted) and ledger.state_at(turn.person, turn.key, turn.change.seq).refuses:
            _report(oracle, seen, ledger, turn)


def _still_exists(turn: Turn) -> bool:
    """A record that was deleted says nothing any more: that is no yes."""
    return turn.change.after is not None and not turn.change.after.deleted


def _report(oracle: Oracle, seen: Seen, ledger: ConsentLedger, turn: Turn) -> None:
    label = oracle.identity.label(turn.person)
    said = ledger.last_saying(turn.person, turn.key, turn.change.seq)
    exchange = oracle.ledger.exchange(turn.change.exchange)
    where = f"by #{exchange.seq} {exchange.method} {exchange.path}" if exchange else "by the connector"
    seen.finding(
        "CONS-001",
        f"{label} refused {turn.key}, yet the {turn.side.upper()} turned from {turn.before.name.lower()} to "
        f"{turn.after.name.lower()} {where}, without a newer yes by the person with proof.",
        system=str(turn.side), kind=turn.change.kind, person=label, field=str(turn.key), expected="withdrawn",
        found=turn.after.name.lower(), classification="refusal_lifted", caused_by=turn.change.seq,
        record_id=turn.change.record_id, requests=(exchange.seq,) if exchange else (), **told(oracle, turn),
        story=(
            f"{label} said no to {said.key if said else turn.key}"
            + (" before the scenario started." if said is None or said.seq < 0 else f" at #{said.seq}."),
            f"The connector then wrote {turn.after.name.lower()} {where}.",
        ),
    )
