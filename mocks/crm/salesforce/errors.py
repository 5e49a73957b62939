"""How Salesforce refuses: one exception with a code, its three wire shapes, and the handlers' guard.

Texts and statuses are those of the research, `salesforce.md` section 2.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import orjson

from ...dialect import Dialect
from ...wire import Evidence, Handler, Request, Response, operation

SESSION_EXPIRED = "Session expired or invalid"
UNKNOWN_RESOURCE = "The requested resource does not exist"
NO_SUCH_KEY_FIELD = "Provided external ID field does not exist or is not accessible: {name}"
_EMAIL = re.compile(rb'"email"\s*:\s*"([\x20-\x7e]+?)"', re.IGNORECASE)


class ApiError(Exception):
    """A request or one item of it is refused: vendor code and text, HTTP status, fields (None: key left out)."""

    def __init__(
        self, code: str, message: str, *, status: int = 400, fields: tuple[str, ...] | None = None, hint: str = ""
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status, self.fields, self.hint = code, message, status, fields, hint

    def rest(self) -> dict[str, Any]:
        """Return the element of a REST error array."""
        body: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        if self.fields is not None:
            body["fields"] = list(self.fields)
        return body

    def item(self) -> dict[str, Any]:
        """Return the element of the `errors` list of a collection or tree result."""
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields or ())}


    def parts(self) -> tuple[ApiError, ...]:
        """Return the errors that this one stands for: itself, or each of several."""
        return (self,)


class RefusalsError(ApiError):
    """One record is refused for several reasons at once; where only one can be shown, it is the first."""

    def __init__(self, errors: list[ApiError]) -> None:
        first = errors[0]
        super().__init__(first.code, first.message, status=first.status, fields=first.fields)
        self.errors = tuple(errors)

    def parts(self) -> tuple[ApiError, ...]:
        """Return each of the errors."""
        return self.errors


class ChoicesError(ApiError):
    """Several records match an external id: HTTP 300 with their URLs instead of an error array."""

    def __init__(self, urls: list[str]) -> None:
        super().__init__("MULTIPLE_CHOICES", "several records match the external id", status=300)
        self.urls = urls


def not_found(hint: str = "") -> ApiError:
    """Return the refusal of a path, object or row that does not exist; ``hint`` says what there is instead."""
    return ApiError("NOT_FOUND", UNKNOWN_RESOURCE, status=404, hint=hint)


def unknown_row() -> ApiError:
    """Return the refusal to change or delete a row that never was."""
    return ApiError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", status=404, fields=())


def deleted_row() -> ApiError:
    """Return the refusal to touch a row that lies in the recycle bin."""
    return ApiError("ENTITY_IS_DELETED", "entity is deleted", status=404, fields=())


def reply(request: Request, body: Any, status: int = 200) -> Response:
    """Return a JSON answer: compact, unless the caller asks for pretty print."""
    if "x-prettyprint" in request.headers and request.headers["x-prettyprint"] == "1":
        return Response(status, orjson.dumps(body, option=orjson.OPT_INDENT_2))
    return Response(status, orjson.dumps(body))


def refusal(dialect: Dialect, request: Request, error: ApiError) -> Response:
    """Return the answer to a refused request and note the refusal in the exchange under way."""
    dialect.refused(_about(dialect, request), error.code, error.message)
    body = error.urls if isinstance(error, ChoicesError) else [e.rest() for e in error.parts()]
    response = reply(request, body, error.status)
    if error.hint:
        if dialect.journal.exchange is not None:
            dialect.journal.exchange.hint = error.hint
        response.headers.append(("x-syncproof-hint", error.hint))
    return response


def _about(dialect: Dialect, request: Request) -> str:
    """Return the address; for one of several requests inside another also whom it is about, if its body says so."""
    whole = dialect.journal.exchange
    if whole is None or request.body is whole.request_body:
        return request.path
    email = _EMAIL.search(request.body)
    return f"{request.path} {email[1].decode()}" if email else request.path


def json_body(request: Request) -> Any:
    """Return the parsed body. Raises ApiError in the words of the vendor's parser when it is not JSON."""
    content_type = request.headers.get("content-type", "json")
    if "json" not in content_type.lower():
        text = f"Content-Type header specified in HTTP request is not supported: {content_type}"
        raise ApiError("UNSUPPORTED_MEDIA_TYPE", text, status=415)
    try:
        return orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        where = f"at [line:{error.lineno}, column:{error.colno}]"
        if error.pos >= len(error.doc):
            raise ApiError("JSON_PARSER_ERROR", f"Unexpected end-of-input {where}") from None
        raise ApiError("JSON_PARSER_ERROR", _unexpected(error)) from None


def _unexpected(error: orjson.JSONDecodeError) -> str:
    """Return what the vendor's parser says about a character; after a comma it stumbles over the bracket, not the comma."""
    at, wanted = error.pos, ""
    rest = error.doc[at + 1 :].lstrip()
    if error.doc[at] == "," and rest[:1] == "}":
        at, wanted = error.doc.index("}", at), ": was expecting double-quote to start field name"
    line, column = error.doc.count("\n", 0, at) + 1, at - error.doc.rfind("\n", 0, at)
    char = error.doc[at]
    return f"Unexpected character ('{char}' (code {ord(char)})){wanted} at [line:{line}, column:{column}]"


def json_object(request: Request) -> dict[str, Any]:
    """Return the body as an object. Raises ApiError JSON_PARSER_ERROR when it is anything else."""
    body = json_body(request)
    if not isinstance(body, dict):
        raise cannot_deserialize("SObject", body)
    return body


def cannot_deserialize(wanted: str, value: object) -> ApiError:
    """Return the parser's refusal of a value of the wrong JSON type."""
    if isinstance(value, dict):
        found = "START_OBJECT value {"
    elif isinstance(value, list):
        found = "START_ARRAY value ["
    else:
        found = f"{_token(value)} value {_shown(value)}"
    text = f"Cannot deserialize instance of {wanted} from {found} or request may be missing a required field"
    return ApiError("JSON_PARSER_ERROR", f"{text} at [line:1, column:2]")


def _token(value: object) -> str:
    if isinstance(value, bool):
        return "VALUE_TRUE" if value else "VALUE_FALSE"
    if value is None:
        return "VALUE_NULL"
    if isinstance(value, str):
        return "VALUE_STRING"
    return "VALUE_NUMBER_INT" if isinstance(value, int) else "VALUE_NUMBER_FLOAT"


def _shown(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def rest(
    method: str, *paths: str, id: str, evidence: Evidence, note: str = "", probe: str = ""
) -> Callable[[Callable[[Any, Request], Response]], Handler]:
    """Declare a vendor operation whose `ApiError`s become the vendor's answers."""

    def declare(function: Callable[[Any, Request], Response]) -> Handler:
        @functools.wraps(function)
        def guarded(dialect: Any, request: Request) -> Response:
            try:
                return function(dialect, request)
            except ApiError as error:
                return refusal(dialect, request, error)

        return operation(method, *paths, id=id, evidence=evidence, note=note, probe=probe)(guarded)

    return declare
