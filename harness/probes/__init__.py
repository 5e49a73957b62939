"""Parity probes: the same questions asked of a mock and, with credentials, of a live sandbox; where the two differ is told.

A probe makes what it needs through the vendor's own API, looks, and takes it away again. What it saw is a mapping of
facts; ``expected`` is what the research found. One module per dialect; `PROBES` and `identify` in it are the contract.
"""

from __future__ import annotations

from .probing import Facts, NotSeenError, Probe, Target
from .running import Compared, Outcome, compare, live_target, mock_target, probes_of

__all__ = [
    "Compared",
    "Facts",
    "NotSeenError",
    "Outcome",
    "Probe",
    "Target",
    "compare",
    "live_target",
    "mock_target",
    "probes_of",
]
