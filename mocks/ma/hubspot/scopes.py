"""Which scopes a call needs: any one of those listed suffices (research/hubspot.md sections 1.1 and 2.4).

A call that the table does not list needs a valid token only. Scopes go by what the path is about, not by spelling:
`/crm/v3/objects/contacts`, `/crm/objects/2026-03/0-1` and `/crm/v3/objects/CONTACT` are the same.
"""

from __future__ import annotations

import re

from ...wire import Request
from .kinds import OBJECT_TYPES, find_type

_VERSION = re.compile(r"v\d+|\d{4}-\d{2}")

_SHOP = ("products", "line_items")  # the older scope `e-commerce` covers them too
_STANDARD = ("contacts", "companies", "deals", "line_items", "products", "quotes", "leads", "custom")
# Activities have no scopes of their own: who may see contacts may see them.
_FAMILY_OF = {
    "contacts": "contacts", "companies": "companies", "deals": "deals", "tickets": "tickets", "products": "products",
    "line_items": "line_items", "quotes": "quotes", "leads": "leads",
    **{kind: "contacts" for kind, found in OBJECT_TYPES.items() if found.is_engagement},
}

ALL_SCOPES: tuple[str, ...] = (
    "oauth",
    *(f"crm.objects.{t}.{a}" for t in _STANDARD for a in ("read", "write")),
    *(f"crm.schemas.{t}.{a}" for t in _STANDARD for a in ("read", "write")),
    "crm.objects.owners.read", "tickets", "crm.lists.read", "crm.lists.write", "crm.import", "crm.export",
    "communication_preferences.read", "communication_preferences.write", "communication_preferences.read_write",
    "communication_preferences.statuses.batch.read", "communication_preferences.statuses.batch.write",
    "forms", "forms-uploaded-files", "content", "marketing-email", "marketing.email.read", "marketing.email.write",
    "marketing.campaigns.read", "marketing.campaigns.write", "crm.objects.marketing_events.read",
    "crm.objects.marketing_events.write", "transactional-email", "automation", "e-commerce", "sales-email-read",
    "settings.users.read", "behavioral_events.event_definitions.read_write", "analytics.behavioral_events.send",
    "account-info.security.read",
)

# What a token with every scope holds; compared by identity, so that the common case costs nothing.
EVERYTHING = frozenset(ALL_SCOPES)


def required_scopes(request: Request) -> tuple[str, ...]:
    """Return the scopes of which the caller's token must have one; empty: any valid token will do."""
    segments = tuple(s.lower() for s in request.segments)
    if not segments:
        return ()
    if segments[0] == "crm":
        return _crm(request, segments)
    if segments[0] == "crm-object-schemas":
        return _schemas("", "read" if request.method == "GET" else "write")
    if segments[0] == "communication-preferences":
        return _preferences(request, segments)
    return ()


def _preferences(request: Request, segments: tuple[str, ...]) -> tuple[str, ...]:
    root = "communication_preferences"
    if "batch" in segments[3:4]:
        action = "read" if segments[-1] == "read" else "write"
        return (f"{root}.statuses.batch.{action}",)
    action = "read" if request.method == "GET" else "write"
    return (f"{root}.{action}", f"{root}.read_write")


def _crm(request: Request, segments: tuple[str, ...]) -> tuple[str, ...]:
    # `/crm/v3/objects/...` and `/crm/objects/v3/...` name the same family.
    words = [s for s in segments[1:] if not _VERSION.fullmatch(s)]
    family, subject = [*words, "", ""][:2]
    action = "read" if _only_reads(request, segments) else "write"
    if family in ("objects", "associations"):
        if subject == "definitions":  # the limits of associations: `definitions/configurations/{from}/{to}`
            subject = [*words, "", "", ""][3]
        return _objects(subject, action)
    if family in ("properties", "schemas", "pipelines", "property-validations"):
        return _schemas(subject, action)
    if family == "owners":
        return ("crm.objects.owners.read",)
    if family == "lists":
        return (f"crm.lists.{action}",)
    return {"imports": ("crm.import",), "exports": ("crm.export",)}.get(family, ())


def _family(subject: str) -> str:
    """Return the family of scopes of an object type as a path spells it; what is not the vendor's is a custom object."""
    found = find_type(subject)
    return _FAMILY_OF[found.kind] if found is not None else "custom"


def _only_reads(request: Request, segments: tuple[str, ...]) -> bool:
    if request.method == "GET":
        return True
    return request.method == "POST" and (segments[-1] == "search" or segments[-2:] == ("batch", "read"))


def _objects(subject: str, action: str) -> tuple[str, ...]:
    family = _family(subject)
    if family in _SHOP:
        return (f"crm.objects.{family}.{action}", "e-commerce")
    return ("tickets",) if family == "tickets" else (f"crm.objects.{family}.{action}",)


def _schemas(subject: str, action: str) -> tuple[str, ...]:
    family = _family(subject)
    if family == "tickets":
        return ("tickets",)
    if action == "write":
        return (f"crm.schemas.{family}.write",)
    return (f"crm.objects.{family}.read", f"crm.schemas.{family}.read")
