"""One row of an import: find or make each record that it describes, tie them together, note what went wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ....journal import Row
from .. import consent_state, links, objects, saving
from ..erasure import is_blocked
from ..errors import Refusal
from ..kinds import ObjectType
from ..portal import Portal
from ..values import domain_of
from .reading import CellError, Line, cell_value
from .request import Column, ImportPlan

SOURCE = "IMPORT"
# What the write path calls a problem -> what an import calls it.
_ERROR_TYPES = {
    "INVALID_EMAIL": "INVALID_EMAIL", "PROPERTY_DOESNT_EXIST": "PROPERTY_DEFINITION_NOT_FOUND",
    "INVALID_OPTION": "INVALID_ENUMERATION_OPTION", "INVALID_INTEGER": "COULD_NOT_PARSE_NUMBER",
    "INVALID_LONG": "COULD_NOT_PARSE_DATE", "INVALID_DATE": "COULD_NOT_PARSE_DATE", "READ_ONLY_VALUE": "FAILED_VALIDATION",
}


@dataclass(frozen=True, slots=True)
class RowError:
    """One entry of the list of errors of an import."""

    line: Line
    error_type: str
    message: str
    object_type: ObjectType
    column: int | None = None
    value: str | None = None


@dataclass(slots=True)
class Tally:
    """What an import has done so far."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    values: int = 0
    written: dict[str, set[str]] = field(default_factory=dict)  # kind -> ids
    errors: list[RowError] = field(default_factory=list)

    def counters(self) -> dict[str, int]:
        """Return the counters as the vendor names them."""
        return {
            "TOTAL_ROWS": self.rows, "CREATED_OBJECTS": self.created, "UPDATED_OBJECTS": self.updated,
            "PROPERTY_VALUES_EMITTED": self.values, "UNIQUE_OBJECTS_WRITTEN": sum(map(len, self.written.values())),
            "ERRORS": len(self.errors),
        }


@dataclass(frozen=True, slots=True)
class _Cell:
    column: Column
    at: int
    text: str


class _SkippedError(Exception):
    """Nothing of this object is written; the reason is in the tally, if there is one."""


class Importer:
    """Carries out the rows of one import."""

    def __init__(self, dialect: Portal, plan: ImportPlan, places: list[int]) -> None:
        self._dialect = dialect
        self._plan = plan
        self._columns = [(c, at) for c, at in zip(plan.files[0].columns, places, strict=True) if c is not None]
        self._types = plan.object_types
        self._seen: set[tuple[str, ...]] = set()
        self.tally = Tally()

    def run(self, lines: Iterable[Line]) -> Tally:
        """Carry out all rows and return what came of them."""
        for line in lines:
            self.tally.rows += 1
            if line.cells in self._seen:
                self._dialect.rests_on("hubspot.import_duplicate_rows")
                self._note(RowError(line, "DUPLICATE_ROW_CONTENT", "The row occurs twice in the file", self._types[0]))
                continue
            self._seen.add(line.cells)
            self._row(line)
        return self.tally

    def _note(self, error: RowError) -> None:
        self.tally.errors.append(error)
        self._dialect.refused(f"row {error.line.number}{self._about(error.line)}", error.error_type, error.message)

    def _about(self, line: Line) -> str:
        """Return what identifies the record of a row, for whoever asks later whom a refusal was about."""
        keys = [at for column, at in self._columns if column.by_id or column.is_key or column.property_name == "email"]
        found = [line.cells[at].strip() for at in keys if at < len(line.cells) and line.cells[at].strip()]
        return f" ({', '.join(found)})" if found else ""

    def _row(self, line: Line) -> None:
        made: list[Row] = []
        for object_type in self._types:
            try:
                made.append(self._object(line, object_type))
            except _SkippedError:
                continue
        for at, one in enumerate(made):
            for other in made[at + 1:]:
                try:
                    spec = links.plain_type(self._dialect, one.kind, other.kind)
                except Refusal as refusal:
                    self._note(RowError(line, "FAILED_TO_CREATE_ASSOCIATION", refusal.message, self._types[0]))
                    continue
                links.link(self._dialect, one.kind, one.id, other.kind, other.id, {spec}, source=SOURCE)

    def _object(self, line: Line, object_type: ObjectType) -> Row:
        """Write one record of the row and return it. Raises `_SkippedError`."""
        cells = self._cells(line, object_type)
        if not cells:
            raise _SkippedError
        try:
            row = self._identified(object_type, cells)
            self._check_operation(line, object_type, row)
            row, is_new = self._written(line, object_type, row, cells)
        except CellError as error:
            self._note(RowError(line, error.error_type, error.message, object_type))
            raise _SkippedError from None
        self.tally.created += is_new
        self.tally.updated += not is_new
        self.tally.written.setdefault(row.kind, set()).add(row.id)
        self._after(line, row)
        return row

    def _cells(self, line: Line, object_type: ObjectType) -> list[_Cell]:
        found = []
        for column, at in self._columns:
            text = line.cells[at].strip() if at < len(line.cells) else ""
            if column.object_type.type_id == object_type.type_id and text:
                found.append(_Cell(column, at, text))
        return found

    # -- which record -------------------------------------------------------------------------------

    def _identified(self, object_type: ObjectType, cells: list[_Cell]) -> Row | None:
        """Return the record that the row is about, or None for a new one. Raises `CellError`."""
        dialect, kind = self._dialect, object_type.kind
        for cell in cells:
            if cell.column.by_id:
                row = dialect.store.get(kind, cell.text)
                if row is None:
                    raise CellError("INVALID_RECORD_ID", f"No {object_type.singular} has the id {cell.text}")
                return row
        keys = [c for c in cells if c.column.is_key] or [
            c for c in cells if (kind, c.column.property_name) in (("contacts", "email"), ("companies", "domain"))
        ]
        for cell in keys:
            row = self._by_key(object_type, cell)
            if row is not None:
                return row
        return None

    def _by_key(self, object_type: ObjectType, cell: _Cell) -> Row | None:
        dialect, name = self._dialect, cell.column.property_name
        if object_type.kind == "contacts" and name == "email":
            if is_blocked(dialect, cell.text):
                raise CellError("GDPR_BLACKLISTED_EMAIL", f"{cell.text} was erased for good and cannot be imported")
            return dialect.contact_by_email(cell.text)
        if object_type.kind == "companies" and name == "domain":
            found = dialect.store.find("companies", "domain", domain_of(cell.text))
            if len(found) > 1:
                raise CellError("MULTIPLE_COMPANIES_WITH_THIS_DOMAIN", f"{len(found)} companies have the domain {cell.text}")
            return dialect.store.get("companies", found[0]) if found else None
        try:
            return objects.find_row(dialect, object_type, cell.text, name)
        except Refusal as refusal:
            raise CellError("INVALID_ALTERNATE_ID", refusal.message) from None

    def _check_operation(self, line: Line, object_type: ObjectType, row: Row | None) -> None:
        operation = self._plan.operations.get(object_type.type_id, "UPSERT")
        if operation == "CREATE" and row is not None:
            raise CellError("CREATE_ONLY_IMPORT", f"{object_type.title} {row.id} exists already")
        if operation == "UPDATE" and row is None:
            raise CellError("UPDATE_ONLY_IMPORT", f"No {object_type.singular} to update for row {line.number}")

    # -- writing ------------------------------------------------------------------------------------

    def _written(self, line: Line, object_type: ObjectType, row: Row | None, cells: list[_Cell]) -> tuple[Row, bool]:
        given = self._given(line, object_type, cells)
        while True:
            try:
                changes = saving.plan(self._dialect, object_type, given, row)
                break
            except Refusal as refusal:
                given = self._without_bad(line, cells, given, refusal)
        self.tally.values += len(given)
        if row is None:
            return saving.create(self._dialect, object_type, changes, SOURCE), True
        return saving.update(self._dialect, object_type, row, changes, SOURCE), False

    def _given(self, line: Line, object_type: ObjectType, cells: list[_Cell]) -> dict[str, str]:
        catalogue = self._dialect.catalogue(object_type.kind)
        given: dict[str, str] = {}
        for cell in cells:
            if cell.column.by_id:
                continue
            try:
                given[cell.column.property_name] = cell_value(
                    self._dialect, catalogue, cell.column, cell.text, self._plan.date_format
                )
            except CellError as error:
                self._bad_cell(line, cell, error.error_type, error.message)
        return given

    def _bad_cell(self, line: Line, cell: _Cell, error_type: str, message: str) -> None:
        """Note a cell that cannot be taken; the rest of the row goes on unless the switch or its meaning says no."""
        self._dialect.rests_on("hubspot.import_bad_values")
        self._note(RowError(line, error_type, message, cell.column.object_type, cell.at, cell.text))
        identifies = cell.column.is_key or cell.column.property_name == "email"
        if identifies or self._dialect.settings["import_bad_values"] == "skip_row":
            raise _SkippedError

    def _without_bad(
        self, line: Line, cells: list[_Cell], given: dict[str, str], refusal: Refusal
    ) -> dict[str, str]:
        """Return what is left once the properties that the write path refuses are noted. Raises `CellError`, `_SkippedError`."""
        listed: Any = refusal.members.get("errors")
        bad = {e["context"]["propertyName"][0]: e for e in listed or () if isinstance(e, dict) and "code" in e}
        if not bad:
            raise CellError(_whole_row(refusal), refusal.message)
        by_name = {c.column.property_name: c for c in cells}
        for name, entry in bad.items():
            if name not in by_name:  # not of the file: a rule of the portal refuses the record
                raise CellError("FAILED_VALIDATION", entry["message"])
            self._bad_cell(line, by_name[name], _ERROR_TYPES.get(entry["code"], "INVALID_CUSTOM_PROPERTY_VALIDATION"),
                           entry["message"])
        return {n: v for n, v in given.items() if n not in bad}

    def _after(self, line: Line, row: Row) -> None:
        """Do what the import asks for beside the values: marketing status, opt-out."""
        if row.kind != "contacts":
            return
        dialect, email = self._dialect, row.values.get("email")
        if self._plan.marketable and row.values.get("hs_marketable_status") != "true":
            dialect.system_write(row, {"hs_marketable_status": "true"}, SOURCE)
        if not self._plan.opt_out:
            return
        if not email:
            self._note(RowError(line, "FAILED_TO_OPT_OUT_CONTACT", "The contact has no email address", self._types[0]))
        elif not consent_state.is_opted_out_of_all(consent_state.row_of(dialect, email)):
            cause = consent_state.Cause(consent_state.USER, "Opt-out list import")
            consent_state.set_portal(dialect, email, consent_state.UNSUBSCRIBED, cause)


def _whole_row(refusal: Refusal) -> str:
    """Return the import's word for a refusal that is about the record and not about one value."""
    if "already has that value" in refusal.message or refusal.status == 409:
        return "DUPLICATE_UNIQUE_PROPERTY_VALUE"
    if "required properties" in refusal.message:
        return "MISSING_REQUIRED_PROPERTY"
    return "FAILED_VALIDATION"
