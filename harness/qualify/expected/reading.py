"""What must catch the reading family of mistakes (`reference/bugs/reading.py`), and which classes of it nobody can show here."""

from __future__ import annotations

from ..expectation import Expectation, caught_by

EXPECTED: dict[str, Expectation] = {
    "echo": caught_by("idempotence/second_sync_is_quiet idempotence/own_writes_are_no_edits", "QUIET-001"),
    "first_page_only": caught_by("overwrite/more_edits_than_a_page", "FIELD-001"),
}

# Bug class -> why no connector between these systems can show it, or why this suite does not reach it.
NOT_APPLICABLE: dict[str, str] = {}
NOT_REACHED: dict[str, str] = {}
