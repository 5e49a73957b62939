"""`/crm-associations/v1`: associations by definition id, the same numbers as the type ids of v4 (research/hubspot.md 1.5)."""

from __future__ import annotations

from typing import Any

from ....wire import Evidence, Request, Response
from .. import errors, links
from ..errors import Refusal
from ..kinds import OBJECT_TYPES
from ..links import LinkType, link, linked, unlink
from ..objects import not_valid
from ..portal import INTEGRATION, Portal
from ..wire import body_of, json_response, parsed, text_of
from .envelope import answers_v1, number_arg, number_param

_ROOT = "/crm-associations/v1/associations"
_MOST_IN_BATCH = 100

Tie = tuple[LinkType, str, str]


def _definition(text: str) -> LinkType:
    """Return the vendor's association type with this number. Raises `Refusal`."""
    found = links.BUILT_IN.get(int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None
    if found is None:
        raise Refusal(400, f"{text} is not a valid association definition", assumed="hubspot.text_association_type")
    return found


def _living(dialect: Portal, kind: str, record_id: str) -> str:
    if dialect.store.get(kind, record_id) is None:
        raise not_valid(OBJECT_TYPES[kind], record_id)
    return dialect.store.resolve(kind, record_id)


def _planned(dialect: Portal, item: Any) -> Tie:
    """Return the type and the two living records that an input names. Raises `Refusal`."""
    if not isinstance(item, dict):
        raise errors.wrong_type("java.util.LinkedHashMap", "the given value")
    missing = [n for n in ("fromObjectId", "toObjectId", "definitionId") if item.get(n) is None]
    if missing:
        raise errors.not_set(*missing)
    if item.get("category", links.HUBSPOT_DEFINED) != links.HUBSPOT_DEFINED:
        raise Refusal(400, f"{item['category']} is not a valid category", assumed="hubspot.text_association_type")
    found = _definition(text_of(item["definitionId"]))
    return (found, _living(dialect, found.from_kind, text_of(item["fromObjectId"])),
            _living(dialect, found.to_kind, text_of(item["toObjectId"])))


def _batch(dialect: Portal, request: Request) -> list[Tie]:
    items = parsed(request)
    if not isinstance(items, list):
        raise errors.wrong_type("java.util.ArrayList<java.lang.Object>", "the given value")
    if len(items) > _MOST_IN_BATCH:
        raise errors.too_many_inputs(_MOST_IN_BATCH, len(items))
    return [_planned(dialect, item) for item in items]


def _tie(dialect: Portal, ties: list[Tie]) -> Response:
    for found, from_id, to_id in ties:
        link(dialect, found.from_kind, from_id, found.to_kind, to_id, {found.spec}, source=INTEGRATION)
    return Response(204)


def _untie(dialect: Portal, ties: list[Tie]) -> Response:
    for found, from_id, to_id in ties:
        # Without its unlabeled type nothing is left of an association.
        specs = None if found.label is None else {found.spec}
        unlink(dialect, found.from_kind, from_id, found.to_kind, to_id, specs, source=INTEGRATION)
    return Response(204)


@answers_v1("PUT", _ROOT, id="legacy.associate", evidence=Evidence.CLIENT_SOURCE)
def associate(dialect: Portal, request: Request) -> Response:
    """Associate two records; 204."""
    return _tie(dialect, [_planned(dialect, body_of(request))])


@answers_v1("PUT", f"{_ROOT}/create-batch", id="legacy.associate_batch", evidence=Evidence.CLIENT_SOURCE)
def associate_batch(dialect: Portal, request: Request) -> Response:
    """Associate pairs of records, all or none; 204."""
    return _tie(dialect, _batch(dialect, request))


@answers_v1("PUT", f"{_ROOT}/delete", id="legacy.dissociate", evidence=Evidence.CLIENT_SOURCE)
def dissociate(dialect: Portal, request: Request) -> Response:
    """End one association; 204."""
    return _untie(dialect, [_planned(dialect, body_of(request))])


@answers_v1("PUT", f"{_ROOT}/delete-batch", id="legacy.dissociate_batch", evidence=Evidence.CLIENT_SOURCE)
def dissociate_batch(dialect: Portal, request: Request) -> Response:
    """End associations of pairs of records; 204."""
    return _untie(dialect, _batch(dialect, request))


@answers_v1("GET", f"{_ROOT}/{{objectId}}/HUBSPOT_DEFINED/{{definitionId}}", id="legacy.associated", evidence=Evidence.CLIENT_SOURCE)
def associated(dialect: Portal, request: Request) -> Response:
    """Return one page of the ids that a record is associated with by one definition."""
    found = _definition(request.params["definitionId"])
    record_id = number_param(request, "objectId")
    limit = number_arg(request, "limit", default=100, most=100)
    offset = number_arg(request, "offset", default=0)
    living_id = dialect.store.resolve(found.from_kind, record_id)
    ids = [int(i) for i, specs in linked(dialect, found.from_kind, living_id, found.to_kind) if found.spec in specs]
    ids = [i for i in ids if i > offset]
    page = ids[:limit]
    return json_response({"results": page, "hasMore": len(ids) > limit, "offset": page[-1] if page else offset})
