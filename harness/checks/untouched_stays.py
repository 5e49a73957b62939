"""The connector writes only what the mapping gives it to write."""

from __future__ import annotations

from syncproof_mocks.journal import Actor, Change

from ..mapping.grammar import Direction, ObjectMapping, Side
from ..model import Severity
from ..oracle.fields import Oracle
from ..oracle.identity import side_of
from . import Rule, Seen

RULES = (Rule("WRITE-001", "fields the mapping does not name stay as they are", Severity.MAJOR, ("B011", "B063", "B069")),)


def untouched_stays(oracle: Oracle, seen: Seen) -> None:
    """Look at every field that an update by the connector changed (vendors' own stamps and counters apart)."""
    for entry in oracle.evidence.entries:
        if not isinstance(entry, Change) or entry.actor is not Actor.CONNECTOR or entry.before is None or entry.after is None:
            continue
        side = side_of(oracle.evidence, entry.system)
        objects = [o for o in oracle.evidence.mapping.objects if o.kind_on(side) == entry.kind]
        if not objects or entry.after.deleted != entry.before.deleted:
            continue
        allowed = set().union(*(_writable(o, side) for o in objects))
        for name, (old, new) in entry.fields.items():
            if oracle.evidence.dialects[side].is_system_field(entry.kind, name):
                continue
            seen.look("WRITE-001")
            if name not in allowed:
                label = oracle.identity.label(oracle.identity.person_of(side, entry.after))
                seen.finding(
                    "WRITE-001", f"{label}: {name} in the {side.upper()} is not mapped, yet the connector changed it "
                    f"from `{old}` to `{new}`.", system=str(side), kind=entry.kind, person=label, field=name,
                    expected=old, found=new, classification="unmapped_field_written", caused_by=entry.seq,
                    record_id=entry.record_id, requests=(entry.exchange,) if entry.exchange is not None else (),
                )


def _writable(obj: ObjectMapping, side: Side) -> set[str]:
    """Return the fields of one side the mapping lets a connector write; fields of the other direction are judged elsewhere."""
    names = {r.field_on(side) for r in obj.fields if r.direction is not Direction.NONE}
    for rule in obj.fields:
        if rule.consent is not None and side is Side.CRM:
            names |= {f for f in (rule.consent.crm_at, rule.consent.crm_source) if f}
    for link in (obj.owner, obj.company):
        if link is not None:
            names.add(link.crm if side is Side.CRM else link.ma)
    return names
