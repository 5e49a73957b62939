"""What became of the rows of a Bulk 2.0 ingest job, as CSV made from the uploaded table and the fates that were kept."""

from __future__ import annotations

from collections.abc import Iterator

from ....wire import Evidence, Request, Response
from ..errors import ApiError
from ..org import Org
from .asking import INGEST_SINCE, bulk
from .jobs import INGEST, IngestJob, job_of, look
from .load import Refusal
from .tables import DELIMITERS, ENDINGS, line_of, rows_of


@bulk("GET", "/ingest/{job}/successfulResults", id="bulk2.ingest.successful", evidence=Evidence.RECORDING,
      since=INGEST_SINCE, probe="17")
def successful(org: Org, request: Request) -> Response:
    """Show the rows that were saved, with the id of the record and whether it is new."""
    job = _ended(org, request)
    return _table(job, ("sf__Id", "sf__Created"), _saved(job))


@bulk("GET", "/ingest/{job}/failedResults", id="bulk2.ingest.failed", evidence=Evidence.RECORDING, since=INGEST_SINCE,
      probe="17")
def failed(org: Org, request: Request) -> Response:
    """Show the rows that were refused, with the reason; the id is the one that the row named."""
    job = _ended(org, request)
    if job.load is not None and job.operation != "insert" and job.load.failed:
        org.rests_on("salesforce.bulk.failed_rows_keep_their_id")
    return _table(job, ("sf__Id", "sf__Error"), _refused(job))


@bulk("GET", "/ingest/{job}/unprocessedrecords", id="bulk2.ingest.unprocessed", evidence=Evidence.CLIENT_RUN,
      since=INGEST_SINCE)
@bulk("GET", "/ingest/{job}/unprocessedRecords", id="bulk2.ingest.unprocessed_camel", evidence=Evidence.CLIENT_RUN,
      since=INGEST_SINCE)
def unprocessed(org: Org, request: Request) -> Response:
    """Show the rows that were never tried, because the job failed as a whole or was aborted."""
    job = _ended(org, request)
    return _table(job, (), _untried(job))


def _ended(org: Org, request: Request) -> IngestJob:
    job: IngestJob = job_of(org, request.params["job"], INGEST)
    state = look(org, job)
    if state not in ("JobComplete", "Failed", "Aborted"):
        org.rests_on("salesforce.bulk.wording")
        raise ApiError("INVALIDJOBSTATE", f"Results are not available for a job in state {state}")
    return job


def _saved(job: IngestJob) -> Iterator[list[str]]:
    if job.load is None:
        return
    fates = zip(job.load.results, job.load.created, _cells(job), strict=False)
    for fate, created, cells in fates:
        if isinstance(fate, str):
            yield [fate, "true" if created else "false", *cells]


def _refused(job: IngestJob) -> Iterator[list[str]]:
    if job.load is None:
        return
    for fate, cells in zip(job.load.results, _cells(job), strict=False):
        if isinstance(fate, Refusal):
            yield [fate.given_id, fate.text, *cells]


def _untried(job: IngestJob) -> Iterator[list[str]]:
    tried = len(job.load.results) if job.load is not None else 0
    for at, cells in enumerate(_cells(job)):
        if at >= tried:
            yield cells


def _cells(job: IngestJob) -> Iterator[list[str]]:
    table = rows_of(job.body or b"", DELIMITERS[job.delimiter])
    next(table, None)
    return table


def _table(job: IngestJob, leading: tuple[str, ...], rows: Iterator[list[str]]) -> Response:
    delimiter, ending = DELIMITERS[job.delimiter], ENDINGS[job.ending]
    if job.load is None:
        # Aborted before it began, or a table that cannot be read: what was sent comes back as it was.
        empty = line_of(leading, delimiter, ending).encode() if leading else b""
        return Response(200, empty or job.body or b"", "text/csv")
    header = next(rows_of(job.body or b"", delimiter))
    lines = [line_of([*leading, *header], delimiter, ending)]
    lines.extend(line_of(cells, delimiter, ending) for cells in rows)
    return Response(200, "".join(lines).encode(), "text/csv")
