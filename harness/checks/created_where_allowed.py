"""A sync makes records only in the directions that the mapping names."""

from __future__ import annotations

from ..mapping.grammar import Side
from ..model import Severity
from ..oracle.fields import Oracle
from ..oracle.scope import Meeting
from . import Rule, Seen

RULES = (Rule("SCOPE-005", "records are made only where `creates` says so", Severity.MAJOR, ("B076",)),)


def created_where_allowed(oracle: Oracle, seen: Seen) -> None:
    """Look at each person or company that was on one side only and is on both after the sync.

    A mapping that does not state `creates` leaves it open, and that is told.
    """
    for meeting in oracle.every_meeting():
        target = meeting.created_on
        if target is None or meeting.crowded:
            continue
        seen.look("SCOPE-005")
        direction = "crm_to_ma" if target is Side.MA else "ma_to_crm"
        if direction in meeting.object.creates:
            continue
        if "creates" not in meeting.object.model_fields_set:
            seen.left_open.append(f"whether a {meeting.object.object} known to the {target.other.upper()} only is made in the {target.upper()} (`creates`)")
            continue
        _report(oracle, seen, meeting, target, direction)


def _report(oracle: Oracle, seen: Seen, meeting: Meeting, target: Side, direction: str) -> None:
    row = meeting.after(target)
    assert row is not None
    label = oracle.identity.label(meeting.subject)
    stated = ", ".join(meeting.object.creates) or "none"
    seen.finding(
        "SCOPE-005",
        f"{label} was known to the {target.other.upper()} only, and sync {meeting.sync} made a record in the {target.upper()}; for a "
        f"{meeting.object.object} the mapping allows `creates: {stated}`, not {direction}.",
        system=str(target), kind=meeting.object.object, person=label, expected=None, found="a record",
        classification="made_where_forbidden", record_id=row.id, sync=meeting.sync,
    )
