"""Bulk API 1.0 on the wire: versions, sessions, and answers and refusals in the format that the caller expects.

Rules (research `salesforce.md`, findings 6 and 7): the Content-Type of an answer is the bare type, without a charset. A job is
told about in the format of the request's body; batches and results in the job's own: JSON for JSON, else XML.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from ....wire import Evidence, Handler, Request, Response, operation
from ..errors import ApiError
from ..hosts import WRONG_HOST, is_refused_at_login, session_at
from ..ids import full_id
from ..org import Org
from ..wire import LIVE
from .jobs import CLASSIC, Batch, ClassicJob
from .structured import XmlError, document, element, parse_xml

JSON, XML, CSV = "application/json", "application/xml", "text/csv"
ROOT = "/services/async/{async_version}/job"
_SNAKE = re.compile(r"_(.)")


class ClassicError(Exception):
    """A Bulk 1.0 call is refused: HTTP 400 with a code and a text. ``assumed``: the wording is ours."""

    def __init__(self, code: str, message: str, *, assumed: bool = False, hint: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.assumed, self.hint = code, message, assumed, hint


def classic(
    method: str, path: str, *, id: str, evidence: Evidence, note: str = "", probe: str = ""
) -> Callable[[Callable[[Any, Request], Response]], Handler]:
    """Declare a Bulk 1.0 operation: it checks version, session and limit itself, because they are refused its own way."""

    def declare(function: Callable[[Any, Request], Response]) -> Handler:
        @functools.wraps(function)
        def guarded(org: Org, request: Request) -> Response:
            try:
                _admit(org, request)
                return function(org, request)
            except ClassicError as error:
                return refusal(org, request, error)
            except ApiError as error:
                return refusal(org, request, ClassicError(_camel(error.code), error.message, hint=error.hint))

        return operation(method, ROOT + path, id=id, evidence=evidence, note=note, probe=probe)(guarded)

    return declare


def _admit(org: Org, request: Request) -> None:
    version = request.params["async_version"]
    if f"v{version}" not in LIVE:
        raise ClassicError("InvalidVersion", f"Unsupported API version: {version}", assumed=True)
    token = request.headers.get("x-sfdc-session")
    if token is None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token if scheme.lower() in ("bearer", "oauth") else ""
    request.session = session_at(org, request, token.strip())
    if request.session is None:
        raise ClassicError("InvalidSessionId", "Invalid session id")
    if is_refused_at_login(org, request):
        raise ClassicError("UrlNotReset", WRONG_HOST, assumed=True)
    if org.is_over_limit:
        raise ClassicError("ExceededQuota", "TotalRequests Limit exceeded.")


def _camel(code: str) -> str:
    known = {"EXCEEDEDQUOTA": "ExceededQuota", "FEATURENOTENABLED": "FeatureNotEnabled", "INVALIDJOB": "InvalidJob",
             "INVALIDENTITY": "InvalidEntity"}  # fmt: skip
    return known.get(code) or _SNAKE.sub(lambda m: m[1].upper(), code.capitalize())


def refusal(org: Org, request: Request, error: ClassicError) -> Response:
    """Return the answer to a refused call and note the refusal in the exchange under way."""
    org.refused(request.path, error.code, error.message)
    if error.assumed:
        org.rests_on("salesforce.bulk.wording")
    known = {"exceptionCode": error.code, "exceptionMessage": error.message}
    response = _written("error", known, asked_in(request) or _job_format(org, request), 400)
    if error.hint:
        response.headers.append(("x-syncproof-hint", error.hint))
        if org.journal.exchange is not None:
            org.journal.exchange.hint = error.hint
    return response


def _job_format(org: Org, request: Request) -> str:
    job = org.jobs.get(full_id(request.params.get("job", "")) or "")
    return JSON if isinstance(job, ClassicJob) and job.format == "JSON" else XML


def asked_in(request: Request) -> str | None:
    """Return JSON or XML if the request says that it is in one of them, else None."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return given if given in (JSON, XML) else None


def told(name: str, known: Mapping[str, Any], form: str, status: int = 200) -> Response:
    """Return one thing (`jobInfo`, `batchInfo`) as JSON or XML."""
    return _written(name, known, form, status)


def told_all(name: str, item: str, known: list[dict[str, Any]], form: str) -> Response:
    """Return a list of things (`batchInfoList`)."""
    if form == JSON:
        return Response(200, orjson.dumps({item: known}), JSON)
    inner = "".join(f"<{item}>{_inner(k)}</{item}>" for k in known)
    return Response(200, document(name, inner), XML)


def _written(name: str, known: Mapping[str, Any], form: str, status: int) -> Response:
    if form == JSON:
        return Response(status, orjson.dumps(dict(known)), JSON)
    return Response(status, document(name, _inner(known)), XML)


def _inner(known: Mapping[str, Any]) -> str:
    return "".join(element(name, _xml_time(value)) for name, value in known.items())


def _xml_time(value: Any) -> Any:
    return value.replace("+0000", "Z") if isinstance(value, str) and value.endswith(".000+0000") else value


def described(request: Request, allowed: frozenset[str]) -> dict[str, Any]:
    """Return what a `jobInfo` in the body says. Raises ClassicError InvalidJob when it cannot be read."""
    form = asked_in(request)
    if form is None:
        raise ClassicError("InvalidJob", f"Unsupported Content-Type: {request.headers.get('content-type', '')}", assumed=True)
    if form == JSON:
        try:
            found = orjson.loads(request.body)
        except orjson.JSONDecodeError as error:
            raise ClassicError("InvalidJob", f"Unable to parse Job: {error.msg}", assumed=True) from None
        if not isinstance(found, dict):
            raise ClassicError("InvalidJob", "Unable to parse Job: an object is needed", assumed=True)
    else:
        try:
            root = parse_xml(request.body.strip())
        except XmlError as error:
            raise ClassicError("InvalidJob", f"Unable to parse Job: {error}", assumed=True) from None
        found = {child.tag: (child.text or "").strip() for child in root}
    for name in found:
        if name not in allowed:
            raise ClassicError("InvalidJob", f"Unable to parse Job: unknown property {name}", assumed=True)
    return found


def job_asked(org: Org, request: Request) -> ClassicJob:
    """Return the job of the address. Raises ClassicError InvalidJob."""
    given = request.params["job"]
    job = org.jobs.get(full_id(given) or "")
    if not isinstance(job, ClassicJob) or job.type != CLASSIC:
        raise ClassicError("InvalidJob", f"Invalid job id: {given}")
    return job


def batch_asked(org: Org, request: Request) -> tuple[ClassicJob, Batch]:
    """Return the batch of the address and its job. Raises ClassicError InvalidJob or InvalidBatch."""
    job, given = job_asked(org, request), request.params["batch"]
    batch = job.batches.get(full_id(given) or "")
    if batch is None:
        raise ClassicError("InvalidBatch", f"Invalid batch id: {given}", assumed=True)
    return job, batch


def form_of(job: ClassicJob) -> str:
    """Return the format in which batches of the job are told about."""
    return JSON if job.format == "JSON" else XML
