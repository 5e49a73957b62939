"""Mistakes with values: lost, changed, in the wrong form, of the wrong winner."""

from __future__ import annotations

from .bug import Bug

BUGS: tuple[Bug, ...] = (
    Bug("both_sides_edited_one_lost", "B017", "mautic/mautic!7420",
        "taking over the CRM's changes stamps the record as synced, so the MA's own edits are never pushed"),
    Bug("blank_overwrites", "B028", "veda-consulting-company/uk.co.vedaconsulting.mailchimp#183",
        "a blank is written over a value"),
    Bug("clear_not_propagated", "B029", "mautic/mautic#6141",
        "a field that was emptied on purpose is left out of the update"),
    Bug("false_never_arrives", "B031", "mautic/mautic!4471",
        "false counts as empty, so unticking a box never arrives"),
    Bug("text_truncated", "B038", "kevinohara80/nforce#101",
        "text is cut at 20 characters"),
    Bug("day_month_swapped", "B039", "ibericode/mailchimp-user-sync#97",
        "dates are sent as year-day-month whenever that is a date too"),
    Bug("winner_ignored", "B044", "mautic/mautic!6185",
        "whichever record was touched last wins every conflict, whatever the mapping says"),
    Bug("html_entities", "B071", "mautic/mautic!3996",
        "text reaches the CRM with HTML entities"),
    Bug("ascii_only", "B072", "mautic/mautic#5080",
        "letters beyond ASCII are dropped"),
)
