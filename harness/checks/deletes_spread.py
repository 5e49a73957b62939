"""A deletion does on the other side what the mapping says."""

from __future__ import annotations

from ..evidence import Act
from ..mapping.grammar import Side
from ..model import Severity
from ..oracle.fields import Oracle
from . import Rule, Seen

RULES = (Rule("DEAD-002", "a deletion reaches the other side when the mapping says so", Severity.MAJOR, ("B049",)),)


def deletes_spread(oracle: Oracle, seen: Seen) -> None:
    """After the sync that follows a deletion: archived or deleted there, untouched when the mapping says ignore."""
    for act in oracle.evidence.acts:
        # A sync that a fault broke is made up by the next one, and what happens during one is news to the next.
        sync = next((n for n in oracle.meetings if oracle.evidence.before_syncs[n - 1].seq > act.seq), None)
        if act.kind != "delete" or sync is None:
            continue
        obj = oracle.evidence.mapping.of(act.object)
        rule = None if obj is None else (obj.deletes.crm_to_ma if act.side is Side.CRM else obj.deletes.ma_to_crm)
        label = oracle.identity.label(act.person)
        if rule is None:
            seen.left_open.append(f"{act.object}: what a deletion in the {act.side.upper()} does on the other side (`deletes`)")
        elif _had(oracle, act, sync):
            seen.look("DEAD-002")
            _compare(oracle, seen, act, rule, sync, label)


def _had(oracle: Oracle, act: Act, sync: int) -> bool:
    """Tell whether the other side had a record, and the deletion left the person none on its own side."""
    earlier = oracle.evidence.before_syncs[act.after_sync]
    if act.person in oracle.identity.records(act.side, oracle.evidence.before_syncs[sync - 1]):
        return False
    return act.person in oracle.identity.records(act.side.other, earlier)


def _compare(oracle: Oracle, seen: Seen, act: Act, rule: str, sync: int, label: str) -> None:
    other = act.side.other
    alive = act.person in oracle.identity.records(other, oracle.evidence.states[sync])
    if alive == (rule == "ignore"):
        return
    found = "still there" if alive else "gone"
    seen.finding(
        "DEAD-002", f"{label} was deleted in the {act.side.upper()}; the mapping says `{rule}` for the {other.upper()}, "
        f"but the record there is {found} after sync {sync}.", system=str(other), kind=act.object, person=label,
        expected=rule, found=found, classification="deletion_not_spread" if alive else "deleted", sync=sync,
    )
