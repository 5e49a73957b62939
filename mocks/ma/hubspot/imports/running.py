"""The life of an import: STARTED, PROCESSING, DONE, with a queue behind the third (DEFERRED) and a way out (CANCELED).

An import lives in the store (kind `imports`), its file with it until it has run. With `import_ms` 0, the default, the rows
are written while the request that brought them is answered; else at the first request after that time. What they change is
caused by that first request either way: that is whom blame must find.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ....dialect import Switch
from ....journal import Exchange, Row
from ....store import Store
from ....wire import Evidence
from ..errors import Refusal
from ..lists import roll
from ..portal import Portal
from ..wire import note_refusal
from .reading import lines_of, positions
from .request import ImportPlan, plan_of
from .rows import Importer, RowError, Tally

KIND = "imports"
MOST_AT_ONCE = 3
_FIRST_IMPORT, _FIRST_ERROR, _FIRST_FILE = 48_200_001, 951_300_001, 71_400_001

SWITCHES: tuple[Switch, ...] = (
    Switch("import_ms", 0, (), Evidence.ASSUMED, "how long an import takes; its rows are written at the end"),
    Switch("import_bad_values", "skip_value", ("skip_value", "skip_row"), Evidence.ASSUMED,
           "whether a cell that cannot be read costs the value or the whole row (an e-mail address always the row)"),
)


def define(store: Store) -> None:
    """Make room for imports."""
    store.define(KIND)


def start(dialect: Portal, request: dict[str, Any], plan: ImportPlan, text: str) -> Row:
    """Take an import in and return it: STARTED, or DEFERRED while three others run."""
    positions(dialect, plan.files[0], text)  # refuses a header that is not there, before anything is kept
    dialect.rests_on("hubspot.import_ms")
    running = [row for row in dialect.store.rows(KIND) if row.values["state"] == "RUNNING"]
    is_deferred = len(running) >= MOST_AT_ONCE
    number = str(dialect.dice.count("hubspot.import", _FIRST_IMPORT))
    return dialect.store.create(KIND, number, {
        "state": "DEFERRED" if is_deferred else "RUNNING", "request": request, "text": text, "name": plan.name,
        "opt_out": plan.opt_out, "types": [t.type_id for t in plan.object_types],
        "start_ms": None if is_deferred else dialect.clock.now_ms(), "counters": {}, "errors": (), "lists": (),
        "file_id": str(dialect.dice.count("hubspot.import_file", _FIRST_FILE)),
        "exchange": dialect.journal.exchange.seq if dialect.journal.exchange is not None else None,
    })


def state_of(dialect: Portal, row: Row) -> str:
    """Return the state as the API names it now."""
    state = str(row.values["state"])
    if state != "RUNNING":
        return state
    passed_ms = dialect.clock.now_ms() - row.values["start_ms"]
    return "STARTED" if 2 * passed_ms <= dialect.settings["import_ms"] else "PROCESSING"


def cancel(dialect: Portal, row: Row) -> Row:
    """Stop an import that is not over: none of its rows is written."""
    new = dialect.store.update(row, {"state": "CANCELED", "text": ""})
    _start_waiting(dialect, dialect.clock.now_ms())
    return new


def advance(dialect: Portal) -> None:
    """Carry out the imports whose time has come, and start those that waited for them."""
    while True:
        due = [row for row in dialect.store.rows(KIND) if row.values["state"] == "RUNNING" and _due_ms(dialect, row) is not None]
        if not due:
            return
        row = min(due, key=lambda r: (r.values["start_ms"], int(r.id)))
        ended_ms = row.values["start_ms"] + int(dialect.settings["import_ms"])
        _carry_out(dialect, row)
        _start_waiting(dialect, ended_ms)


def _due_ms(dialect: Portal, row: Row) -> int | None:
    at_ms = int(row.values["start_ms"]) + int(dialect.settings["import_ms"])
    return at_ms if at_ms <= dialect.clock.now_ms() else None


def _start_waiting(dialect: Portal, at_ms: int) -> None:
    waiting = [row for row in dialect.store.rows(KIND) if row.values["state"] == "DEFERRED"]
    running = sum(1 for row in dialect.store.rows(KIND) if row.values["state"] == "RUNNING")
    for row in waiting[: MOST_AT_ONCE - running]:
        dialect.store.update(row, {"state": "RUNNING", "start_ms": at_ms})


def _carry_out(dialect: Portal, row: Row) -> None:
    with _caused_by(dialect, row.values["exchange"]):
        try:
            plan = plan_of(dialect, row.values["request"])
            places = positions(dialect, plan.files[0], row.values["text"])
        except Refusal as refusal:  # an object type that the portal had when the import came in, and has no more
            note_refusal(dialect, f"import {row.id}", refusal)
            dialect.store.update(row, {"state": "FAILED", "text": ""})
            return
        importer = Importer(dialect, plan, places)
        state = "DONE"
        try:
            importer.run(lines_of(row.values["text"], has_header=plan.files[0].has_header))
        except csv.Error as error:
            # Rows before the one that cannot be read stay, as with the vendor: an import has no way back.
            dialect.refused(f"import {row.id}", "COULD_NOT_PARSE_ROW", str(error))
            dialect.rests_on("hubspot.import_unreadable_file")
            state = "FAILED"
        lists = _made_list(dialect, plan, importer.tally) if plan.makes_list and state == "DONE" else ()
        dialect.store.update(row, {
            "state": state, "text": "", "counters": importer.tally.counters(), "lists": lists,
            "errors": tuple(_kept(dialect, e) for e in importer.tally.errors),
        })


@contextmanager
def _caused_by(dialect: Portal, seq: int | None) -> Iterator[None]:
    """Let what happens inside be caused by the exchange that brought the import, while another one is under way."""
    journal = dialect.journal
    entry = journal.entries[seq] if seq is not None and seq < len(journal) else None
    if not isinstance(entry, Exchange) or journal.exchange is entry:
        yield
        return
    under_way = journal.exchange
    journal.exchange = entry
    try:
        yield
    finally:
        journal.exchange = under_way


def _made_list(dialect: Portal, plan: ImportPlan, tally: Tally) -> tuple[dict[str, str], ...]:
    """Make the list of contacts that `createContactListFromImport` asks for."""
    object_type = next((t for t in plan.object_types if t.kind == "contacts"), None)
    if object_type is None:
        return ()
    name, number = plan.name, 1
    while roll.named(dialect, object_type.type_id, name) is not None:
        number += 1
        name = f"{plan.name} ({number})"
    made = roll.add(dialect, name, object_type, "SNAPSHOT", None)
    roll.put_members(dialect, made, sorted(tally.written.get("contacts", ()), key=int))
    return ({"listId": made.id, "objectType": object_type.legacy},)


def _kept(dialect: Portal, error: RowError) -> dict[str, Any]:
    """Return one error as the store keeps it and, but for what was not asked for, the API shows it."""
    entry: dict[str, Any] = {
        "id": str(dialect.dice.count("hubspot.import_error", _FIRST_ERROR)), "createdAt": dialect.clock.now_ms(),
        "errorType": error.error_type, "objectType": error.object_type.legacy, "objectTypeId": error.object_type.type_id,
        "errorMessage": error.message, "lineNumber": error.line.number, "rowData": error.line.cells,
    }
    if error.column is not None:
        entry |= {"invalidValue": error.value, "knownColumnNumber": error.column + 1}
    return entry
