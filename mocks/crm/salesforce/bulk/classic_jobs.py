"""Bulk API 1.0 jobs: make, look at, close, abort."""

from __future__ import annotations

from typing import Any

from ....wire import Evidence, Request, Response
from ..ids import full_id
from ..org import Org
from ..wire import version_number
from .asking import entity, key_of, refuse_hard_delete
from .classic_wire import ClassicError, asked_in, classic, described, form_of, job_asked, told
from .jobs import CLASSIC, INGEST_OPERATIONS, QUERY_OPERATIONS, Batch, ClassicJob, new_id, stamps

_CREATE = frozenset({
    "operation", "object", "contentType", "concurrencyMode", "externalIdFieldName", "assignmentRuleId", "state",
})
_MODES = {0: "Parallel", 1: "Serial", "0": "Parallel", "1": "Serial", "Parallel": "Parallel", "Serial": "Serial"}


@classic("POST", "", id="bulk1.job.create", evidence=Evidence.CLIENT_RUN,
         note="no ZIP formats; PK chunking is refused")
def create(org: Org, request: Request) -> Response:
    """Make a job."""
    body = described(request, _CREATE)
    _refuse_chunking(request)
    operation = _one_of(body, "operation", (*INGEST_OPERATIONS, *QUERY_OPERATIONS))
    kind = entity(org, _text(body, "object"))
    refuse_hard_delete(org, operation)
    key = key_of(org, kind, operation, _text(body, "externalIdFieldName"))
    mode = body.get("concurrencyMode")
    if mode is not None and (not isinstance(mode, int | str) or mode not in _MODES):
        raise ClassicError("InvalidJob", f"Unknown concurrencyMode: {mode}", assumed=True)
    rule = _text(body, "assignmentRuleId")
    job = ClassicJob(
        new_id(org), CLASSIC, operation, kind, org.acting_user(request), f"v{request.params['async_version']}",
        org.clock.now_ms(), key=key.name if key is not None else None, rule=(full_id(rule) or rule) if rule else None,
        format=_one_of(body, "contentType", ("CSV", "JSON", "XML"), "XML"),
        concurrency=_MODES[mode] if mode is not None else "Parallel",
    )
    org.jobs[job.id] = job
    return told("jobInfo", about(org, job), asked_in(request) or form_of(job), 201)


def _refuse_chunking(request: Request) -> None:
    asked = request.headers.get("sforce-enable-pkchunking")
    if asked is not None and asked.strip().lower() != "false":
        text = "PK chunking is not mocked"
        raise ClassicError("FeatureNotEnabled", text, assumed=True, hint="leave out Sforce-Enable-PKChunking")


def _text(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise ClassicError("InvalidJob", f"Unable to parse Job: {name} is a text", assumed=True)
    return value or None


def _one_of(body: dict[str, Any], name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
    value = _text(body, name) or default
    if value not in allowed:
        text = f"Unable to parse Job: {name} cannot be {value}"
        raise ClassicError("InvalidJob", text, assumed=True, hint=f"{name}: one of {', '.join(allowed)}")
    return value


@classic("GET", "/{job}", id="bulk1.job.info", evidence=Evidence.CLIENT_RUN)
def info(org: Org, request: Request) -> Response:
    """Tell about a job."""
    job = job_asked(org, request)
    return told("jobInfo", about(org, job), asked_in(request) or form_of(job))


@classic("POST", "/{job}", id="bulk1.job.close", evidence=Evidence.CLIENT_RUN)
def close(org: Org, request: Request) -> Response:
    """Close a job (it takes no more batches) or abort it (batches that have not ended are not processed)."""
    job = job_asked(org, request)
    state = _one_of(described(request, _CREATE), "state", ("Closed", "Aborted"))
    if job.state == "Aborted" or (job.state == "Closed" and state == "Closed"):
        raise ClassicError("InvalidJobState", f"The job is {job.state} already", assumed=True)
    if state == "Aborted":
        for batch in job.batches.values():
            _abort(org, batch)
    job.touch(org, state)
    return told("jobInfo", about(org, job), asked_in(request) or form_of(job))


def _abort(org: Org, batch: Batch) -> None:
    # Rows were saved before this call was let in (`backlog`): such a batch has been processed, whatever was told of it.
    if batch.load is None and not batch.error and batch.polls <= int(org.settings["bulk_polls"]):
        batch.aborted = True


def batch_state(org: Org, batch: Batch) -> str:
    """Return the state of a batch as callers are told it."""
    if batch.aborted:
        return "NotProcessed"
    working = batch.load is not None and not batch.load.done
    if working or batch.polls <= int(org.settings["bulk_polls"]):
        return "InProgress" if batch.polls else "Queued"
    return "Failed" if batch_error(batch) else "Completed"


def batch_error(batch: Batch) -> str:
    """Return why a batch failed as a whole, or an empty text."""
    return batch.error or (batch.load.error if batch.load is not None else "")


def about(org: Org, job: ClassicJob) -> dict[str, Any]:
    """Return a `jobInfo`."""
    states = [batch_state(org, b) for b in job.batches.values()]
    loads = [b.load for b in job.batches.values() if b.load is not None]
    answers = [b.answer for b in job.batches.values() if b.answer is not None]
    return {
        "id": job.id, "operation": job.operation, "object": job.kind.name, "createdById": job.user_id, **stamps(job),
        "state": job.state, "externalIdFieldName": job.key, "assignmentRuleId": job.rule,
        "concurrencyMode": job.concurrency, "contentType": job.format, "numberBatchesQueued": states.count("Queued"),
        "numberBatchesInProgress": states.count("InProgress"), "numberBatchesCompleted": states.count("Completed"),
        "numberBatchesFailed": states.count("Failed"), "numberBatchesTotal": len(states),
        "numberRecordsProcessed": sum(len(x.results) for x in loads) + sum(len(a.rows) for a in answers),
        "numberRetries": 0, "apiVersion": float(version_number(job.version)),
        "numberRecordsFailed": sum(x.failed for x in loads), "totalProcessingTime": 0, "apiActiveProcessingTime": 0,
        "apexProcessingTime": 0,
    }
