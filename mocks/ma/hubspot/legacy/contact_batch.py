"""Contacts v1, many in one write: `POST /contacts/v1/contact/batch`.

The vendor checks the batch, answers 202 and carries it out by and by. Here it is carried out at once; nothing that the
answer says tells the difference.
"""

from __future__ import annotations

from typing import Any

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors, saving
from ..errors import Refusal
from ..kinds import CONTACTS
from ..portal import Portal
from ..rules import Claims
from ..wire import note_refusal, parsed, text_of
from .contacts import create, update
from .envelope import answers_v1, properties_in

MOST_CONTACTS = 1000

Item = dict[str, Any]


@answers_v1("POST", "/contacts/v1/contact/batch", id="legacy.contacts_batch",
            evidence=Evidence.CLIENT_SOURCE, note="the wording of a refused batch is assumed; all or nothing")
def write_batch(dialect: Portal, request: Request) -> Response:
    """Create or change contacts by `vid` or `email`; 202 without a body, or 400 and nothing is done."""
    items = parsed(request)
    if not isinstance(items, list) or not all(isinstance(i, dict) for i in items):
        raise errors.wrong_type("java.util.ArrayList<java.lang.Object>", "the given value")
    if len(items) > MOST_CONTACTS:
        raise errors.too_many_inputs(MOST_CONTACTS, len(items))
    failures = _problems(dialect, items)
    if failures:
        raise _refused(dialect, items, failures)
    for item in items:
        _carry_out(dialect, item)
    return Response(202)


def _problems(dialect: Portal, items: list[Item]) -> dict[int, Refusal]:
    """Return what is wrong, by the position of the input. Nothing is written."""
    found: dict[int, Refusal] = {}
    claims: Claims = set()
    named: set[str] = set()
    for at, item in enumerate(items):
        try:
            row, given = _target(dialect, item)
            key = row.id if row is not None else str(item.get("email", "")).strip().lower()
            # Two inputs for one contact: the second one meets what the first one has made.
            saving.plan(dialect, CONTACTS, given, row, claims=None if key in named else claims)
            named.add(key)
        except Refusal as refusal:
            found[at] = refusal
    return found


def _target(dialect: Portal, item: Item) -> tuple[Row | None, Item]:
    """Return the contact an input is about (None: a new one) and its properties. Raises `Refusal`."""
    given = properties_in(item, "property")
    if not given:
        raise errors.not_set("properties")
    if item.get("vid") is not None:
        vid = text_of(item["vid"])
        row = dialect.store.get("contacts", vid)
        if row is None:
            raise Refusal(400, f"The contact {vid} does not exist.", assumed="hubspot.text_legacy_batch")
        return row, given
    if not item.get("email"):
        raise errors.not_set("email", "vid")
    email = text_of(item["email"])
    row = dialect.contact_by_email(email)
    return row, given if row is not None else {"email": email, **given}


def _carry_out(dialect: Portal, item: Item) -> None:
    row, given = _target(dialect, item)
    if row is None:
        create(dialect, given)
    else:
        update(dialect, row, given)


def _refused(dialect: Portal, items: list[Item], failures: dict[int, Refusal]) -> Refusal:
    """Return the one refusal of the whole batch; each bad input is journalled, and no innocent one."""
    first = next(iter(failures.values()))
    for at, refusal in failures.items():
        note_refusal(dialect, str(items[at].get("email") or items[at].get("vid") or at), refusal)
    messages = [{"index": at, "error": {"status": "error", "message": r.message}} for at, r in failures.items()]
    emails = [str(items[at].get("email")) for at, r in failures.items() if r.code == "INVALID_EMAIL"]
    whole = Refusal(400, "Errors found processing batch update", category=None, code=first.code,
                    assumed="hubspot.text_legacy_batch", invalidEmails=emails, failureMessages=messages)
    whole.noted = True
    return whole
