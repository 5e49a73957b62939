"""Search over the wire: SOSL by GET, and the parameterised search by GET and POST."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...wire import Evidence, Request, Response
from .errors import ApiError, cannot_deserialize, json_object, reply, rest
from .kinds import Kind
from .org import Org
from .queries import OrgSource
from .soql.errors import LocatedError
from .sosl import Returning, Searched, parse_statement, run_search
from .sosl.parse import MOST_RESULTS, Spec
from .wire import version_number

_NOTE = "whole words, in order of creation: no stemming, ranking or spelling; WITH clauses are refused"
GROUPS = frozenset({"ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR"})


@rest("GET", "/services/data/{version}/search", id="search.sosl", evidence=Evidence.CLIENT_RUN, note=_NOTE)
def sosl(org: Org, request: Request) -> Response:
    """Run a SOSL statement; before version 37 the answer is the bare list."""
    text = request.arg("q")
    if text is None:
        raise ApiError("MALFORMED_SEARCH", "No search string found.", hint="send the statement in `q`")
    version = request.params["version"]
    records = run_for(org, org.acting_user(request), version, text)
    return reply(request, {"searchRecords": records} if version_number(version) >= 37 else records)


def run_for(org: Org, user_id: str, version: str, text: str) -> list[dict[str, Any]]:
    """Return the records that a SOSL statement finds for a user. Raises ApiError in the vendor's words."""
    try:
        statement = parse_statement(text)
        specs = statement.specs or tuple(Spec(k.name, 0) for k in _searchable(org))
        returning = [Returning(_kind(org, spec), spec) for spec in specs]
        return _found(org, user_id, version, statement.words, statement.group, returning, statement.limit)
    except LocatedError as error:
        refusal = error.in_query(text)
        raise ApiError(refusal.code, refusal.message, hint=refusal.hint) from None


def is_searchable(kind: Kind) -> bool:
    """Tell whether a search may name the object."""
    return not kind.closed and kind.name_field is not None


def _searchable(org: Org) -> list[Kind]:
    return [k for k in org.kinds.values() if is_searchable(k)]


def _kind(org: Org, spec: Spec) -> Kind:
    kind = org.by_lower.get(spec.name.lower())
    if kind is None or not is_searchable(kind):
        text = f"sObject type '{spec.name}' is not supported."
        raise LocatedError(text, code="INVALID_TYPE", at=spec.at, hint=f"searchable: {', '.join(k.name for k in _searchable(org))}")
    return kind


def _found(
    org: Org, user_id: str, version: str, words: str, group: str, returning: list[Returning], limit: int
) -> list[dict[str, Any]]:
    source = OrgSource(org, user_id, version)
    nulls = bool(org.settings["not_equal_matches_null"])
    lag_s = org.settings["search_index_lag_s"]
    indexed_ms = org.clock.now_ms() - int(lag_s * 1000) if lag_s else None
    searched: Searched = run_search(
        source, words, group, returning, limit, nulls_match=nulls, indexed_ms=indexed_ms
    )
    for row in (*searched.rows, *searched.related):
        org.served(row)
    for assumption in sorted(searched.assumed):
        org.rests_on(f"salesforce.{assumption}")
    return searched.records


# -- parameterised search --------------------------------------------------------------------------------


@rest("GET", "/services/data/{version}/parameterizedSearch", id="search.parameters", evidence=Evidence.DOCUMENT, note=_NOTE)
def by_parameters(org: Org, request: Request) -> Response:
    """Search for words; objects, fields and limits stand in the address (`sobject=Contact&Contact.fields=id,name`)."""
    asked: dict[str, Any] = dict(request.query)
    names = request.args("sobject")
    asked["sobjects"] = [
        {"name": name, **{part: asked[f"{name}.{part}"] for part in _PARTS if f"{name}.{part}" in asked}} for name in names
    ]
    return _parameterised(org, request, asked)


@rest("POST", "/services/data/{version}/parameterizedSearch", id="search.parameters_by_post", evidence=Evidence.DOCUMENT,
      note=_NOTE)
def by_body(org: Org, request: Request) -> Response:
    """Search for words; everything stands in the body."""
    return _parameterised(org, request, json_object(request))


_PARTS = ("fields", "where", "orderBy", "limit")
_GLOBAL = frozenset({"q", "in", "fields", "sobject", "sobjects", "overallLimit", "defaultLimit", "spellCorrection"})


def _parameterised(org: Org, request: Request, asked: Mapping[str, Any]) -> Response:
    version = request.params["version"]
    unknown = sorted(k for k in asked if k not in _GLOBAL and k.rpartition(".")[2] not in _PARTS)
    if unknown:
        raise ApiError("INVALID_SEARCH", f"Unsupported search parameter: {', '.join(unknown)}", hint="not mocked")
    words, group = asked.get("q"), str(asked.get("in") or "ALL").upper()
    if not isinstance(words, str) or not words.strip():
        raise ApiError("MALFORMED_SEARCH", "No search string found.", hint="send the words in `q`")
    if group not in GROUPS:
        raise ApiError("INVALID_SEARCH", f"Malformed search token: {group}", hint=f"in: {', '.join(sorted(GROUPS))}")
    specs = list(_specs(org, asked))
    try:
        returning = [Returning(_kind(org, spec), spec) for spec in specs]
        limit = min(_number(asked.get("overallLimit"), MOST_RESULTS), MOST_RESULTS)
        records = _found(org, org.acting_user(request), version, words, group, returning, limit)
    except LocatedError as error:
        # There is no statement to point into.
        raise ApiError(error.code, error.message, hint=error.hint) from None
    return reply(request, {"searchRecords": records} if version_number(version) >= 37 else records)


def _specs(org: Org, asked: Mapping[str, Any]) -> Iterable[Spec]:
    objects = asked.get("sobjects") or [{"name": k.name} for k in _searchable(org)]
    if not isinstance(objects, list):
        raise cannot_deserialize("list", objects)
    default = asked.get("defaultLimit")
    for about in objects:
        if not isinstance(about, dict) or not isinstance(about.get("name"), str):
            raise cannot_deserialize("SObject", about)
        fields = about.get("fields") or asked.get("fields") or ""
        fields = ", ".join(map(str, fields)) if isinstance(fields, list) else str(fields)
        limit = about.get("limit", default)
        rest_of = [f"WHERE {about['where']}"] if about.get("where") else []
        rest_of += [f"ORDER BY {about['orderBy']}"] if about.get("orderBy") else []
        rest_of += [f"LIMIT {_number(limit, MOST_RESULTS)}"] if limit is not None else []
        yield Spec(about["name"], 0, fields, 0, " ".join(rest_of), 0)


def _number(value: Any, default: int) -> int:
    if value is None:
        return default
    text = str(value)
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise ApiError("INVALID_SEARCH", f"Invalid limit: {text}")
    return int(text)
