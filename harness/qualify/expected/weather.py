"""What must catch the weather family of mistakes (`reference/bugs/weather.py`), and which classes of it nobody can show here."""

from __future__ import annotations

from ..expectation import Expectation, caught_by

EXPECTED: dict[str, Expectation] = {
    "error_swallowed": caught_by("faults/one_bad_record faults/some_changes_refused faults/choices_changed", "STATUS-001"),
    "one_bad_record_blocks_all": caught_by("faults/one_bad_record faults/some_changes_refused", "SCOPE-001 FIELD-001"),
    "batch_partial_ignored": caught_by("faults/one_bad_update faults/some_changes_refused", "STATUS-001"),
    "refused_batch_given_up": caught_by("faults/batch_taken_as_one", "SCOPE-001"),
    "rate_limit_not_retried": caught_by(
        "faults/rate_limited faults/maintenance faults/broken_answers faults/too_many_calls_at_once", "SCOPE-001 STATUS-003"
    ),
    "retry_after_ignored": caught_by("faults/rate_limited", "LIMIT-001"),
    "quota_ends_as_success": caught_by("faults/quota_used_up faults/quota_of_the_crm_used_up", "STATUS-001 FIELD-001"),
    "token_not_refreshed": caught_by("faults/session_ends_midway", "SCOPE-001 STATUS-003"),
    "shut_out_is_the_end": caught_by("faults/access_withdrawn faults/address_not_let_in faults/scope_is_missing", "STATUS-001 FIELD-001"),
    "refused_is_tried_for_ever": caught_by("faults/refused_again_and_again", "RETRY-001"),
    "failed_marked_synced": caught_by("faults/server_down faults/one_bad_record", "SCOPE-001"),
    "timeout_taken_for_done": caught_by("faults/gateway_gives_up", "FIELD-001"),
    "duplicate_refusal_dropped": caught_by("faults/held_up_as_duplicate", "STATUS-001"),
    "lock_not_retried": caught_by("faults/locked_rows", "FIELD-001"),
    "secret_in_log": caught_by("consent/scope_is_kept", "SECRET-001"),
    "secret_in_address": caught_by("faults/session_ends_midway", "SECRET-001"),
    "person_in_log": caught_by("faults/held_up_as_duplicate", "SECRET-001"),
    "stuck_in_progress": caught_by("faults/killed_midway", "STATUS-002"),
    "answers_not_waited_for": caught_by("faults/slow_to_create", "IDENT-001"),
    "absent_is_gone": caught_by("faults/nobody_there", "SCOPE-004"),
    "empty_side_believed": caught_by("faults/nobody_there_after_a_loss", "IDENT-001"),
    "watchdog_left_running": caught_by("faults/killed_midway", "STATUS-004"),
}

# Bug class -> why no connector between these systems can show it, or why this suite does not reach it.
NOT_APPLICABLE: dict[str, str] = {}
NOT_REACHED: dict[str, str] = {}
