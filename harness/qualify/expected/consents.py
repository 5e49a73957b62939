"""What must catch the consents family of mistakes (`reference/bugs/consents.py`), and which classes of it nobody can show here."""

from __future__ import annotations

from ..expectation import Expectation, caught_by

EXPECTED: dict[str, Expectation] = {
    "optout_resurrected_by_push": caught_by("consent/opt_out_in_ma_survives_push", "CONS-001"),
    "consent_upgraded_by_default": caught_by("consent/missing_consent_is_no_yes", "CONS-004"),
    "absence_means_unsubscribe": caught_by("consent/strangers_in_the_ma", "CONS-003"),
    "optout_not_propagated_back": caught_by("consent/opt_out_in_ma_reaches_crm", "CONS-002"),
    "optout_ignored_on_first_import": caught_by("consent/first_import_of_opted_out", "CONS-002"),
    "optout_sticky": caught_by("consent/new_opt_in_with_evidence", "CONS-003 CONS-008"),
    "optout_wiped_by_unrelated_write": caught_by("consent/opt_out_and_edit_meanwhile", "CONS-001"),
    "erasure_resurrected": caught_by("consent/erased_stays_erased", "CONS-007"),
    "scope_confusion": caught_by("consent/scope_is_kept", "CONS-003"),
}

# Bug class -> why no connector between these systems can show it, or why this suite does not reach it.
NOT_APPLICABLE: dict[str, str] = {}
NOT_REACHED: dict[str, str] = {}
