"""How requests and answers of the objects API look: spellings of paths, bodies, stamps, the guard of a handler."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import orjson

from ...wire import Evidence, Request, Response, operation
from . import errors
from .portal import Portal, iso_ms

__all__ = [
    "VERSIONS", "answers", "batch_answer", "body_of", "inputs_of", "is_dated", "iso_ms", "json_response", "note_refusal", "parsed",
    "refuse", "spellings", "text_of",
]

VERSIONS = ("2025-09", "2026-03", "2026-09")

Answer = Callable[[Any, Request], Response]


def spellings(family: str, rest: str, version: str = "v3") -> tuple[str, ...]:
    """Return all paths of one operation: `/crm/v3/objects...`, `/crm/objects/v3...` and the date-versioned twins."""
    dated = tuple(f"/crm/{family}/{v}{rest}" for v in (version, *VERSIONS))
    return (f"/crm/{version}/{family}{rest}", *dated)


def is_dated(request: Request) -> bool:
    """Tell whether the path is one of the date-versioned twins, which know more object types than v3 (1.2)."""
    return any(segment in VERSIONS for segment in request.segments)


def answers(
    method: str, *paths: str, id: str, evidence: Evidence, note: str = "", probe: str = ""
) -> Callable[[Answer], Answer]:
    """Declare an operation whose function may raise `Refusal`; the refusal is journalled and put into shape."""

    def declare(function: Answer) -> Answer:
        @functools.wraps(function)
        def guarded(dialect: Any, request: Request) -> Response:
            try:
                return function(dialect, request)
            except errors.Refusal as refusal:
                return refuse(dialect, request, refusal)

        return operation(method, *paths, id=id, evidence=evidence, note=note, probe=probe)(guarded)

    return declare


def refuse(dialect: Portal, request: Request, refusal: errors.Refusal) -> Response:
    """Return the refusal as a response and note it in the exchange under way."""
    if not refusal.noted:
        note_refusal(dialect, request.params.get("objectId") or request.params.get("email", ""), refusal)
    return errors.error_response(refusal, dialect.correlation_id())


def note_refusal(dialect: Portal, what: str, refusal: errors.Refusal) -> None:
    """Journal that ``what`` (an id, an address or a trace id) was refused, and what the refusal rests on."""
    dialect.refused(what, refusal.code, refusal.message)
    if refusal.assumed:
        dialect.rests_on(refusal.assumed)
    if refusal.hint and dialect.journal.exchange is not None:
        dialect.journal.exchange.hint = refusal.hint


def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object in the body. Raises `Refusal` as the vendor's parser does."""
    found = parsed(request)
    if not isinstance(found, dict):
        raise errors.wrong_type("java.util.LinkedHashMap", _token(found))
    return found


def parsed(request: Request) -> Any:
    """Return the JSON in the body, whatever its type, but never null."""
    if not request.body:
        raise errors.null_body()
    if "json" not in request.headers.get("content-type", ""):
        raise errors.unsupported_media()
    try:
        found = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise errors.malformed(error.lineno, error.colno, error.msg) from None
    if found is None:
        raise errors.null_body()
    return found


def inputs_of(body: dict[str, Any], limit: int) -> list[dict[str, Any]]:
    """Return `inputs` of a batch: a list of at most ``limit`` objects. Raises `Refusal`."""
    inputs = body.get("inputs")
    if inputs is None:
        raise errors.not_set("inputs")
    if not isinstance(inputs, list):
        raise errors.wrong_type("java.util.ArrayList<java.lang.Object>", _token(inputs))
    for item in inputs:
        if not isinstance(item, dict):
            raise errors.wrong_type("java.util.LinkedHashMap", _token(item))
    if len(inputs) > limit:
        raise errors.too_many_inputs(limit, len(inputs))
    return inputs


def text_of(value: object) -> str:
    """Return an id given as text or number. Raises `Refusal` for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise errors.wrong_type("java.lang.String", _token(value))


def _token(value: object) -> str:
    if isinstance(value, dict):
        return "Object value (token `JsonToken.START_OBJECT`)"
    if isinstance(value, list):
        return "Array value (token `JsonToken.START_ARRAY`)"
    if isinstance(value, bool):
        return f"Boolean value (token `JsonToken.VALUE_{str(value).upper()}`)"
    if isinstance(value, (int, float)):
        return "Number value (token `JsonToken.VALUE_NUMBER_INT`)"
    return "String value (token `JsonToken.VALUE_STRING`)"


def json_response(body: Any, status: int = 200) -> Response:
    """Return ``body`` as compact JSON."""
    return Response(status, orjson.dumps(body))


def batch_answer(
    dialect: Portal, results: list[Any], failures: list[dict[str, Any]], started_ms: int, status: int = 200
) -> Response:
    """Return the batch envelope; with failures it is a 207 in the *WithErrors* shape (rule 13)."""
    body: dict[str, Any] = {"status": "COMPLETE", "results": results}
    if failures:
        body["numErrors"] = len(failures)
        body["errors"] = failures
    body["startedAt"] = iso_ms(started_ms)
    body["completedAt"] = iso_ms(dialect.clock.now_ms())
    return json_response(body, 207 if failures else status)

