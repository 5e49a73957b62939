"""Bulk 2.0 query jobs: the query runs when the job is made; pages of its result are cut where the caller wants them."""

from __future__ import annotations

import base64
import binascii
from array import array
from dataclasses import dataclass
from typing import Any

from ....wire import Evidence, Request, Response
from ..errors import ApiError, reply
from ..org import Org
from ..wire import version_number
from . import tabular
from .asking import QUERY_SINCE, asked, bulk, chosen, table_format, text_of
from .jobs import QUERY, QUERY_JOBS, QUERY_OPERATIONS, QUERY_STORAGE, QueryJob, job_of, look, new_id, seen, stamps, use
from .tables import DELIMITERS, ENDINGS

_CREATE = frozenset({"operation", "query", "contentType", "columnDelimiter", "lineEnding"})
_FINAL = ("JobComplete", "Failed", "Aborted")


@dataclass(slots=True)
class Table:
    """The result as one piece of CSV; ``ends`` says where the header (first) and each row end."""

    body: bytes
    ends: array[int]

    def page(self, start: int, end: int) -> bytes:
        """Return the header and the rows from ``start`` up to ``end``; the whole table costs no copy."""
        if start == 0 and end >= len(self.ends) - 1:
            return self.body
        return self.body[: self.ends[0]] + self.body[self.ends[start] : self.ends[end]]


@bulk("POST", "/query", id="bulk2.query.create", evidence=Evidence.CLIENT_RUN, since=QUERY_SINCE, probe="18",
      note="runs at once: later changes do not show in its result")
def create(org: Org, request: Request) -> Response:
    """Make a query job."""
    body = asked(request, _CREATE)
    operation = chosen(body, "operation", QUERY_OPERATIONS)
    delimiter, ending = table_format(body)
    text = text_of(body, "query")
    if text is None:
        raise ApiError("API_ERROR", "Query string was not provided", hint="send SOQL in `query`")
    user_id, version = org.acting_user(request), request.params["version"]
    answer = _answered(org, user_id, version, text, include_deleted=operation == "queryAll")
    table = _written(answer, DELIMITERS[delimiter], ENDINGS[ending])
    use(org, QUERY_JOBS)
    use(org, QUERY_STORAGE, len(table.body) // 1_000_000)
    job = QueryJob(
        new_id(org), QUERY, operation, org.kinds[answer.kind], user_id, version, org.clock.now_ms(), "Started",
        query=text, delimiter=delimiter, ending=ending, answer=answer, table=table,
    )
    org.jobs[job.id] = job
    return reply(request, about(org, job))


def _answered(org: Org, user_id: str, version: str, text: str, *, include_deleted: bool) -> tabular.Answer:
    try:
        return tabular.run(org, user_id, version, text, include_deleted=include_deleted)
    except ApiError as error:
        if error.code == "FUNCTIONALITY_NOT_ENABLED":
            nested = error.message == tabular.NESTED
            text = "Aggregate Relationships not supported in Bulk V2 Query with CSV content type" if nested else error.message
            if not nested and text != tabular.COMPOUND:
                org.rests_on("salesforce.bulk.wording")
            raise ApiError("API_ERROR", text, hint=error.hint) from None
        if error.code == "INVALID_TYPE":
            org.rests_on("salesforce.bulk.wording")
        raise


def _written(answer: tabular.Answer, delimiter: str, ending: str) -> Table:
    ends, at = array("Q"), 0
    pieces: list[bytes] = []
    for line in tabular.csv_lines(answer, delimiter, ending):
        piece = line.encode()
        at += len(piece)
        pieces.append(piece)
        ends.append(at)
    return Table(b"".join(pieces), ends)


@bulk("GET", "/query/{job}", id="bulk2.query.info", evidence=Evidence.CLIENT_RUN, since=QUERY_SINCE, probe="18")
def info(org: Org, request: Request) -> Response:
    """Tell about a query job."""
    job = job_of(org, request.params["job"], QUERY)
    state = look(org, job)
    rows = len(job.answer.rows) if state == "JobComplete" else 0
    return reply(request, {
        **about(org, job), "jobType": QUERY, "retries": 0, "totalProcessingTime": 0, "numberRecordsProcessed": rows,
        "isPkChunkingSupported": False,
    })


@bulk("GET", "/query/{job}/results", id="bulk2.query.results", evidence=Evidence.CLIENT_RUN, since=QUERY_SINCE, probe="18")
def results(org: Org, request: Request) -> Response:
    """Show a page of the result; `Sforce-Locator` leads to the next one and is the text `null` on the last."""
    job: QueryJob = job_of(org, request.params["job"], QUERY)
    state = look(org, job)
    if state != "JobComplete":
        org.rests_on("salesforce.bulk.wording")
        raise ApiError("INVALIDJOBSTATE", f"Results are not available for a job in state {state}")
    assert job.answer is not None
    assert job.table is not None
    total = len(job.answer.rows)
    start = _offset(request.arg("locator"), total)
    end = min(start + _page_rows(org, request), total)
    job.answer.serve(org, start, end)
    response = Response(200, job.table.page(start, end), "text/csv")
    response.headers.append(("Sforce-Locator", _locator(end) if end < total else "null"))
    response.headers.append(("Sforce-NumberOfRecords", str(end - start)))
    return response


def _page_rows(org: Org, request: Request) -> int:
    most = int(org.settings["bulk_page_size"])
    asked_for = request.arg("maxRecords")
    if asked_for is None:
        return most
    if not asked_for.isascii() or not asked_for.isdigit() or len(asked_for) > 9 or int(asked_for) < 1:
        org.rests_on("salesforce.bulk.wording")
        raise ApiError("INVALIDJOB", f"maxRecords must be a positive number: {asked_for}")
    return min(int(asked_for), most)


def _locator(offset: int) -> str:
    return base64.urlsafe_b64encode(str(offset).encode()).decode().rstrip("=")


def _offset(locator: str | None, total: int) -> int:
    if not locator:
        return 0
    try:
        text = base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if not text.isdigit() or len(text) > 12 or int(text) > total:
        raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
    return int(text)


@bulk("PATCH", "/query/{job}", id="bulk2.query.abort", evidence=Evidence.CLIENT_SOURCE, since=QUERY_SINCE)
def abort(org: Org, request: Request) -> Response:
    """Abort a query job."""
    job = job_of(org, request.params["job"], QUERY)
    chosen(asked(request, frozenset({"state"})), "state", ("Aborted",))
    if seen(org, job) in _FINAL:
        raise ApiError("INVALIDJOBSTATE", "Aborting already Completed Job not allowed")
    job.touch(org, "Aborted")
    return reply(request, about(org, job))


@bulk("DELETE", "/query/{job}", id="bulk2.query.delete", evidence=Evidence.CLIENT_SOURCE, since=QUERY_SINCE)
def delete(org: Org, request: Request) -> Response:
    """Forget a query job that has ended, with its result: 204."""
    job = job_of(org, request.params["job"], QUERY)
    if seen(org, job) not in _FINAL:
        org.rests_on("salesforce.bulk.wording")
        raise ApiError("INVALIDJOBSTATE", f"Deleting a job in state {seen(org, job)} is not allowed")
    del org.jobs[job.id]
    return Response(204)


def about(org: Org, job: QueryJob) -> dict[str, Any]:
    """Return what every answer tells of a query job."""
    return {
        "id": job.id, "operation": job.operation, "object": job.kind.name, "createdById": job.user_id, **stamps(job),
        "state": seen(org, job), "concurrencyMode": "Parallel", "contentType": "CSV",
        "apiVersion": float(version_number(job.version)), "lineEnding": job.ending, "columnDelimiter": job.delimiter,
    }
