"""Mistakes when something goes wrong: refusals, limits, lost answers, crashes, secrets in logs."""

from __future__ import annotations

from .bug import Bug

BUGS: tuple[Bug, ...] = (
    Bug("error_swallowed", "B013", "Multiwoven/multiwoven#910",
        "refusals are dropped: the report is empty and the exit code 0"),
    Bug("one_bad_record_blocks_all", "B014", "Atlas-Authority/marketing-automation#174",
        "the first refused record ends the run"),
    Bug("batch_partial_ignored", "B015", "HubSpot/hubspot-api-python#51",
        "a batch answer that is not an HTTP error counts as success for every item"),
    Bug("rate_limit_not_retried", "B058", "HubSpot/hubspot-api-python#117",
        "429 and 503 are taken for final"),
    Bug("failed_marked_synced", "B062", "Multiwoven/multiwoven#910",
        "a record that could not be delivered counts as done and is not tried again"),
    Bug("secret_in_log", "B093", "airbytehq/airbyte#2009",
        "the access token is printed"),
)
