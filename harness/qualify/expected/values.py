"""What must catch the values family of mistakes (`reference/bugs/values.py`), and which classes of it nobody can show here."""

from __future__ import annotations

from ..expectation import Expectation, caught_by

EXPECTED: dict[str, Expectation] = {
    "both_sides_edited_one_lost": caught_by("overwrite/two_sides_two_fields", "FIELD-001"),
    "blank_overwrites": caught_by("overwrite/blank_is_no_edit", "FIELD-003"),
    "clear_not_propagated": caught_by("overwrite/contact_matrix values/clears_of_every_type", "FIELD-004"),
    "typed_clear_not_propagated": caught_by("values/clears_of_every_type", "FIELD-004"),
    "placeholder_overwrites": caught_by("values/required_in_the_crm", "FIELD-020"),
    "placeholder_written_back": caught_by("values/only_an_address", "FIELD-020"),
    "false_never_arrives": caught_by("overwrite/booleans_and_lists", "FIELD-001"),
    "boolean_as_text": caught_by("values/edits_of_every_type", "FIELD-016"),
    "zero_is_blank": caught_by("values/zero_is_a_number", "FIELD-003"),
    "null_becomes_zero": caught_by("values/zero_is_a_number", "FIELD-012"),
    "refused_value_drops_record": caught_by("values/a_value_that_is_no_option", "FIELD-015"),
    "refused_value_blocks_creation": caught_by("values/a_value_that_is_no_option", "SCOPE-001"),
    "picklist_labels_unknown": caught_by("values/every_type_arrives", "FIELD-005"),
    "multi_select_comma": caught_by("values/lists_of_several", "FIELD-016"),
    "multi_select_cut_to_first": caught_by("values/lists_of_several", "FIELD-017"),
    "multi_select_split_on_comma": caught_by("values/lists_of_several", "FIELD-016"),
    "country_code_for_name": caught_by("values/country_names", "FIELD-006"),
    "country_names_outdated": caught_by("values/country_names", "FIELD-001"),
    "text_truncated": caught_by("sample_sync/all_strata values/long_texts", "FIELD-007"),
    "day_month_swapped": caught_by("sample_sync/all_strata sample_sync/ramp values/dates_and_moments", "FIELD-009"),
    "seconds_for_milliseconds": caught_by("values/dates_and_moments", "FIELD-009"),
    "date_through_local_time": caught_by("values/dates_and_moments", "FIELD-009"),
    "local_midnight": caught_by("values/dates_and_moments", "FIELD-016"),
    "winner_ignored": caught_by("overwrite/contact_matrix", "FIELD-002"),
    "rule_of_another_object": caught_by("overwrite/lead_matrix", "FIELD-001 FIELD-002"),
    "direction_unheeded": caught_by("overwrite/one_way_is_one_way", "FIELD-013"),
    "direction_none_unknown": caught_by("overwrite/one_way_is_one_way", "SCOPE-003"),
    "unsupported_types_dropped": caught_by("values/every_type_arrives", "FIELD-005"),
    "mapping_shifted": caught_by("values/every_type_arrives", "FIELD-011"),
    "readonly_field_pushed": caught_by("values/edits_of_every_type", "FIELD-016"),
    "incomplete_people_skipped": caught_by("values/only_an_address", "SCOPE-001"),
    "html_entities": caught_by("idempotence/own_writes_are_no_edits values/texts_of_the_world", "FIELD-008"),
    "ascii_only": caught_by("sample_sync/all_strata", "FIELD-008"),
    "cut_at_the_emoji": caught_by("values/texts_of_the_world", "FIELD-007 FIELD-008"),
    "phone_plus_lost": caught_by("values/phones_as_people_write_them", "FIELD-018"),
    "trunk_zero_turned_in": caught_by("values/phones_as_people_write_them", "FIELD-018"),
    "brazilian_nine_dropped": caught_by("values/phones_as_people_write_them", "FIELD-018"),
    "decimal_point_ignored": caught_by("values/amounts_with_cents", "FIELD-019"),
    "decimal_comma": caught_by("values/amounts_with_cents", "FIELD-016"),
    "choices_replaced_by_addition": caught_by("values/lists_of_several", "FIELD-017"),
    "backward_stage_ignored": caught_by("values/stages_go_both_ways", "FIELD-001"),
    "stage_pushed_with_everything": caught_by("values/stages_go_both_ways", "FIELD-002"),
    "currency_defaulted": caught_by("values/every_type_arrives", "FIELD-012"),
}

# Bug class -> why no connector between these systems can show it, or why this suite does not reach it.
NOT_APPLICABLE: dict[str, str] = {}
NOT_REACHED: dict[str, str] = {}
