"""What the administrator of a portal sets up from a shape file: the entries it may hold, and putting them into force."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from ...journal import Actor
from . import demands, marketing_declared, property_validations
from .demands import PropertyRule
from .enrolment import Workflow, Workflows
from .limits import LimitRule, Limits
from .portal import Portal
from .property_validations import ValidationRule

DECLARATIONS: Mapping[str, type[BaseModel]] = {
    "workflows": Workflow, "validation_rules": ValidationRule, "property_rules": PropertyRule, "limits": LimitRule,
    **marketing_declared.DECLARATIONS,
}


def declare(dialect: Portal, workflows: Workflows, limits: Limits, what: str, entry: BaseModel) -> None:
    """Put an entry into force. Raises ValueError or UnknownKindError when it does not fit the portal."""
    with dialect.journal.acting(Actor.SEED, "shape"):
        if isinstance(entry, Workflow):
            workflows.add(entry)
        elif isinstance(entry, ValidationRule):
            property_validations.add(dialect, entry)
        elif isinstance(entry, PropertyRule):
            demands.add(dialect, entry)
        elif isinstance(entry, LimitRule):
            limits.declare(entry)
        elif not marketing_declared.declare(dialect, entry):
            raise ValueError(f"hubspot knows no `{what}`; known: {', '.join(sorted(DECLARATIONS))}")
