"""Who writes, and what the caller asked of the org's own rules: read from a request in one place.

Every way into the org (rows, collections, composite, SOAP, bulk) makes its `Writer` with `writer_of` or states the same
five facts itself, and hands it to `saving`. Headers: research `salesforce.md` sections 2 (duplicate rules) and 3 (owner).
"""

from __future__ import annotations

from dataclasses import dataclass

from ...wire import Request
from .ids import full_id
from .org import Org


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: the user that the stamps name; ``sees_all``: field-level security does not apply (a screen).

    ``allow_duplicates`` and ``duplicate_details`` are `allowSave` and `includeRecordDetails` of the duplicate rule header;
    ``auto_assign`` tells whether assignment rules run: True (the active one), False, or the id of a rule.
    ``converting`` is the id of the lead that is becoming what is written: it is no duplicate of that.
    """

    user_id: str
    version: str = "v67.0"
    sees_all: bool = False
    allow_duplicates: bool = False
    duplicate_details: bool = False
    auto_assign: bool | str = False
    converting: str = ""


def writer_of(org: Org, request: Request) -> Writer:
    """Return who writes in this request, with what its `Sforce-Duplicate-Rule-Header` and `Sforce-Auto-Assign` ask for."""
    user_id, version, headers = org.acting_user(request), request.params.get("version", "v67.0"), request.headers
    asked, assign = headers.get("sforce-duplicate-rule-header"), headers.get("sforce-auto-assign")
    if asked is None and assign is None:
        return Writer(user_id, version, auto_assign=True)  # who says nothing gets the active assignment rule
    flags = _flags(asked) if asked else frozenset()
    return Writer(
        user_id, version, allow_duplicates="allowsave" in flags, duplicate_details="includerecorddetails" in flags,
        auto_assign=True if assign is None else _assignment(assign),
    )


def _flags(text: str) -> frozenset[str]:
    pairs = (part.partition("=") for part in text.replace(",", ";").split(";"))
    return frozenset(key.strip().lower() for key, _, value in pairs if value.strip().lower() == "true")


def _assignment(text: str) -> bool | str:
    word = text.strip()
    if word.lower() in ("true", "false"):
        return word.lower() == "true"
    return full_id(word) or word
