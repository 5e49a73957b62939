"""Which scenarios reach each bug of the reference connector, and which rules must then fire."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expectation:
    """Any of ``rules`` fired in any of ``scenarios`` means: caught by the check that should catch it."""

    scenarios: tuple[str, ...]
    rules: tuple[str, ...]


def _e(scenarios: str, rules: str) -> Expectation:
    return Expectation(tuple(scenarios.split()), tuple(rules.split()))


EXPECTED: dict[str, Expectation] = {
    "optout_resurrected_by_push": _e("consent/opt_out_in_ma_survives_push", "CONS-001"),
    "consent_upgraded_by_default": _e("consent/missing_consent_is_no_yes", "CONS-004"),
    "absence_means_unsubscribe": _e("consent/strangers_in_the_ma", "CONS-003"),
    "optout_not_propagated_back": _e("consent/opt_out_in_ma_reaches_crm", "CONS-002"),
    "previous_record_bleed": _e("sample_sync/blank_fields", "FIELD-010 IDENT-002"),
    "optout_ignored_on_first_import": _e("consent/first_import_of_opted_out", "CONS-002"),
    "optout_sticky": _e("consent/new_opt_in_with_evidence", "CONS-003 CONS-008"),
    "optout_wiped_by_unrelated_write": _e("consent/opt_out_and_edit_meanwhile", "CONS-001"),
    "erasure_resurrected": _e("consent/erased_stays_erased", "CONS-007"),
    "error_swallowed": _e("faults/one_bad_record", "STATUS-001"),
    "one_bad_record_blocks_all": _e("faults/one_bad_record", "SCOPE-001"),
    "batch_partial_ignored": _e("faults/one_bad_update", "STATUS-001"),
    "both_sides_edited_one_lost": _e("overwrite/two_sides_two_fields", "FIELD-001"),
    "email_change_creates_second": _e("overwrite/address_change", "IDENT-001"),
    "blind_create_retry": _e("faults/lost_response_in_the_crm", "IDENT-001"),
    "secondary_email_ignored": _e("sample_sync/secondary_address", "IDENT-001 FIELD-001 STATUS-001 SCOPE-001"),
    "blank_overwrites": _e("overwrite/blank_is_no_edit", "FIELD-003"),
    "clear_not_propagated": _e("overwrite/contact_matrix", "FIELD-004"),
    "false_never_arrives": _e("overwrite/booleans_and_lists", "FIELD-001"),
    "text_truncated": _e("sample_sync/all_strata", "FIELD-007"),
    "day_month_swapped": _e("sample_sync/all_strata sample_sync/ramp", "FIELD-009"),
    "winner_ignored": _e("overwrite/contact_matrix", "FIELD-002"),
    "deletion_ignored": _e("lifecycle/deleted_in_the_crm", "DEAD-002"),
    "echo": _e("idempotence/second_sync_is_quiet idempotence/own_writes_are_no_edits", "QUIET-001"),
    "first_page_only": _e("overwrite/more_edits_than_a_page", "FIELD-001"),
    "rate_limit_not_retried": _e("faults/rate_limited", "SCOPE-001 STATUS-003"),
    "failed_marked_synced": _e("faults/server_down faults/one_bad_record", "SCOPE-001"),
    "owner_hijacked": _e("overwrite/contact_matrix", "LINK-001"),
    "html_entities": _e("idempotence/own_writes_are_no_edits", "FIELD-008"),
    "ascii_only": _e("sample_sync/all_strata", "FIELD-008"),
    "wrong_population": _e("sample_sync/all_strata", "SCOPE-002"),
    "scope_confusion": _e("consent/scope_is_kept", "CONS-003"),
    "secret_in_log": _e("consent/scope_is_kept", "SECRET-001"),
}

# Bug classes that no variant stands for yet, and why. Counted apart, never as detected.
NOT_REACHED: dict[str, str] = {}
