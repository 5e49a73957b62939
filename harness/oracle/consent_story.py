"""What a finding about a consent tells: both sides before and after, who wrote it, on the strength of which read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof_mocks.consent import ConsentKey, ConsentState
from syncproof_mocks.journal import Exchange

from ..evidence import State
from ..mapping.grammar import Side
from ..model import Blame, Sides
from .consents import Turn

if TYPE_CHECKING:
    from .fields import Oracle


CHANGING = ("PATCH", "PUT", "DELETE")
STANDS_BESIDE = "whether a later yes to everything counts while the other system still refuses"
"""What a mapping leaves open about a turn of which `stands_beside` is true."""


def told(oracle: Oracle, turn: Turn) -> dict[str, Any]:
    """Return the details of a finding about one turn: ``sync``, ``sides`` and ``blame``."""
    sync = next((s.number for s in oracle.evidence.syncs if s.start_seq <= turn.change.seq < s.end_seq), None)
    if sync is None:
        return {}
    return {"sync": sync, "sides": sides_around(oracle, turn.person, turn.key, sync), "blame": _blame(oracle, turn)}


def sides_around(oracle: Oracle, person: str, key: ConsentKey, sync: int) -> Sides:
    """Return what both systems said about a key when a sync started and once it had settled."""
    before, after = oracle.evidence.before_syncs[sync - 1], oracle.evidence.states[sync]

    def say(state: State, side: Side) -> str:
        found = oracle.said(state, side).get((person, key), ConsentState.UNKNOWN)
        return found.name.lower()

    return Sides(say(before, Side.CRM), say(before, Side.MA), say(after, Side.CRM), say(after, Side.MA))


def _blame(oracle: Oracle, turn: Turn) -> Blame:
    written = oracle.ledger.exchange(turn.change.exchange)
    read = _last_read(oracle, turn)
    return Blame(
        str(turn.change.actor), turn.change.seq, _line(written), read.seq if read else None, _line(read),
        "" if read else "no earlier read of this person on the other side",
    )


def _last_read(oracle: Oracle, turn: Turn) -> Exchange | None:
    """Return the last answer before the write that showed this person's records of the other side."""
    end = turn.change.exchange if turn.change.exchange is not None else turn.change.seq
    system = oracle.evidence.dialects[turn.side.other].name
    ids = {link.record_id for link in oracle.evidence.links if link.person == turn.person and link.side is turn.side.other}
    ids |= {a for a, person in oracle.identity.addresses.items() if person == turn.person}
    for entry in reversed(oracle.evidence.entries[:end]):
        # The answer to a change shows the record as well, and is nothing that somebody decided upon.
        if isinstance(entry, Exchange) and entry.system == system and entry.method not in CHANGING and any(i in ids for _, i, _ in entry.served):
            return entry
    return None


def _line(exchange: Exchange | None) -> str | None:
    return f"#{exchange.seq} {exchange.method} {exchange.path} -> {exchange.status}" if exchange else None


def stands_beside(oracle: Oracle, turn: Turn) -> bool:
    """Tell whether a turn is a refusal of everything that the other system held when the sync began.

    A refusal of everything is a flag without evidence: who finds it on one side only cannot know that the yes on the other
    is newer and proved (a bare flag never upgrades), and whoever takes the more restrictive side has invented nothing.
    """
    if turn.key.purpose != "*" or not turn.after.refuses:
        return False
    started = [b for b in oracle.evidence.before_syncs if b.seq <= turn.change.seq]
    said = oracle.said(started[-1], turn.side.other) if started else {}
    state = said.get((turn.person, turn.key))
    return state is not None and state.refuses
