"""What must catch the weather family of mistakes (`reference/bugs/weather.py`), and which classes of it nobody can show here."""

from __future__ import annotations

from ..expectation import Expectation, caught_by

EXPECTED: dict[str, Expectation] = {
    "error_swallowed": caught_by("faults/one_bad_record", "STATUS-001"),
    "one_bad_record_blocks_all": caught_by("faults/one_bad_record", "SCOPE-001"),
    "batch_partial_ignored": caught_by("faults/one_bad_update", "STATUS-001"),
    "rate_limit_not_retried": caught_by("faults/rate_limited", "SCOPE-001 STATUS-003"),
    "failed_marked_synced": caught_by("faults/server_down faults/one_bad_record", "SCOPE-001"),
    "secret_in_log": caught_by("consent/scope_is_kept", "SECRET-001"),
}

# Bug class -> why no connector between these systems can show it, or why this suite does not reach it.
NOT_APPLICABLE: dict[str, str] = {}
NOT_REACHED: dict[str, str] = {}
