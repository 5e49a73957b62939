"""The associations API v3: batches by type name (research/hubspot.md 1.5); same associations as v4."""

from __future__ import annotations

from typing import Any

from ...wire import Evidence, Request, Response
from . import errors
from .associations import MOST_WRITTEN, both_ids, kinds_of, living_id, no_associations, pair_of, read_inputs
from .errors import Refusal
from .kinds import ObjectType
from .links import Spec, link, linked, types_between, unlink
from .portal import INTEGRATION, Portal
from .wire import answers, batch_answer, body_of, inputs_of, json_response, note_refusal

_ROOT = "/crm/v3/associations/{objectType}/{toObjectType}"


@answers("POST", f"{_ROOT}/batch/read", id="associations_v3.batch_read", evidence=Evidence.CLIENT_RUN, probe="13")
def read_batch(dialect: Portal, request: Request) -> Response:
    """Return what several records are associated with, one entry per type."""
    started, ends = dialect.clock.now_ms(), kinds_of(dialect, request)
    names = types_between(dialect, ends[0].kind, ends[1].kind)
    results, failures = [], []
    for given, _ in read_inputs(request):
        record_id = living_id(dialect, ends[0], given)
        found = linked(dialect, ends[0].kind, record_id, ends[1].kind) if record_id is not None else []
        if not found:
            failures.append(no_associations(dialect, ends, given))
            continue
        results.append({"from": {"id": given}, "to": [
            {"id": to_id, "type": names[type_id].name} for to_id, specs in found for _, type_id in specs
        ]})
    return batch_answer(dialect, results, failures, started)


@answers("POST", f"{_ROOT}/batch/create", id="associations_v3.batch_create", evidence=Evidence.CLIENT_RUN)
def create_batch(dialect: Portal, request: Request) -> Response:
    """Associate pairs by the name of a type; unknown records make it a 207."""
    started, ends = dialect.clock.now_ms(), kinds_of(dialect, request)
    results: list[dict[str, Any]] = []
    failures = []
    for item in inputs_of(body_of(request), MOST_WRITTEN):
        try:
            from_id, to_id = both_ids(dialect, ends, *pair_of(item))
            spec = _named(dialect, ends, item.get("type"))
            link(dialect, ends[0].kind, from_id, ends[1].kind, to_id, {spec}, source=INTEGRATION)
        except Refusal as refusal:
            end = item.get("from")
            note_refusal(dialect, str(end.get("id")) if isinstance(end, dict) else "", refusal)
            failures.append(errors.error_item(refusal, {}))
            continue
        results.append({"from": {"id": from_id}, "to": {"id": to_id}, "type": item["type"]})
    return batch_answer(dialect, results, failures, started, 201)


@answers("POST", f"{_ROOT}/batch/archive", id="associations_v3.batch_archive", evidence=Evidence.DOCUMENT)
def archive_batch(dialect: Portal, request: Request) -> Response:
    """Remove the associations of pairs, whatever their types."""
    ends = kinds_of(dialect, request)
    for from_id, to_id in [pair_of(item) for item in inputs_of(body_of(request), MOST_WRITTEN)]:
        living = living_id(dialect, ends[0], from_id), living_id(dialect, ends[1], to_id)
        if living[0] is not None and living[1] is not None:
            unlink(dialect, ends[0].kind, living[0], ends[1].kind, living[1], source=INTEGRATION)
    return Response(204)


@answers("GET", f"{_ROOT}/types", id="associations_v3.types", evidence=Evidence.DOCUMENT)
def types(dialect: Portal, request: Request) -> Response:
    """Return the association types of one direction by name."""
    ends = kinds_of(dialect, request)
    found = types_between(dialect, ends[0].kind, ends[1].kind).values()
    return json_response({"results": [{"id": str(t.type_id), "name": t.name} for t in found]})


def _named(dialect: Portal, ends: tuple[ObjectType, ObjectType], name: object) -> Spec:
    for found in types_between(dialect, ends[0].kind, ends[1].kind).values():
        if found.name == name:
            return found.spec
    raise Refusal(400, f"{name} is not a valid association type", assumed="hubspot.text_association_type")
