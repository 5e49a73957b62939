"""Bulk jobs as the org keeps them, and the states that their owners see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ....journal import Exchange
from ..errors import ApiError, not_found
from ..ids import full_id, next_id
from ..kinds import Kind
from ..org import Org
from ..wire import stamp
from .load import Load
from .tabular import Answer

INGEST_OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
QUERY_OPERATIONS = ("query", "queryAll")
INGEST, QUERY, CLASSIC = "V2Ingest", "V2Query", "Classic"
# Limits per rolling day and what each thing counts as; research salesforce.md 1.2.
BATCHES, QUERY_JOBS, QUERY_STORAGE = "DailyBulkApiBatches", "DailyBulkV2QueryJobs", "DailyBulkV2QueryFileStorageMB"
BATCH_ROWS = 10_000


@dataclass(slots=True)
class Job:
    """What every bulk job has. ``state`` is Open, Aborted, Failed or Started; `seen` says what a caller is told."""

    id: str
    type: str
    operation: str
    kind: Kind
    user_id: str
    version: str
    created_ms: int
    state: str = "Open"
    modified_ms: int = 0
    polls: int = 0
    key: str | None = None
    rule: str | None = None

    def touch(self, org: Org, state: str) -> None:
        """Take on another state."""
        self.state, self.modified_ms = state, org.clock.now_ms()


@dataclass(slots=True)
class IngestJob(Job):
    """A Bulk 2.0 ingest job. ``body`` is the uploaded table (the journal's own bytes), ``upload`` who brought it."""

    delimiter: str = "COMMA"
    ending: str = "LF"
    body: bytes | None = None
    upload: Exchange | None = None
    uploads: int = 0
    load: Load | None = None
    error: str = ""

    @property
    def done(self) -> bool:
        """Tell whether nothing is left to do."""
        return bool(self.error) or (self.load is not None and self.load.done)


@dataclass(slots=True)
class QueryJob(Job):
    """A Bulk 2.0 query job: answered when it is made, shown when its polls are over."""

    query: str = ""
    delimiter: str = "COMMA"
    ending: str = "LF"
    answer: Answer | None = None
    # The result as CSV, see `queries.Table`.
    table: Any = None
    done: bool = True


@dataclass(slots=True)
class Batch:
    """A batch of Bulk 1.0: ``body`` as it was sent, and the load or the query answer it became."""

    id: str
    created_ms: int
    body: bytes
    content_type: str
    load: Load | None = None
    answer: Answer | None = None
    result_id: str = ""
    error: str = ""
    aborted: bool = False
    polls: int = 0


@dataclass(slots=True)
class ClassicJob(Job):
    """A Bulk 1.0 job with its batches; ``format`` is CSV, JSON or XML."""

    format: str = "XML"
    concurrency: str = "Parallel"
    batches: dict[str, Batch] = field(default_factory=dict)


def new_id(org: Org) -> str:
    """Return the id of a new job."""
    return next_id(org.dice, "750")


def job_of(org: Org, key: str, type_: str) -> Any:
    """Return the job of that type. Raises ApiError NOT_FOUND."""
    job = org.jobs.get(full_id(key) or "")
    if job is None or job.type != type_:
        raise not_found()
    return job


def seen(org: Org, job: IngestJob | QueryJob) -> str:
    """Return the state of a Bulk 2.0 job as callers are told it."""
    if job.state != "Started":
        return job.state
    if not job.done or job.polls <= int(org.settings["bulk_polls"]):
        return "InProgress" if job.polls else "UploadComplete"
    return "Failed" if isinstance(job, IngestJob) and job_error(job) else "JobComplete"


def job_error(job: IngestJob) -> str:
    """Return why a job failed as a whole, or an empty text."""
    return job.error or (job.load.error if job.load is not None else "")


def look(org: Org, job: IngestJob | QueryJob) -> str:
    """Return the state for somebody who asks about this very job: each look brings the job nearer to its end."""
    if job.state == "Started":
        job.polls += 1
    return seen(org, job)


def stamps(job: Job) -> dict[str, str]:
    """Return when the job was made and last changed."""
    return {"createdDate": stamp(job.created_ms), "systemModstamp": stamp(job.modified_ms or job.created_ms)}


def use(org: Org, limit: str, amount: int = 1) -> None:
    """Count something against a daily limit. Raises ApiError EXCEEDEDQUOTA beyond it; nothing is counted then."""
    if org.usage[limit] + amount > org.limits[limit]:
        raise ApiError("EXCEEDEDQUOTA", f"ApiBatchItems Limit exceeded.: {limit}", status=400)
    org.usage[limit] += amount
