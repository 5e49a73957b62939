"""What callers ask of a Bulk 2.0 job in JSON, read and refused in the vendor's words."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from ....wire import Evidence, Handler, Request, Response
from ..columns import Column
from ..errors import ApiError, json_object, not_found, rest
from ..kinds import Kind
from ..org import Org
from ..wire import version_number
from .tables import DELIMITERS, ENDINGS

# The versions in which the two halves of Bulk 2.0 appeared.
INGEST_SINCE, QUERY_SINCE = 41, 47


def bulk(
    method: str, path: str, *, id: str, evidence: Evidence, since: int, note: str = "", probe: str = ""
) -> Callable[[Callable[[Any, Request], Response]], Handler]:
    """Declare a Bulk 2.0 operation under `/services/data/{version}/jobs`, unknown before version ``since``."""

    def declare(function: Callable[[Any, Request], Response]) -> Handler:
        @functools.wraps(function)
        def guarded(org: Any, request: Request) -> Response:
            if version_number(request.params["version"]) < since:
                raise not_found(hint=f"this part of Bulk API 2.0 exists since version {since}.0")
            return function(org, request)

        whole = f"/services/data/{{version}}/jobs{path}"
        return rest(method, whole, id=id, evidence=evidence, note=note, probe=probe)(guarded)

    return declare


def asked(request: Request, known: frozenset[str]) -> dict[str, Any]:
    """Return the JSON body. Raises ApiError for a key that is not ``known``."""
    return known_only(json_object(request), known)


def known_only(body: dict[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """Return ``body``. Raises ApiError JSON_PARSER_ERROR for a key that is not ``known``."""
    for name in body:
        if name not in known:
            raise ApiError("JSON_PARSER_ERROR", f'Unrecognized field "{name}" at [line:1, column:2]')
    return body


def chosen(body: Mapping[str, Any], name: str, allowed: Mapping[str, Any] | tuple[str, ...], default: str = "") -> str:
    """Return the value of an enumerated property. Raises ApiError API_ERROR as recorded for a value that is none."""
    value = body.get(name)
    if value is None and default:
        return default
    if not isinstance(value, str) or value not in allowed:
        raise ApiError("API_ERROR", "Value does not match expected type at [line:1, column:2]",
                       hint=f"{name}: one of {', '.join(allowed)}")
    return value


def text_of(body: Mapping[str, Any], name: str) -> str | None:
    """Return a property that is a text or absent. Raises ApiError API_ERROR for anything else."""
    value = body.get(name)
    if value is None or isinstance(value, str):
        return value or None
    raise ApiError("API_ERROR", "Value does not match expected type at [line:1, column:2]", hint=f"{name} is a text")


def table_format(body: Mapping[str, Any]) -> tuple[str, str]:
    """Return the names of column delimiter and line ending. Raises ApiError, for a content type other than CSV too."""
    chosen(body, "contentType", ("CSV",), "CSV")
    return chosen(body, "columnDelimiter", DELIMITERS, "COMMA"), chosen(body, "lineEnding", ENDINGS, "LF")


def entity(org: Org, name: str | None) -> Kind:
    """Return the object of a job. Raises ApiError INVALIDENTITY."""
    found = org.by_lower.get((name or "").lower())
    if found is None:
        raise ApiError("INVALIDENTITY", f"Entity '{name or ''}' is not supported by the Bulk API.")
    return found


def key_of(org: Org, kind: Kind, operation: str, name: str | None) -> Column | None:
    """Return the field by which an upsert finds records, None for other operations. Raises ApiError INVALIDJOB."""
    if operation != "upsert":
        return None
    if not name:
        text = f"External ID was blank for {kind.name}. An External ID must be specified for upsert."
        raise ApiError("INVALIDJOB", text)
    column = kind.find(name)
    if column is None or not (column.is_key or column.name == "Id"):
        org.rests_on("salesforce.bulk.wording")
        text = f"Field name provided, {name} does not match an External ID, Salesforce Id, or indexed field for {kind.name}"
        raise ApiError("INVALIDJOB", text)
    return column


def refuse_hard_delete(org: Org, operation: str) -> None:
    """Refuse hardDelete when the user lacks the permission `Bulk API Hard Delete`."""
    if operation == "hardDelete" and not org.settings["bulk_hard_delete"]:
        text = "hardDelete operation requires special user profile permission, please contact your system administrator"
        raise ApiError("FEATURENOTENABLED", text)
