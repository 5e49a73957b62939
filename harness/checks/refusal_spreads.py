"""I2: a refusal reaches every system by the end of the next sync, and the window of exposure is told."""

from __future__ import annotations

from syncproof_mocks.consent import ConsentKey, ConsentState

from ..evidence import State
from ..mapping.grammar import Side
from ..model import Severity
from ..oracle.fields import Oracle
from . import Rule, Seen

RULES = (Rule("CONS-002", "a refusal reaches the other system (I2)", Severity.CRITICAL, ("B004", "B008", "B001")),)


def refusal_spreads(oracle: Oracle, seen: Seen) -> None:
    """After each sync every record of a person who had refused before it says so, on both sides."""
    ledger = oracle.consents
    for number in range(1, len(oracle.evidence.states)):
        if oracle.scope.is_broken(number):
            continue
        after = oracle.evidence.states[number]
        start = oracle.evidence.syncs[number - 1].start_seq
        for side in (Side.CRM, Side.MA):
            effective = ledger.effective(side, after.on(side))
            present = oracle.taking_part(number)
            for person in present:
                for key in ledger.keys:
                    if _must_refuse(oracle, person, key, side, start):
                        seen.look("CONS-002")
                        state = effective.get((person, key), ConsentState.UNKNOWN)
                        if not state.refuses:
                            _report(oracle, seen, person, key, side, state, number, after)


def _must_refuse(oracle: Oracle, person: str, key: ConsentKey, side: Side, start: int) -> bool:
    ledger = oracle.consents
    if not ledger.state_at(person, key, start).refuses:
        return False
    said = ledger.last_saying(person, key, start)
    return said is not None and (said.side is side or said.side is None or ledger.travels(said.key, said.side))


def _report(
    oracle: Oracle, seen: Seen, person: str, key: ConsentKey, side: Side, state: ConsentState, number: int, after: State
) -> None:
    label = oracle.identity.label(person)
    said = oracle.consents.last_saying(person, key, after.seq)
    where = f"in the {said.side.upper()} " if said and said.side else ""
    when = "before the scenario started" if said is None or said.seq < 0 else f"at #{said.seq}"
    turn = next((t for t in reversed(oracle.consents.turns)
                 if t.person == person and t.side is side and t.key in (key, ConsentKey(key.channel, "*")) and t.change.seq < after.seq), None)
    seen.finding(
        "CONS-002",
        f"{label} refused {key} {where}{when}, but after sync {number} the {side.upper()} says "
        f"{state.name.lower()}: this person can still be mailed there.",
        system=str(side), kind="contact", person=label, field=str(key), expected="withdrawn",
        found=state.name.lower(), classification="refusal_not_spread", sync=number,
        caused_by=turn.change.seq if turn else None,
        requests=(turn.change.exchange,) if turn and turn.change.exchange is not None else (),
        story=(f"{label} said no to {said.key if said else key} {where}{when}.",
               f"Sync {number} ended and the {side.upper()} still says {state.name.lower()}."),
    )
