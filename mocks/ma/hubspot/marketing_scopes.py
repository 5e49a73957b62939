"""Which scopes the marketing paths need: forms, e-mails, sending, the legacy e-mail API (the vendor's reference pages)."""

from __future__ import annotations

from ...wire import Request

_OF_MARKETING = {
    "forms": ("forms",), "emails": ("content", "marketing-email"), "transactional": ("transactional-email",),
    "email": ("marketing-email", "transactional-email"),
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
    if segments[:2] == ("email", "public"):
        return ("transactional-email",) if "singleEmail" in segments else ("content",)
    return ()
