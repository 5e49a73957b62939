"""Deals v1, one at a time, and what they are associated with (research/hubspot.md 1.8, 2.5)."""

from __future__ import annotations

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors, saving
from ..errors import Refusal
from ..kinds import DEALS
from ..links import link, plain_type, unlink
from ..objects import not_valid
from ..portal import INTEGRATION, Portal
from ..wire import body_of, json_response
from . import shapes
from .envelope import Body, answers_v1, is_number, living, no_deal, number_param, numbers_in, properties_in, vendor_type

_ROOT = "/deals/v1/deal"
_ONE = f"{_ROOT}/{{dealId}}"
_TIED = (("associatedVids", "contacts"), ("associatedCompanyIds", "companies"), ("associatedDealIds", "deals"))


@answers_v1("POST", _ROOT, id="legacy.deal_create", evidence=Evidence.CLIENT_SOURCE)
def create_deal(dialect: Portal, request: Request) -> Response:
    """Create a deal with its associations and return it."""
    body = body_of(request)
    ties = _ties(dialect, body)
    changes = saving.plan(dialect, DEALS, properties_in(body, "name"), None)
    row = saving.create(dialect, DEALS, changes, INTEGRATION)
    for to_kind, to_id in ties:
        link(dialect, "deals", row.id, to_kind, to_id, {plain_type(dialect, "deals", to_kind)}, source=INTEGRATION)
    return json_response(shapes.deal(dialect, living(dialect, "deals", row.id, no_deal(dialect, row.id)), None))


def _ties(dialect: Portal, body: Body) -> list[tuple[str, str]]:
    """Return the kind and id of each record that the body associates, all of them living. Raises `Refusal`."""
    given = {} if body.get("associations") is None else body["associations"]
    if not isinstance(given, dict):
        raise errors.wrong_type("java.util.LinkedHashMap", "the given value")
    found = []
    for member, kind in _TIED:
        for record_id in numbers_in(given, member):
            if dialect.store.get(kind, record_id) is None:
                raise not_valid(vendor_type(kind), record_id)
            found.append((kind, dialect.store.resolve(kind, record_id)))
    return found


@answers_v1("GET", _ONE, id="legacy.deal", evidence=Evidence.RECORDING)
def get_deal(dialect: Portal, request: Request) -> Response:
    """Return a deal with all properties that are set."""
    return json_response(shapes.deal(dialect, _living(dialect, request), None))


@answers_v1("PUT", _ONE, id="legacy.deal_update", evidence=Evidence.RECORDING)
def update_deal(dialect: Portal, request: Request) -> Response:
    """Change a deal and return it."""
    row = _living(dialect, request)
    changes = saving.plan(dialect, DEALS, properties_in(body_of(request), "name"), row)
    return json_response(shapes.deal(dialect, saving.update(dialect, DEALS, row, changes, INTEGRATION), None))


@answers_v1("DELETE", _ONE, id="legacy.deal_delete", evidence=Evidence.CLIENT_SOURCE)
def delete_deal(dialect: Portal, request: Request) -> Response:
    """Archive a deal; 204."""
    saving.archive(dialect, _living(dialect, request), INTEGRATION)
    return Response(204)


def _living(dialect: Portal, request: Request) -> Row:
    deal_id = number_param(request, "dealId")
    return living(dialect, "deals", deal_id, no_deal(dialect, deal_id))


@answers_v1("PUT", f"{_ONE}/associations/{{toObjectType}}", id="legacy.deal_associate", evidence=Evidence.CLIENT_SOURCE)
def associate(dialect: Portal, request: Request) -> Response:
    """Associate a deal with contacts or companies (`?id=1&id=2`); 204."""
    row, kind, ids = _ends(dialect, request)
    for record_id in ids:
        link(dialect, "deals", row.id, kind, record_id, {plain_type(dialect, "deals", kind)}, source=INTEGRATION)
    return Response(204)


@answers_v1("DELETE", f"{_ONE}/associations/{{toObjectType}}", id="legacy.deal_dissociate", evidence=Evidence.CLIENT_SOURCE)
def dissociate(dialect: Portal, request: Request) -> Response:
    """End associations of a deal (`?id=1&id=2`); 204."""
    row, kind, ids = _ends(dialect, request)
    for record_id in ids:
        unlink(dialect, "deals", row.id, kind, record_id, source=INTEGRATION)
    return Response(204)


def _ends(dialect: Portal, request: Request) -> tuple[Row, str, list[str]]:
    to_type = vendor_type(request.params["toObjectType"])
    if to_type.kind not in ("contacts", "companies"):
        raise Refusal(400, f"{to_type.legacy} cannot be associated here", assumed="hubspot.text_association_type")
    row, ids = _living(dialect, request), request.args("id")
    if not ids:
        raise errors.not_set("id")
    for record_id in ids:
        if not is_number(record_id) or dialect.store.get(to_type.kind, record_id) is None:
            raise not_valid(to_type, record_id)
    return row, to_type.kind, [dialect.store.resolve(to_type.kind, i) for i in ids]
