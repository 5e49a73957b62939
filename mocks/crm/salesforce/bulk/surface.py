"""What the Bulk APIs add to the org's surface: their modules, and which requests only look at a job."""

from __future__ import annotations

from ....wire import Request
from . import classic_batches, classic_jobs, classic_results, ingest, ingest_results, listing, queries

MODULES = (ingest, ingest_results, queries, listing, classic_jobs, classic_batches, classic_results)
# They check session and limit themselves, as they refuse in a shape of their own.
OPEN_PREFIX = "bulk1."


def is_look(request: Request) -> bool:
    """Tell whether a request does no more than look at a bulk job: it need not wait for the backlog."""
    return request.method == "GET" and not {"jobs", "job"}.isdisjoint(request.segments[:5])
