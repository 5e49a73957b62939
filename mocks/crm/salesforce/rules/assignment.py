"""Assignment rules: the first entry that fits a lead gives it an owner, in the request that made it, after the save.

By the vendor's page on `Sforce-Auto-Assign` they run when a caller creates or updates a lead and says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....journal import Actor, Row
from ..consequences import write_history
from ..errors import ApiError
from ..formula import Formula, Frame
from ..kinds import Kind
from ..org import Org
from ..writer import Writer
from .validation import is_true


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a rule: a formula (None: every record) and who owns what it takes."""

    formula: Formula | None
    owner_id: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """A rule that is set up, active or not."""

    id: str
    name: str
    active: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Assigned:
    """Who shall own a record, by the rule of this name."""

    rule: str
    owner_id: str

    def carry_out(self, org: Org, kind: Kind, row: Row, old: Row | None) -> Row:
        """Give a saved record its owner and return it as it is then; on an update the history tells of it."""
        if row.values["OwnerId"] == self.owner_id:
            return row
        changes = {"OwnerId": self.owner_id}
        with org.journal.acting(Actor.VENDOR_AUTOMATION, f"assignment rule {self.rule}"):
            new = org.store.update(row, dict(changes), modified_ms=row.modified_ms)
            if old is not None:
                write_history(org, kind, row, changes, str(row.values["LastModifiedById"]))
        return new


def assigned(
    org: Org, rules: Sequence[Assignment], values: Mapping[str, Any], old: Row | None, writer: Writer
) -> Assigned | None:
    """Return who shall own a record by the rule that the caller asks for. Raises ApiError."""
    rule = _chosen(org, rules, writer, creating=old is None)
    if rule is None:
        return None
    frame = Frame(org, values, old.values if old is not None else None, org.clock.now())
    entry = next((e for e in rule.entries if e.formula is None or is_true(e.formula, frame, rule.name)), None)
    return Assigned(rule.name, entry.owner_id) if entry is not None else None


def _chosen(org: Org, rules: Sequence[Assignment], writer: Writer, *, creating: bool) -> Assignment | None:
    asked = writer.auto_assign
    if asked is False or not (creating or org.settings["assign_on_update"]):
        return None
    if asked is True:
        return next((r for r in rules if r.active), None)
    found = next((r for r in rules if r.id == asked), None)
    if found is None:
        org.rests_on("salesforce.unknown_assignment_rule")
        raise ApiError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields=())
    return found
