"""Bulk 2.0 ingest: make a job, upload a table, close or abort it, look at it, delete it."""

from __future__ import annotations

from typing import Any

from ....wire import Evidence, Request, Response
from ..errors import ApiError, reply
from ..ids import full_id
from ..org import Org
from ..wire import version_number
from ..writer import Writer
from . import backlog
from .asking import (
    INGEST_SINCE,
    asked,
    bulk,
    chosen,
    entity,
    key_of,
    known_only,
    refuse_hard_delete,
    table_format,
    text_of,
)
from .header import payload_maker
from .jobs import (
    BATCH_ROWS,
    BATCHES,
    INGEST,
    INGEST_OPERATIONS,
    IngestJob,
    job_error,
    job_of,
    look,
    new_id,
    seen,
    stamps,
    use,
)
from .load import Load
from .multipart import parts_of
from .tables import DELIMITERS, TableError, checked_header, rows_of

_CREATE = frozenset({
    "object", "operation", "contentType", "lineEnding", "columnDelimiter", "externalIdFieldName", "assignmentRuleId",
    "concurrencyMode",
})
_FINAL = ("JobComplete", "Failed", "Aborted")


@bulk("POST", "/ingest", id="bulk2.ingest.create", evidence=Evidence.CLIENT_RUN, since=INGEST_SINCE, probe="17")
def create(org: Org, request: Request) -> Response:
    """Make a job that waits for its table; a multipart request brings the table along and starts the job."""
    content_type = request.headers.get("content-type", "")
    if not content_type.lower().startswith("multipart/"):
        job = _made(org, request, asked(request, _CREATE))
        return reply(request, {**about(org, job), "contentUrl": _content_url(job)})
    described, table = parts_of(request.body, content_type)
    job = _made(org, request, known_only(described, _CREATE))
    _take(org, job, table)
    _start(org, job)
    return reply(request, about(org, job))


def _made(org: Org, request: Request, body: dict[str, Any]) -> IngestJob:
    operation = chosen(body, "operation", INGEST_OPERATIONS)
    kind = entity(org, text_of(body, "object"))
    key = key_of(org, kind, operation, text_of(body, "externalIdFieldName"))
    rule = text_of(body, "assignmentRuleId")
    chosen(body, "concurrencyMode", ("Parallel", "Serial"), "Parallel")
    delimiter, ending = table_format(body)
    refuse_hard_delete(org, operation)
    job = IngestJob(
        new_id(org), INGEST, operation, kind, org.acting_user(request), request.params["version"], org.clock.now_ms(),
        key=key.name if key is not None else None, rule=(full_id(rule) or rule) if rule else None,
        delimiter=delimiter, ending=ending,
    )
    org.jobs[job.id] = job
    return job


@bulk("PUT", "/ingest/{job}/batches", id="bulk2.ingest.upload", evidence=Evidence.CLIENT_RUN, since=INGEST_SINCE, probe="17")
def upload(org: Org, request: Request) -> Response:
    """Take the table of a job: 201 without a body."""
    job = job_of(org, request.params["job"], INGEST)
    given = request.headers.get("content-type", "text/csv")
    if not given.lower().startswith("text/csv"):
        text = f"Content-Type header specified in HTTP request is not supported: {given}"
        raise ApiError("UNSUPPORTED_MEDIA_TYPE", text, status=415)
    if job.state != "Open":
        org.rests_on("salesforce.bulk.wording")
        raise ApiError("INVALIDJOBSTATE", f"Job is not in state Open: {seen(org, job)}")
    _take(org, job, request.body)
    return Response(201, b"", "")


def _take(org: Org, job: IngestJob, table: bytes) -> None:
    job.body, job.upload = table, org.journal.exchange
    job.uploads += 1


@bulk("PATCH", "/ingest/{job}", id="bulk2.ingest.close", evidence=Evidence.CLIENT_RUN, since=INGEST_SINCE, probe="17")
def close(org: Org, request: Request) -> Response:
    """Say that the upload is complete (the job starts) or abort the job."""
    job = job_of(org, request.params["job"], INGEST)
    wanted = chosen(asked(request, frozenset({"state"})), "state", ("UploadComplete", "Aborted"))
    if wanted == "Aborted":
        abort(org, job)
    elif job.state != "Open":
        org.rests_on("salesforce.bulk.wording")
        raise ApiError("INVALIDJOBSTATE", "Closing already Completed Job not allowed")
    elif job.uploads > 1:
        text = (
            f"Found multipe contents for job: <{job.id[:15]}>, please 'Close' / 'Abort' / 'Delete' the current Job then "
            "create a new Job and make sure you only do 'PUT' once on a given Job."
        )
        raise ApiError("INVALIDJOB", text)
    else:
        _start(org, job)
    return reply(request, about(org, job))


def abort(org: Org, job: IngestJob) -> None:
    """End a job; its rows are saved when it was closed, and stay. Raises ApiError when it has ended already."""
    if seen(org, job) in _FINAL:
        raise ApiError("INVALIDJOBSTATE", "Aborting already Completed Job not allowed")
    job.touch(org, "Aborted")


def _start(org: Org, job: IngestJob) -> None:
    job.touch(org, "Started")
    try:
        load, count = _load_of(org, job)
        use(org, BATCHES, -(-count // BATCH_ROWS))
    except TableError as error:
        if error.assumed:
            org.rests_on("salesforce.bulk.wording")
        org.refused(job.id, "InvalidBatch", error.text)
        job.error = error.text
        return
    except ApiError as error:
        org.refused(job.id, error.code, error.message)
        job.error = f"ExceededQuota : {error.message}"
        return
    job.load = load
    backlog.start(org, load)


def _load_of(org: Org, job: IngestJob) -> tuple[Load, int]:
    if job.body is None:
        raise TableError("InvalidBatch : No data was uploaded", assumed=True)
    delimiter = DELIMITERS[job.delimiter]
    header, count = checked_header(job.body, delimiter, job.ending)
    key = job.kind.columns[job.key] if job.key else None
    make = payload_maker(org, job.kind, header, job.operation, key)
    table = rows_of(job.body, delimiter)
    next(table)
    writer = Writer(job.user_id, job.version, auto_assign=job.rule or False)
    return Load(job.kind, job.operation, key, writer, job.upload, map(make, table), tuple(header)), count


@bulk("GET", "/ingest/{job}", id="bulk2.ingest.info", evidence=Evidence.CLIENT_RUN, since=INGEST_SINCE, probe="17",
      note="a job is done when it is closed; `bulk_polls` looks at it are told InProgress all the same")
def info(org: Org, request: Request) -> Response:
    """Tell about a job."""
    job = job_of(org, request.params["job"], INGEST)
    look(org, job)
    return reply(request, {**about(org, job), **progress(org, job)})


@bulk("DELETE", "/ingest/{job}", id="bulk2.ingest.delete", evidence=Evidence.DOCUMENT, since=INGEST_SINCE)
def delete(org: Org, request: Request) -> Response:
    """Forget a job that has ended: 204."""
    job = job_of(org, request.params["job"], INGEST)
    if seen(org, job) not in _FINAL:
        org.rests_on("salesforce.bulk.wording")
        raise ApiError("INVALIDJOBSTATE", f"Deleting a job in state {seen(org, job)} is not allowed")
    del org.jobs[job.id]
    return Response(204)


def about(org: Org, job: IngestJob) -> dict[str, Any]:
    """Return what every answer tells of a job."""
    found: dict[str, Any] = {
        "id": job.id, "operation": job.operation, "object": job.kind.name, "createdById": job.user_id, **stamps(job),
        "state": seen(org, job),
    }
    if job.key:
        found["externalIdFieldName"] = job.key
    if job.rule:
        found["assignmentRuleId"] = job.rule
    return {
        **found, "concurrencyMode": "Parallel", "contentType": "CSV", "apiVersion": float(version_number(job.version)),
        "lineEnding": job.ending, "columnDelimiter": job.delimiter,
    }


def _content_url(job: IngestJob) -> str:
    return f"services/data/{job.version}/jobs/ingest/{job.id}/batches"


def progress(org: Org, job: IngestJob) -> dict[str, Any]:
    """Return how far a job has come; the failed rows are among the processed ones."""
    load = job.load
    took = max((load.finished_ms or org.clock.now_ms()) - load.started_ms, 0) if load is not None else 0
    found: dict[str, Any] = {
        "jobType": INGEST, "contentUrl": _content_url(job), "retries": 0, "totalProcessingTime": took,
        "apiActiveProcessingTime": took, "apexProcessingTime": 0,
        "numberRecordsProcessed": len(load.results) if load is not None else 0,
        "numberRecordsFailed": load.failed if load is not None else 0,
    }
    if seen(org, job) == "Failed":
        found["errorMessage"] = job_error(job)
    return found
