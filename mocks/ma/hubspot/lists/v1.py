"""Contact lists v1, `/contacts/v1/lists*`: sunset on 2026-04-30, 404 since (research/hubspot.md 1.6).

With the switch `legacy_lists_v1: alive` they answer as they did. v1 knows lists of contacts only, under numbers of
their own (`legacy_id`), and calls MANUAL and SNAPSHOT static. Filters of v1 are refused: lists made with them would hold
the wrong people if a word were misread.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors
from ..kinds import CONTACTS
from ..legacy.envelope import checked_number, number_arg
from ..legacy.shapes import asked_names, contact, with_history
from ..portal import Portal
from ..wire import Answer, answers, body_of, json_response, text_of
from . import membership, refusals, roll
from .membership import Member

_ROOT = "/contacts/v1/lists"
_ONE = f"{_ROOT}/{{listId}}"
_MOST_LISTS, _MOST_CONTACTS = 250, 100


def _answers(
    method: str, path: str, *, id: str, evidence: Evidence = Evidence.RECORDING, note: str = ""
) -> Callable[[Answer], Answer]:
    """Declare an operation that is 404 unless the switch says that v1 lists are alive."""

    def declare(function: Answer) -> Answer:
        @functools.wraps(function)
        def guarded(dialect: Any, request: Request) -> Response:
            if dialect.settings["legacy_lists_v1"] == "sunset":
                raise errors.Refusal(404, "resource not found", category=None, code="SUNSET",
                                     hint="v1 lists were sunset on 2026-04-30; use /crm/v3/lists")
            return function(dialect, request)

        return answers(method, path, id=id, evidence=evidence, note=note)(guarded)

    return declare


def _find(dialect: Portal, request: Request) -> Row:
    legacy_id = request.params["listId"]
    for list_id in dialect.store.find(roll.KIND, "legacy_id", legacy_id):
        row = dialect.store.get(roll.KIND, list_id)
        if row is not None and row.values["type_id"] == CONTACTS.type_id:
            return row
    raise refusals.no_list(legacy_id)


def _shown(dialect: Portal, row: Row) -> dict[str, Any]:
    dialect.served(row)
    is_dynamic = row.values["processing"] == roll.DYNAMIC
    processing = "PROCESSING" if roll.is_processing(dialect, row) else "DONE"
    return {
        "listId": int(row.values["legacy_id"]), "internalListId": int(row.values["legacy_id"]), "name": row.values["name"],
        "dynamic": is_dynamic, "listType": "DYNAMIC" if is_dynamic else "STATIC", "portalId": dialect.portal_id,
        "createdAt": row.created_ms, "updatedAt": row.modified_ms, "archived": False, "deleteable": True, "parentId": 0,
        "filters": [],
        "metaData": {"processing": processing, "size": membership.size(dialect, row), "error": "",
                     "lastProcessingStateChangeAt": row.values["filters_ms"], "lastSizeChangeAt": row.modified_ms},
    }


def _several(dialect: Portal, request: Request, *processing: str) -> Response:
    limit = number_arg(request, "count", default=20, most=_MOST_LISTS)
    offset = number_arg(request, "offset", default=0)
    found = [
        row for row in dialect.store.rows(roll.KIND)
        if row.values["type_id"] == CONTACTS.type_id and row.values["processing"] in processing
    ]
    page = found[offset : offset + limit]
    return json_response({"lists": [_shown(dialect, row) for row in page], "offset": offset + len(page),
                          "has-more": offset + limit < len(found), "total": len(found)})


@_answers("GET", _ROOT, id="lists_v1.all", note="filters are always shown as empty")
def all_lists(dialect: Portal, request: Request) -> Response:
    """Page through all contact lists."""
    return _several(dialect, request, roll.MANUAL, roll.SNAPSHOT, roll.DYNAMIC)


@_answers("GET", f"{_ROOT}/static", id="lists_v1.static")
def static_lists(dialect: Portal, request: Request) -> Response:
    """Page through the lists whose members are named one by one."""
    return _several(dialect, request, roll.MANUAL, roll.SNAPSHOT)


@_answers("GET", f"{_ROOT}/dynamic", id="lists_v1.dynamic", note="filters are always shown as empty")
def dynamic_lists(dialect: Portal, request: Request) -> Response:
    """Page through the lists that are made by filters."""
    return _several(dialect, request, roll.DYNAMIC)


@_answers("POST", _ROOT, id="lists_v1.create", note="filters of v1 are refused")
def create(dialect: Portal, request: Request) -> Response:
    """Create a static list."""
    body = body_of(request)
    if not isinstance(body.get("name"), str) or not body["name"].strip():
        raise errors.not_set("name")
    if body.get("dynamic") or body.get("filters"):
        raise refusals.filter_not_mocked("a list with filters of v1")
    return json_response(_shown(dialect, roll.add(dialect, body["name"], CONTACTS, roll.MANUAL, None)))


@_answers("GET", _ONE, id="lists_v1.get", note="filters are always shown as empty")
def one(dialect: Portal, request: Request) -> Response:
    """Show one list."""
    return json_response(_shown(dialect, _find(dialect, request)))


@_answers("GET", f"{_ROOT}/batch", id="lists_v1.batch")
def batch(dialect: Portal, request: Request) -> Response:
    """Show the lists whose ids are given (`listId=1&listId=2`)."""
    wanted = set(request.args("listId"))
    rows = [r for r in dialect.store.rows(roll.KIND) if r.values["legacy_id"] in wanted]
    return json_response({"lists": [_shown(dialect, row) for row in rows]})


@_answers("POST", _ONE, id="lists_v1.rename", evidence=Evidence.DOCUMENT, note="filters of v1 are refused")
def rename(dialect: Portal, request: Request) -> Response:
    """Give a list another name."""
    row = _find(dialect, request)
    body = body_of(request)
    if body.get("filters"):
        raise refusals.filter_not_mocked("a list with filters of v1")
    if not isinstance(body.get("name"), str) or not body["name"].strip():
        raise errors.not_set("name")
    roll.check_name(dialect, CONTACTS.type_id, body["name"], row)
    return json_response(_shown(dialect, dialect.store.update(row, {"name": body["name"]})))


@_answers("DELETE", _ONE, id="lists_v1.delete", evidence=Evidence.CLIENT_SOURCE)
def delete(dialect: Portal, request: Request) -> Response:
    """Delete a list."""
    dialect.store.delete(_find(dialect, request))
    return Response(204)


# -- members --------------------------------------------------------------------------------------------


@_answers("GET", f"{_ONE}/contacts/all", id="lists_v1.contacts")
def contacts(dialect: Portal, request: Request) -> Response:
    """Page through the members in order of vid."""
    offset = number_arg(request, "vidOffset", "vid-offset", default=0)
    found = [m for m in membership.members(dialect, _find(dialect, request)) if m.number > offset]
    return _contacts(dialect, request, found, {"vid-offset": lambda last: last.number if last else offset})


@_answers("GET", f"{_ONE}/contacts/recent", id="lists_v1.recent_contacts")
def recent_contacts(dialect: Portal, request: Request) -> Response:
    """Page through the members, those who joined last first."""
    before = number_arg(request, "timeOffset", "time-offset", default=1 << 62)
    behind = number_arg(request, "vidOffset", "vid-offset", default=1 << 62)
    found = [
        m for m in membership.members(dialect, _find(dialect, request)) if (m.joined_ms, m.number) < (before, behind)
    ]
    found.sort(key=lambda m: (m.joined_ms, m.number), reverse=True)
    return _contacts(dialect, request, found, {
        "vid-offset": lambda last: last.number if last else 0, "time-offset": lambda last: last.joined_ms if last else 0,
    })


def _contacts(dialect: Portal, request: Request, found: list[Member], cursor: dict[str, Any]) -> Response:
    limit = number_arg(request, "count", default=20, most=_MOST_CONTACTS)
    names, history = asked_names(request), with_history(request, default=False)
    page = found[:limit]
    last = page[-1] if page else None
    return json_response({
        "contacts": [{"addedAt": m.joined_ms, **contact(dialect, m.record, names, history=history)} for m in page],
        "has-more": len(found) > limit, **{name: of(last) for name, of in cursor.items()},
    })


@_answers("POST", f"{_ONE}/add", id="lists_v1.add")
def add(dialect: Portal, request: Request) -> Response:
    """Add contacts by vid or e-mail address to a static list."""
    row, vids, emails = _change(dialect, request)
    known = membership.member_ids(dialect, row)
    rows = {v: dialect.store.get("contacts", v) for v in vids} | {e: dialect.contact_by_email(e) for e in emails}
    wanted = list(dict.fromkeys(r.id for r in rows.values() if r is not None))
    added = roll.put_members(dialect, row, [i for i in wanted if i not in known])
    return _changed(dialect, added, [i for i in wanted if i in known], _missing(rows, vids), _missing(rows, emails))


@_answers("POST", f"{_ONE}/remove", id="lists_v1.remove")
def remove(dialect: Portal, request: Request) -> Response:
    """Remove contacts by vid from a static list."""
    row, vids, _ = _change(dialect, request)
    rows = {v: dialect.store.get("contacts", v) for v in vids}
    wanted = [r.id for r in rows.values() if r is not None]
    removed = roll.drop_members(dialect, row, wanted)
    return _changed(dialect, removed, [i for i in wanted if i not in removed], _missing(rows, vids), [])


def _missing(rows: dict[str, Row | None], given: list[str]) -> list[str]:
    return [key for key in given if rows[key] is None]


def _changed(dialect: Portal, updated: list[str], discarded: list[str], vids: list[str], emails: list[str]) -> Response:
    """Return what a change of members came to; ``vids`` and ``emails`` name nobody: journalled as refused."""
    for key in (*vids, *emails):
        dialect.refused(key, "MISSING", "no such contact: neither added nor removed")
    return json_response({
        "updated": [int(i) for i in updated], "discarded": [int(i) for i in discarded],
        "invalidVids": [int(v) for v in vids], "invalidEmails": emails,
    })


def _change(dialect: Portal, request: Request) -> tuple[Row, list[str], list[str]]:
    """Return the list and the vids and addresses of a body. Raises `Refusal`, also for a dynamic list."""
    row = _find(dialect, request)
    if row.values["processing"] == roll.DYNAMIC:
        raise refusals.members_are_computed(row.values["legacy_id"])
    body = body_of(request)
    for member in ("vids", "emails"):
        if not isinstance(body.get(member) or [], list):
            raise errors.wrong_type("java.util.ArrayList<java.lang.Object>", "the given value")
    vids = [checked_number(text_of(v), "vids") for v in body.get("vids") or []]
    return row, list(dict.fromkeys(vids)), list(dict.fromkeys(text_of(e) for e in body.get("emails") or []))
