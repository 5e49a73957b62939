"""Several calls in one: composite (with references between them) and batch."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from ...wire import Evidence, Request, Response
from .errors import ApiError, cannot_deserialize, json_object, refusal, reply, rest
from .org import Org
from .transaction import Savepoint, as_flag

COMPOSITE = "/services/data/{version}/composite"
MOST_CALLS, MOST_QUERIES, MOST_DEPTH = 25, 5, 64
# Resources that may be called inside another call.
_INSIDE = frozenset({"sobjects", "query", "queryAll", "search", "parameterizedSearch", "limits", "recent", "composite"})
_SHOWN_HEADERS = frozenset({"Location", "ETag", "Last-Modified"})
_REFERENCE = re.compile(r"@\{([^}]+)\}")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d{1,9})\]")
_HALTED = ApiError(
    "PROCESSING_HALTED",
    "The transaction was rolled back since another operation in the same transaction failed.",
)
_NOT_INSIDE = ApiError("INVALID_BATCH_REQUEST", "Calls of this kind are not allowed inside a batch request")


class MissingReferenceError(Exception):
    """A call refers to something that an earlier call did not give."""


@rest("POST", COMPOSITE, id="composite.composite", evidence=Evidence.CLIENT_RUN, probe="16",
      note="collateSubrequests changes nothing")
def composite(org: Org, request: Request) -> Response:
    """Do up to 25 calls in order; with allOrNone the first failure ends the request and undoes it."""
    body = json_object(request)
    check_depth(body)
    calls = calls_in(body)
    _check_calls(calls)
    answers, _failed = perform_calls(org, request, calls, all_or_none=as_flag(body.get("allOrNone", False)))
    return reply(request, {"compositeResponse": answers})


def calls_in(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the calls of a composite request or of one graph. Raises ApiError when they are no list of objects."""
    calls = body.get("compositeRequest")
    if not isinstance(calls, list) or not all(isinstance(c, dict) for c in calls):
        raise cannot_deserialize("list", calls)
    return calls


def check_depth(body: Any) -> None:
    """Refuse a body that is nested deeper than any call can be. Raises ApiError."""
    level, depth = [body], 0
    while level:
        depth += 1
        if depth > MOST_DEPTH:
            raise ApiError("JSON_PARSER_ERROR", f"The request is nested deeper than {MOST_DEPTH} levels")
        level = [
            inner for value in level if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value) if isinstance(inner, dict | list)
        ]


def perform_calls(
    org: Org, request: Request, calls: list[dict[str, Any]], *, all_or_none: bool
) -> tuple[list[dict[str, Any]], bool]:
    """Do calls in order and return their answers, and whether one of them failed.

    With ``all_or_none`` the first failure ends the work: nothing of it stays, and the others are answered as halted.
    """
    savepoint = Savepoint(org)
    results: dict[str, Any] = {}
    answers: list[dict[str, Any]] = []
    failed_at: int | None = None
    for at, call in enumerate(calls):
        answer = _call(org, request, call, results, all_or_none=all_or_none)
        answers.append(answer)
        if _has_failed(org, answer, all_or_none=all_or_none) and failed_at is None:
            failed_at = at
            if all_or_none:
                break
    if all_or_none and failed_at is not None:
        savepoint.rollback()
        names = [str(c["referenceId"]) for c in calls]
        answers = [answers[at] if at == failed_at else _halted(org, name) for at, name in enumerate(names)]
    return answers, failed_at is not None


def _has_failed(org: Org, answer: dict[str, Any], *, all_or_none: bool) -> bool:
    if answer["httpStatusCode"] >= 300:
        return True
    body = answer["body"]
    refused = isinstance(body, list) and any(isinstance(r, dict) and r.get("success") is False for r in body)
    if refused and all_or_none:
        # A collection answers 200 whatever happens; the vendor says only that allOrNone reaches into it.
        org.rests_on("salesforce.all_or_none_reaches_into_collections")
    return refused and all_or_none


def _check_calls(calls: list[dict[str, Any]]) -> None:
    if len(calls) > MOST_CALLS:
        text = f"Limit exceeded. The number of subrequests is {len(calls)}, the maximum is {MOST_CALLS}"
        raise ApiError("LIMIT_EXCEEDED", text)
    heavy = [c for c in calls if re.search(r"/(query|queryAll|composite/sobjects)\b", str(c.get("url", "")))]
    if len(heavy) > MOST_QUERIES:
        text = f"Limit exceeded. At most {MOST_QUERIES} subrequests may be queries or collections, not {len(heavy)}"
        raise ApiError("LIMIT_EXCEEDED", text)
    check_names(calls)


def check_names(calls: list[dict[str, Any]]) -> None:
    """Refuse calls without a name of their own: letters, digits, underscores and hyphens. Raises ApiError."""
    names = [str(c.get("referenceId", "")) for c in calls]
    often = Counter(names)
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name) or often[name] > 1:
            raise ApiError("INVALID_REFERENCE_ID", f"Provided referenceId ('{name}') is missing, repeated or malformed")


def _call(
    org: Org, request: Request, call: dict[str, Any], results: dict[str, Any], *, all_or_none: bool
) -> dict[str, Any]:
    name = str(call["referenceId"])
    try:
        url = _filled_text(str(call.get("url", "")), results, name, in_url=True)
        payload = _filled(call.get("body"), results, name)
    except MissingReferenceError as error:
        org.refused(name, "PROCESSING_HALTED", str(error))
        return _answer(name, 400, [{"errorCode": "PROCESSING_HALTED", "message": str(error)}], {})
    inner = inner_request(org, request, call, url, payload, call.get("httpHeaders"))
    if inner is None:
        text = "Calls of this kind are not allowed inside a composite request"
        org.refused(name, "INVALID_BATCH_REQUEST", text)
        return _answer(name, 400, [{"errorCode": "INVALID_BATCH_REQUEST", "message": text}], {})
    if all_or_none and inner.segments[3:5] == ("composite", "sobjects"):
        _make_all_or_none(inner, payload)
    response = org.perform(inner)
    shown = orjson.loads(response.body) if response.body else None
    if response.status < 300:
        results[name] = shown
    headers = {k: v for k, v in response.headers if k in _SHOWN_HEADERS}
    return _answer(name, response.status, shown, headers)


def _make_all_or_none(inner: Request, payload: Any) -> None:
    if isinstance(payload, dict):
        inner.body = orjson.dumps({**payload, "allOrNone": True})
    else:
        inner.query_string = f"{inner.query_string}&allOrNone=true"


def _answer(name: str, status: int, body: Any, headers: dict[str, str]) -> dict[str, Any]:
    return {"body": body, "httpHeaders": headers, "httpStatusCode": status, "referenceId": name}


def _halted(org: Org, name: str) -> dict[str, Any]:
    org.refused(name, _HALTED.code, _HALTED.message)
    return _answer(name, 400, [_HALTED.rest()], {})


def inner_request(
    org: Org, request: Request, call: dict[str, Any], url: str, payload: Any, headers: Any = None
) -> Request | None:
    """Return the request that a call stands for, or None when such a call may not stand inside another."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    extra = {str(k).lower(): str(v) for k, v in headers.items()} if isinstance(headers, dict) else {}
    body = b"" if payload is None else orjson.dumps(payload)
    inner = Request(str(call.get("method", "GET")).upper(), parts.path, parts.query, extra, body, request.base_url)
    inner.headers.setdefault("authorization", request.headers.get("authorization", ""))
    segments = inner.segments
    if segments[3:4] == ("composite",) and segments[4:5] != ("sobjects",):
        return None
    is_inside = segments[:2] == ("services", "data") and (len(segments) < 4 or segments[3] in _INSIDE)
    # What nobody knows is refused as that, with a hint.
    return inner if is_inside or org.router.match(inner.method, segments) is None else None


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
    check_depth(body)
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
        inner = inner_request(org, request, call, whole, call.get("richInput"))
        response = org.perform(inner) if inner is not None else refusal(org, request, _NOT_INSIDE)
        failed = failed or response.status >= 300
        result = orjson.loads(response.body) if response.body else None
        results.append({"statusCode": response.status, "result": result})
    return reply(request, {"hasErrors": failed, "results": results})
