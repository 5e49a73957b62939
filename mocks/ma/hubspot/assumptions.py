"""What answers may rest on without being a switch: each name that the journal's `assumed` can hold, and what it stands for.

Names that start with `text_` are wordings of refusals that nobody captured: the status and the shape are the vendor's, the
words are ours. A test holds this table against the code.
"""

from __future__ import annotations

ASSUMPTIONS: dict[str, str] = {
    "text_*": "the wording of a refusal that was not captured",
    # -- records ---------------------------------------------------------------------------------------
    "additional_emails_read_only": "hs_additional_emails cannot be written, only the secondary-email endpoint adds addresses",
    "boolean_letter_case": "True and TRUE are refused, only true and false are taken",
    "default_pipeline": "without a pipeline, a stage alone (leads: nothing at all) means the default one",
    "default_properties_leads": "which properties of leads are shown when none are asked for",
    "default_properties_line_items": "which properties of line items are shown when none are asked for",
    "line_item_of_product": "which values a line item takes from its product",
    "body_preview": "how the preview of an activity's body is cut",
    "merge_keeps_optout": "opt-out properties of the merged contact fill the blank ones of the primary, as other values do",
    "merge_of_other_types": "records of other types than contacts and companies merge as those do",
    "validation_normalisation": "how a value is put into shape by a validation rule that normalises",
    "search_query": "in which properties, and how, a search looks for `query`",
    "search_tokens": "how a text is cut into tokens for CONTAINS_TOKEN",
    # -- associations ----------------------------------------------------------------------------------
    "association_page": "500 associations of one record come at once in a batch read",
    "association_type_numbers": "the numbers of association types that no document names",
    # -- consent, forms, sending -----------------------------------------------------------------------
    "v4_write_not_specified": "writing NOT_SPECIFIED is refused",
    "form_over_portal_optout": "a ticked box is kept beneath the opt-out of everything, which stays",
    "form_without_email": "a submission without an address makes no contact",
    "form_legal_basis": "a submission with consent to process adds its basis to hs_legal_basis",
    "gdpr_send_without_consent": "with data privacy settings on, nothing is sent to an address that never said anything",
    "send_order_of_reasons": "which reason is given when several forbid a message",
    "single_send_v1_status": "v1 answers 200 to a message that was not sent",
    # -- lists -----------------------------------------------------------------------------------------
    "list_text_case": "filters of lists compare texts without regard to letter case",
    "list_time_bounds": "which ends of a span of time belong to it in filters of lists",
    "list_joined_at": "when a record joined a DYNAMIC list",
    "list_known_members": "records that are members already are not named when they are added again",
    "list_deleted_reference": "a filter on a deleted list finds nobody",
    "list_any_subscription": "a filter on several subscription types holds when one of them does",
    # -- imports, workflows ----------------------------------------------------------------------------
    "import_columns_by_name": "columns in another order than the file's are found by their headers",
    "import_duplicate_rows": "only rows that are equal in every cell count as duplicates",
    "import_option_labels": "the label of an option is taken for its value",
    "import_time_zone": "the time zone of an import does not move its dates",
    "import_unreadable_file": "rows before one that cannot be read stay",
    "workflow_loops": "a record goes through a workflow at most once in the chain of effects of one write",
    "workflow_stamps": "when a workflow was made and changed",
    # -- legacy ----------------------------------------------------------------------------------------
    "deals_v1_fetch_mode": "without a mode, all properties of a deal come with the versions that were asked for",
    "legacy_email_in_body": "createOrUpdate takes the address of the body over that of the path for a new contact",
    "legacy_page_without_properties": "which properties a page shows when none are asked for",
    "properties_of_forms": "forms have no properties",
}
