"""Mistakes with the life of records: merged, converted, deleted, owned, belonging to a company, kept out."""

from __future__ import annotations

from .bug import Bug

BUGS: tuple[Bug, ...] = (
    Bug("deletion_ignored", "B049", "mautic/mautic#6142",
        "a person deleted in the CRM stays in the MA"),
    Bug("owner_hijacked", "B063", "simple-salesforce/simple-salesforce#419",
        "every update of the CRM makes the integration user the owner"),
    Bug("wrong_population", "B076", "mailchimp/mc-woocommerce#44",
        "the mapping's exclusions are ignored"),
)
