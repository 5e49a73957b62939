"""A connector talks to the two systems it connects, and to nobody else."""

from __future__ import annotations

from ..model import Severity
from ..network.egress import attempts, watched_syncs
from ..oracle.fields import Oracle
from . import Rule, Seen

RULES = (Rule("EGRESS-001", "a sync asks for no host besides those of the two systems", Severity.MAJOR),)


def nothing_leaves(oracle: Oracle, seen: Seen) -> None:
    """Report every other place that a sync tried to reach (`network: isolated` and `proxy` see it; `direct` cannot)."""
    evidence = oracle.evidence
    watched = watched_syncs(evidence.entries)
    if watched:
        seen.look("EGRESS-001", watched)
    for attempt in attempts(evidence.entries):
        number = next((s.number for s in evidence.syncs if s.start_seq <= attempt.seq <= s.end_seq), None)
        where = f"Sync {number}" if number is not None else "The connector"
        seen.finding(
            "EGRESS-001", f"{where} {attempt}. It was refused; with a real network, people's data could have gone there.",
            expected="only the two systems", found=attempt.place, classification="other_host", sync=number,
            caused_by=attempt.seq,
        )
