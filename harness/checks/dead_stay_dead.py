"""What was deleted or erased on one side is not made again there by the connector."""

from __future__ import annotations

from syncproof_mocks.journal import Actor, Change

from ..evidence import Act
from ..model import Severity
from ..oracle.fields import Oracle
from ..oracle.identity import side_of
from . import Rule, Seen

RULES = (
    Rule("CONS-007", "erasure is not undone by a later sync (I7)", Severity.CRITICAL, ("B012",)),
    Rule("DEAD-001", "what was deleted does not come back", Severity.MAJOR, ("B048",)),
)


def dead_stay_dead(oracle: Oracle, seen: Seen) -> None:
    """Look at each deletion and erasure: no later creation by the connector may hold that person."""
    for act in oracle.evidence.acts:
        if act.kind not in ("delete", "erase"):
            continue
        rule = "CONS-007" if act.kind == "erase" else "DEAD-001"
        if act.after_sync >= len(oracle.evidence.syncs):
            continue
        seen.look(rule)
        for entry in oracle.evidence.entries[act.seq : _undone(oracle, act)]:
            if isinstance(entry, Change) and _brings_back(oracle, entry, act):
                _report(oracle, seen, rule, act, entry)
                break


def _undone(oracle: Oracle, act: Act) -> int:
    """Return where the deletion ends to count: at the act by which a person brought the record back, if there is one."""
    back = (a.seq for a in oracle.evidence.acts if a.kind == "restore" and (a.person, a.side) == (act.person, act.side))
    return min((seq for seq in back if seq > act.seq), default=len(oracle.evidence.entries))


def _brings_back(oracle: Oracle, change: Change, act: Act) -> bool:
    if change.actor is not Actor.CONNECTOR or change.after is None or change.after.deleted:
        return False
    born = change.before is None or change.before.deleted
    side = side_of(oracle.evidence, change.system)
    if not born or side is not act.side or change.kind not in oracle.identity.people_kinds(side):
        return False
    return oracle.identity.person_of(side, change.after) == act.person


def _report(oracle: Oracle, seen: Seen, rule: str, act: Act, change: Change) -> None:
    label = oracle.identity.label(act.person)
    exchange = oracle.ledger.exchange(change.exchange)
    verb = "erased" if act.kind == "erase" else "deleted"
    seen.finding(
        rule, f"{label} was {verb} in the {act.side.upper()} and a later sync made the record again"
        + (f" by #{exchange.seq} {exchange.method} {exchange.path}." if exchange else "."),
        system=str(act.side), kind=act.object, person=label, expected=None, found="a record",
        classification="resurrected", caused_by=change.seq, record_id=change.record_id, sync=act.after_sync + 1,
        requests=(exchange.seq,) if exchange else (),
    )
