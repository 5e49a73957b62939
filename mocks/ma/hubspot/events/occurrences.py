"""Reading events: `GET /events/v3/events` and the types there are (research/hubspot.md 1.10)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ....journal import Row
from ....wire import Evidence, Request, Response
from ..errors import Refusal
from ..objects import find_row
from ..paging import limit_of, next_page
from ..portal import Portal, iso_ms
from ..values import parse_ms
from ..views import checked_type
from ..wire import VERSIONS, answers, json_response
from .kept import DEFINITIONS, OCCURRENCES, record_key

_ROOTS = ("/events/v3/events", *(f"/events/events/{v}" for v in VERSIONS))


@answers("GET", *_ROOTS, id="events.list", evidence=Evidence.CLIENT_RUN,
         note="custom events only: page views, e-mail and form events of the vendor are not told here")
def list_events(dialect: Portal, request: Request) -> Response:
    """Return one page of events of a record, of a type, or both, the latest first."""
    limit = limit_of(request, 20, 1000)
    span = _moment(request, "occurredAfter", 0), _moment(request, "occurredBefore", 1 << 62)
    rows = [row for row in _candidates(dialect, request) if _is_wanted(dialect, row, request, span)]
    backwards = _is_backwards(request)
    rows.sort(key=lambda row: (row.values["at_ms"], row.id), reverse=backwards)
    after = request.arg("after")
    if after:
        rows = rows[_position(rows, after):]
    body: dict[str, Any] = {"results": [_shown(dialect, row) for row in rows[:limit]]}
    if len(rows) > limit:
        body["paging"] = next_page(request, rows[limit - 1].id)
    return json_response(body)


def _position(rows: list[Row], after: str) -> int:
    for at, row in enumerate(rows):
        if row.id == after:
            return at + 1
    raise Refusal(400, f"Invalid cursor: {after}", assumed="hubspot.text_cursor")


def _is_backwards(request: Request) -> bool:
    given = request.args("sort") or ["-occurredAt"]
    if given[0] not in ("-occurredAt", "occurredAt", "DESCENDING", "ASCENDING"):
        raise Refusal(400, f"Invalid sort {given[0]}", assumed="hubspot.text_event")
    return given[0] in ("-occurredAt", "DESCENDING")


def _candidates(dialect: Portal, request: Request) -> Iterable[Row]:
    """Return the events of the record that the query names, of a kind of record, or all."""
    named = request.arg("objectType")
    by_property = [(k.partition(".")[2], v) for k, v in request.query if k.startswith("objectProperty.")]
    record_id = request.arg("objectId")
    if not named:
        if record_id or by_property:
            raise Refusal(400, "objectType is required with objectId", assumed="hubspot.text_event")
        return dialect.store.rows(OCCURRENCES)
    object_type = checked_type(dialect, named)
    if len(by_property) > 1:
        raise Refusal(400, "Only one objectProperty may name the record", code="NOT_MOCKED", assumed="hubspot.text_event",
                      hint="several objectProperty filters are not mocked; name one unique property")
    if not record_id and not by_property:
        return [row for row in dialect.store.rows(OCCURRENCES) if row.values["kind"] == object_type.kind]
    name, value = (None, record_id or "") if record_id else by_property[0]
    found = find_row(dialect, object_type, value, name)
    return [] if found is None else _of_record(dialect, found)


def _of_record(dialect: Portal, record: Row) -> list[Row]:
    """Return the events of a record, those of the records that were merged into it as well."""
    ids = {record.id, *(record.values.get("hs_merged_object_ids") or "").split(";")}
    keys = [record_key(record.kind, i) for i in ids if i]
    rows = [dialect.store.get(OCCURRENCES, i) for key in keys for i in dialect.store.find(OCCURRENCES, "record", key)]
    return [row for row in rows if row is not None]


def _is_wanted(dialect: Portal, row: Row, request: Request, span: tuple[int, int]) -> bool:
    v = row.values
    if dialect.store.get(DEFINITIONS, v["type"]) is None or dialect.store.get(v["kind"], v["record_id"]) is None:
        return False
    kind = request.arg("eventType")
    ids = request.args("id")
    if (kind and kind != v["type"]) or (ids and row.id not in ids):
        return False
    wanted = [(k.partition(".")[2], text) for k, text in request.query if k.startswith("property.")]
    if any(v["properties"].get(name) != text for name, text in wanted):
        return False
    return span[0] <= int(v["at_ms"]) <= span[1]


def _moment(request: Request, name: str, default: int) -> int:
    text = request.arg(name)
    if not text:
        return default
    found = parse_ms(text)
    if found is None:
        raise Refusal(400, f"Unable to parse value for query parameter: {name}", code="INVALID_PARAMETER")
    return found


def _shown(dialect: Portal, row: Row) -> dict[str, Any]:
    dialect.served(row)
    v = row.values
    return {
        "id": row.id, "objectType": dialect.object_type(v["kind"]).legacy, "objectId": dialect.store.resolve(v["kind"], v["record_id"]),
        "eventType": v["type"], "occurredAt": iso_ms(v["at_ms"]), "properties": v["properties"],
    }


@answers("GET", *(f"{root}/event-types" for root in _ROOTS), id="events.types", evidence=Evidence.CLIENT_SOURCE)
def event_types(dialect: Portal, request: Request) -> Response:  # noqa: ARG001 (one signature for all)
    """Return the names of the events that may be asked for."""
    return json_response({"eventTypes": [row.id for row in dialect.store.rows(DEFINITIONS)]})
