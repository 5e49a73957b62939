"""Owners: users to whom records belong (research/hubspot.md 1.4). Read only, as in the vendor's API."""

from __future__ import annotations

from typing import Any

from ...journal import Row
from ...wire import Evidence, Request, Response
from . import errors
from .paging import after_of, limit_of, next_page
from .portal import Portal, iso_ms
from .wire import answers, json_response, spellings

FIRST_OWNER_ID = 31_871_801
_FIRST_USER_ID = 2_506_601


def new_owner(dialect: Portal, first_name: str, last_name: str, email: str, *, active: bool) -> str:
    """Add an owner and return the id; an inactive one (a deactivated user) is archived."""
    owner_id = str(dialect.dice.count("hubspot.owners", FIRST_OWNER_ID))
    row = dialect.store.create("owners", owner_id, {
        "email": email.strip().lower(), "firstName": first_name, "lastName": last_name,
        "userId": dialect.dice.count("hubspot.users", _FIRST_USER_ID), "active": active,
    })
    return row.id


@answers("GET", *spellings("owners", ""), id="owners.list", evidence=Evidence.CLIENT_RUN)
def list_owners(dialect: Portal, request: Request) -> Response:
    """Return one page of active (or archived) owners, optionally of one address."""
    limit = limit_of(request, 100, 500)
    archived = request.flag("archived")
    email = (request.arg("email") or "").strip().lower()
    rows = [
        row for row in dialect.store.rows("owners")
        if row.values["active"] is not archived and (not email or row.values["email"] == email)
        and int(row.id) >= after_of(request)
    ]
    body: dict[str, Any] = {"results": [_shown(dialect, row) for row in rows[:limit]]}
    if len(rows) > limit:
        body["paging"] = next_page(request, rows[limit].id)
    return json_response(body)


@answers("GET", *spellings("owners", "/{ownerId}"), id="owners.get", evidence=Evidence.CLIENT_RUN)
def get_owner(dialect: Portal, request: Request) -> Response:
    """Return an owner by owner id, or by user id with `idProperty=userId`."""
    key, archived = request.params["ownerId"], request.flag("archived")
    by_user = request.arg("idProperty") == "userId"
    for row in dialect.store.rows("owners"):
        if key == (str(row.values["userId"]) if by_user else row.id) and row.values["active"] is not archived:
            return json_response(_shown(dialect, row))
    raise errors.not_found()


def _shown(dialect: Portal, row: Row) -> dict[str, Any]:
    dialect.served(row)
    v = row.values
    body = {
        "id": row.id, "email": v["email"], "type": "PERSON", "firstName": v["firstName"], "lastName": v["lastName"],
        "userId": v["userId"], "userIdIncludingInactive": v["userId"], "createdAt": iso_ms(row.created_ms),
        "updatedAt": iso_ms(row.modified_ms), "archived": not v["active"],
    }
    if not v["active"]:
        del body["userId"]
    return body
