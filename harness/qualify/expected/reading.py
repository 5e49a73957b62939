"""What must catch the reading family of mistakes (`reference/bugs/reading.py`), and which classes of it nobody can show here."""

from __future__ import annotations

from ..expectation import Expectation, caught_by

EXPECTED: dict[str, Expectation] = {
    "record_written_as_read": caught_by("reading/edited_while_the_sync_runs", "FIELD-014"),
    "cursor_is_now": caught_by(
        "reading/edited_while_the_sync_runs faults/wrong_clock faults/search_lags faults/commits_late", "FIELD-001"
    ),
    "cursor_is_latest_stamp": caught_by("reading/edited_while_pages_are_read", "FIELD-001"),
    "local_time_with_z": caught_by("reading/connector_east_of_greenwich", "FIELD-001"),
    "cursor_in_wall_clock": caught_by("reading/night_the_clocks_go_back", "FIELD-001"),
    "record_stamp_decides": caught_by("reading/touched_later_elsewhere", "FIELD-002"),
    "update_never_applied": caught_by("reading/three_edits_in_a_row", "FIELD-001"),
    "echo": caught_by(
        "idempotence/second_sync_is_quiet idempotence/own_writes_are_no_edits webhooks/own_writes_come_back", "QUIET-001 QUIET-002"
    ),
    "own_writes_come_back": caught_by("reading/one_edit_comes_to_rest", "QUIET-001"),
    "rounds_until_equal": caught_by("identity/twice_in_the_crm", "BUDGET-003 QUIET-002"),
    "loop_guard_drops_edits": caught_by("reading/edited_right_after_the_connector_wrote", "FIELD-001"),
    "first_page_only": caught_by("overwrite/more_edits_than_a_page", "FIELD-001"),
    "last_page_dropped": caught_by("reading/pages_exactly_full", "FIELD-001"),
    "pages_by_offset": caught_by("reading/a_record_goes_between_two_pages faults/pages_shift", "FIELD-001"),
    "page_token_not_passed": caught_by("reading/pages_exactly_full", "BUDGET-002"),
    "search_cap_is_the_end": caught_by("reading/beyond_the_end_of_search reading/ten_thousand_and_more", "FIELD-001"),
    "pages_by_stamp": caught_by("reading/bulk_edit_in_one_instant", "FIELD-001"),
    "hidden_start_date": caught_by("reading/old_records_enter_too", "SCOPE-001"),
    "activity_is_an_edit": caught_by("reading/activity_is_no_edit", "QUIET-001"),
    "everybody_listed_for_each": caught_by("reading/many_newcomers", "BUDGET-002"),
    "asked_field_by_field": caught_by("reading/a_quiet_day_costs_little", "BUDGET-001"),
    "ids_in_one_query": caught_by("reading/more_ids_than_fit_in_a_query", "FIELD-001 STATUS-003 STATUS-001"),
    "full_resync_rewrites": caught_by("reading/upgrade_forgets_nothing_to_write", "QUIET-001"),
}

# Bug class -> why no connector between these systems can show it, or why this suite does not reach it.
NOT_APPLICABLE: dict[str, str] = {}
NOT_REACHED: dict[str, str] = {}
