"""Bulk API 1.0 batches: add rows or a query to a job, look at a batch, get back what was sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ....wire import Evidence, Request, Response
from ..errors import ApiError
from ..ids import next_id
from ..org import Org
from ..wire import stamp
from ..writer import Writer
from . import backlog, tabular
from .classic_jobs import batch_error, batch_state
from .classic_wire import (
    CSV,
    JSON,
    XML,
    ClassicError,
    batch_asked,
    classic,
    form_of,
    job_asked,
    told,
    told_all,
)
from .header import Payload, payload_maker
from .jobs import BATCH_ROWS, BATCHES, QUERY_OPERATIONS, Batch, ClassicJob, use
from .load import Load
from .structured import json_rows, xml_rows
from .tables import TableError, checked_header, rows_of

MOST_BYTES = 10_000_000
TYPES = {"CSV": CSV, "JSON": JSON, "XML": XML}


@classic("POST", "/{job}/batch", id="bulk1.batch.add", evidence=Evidence.CLIENT_RUN,
         note="rows are saved and queries run at once; `bulk_polls` looks at the batch are told InProgress all the same")
def add(org: Org, request: Request) -> Response:
    """Add a batch to an open job: rows in the job's format, or SOQL whatever the Content-Type says."""
    job = job_asked(org, request)
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_query = job.operation in QUERY_OPERATIONS
    if job.state != "Open":
        raise ClassicError("InvalidJobState", f"Batches cannot be added to a job that is {job.state}", assumed=True)
    if not is_query and given != TYPES[job.format]:
        text = f"Content-Type {given or 'none'} does not fit a job with contentType {job.format}"
        raise ClassicError("InvalidBatch", text, assumed=True)
    if len(request.body) > MOST_BYTES:
        text = f"Failed to read request. Exceeded max size limit of {MOST_BYTES} with request size {len(request.body)}"
        raise ClassicError("ClientInputError", text, assumed=True)
    use(org, BATCHES)
    batch = Batch(next_id(org.dice, "751"), org.clock.now_ms(), request.body, TYPES[job.format])
    job.batches[batch.id] = batch
    try:
        if is_query:
            _query(org, job, batch)
        else:
            _load(org, job, batch)
    except TableError as error:
        if error.assumed:
            org.rests_on("salesforce.bulk.wording")
        org.refused(batch.id, "InvalidBatch", error.text)
        batch.error = error.text
    return told("batchInfo", about(org, job, batch), form_of(job), 201)


def _load(org: Org, job: ClassicJob, batch: Batch) -> None:
    key = job.kind.columns[job.key] if job.key else None
    writer = Writer(job.user_id, job.version, auto_assign=job.rule or False)
    header: tuple[str, ...] = ()
    rows: Iterator[Payload]
    if job.format == "CSV":
        names, count = checked_header(batch.body)
        make = payload_maker(org, job.kind, names, job.operation, key)
        table = rows_of(batch.body)
        next(table)
        header, rows = tuple(names), map(make, table)
    else:
        found = json_rows(batch.body) if job.format == "JSON" else xml_rows(batch.body, job.kind)
        count, rows = len(found), iter(found)
    if count > BATCH_ROWS:
        # The vendor counts the header in, whatever the format.
        text = f"Exceeded number of records: {count + 1}. Number of records should be less than or equal to {BATCH_ROWS + 1}"
        raise TableError(f"InvalidBatch : {text}")
    batch.load = Load(job.kind, job.operation, key, writer, org.journal.exchange, rows, header)
    backlog.start(org, batch.load)


def _query(org: Org, job: ClassicJob, batch: Batch) -> None:
    batch.result_id = next_id(org.dice, "752")
    try:
        text = batch.body.decode().strip()
        answer = tabular.run(org, job.user_id, job.version, text, include_deleted=job.operation == "queryAll")
    except UnicodeDecodeError:
        raise TableError("InvalidBatch : Failed to process query: MALFORMED_QUERY: not UTF-8", assumed=True) from None
    except ApiError as error:
        raise _query_error(org, job, error) from None
    if answer.kind != job.kind.name:
        text = (
            f"The root entity of the requested query ({answer.kind}) does not match the entity of the requested Bulk API "
            f"Job ({job.kind.name})."
        )
        raise TableError(f"InvalidBatch : Failed to process query: INVALID_TYPE_FOR_OPERATION: {text}")
    batch.answer = answer


def _query_error(org: Org, job: ClassicJob, error: ApiError) -> TableError:
    if error.hint and org.journal.exchange is not None:
        org.journal.exchange.hint = error.hint
    if error.message == tabular.NESTED:
        return TableError(f"FeatureNotEnabled : {error.message} with {job.format} content type")
    ours = error.code == "FUNCTIONALITY_NOT_ENABLED" and error.message != tabular.COMPOUND
    return TableError(f"InvalidBatch : Failed to process query: {error.code}: {error.message}", assumed=ours)


@classic("GET", "/{job}/batch", id="bulk1.batch.list", evidence=Evidence.CLIENT_SOURCE)
def batches(org: Org, request: Request) -> Response:
    """List the batches of a job in the order in which they were added."""
    job = job_asked(org, request)
    found = list(job.batches.values())
    for batch in found:
        batch.polls += 1
    return told_all("batchInfoList", "batchInfo", [about(org, job, b) for b in found], form_of(job))


@classic("GET", "/{job}/batch/{batch}", id="bulk1.batch.info", evidence=Evidence.CLIENT_RUN)
def info(org: Org, request: Request) -> Response:
    """Tell about a batch."""
    job, batch = batch_asked(org, request)
    batch.polls += 1
    return told("batchInfo", about(org, job, batch), form_of(job))


@classic("GET", "/{job}/batch/{batch}/request", id="bulk1.batch.request", evidence=Evidence.CLIENT_SOURCE)
def echo(org: Org, request: Request) -> Response:
    """Give back what was sent as the batch."""
    _, batch = batch_asked(org, request)
    return Response(200, batch.body, batch.content_type)


def about(org: Org, job: ClassicJob, batch: Batch) -> dict[str, Any]:
    """Return a `batchInfo`."""
    load, state = batch.load, batch_state(org, batch)
    ended = load.finished_ms if load is not None and load.finished_ms else batch.created_ms
    rows = len(batch.answer.rows) if batch.answer is not None and state == "Completed" else 0
    return {
        "id": batch.id, "jobId": job.id, "state": state, "stateMessage": batch_error(batch) if state == "Failed" else None,
        "createdDate": stamp(batch.created_ms), "systemModstamp": stamp(ended),
        "numberRecordsProcessed": len(load.results) if load is not None else rows,
        "numberRecordsFailed": load.failed if load is not None else 0, "totalProcessingTime": ended - batch.created_ms,
        "apiActiveProcessingTime": ended - batch.created_ms, "apexProcessingTime": 0,
    }
