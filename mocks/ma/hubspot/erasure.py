"""Permanent deletion (GDPR): the record is gone everywhere and its address is blocked for people, not for the API (3.10)."""

from __future__ import annotations

import hashlib

from ...journal import Row
from ...wire import Evidence, Request, Response
from . import errors, saving
from .consent_state import forget
from .links import unlink_all
from .objects import find_row
from .portal import INTEGRATION, Portal
from .views import type_of
from .wire import answers, body_of, is_dated, spellings, text_of


@answers("POST", *spellings("objects", "/{objectType}/gdpr-delete"), id="objects.gdpr_delete", evidence=Evidence.DOCUMENT)
def gdpr_delete(dialect: Portal, request: Request) -> Response:
    """Erase a record by id or e-mail address; an unknown address is blocked all the same."""
    object_type = type_of(dialect, request)
    if object_type.kind != "contacts" and not is_dated(request):
        raise errors.not_mocked(f"gdpr-delete of {object_type.key} in v3", "/crm/objects/2026-03/.../gdpr-delete")
    body = body_of(request)
    if "objectId" not in body:
        raise errors.not_set("objectId")
    key, id_property = text_of(body["objectId"]), body.get("idProperty") or None
    row = find_row(dialect, object_type, key, id_property) or (
        find_row(dialect, object_type, key, None, archived=True) if id_property is None else None
    )
    if row is not None:
        erase(dialect, row, INTEGRATION)
    elif id_property == "email":
        block(dialect, key)
        forget(dialect, key)
    else:
        raise errors.not_found() if key.isdigit() else errors.not_numeric(key)
    return Response(204)


def erase(dialect: Portal, row: Row, source: str) -> None:
    """Remove a record for good, its associations, and what its addresses have said; block the addresses."""
    unlink_all(dialect, row.kind, row.id, source=source)
    current = dialect.store.get(row.kind, row.id, deleted=True) or row
    if row.kind == "contacts":
        addresses = [e for e in (current.values.get("email"), *saving.secondary_of(current)) if e]
        saving.set_secondary(dialect, current, ())
        for email in addresses:
            block(dialect, email)
            forget(dialect, email)
    dialect.store.erase(current)
    dialect.webhooks.erased(row.kind, row.id, source=source)


def block(dialect: Portal, email: str) -> None:
    """Put an address on the list of the erased; only its hash is kept."""
    key = _hash(email)
    if dialect.store.get("blocklist", key) is None:
        dialect.store.create("blocklist", key, {})


def is_blocked(dialect: Portal, email: str) -> bool:
    """Tell whether the screens and imports refuse an address because its owner was erased."""
    return dialect.store.get("blocklist", _hash(email)) is not None


def _hash(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()
