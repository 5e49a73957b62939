"""The Tooling API as far as the command line asks: queries over what describes the org, and a refusal of all else.

The CLI asks for `SandboxProcess` and lives with the refusal (research `salesforce.md` finding 18). `EntityDefinition`
and `FieldDefinition` are answered from the objects of this org; the fields of these two stand in `_OBJECTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from ...journal import Row
from ...schema import FieldInfo
from ...wire import Evidence, Request, Response
from .columns import Column, parse_column
from .errors import ApiError, not_found, reply, rest
from .kinds import Kind
from .org import Org
from .soql import SoqlError, run_query
from .soql.columns import column_metadata

ROOT = "/services/data/{version}/tooling"
_NOTE = "EntityDefinition and FieldDefinition only, without the restrictions that a real org puts on their filters"
_OBJECTS = {
    "EntityDefinition": (
        "Id id readonly", "DurableId string(18) readonly", "QualifiedApiName string(70) readonly namefield",
        "DeveloperName string(70) readonly", "NamespacePrefix string(15) readonly", "Label string(80) readonly",
        "PluralLabel string(80) readonly", "KeyPrefix string(3) readonly", "IsQueryable boolean readonly",
        "IsSearchable boolean readonly", "IsCustomSetting boolean readonly",
    ),
    "FieldDefinition": (
        "Id id readonly", "DurableId string(40) readonly", "QualifiedApiName string(70) readonly namefield",
        "DeveloperName string(70) readonly", "NamespacePrefix string(15) readonly", "Label string(80) readonly",
        "Length int readonly", "IsNillable boolean readonly", "IsCalculated boolean readonly",
        "EntityDefinitionId reference(EntityDefinition) readonly",
    ),
}
_COLUMNS: dict[str, dict[str, Column]] = {
    name: {c.name: c for c in map(parse_column, lines)} for name, lines in _OBJECTS.items()
}


@rest("GET", ROOT + "/query", id="tooling.query", evidence=Evidence.CLIENT_RUN, note=_NOTE)
def query(org: Org, request: Request) -> Response:
    """Run a query over the definitions; every other object is refused as unknown."""
    text = request.arg("q")
    if text is None:
        raise ApiError("MALFORMED_QUERY", "A query string has to be specified", hint="send the query in `q`")
    source = DefinitionSource(org, org.acting_user(request), request.params["version"])
    try:
        result = run_query(source, text, nulls_match_not_equal=bool(org.settings["not_equal_matches_null"]))
    except SoqlError as error:
        hint = error.hint or (f"tooling objects mocked: {', '.join(_OBJECTS)}" if error.code == "INVALID_TYPE" else "")
        raise ApiError(error.code, error.message, hint=hint) from None
    for assumption in result.assumed:
        org.rests_on(f"salesforce.{assumption}")
    if request.arg("columns") == "true":
        return reply(request, column_metadata(result, None))
    if result.is_count:
        return reply(request, {"size": result.total, "totalSize": result.total, "done": True, "records": []})
    body = {
        "size": len(result.records), "totalSize": result.total, "done": True, "queryLocator": None,
        "entityTypeName": result.kind, "records": result.records,
    }
    return reply(request, body)


@rest("GET", ROOT + "/sobjects", id="tooling.sobjects", evidence=Evidence.DOCUMENT, note=_NOTE)
def sobjects(org: Org, request: Request) -> Response:  # noqa: ARG001 (one signature for all)
    """List the tooling objects that are mocked."""
    version = request.params["version"]
    body = {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [_entry(name, version) for name in _OBJECTS]}
    return reply(request, body)


@rest("GET", ROOT + "/sobjects/{object}/describe", id="tooling.describe", evidence=Evidence.DOCUMENT, note=_NOTE)
def describe(org: Org, request: Request) -> Response:  # noqa: ARG001
    """Describe a tooling object: its name, flags and fields."""
    name = next((n for n in _OBJECTS if n.lower() == request.params["object"].lower()), None)
    if name is None:
        raise not_found(hint=f"tooling objects mocked: {', '.join(_OBJECTS)}")
    fields = [
        {"label": c.info.label, "length": c.info.max_length or 0, "name": c.name, "nillable": True,
         "referenceTo": list(c.info.reference_to), "relationshipName": c.relationship, "type": c.info.vendor_type,
         "createable": False, "updateable": False, "calculated": c.calculated, "custom": False, "picklistValues": []}
        for c in _COLUMNS[name].values()
    ]
    return reply(request, {**_entry(name, request.params["version"]), "fields": fields, "childRelationships": []})


def _entry(name: str, version: str) -> dict[str, Any]:
    root = f"/services/data/{version}/tooling/sobjects/{name}"
    return {
        "createable": False, "custom": False, "deletable": False, "keyPrefix": None, "label": name, "labelPlural": name,
        "name": name, "queryable": True, "retrieveable": True, "searchable": False, "updateable": False,
        "urls": {"sobject": root, "describe": f"{root}/describe", "rowTemplate": f"{root}/{{ID}}"},
    }


class DefinitionSource:
    """The objects and fields of an org, told as rows to the SOQL engine."""

    def __init__(self, org: Org, user_id: str, version: str) -> None:
        self._org = org
        self._version = version
        self.user_id = user_id
        self.now: Callable[[], datetime] = org.clock.now

    def kind(self, name: str) -> str | None:
        """Return the canonical object name, or None."""
        return next((n for n in _OBJECTS if n.lower() == name.lower()), None)

    def fields(self, kind: str) -> Mapping[str, FieldInfo]:
        """Return the fields by canonical name."""
        return {n: c.info for n, c in _COLUMNS[kind].items()}

    def parent(self, kind: str, relationship: str) -> tuple[str, tuple[str, ...]] | None:
        """Return (foreign key, possible parents) of a relationship."""
        for column in _COLUMNS[kind].values():
            if column.relationship is not None and column.relationship.lower() == relationship.lower():
                return column.name, column.info.reference_to
        return None

    def children(self, kind: str, relationship: str) -> tuple[str, str] | None:
        """Return None: no child relationship is mocked."""
        del kind, relationship
        return None

    def rows(self, kind: str, deleted: bool) -> Iterable[Row]:
        """Return a row per object, or per field that the user may see."""
        del deleted
        for known in self._org.kinds.values():
            if kind == "EntityDefinition":
                yield _entity_row(known)
            else:
                yield from (_field_row(known, c) for n, c in known.columns.items() if n not in known.hidden)

    def get(self, kind: str, record_id: str) -> Row | None:
        """Return a definition by its durable id."""
        if kind == "EntityDefinition":
            known = self._org.kinds.get(record_id)
            return _entity_row(known) if known else None
        return next((r for r in self.rows(kind, False) if r.id == record_id), None)

    def lookup(self, kind: str, field: str, value: object) -> Iterable[Row] | None:
        """Return None: there is no index."""
        del kind, field, value
        return None

    def row_url(self, kind: str, record_id: str) -> str:
        """Return the address that `attributes` shows."""
        return f"/services/data/{self._version}/tooling/sobjects/{kind}/{record_id}"

    def hidden(self, kind: str, field: str) -> bool:
        """Return False: definitions have no hidden fields."""
        del kind, field
        return False


def _entity_row(kind: Kind) -> Row:
    values = {
        "Id": "000000000000000AAA", "DurableId": kind.name, "QualifiedApiName": kind.name,
        "DeveloperName": kind.name.removesuffix("__c"), "NamespacePrefix": None, "Label": kind.label,
        "PluralLabel": kind.plural, "KeyPrefix": kind.prefix, "IsQueryable": True, "IsSearchable": not kind.closed,
        "IsCustomSetting": False,
    }
    return Row("EntityDefinition", kind.name, values, 1, 0, 0)


def _field_row(kind: Kind, column: Column) -> Row:
    info = column.info
    durable = f"{kind.name}.{info.name}"
    values = {
        "Id": "000000000000000AAA", "DurableId": durable, "QualifiedApiName": info.name,
        "DeveloperName": info.name.removesuffix("__c"), "NamespacePrefix": None, "Label": info.label,
        "Length": info.max_length or 0, "IsNillable": not info.required, "IsCalculated": column.calculated,
        "EntityDefinitionId": kind.name,
    }
    return Row("FieldDefinition", durable, values, 1, 0, 0)
