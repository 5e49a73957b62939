"""Memberships of lists: change them, page through them, ask for those of a record (research/hubspot.md 1.6).

A cursor is what a recording shows: the id of the last member as eight bytes in base64, percent-encoded. In join order
the time comes first. Empty arrays are omitted from the answer of a change (recorded).
"""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors
from ..paging import limit_of, next_page
from ..portal import Portal, iso_ms
from ..wire import answers, body_of, json_response, parsed, spellings, text_of
from . import membership, refusals, roll
from .membership import Member

_MOST_IDS = 100_000
Order = Callable[[Member], tuple[int, ...]]


def _changeable(dialect: Portal, list_id: str) -> Row:
    row = roll.find(dialect, list_id)
    if row.values["processing"] == roll.DYNAMIC:
        raise refusals.members_are_computed(list_id)
    return row


def _ids(given: object) -> list[str]:
    if not isinstance(given, list):
        raise errors.wrong_type("java.util.ArrayList<java.lang.String>", "the given value")
    if len(given) > _MOST_IDS:
        raise errors.too_many_inputs(_MOST_IDS, len(given))
    return list(dict.fromkeys(text_of(item) for item in given))


def _change(dialect: Portal, row: Row, adds: list[str], removes: list[str]) -> Response:
    """Add and remove records and say what was done; ids that name no living record are missing."""
    kind = roll.type_of(row).kind
    present = {i: found.id for i in (*adds, *removes) if (found := dialect.store.get(kind, i)) is not None}
    missing = [i for i in dict.fromkeys((*adds, *removes)) if i not in present]
    for record_id in missing:
        dialect.refused(record_id, "MISSING", "no such record: neither added nor removed")
    wanted = list(dict.fromkeys(present[i] for i in adds if i in present))
    before = membership.member_ids(dialect, row)
    if before.intersection(wanted):
        dialect.rests_on("hubspot.list_known_members")
    removed = roll.drop_members(dialect, row, [present[i] for i in removes if i in present])
    added = roll.put_members(dialect, row, [i for i in wanted if i not in before or i in removed])
    answer = {"recordsIdsAdded": added, "recordIdsRemoved": removed, "recordIdsMissing": missing}
    return json_response({name: ids for name, ids in answer.items() if ids})


@answers("PUT", *spellings("lists", "/{listId}/memberships/add"), id="lists.add", evidence=Evidence.RECORDING, probe="20",
         note="records that are members already are not named (assumed)")
def add_members(dialect: Portal, request: Request) -> Response:
    """Add records (a JSON array of ids) to a list."""
    row = _changeable(dialect, request.params["listId"])
    return _change(dialect, row, _ids(parsed(request)), [])


@answers("PUT", *spellings("lists", "/{listId}/memberships/remove"), id="lists.remove", evidence=Evidence.RECORDING,
         probe="20")
def remove_members(dialect: Portal, request: Request) -> Response:
    """Remove records (a JSON array of ids) from a list."""
    row = _changeable(dialect, request.params["listId"])
    return _change(dialect, row, [], _ids(parsed(request)))


@answers("PUT", *spellings("lists", "/{listId}/memberships/add-and-remove"), id="lists.add_and_remove",
         evidence=Evidence.CLIENT_SOURCE, note="an id in both arrays stays a member (assumed)")
def add_and_remove(dialect: Portal, request: Request) -> Response:
    """Remove some records and add others."""
    row = _changeable(dialect, request.params["listId"])
    body = body_of(request)
    missing = [n for n in ("recordIdsToAdd", "recordIdsToRemove") if n not in body]
    if missing:
        raise errors.not_set(*missing)
    return _change(dialect, row, _ids(body["recordIdsToAdd"]), _ids(body["recordIdsToRemove"]))


@answers("PUT", *spellings("lists", "/{listId}/memberships/add-from/{sourceListId}"), id="lists.add_from",
         evidence=Evidence.CLIENT_SOURCE)
def add_from(dialect: Portal, request: Request) -> Response:
    """Add all members of another list of the same object type."""
    row = _changeable(dialect, request.params["listId"])
    source = roll.find(dialect, request.params["sourceListId"])
    if source.values["type_id"] != row.values["type_id"]:
        raise refusals.no_such_type(source.values["type_id"])
    known = membership.member_ids(dialect, row)
    roll.put_members(dialect, row, [m.record.id for m in membership.members(dialect, source) if m.record.id not in known])
    return Response(204)


@answers("DELETE", *spellings("lists", "/{listId}/memberships"), id="lists.clear", evidence=Evidence.CLIENT_SOURCE)
def clear_members(dialect: Portal, request: Request) -> Response:
    """Remove all members; the records stay."""
    row = _changeable(dialect, request.params["listId"])
    for member in list(roll.stored(dialect, row)):
        dialect.store.delete(member)
    return Response(204)


# -- reading --------------------------------------------------------------------------------------------


@answers("GET", *spellings("lists", "/{listId}/memberships"), id="lists.members", evidence=Evidence.RECORDING, probe="20")
def list_members(dialect: Portal, request: Request) -> Response:
    """Return one page of members in order of record id."""
    return _page(dialect, request, lambda m: (m.number,))


@answers("GET", *spellings("lists", "/{listId}/memberships/join-order"), id="lists.members_join_order",
         evidence=Evidence.CLIENT_SOURCE, note="the cursor of this order is assumed")
def members_in_join_order(dialect: Portal, request: Request) -> Response:
    """Return one page of members in the order in which they joined."""
    return _page(dialect, request, lambda m: (m.joined_ms, m.number))


def _page(dialect: Portal, request: Request, order: Order) -> Response:
    row = roll.find(dialect, request.params["listId"])
    dialect.served(row)
    limit = limit_of(request, 100, 250)
    found = sorted(membership.members(dialect, row), key=order)
    width = len(order(found[0])) if found else 1
    after, before = request.arg("after"), request.arg("before")
    rest = found
    if after:
        bound = _bound(after, width)
        rest = [m for m in found if order(m) > bound]
    elif before:
        bound = _bound(before, width)
        rest = [m for m in reversed(found) if order(m) < bound]
    page = rest[:limit]
    for member in page:
        dialect.served(member.record)
    body: dict[str, Any] = {"results": [
        {"membershipTimestamp": iso_ms(m.joined_ms), "recordId": m.record.id} for m in page
    ]}
    if len(rest) > limit:
        body["paging"] = _paging(request, _cursor(order(page[-1])), backwards=bool(before and not after))
    return json_response({**body, "total": len(found)})


def _paging(request: Request, cursor: str, *, backwards: bool) -> dict[str, Any]:
    if not backwards:
        return next_page(request, cursor)
    link = next_page(request, cursor)["next"]["link"]
    return {"prev": {"before": cursor, "link": link.replace("&after=", "&before=").replace("?after=", "?before=")}}


def _cursor(numbers: tuple[int, ...]) -> str:
    return quote(base64.b64encode(struct.pack(f">{len(numbers)}q", *numbers)).decode(), safe="")


def _bound(text: str, width: int) -> tuple[int, ...]:
    """Return what a cursor stands for, however often it was percent-encoded on its way. Raises `Refusal`."""
    try:
        packed = base64.b64decode(unquote(unquote(text)), validate=True)
        return struct.unpack(f">{width}q", packed)
    except (binascii.Error, struct.error, ValueError):
        raise errors.Refusal(400, f"Invalid cursor: {text}", assumed="hubspot.text_cursor") from None


@answers("GET", *spellings("lists", "/records/{objectTypeId}/{recordId}/memberships"), id="lists.of_record",
         evidence=Evidence.CLIENT_SOURCE, note="a record that does not exist is in no list; isPublicList is always false (both assumed)")
def lists_of_record(dialect: Portal, request: Request) -> Response:
    """Show which lists a record is in."""
    object_type = roll.type_named(request.params["objectTypeId"])
    record = dialect.store.get(object_type.kind, request.params["recordId"])
    results = []
    for row in dialect.store.rows(roll.KIND):
        if record is None or row.values["type_id"] != object_type.type_id:
            continue
        for member in membership.members(dialect, row):
            if member.record.id == record.id:
                dialect.served(row)
                results.append({
                    "listId": row.id, "listVersion": row.values["version"], "firstAddedTimestamp": iso_ms(member.first_ms),
                    "lastAddedTimestamp": iso_ms(member.joined_ms), "isPublicList": False,
                })
    return json_response({"total": len(results), "results": results})
