"""The bugs that can be switched on, one real connector's mistake each: the suite must catch every one of them.

The correct connector has none of them on. The code asks `Bugs.on` at the place where a programmer would have made
the mistake; nothing else in the program knows that bugs exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .failures import ConfigurationError


@dataclass(frozen=True, slots=True)
class Bug:
    """One mistake: its name, the class of `research/bugs.md`, a public report of it, and what goes wrong."""

    name: str
    bug_class: str
    citation: str
    what: str


BUGS: tuple[Bug, ...] = (
    # Tier 1: legal, irreversible or silent mass damage.
    Bug("optout_resurrected_by_push", "B001", "mailchimp/mc-woocommerce#1264",
        "every update pushes the CRM's stored consent as the subscription status, over a newer withdrawal"),
    Bug("consent_upgraded_by_default", "B002", "mailchimp/mc-woocommerce#176",
        "a missing consent is sent as subscribed"),
    Bug("absence_means_unsubscribe", "B003", "hitobito/hitobito#2752",
        "MA contacts that the CRM does not manage are unsubscribed from everything"),
    Bug("optout_not_propagated_back", "B004", "mailchimp/mc-magento#1185",
        "an opt-out made in the MA never reaches the CRM"),
    Bug("previous_record_bleed", "B007", "mautic/mautic#1187",
        "the dictionary of values is not reset, so a blank is filled from the record before"),
    Bug("optout_ignored_on_first_import", "B008", "mautic/mautic!13411",
        "only changes of the opt-out are looked at, so who was opted out from the start arrives mailable"),
    Bug("optout_sticky", "B009", "mautic/mautic!13444",
        "any change of a consent field is taken for an opt-out"),
    Bug("optout_wiped_by_unrelated_write", "B011", "SuiteCRM/SuiteCRM#4145",
        "an update of the CRM writes the whole record, with the MA's older view of the opt-out flag"),
    Bug("erasure_resurrected", "B012", "veda-consulting-company/uk.co.vedaconsulting.mailchimp#140",
        "a person erased in the MA is taken for a new one and created again"),
    Bug("error_swallowed", "B013", "Multiwoven/multiwoven#910",
        "refusals are dropped: the report is empty and the exit code 0"),
    Bug("one_bad_record_blocks_all", "B014", "Atlas-Authority/marketing-automation#174",
        "the first refused record ends the run"),
    Bug("batch_partial_ignored", "B015", "HubSpot/hubspot-api-python#51",
        "a batch answer that is not an HTTP error counts as success for every item"),
    Bug("both_sides_edited_one_lost", "B017", "mautic/mautic!7420",
        "taking over the CRM's changes stamps the record as synced, so the MA's own edits are never pushed"),
    Bug("email_change_creates_second", "B018", "mautic/mautic#5712",
        "the e-mail address is the only link: after a change a second contact is made"),
    # Tier 2: frequent data damage.
    Bug("blind_create_retry", "B020", "segment-boneyard/segment-docs!3459",
        "a create whose answer was lost is sent again without looking"),
    Bug("secondary_email_ignored", "B023", "rudderlabs/rudder-transformer!3258",
        "only the primary address is looked at: who is known by another one is taken for new"),
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
    Bug("deletion_ignored", "B049", "mautic/mautic#6142",
        "a person deleted in the CRM stays in the MA"),
    Bug("echo", "B051", "ibericode/mailchimp-user-sync#46",
        "every run writes every mapped value back"),
    Bug("first_page_only", "B053", "airbytehq/airbyte#19927",
        "only the first page of the MA's answer is read"),
    Bug("rate_limit_not_retried", "B058", "HubSpot/hubspot-api-python#117",
        "429 and 503 are taken for final"),
    Bug("failed_marked_synced", "B062", "Multiwoven/multiwoven#910",
        "a record that could not be delivered counts as done and is not tried again"),
    Bug("owner_hijacked", "B063", "simple-salesforce/simple-salesforce#419",
        "every update of the CRM makes the integration user the owner"),
    Bug("html_entities", "B071", "mautic/mautic!3996",
        "text reaches the CRM with HTML entities"),
    Bug("ascii_only", "B072", "mautic/mautic#5080",
        "letters beyond ASCII are dropped"),
    Bug("wrong_population", "B076", "mailchimp/mc-woocommerce#44",
        "the mapping's exclusions are ignored"),
    Bug("scope_confusion", "B078", "veda-consulting-company/uk.co.vedaconsulting.mailchimp#213",
        "leaving one newsletter unsubscribes from everything"),
    Bug("secret_in_log", "B093", "airbytehq/airbyte#2009",
        "the access token is printed"),
)

_BY_NAME = {bug.name: bug for bug in BUGS}


class Bugs:
    """The bugs switched on in this run."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Raises ConfigurationError for a name that no bug has."""
        wanted = [name.strip() for name in names if name.strip()]
        unknown = [name for name in wanted if name not in _BY_NAME]
        if unknown:
            raise ConfigurationError(f"SYNC_BUGS: no bug `{', '.join(unknown)}`; known: {', '.join(_BY_NAME)}")
        self._on = frozenset(wanted)

    def on(self, name: str) -> bool:
        """Tell whether the bug is switched on; a name that does not exist is a programming error."""
        assert name in _BY_NAME, name
        return name in self._on
