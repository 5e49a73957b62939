"""A mapping in a spreadsheet: column A the CRM field, B the MA field, C type and remarks, further columns by header."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..complaints import did_you_mean, shortened
from ..errors import InputError, Problem
from .assembly import assemble
from .columns import (
    ASIDE_SHEETS,
    COLUMN_OF,
    CRM,
    MA,
    NOTES,
    OBJECT,
    OBJECT_OF,
    OBJECTS,
    READERS,
    REMARK,
    RULE_SHEETS,
    CellError,
)
from .excel_writer import write_excel_mapping
from .grammar import Mapping
from .reading import Reading, read_rule_sheet
from .remarks import fold, parse_remark
from .workbook import Sheet, read_workbook

__all__ = ["load_excel_mapping", "write_excel_mapping"]

_PREFIX = re.compile(r"(\w+)\s*[.:]\s*\S.*")


def load_excel_mapping(path: Path | str) -> Mapping:
    """Return the mapping of an .xlsx file; each rule's ``where`` is `file!Sheet!A7`, its ``remark`` the text of C.

    An object per sheet (its name says which), or a column Object, or prefixes (`Contact.Phone`). Kinds and match keys
    that no sheet `Rules` states are those of the mapping that ships. Raises InputError with all problems.
    """
    reading = Reading(str(path), {"mapping": Path(path).stem, "objects": []})
    sheets = read_workbook(path)
    rules = [s for s in sheets if fold(s.name) in RULE_SHEETS]
    fields = [s for s in sheets if s not in rules and fold(s.name) not in ASIDE_SHEETS and (s.rows or s.problems)]
    # Systems first: their names may stand in remarks.
    for sheet in rules:
        read_rule_sheet(sheet, reading)
    for sheet in fields:
        _read_fields(sheet, reading)
    if not reading.data["objects"]:
        nothing = Problem(
            str(path), "no sheet has fields.", "Name a sheet Contact, Lead or Company and fill columns A and B."
        )
        raise InputError([p for _, p in sorted(reading.found, key=lambda pair: pair[0])] or [nothing])
    reading.add_defaults()
    return assemble(reading.data, reading.place, reading.found)


# -- sheets of fields -----------------------------------------------------------------------------------------------


def _read_fields(sheet: Sheet, reading: Reading) -> None:
    columns = _headers(sheet)
    own = OBJECT_OF.get(fold(sheet.name))
    if own is None and OBJECT not in columns.values() and not any(_prefixed(c.get(1, "")) for c in sheet.rows.values()):
        remedy = "Name it Contact, Lead or Company (`Notes` if it is for people only), or add a column Object."
        place = f"{sheet.file}!{sheet.name}"
        reading.found.append(
            (sheet.rank_of(0, 0), Problem(place, "which object this sheet is about is not said.", remedy))
        )
        return
    for row, cells in sheet.rows.items():
        if row > 1:
            _read_field_row(sheet, reading, row, cells, columns, own)
    reading.found.extend(sheet.problems)


def _headers(sheet: Sheet) -> dict[int, str]:
    """Return column number -> what it holds; complain of empty, unknown and doubled headers."""
    cells = sheet.rows.get(1, {})
    used = {column for row in sheet.rows.values() for column in row}
    columns = {1: CRM, 2: MA}
    for column in sorted(used | {1, 2, 3}):
        text = cells.get(column, "")
        key = COLUMN_OF.get(fold(text))
        if not text:
            sheet.complain(1, column, "the header cell is empty.", "Row 1 is for headers: name the column.")
        elif column <= 2:
            continue
        elif key is None and column > 3:
            known = [words for words in COLUMN_OF if words.isascii()]
            remedy = did_you_mean(fold(text), known) or "Name it `Notes` if it is for people only."
            sheet.complain(1, column, f"no column is called `{shortened(text)}`.", remedy)
        elif key in columns.values() and key not in (REMARK, NOTES):
            sheet.complain(1, column, f"a second column `{shortened(text)}`.", "Remove one.")
        else:
            columns[column] = key or REMARK
    said = parse_remark(cells.get(3, ""))
    if said.type is not None and said.direction is not None:
        sheet.complain(1, 3, "row 1 holds a rule, but it is for headers.", "Insert a row of headers above it.")
    return columns


def _read_field_row(
    sheet: Sheet, reading: Reading, row: int, cells: dict[int, str], columns: dict[int, str], own: str | None
) -> None:
    crm, ma = cells.get(1, ""), cells.get(2, "")
    if not crm or not ma:
        side, column = ("MA", 2) if crm else ("CRM", 1)
        # A formula there was told already.
        if (row, column) not in sheet.told:
            message = f"the {side} field is missing in this row."
            sheet.complain(row, column, message, "Fill the cell or empty the row.")
        return
    marked = next(((c, cells[c]) for c, key in columns.items() if key == OBJECT and c in cells), (1, ""))
    name, crm = _object_of(sheet, row, crm, marked, own)
    if name is None:
        return
    rule: dict[str, Any] = {"crm": crm, "ma": _without_prefix(ma)}
    at = {"crm": 1, "ma": 2}
    _read_remarks(sheet, reading, row, cells, columns, rule, at)
    for column, key in columns.items():
        if key in READERS and column in cells:
            _read_cell(sheet, row, column, key, cells[column], rule, at)
    if "consent" in rule and "winner" not in rule and rule.get("direction", "both") == "both":
        rule["winner"] = "most_restrictive"
    formats = {side: rule.pop(key) for side, key in (("crm", "format_crm"), ("ma", "format_ma")) if key in rule}
    if formats:
        rule["format"] = formats
    if rule.get("sensitive"):
        rule.setdefault("direction", "none")
    index, obj = reading.object(name)
    loc: tuple[str | int, ...] = ("objects", index, "fields", len(obj["fields"]))
    obj["fields"].append(rule)
    reading.note(loc, sheet, row, 1)
    for key, column in at.items():
        reading.note((*loc, key), sheet, row, column)


def _object_of(sheet: Sheet, row: int, crm: str, marked: tuple[int, str], own: str | None) -> tuple[str | None, str]:
    """Return the object of a row, by prefix, column Object or sheet name, which must agree, and the bare CRM field."""
    prefix = _prefixed(crm)
    crm = _without_prefix(crm)
    stated = OBJECT_OF.get(fold(marked[1]))
    if marked[1] and stated is None:
        sheet.complain(
            row, marked[0], f"`{shortened(marked[1])}` is not an object.", f"Write one of {', '.join(OBJECTS)}."
        )
        return None, crm
    names = list(dict.fromkeys(n for n in (prefix, stated, own) if n is not None))
    if not names:
        remedy = "Name the sheet Contact, Lead or Company, add a column Object, or write `Contact.Phone`."
        sheet.complain(row, 1, f"which object `{shortened(crm)}` belongs to is not said.", remedy)
        return None, crm
    if len(names) > 1:
        sheet.complain(
            row, 1, f"this row belongs to {' and to '.join(names)}.", "Make prefix, column Object and sheet name agree."
        )
        return None, crm
    return names[0], crm


def _prefixed(name: str) -> str | None:
    match = _PREFIX.fullmatch(name)
    return OBJECT_OF.get(fold(match.group(1))) if match else None


def _without_prefix(name: str) -> str:
    return name if _prefixed(name) is None else name.partition("." if "." in name else ":")[2].strip()


def _read_remarks(
    sheet: Sheet, reading: Reading, row: int, cells: dict[int, str], columns: dict[int, str],
    rule: dict[str, Any], at: dict[str, int],
) -> None:  # fmt: skip
    placed = [(column, cells[column]) for column, key in columns.items() if key == REMARK and column in cells]
    if not placed:
        return
    # Type and remarks may stand in two columns: together they are one remark, as `Master: CRM` beside `two-way` is.
    text = ", ".join(text for _, text in placed)
    said = parse_remark(text, reading.systems())
    for message, remedy in said.problems:
        column = next((c for c, part in placed if _quoted_in(message, part)), placed[0][0])
        sheet.complain(row, column, message, remedy)
    rule.update(said.values(), remark=text)
    at.update(dict.fromkeys([*said.values(), "remark"], placed[0][0]))


def _quoted_in(message: str, text: str) -> bool:
    match = re.search(r"`([^`]*)`", message)
    return match is not None and match.group(1).rstrip("…") in text


def _read_cell(
    sheet: Sheet, row: int, column: int, key: str, text: str, rule: dict[str, Any], at: dict[str, int]
) -> None:
    try:
        value = READERS[key](text)
    except CellError as error:
        sheet.complain(row, column, str(error), error.remedy)
        return
    if key in rule and rule[key] != value:
        sheet.complain(
            row, column, f"`{shortened(text)}` contradicts the remark ({key}: {rule[key]}).", "Keep one of the two."
        )
        return
    rule[key] = value
    at[key] = column
