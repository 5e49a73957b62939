"""Which scopes the marketing paths need: forms, e-mails, sending, events, workflows, the legacy e-mail API (the vendor's reference pages)."""

from __future__ import annotations

from ...wire import Request

_OF_MARKETING = {
    "forms": ("forms",), "emails": ("content", "marketing-email"), "transactional": ("transactional-email",),
    "email": ("marketing-email", "transactional-email"),
}

# Reading events needs scopes that the vendor's pages do not agree on: any valid token will do.
_OF_EVENTS = {
    "send": ("analytics.behavioral_events.send",), "event-definitions": ("behavioral_events.event_definitions.read_write",),
}


def marketing_scopes(request: Request) -> tuple[str, ...]:
    """Return the scopes of which the caller's token must have one; empty: any valid token will do."""
    segments = request.segments
    family = segments[0] if segments else ""
    if family == "marketing":
        named = (_OF_MARKETING[s] for s in segments[1:3] if s in _OF_MARKETING)
        return next(named, ())
    if family in ("forms", "form-integrations", "submissions"):
        return ("forms",)
    if family == "events":
        return next((scope for segment, scope in _OF_EVENTS.items() if segment in segments), ())
    if family == "automation":
        return ("automation",)
    if segments[:2] == ("email", "public"):
        return ("transactional-email",) if "singleEmail" in segments else ("content",)
    return ()
