"""The rules of one object that are in force, and when each runs: validation, duplicates, (save), assignment.

The order is the vendor's order of execution. An object without rules has no `Rules` at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ....journal import Row
from ..kinds import Kind
from ..org import Org
from ..writer import Writer
from .assignment import Assigned, Assignment, assigned
from .duplicates import Duplicates, refuse_duplicates
from .validation import Validation, refuse_invalid


@dataclass(slots=True)
class Rules:
    """What is in force for one object, in the order in which it was declared."""

    validation: list[Validation] = field(default_factory=list)
    duplicates: list[Duplicates] = field(default_factory=list)
    assignment: list[Assignment] = field(default_factory=list)

    def judge(
        self, org: Org, kind: Kind, values: Mapping[str, Any], old: Row | None, writer: Writer
    ) -> Assigned | None:
        """Return who shall own a record about to be saved (``values`` is all of it), or None. Raises ApiError.

        Everything that can be refused is refused here: what is left for after the save cannot fail.
        """
        if self.validation:
            refuse_invalid(org, self.validation, values, old)
        if self.duplicates:
            refuse_duplicates(org, kind, self.duplicates, values, old, writer)
        return assigned(org, self.assignment, values, old, writer) if self.assignment else None


def rules_of(org: Org, kind: Kind) -> Rules:
    """Return the rules of an object to add to."""
    found = org.rules.get(kind.name)
    if found is None:
        found = org.rules[kind.name] = Rules()
    assert isinstance(found, Rules)
    return found
