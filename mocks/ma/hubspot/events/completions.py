"""Sending events: `POST /events/v3/send` and its batch (research/hubspot.md 1.10). 204; an event belongs to a living record."""

from __future__ import annotations

from typing import Any

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors, saving
from ..errors import Refusal
from ..kinds import CONTACTS
from ..portal import INTEGRATION, Portal
from ..values import parse_ms
from ..wire import VERSIONS, answers, body_of, inputs_of, note_refusal, text_of
from .definitions import STANDARD
from .kept import OCCURRENCES, definition, keep, record_key

MOST_IN_BATCH = 500
_ROOTS = ("/events/v3/send", *(f"/events/send/{v}" for v in VERSIONS))

Item = dict[str, Any]


@answers("POST", *_ROOTS, id="events.send", evidence=Evidence.DOCUMENT,
         note="utk is not mocked; an event that no living record takes is dropped and journalled as refused")
def send(dialect: Portal, request: Request) -> Response:
    """Take one event; 204 whether or not a record takes it."""
    _take(dialect, _planned(dialect, body_of(request)))
    return Response(204)


@answers("POST", *(f"{root}/batch" for root in _ROOTS), id="events.send_batch", evidence=Evidence.DOCUMENT,
         note="as for one; all inputs are checked before the first is taken")
def send_batch(dialect: Portal, request: Request) -> Response:
    """Take events, all or none of them well-formed; 204."""
    planned = [_planned(dialect, item) for item in inputs_of(body_of(request), MOST_IN_BATCH)]
    for item in planned:
        _take(dialect, item)
    return Response(204)


def _planned(dialect: Portal, body: Item) -> Item:
    """Return what one input says, checked. Raises `Refusal`."""
    if not body.get("eventName"):
        raise errors.not_set("eventName")
    kind = definition(dialect, text_of(body["eventName"]))
    if kind is None:
        raise Refusal(400, f"Event {body['eventName']} does not exist", assumed="hubspot.text_event")
    if body.get("utk"):
        raise Refusal(400, "utk is not mocked", code="NOT_MOCKED", hint="events by utk are not mocked; send email or objectId")
    if body.get("email") is None and body.get("objectId") is None:
        raise errors.not_set("email", "objectId")
    given = {} if body.get("properties") is None else body["properties"]
    if not isinstance(given, dict):
        raise errors.wrong_type("java.util.LinkedHashMap", "the given value")
    unknown = [n for n in given if n not in kind.values["properties"] and n not in STANDARD]
    if unknown:
        raise Refusal(400, f"Event {kind.id} has no property {', '.join(unknown)}", assumed="hubspot.text_event")
    at_ms = dialect.clock.now_ms() if body.get("occurredAt") is None else parse_ms(text_of(body["occurredAt"]))
    if at_ms is None:
        raise Refusal(400, f"Invalid occurredAt {body['occurredAt']}", assumed="hubspot.text_event")
    return {
        "type": kind.id, "kind": kind.values["kind"], "email": None if body.get("email") is None else text_of(body["email"]),
        "id": None if body.get("objectId") is None else text_of(body["objectId"]), "at_ms": at_ms,
        "uuid": None if body.get("uuid") is None else text_of(body["uuid"]),
        "properties": {n: _text(v) for n, v in given.items() if v is not None},
    }


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, float) else text_of(value)


def _take(dialect: Portal, item: Item) -> None:
    if item["uuid"] is not None and dialect.store.find(OCCURRENCES, "uuid", item["uuid"]):
        return  # the same event sent again
    row = _record(dialect, item)
    if row is None:
        what = item["id"] or item["email"]
        dialect.refused(str(what), "OBJECT_NOT_FOUND", f"No record of {item['type']} is {what}: the event is dropped")
        return
    keep(dialect, {
        "type": item["type"], "kind": row.kind, "record_id": row.id, "record": record_key(row.kind, row.id),
        "at_ms": item["at_ms"], "uuid": item["uuid"], "properties": item["properties"],
    })


def _record(dialect: Portal, item: Item) -> Row | None:
    """Return the record of an event, or None when there is no such record."""
    if item["id"] is not None:
        return dialect.store.get(item["kind"], item["id"])
    if item["kind"] != "contacts":
        return None
    found = dialect.contact_by_email(item["email"])
    if found is None:
        dialect.rests_on("hubspot.event_of_unknown_email")
        if dialect.settings["event_of_unknown_email"] == "create":
            return _made(dialect, item["email"])
    return found


def _made(dialect: Portal, email: str) -> Row | None:
    try:
        changes = saving.plan(dialect, CONTACTS, {"email": email}, None)
    except Refusal as refusal:
        note_refusal(dialect, email, refusal)
        return None
    return saving.create(dialect, CONTACTS, changes, INTEGRATION)
