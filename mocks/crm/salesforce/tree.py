"""Records with their children in one call: all of them are made, or none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...wire import Evidence, Request, Response
from . import saving
from .errors import ApiError, cannot_deserialize, json_object, reply, rest
from .kinds import Kind
from .org import Org
from .sobject_collections import named
from .transaction import Savepoint
from .writer import Writer, writer_of

MOST_RECORDS, MOST_LEVELS = 200, 5


@dataclass(slots=True)
class _Planting:
    org: Org
    writer: Writer
    made: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def refuse(self, name: str, error: ApiError, record: dict[str, Any]) -> None:
        self.org.refused(named(name, len(self.made) + len(self.errors), record), error.code, error.message)
        self.errors.append({"referenceId": name, "errors": [e.item() for e in error.parts()]})


@rest("POST", "/services/data/{version}/composite/tree/{object}", id="composite.tree", evidence=Evidence.CLIENT_SOURCE)
def tree(org: Org, request: Request) -> Response:
    """Make records with their children, up to 200 in five levels; any failure makes none."""
    kind = org.kind(request.params["object"])
    records = json_object(request).get("records")
    if not isinstance(records, list):
        raise cannot_deserialize("list", records)
    savepoint = Savepoint(org)
    planting = _Planting(org, writer_of(org, request))
    try:
        _plant_all(planting, kind, records, {}, 1)
    except ApiError:
        savepoint.rollback()
        raise
    if planting.errors:
        savepoint.rollback()
        return reply(request, {"hasErrors": True, "results": planting.errors}, 400)
    return reply(request, {"hasErrors": False, "results": planting.made}, 201)


def _plant_all(planting: _Planting, kind: Kind, records: list[Any], parent: dict[str, str], level: int) -> None:
    if level > MOST_LEVELS:
        raise ApiError("INVALID_INPUT", f"a tree may be {MOST_LEVELS} levels deep")
    for record in records:
        if not isinstance(record, dict):
            raise cannot_deserialize("SObject", record)
        if len(planting.made) + len(planting.errors) >= MOST_RECORDS:
            raise ApiError("INVALID_INPUT", f"at most {MOST_RECORDS} records may be in a tree")
        _plant(planting, kind, record, parent, level)


def _plant(planting: _Planting, kind: Kind, record: dict[str, Any], parent: dict[str, str], level: int) -> None:
    about = record.get("attributes")
    name = str(about.get("referenceId", "")) if isinstance(about, dict) else ""
    if not name or name in planting.names:
        text = f"Duplicate ReferenceId provided in the request. Please provide unique ReferenceIds: {name}" if name else (
            "Include a reference ID for each record in the request."
        )
        planting.refuse(name, ApiError("INVALID_INPUT", text), record)
        return
    planting.names.add(name)
    children = {k: v["records"] for k, v in record.items() if isinstance(v, dict) and isinstance(v.get("records"), list)}
    own = {k: v for k, v in record.items() if k not in children}
    try:
        row = saving.create(planting.org, kind, {**own, **parent}, planting.writer)
    except ApiError as error:
        planting.refuse(name, error, own)
        return
    planting.made.append({"referenceId": name, "id": row.id})
    for relationship, records in children.items():
        child = next((c for c in kind.children if (c.relationship or "").lower() == relationship.lower()), None)
        if child is None:
            text = f"No such column '{relationship}' on sobject of type {kind.name}"
            planting.refuse(name, ApiError("INVALID_FIELD", text), own)
            continue
        _plant_all(planting, planting.org.kinds[child.kind], records, {child.column: row.id}, level + 1)
