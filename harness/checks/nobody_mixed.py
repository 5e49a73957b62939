"""No record holds the planted values of two people."""

from __future__ import annotations

from syncproof_mocks.journal import Actor, Change, Row

from ..mapping.grammar import Side
from ..model import Severity
from ..oracle.fields import Oracle
from . import Rule, Seen

RULES = (Rule("IDENT-002", "no record holds two people's values", Severity.CRITICAL, ("B005", "B007", "B006", "B087", "B088")),)


# What people and the seed put into a field is no mix-up of the connector's.
_BY_PEOPLE = (Actor.SEED, Actor.CRM_USER, Actor.MA_USER)


def nobody_mixed(oracle: Oracle, seen: Seen) -> None:
    """Look at every record the connector wrote: the unique values that people did not enter must all be one person's."""
    written = _written(oracle)
    final = oracle.evidence.states[-1]
    for side in (Side.CRM, Side.MA):
        system = oracle.evidence.dialects[side].name
        for kind in oracle.identity.people_kinds(side):
            for row in final.on(side).rows(kind):
                if (system, kind, row.id) in written:
                    seen.look("IDENT-002")
                    _mixed(oracle, seen, side, row)


def _written(oracle: Oracle) -> set[tuple[str, str, str]]:
    return {
        (e.system, e.kind, e.record_id)
        for e in oracle.evidence.entries
        if isinstance(e, Change) and e.actor is Actor.CONNECTOR
    }


def _mixed(oracle: Oracle, seen: Seen, side: Side, row: Row) -> None:
    lineage, trace, at = oracle.identity.lineage, oracle.identity.trace, oracle.evidence.states[-1].seq
    owner = oracle.identity.subject_of(side, row, at)
    if owner is None:
        return
    system, end = oracle.evidence.dialects[side].name, len(oracle.evidence.entries)
    for name, value in row.values.items():
        if not isinstance(value, str) or len(value) < 6 or value[0] in "{[":
            continue
        # A company's values are shared by its people; only what belongs to one person tells of a mix-up.
        owners = [o for o in oracle.identity.owners(value) if o[0] in oracle.evidence.people]
        if not owners or any(lineage.subject(person, at) == owner for person, _ in owners) or trace.fields(value, owner):
            continue  # it is this person's too: an address that two share, or what somebody entered here
        change = oracle.ledger.writer(system, row.kind, row.id, name, end)
        if change is None or change.actor in _BY_PEOPLE:
            continue
        if not oracle.evidence.dialects[side].is_system_field(row.kind, name):
            other = owners[0][0]
            seen.finding(
                "IDENT-002",
                f"{oracle.identity.label(owner)}: {name} in the {side.upper()} holds `{value}`, which belongs to "
                f"{oracle.identity.label(other)}.",
                system=str(side), kind=row.kind, person=oracle.identity.label(owner), field=name,
                expected=None, found=value, classification="two_people_mixed", caused_by=change.seq,
                record_id=row.id, requests=(change.exchange,) if change.exchange is not None else (),
            )
