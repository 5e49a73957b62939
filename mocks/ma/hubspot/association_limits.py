"""How many records one may be associated with: limits that an administrator sets per association type and direction.

Facts: HubSpot's documents of the associations schema API (limits). What the API answers when a limit is reached has not been
captured; nothing is limited until somebody asks for it.
"""

from __future__ import annotations

from typing import Any

from ...journal import Row
from ...wire import Evidence, Request, Response
from . import errors
from .associations import kinds_of
from .errors import Refusal
from .link_limits import LIMITS, limit_id
from .links import checked_specs
from .portal import Portal
from .wire import VERSIONS, answers, batch_answer, body_of, inputs_of, json_response, note_refusal

MOST_INPUTS = 2000
_ROOTS = tuple(
    f"{root}/definitions/configurations"
    for root in ("/crm/v4/associations", "/crm/associations/v4", *(f"/crm/associations/{v}" for v in VERSIONS))
)
_PAIR = tuple(f"{root}/{{objectType}}/{{toObjectType}}" for root in _ROOTS)


@answers("GET", *(f"{root}/all" for root in _ROOTS), id="association_limits.all", evidence=Evidence.DOCUMENT)
def all_limits(dialect: Portal, request: Request) -> Response:  # noqa: ARG001 (a handler's signature)
    """Return every limit that was set."""
    return json_response({"results": [_shown(row) for row in dialect.store.rows(LIMITS)]})


@answers("GET", *_PAIR, id="association_limits.list", evidence=Evidence.DOCUMENT)
def limits_between(dialect: Portal, request: Request) -> Response:
    """Return the limits of one direction."""
    ends = kinds_of(dialect, request)
    rows = [r for r in dialect.store.rows(LIMITS) if (r.values["from_kind"], r.values["to_kind"]) == (ends[0].kind, ends[1].kind)]
    return json_response({"results": [_shown(row) for row in rows]})


@answers("POST", *(f"{p}/batch/create" for p in _PAIR), id="association_limits.create", evidence=Evidence.DOCUMENT)
def create_limits(dialect: Portal, request: Request) -> Response:
    """Set limits; more than that must not already be associated anywhere."""
    return _set(dialect, request, 201)


@answers("POST", *(f"{p}/batch/update" for p in _PAIR), id="association_limits.update", evidence=Evidence.DOCUMENT)
def update_limits(dialect: Portal, request: Request) -> Response:
    """Change limits."""
    return _set(dialect, request, 200)


@answers("POST", *(f"{p}/batch/purge" for p in _PAIR), id="association_limits.purge", evidence=Evidence.DOCUMENT)
def purge_limits(dialect: Portal, request: Request) -> Response:
    """Lift limits."""
    ends = kinds_of(dialect, request)
    for number in [_type_id(dialect, ends[0].kind, ends[1].kind, item) for item in inputs_of(body_of(request), MOST_INPUTS)]:
        row = dialect.store.get(LIMITS, limit_id(ends[0].kind, ends[1].kind, number))
        if row is not None:
            dialect.store.erase(row)
    return Response(204)


def _set(dialect: Portal, request: Request, status: int) -> Response:
    started, ends = dialect.clock.now_ms(), kinds_of(dialect, request)
    results, failures = [], []
    for item in inputs_of(body_of(request), MOST_INPUTS):
        try:
            results.append(_shown(_put(dialect, ends[0].kind, ends[1].kind, item)))
        except Refusal as refusal:
            note_refusal(dialect, str(item.get("typeId")), refusal)
            failures.append(errors.error_item(refusal, {}))
    return batch_answer(dialect, results, failures, started, status)


def _put(dialect: Portal, kind: str, to_kind: str, item: dict[str, Any]) -> Row:
    number = _type_id(dialect, kind, to_kind, item)
    most = item.get("maxToObjectIds")
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        raise Refusal(400, f"Invalid maxToObjectIds: {most}", assumed="hubspot.text_association_limit")
    row_id = limit_id(kind, to_kind, number)
    row = dialect.store.get(LIMITS, row_id)
    values = {"from_kind": kind, "to_kind": to_kind, "type_id": number, "category": item["category"], "most": most}
    return dialect.store.create(LIMITS, row_id, values) if row is None else dialect.store.update(row, values)


def _type_id(dialect: Portal, kind: str, to_kind: str, item: dict[str, Any]) -> int:
    missing = [n for n in ("category", "typeId") if item.get(n) is None]
    if missing:
        raise errors.not_set(*missing)
    spec = {"associationCategory": item["category"], "associationTypeId": item["typeId"]}
    return next(iter(checked_specs(dialect, kind, to_kind, [spec])))[1]


def _shown(row: Row) -> dict[str, Any]:
    v = row.values
    return {"category": v["category"], "typeId": v["type_id"], "userEnforcedMaxToObjectIds": v["most"], "label": None}
