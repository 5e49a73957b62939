"""Mistakes with consents: what makes a person mailable who refused, or silent who agreed."""

from __future__ import annotations

from .bug import Bug

BUGS: tuple[Bug, ...] = (
    Bug("optout_resurrected_by_push", "B001", "mailchimp/mc-woocommerce#1264",
        "every update pushes the CRM's stored consent as the subscription status, over a newer withdrawal"),
    Bug("consent_upgraded_by_default", "B002", "mailchimp/mc-woocommerce#176",
        "a missing consent is sent as subscribed"),
    Bug("absence_means_unsubscribe", "B003", "hitobito/hitobito#2752",
        "MA contacts that the CRM does not manage are unsubscribed from everything"),
    Bug("optout_not_propagated_back", "B004", "mailchimp/mc-magento#1185",
        "an opt-out made in the MA never reaches the CRM"),
    Bug("optout_ignored_on_first_import", "B008", "mautic/mautic!13411",
        "only changes of the opt-out are looked at, so who was opted out from the start arrives mailable"),
    Bug("optout_sticky", "B009", "mautic/mautic!13444",
        "any change of a consent field is taken for an opt-out"),
    Bug("optout_wiped_by_unrelated_write", "B011", "SuiteCRM/SuiteCRM#4145",
        "an update of the CRM writes the whole record, with the MA's older view of the opt-out flag"),
    Bug("erasure_resurrected", "B012", "veda-consulting-company/uk.co.vedaconsulting.mailchimp#140",
        "a person erased in the MA is taken for a new one and created again"),
    Bug("scope_confusion", "B078", "veda-consulting-company/uk.co.vedaconsulting.mailchimp#213",
        "leaving one newsletter unsubscribes from everything"),
)
