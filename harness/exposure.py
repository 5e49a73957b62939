"""The window of exposure: how long, and during which requests, somebody who had refused could still be mailed."""

from __future__ import annotations

from typing import Any

from syncproof_mocks.consent import ConsentKey, ConsentState
from syncproof_mocks.journal import Exchange

from .mapping.grammar import Side
from .oracle.fields import Oracle
from .oracle.sayings import Saying, covers


def exposures(oracle: Oracle) -> tuple[dict[str, Any], ...]:
    """Return one window per refusal and side that had not heard of it: person, key, side, seconds, requests, closed."""
    ledger = oracle.consents
    found = []
    for person, sayings in ledger.sayings.items():
        for said in sayings:
            if said.grant or said.seq < 0 or said.side is None:
                continue
            for key in ledger.keys:
                if key == said.key and ledger.travels(key, said.side):
                    window = _window(oracle, person, key, said)
                    if window is not None:
                        found.append(window)
    return tuple(found)


def _window(oracle: Oracle, person: str, key: ConsentKey, said: Saying) -> dict[str, Any] | None:
    assert said.side is not None
    side: Side = said.side.other
    states = oracle.evidence.states
    before = max((s for s in states if s.seq <= said.seq), key=lambda s: s.seq, default=states[0])
    state = oracle.consents.effective(side, before.on(side)).get((person, key))
    if state is None or state.refuses:
        return None
    heard = next(
        (t for t in oracle.consents.turns
         if t.person == person and t.side is side and covers(t.key, key) and t.after.refuses and t.change.seq > said.seq), None,
    )
    end_seq = heard.change.seq if heard else states[-1].seq
    end_ms = heard.change.at_ms if heard else states[-1].at_ms
    requests = [e.seq for e in oracle.evidence.entries[said.seq : end_seq] if isinstance(e, Exchange)]
    return {
        "person": oracle.identity.label(person), "key": str(key), "system": str(side),
        "state": (state or ConsentState.UNKNOWN).name.lower(), "requests": requests[:50], "request_count": len(requests),
        "closed": heard is not None, "from_seq": said.seq, "to_seq": end_seq,
        "times": {"seconds": round((end_ms - said.at_ms) / 1000, 3)},
    }
