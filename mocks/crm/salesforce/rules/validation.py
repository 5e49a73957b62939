"""Validation rules: a formula over the record as it would be saved; where it is true, the record is refused.

All rules are tried, and all errors are told, as the vendor does. Code and fields: research `salesforce.md` section 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....journal import Row
from ..errors import ApiError, RefusalsError
from ..formula import EvaluationError, Formula, Frame
from ..org import Org


@dataclass(frozen=True, slots=True)
class Validation:
    """A rule in force."""

    name: str
    formula: Formula
    message: str
    field: str | None

    def error(self) -> ApiError:
        """Return the refusal."""
        return ApiError("FIELD_CUSTOM_VALIDATION_EXCEPTION", self.message, fields=(self.field,) if self.field else ())


def refuse_invalid(org: Org, rules: Sequence[Validation], values: Mapping[str, Any], old: Row | None) -> None:
    """Raise the errors of every rule that ``values`` break; nothing when they break none."""
    frame = Frame(org, values, old.values if old is not None else None, org.clock.now())
    broken = [rule.error() for rule in rules if is_true(rule.formula, frame, rule.name)]
    if broken:
        raise broken[0] if len(broken) == 1 else RefusalsError(broken)


def is_true(formula: Formula, frame: Frame, name: str) -> bool:
    """Evaluate the formula of a rule. Raises ApiError when it has no value: that refuses the record on a real org too."""
    try:
        return bool(formula.evaluate(frame))
    except EvaluationError as error:
        frame.org.rests_on("salesforce.formula_without_value")
        text = f"The formula of the rule {name} cannot be evaluated: {error}"
        raise ApiError("FORMULA_EXPRESSION_INVALID", text, fields=()) from None
