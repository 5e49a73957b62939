"""What a request asks for where only its body, or the job it is about, tells: SOAP calls, and Bulk 1.0 jobs that query.

Each is an entry of the ledger with its own evidence, and checks go by its name: `soap.query` looks, `soap.update` writes.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ...wire import Evidence, Operation, Request
from .bulk.jobs import QUERY_OPERATIONS, ClassicJob
from .ids import full_id
from .org import Org
from .soap.service import CALLS

PARTNER = "soap.partner"
# The calls that real clients were seen to make (research salesforce.md 1.1 and 1.10); the rest stands in the vendor's guide.
_RUN = {
    "login": "1", "logout": "", "getUserInfo": "3", "getServerTimestamp": "", "convertLead": "20", "merge": "", "undelete": "10",
    "emptyRecycleBin": "",
}
# Bulk 1.0: the operation that a job is made, fed and closed with -> the one it is when the job queries.
_QUERIES = {
    "bulk1.job.create": "bulk1.job.create_query", "bulk1.batch.add": "bulk1.batch.add_query",
    "bulk1.job.close": "bulk1.job.close_query",
}
SHARED = frozenset({PARTNER, *_QUERIES})
_CALL = re.compile(rb"<(?:[\w.-]+:)?Body\b[^>]*>\s*<(?:[\w.-]+:)?([A-Za-z]+)")
_ASKS = re.compile(rb"operation\"?\s*[:>]\s*\"?\s*query", re.IGNORECASE)
_READ = 100_000


def calls_of(operations: list[Operation]) -> list[Operation]:
    """Return the calls that share an address with one of ``operations``."""
    # Of several addresses the shortest stands for all.
    routed = {op.id: op for op in reversed(operations)}
    partner = routed[PARTNER]
    found = []
    for name in ("login", *CALLS):
        evidence = Evidence.CLIENT_RUN if name in _RUN else Evidence.DOCUMENT
        found.append(replace(partner, id=f"soap.{name}", evidence=evidence, note="", probe=_RUN.get(name, ""), shares=PARTNER))
    return found + [replace(routed[old], id=new, shares=old) for old, new in _QUERIES.items()]


def call_of(org: Org, request: Request, operation: Operation) -> Operation:
    """Return the call that a request is, or ``operation`` when it is none that is known."""
    if operation.id == PARTNER:
        found = _CALL.search(request.body, 0, _READ)
        return org.router.calls.get(f"soap.{found[1].decode()}", operation) if found else operation
    if operation.id in _QUERIES and _queries(org, request):
        return org.router.calls[_QUERIES[operation.id]]
    return operation


def _queries(org: Org, request: Request) -> bool:
    if "job" not in request.params:
        return _ASKS.search(request.body, 0, _READ) is not None
    job = org.jobs.get(full_id(request.params["job"]) or "")
    return isinstance(job, ClassicJob) and job.operation in QUERY_OPERATIONS
