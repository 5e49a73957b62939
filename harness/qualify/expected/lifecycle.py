"""What must catch the lifecycle family of mistakes (`reference/bugs/lifecycle.py`), and which classes of it nobody can show here."""

from __future__ import annotations

from ..expectation import Expectation, caught_by

EXPECTED: dict[str, Expectation] = {
    "deletion_ignored": caught_by("lifecycle/deleted_in_the_crm", "DEAD-002"),
    "owner_hijacked": caught_by("overwrite/contact_matrix", "LINK-001"),
    "wrong_population": caught_by("sample_sync/all_strata", "SCOPE-002"),
}

# Bug class -> why no connector between these systems can show it, or why this suite does not reach it.
NOT_APPLICABLE: dict[str, str] = {}
NOT_REACHED: dict[str, str] = {}
