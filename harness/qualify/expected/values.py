"""What must catch the values family of mistakes (`reference/bugs/values.py`), and which classes of it nobody can show here."""

from __future__ import annotations

from ..expectation import Expectation, caught_by

EXPECTED: dict[str, Expectation] = {
    "both_sides_edited_one_lost": caught_by("overwrite/two_sides_two_fields", "FIELD-001"),
    "blank_overwrites": caught_by("overwrite/blank_is_no_edit", "FIELD-003"),
    "clear_not_propagated": caught_by("overwrite/contact_matrix", "FIELD-004"),
    "false_never_arrives": caught_by("overwrite/booleans_and_lists", "FIELD-001"),
    "text_truncated": caught_by("sample_sync/all_strata", "FIELD-007"),
    "day_month_swapped": caught_by("sample_sync/all_strata sample_sync/ramp", "FIELD-009"),
    "winner_ignored": caught_by("overwrite/contact_matrix", "FIELD-002"),
    "html_entities": caught_by("idempotence/own_writes_are_no_edits", "FIELD-008"),
    "ascii_only": caught_by("sample_sync/all_strata", "FIELD-008"),
}

# Bug class -> why no connector between these systems can show it, or why this suite does not reach it.
NOT_APPLICABLE: dict[str, str] = {}
NOT_REACHED: dict[str, str] = {}
