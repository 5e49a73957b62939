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
    Bug("refused_batch_given_up", "B015", "sendinblue/APIv3-php-library#257",
        "a batch that is refused as a whole because of one record is given up with all the others in it"),
    Bug("retry_after_ignored", "B058", "HubSpot/hubspot-api-python#117",
        "the time to wait that a system names is not read: it is asked again at once"),
    Bug("quota_ends_as_success", "B059", "airbytehq/airbyte!9499",
        "when the quota of the day is used up the run ends, and says that all went well"),
    Bug("token_not_refreshed", "B060", "airbytehq/airbyte#74726",
        "a session that ends in the middle of a run is never renewed: the run ends with it"),
    Bug("shut_out_is_the_end", "B060", "airbytehq/airbyte#62467",
        "whoever lets the connector in no longer is taken to have nothing more: the rest is skipped without a word"),
    Bug("refused_is_tried_for_ever", "B061", "mautic/mautic#6561",
        "what was refused for its content is sent again in every run, unchanged"),
    Bug("timeout_taken_for_done", "B062", "forcedotcom/SalesforceMobileSDK-iOS#2612",
        "a gateway's time-out is taken for a change that was made"),
    Bug("duplicate_refusal_dropped", "B089", "gravityplus/Gravity-Forms-Salesforce#163",
        "a creation that a duplicate rule holds up is taken for done: the person is there already, it seems"),
    Bug("lock_not_retried", "B090", "mautic/mautic!5518",
        "a locked record is taken for refused, and waits for the next edit by a person"),
    Bug("secret_in_address", "B093", "airbytehq/airbyte#2009",
        "the secrets of the app stand in the address of the request for a token"),
    Bug("person_in_log", "B093", "Django-CRM/Django-CRM!568",
        "a record that could not be created is printed with all that it holds"),
    Bug("stuck_in_progress", "B097", "CartoDB/cartodb#13435",
        "a file says that a run is at work; one that is killed leaves it behind, and no run begins any more"),
)
