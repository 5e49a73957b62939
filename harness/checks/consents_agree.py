"""I8: when everything is at rest both systems agree about each person, and a real new yes has arrived."""

from __future__ import annotations

from syncproof_mocks.consent import ConsentKey, ConsentState

from ..mapping.grammar import Side
from ..model import Severity
from ..oracle.consent_refusals import ConsentRefusals
from ..oracle.consent_story import STANDS_BESIDE, sides_around
from ..oracle.consents import ConsentLedger
from ..oracle.fields import Oracle
from ..oracle.sayings import Saying
from . import Rule, Seen

RULES = (Rule("CONS-008", "a proved yes arrives, and both systems agree at rest (I8)", Severity.MAJOR, ("B082", "B009")),)


def consents_agree(oracle: Oracle, seen: Seen) -> None:
    """After the last sync: whoever gave a proved yes that nothing withdrew has it on every side the mapping reaches."""
    ledger = oracle.consents
    last = len(oracle.evidence.states) - 1
    if last < 1:
        return
    start = oracle.evidence.syncs[last - 1].start_seq
    for side in (Side.CRM, Side.MA):
        # A yes kept for an address that the person no longer has is worth nothing.
        effective = oracle.consents.effective(side, oracle.evidence.states[last].on(side), in_use=True)
        for person in oracle.taking_part(last):
            for key in ledger.keys:
                if key.purpose == "*" or ledger.state_at(person, key, start) < ConsentState.GRANTED:
                    continue
                said = ledger.last_saying(person, key, start)
                if said is None or not said.grant or (said.side not in (side, None) and not ledger.travels(key, said.side or side)):
                    continue
                wide = ConsentKey(key.channel, "*")
                is_out = effective.get((person, wide), ConsentState.UNKNOWN).refuses
                question = _left_open(ledger, person, key, said, start, is_out=is_out)
                if question:
                    seen.left_open.append(f"{key}: {question}")
                    continue
                _compare(oracle, seen, person, key, side, effective.get((person, key), ConsentState.UNKNOWN), last)


def _left_open(ledger: ConsentLedger, person: str, key: ConsentKey, said: Saying, seq: int, *, is_out: bool) -> str:
    """Return what nobody can tell about a yes, which is therefore not demanded; empty when it must arrive.

    ``is_out``: the system says that the person refuses everything.
    """
    if said not in ledger.sayings.get(person, ()):
        return "whether the yes of one of two people who were merged is a yes for the other's address"
    if ledger.state_at(person, ConsentKey(key.channel, "*"), seq).refuses:
        # Both vendors keep an opt-out of everything in force when somebody ticks one list.
        return "what a yes to one purpose means while an earlier no to everything stands"
    if is_out and any(not s.grant and not s.waits and s.key.purpose == "*" for s in ledger.said_by(person, seq)):
        # They refused everything once. That flag has no evidence: who sees it on one side only may keep it (see CONS-003).
        return STANDS_BESIDE
    if ledger.is_refused_beside(person, key, seq):
        return "whether the no of one of two people with one address counts for the other"
    if ledger.last_move(person, seq) > said.seq:
        return "what a yes means for an address that the person got later"
    return ""


def _compare(oracle: Oracle, seen: Seen, person: str, key: ConsentKey, side: Side, state: ConsentState, sync: int) -> None:
    if oracle.consents.state_at(person, key, oracle.evidence.syncs[sync - 1].start_seq).refuses:
        return
    seen.look("CONS-008")
    if not state.permits:
        label = oracle.identity.label(person)
        excuse = ConsentRefusals(oracle).excuse(sync, side, person, key, grant=True)
        if excuse is not None:
            seen.not_checked.append(f"{label}: the {side.upper()} refused the yes to {key} at #{excuse.seq}, and the connector said so")
            return
        seen.finding(
            "CONS-008", f"{label} said yes to {key} with proof, but the {side.upper()} says {state.name.lower()} after "
            f"the last sync: this person wants mail and gets none.", system=str(side), kind="contact", person=label,
            field=str(key), expected="granted", found=state.name.lower(), classification="consent_not_spread", sync=sync,
            sides=sides_around(oracle, person, key, sync),
        )
