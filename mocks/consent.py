"""The neutral words for consent: the chain of states, and what one record says about one key.

Each dialect maps its own states to these in one declared table; checks use nothing else. The chain is that of
`research/vendors.md` section 3.2 (kept in docs/consent.md of this repository): restrictive to the right.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class ConsentState(IntEnum):
    """Unknown < pending < claimed < implied < granted < confirmed < denied < withdrawn."""

    UNKNOWN = 0
    PENDING = 1
    CLAIMED = 2
    IMPLIED = 3
    GRANTED = 4
    CONFIRMED = 5
    DENIED = 6
    WITHDRAWN = 7

    @property
    def refuses(self) -> bool:
        """Tell whether the person said no."""
        return self >= ConsentState.DENIED

    @property
    def permits(self) -> bool:
        """Tell whether the system would treat it as a yes (with or without proof)."""
        return ConsentState.CLAIMED <= self <= ConsentState.CONFIRMED


@dataclass(frozen=True, slots=True)
class ConsentKey:
    """What a consent is about: channel (`email`, `phone`, `sms`) and purpose (`*` = every purpose)."""

    channel: str
    purpose: str

    def __str__(self) -> str:
        return f"{self.channel}/{self.purpose}"


@dataclass(frozen=True, slots=True)
class ConsentMark:
    """What one record says about one key: state, the address it is about, and the evidence kept with it."""

    key: ConsentKey
    state: ConsentState
    contact_point: str
    at: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class ConsentProof:
    """Evidence of an act of consent: when (ISO 8601), through what (form, call, paper), and the words agreed to."""

    at: str
    source: str
    text: str = ""
