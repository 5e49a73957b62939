"""Mistakes with reading: windows, pages, cursors, echoes, limits of a search."""

from __future__ import annotations

from .bug import Bug

BUGS: tuple[Bug, ...] = (
    Bug("echo", "B051", "ibericode/mailchimp-user-sync#46",
        "every run writes every mapped value back"),
    Bug("first_page_only", "B053", "airbytehq/airbyte#19927",
        "only the first page of the MA's answer is read"),
)
