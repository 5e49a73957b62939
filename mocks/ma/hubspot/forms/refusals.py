"""How the host of forms refuses: one 400 that lists what is wrong, each with an `errorType` (research/hubspot.md 1.10).

The frame and the texts of INVALID_EMAIL, REQUIRED_FIELD and FIELD_NOT_IN_FORM_DEFINITION are those that public clients
show; the error types are the vendor's list; the other texts are reconstructions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import Refusal

_CAPTURED = {
    "INVALID_EMAIL": "Invalid email address", "REQUIRED_FIELD": "Required field '{name}' is missing",
    "FIELD_NOT_IN_FORM_DEFINITION": 'The property "{name}" does not exist.',
}
_RECONSTRUCTED = {
    "BLOCKED_EMAIL": "Email address is blocked", "INVALID_NUMBER": "Invalid number",
    "VALUE_NOT_IN_FIELD_DEFINITION": "The value is not one of the allowed options",
    "INPUT_TOO_LARGE": "The value is too large",
}
# What the write path calls a bad value -> what the form says.
_OF_PROPERTY = {
    "INVALID_EMAIL": "INVALID_EMAIL", "INVALID_INTEGER": "INVALID_NUMBER", "PROPERTY_VALUE_TOO_LONG": "INPUT_TOO_LARGE",
    "PROPERTY_DOESNT_EXIST": "FIELD_NOT_IN_FORM_DEFINITION", "READ_ONLY_VALUE": "FIELD_NOT_IN_FORM_DEFINITION",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a submission; ``assumed`` when nobody has captured the text."""

    error_type: str
    message: str
    assumed: bool = True


def of_field(name: str, error_type: str) -> Problem:
    """Return what is wrong with a field."""
    text = (_CAPTURED.get(error_type) or _RECONSTRUCTED[error_type]).format(name=name)
    return Problem(error_type, f"Error in 'fields.{name}'. {text}", error_type not in _CAPTURED)


def of_consent(error_type: str, what: str) -> Problem:
    """Return what is wrong with the legal consent options."""
    return Problem(error_type, f"Error in 'legalConsentOptions'. {what}")


def of_write(refusal: Refusal) -> list[Problem]:
    """Return what the write path has against the values, field by field."""
    listed: list[dict[str, Any]] = refusal.members.get("errors") or []
    found = [
        of_field(name, _OF_PROPERTY.get(item.get("code", ""), "VALUE_NOT_IN_FIELD_DEFINITION"))
        for item in listed for name in item.get("context", {}).get("propertyName", [])
    ]
    return found or [Problem("INVALID_METADATA", refusal.message)]


def not_valid(problems: list[Problem]) -> Refusal:
    """Return the 400 that lists the problems."""
    return Refusal(
        400, "The request is not valid", category=None, code=problems[0].error_type,
        errors=[{"message": p.message, "errorType": p.error_type} for p in problems],
        assumed="hubspot.text_forms" if any(p.assumed for p in problems) else "",
    )


def no_form(guid: str) -> Refusal:
    """Return the 404 of the older form API (recorded)."""
    return Refusal(404, f"No form found with guid '{guid}'", category=None, type="NOT_FOUND", code="FORM_NOT_FOUND")
