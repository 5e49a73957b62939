"""What somebody said about being contacted, and what all of it amounts to, in whatever order it is looked at.

A person's word is an event that never goes away: a yes, a no, or a request that waits to be confirmed, each with its
evidence. The state is a function of the *set* of events (docs/consent.md): two systems may tell of them in any order. A
refusal holds until a later yes with proof speaks of the same thing; silence, a bare tick and a request lift nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from syncproof_mocks.consent import ConsentKey, ConsentState

from ..mapping.grammar import Side

SEED_SEQ = -1


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing a person said: yes or no to a key, when (journal sequence), on which side, with or without proof.

    ``at`` and ``source`` are the evidence as the system keeps it (ISO 8601; through what). ``waits``: a request that the
    person has not confirmed, which is neither yes nor no. ``by_staff``: noted by hand, without the person's own act.
    """

    seq: int
    at_ms: int
    side: Side | None
    key: ConsentKey
    grant: bool
    proved: bool
    after_sync: int
    at: str | None = None
    source: str | None = None
    waits: bool = False
    by_staff: bool = False

    @property
    def is_seeded(self) -> bool:
        """Tell whether it was said before the scenario began; only its own date then says when."""
        return self.seq < 0


def covers(said: ConsentKey, asked: ConsentKey) -> bool:
    """Tell whether something said about one key speaks about another: same channel, same purpose or `*`."""
    return said.channel == asked.channel and said.purpose in ("*", asked.purpose)


def amounts_to(said: Iterable[Saying], key: ConsentKey) -> ConsentState:
    """Return the state that a set of sayings makes of a key; their order does not matter."""
    everything = list(said)
    if standing_refusals(everything, key):
        return ConsentState.WITHDRAWN
    own = [s for s in everything if s.key == key]
    if any(s.grant and not s.waits and s.proved for s in own):
        return ConsentState.GRANTED
    if any(s.grant and not s.waits for s in own):
        return ConsentState.CLAIMED
    return ConsentState.PENDING if any(s.waits for s in own) else ConsentState.UNKNOWN


def standing_refusals(said: Iterable[Saying], key: ConsentKey) -> list[Saying]:
    """Return the refusals that cover a key and that no later, proved yes has lifted, as they were given."""
    about = [s for s in said if covers(s.key, key)]
    proofs = [s for s in about if s.grant and s.proved and not s.waits]
    return [s for s in about if not s.grant and not s.waits and not any(_lifts(yes, s, key) for yes in proofs)]


def _lifts(yes: Saying, no: Saying, key: ConsentKey) -> bool:
    """Tell whether a proved yes came after a refusal and speaks of the key asked for, or of just what was refused."""
    return yes.key in (key, no.key) and comes_after(yes, no)


def comes_after(one: Saying, other: Saying) -> bool:
    """Tell whether one thing was certainly said after another. Before the scenario only the dates kept with it tell."""
    if one.is_seeded and other.is_seeded:
        return bool(one.at and other.at) and str(one.at) > str(other.at)
    return one.seq > other.seq
