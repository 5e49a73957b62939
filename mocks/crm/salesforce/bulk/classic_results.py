"""Bulk API 1.0 results: what became of each row of a batch, and the rows that a query found.

JSON shows datetimes as milliseconds since the epoch, CSV and XML as `2026-01-31T08:00:00.000Z` (finding 8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import orjson

from ....clock import to_ms
from ....journal import Row
from ....wire import Evidence, Request, Response
from ..org import Org
from ..wire import attributes, unstamp
from . import tabular
from .classic_jobs import batch_state
from .classic_wire import CSV, JSON, XML, ClassicError, batch_asked, classic
from .jobs import QUERY_OPERATIONS, Batch, ClassicJob
from .load import Load, Refusal
from .structured import document, element
from .tables import line_of
from .tabular import Answer, Shown, cell_text

NO_ROWS = b"Records not found for this query"
_XSI = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


@classic("GET", "/{job}/batch/{batch}/result", id="bulk1.batch.result", evidence=Evidence.CLIENT_RUN)
def result(org: Org, request: Request) -> Response:
    """Tell the fate of every row in order, or the ids of the results of a query."""
    job, batch = _ended(org, request)
    if job.operation in QUERY_OPERATIONS:
        return _result_ids(job, batch)
    assert batch.load is not None
    if job.format == "JSON":
        return Response(200, orjson.dumps([_json_fate(*pair) for pair in _fates(batch.load)]), JSON)
    if job.format == "CSV":
        lines = [line_of(("Id", "Success", "Created", "Error"), ",", "\n")]
        lines.extend(line_of(_csv_fate(*pair), ",", "\n") for pair in _fates(batch.load))
        return Response(200, "".join(lines).encode(), CSV)
    return Response(200, document("results", "".join(_xml_fate(*pair) for pair in _fates(batch.load))), XML)


def _ended(org: Org, request: Request) -> tuple[ClassicJob, Batch]:
    job, batch = batch_asked(org, request)
    batch.polls += 1
    state = batch_state(org, batch)
    if state in ("Queued", "InProgress"):
        raise ClassicError("InvalidBatch", "Batch not completed", assumed=True)
    if state == "NotProcessed" or (batch.load is None and batch.answer is None):
        raise ClassicError("InvalidBatch", "Records not processed")
    if batch.load is not None and batch.load.failed and job.operation != "insert":
        org.rests_on("salesforce.bulk.failed_rows_keep_their_id")
    return job, batch


def _fates(load: Load) -> Iterable[tuple[str | Refusal, int]]:
    return zip(load.results, load.created, strict=True)


def _json_fate(fate: str | Refusal, created: int) -> dict[str, Any]:
    if isinstance(fate, str):
        return {"success": True, "created": bool(created), "id": fate, "errors": []}
    error = {"message": fate.message, "fields": list(fate.fields), "statusCode": fate.code, "extendedErrorDetails": None}
    return {"success": False, "created": False, "id": fate.given_id or None, "errors": [error]}


def _csv_fate(fate: str | Refusal, created: int) -> tuple[str, ...]:
    if isinstance(fate, str):
        return (fate, "true", "true" if created else "false", "")
    return (fate.given_id, "false", "false", fate.text)


def _xml_fate(fate: str | Refusal, created: int) -> str:
    if isinstance(fate, str):
        return f"<result>{element('id', fate)}<success>true</success>{element('created', bool(created))}</result>"
    fields = "".join(element("fields", name) for name in fate.fields)
    error = f"<errors>{fields}{element('message', fate.message)}{element('statusCode', fate.code)}</errors>"
    return f"<result>{error}{element('id', fate.given_id or None)}<success>false</success><created>false</created></result>"


def _result_ids(job: ClassicJob, batch: Batch) -> Response:
    assert batch.answer is not None
    if job.format == "JSON":
        return Response(200, orjson.dumps([batch.result_id] if batch.answer.rows else []), JSON)
    return Response(200, document("result-list", element("result", batch.result_id)), XML)


@classic("GET", "/{job}/batch/{batch}/result/{result}", id="bulk1.batch.query_result", evidence=Evidence.CLIENT_RUN)
def query_result(org: Org, request: Request) -> Response:
    """Show the rows that a query found when its batch was added."""
    job, batch = _ended(org, request)
    given = request.params["result"]
    if batch.answer is None or given not in (batch.result_id, batch.result_id[:15]):
        raise ClassicError("InvalidBatch", f"Invalid result id: {given}", assumed=True)
    answer = batch.answer
    answer.serve(org)
    if job.format == "JSON":
        return Response(200, orjson.dumps([_record(org, job, answer, at) for at in range(len(answer.rows))]), JSON)
    if job.format == "XML":
        records = "".join(_xml_record(answer, at) for at in range(len(answer.rows)))
        whole = document("queryResult", records).replace(b"<queryResult", b"<queryResult" + _XSI.encode(), 1)
        return Response(200, whole, XML)
    if not answer.rows:
        return Response(200, NO_ROWS, CSV)
    body = "".join(tabular.csv_lines(answer, ",", "\n")).encode()
    if not body.isascii():
        # Bulk 2.0 sends none (simple-salesforce issue 706); tap-salesforce, widely used, can read such rows only with one.
        org.rests_on("salesforce.bulk1_csv_charset")
    return Response(200, body, f"{CSV}; charset=UTF-8" if org.settings["bulk1_csv_charset"] else CSV)


def _record(org: Org, job: ClassicJob, answer: Answer, at: int) -> dict[str, Any]:
    def begin(row: Row) -> dict[str, Any]:
        return {"attributes": attributes(row.kind, row.id, job.version)}

    def show(column: Shown, value: Any) -> Any:
        return _json_value(org, column, value)

    return _nested(answer, at, begin, show)


def _nested(
    answer: Answer, at: int, begin: Callable[[Row], dict[str, Any]], show: Callable[[Shown, Any], Any]
) -> dict[str, Any]:
    """Return one record with its parents nested in it; a parent that is not there is None."""
    row = answer.rows[at]
    made = begin(row)
    parents = dict(zip(answer.paths, answer.parents[at], strict=True)) if answer.paths else {}
    for column in answer.columns:
        holder: dict[str, Any] | None = made
        source: Row | None = row
        path = ""
        for name in column.path.split(".") if column.path else ():
            path = f"{path}.{name}" if path else name
            source = parents[path]
            assert holder is not None
            holder = holder.setdefault(name, None if source is None else begin(source))
            if source is None:
                break
        if source is not None and holder is not None:
            holder[column.name.rpartition(".")[2]] = show(column, column.leaf(source))
    return made


def _json_value(org: Org, column: Shown, value: Any) -> Any:
    if value is not None and column.vendor_type == "datetime":
        return to_ms(unstamp(value))
    if value is not None and column.vendor_type == "date":
        org.rests_on("salesforce.bulk.dates_in_json_are_text")
    return value


def _xml_record(answer: Answer, at: int) -> str:
    def show(column: Shown, value: Any) -> str | None:
        return None if value is None else cell_text(value, column.vendor_type)

    tree = _nested(answer, at, lambda row: {"type": row.kind}, show)
    return f'<records xsi:type="sObject">{_xml_fields(tree)}</records>'


def _xml_fields(tree: dict[str, Any]) -> str:
    found = []
    for name, value in tree.items():
        if value is None:
            found.append(f'<{name} xsi:nil="true"/>')
        elif isinstance(value, dict):
            found.append(f'<{name} xsi:type="sObject">{_xml_fields(value)}</{name}>')
        else:
            found.append(element(name, value))
    return "".join(found)
