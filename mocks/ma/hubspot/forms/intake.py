"""Taking in one submission: check the fields, write the contact through the one write path, then consent and record.

Nothing is written before everything was checked. The vendor works off submissions some moments later; here they are
done at once. Rows of kind "form_submissions" hold `form`, `email`, `contact`, `at_ms`, `values`, `page`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ....journal import Row
from ....store import Store
from .. import saving
from ..consent_state import address
from ..errors import Refusal
from ..kinds import CONTACTS
from ..portal import Portal, iso_ms
from ..values import is_address
from . import consent, refusals
from .definitions import fields_of
from .refusals import Problem, of_field

KIND = "form_submissions"
MOST_FIELDS = 1000
_SOURCE = "FORM"


@dataclass(frozen=True, slots=True)
class Submission:
    """What was sent to a form. ``is_open``: without a token, so that only fields of the form are taken."""

    fields: tuple[tuple[str, str], ...]
    at_ms: int
    legal: object = None
    page: str = ""
    skip_validation: bool = False
    is_open: bool = True


def define(store: Store) -> None:
    """Declare the kind that holds submissions."""
    store.define(KIND)


def take(dialect: Portal, form: Row, given: Submission) -> Row:
    """Do all that a submission does and return its row. Raises `Refusal` (nothing is written then)."""
    problems: list[Problem] = []
    values = _united(given.fields)
    _check_fields(dialect, form, given, values, problems)
    said = consent.read(dialect, form, given.legal, problems)
    if problems:
        raise refusals.not_valid(problems)
    contact = _save(dialect, values)
    email = address(values["email"]) if values.get("email") else None
    if email is not None and contact is not None:
        consent.apply(dialect, email, said, iso_ms(given.at_ms))
        consent.show_basis(dialect, dialect.store.get("contacts", contact.id) or contact, said.basis)
    elif said.choices:
        dialect.rests_on("hubspot.form_without_email")
    return dialect.store.create(KIND, str(dialect.dice.count("hubspot.form_submission")), {
        "form": form.id, "email": email, "contact": contact.id if contact is not None else None, "at_ms": given.at_ms,
        "values": given.fields, "page": given.page, "conversion_id": dialect.dice.uuid("hubspot.form_submission"),
    })


def _united(fields: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Return the value of each field; several of one name are the options of a list."""
    found: dict[str, str] = {}
    for name, value in fields:
        found[name] = f"{found[name]};{value}" if name in found and value else value
    return found


def _check_fields(
    dialect: Portal, form: Row, given: Submission, values: dict[str, str], problems: list[Problem]
) -> None:
    if len(given.fields) > MOST_FIELDS:
        problems.append(Problem("MAX_NUMBER_OF_SUBMITTED_VALUES_EXCEEDED", f"More than {MOST_FIELDS} fields were submitted"))
        return
    known = dialect.catalogue("contacts").by_name
    listed = {f["name"]: f for f in fields_of(form)}
    problems.extend(
        of_field(name, "FIELD_NOT_IN_FORM_DEFINITION")
        for name in values if name not in known or (given.is_open and name not in listed)
    )
    email = values.get("email", "")
    if email and not is_address(address(email)):
        problems.append(of_field("email", "INVALID_EMAIL"))
    if given.skip_validation:
        return
    problems.extend(of_field(n, "REQUIRED_FIELD") for n, f in listed.items() if f.get("required") and not values.get(n))
    if email.rpartition("@")[2].lower() in _blocked(listed.get("email")):
        problems.append(of_field("email", "BLOCKED_EMAIL"))


def _blocked(field: dict[str, Any] | None) -> set[str]:
    validation = (field or {}).get("validation")
    domains = validation.get("blockedEmailDomains") if isinstance(validation, dict) else None
    return {str(d).lower() for d in domains} if isinstance(domains, list) else set()


def _save(dialect: Portal, values: dict[str, str]) -> Row | None:
    """Create or update the contact of the address; without an address nobody is found (ASSUMED). Raises `Refusal`."""
    email = values.get("email")
    if not email:
        dialect.rests_on("hubspot.form_without_email")
        return None
    contact = dialect.contact_by_email(email)
    # A known person keeps the primary address, whichever of the addresses the form was filled in with.
    given = {n: v for n, v in values.items() if v and (n != "email" or contact is None)}
    try:
        changes = saving.plan(dialect, CONTACTS, given, contact)
    except Refusal as refusal:
        raise refusals.not_valid(refusals.of_write(refusal)) from None
    if contact is None:
        return saving.create(dialect, CONTACTS, changes, _SOURCE)
    return saving.update(dialect, CONTACTS, contact, changes, _SOURCE)
