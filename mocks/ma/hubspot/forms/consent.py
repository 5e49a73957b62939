"""What the boxes of a form do to consent: `legalConsentOptions` of a submission (research/hubspot.md 1.10, vendors.md 3).

A ticked box is an act of the person with its words as proof: SUBSCRIBED, CONSENT_WITH_NOTICE. Legitimate interest is a
claim of the customer: it never undoes an opt-out. A box that is not ticked says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ....dialect import Switch
from ....journal import Row
from ....wire import Evidence
from ..consent_state import (
    NOT_SPECIFIED,
    RECIPIENT,
    SUBSCRIBED,
    UNSUBSCRIBED,
    USER,
    Cause,
    field_of,
    is_opted_out_of_all,
    own_status,
    row_of,
    set_status,
)
from ..portal import Portal
from .definitions import EXPLICIT, IMPLICIT
from .refusals import Problem, of_consent

SWITCHES: tuple[Switch, ...] = (
    Switch("form_resubscribes", True, (True, False), Evidence.ASSUMED,
           "a ticked box undoes an earlier opt-out of its type (never the opt-out of everything)"),
)
_INTERESTS = {
    "CUSTOMER": ("LEGITIMATE_INTEREST_CLIENT", "Legitimate interest – existing customer"),
    "LEAD": ("LEGITIMATE_INTEREST_PQL", "Legitimate interest – prospect/lead"),
}
_FREELY_GIVEN = "Freely given consent from contact"


@dataclass(frozen=True, slots=True)
class Said:
    """What a submission says: (type id, cause) for each box, and the legal basis for keeping the data, if any."""

    choices: tuple[tuple[str, Cause], ...] = ()
    basis: str | None = None


class _Reader:
    """Reads the options and collects what is wrong with them."""

    def __init__(self, dialect: Portal, form: Row, problems: list[Problem]) -> None:
        self._dialect = dialect
        self._problems = problems
        self._source = f"Form: {form.values['name']}"
        self._legal_type = form.values["legal"]["type"]
        self._seen: set[str] = set()

    def read(self, given: object) -> Said:
        """Return what the options say."""
        if given is None or given == {}:
            if self._legal_type == EXPLICIT:
                self._wrong("MISSING_PROCESSING_CONSENT", "The form asks for consent to process data")
            return Said()
        options = given if isinstance(given, dict) else {}
        if len(options) != 1 or not isinstance(next(iter(options.values())), dict):
            return self._wrong("INVALID_LEGAL_OPTION_FORMAT", "Either consent or legitimateInterest is an object")
        if "consent" in options:
            return self._consent(options["consent"])
        if "legitimateInterest" in options:
            return self._interest(options["legitimateInterest"])
        return self._wrong("INVALID_LEGAL_OPTION_FORMAT", f"Unknown option {next(iter(options))}")

    def _wrong(self, error_type: str, what: str) -> Said:
        self._problems.append(of_consent(error_type, what))
        return Said()

    def _consent(self, given: dict[str, Any]) -> Said:
        processing = given.get("consentToProcess")
        if processing is not True and self._legal_type != IMPLICIT:
            return self._wrong("MISSING_PROCESSING_CONSENT", "consentToProcess is not true")
        if processing is True and not _is_text(given.get("text")):
            return self._wrong("MISSING_PROCESSING_CONSENT_TEXT", "consent has no text")
        boxes = given.get("communications") or []
        if not isinstance(boxes, list):
            return self._wrong("INVALID_LEGAL_OPTION_FORMAT", "communications is a list")
        choices = [choice for box in boxes if (choice := self._box(box)) is not None]
        return Said(tuple(choices), _FREELY_GIVEN if processing is True else None)

    def _box(self, box: object) -> tuple[str, Cause] | None:
        if not isinstance(box, dict) or not isinstance(box.get("value"), bool):
            self._wrong("INVALID_LEGAL_OPTION_FORMAT", "a communication has a value, true or false")
            return None
        type_id = self._type_of(box)
        if type_id is not None and not _is_text(box.get("text")):
            self._wrong("MISSING_COMMUNICATION_CONSENT_TEXT", f"The communication {type_id} has no text")
            return None
        if type_id is None or not box["value"]:
            return None
        return type_id, Cause(RECIPIENT, self._source, "CONSENT_WITH_NOTICE", box["text"])

    def _interest(self, given: dict[str, Any]) -> Said:
        basis = given.get("legalBasis")
        if not isinstance(given.get("value"), bool) or basis not in _INTERESTS:
            return self._wrong("INVALID_LEGAL_OPTION_FORMAT", "legitimateInterest has a value and a legalBasis: CUSTOMER or LEAD")
        type_id = self._type_of(given)
        if not _is_text(given.get("text")):
            return self._wrong("MISSING_LEGITIMATE_INTEREST_TEXT", "legitimateInterest has no text")
        if type_id is None or not given["value"]:
            return Said()
        legal_basis, on_contact = _INTERESTS[basis]
        return Said(((type_id, Cause(USER, self._source, legal_basis, given["text"])),), on_contact)

    def _type_of(self, given: dict[str, Any]) -> str | None:
        wanted = given.get("subscriptionTypeId")
        found = None if isinstance(wanted, (bool, list, dict)) else self._dialect.subscription_types.get(wanted)
        if found is None:
            self._wrong("INVALID_LEGAL_OPTION_FORMAT", f"Invalid subscription type {wanted}")
            return None
        if found.id in self._seen:
            self._wrong("DUPLICATE_SUBSCRIPTION_TYPE_ID", f"The subscription type {wanted} occurs twice")
            return None
        self._seen.add(found.id)
        return found.id


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def read(dialect: Portal, form: Row, given: object, problems: list[Problem]) -> Said:
    """Return what the legal options of a submission say; what is wrong with them is added to ``problems``."""
    return _Reader(dialect, form, problems).read(given)


def apply(dialect: Portal, email: str, said: Said, at: str) -> None:
    """Write what was said to the ledger of the address; all changes are one act."""
    event_id = dialect.dice.uuid("hubspot.subscription_event")
    for type_id, cause in said.choices:
        if _changes(dialect, email, type_id, cause):
            set_status(dialect, email, type_id, SUBSCRIBED, replace(cause, at=at, event_id=event_id))


def _changes(dialect: Portal, email: str, type_id: str, cause: Cause) -> bool:
    """Tell whether a choice is written: not over an opt-out by a mere claim, not over proof that is there already."""
    row = row_of(dialect, email)
    status = own_status(row, type_id)
    if is_opted_out_of_all(row):
        dialect.rests_on("hubspot.form_over_portal_optout")
    if cause.by == USER:
        return status == NOT_SPECIFIED
    if status == UNSUBSCRIBED:
        dialect.rests_on("hubspot.form_resubscribes")
        return bool(dialect.settings["form_resubscribes"])
    entry = row.values[field_of(type_id)] if row is not None and status == SUBSCRIBED else None
    return entry is None or entry["by"] != RECIPIENT or not entry["explanation"]


def show_basis(dialect: Portal, contact: Row, basis: str | None) -> None:
    """Add the legal basis to the contact's property; that a submission does so is ASSUMED."""
    known = [b for b in (contact.values.get("hs_legal_basis") or "").split(";") if b]
    if basis is not None and basis not in known:
        dialect.rests_on("hubspot.form_legal_basis")
        dialect.system_write(contact, {"hs_legal_basis": ";".join([*known, basis])}, "FORM")
