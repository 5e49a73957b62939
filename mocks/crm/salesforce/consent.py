"""What Salesforce fields say about consent, in the project's neutral words. One table; everything else reads it.

Source: research `vendors.md` section 3 and `salesforce.md` section 3 (consent). Salesforce's own flags are refusals:
true is a no, and false says nothing at all, because every new record starts with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...consent import ConsentKey, ConsentMark, ConsentProof, ConsentState
from ...dialect import ConsentField
from ...journal import Row

KINDS = ("Contact", "Lead")
# Field of the vendor -> what its `true` refuses.
REFUSALS: dict[str, ConsentKey] = {
    "HasOptedOutOfEmail": ConsentKey("email", "*"),
    "HasOptedOutOfFax": ConsentKey("fax", "*"),
    "DoNotCall": ConsentKey("phone", "*"),
}
# Words of the vendor's privacy picklists (PrivacyConsentStatus), also used by administrators for their own fields.
YES, NO, WAITS = "OptIn", "OptOut", "OptInPending"
# Where the address stands that a consent of a channel is about.
CONTACT_POINTS = {"email": ("Email",), "phone": ("MobilePhone", "Phone"), "sms": ("MobilePhone",), "fax": ("Fax",)}

Declared = Mapping[tuple[str, str], ConsentField]


@dataclass(frozen=True, slots=True)
class _Evidence:
    at: str | None
    source: str | None
    complete: bool


def marks_of(row: Row, declared: Declared) -> tuple[ConsentMark, ...]:
    """Return what a record says about consent: the vendor's flags, then the fields a mapping declared."""
    if row.kind not in KINDS:
        return ()
    marks = [
        ConsentMark(key, _refusal(row.values.get(name)), contact_point(row, key)) for name, key in REFUSALS.items()
    ]
    for (kind, name), field in declared.items():
        if kind == row.kind and name not in REFUSALS:
            evidence = _evidence(row, field)
            state = _declared_state(row.values.get(name), field, evidence)
            marks.append(ConsentMark(field.key, state, contact_point(row, field.key), evidence.at, evidence.source))
    return tuple(marks)


def contact_point(row: Row, key: ConsentKey) -> str:
    """Return the address that a consent of this channel is about; empty when the record has none."""
    names = CONTACT_POINTS.get(key.channel, ("Email",))
    return next((str(row.values[n]) for n in names if row.values.get(n)), "")


def _refusal(value: object) -> ConsentState:
    return ConsentState.WITHDRAWN if value is True else ConsentState.UNKNOWN


def _evidence(row: Row, field: ConsentField) -> _Evidence:
    at = row.values.get(field.at_field) if field.at_field else None
    source = row.values.get(field.source_field) if field.source_field else None
    asked = [v for n, v in ((field.at_field, at), (field.source_field, source)) if n]
    return _Evidence(at, source, bool(asked) and all(asked))


def _declared_state(value: Any, field: ConsentField, evidence: _Evidence) -> ConsentState:
    said: bool | None = None
    if value == WAITS:
        return ConsentState.PENDING
    if isinstance(value, bool):
        # A cleared box is a no only when something proves that somebody said it.
        said = (not value if value or evidence.complete else None) if field.inverted else (
            True if value else (False if evidence.complete else None)
        )
    elif value in (YES, NO):
        said = value == YES
    if said is None:
        return ConsentState.UNKNOWN
    if not said:
        return ConsentState.WITHDRAWN
    return ConsentState.GRANTED if evidence.complete else ConsentState.CLAIMED


def consent_changes(
    kind: str, key: ConsentKey, declared: Declared, boolean_fields: frozenset[str], *, grant: bool,
    proof: ConsentProof | None,
) -> dict[str, Any]:
    """Return the field changes by which a person records a yes or a no; empty when no field carries the key.

    Evidence of an earlier word is replaced, with nothing when there is no proof: old evidence must not prove a new word.
    """
    changes: dict[str, Any] = {name: not grant for name, k in REFUSALS.items() if k == key and kind in KINDS}
    for (owner, name), field in declared.items():
        if owner != kind or field.key != key or name in REFUSALS:
            continue
        changes[name] = grant is not field.inverted if name in boolean_fields else YES if grant else NO
        if field.at_field:
            changes[field.at_field] = proof.at if proof else None
        if field.source_field:
            changes[field.source_field] = proof.source if proof else None
    return changes


def request_changes(kind: str, key: ConsentKey, declared: Declared, proof: ConsentProof | None) -> dict[str, Any]:
    """Return the field changes that note a request which waits for its confirmation; empty when no picklist carries the key."""
    changes: dict[str, Any] = {}
    for (owner, name), field in declared.items():
        if owner != kind or field.key != key or name in REFUSALS:
            continue
        changes[name] = WAITS
        if field.at_field:
            changes[field.at_field] = proof.at if proof else None
        if field.source_field:
            changes[field.source_field] = proof.source if proof else None
    return changes
