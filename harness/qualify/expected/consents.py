"""What must catch the consents family of mistakes (`reference/bugs/consents.py`), and which classes of it nobody can show here."""

from __future__ import annotations

from ..expectation import Expectation, caught_by

EXPECTED: dict[str, Expectation] = {
    "optout_resurrected_by_push": caught_by("consent/opt_out_in_ma_survives_push", "CONS-001"),
    "reconnect_resubscribes": caught_by("consent/reconnect_before_the_news_arrived", "CONS-001"),
    "readd_resubscribes": caught_by("consent/left_and_came_back", "CONS-001"),
    "consent_upgraded_by_default": caught_by("consent/missing_consent_is_no_yes consent/nobody_is_excluded_by_default", "CONS-004 MAIL-002"),
    "stranger_opted_in": caught_by("consent/strangers_in_the_ma", "CONS-004"),
    "absence_means_unsubscribe": caught_by("consent/strangers_in_the_ma", "CONS-003"),
    "excluded_unsubscribed": caught_by("consent/left_and_came_back", "CONS-003"),
    "optout_not_propagated_back": caught_by("consent/opt_out_in_ma_reaches_crm", "CONS-002"),
    "optout_ignored_on_first_import": caught_by("consent/first_import_of_opted_out", "CONS-002"),
    "optout_sticky": caught_by("consent/new_opt_in_with_evidence", "CONS-003 CONS-008"),
    "repeat_push_unsubscribes": caught_by("consent/signup_in_the_ma_stays", "CONS-003"),
    "profile_change_subscribes": caught_by("consent/profile_edit_of_unsubscribed", "CONS-001"),
    "optout_wiped_by_unrelated_write": caught_by("consent/opt_out_and_edit_meanwhile", "CONS-001"),
    "defaults_sent_along": caught_by("consent/noted_by_hand", "WRITE-001"),
    "erasure_resurrected": caught_by("consent/erased_stays_erased", "CONS-007"),
    "erasure_not_followed": caught_by("consent/erased_in_the_crm", "CONS-014"),
    "erasure_resubmitted": caught_by("consent/erased_and_edited_again", "CONS-013"),
    "consent_told_back": caught_by("consent/new_opt_in_with_evidence", "CONS-012"),
    "scope_confusion": caught_by("consent/scope_is_kept", "CONS-003"),
    "global_optout_one_list": caught_by("consent/everything_is_not_one_list", "CONS-002 CONS-003 MAIL-001"),
    "bounce_means_optout": caught_by("consent/bounce_is_no_refusal", "CONS-010"),
    "bounced_not_updated": caught_by("consent/bounce_is_no_refusal", "FIELD-001 MAIL-005"),
    "pending_is_yes": caught_by("consent/pending_is_no_yes", "CONS-004 MAIL-002"),
    "confirmation_mail_sent": caught_by("consent/pending_is_no_yes", "CONS-011"),
    "evidence_not_sent": caught_by("consent/evidence_survives", "CONS-005"),
    "evidence_time_rewritten": caught_by("consent/evidence_survives", "CONS-005"),
    "resubscribe_blocked": caught_by("consent/new_opt_in_with_evidence", "CONS-008"),
    "refused_consent_swallowed": caught_by("consent/opt_out_while_subscribing", "CONS-009"),
    "undated_no_ignored": caught_by("consent/noted_by_hand", "CONS-002 MAIL-001"),
    "do_not_call_unsubscribes": caught_by("consent/noted_by_hand", "CONS-003"),
    "everyone_excluded": caught_by("consent/nobody_is_excluded_by_default", "CONS-003"),
}

# Bug class -> why no connector between these systems can show it, or why this suite does not reach it.
NOT_APPLICABLE: dict[str, str] = {}
NOT_REACHED: dict[str, str] = {}
