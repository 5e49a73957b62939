"""I2: a refusal reaches every system by the end of the next sync, and the window of exposure is told."""

from __future__ import annotations

from dataclasses import replace

from syncproof_mocks.consent import ConsentKey, ConsentState

from ..mapping.grammar import Side
from ..model import Severity
from ..oracle.consent_refusals import ConsentRefusals
from ..oracle.consent_story import sides_around
from ..oracle.fields import Oracle
from ..oracle.sayings import Saying, covers, standing_refusals
from . import Rule, Seen

RULES = (Rule("CONS-002", "a refusal reaches the other system (I2)", Severity.CRITICAL, ("B004", "B008", "B001", "B086", "B046", "B083")),)


def refusal_spreads(oracle: Oracle, seen: Seen) -> None:
    """After each sync every record of a person who had refused before it says so, on both sides.

    In a sync that a fault broke nobody takes part: the next one makes up for it.
    """
    refused = ConsentRefusals(oracle)
    for number in range(1, len(oracle.evidence.states)):
        for side in (Side.CRM, Side.MA):
            effective = oracle.consents.effective(side, oracle.evidence.states[number].on(side), in_use=True)
            for person in oracle.taking_part(number):
                for key in oracle.consents.keys:
                    state = effective.get((person, key), ConsentState.UNKNOWN)
                    _compare(oracle, seen, refused, (person, key, side, state), number)


def _compare(
    oracle: Oracle, seen: Seen, refused: ConsentRefusals, said: tuple[str, ConsentKey, Side, ConsentState], number: int
) -> None:
    person, key, side, state = said
    refusal = _refusal(oracle, person, key, side, oracle.evidence.syncs[number - 1].start_seq)
    if refusal is None or not oracle.consents.state_at(person, key, oracle.evidence.syncs[number - 1].end_seq).refuses:
        return  # or a newer, proved yes was said while the sync ran: what it carries of the two is its affair
    seen.look("CONS-002")
    if state.refuses:
        return
    excuse = refused.excuse(number, side, person, key, grant=False)
    if excuse is None:
        _report(oracle, seen, person, key, side, state, number, refusal)
    else:
        label = oracle.identity.label(person)
        seen.not_checked.append(f"{label}: the {side.upper()} refused the opt-out of {key} at #{excuse.seq}, and the connector said so")


def _refusal(oracle: Oracle, person: str, key: ConsentKey, side: Side, start: int) -> Saying | None:
    """Return the refusal that ``side`` must show: said there and standing there, or carried there by the mapping."""
    ledger = oracle.consents
    said = [s for s in ledger.said_by(person, start) if covers(s.key, key)]
    for refusal in reversed(standing_refusals(said, key)):
        later = said[said.index(refusal) + 1 :]
        # Somebody of that very side took it back there, without proof: only a mapping that reaches the side can mend it.
        replaced = any(s.grant and s.side is side for s in later) and not ledger.travels(key, side.other)
        here = refusal.side is side and not replaced
        carried = refusal.side is not None and refusal.side is not side and ledger.travels(refusal.key, refusal.side)
        if refusal.side is None or here or carried:
            return refusal
    return None


def _report(
    oracle: Oracle, seen: Seen, person: str, key: ConsentKey, side: Side, state: ConsentState, number: int, said: Saying
) -> None:
    label = oracle.identity.label(person)
    end = oracle.evidence.states[number].seq
    turn = next((t for t in reversed(oracle.consents.turns)
                 if t.person == person and t.side is side and t.key in (key, ConsentKey(key.channel, "*")) and t.change.seq < end), None)
    seen.finding(
        "CONS-002",
        f"{_in_words(oracle, person, said, 'refused')}, but after sync {number} the {side.upper()} says "
        f"{state.name.lower()}: this person can still be mailed there.",
        system=str(side), kind="contact", person=label, field=str(key), expected="withdrawn",
        found=state.name.lower(), classification="refusal_not_spread", sync=number,
        caused_by=turn.change.seq if turn else None,
        requests=(turn.change.exchange,) if turn and turn.change.exchange is not None else (),
        sides=sides_around(oracle, person, key, number),
        story=(f"{_in_words(oracle, person, said, 'said no to')}.",
               f"Sync {number} ended and the {side.upper()} still says {state.name.lower()}."),
    )


def _in_words(oracle: Oracle, person: str, said: Saying, verb: str) -> str:
    """Return who said no to what, where and when.

    People merged several into one: what stood for any of them counts as said at the merge, and is told as it was said.
    """
    ledger, lineage, whose, first = oracle.consents, oracle.identity.lineage, person, said
    if any(u.act.seq == said.seq for u in lineage.unions):
        end = len(oracle.evidence.entries)
        for one, words in ledger.sayings.items():
            alike = (s for s in words if s.seq < said.seq and replace(s, seq=said.seq) == said)
            found = next(alike, None) if lineage.subject(one, end) == lineage.subject(person, end) else None
            whose, first = (one, found) if found is not None else (whose, first)
    where = f" in the {first.side.upper()}" if first.side else ""
    when = "before the scenario started" if first.seq < 0 else f"at #{first.seq}"
    label = oracle.identity.label(person)
    merged = "" if whose == person else f" and was merged into {label} at #{said.seq}"
    return f"{oracle.identity.label(whose)} {verb} {said.key}{where} {when}{merged}"
