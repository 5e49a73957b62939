"""What answers rest on without a switch: no document, recording or client tells it; each run names those it touched."""

from __future__ import annotations

ASSUMPTIONS = {
    "all_or_none_reaches_into_collections": "allOrNone of a composite request holds for the collections inside it",
    "authorize_refused": "how the authorisation page refuses a client or redirect_uri",
    "bulk.dates_in_json_are_text": "the JSON of a Bulk 1.0 query shows dates as text; only datetimes are known to be numbers",
    "bulk.failed_rows_keep_their_id": "a refused row of an update or delete shows the id that it named",
    "bulk.wording": "the wording of a refusal of the Bulk APIs that was not captured",
    "convert_refusals": "the wording of a refused lead conversion",
    "emptied_bin_is_swept_at_once": "a record removed from the recycle bin is gone at once",
    "expired_password_over_rest": "how REST refuses a session whose password has expired",
    "formula_fields": "a formula field that an org's metadata brought along is not computed: it is blank",
    "formula_without_value": "what a formula says when a part of it has no value",
    "fuzzy_matching": "when two names are nearly the same to a duplicate rule",
    "layouts": "what a layout holds: all fields in the order of describe",
    "precondition_body": "the body of a failed precondition (412)",
    "publish_over_cometd": "how publishing over CometD is refused",
    "search_words": "how a search cuts a text into words, and that it finds whole words only",
    "session_of_inactive_user": "the session of a user who was deactivated has ended",
    "soap_describe": "the order of the elements that SOAP describes with",
    "soap_records": "the details of a record in XML (compound fields, nested results)",
    "soql.format": "what FORMAT() shows",
    "soql.group_by_is_case_sensitive": "GROUP BY keeps texts apart that differ in letter case",
    "soql.nulls_match_not_equal": "`!=` and NOT IN find blanks as well (switch not_equal_matches_null)",
    "state_country_picklists": "which states and countries an org with these picklists knows",
    "streaming.upgrade": "what an attempt to use WebSocket or JSONP for CometD is answered",
    "tags_are_ignored_but_for_accounts": "If-Match and If-None-Match mean nothing for records that carry no ETag",
    "undeletable_objects": "the wording with which deleting a user is refused",
    "unknown_assignment_rule": "a call that names an assignment rule which does not exist is refused in these words",
}
