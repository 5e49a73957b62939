"""Mistakes with webhooks: late, lost, doubled, misunderstood."""

from __future__ import annotations

from .bug import Bug

BUGS: tuple[Bug, ...] = (
    Bug("unsubscribe_event_filed_away", "B004", "mailchimp/mc-magento2#1076",
        "the event of an unsubscribe arrives, is stored, and nobody applies it"),
    Bug("profile_event_resubscribes", "B010", "veda-consulting-company/uk.co.vedaconsulting.mailchimp#336",
        "an event about a changed profile makes the person subscribed in the CRM"),
    Bug("creation_event_creates", "B019", "mautic/mautic#6532",
        "each event of a creation creates a record at once, a second delivery another one"),
    Bug("event_value_applied", "B085", "reapit/foundations#9608",
        "the value that an event carries is written, whatever the record holds by now"),
    Bug("lost_event_never_made_up", "B086", "GoHighLevel/highlevel-api-docs#257",
        "polling looks for new people only, so a change whose event was lost is never carried"),
)
