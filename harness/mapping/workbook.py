"""A spreadsheet opened safely: bounds before anything is unpacked, no macros, texts only, every oddity with its cell."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from ..errors import InputError, Problem

MAX_BYTES = 5_000_000
MAX_EXPANDED = 30_000_000
MAX_PARTS = 500
MAX_SHEETS = 50
MAX_ROWS = 10_000
MAX_COLUMNS = 40
MAX_CELL = 5_000

_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# A document type is what entity bombs need and no spreadsheet program writes; UTF-16 would hide it from this search.
_SUSPICIOUS = (b"<!DOCTYPE", b"<!ENTITY", b"\x00<\x00!")


@dataclass
class Sheet:
    """One sheet as texts: row number -> column number (from 1) -> text; blank cells are left out."""

    name: str
    rank: int
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    file: str = ""
    told: set[tuple[int, int]] = field(default_factory=set)

    def where(self, row: int, column: int) -> str:
        """Return how messages name a cell: `mapping.xlsx!Contact!C7`."""
        return f"{self.file}!{self.name}!{get_column_letter(column)}{row}"

    def rank_of(self, row: int, column: int) -> int:
        """Return the place of a cell in the reading order of the file."""
        return (self.rank * (MAX_ROWS + 2) + row) * 100 + column

    def complain(self, row: int, column: int, message: str, remedy: str) -> None:
        """Note a problem with a cell; ``told`` holds the cells that have one."""
        self.told.add((row, column))
        self.problems.append((self.rank_of(row, column), Problem(self.where(row, column), message, remedy)))


def read_workbook(path: Path | str) -> list[Sheet]:
    """Return the sheets of an .xlsx file in order. Formulas, errors and merged cells are problems of their sheet.

    Raises InputError when the file cannot be read, is not an .xlsx, has macros, expands beyond 30 MB, or has a
    sheet beyond 10,000 rows or 40 columns.
    """
    content = _content(Path(path))
    try:
        merged = _inspect(content, str(path))
        with warnings.catch_warnings():
            # openpyxl warns of parts it leaves out (charts, checks of input); none of them is a mapping.
            warnings.simplefilter("ignore")
            return list(_sheets(content, str(path), merged))
    except InputError:
        raise
    # A damaged archive makes zipfile, the XML parser and openpyxl raise nearly anything.
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"[:200]
        remedy = "Open it in a spreadsheet program and save it again as .xlsx."
        raise InputError([Problem(str(path), f"the spreadsheet is damaged ({reason}).", remedy)]) from error


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _refused(path, f"the file cannot be read: {reason}.", "Check its name and rights.") from error
    if len(content) > MAX_BYTES:
        raise _refused(path, f"the file is larger than {MAX_BYTES:,} bytes.", "Keep the mapping alone in it.")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(path, "this is an old .xls file or is protected by a password.", "Save it as .xlsx without one.")
    if not zipfile.is_zipfile(BytesIO(content)):
        raise _refused(path, "this is not an .xlsx file.", "Save it as .xlsx in a spreadsheet program.")
    return content


def _refused(path: Path | str, message: str, remedy: str) -> InputError:
    return InputError([Problem(str(path), message, remedy)])


def _inspect(content: bytes, path: str) -> dict[str, list[tuple[str, int]]]:
    """Check the archive before openpyxl sees it; return sheet name -> (column letters, row) of its merged cells."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_EXPANDED:
            raise _refused(
                path, f"unpacked, the file has more than {MAX_EXPANDED:,} bytes.", "Keep the mapping alone in it."
            )
        if any("vbaproject" in part.filename.lower() or "macrosheets" in part.filename.lower() for part in parts):
            raise _refused(path, "the file has macros.", "Save it as .xlsx without macros.")
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels")) and any(s in archive.read(part) for s in _SUSPICIOUS):
                raise _refused(
                    path, f"its part {part.filename} has a document type.", "Save it again in a spreadsheet program."
                )
        return {name: _merged(archive.read(part)) for name, part in _parts_of_sheets(archive)}


def _merged(xml: bytes) -> list[tuple[str, int]]:
    return [(m.group(1).decode(), int(m.group(2))) for m in _MERGED.finditer(xml)]


def _parts_of_sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield (sheet name, name of its part). The parts were searched for document types: no entity can expand."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {r.get("Id"): str(r.get("Target")) for r in relations}
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    known = set(archive.namelist())
    for node in book.iter():
        if node.tag.endswith("}sheet"):
            target = targets.get(node.get(_RELATION), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in known:
                yield str(node.get("name")), part


def _sheets(content: bytes, path: str, merged: dict[str, list[tuple[str, int]]]) -> Iterator[Sheet]:
    book = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False, rich_text=False)
    try:
        if len(book.worksheets) > MAX_SHEETS:
            raise _refused(path, f"the file has more than {MAX_SHEETS} sheets.", "Keep the mapping alone in it.")
        for rank, worksheet in enumerate(book.worksheets):
            sheet = Sheet(str(worksheet.title), rank, file=path)
            # What the file says of its own size is not to be trusted.
            worksheet.reset_dimensions()
            rows = worksheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS + 1)
            for number, cells in enumerate(rows, 1):
                _read_row(sheet, number, cells)
            _refuse_too_large(sheet)
            for letters, row in merged.get(sheet.name, []):
                message = "merged cells: which row or column the value belongs to cannot be told."
                sheet.complain(min(row, MAX_ROWS), _column_number(letters), message, "Unmerge them and fill each cell.")
            yield sheet
    finally:
        book.close()


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return min(number, MAX_COLUMNS + 1)


def _refuse_too_large(sheet: Sheet) -> None:
    if MAX_ROWS + 1 in sheet.rows:
        where = f"{sheet.file}!{sheet.name}"
        raise _refused(where, f"the sheet has more than {MAX_ROWS:,} rows.", "Keep the mapping alone in it.")
    beyond = next((row for row, cells in sheet.rows.items() if MAX_COLUMNS + 1 in cells), None)
    if beyond is not None:
        where = sheet.where(beyond, MAX_COLUMNS + 1)
        raise _refused(where, f"the sheet has more than {MAX_COLUMNS} columns.", "Keep the mapping alone in it.")


def _read_row(sheet: Sheet, number: int, cells: Any) -> None:
    texts: dict[int, str] = {}
    for column, cell in enumerate(cells, 1):
        text = _text_of(sheet, number, column, cell)
        if text:
            texts[column] = text
    if texts:
        sheet.rows[number] = texts


def _text_of(sheet: Sheet, row: int, column: int, cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        sheet.complain(row, column, "a formula is in this cell.", "Paste its value instead (paste special, values).")
        return ""
    if cell.data_type == "e":
        sheet.complain(row, column, f"the error {value} is in this cell.", "Write the value.")
        return ""
    text = _as_text(value)
    if len(text) > MAX_CELL:
        sheet.complain(row, column, f"more than {MAX_CELL:,} characters are in this cell.", "Shorten it.")
        return ""
    return text


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).replace("\xa0", " ").replace("\r\n", "\n").strip()
