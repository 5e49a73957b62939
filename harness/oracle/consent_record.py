"""Consents as a lawyer would ask: per person and key, who said what when with which proof, and what each system made of it.

The rows are plain data for reports. Three axes stand apart: what the person said (`said`, `state`), what is known of the
address (`deliverability`), and whether the person is still there (`lifecycle`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from syncproof_mocks.consent import ConsentKey, ConsentMark, ConsentState
from syncproof_mocks.journal import Actor

from ..evidence import State
from ..mapping.grammar import Side
from .consents import Turn
from .fields import Oracle
from .sayings import Saying

# A record of everybody in a big scenario would bury those of whom something happened.
MOST_ROWS = 200

# side -> (person, key) -> the most restrictive word of that side.
Held = dict[Side, dict[tuple[str, ConsentKey], ConsentMark]]


def consent_records(oracle: Oracle, accused: Collection[str | None] = ()) -> tuple[tuple[dict[str, Any], ...], int]:
    """Return a row per person and mapped key about which anybody said, or a connector wrote, anything; and how many were left out.

    Left out are first those of people of whom there is no trouble: ``accused`` are the names that findings give, and where a
    system says something else than the person is trouble too.

    Keys: `person`, `key`, `state` (what the sayings amount to), `said` (the ledger: seq, side, what, proved, by, times), `crm`
    and `ma` (`state` and times at the end), `turns` (each change of either side, with its request), `evidence_lost` (where a
    proved yes stands without its proof), `deliverability`, `lifecycle`. `times` holds the evidence, when and through what:
    moments differ from run to run, all else is the same for a seed.
    """
    touched = {(t.person, t.key) for t in oracle.consents.touches if t.change.actor is Actor.CONNECTOR}
    spoken = {(p, s.key) for p, said in oracle.consents.sayings.items() for s in said if not s.is_seeded}
    last = oracle.evidence.states[-1]
    held = {side: _held(oracle, side, last) for side in Side}
    told = touched | spoken
    living = frozenset(p for side in Side for p in oracle.identity.records(side, last))
    wanted = [(person, key) for person in sorted({p for p, _ in told}) for key in oracle.consents.keys if (person, key) in told]
    if len(wanted) > MOST_ROWS:
        wanted.sort(key=lambda row: (oracle.identity.label(row[0]) not in accused, not _is_disputed(oracle, row[0], row[1], held)))
    return tuple(_row(oracle, person, key, held, living) for person, key in wanted[:MOST_ROWS]), max(0, len(wanted) - MOST_ROWS)


def _is_disputed(oracle: Oracle, person: str, key: ConsentKey, held: Held) -> bool:
    """Tell whether a system permits what the person refused, or the other way round."""
    state = oracle.consents.state_at(person, key, len(oracle.evidence.entries))
    marks = [mark for side in Side if (mark := held[side].get((person, key))) is not None]
    return any((state.refuses and m.state.permits) or (state.permits and m.state.refuses) for m in marks)


def _row(
    oracle: Oracle, person: str, key: ConsentKey, held: Held, living: frozenset[str]
) -> dict[str, Any]:
    end = len(oracle.evidence.entries)
    state = oracle.consents.state_at(person, key, end)
    marks = {side: held[side].get((person, key)) for side in Side}
    proved = state is ConsentState.GRANTED
    lost = [str(s) for s in Side if proved and (m := marks[s]) is not None and m.state.permits and m.state < ConsentState.GRANTED]
    return {
        "person": oracle.identity.label(person), "key": str(key), "state": state.name.lower(),
        "said": [_said(s) for s in oracle.consents.said_by(person, end) if s.key.channel == key.channel and s.key.purpose in ("*", key.purpose)],
        "crm": _told(marks[Side.CRM]), "ma": _told(marks[Side.MA]),
        "turns": [_turn(oracle, t) for t in oracle.consents.turns if t.person == person and t.key == key],
        "evidence_lost": lost, "deliverability": "invalid" if oracle.consents.has_bounced(person, end) else "ok",
        "lifecycle": _lifecycle(oracle, person, living),
    }


def _said(s: Saying) -> dict[str, Any]:
    what = "request" if s.waits else "yes" if s.grant else "no"
    by = "seed" if s.is_seeded else "staff" if s.by_staff else "person"
    return {"seq": s.seq, "side": str(s.side) if s.side else None, "key": str(s.key), "what": what, "proved": s.proved, "by": by,
            "times": {"at": s.at, "source": s.source}}


def _told(mark: ConsentMark | None) -> dict[str, Any]:
    if mark is None:
        return {"state": "unknown", "times": {"at": None, "source": None}}
    return {"state": mark.state.name.lower(), "times": {"at": mark.at, "source": mark.source}}


def _turn(oracle: Oracle, turn: Turn) -> dict[str, Any]:
    exchange = oracle.ledger.exchange(turn.change.exchange)
    return {
        "seq": turn.change.seq, "side": str(turn.side), "actor": str(turn.change.actor), "from": turn.before.name.lower(),
        "to": turn.after.name.lower(), "request": f"{exchange.method} {exchange.path}" if exchange else None,
    }


def _held(oracle: Oracle, side: Side, state: State) -> dict[tuple[str, ConsentKey], ConsentMark]:
    """Return (person, key) -> the most restrictive word of a side at a moment, with its evidence."""
    found: dict[tuple[str, ConsentKey], ConsentMark] = {}
    for row, mark in oracle.consents.marks_in(side, state.on(side)):
        is_person = row.kind in oracle.identity.people_kinds(side)
        person = oracle.identity.subject_of(side, row, state.seq) if is_person else oracle.identity.holder(side, mark.contact_point)
        if person is not None:
            known = found.get((person, mark.key))
            if known is None or mark.state > known.state:
                found[person, mark.key] = mark
    return found


def _lifecycle(oracle: Oracle, person: str, living: frozenset[str]) -> str:
    """Return `erased`, `archived` (living nowhere any more) or `active`."""
    if person in living:
        return "active"
    return "erased" if any(a.person == person and a.kind == "erase" for a in oracle.evidence.acts) else "archived"
