"""Mistakes with identity: one person made two, or two made one."""

from __future__ import annotations

from .bug import Bug

BUGS: tuple[Bug, ...] = (
    Bug("previous_record_bleed", "B007", "mautic/mautic#1187",
        "the dictionary of values is not reset, so a blank is filled from the record before"),
    Bug("email_change_creates_second", "B018", "mautic/mautic#5712",
        "the e-mail address is the only link: after a change a second contact is made"),
    Bug("blind_create_retry", "B020", "segment-boneyard/segment-docs!3459",
        "a create whose answer was lost is sent again without looking"),
    Bug("secondary_email_ignored", "B023", "rudderlabs/rudder-transformer!3258",
        "only the primary address is looked at: who is known by another one is taken for new"),
)
