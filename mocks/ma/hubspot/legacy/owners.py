"""Owners v2: gone since 2025-03-24; a switch brings them back for portals that a test sets earlier."""

from __future__ import annotations

from typing import Any

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors
from ..portal import Portal
from ..wire import json_response
from .envelope import answers_v1

_HINT = "/owners/v2 was switched off on 2025-03-24; supported: GET /crm/v3/owners"


def _alive(dialect: Portal) -> None:
    if dialect.settings["legacy_owners_v2"] != "alive":
        raise errors.Refusal(404, "resource not found", category=None, code="SUNSET", hint=_HINT)


@answers_v1("GET", "/owners/v2/owners", id="legacy.owners", evidence=Evidence.DOCUMENT, note="404 unless switched on")
def list_owners(dialect: Portal, request: Request) -> Response:
    """Return active owners as an array, inactive ones too with `includeInactive=true`."""
    _alive(dialect)
    email = (request.arg("email") or "").strip().lower()
    inactive = request.flag("includeInactive")
    return json_response([
        _shown(dialect, row) for row in dialect.store.rows("owners")
        if (inactive or row.values["active"]) and (not email or row.values["email"] == email)
    ])


@answers_v1("GET", "/owners/v2/owners/{ownerId}", id="legacy.owner", evidence=Evidence.DOCUMENT, note="404 unless switched on")
def get_owner(dialect: Portal, request: Request) -> Response:
    """Return one owner."""
    _alive(dialect)
    row = dialect.store.get("owners", request.params["ownerId"])
    if row is None:
        raise errors.not_found()
    return json_response(_shown(dialect, row))


def _shown(dialect: Portal, row: Row) -> dict[str, Any]:
    dialect.served(row)
    v = row.values
    return {
        "portalId": dialect.portal_id, "ownerId": int(row.id), "type": "PERSON", "firstName": v["firstName"],
        "lastName": v["lastName"], "email": v["email"], "createdAt": row.created_ms, "updatedAt": row.modified_ms,
        "remoteList": [], "hasContactsAccess": False, "activeUserId": v["userId"], "isActive": bool(v["active"]),
    }
