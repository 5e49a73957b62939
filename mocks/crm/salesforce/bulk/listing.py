"""The lists of bulk jobs: those of Bulk 2.0 and, as the vendor has it, those of Bulk 1.0 beside them."""

from __future__ import annotations

from typing import Any

from ....wire import Evidence, Request, Response
from ..errors import ApiError, reply
from ..org import Org
from ..wire import version_number
from . import ingest, queries
from .asking import INGEST_SINCE, QUERY_SINCE, bulk
from .jobs import CLASSIC, INGEST, QUERY, ClassicJob, IngestJob, Job, QueryJob, stamps

PAGE_JOBS = 1_000


@bulk("GET", "/ingest", id="bulk2.ingest.list", evidence=Evidence.DOCUMENT, since=INGEST_SINCE,
      note="no job has PK chunking; the filter by it returns none")
def ingest_jobs(org: Org, request: Request) -> Response:
    """List the ingest jobs, newest first."""
    return _page(org, request, "ingest", (INGEST, CLASSIC))


@bulk("GET", "/query", id="bulk2.query.list", evidence=Evidence.DOCUMENT, since=QUERY_SINCE,
      note="no job has PK chunking; the filter by it returns none")
def query_jobs(org: Org, request: Request) -> Response:
    """List the query jobs, newest first."""
    return _page(org, request, "query", (QUERY, CLASSIC))


def _page(org: Org, request: Request, what: str, types: tuple[str, ...]) -> Response:
    wanted = request.arg("jobType")
    if wanted is not None and wanted not in (INGEST, QUERY, CLASSIC, "BigObjectIngest"):
        raise ApiError("API_ERROR", "Value does not match expected type", hint=f"jobType: {', '.join(types)}")
    chunked = (request.arg("isPkChunkingEnabled") or "").lower() == "true"
    found = [] if chunked else [
        job for job in reversed(list(org.jobs.values())) if job.type in types and wanted in (None, job.type)
    ]
    start = _start(request.arg("queryLocator"), len(found))
    end = start + PAGE_JOBS
    version = request.params["version"]
    following = f"/services/data/{version}/jobs/{what}?queryLocator={end}" if end < len(found) else None
    if following is not None and wanted is not None:
        following += f"&jobType={wanted}"
    return reply(request, {
        "done": following is None, "records": [_record(org, job) for job in found[start:end]], "nextRecordsUrl": following,
    })


def _start(locator: str | None, total: int) -> int:
    if locator is None:
        return 0
    if not locator.isascii() or not locator.isdigit() or len(locator) > 9 or int(locator) > total:
        raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
    return int(locator)


def _record(org: Org, job: Job) -> dict[str, Any]:
    if isinstance(job, IngestJob):
        return {**ingest.about(org, job), "jobType": INGEST}
    if isinstance(job, QueryJob):
        return {**queries.about(org, job), "jobType": QUERY}
    assert isinstance(job, ClassicJob)
    return {
        "id": job.id, "operation": job.operation, "object": job.kind.name, "createdById": job.user_id, **stamps(job),
        "state": job.state, "concurrencyMode": job.concurrency, "contentType": job.format,
        "apiVersion": float(version_number(job.version)), "jobType": CLASSIC,
    }
