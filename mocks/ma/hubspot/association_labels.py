"""Labels that people define for associations (research/hubspot.md 1.5): a pair of types, one for each direction."""

from __future__ import annotations

import re

from ...journal import Row
from ...wire import Evidence, Request, Response
from . import errors
from .associations import kinds_of
from .links import USER_DEFINED, types_between, unlink
from .portal import INTEGRATION, Portal
from .wire import VERSIONS, answers, body_of, json_response

_FIRST_TYPE = 101
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ROOTS = ("/crm/v4/associations", "/crm/associations/v4", *(f"/crm/associations/{v}" for v in VERSIONS))
_ALL = tuple(f"{root}/{{objectType}}/{{toObjectType}}/labels" for root in _ROOTS)


@answers("GET", *_ALL, id="associations.labels", evidence=Evidence.DOCUMENT)
def labels(dialect: Portal, request: Request) -> Response:
    """Return the association types of one direction."""
    ends = kinds_of(dialect, request)
    found = types_between(dialect, ends[0].kind, ends[1].kind).values()
    return json_response({"results": [{"category": t.category, "typeId": t.type_id, "label": t.label} for t in found]})


@answers("POST", *_ALL, id="associations.create_label", evidence=Evidence.DOCUMENT)
def create_label(dialect: Portal, request: Request) -> Response:
    """Define a label; the answer (200) holds the types of both directions."""
    ends, body = kinds_of(dialect, request), body_of(request)
    missing = [n for n in ("label", "name") if not body.get(n)]
    if missing:
        raise errors.not_set(*missing)
    name, label = str(body["name"]), str(body["label"])
    if not _NAME.fullmatch(name):
        raise errors.Refusal(400, f"{name} is not a valid label name", assumed="hubspot.text_association_label")
    if any(t.name == name for t in types_between(dialect, ends[0].kind, ends[1].kind).values()):
        raise errors.already_exists("Association label", name)
    one, other = (dialect.dice.count("hubspot.association_types", _FIRST_TYPE) for _ in range(2))
    back = str(body.get("inverseLabel") or label)
    results = []
    for type_id, inverse_id, text, (here, there) in ((one, other, label, ends), (other, one, back, ends[::-1])):
        dialect.store.create("association_labels", str(type_id), {
            "type_id": type_id, "inverse_id": inverse_id, "name": name, "label": text,
            "from_kind": here.kind, "to_kind": there.kind,
        })
        results.append({"category": USER_DEFINED, "typeId": type_id, "label": text})
    return json_response({"results": results})


@answers("PUT", *_ALL, id="associations.update_label", evidence=Evidence.DOCUMENT)
def update_label(dialect: Portal, request: Request) -> Response:
    """Rename a label; ids stay."""
    body = body_of(request)
    missing = [n for n in ("associationTypeId", "label") if not body.get(n)]
    if missing:
        raise errors.not_set(*missing)
    row = _defined(dialect, request, str(body["associationTypeId"]))
    dialect.store.update(row, {"label": str(body["label"])})
    if body.get("inverseLabel"):
        inverse = dialect.store.get("association_labels", str(row.values["inverse_id"]))
        if inverse is not None:
            dialect.store.update(inverse, {"label": str(body["inverseLabel"])})
    return Response(204)


@answers("DELETE", *(f"{path}/{{associationTypeId}}" for path in _ALL), id="associations.delete_label",
         evidence=Evidence.DOCUMENT)
def delete_label(dialect: Portal, request: Request) -> Response:
    """Remove a label and take it from every pair that has it."""
    row = _defined(dialect, request, request.params["associationTypeId"])
    mark = (USER_DEFINED, row.values["type_id"])
    for pair in list(dialect.store.rows("associations")):
        v = pair.values
        left, right = (v["left_kind"], v["left_id"]), (v["right_kind"], v["right_id"])
        for side, ends in (("forward", (*left, *right)), ("backward", (*right, *left))):
            if mark in v[side]:
                unlink(dialect, *ends, {mark}, source=INTEGRATION)
                break
    for type_id in (row.values["inverse_id"], row.values["type_id"]):
        found = dialect.store.get("association_labels", str(type_id))
        if found is not None:
            dialect.store.erase(found)
    return Response(204)


def _defined(dialect: Portal, request: Request, type_id: str) -> Row:
    """Return the row of a label that people defined between the two object types. Raises `Refusal`."""
    ends = kinds_of(dialect, request)
    row = dialect.store.get("association_labels", type_id)
    if row is None or (row.values["from_kind"], row.values["to_kind"]) != (ends[0].kind, ends[1].kind):
        raise errors.not_found()
    return row
