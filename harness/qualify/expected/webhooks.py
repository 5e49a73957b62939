"""What must catch the webhooks family of mistakes (`reference/bugs/webhooks.py`), and which classes of it nobody can show here."""

from __future__ import annotations

from ..expectation import Expectation

EXPECTED: dict[str, Expectation] = {}

# Bug class -> why no connector between these systems can show it, or why this suite does not reach it.
NOT_APPLICABLE: dict[str, str] = {}
NOT_REACHED: dict[str, str] = {}
