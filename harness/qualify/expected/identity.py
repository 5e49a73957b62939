"""What must catch the identity family of mistakes (`reference/bugs/identity.py`), and which classes of it nobody can show here."""

from __future__ import annotations

from ..expectation import Expectation, caught_by

EXPECTED: dict[str, Expectation] = {
    "batch_answers_by_position": caught_by("identity/refused_in_the_middle", "IDENT-002 FIELD-010"),
    "shared_address_last_wins": caught_by("identity/shared_address", "IDENT-002 FIELD-010"),
    "previous_record_bleed": caught_by("sample_sync/blank_fields", "FIELD-010 IDENT-002"),
    "previous_lead_bleeds": caught_by("identity/blanks_from_the_ma", "FIELD-010 IDENT-002"),
    "email_change_creates_second": caught_by(
        "overwrite/address_change consent/campaign_after_a_busy_week", "IDENT-001 MAIL-003 MAIL-004"
    ),
    "ma_address_change_makes_a_lead": caught_by("identity/address_changed_in_the_ma", "IDENT-001"),
    "two_runs_at_once": caught_by("identity/two_runs_at_once", "IDENT-001"),
    "blind_create_retry": caught_by("faults/lost_response_in_the_crm", "IDENT-001"),
    "made_before_filled": caught_by("faults/lost_response_in_the_crm", "IDENT-004"),
    "search_before_create": caught_by("identity/just_created_there_too", "FIELD-001 STATUS-001"),
    "case_sensitive_keys": caught_by("identity/letter_case", "FIELD-001 LINK-002"),
    "secondary_email_ignored": caught_by("sample_sync/secondary_address", "IDENT-001 FIELD-001 STATUS-001 SCOPE-001"),
    "leads_known_by_link_only": caught_by("identity/killed_before_the_link_is_kept", "IDENT-001"),
    "created_link_not_kept": caught_by("identity/edits_make_no_copies", "IDENT-001"),
    "quotes_not_escaped": caught_by("identity/odd_signs_arrive", "SCOPE-001"),
    "apostrophe_as_entity": caught_by("identity/odd_signs_in_addresses", "IDENT-001"),
    "plus_read_as_blank": caught_by("identity/odd_signs_in_addresses", "IDENT-001"),
    "blanks_kept_in_keys": caught_by("identity/blanks_in_the_key", "LINK-002"),
    "upsert_by_address": caught_by("identity/address_of_another", "IDENT-002 FIELD-010"),
    "one_to_many_link": caught_by("identity/twice_in_the_crm", "QUIET-001"),
    "first_subscription_type": caught_by("identity/the_list_that_was_meant", "CONS-004"),
    "fifteen_character_ids": caught_by("identity/ids_in_any_form", "SCOPE-004"),
    "ids_without_case": caught_by("identity/ids_in_any_form", "FIELD-001"),
    "plus_tag_stripped": caught_by("identity/plus_makes_two_people", "SCOPE-001 CONS-003"),
}

# Bug class -> why no connector between these systems can show it, or why this suite does not reach it.
NOT_APPLICABLE: dict[str, str] = {}
NOT_REACHED: dict[str, str] = {}
