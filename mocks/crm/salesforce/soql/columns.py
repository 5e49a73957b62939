"""``columns=true``: the second question the Salesforce CLI asks about a query (recorded shape, research finding 3)."""

from __future__ import annotations

from typing import Any

from .source import ColumnShape, QueryResult

_APEX_TYPES = {
    "id": "Id",
    "reference": "Id",
    "boolean": "Boolean",
    "int": "Integer",
    "long": "Long",
    "double": "Double",
    "currency": "Double",
    "percent": "Double",
    "date": "Date",
    "datetime": "Datetime",
    "address": "Address",
}
_NUMBERS = frozenset({"int", "long", "double", "currency", "percent"})
_TEXTS = frozenset({"string", "textarea", "email", "phone", "url", "picklist", "multipicklist", "combobox"})


def column_metadata(result: QueryResult, key_prefix: str | None) -> dict[str, Any]:
    """Return the body of ``GET /query?q=...&columns=true``; ``key_prefix`` is that of the queried sObject."""
    return {
        "columnMetadata": [_column(shape) for shape in result.columns],
        "entityName": result.kind,
        "groupBy": result.grouped,
        "idSelected": any(shape.name == "Id" and not shape.aggregate for shape in result.columns),
        "keyPrefix": key_prefix,
    }


def _column(shape: ColumnShape) -> dict[str, Any]:
    kind = shape.vendor_type.lower()
    return {
        "aggregate": shape.aggregate,
        "apexType": _APEX_TYPES.get(kind, "String" if kind else None),
        "booleanType": kind == "boolean",
        "columnName": shape.name,
        "custom": shape.custom,
        "displayName": shape.display,
        "foreignKeyName": None,
        "insertable": shape.insertable,
        "joinColumns": [_column(inner) for inner in shape.joined],
        "numberType": kind in _NUMBERS,
        "textType": kind in _TEXTS,
        "updatable": shape.updatable,
    }
