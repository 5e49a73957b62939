"""What must catch the webhooks family of mistakes (`reference/bugs/webhooks.py`), and which classes of it nobody can show here.

Its scenarios say `options: {start: service}`: the reference connector then runs all the time, polls, and is told by webhook.
"""

from __future__ import annotations

from ..expectation import Expectation, caught_by

EXPECTED: dict[str, Expectation] = {
    "unsubscribe_event_filed_away": caught_by("webhooks/unsubscribe_is_told", "CONS-002"),
    "profile_event_resubscribes": caught_by("webhooks/profile_of_the_unsubscribed", "CONS-001"),
    "creation_event_creates": caught_by("webhooks/creation_told_twice", "IDENT-001"),
    "event_value_applied": caught_by("webhooks/out_of_order webhooks/own_echo_after_an_edit", "FIELD-021 FIELD-014"),
    "lost_event_never_made_up": caught_by("webhooks/lost_for_good", "CONS-002 FIELD-001"),
}

# Bug class -> why no connector between these systems can show it, or why this suite does not reach it.
NOT_APPLICABLE: dict[str, str] = {}
NOT_REACHED: dict[str, str] = {}
