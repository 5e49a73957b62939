"""Engagements v1, one at a time: notes, tasks, calls, e-mails and meetings under one roof (research/hubspot.md 1.8)."""

from __future__ import annotations

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors, saving
from ..kinds import OBJECT_TYPES
from ..links import link, plain_type
from ..objects import not_valid
from ..portal import INTEGRATION, Portal
from ..wire import body_of, json_response
from .engagement_shapes import ASSOCIATIONS, TYPES, engagement, kind_of, properties_of
from .envelope import Body, answers_v1, number_param, numbers_in

_ROOT = "/engagements/v1/engagements"
_ONE = f"{_ROOT}/{{engagementId}}"
_NOTE = "attachments and further members of metadata are refused"


def find(dialect: Portal, record_id: str) -> Row | None:
    """Return the living engagement with this id, whatever its type, or None."""
    rows = (dialect.store.get(kind, record_id) for kind in TYPES if kind in OBJECT_TYPES)
    return next((row for row in rows if row is not None), None)


def _living(dialect: Portal, request: Request) -> Row:
    row = find(dialect, number_param(request, "engagementId"))
    if row is None:
        raise errors.not_found()
    return row


@answers_v1("POST", _ROOT, id="legacy.engagement_create", evidence=Evidence.CLIENT_SOURCE, note=_NOTE)
def create_engagement(dialect: Portal, request: Request) -> Response:
    """Create an engagement with its associations and return it."""
    body = body_of(request)
    about = _part(body, "engagement")
    kind = kind_of(about)
    ties = _ties(dialect, _part(body, "associations"))
    given = properties_of(dialect, kind, about, _part(body, "metadata"), dialect.clock.now_ms())
    object_type = OBJECT_TYPES[kind]
    changes = saving.plan(dialect, object_type, given, None)
    row = saving.create(dialect, object_type, changes, INTEGRATION)
    for to_kind, to_id in ties:
        link(dialect, kind, row.id, to_kind, to_id, {plain_type(dialect, kind, to_kind)}, source=INTEGRATION)
    return json_response(engagement(dialect, dialect.store.get(kind, row.id) or row))


def _part(body: Body, member: str) -> Body:
    found = body.get(member)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise errors.wrong_type("java.util.LinkedHashMap", "the given value")
    return found


def _ties(dialect: Portal, given: Body) -> list[tuple[str, str]]:
    """Return kind and id of each record that the body associates, all of them living. Raises `Refusal`."""
    found = []
    for member, kind in ASSOCIATIONS:
        for record_id in numbers_in(given, member):
            if dialect.store.get(kind, record_id) is None:
                raise not_valid(OBJECT_TYPES[kind], record_id)
            found.append((kind, dialect.store.resolve(kind, record_id)))
    return found


@answers_v1("GET", _ONE, id="legacy.engagement", evidence=Evidence.CLIENT_SOURCE)
def get_engagement(dialect: Portal, request: Request) -> Response:
    """Return one engagement."""
    return json_response(engagement(dialect, _living(dialect, request)))


@answers_v1("PATCH", _ONE, id="legacy.engagement_update", evidence=Evidence.CLIENT_SOURCE, note=_NOTE)
def update_engagement(dialect: Portal, request: Request) -> Response:
    """Change an engagement and return it; what the body leaves out stays."""
    row = _living(dialect, request)
    body = body_of(request)
    given = properties_of(dialect, row.kind, _part(body, "engagement"), _part(body, "metadata"), None)
    object_type = OBJECT_TYPES[row.kind]
    changes = saving.plan(dialect, object_type, given, row)
    return json_response(engagement(dialect, saving.update(dialect, object_type, row, changes, INTEGRATION)))


@answers_v1("DELETE", _ONE, id="legacy.engagement_delete", evidence=Evidence.CLIENT_SOURCE)
def delete_engagement(dialect: Portal, request: Request) -> Response:
    """Archive an engagement; 204."""
    saving.archive(dialect, _living(dialect, request), INTEGRATION)
    return Response(204)
