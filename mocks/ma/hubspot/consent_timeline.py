"""What the legacy timeline says of one change: who made it, and whether an e-mail event tells of it as well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .consent_state import RECIPIENT

_OF_KIND = {"PORTAL_BOUNCE": "SOURCE_NON_DELIVERY_REPORT", "PORTAL_SPAMREPORT": "SOURCE_SPAM_REPORT"}


def source_of(values: Mapping[str, Any]) -> str:
    """Return who changed a status, in the words of the timeline; the word for complaints is ASSUMED."""
    return _OF_KIND.get(values["kind"]) or ("SOURCE_RECIPIENT" if values["by"] == RECIPIENT else "SOURCE_HUBSPOT_CUSTOMER")


def is_email_event(values: Mapping[str, Any]) -> bool:
    """Tell whether a change is an e-mail event as well: what the recipient or the mail server did."""
    return values["by"] == RECIPIENT or values["kind"] in _OF_KIND
