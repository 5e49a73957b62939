"""Imports on the wire: start one, look at it, its errors, stop it (research/hubspot.md section 1.10)."""

from __future__ import annotations

from typing import Any

from ....journal import Row
from ....wire import Evidence, Request, Response
from .. import errors
from ..errors import Refusal
from ..paging import after_of, limit_of, next_page
from ..portal import Portal, iso_ms
from ..wire import answers, json_response, spellings
from .multipart import MultipartError, Part, parts_of
from .reading import text_of_file
from .request import parsed_request, plan_of, refused
from .running import KIND, advance, cancel, start, state_of

_ALL = spellings("imports", "")
_ONE = spellings("imports", "/{importId}")
_NOTE = "CSV only, one file, no labels of associations; rows are written at once unless `import_ms` is set"


@answers("POST", *_ALL, id="imports.start", evidence=Evidence.DOCUMENT, note=_NOTE)
def start_import(dialect: Portal, request: Request) -> Response:
    """Take a CSV file and its mapping; the answer is an import that has just STARTED (or is DEFERRED)."""
    advance(dialect)
    parts = _parts(request)
    given = [p for p in parts if p.name == "importRequest"]
    if not given:
        raise errors.not_set("importRequest")
    wanted = parsed_request(given[0].content)
    plan = plan_of(dialect, wanted)
    files = {p.file_name: p for p in parts if p.name == "files"}
    name = plan.files[0].file_name
    if name not in files:
        raise refused(f"File {name} of the import request was not sent; sent: {', '.join(map(str, files)) or 'none'}")
    if name.lower().endswith((".xlsx", ".xls")) or files[name].content.startswith(b"PK\x03\x04"):
        raise refused(f"{name} is a spreadsheet", hint="spreadsheets are not mocked; send a CSV file")
    row = start(dialect, wanted, plan, text_of_file(files[name].content))
    response = json_response(_shown(dialect, row))
    advance(dialect)
    return response


def _parts(request: Request) -> list[Part]:
    content_type = request.headers.get("content-type", "")
    if not content_type.startswith("multipart/"):
        raise errors.unsupported_media()
    try:
        return parts_of(content_type, request.body)
    except MultipartError as error:
        raise refused(f"The body cannot be read: {error}") from None


@answers("GET", *_ALL, id="imports.list", evidence=Evidence.DOCUMENT)
def list_imports(dialect: Portal, request: Request) -> Response:
    """Return one page of imports, the oldest first."""
    advance(dialect)
    limit, after = limit_of(request, 10, 100), after_of(request)
    rows = [row for row in dialect.store.rows(KIND) if int(row.id) >= after]
    body: dict[str, Any] = {"results": [_shown(dialect, row) for row in rows[:limit]]}
    if len(rows) > limit:
        body["paging"] = next_page(request, rows[limit].id)
    return json_response(body)


@answers("GET", *_ONE, id="imports.get", evidence=Evidence.DOCUMENT)
def get_import(dialect: Portal, request: Request) -> Response:
    """Return one import with its state and counters."""
    advance(dialect)
    return json_response(_shown(dialect, _known(dialect, request)))


@answers("POST", *spellings("imports", "/{importId}/cancel"), id="imports.cancel", evidence=Evidence.DOCUMENT,
         note="none of the rows of a cancelled import is written; the refusal after its end is assumed")
def cancel_import(dialect: Portal, request: Request) -> Response:
    """Stop an import that is not over."""
    advance(dialect)
    row = _known(dialect, request)
    state = state_of(dialect, row)
    if state not in ("STARTED", "PROCESSING", "DEFERRED"):
        raise Refusal(400, f"Import {row.id} cannot be canceled: it is {state}", assumed="hubspot.text_import")
    cancel(dialect, row)
    now = iso_ms(dialect.clock.now_ms())
    return json_response({"status": "CANCELED", "startedAt": now, "completedAt": now})


@answers("GET", *spellings("imports", "/{importId}/errors"), id="imports.errors", evidence=Evidence.DOCUMENT)
def import_errors(dialect: Portal, request: Request) -> Response:
    """Return one page of what went wrong, row by row; messages and rows only when they are asked for."""
    advance(dialect)
    row = _known(dialect, request)
    dialect.served(row)
    limit, after = limit_of(request, 10, 200), after_of(request)
    found = [e for e in row.values["errors"] if int(e["id"]) >= after]
    body: dict[str, Any] = {"results": [_error(row, e, request) for e in found[:limit]]}
    if len(found) > limit:
        body["paging"] = next_page(request, found[limit]["id"])
    return json_response(body)


def _known(dialect: Portal, request: Request) -> Row:
    row = dialect.store.get(KIND, request.params["importId"])
    if row is None:
        raise errors.not_found()
    return row


def _shown(dialect: Portal, row: Row) -> dict[str, Any]:
    dialect.served(row)
    v = row.values
    return {
        "id": row.id, "state": state_of(dialect, row), "createdAt": iso_ms(row.created_ms), "updatedAt": iso_ms(row.modified_ms),
        "metadata": {"counters": v["counters"], "fileIds": [v["file_id"]], "objectLists": list(v["lists"])},
        "importRequestJson": v["request"], "importSource": "API", "importName": v["name"], "optOutImport": v["opt_out"],
        "mappedObjectTypeIds": v["types"],
    }


def _error(row: Row, entry: dict[str, Any], request: Request) -> dict[str, Any]:
    hidden = {"lineNumber", "rowData", "errorMessage"}
    body = {name: value for name, value in entry.items() if name not in hidden}
    source: dict[str, Any] = {"lineNumber": entry["lineNumber"], "fileId": int(row.values["file_id"]),
                              "containsEncryptedProperties": False}
    if request.flag("includeErrorMessage"):
        body["errorMessage"] = entry["errorMessage"]
    if request.flag("includeRowData"):
        source["rowData"] = list(entry["rowData"])
    return body | {"sourceData": source}
