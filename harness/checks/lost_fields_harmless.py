"""A field that is gone on one side was not emptied: its partner on the other side stays as it is."""

from __future__ import annotations

from syncproof_mocks.journal import Actor

from ..evidence import Act
from ..mapping.grammar import FieldRule
from ..model import Severity
from ..oracle.blame import shown
from ..oracle.fields import Oracle
from ..oracle.scope import Meeting
from . import Rule, Seen

RULES = (
    Rule("LIFE-003", "a field that was removed on one side changes nothing in its partner on the other", Severity.MAJOR, ("B067",)),
)
_LOST = ("remove", "hide")


def lost_fields_harmless(oracle: Oracle, seen: Seen) -> None:
    """Compare the partner of each removed or hidden field before and after every sync that followed."""
    for act in oracle.evidence.acts:
        if act.kind != "change_schema" or act.value not in _LOST:
            continue
        for meeting in oracle.every_meeting():
            if meeting.object.object != act.object or oracle.evidence.before_syncs[meeting.sync - 1].seq <= act.seq:
                continue
            for rule in meeting.object.fields:
                if rule.field_on(act.side) == act.field and rule.consent is None:
                    _compare(oracle, seen, act, meeting, rule)


def _compare(oracle: Oracle, seen: Seen, act: Act, meeting: Meeting, rule: FieldRule) -> None:
    side = act.side.other
    before, after, field = meeting.before(side), meeting.after(side), rule.field_on(side)
    if before is None or after is None or meeting.crowded:
        return
    seen.look("LIFE-003")
    old, new = before.values.get(field), after.values.get(field)
    change = oracle.ledger.writer(oracle.evidence.dialects[side].name, after.kind, after.id, field, oracle.evidence.states[meeting.sync].seq)
    if old == new or change is None or change.actor is not Actor.CONNECTOR:
        return
    label = oracle.identity.label(meeting.subject)
    seen.finding(
        "LIFE-003", f"{label}: the connector changed {field} in the {side.upper()} from `{shown(old)}` to `{shown(new)}` in sync "
        f"{meeting.sync}, although {act.field} of the {act.side.upper()} had been {'removed' if act.value == 'remove' else 'hidden'}: "
        "nobody said so.",
        system=str(side), kind=meeting.object.object, person=label, field=field, expected=shown(old), found=shown(new),
        classification="partner_of_a_lost_field_changed", caused_by=change.seq, record_id=after.id, sync=meeting.sync,
        requests=(change.exchange,) if change.exchange is not None else (),
    )
