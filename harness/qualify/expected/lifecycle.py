"""What must catch the lifecycle family of mistakes (`reference/bugs/lifecycle.py`), and which classes of it nobody can show here."""

from __future__ import annotations

from ..expectation import Expectation, caught_by

EXPECTED: dict[str, Expectation] = {
    "merge_not_followed": caught_by("lifecycle/merged_in_the_crm lifecycle/merged_while_the_sync_runs", "LIFE-001"),
    "merge_loses_optout": caught_by("lifecycle/merged_in_the_crm", "CONS-002 CONS-006"),
    "merged_id_unknown": caught_by("lifecycle/merged_in_the_ma", "FIELD-001"),
    "converted_lead_kept": caught_by("lifecycle/converted_lead lifecycle/converted_while_the_sync_runs", "LIFE-002"),
    "deleted_comes_back": caught_by("lifecycle/deleted_and_installed_anew", "DEAD-001"),
    "restored_stays_buried": caught_by("lifecycle/brought_back", "SCOPE-001"),
    "owner_set_once": caught_by("lifecycle/handed_over", "LINK-001"),
    "inactive_owner_replaced": caught_by("lifecycle/handed_over", "LINK-001"),
    "companies_by_name": caught_by("lifecycle/changed_jobs", "SCOPE-001"),
    "old_company_kept": caught_by("lifecycle/changed_jobs", "LINK-002"),
    "associations_of_the_new_only": caught_by("lifecycle/changed_jobs", "LINK-002"),
    "removed_field_still_asked_for": caught_by("lifecycle/field_removed_in_the_crm", "FIELD-001 SCOPE-001"),
    "removed_field_read_as_blank": caught_by("lifecycle/field_removed_in_the_ma", "LIFE-003"),
    "resync_overwrites": caught_by("lifecycle/full_resync_keeps_corrections", "FIELD-001 FIELD-002"),
    "resync_deletes_first": caught_by("lifecycle/full_resync_keeps_corrections faults/nobody_there", "SCOPE-004"),
    "no_date_counts_as_recent": caught_by("lifecycle/kept_out", "SCOPE-002"),
    "creates_unheeded": caught_by("lifecycle/changed_jobs", "SCOPE-005"),
    "deletion_ignored": caught_by("lifecycle/deleted_in_the_crm lifecycle/deleted_while_the_sync_runs", "DEAD-002"),
    "owner_hijacked": caught_by("overwrite/contact_matrix", "LINK-001"),
    "wrong_population": caught_by("sample_sync/all_strata", "SCOPE-002"),
}

# Bug class -> why no connector between these systems can show it, or why this suite does not reach it.
NOT_APPLICABLE: dict[str, str] = {}
NOT_REACHED: dict[str, str] = {}
