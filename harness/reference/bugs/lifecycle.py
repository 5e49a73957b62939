"""Mistakes with the life of records: merged, converted, deleted, owned, belonging to a company, kept out."""

from __future__ import annotations

from .bug import Bug

BUGS: tuple[Bug, ...] = (
    Bug("merge_not_followed", "B046", "fivetran/dbt_hubspot#46",
        "the loser of a merge is not taken for gone: its MA contact lives on beside the winner's"),
    Bug("merge_loses_optout", "B046", "fivetran/dbt_hubspot#168",
        "two MA contacts are merged as they stand, and HubSpot keeps the consents of the winner's address"),
    Bug("merged_id_unknown", "B046", "supaglue-labs/supaglue!870",
        "the MA answers an old id with a record of another one, which is taken for a stranger"),
    Bug("converted_lead_kept", "B047", "mautic/mautic#6560",
        "the link of a lead that was converted never moves to its contact"),
    Bug("deleted_comes_back", "B048", "supaglue-labs/supaglue!785",
        "a full resync reads who is there and never asks who was deleted"),
    Bug("restored_stays_buried", "B050", "mautic/mautic#5672",
        "what is remembered of a deletion outlives it: a record that was brought back is passed over for ever"),
    Bug("owner_set_once", "B063", "mautic/mautic!5303",
        "the owner is sent with a new record and never again"),
    Bug("companies_by_name", "B064", "Rise-Vision/rise-vision-apps#1898",
        "companies are matched by their names"),
    Bug("old_company_kept", "B064", "HubSpot/hubspot-api-nodejs#176",
        "a contact that moves to another company is tied to it and not untied from the first one"),
    Bug("associations_of_the_new_only", "B065", "airbytehq/airbyte#27199",
        "a contact is tied to its company when it is made; a change of company alone is no change of the contact"),
    Bug("removed_field_still_asked_for", "B067", "mautic/mautic!13406",
        "the list of fields is never looked at again: a query for one that was deleted fails"),
    Bug("removed_field_read_as_blank", "B067", "mautic/mautic#5325",
        "a property that was deleted reads as if a person had emptied it"),
    Bug("resync_overwrites", "B075", "Automattic/jetpack-crm!33",
        "a full resync takes the MA for the truth and writes its values over the CRM's"),
    Bug("resync_deletes_first", "B075", "NangoHQ/nango!1658",
        "a full resync removes what it is going to make again"),
    Bug("no_date_counts_as_recent", "B076", "mailchimp/mc-woocommerce#1356",
        "who was never active at all counts as active: a blank date is older than nothing"),
    Bug("deletion_ignored", "B049", "mautic/mautic#6142",
        "a person deleted in the CRM stays in the MA"),
    Bug("owner_hijacked", "B063", "simple-salesforce/simple-salesforce#419",
        "every update of the CRM makes the integration user the owner"),
    Bug("wrong_population", "B076", "mailchimp/mc-woocommerce#44",
        "the mapping's exclusions are ignored"),
)
