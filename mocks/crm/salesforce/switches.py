"""What is not certain about the vendor, or may be set per org: one switch each (research section 6)."""

from __future__ import annotations

from ...dialect import Switch
from ...wire import Evidence

SWITCHES = (
    Switch("not_equal_matches_null", True, (True, False), Evidence.ASSUMED,
           "`!=` and `NOT IN` also return rows whose field is blank"),
    Switch("trim_strings", True, (True, False), Evidence.ASSUMED, "blanks around a text are cut when it is saved"),
    Switch("noop_patch_bumps", True, (True, False), Evidence.ASSUMED,
           "an update that changes nothing still moves LastModifiedDate and SystemModstamp"),
    Switch("null_boolean", "false", ("false", "refuse"), Evidence.ASSUMED, "an explicit null for a checkbox"),
    Switch("sort_multipicklist", True, (True, False), Evidence.ASSUMED,
           "the values of a multi-select picklist are kept in the order of the picklist"),
    Switch("key_in_body", "refuse", ("refuse", "ignore"), Evidence.CLIENT_SOURCE,
           "an upsert whose body repeats the external id of its address (aiosalesforce strips it, as it is refused)"),
    Switch("repeated_key", "refuse_all", ("refuse_all", "refuse_later"), Evidence.ASSUMED,
           "records of one collection that repeat an external id: all are refused, or all but the first"),
    Switch("updated_by", "SystemModstamp", ("SystemModstamp", "LastModifiedDate"), Evidence.ASSUMED,
           "the stamp by which getUpdated decides"),
    Switch("page_size", 2000, (), Evidence.DOCUMENT, "records per query page unless the caller asks for fewer; any number"),
    Switch("api_limit", 100_000, (), Evidence.DOCUMENT, "API calls per rolling day; any number"),
    Switch("session_timeout_s", 0, (), Evidence.DOCUMENT,
           "seconds of inactivity that end a session; 0: never (a real org: 7200)"),
    Switch("rotate_refresh_tokens", False, (True, False), Evidence.DOCUMENT,
           "a refresh hands out a new refresh token and ends the old one"),
    Switch("audit_fields_writable", False, (True, False), Evidence.DOCUMENT,
           "the permission to set CreatedDate and its like when a record is created"),
    Switch("tracked_fields", "all", ("all", "declared", "none"), Evidence.DOCUMENT,
           "fields with history: every updateable one, those whose metadata says so, or none"),
    Switch("soap_login_from_v65", False, (True, False), Evidence.DOCUMENT, "SOAP login in versions that have lost it"),
)
