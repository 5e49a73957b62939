"""Which scopes the legacy paths need: the granular ones of what they are about (research/hubspot.md 1.1, 2.4)."""

from __future__ import annotations

from ....wire import Request

_SUBJECTS = {"contacts": "contacts", "companies": "companies", "deals": "deals"}
# POST that only reads.
_READS = ("/companies/v2/domains/",)


def legacy_scopes(request: Request) -> tuple[str, ...]:
    """Return the scopes of which the caller's token must have one; empty: any valid token will do."""
    segments = request.segments
    family = segments[0] if segments else ""
    action = "read" if request.method == "GET" or request.path.startswith(_READS) else "write"
    if family in _SUBJECTS:
        about = "schemas" if segments[2:3] in (("properties",), ("groups",)) else "objects"
        return _of(_SUBJECTS[family], about, action)
    if family == "engagements":
        return (f"crm.objects.contacts.{action}",)
    if family == "properties" and len(segments) > 2:
        subject = segments[2].lower().rstrip("s")
        named = {"contact": "contacts", "company": "companies", "companie": "companies", "deal": "deals"}.get(subject)
        return _of(named, "schemas", action) if named else ()
    if family in ("crm-objects", "crm-pipelines") and len(segments) > 3:
        return _of_crm(family, segments[3].lower(), action)
    if family == "owners":
        return ("crm.objects.owners.read",)
    return ()


def _of_crm(family: str, subject: str, action: str) -> tuple[str, ...]:
    if subject == "tickets":
        return ("tickets",)
    return (f"crm.objects.{subject}.{action}", "e-commerce") if family == "crm-objects" else _of(subject, "schemas", action)


def _of(subject: str, about: str, action: str) -> tuple[str, ...]:
    if about == "objects":
        return (f"crm.objects.{subject}.{action}",)
    if action == "write":
        return (f"crm.schemas.{subject}.write",)
    return (f"crm.objects.{subject}.read", f"crm.schemas.{subject}.read")
