"""Salesforce's formula language, as far as validation and assignment rules use it.

`parse_formula` checks a text against an object once and gives something that is evaluated for each record that is saved. What
is not known about the language is refused when a rule is declared, never guessed when a record is saved.
"""

from __future__ import annotations

from .parse import Formula, parse_formula
from .typed import EvaluationError, FormulaError, Frame

__all__ = ["EvaluationError", "Formula", "FormulaError", "Frame", "parse_formula"]
