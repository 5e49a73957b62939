"""Several calls in one: composite (with references between them), batch, and the record tree."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from ...wire import Evidence, Request, Response
from . import saving
from .errors import ApiError, cannot_deserialize, json_object, reply, rest
from .kinds import Kind
from .org import Org
from .rows import writer_of
from .saving import Writer
from .transaction import Savepoint, as_flag

COMPOSITE = "/services/data/{version}/composite"
MOST_CALLS, MOST_QUERIES, MOST_TREE = 25, 5, 200
_REFERENCE = re.compile(r"@\{([^}]+)\}")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_HALTED = ApiError(
    "PROCESSING_HALTED",
    "The transaction was rolled back since another operation in the same transaction failed.",
)


class MissingReferenceError(Exception):
    """A call refers to something that an earlier call did not give."""


@rest("POST", COMPOSITE, id="composite.composite", evidence=Evidence.CLIENT_RUN, probe="16",
      note="no graph; collateSubrequests changes nothing")
def composite(org: Org, request: Request) -> Response:
    """Do up to 25 calls in order; with allOrNone a failure undoes them all."""
    body = json_object(request)
    calls = body.get("compositeRequest")
    if not isinstance(calls, list) or not all(isinstance(c, dict) for c in calls):
        raise cannot_deserialize("list", calls)
    _check_calls(calls)
    savepoint = Savepoint(org)
    results: dict[str, Any] = {}
    answers = [_call(org, request, call, results) for call in calls]
    if as_flag(body.get("allOrNone", False)) and any(a["httpStatusCode"] >= 300 for a in answers):
        savepoint.rollback()
        answers = [a if a["httpStatusCode"] >= 300 else _halted(org, a) for a in answers]
    return reply(request, {"compositeResponse": answers})


def _check_calls(calls: list[dict[str, Any]]) -> None:
    if len(calls) > MOST_CALLS:
        text = f"Limit exceeded. The number of subrequests is {len(calls)}, the maximum is {MOST_CALLS}"
        raise ApiError("LIMIT_EXCEEDED", text)
    heavy = [c for c in calls if re.search(r"/(query|queryAll|composite/sobjects)\b", str(c.get("url", "")))]
    if len(heavy) > MOST_QUERIES:
        text = f"Limit exceeded. At most {MOST_QUERIES} subrequests may be queries or collections, not {len(heavy)}"
        raise ApiError("LIMIT_EXCEEDED", text)
    names = [str(c.get("referenceId", "")) for c in calls]
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name) or names.count(name) > 1:
            raise ApiError("INVALID_REFERENCE_ID", f"Provided referenceId ('{name}') is missing, repeated or malformed")


def _call(org: Org, request: Request, call: dict[str, Any], results: dict[str, Any]) -> dict[str, Any]:
    name = str(call["referenceId"])
    try:
        url = _filled_text(str(call.get("url", "")), results, name, in_url=True)
        payload = _filled(call.get("body"), results, name)
    except MissingReferenceError as error:
        org.refused(name, "PROCESSING_HALTED", str(error))
        return _answer(name, 400, [{"errorCode": "PROCESSING_HALTED", "message": str(error)}], {})
    inner = _inner(request, str(call.get("method", "GET")).upper(), url, payload, call.get("httpHeaders"))
    if inner.segments[3:4] == ("composite",) and inner.segments[4:5] != ("sobjects",):
        text = "Calls of this kind are not allowed inside a composite request"
        org.refused(name, "INVALID_BATCH_REQUEST", text)
        return _answer(name, 400, [{"errorCode": "INVALID_BATCH_REQUEST", "message": text}], {})
    response = org.perform(inner)
    shown = orjson.loads(response.body) if response.body else None
    if response.status < 300:
        results[name] = shown
    headers = {k: v for k, v in response.headers if k == "Location"}
    return _answer(name, response.status, shown, headers)


def _answer(name: str, status: int, body: Any, headers: dict[str, str]) -> dict[str, Any]:
    return {"body": body, "httpHeaders": headers, "httpStatusCode": status, "referenceId": name}


def _halted(org: Org, answer: dict[str, Any]) -> dict[str, Any]:
    org.refused(answer["referenceId"], _HALTED.code, _HALTED.message)
    return _answer(answer["referenceId"], 400, [_HALTED.rest()], {})


def _inner(request: Request, method: str, url: str, payload: Any, headers: Any) -> Request:
    parts = urlsplit(url)
    extra = {str(k).lower(): str(v) for k, v in headers.items()} if isinstance(headers, dict) else {}
    body = b"" if payload is None else orjson.dumps(payload)
    inner = Request(method, parts.path, parts.query, extra, body, request.base_url)
    inner.headers.setdefault("authorization", request.headers.get("authorization", ""))
    return inner


def _filled(value: Any, results: dict[str, Any], name: str) -> Any:
    if isinstance(value, str):
        whole = _REFERENCE.fullmatch(value)
        return _looked_up(whole.group(1), results, name) if whole else _filled_text(value, results, name)
    if isinstance(value, dict):
        return {k: _filled(v, results, name) for k, v in value.items()}
    if isinstance(value, list):
        return [_filled(v, results, name) for v in value]
    return value


def _filled_text(text: str, results: dict[str, Any], name: str, *, in_url: bool = False) -> str:
    def fill(match: re.Match[str]) -> str:
        found = str(_looked_up(match.group(1), results, name))
        return quote(found, safe="") if in_url else found

    return _REFERENCE.sub(fill, text)


def _looked_up(path: str, results: dict[str, Any], name: str) -> Any:
    value: Any = results
    for key, index in _STEP.findall(path):
        if index:
            value = value[int(index)] if isinstance(value, list) and int(index) < len(value) else None
        elif isinstance(value, dict):
            value = value[key] if key in value else _any_case(value, key)
        else:
            value = None
        if value is None:
            raise MissingReferenceError(f"Invalid reference specified. No value for {path} found in {name}")
    return value


def _any_case(value: dict[str, Any], key: str) -> Any:
    return next((v for k, v in value.items() if k.lower() == key.lower()), None)


@rest("POST", COMPOSITE + "/batch", id="composite.batch", evidence=Evidence.CLIENT_RUN)
def batch(org: Org, request: Request) -> Response:
    """Do up to 25 independent calls in order; with haltOnError none after the first failure."""
    body = json_object(request)
    calls = body.get("batchRequests")
    if not isinstance(calls, list) or not all(isinstance(c, dict) for c in calls):
        raise cannot_deserialize("list", calls)
    if len(calls) > MOST_CALLS:
        text = f"Limit exceeded. The number of subrequests is {len(calls)}, the maximum is {MOST_CALLS}"
        raise ApiError("LIMIT_EXCEEDED", text)
    halt, failed = as_flag(body.get("haltOnError", False)), False
    results: list[dict[str, Any]] = []
    for at, call in enumerate(calls):
        if halt and failed:
            error = {"errorCode": "BATCH_PROCESSING_HALTED", "message": "Batch processing halted by an earlier failure"}
            org.refused(f"#{at}", error["errorCode"], error["message"])
            results.append({"statusCode": 412, "result": [error]})
            continue
        url = str(call.get("url", "")).lstrip("/")
        whole = f"/{url}" if url.startswith("services/") else f"/services/data/{url}"
        inner = _inner(request, str(call.get("method", "GET")).upper(), whole, call.get("richInput"), None)
        response = org.perform(inner)
        failed = failed or response.status >= 300
        result = orjson.loads(response.body) if response.body else None
        results.append({"statusCode": response.status, "result": result})
    return reply(request, {"hasErrors": failed, "results": results})


@rest("POST", COMPOSITE + "/tree/{object}", id="composite.tree", evidence=Evidence.CLIENT_RUN)
def tree(org: Org, request: Request) -> Response:
    """Make records with their children; any failure makes none."""
    kind = org.kind(request.params["object"])
    records = json_object(request).get("records")
    if not isinstance(records, list) or not all(isinstance(r, dict) for r in records):
        raise cannot_deserialize("list", records)
    savepoint = Savepoint(org)
    made: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for record in records:
        _plant(org, kind, record, {}, writer_of(org, request), made, errors)
    if len(made) + len(errors) > MOST_TREE:
        savepoint.rollback()
        raise ApiError("INVALID_INPUT", f"at most {MOST_TREE} records may be in a tree")
    if errors:
        savepoint.rollback()
        return reply(request, {"hasErrors": True, "results": errors}, 400)
    return reply(request, {"hasErrors": False, "results": made}, 201)


def _plant(
    org: Org, kind: Kind, record: dict[str, Any], parent: dict[str, str], writer: Writer,
    made: list[dict[str, Any]], errors: list[dict[str, Any]],
) -> None:
    about = record.get("attributes")
    name = str(about.get("referenceId", "")) if isinstance(about, dict) else ""
    children = {k: v["records"] for k, v in record.items() if isinstance(v, dict) and isinstance(v.get("records"), list)}
    own = {k: v for k, v in record.items() if k not in children}
    try:
        row = saving.create(org, kind, {**own, **parent}, writer)
    except ApiError as error:
        org.refused(name, error.code, error.message)
        errors.append({"referenceId": name, "errors": [error.item()]})
        return
    made.append({"referenceId": name, "id": row.id})
    for relationship, records in children.items():
        child = next((c for c in kind.children if (c.relationship or "").lower() == relationship.lower()), None)
        if child is None:
            unknown = ApiError("INVALID_FIELD", f"No such column '{relationship}' on sobject of type {kind.name}")
            org.refused(name, unknown.code, unknown.message)
            errors.append({"referenceId": name, "errors": [unknown.item()]})
            continue
        for inner in records:
            _plant(org, org.kinds[child.kind], inner, {child.column: row.id}, writer, made, errors)
