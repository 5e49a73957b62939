"""One check alone over the evidence of a small staging: what it looked at, what it found, what it left open."""

from __future__ import annotations

from typing import Any

from syncproof.checks import Seen, checks, rules_of
from syncproof.evidence import Evidence
from syncproof.mapping.grammar import Mapping
from syncproof.oracle.fields import Oracle
from tests.staging import played


def staged(story: dict[str, Any], connect: Any, mapping: Mapping | None = None, seed: int = 11) -> Evidence:
    """Return the evidence of a scenario given as data; ``mapping``: None is the default one."""
    return played(story, connect, seed, mapping).evidence()


def look(check: str, evidence: Evidence) -> Seen:
    """Return what one check has seen in this evidence."""
    function = checks()[check]
    seen = Seen({rule.id: rule for rule in rules_of(function)})
    function(Oracle(evidence), seen)
    return seen


def looked(check: str, evidence: Evidence) -> dict[str, int]:
    """Return the facts that one check compared, by rule; rules without any are left out."""
    return {rule: facts for rule, facts in look(check, evidence).looked.items() if facts}
