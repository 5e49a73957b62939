"""A mapping in a spreadsheet: column A the CRM field, B the MA field, C type and remarks, further columns by header."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ..complaints import Loc, did_you_mean, shortened
from ..errors import Problem
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
from .load import default_mapping_path
from .object_rules import read_rule
from .remarks import fold, parse_remark
from .workbook import Sheet, read_workbook
from .yaml_form import load_yaml_mapping

__all__ = ["load_excel_mapping", "write_excel_mapping"]

_PREFIX = re.compile(r"(\w+)\s*[.:]\s*\S.*")


def load_excel_mapping(path: Path | str) -> Mapping:
    """Return the mapping of an .xlsx file; each rule's ``where`` is `file!Sheet!A7`, its ``remark`` the text of C.

    An object per sheet (its name says which), or a column Object, or prefixes (`Contact.Phone`). Kinds and match keys
    that no sheet `Rules` states are those of the mapping that ships. Raises InputError with all problems.
    """
    reading = _Reading(str(path), {"mapping": Path(path).stem, "objects": []})
    sheets = read_workbook(path)
    rules = [s for s in sheets if fold(s.name) in RULE_SHEETS]
    fields = [s for s in sheets if s not in rules and fold(s.name) not in ASIDE_SHEETS and (s.rows or s.problems)]
    # Systems first: their names may stand in remarks.
    for sheet in rules:
        _read_rules(sheet, reading)
    for sheet in fields:
        _read_fields(sheet, reading)
    if not fields:
        reading.found.append((0, Problem(str(path), "no sheet has fields.", "Name a sheet Contact, Lead or Company.")))
    reading.add_defaults()
    return assemble(reading.data, reading.place, reading.found)


@dataclass
class _Reading:
    """What has been read so far: plain data, the cell of each part of it, problems with their rank."""

    file: str
    data: dict[str, Any]
    found: list[tuple[int, Problem]] = field(default_factory=list)
    cells: dict[Loc, tuple[int, str]] = field(default_factory=dict)

    def place(self, loc: Loc) -> tuple[int, str]:
        """Return rank and name of the cell that holds what is at ``loc``, or of the nearest thing around it."""
        here: tuple[str | int, ...] = ()
        for part in loc:
            if (*here, part) in self.cells:
                here = (*here, part)
        return self.cells.get(here, (0, self.file))

    def note(self, loc: tuple[str | int, ...], sheet: Sheet, row: int, column: int) -> None:
        """Remember which cell holds what is at ``loc``; the first cell of an object stands for the object."""
        cell = (sheet.rank_of(row, column), sheet.where(row, column))
        for depth in range(1, len(loc)):
            self.cells.setdefault(loc[:depth], cell)
        self.cells[loc] = cell

    def object(self, name: str) -> tuple[int, dict[str, Any]]:
        """Return position and plain data of an object, added when new."""
        objects: list[dict[str, Any]] = self.data["objects"]
        for index, obj in enumerate(objects):
            if obj["object"] == name:
                return index, obj
        objects.append({"object": name, "fields": []})
        return len(objects) - 1, objects[-1]

    def systems(self) -> dict[str, str]:
        """Return the vendors by side, as the sheet Rules or else the mapping that ships names them."""
        return {str(side): name for side, name in _shipped().systems.items()} | self.data.get("systems", {})

    def add_defaults(self) -> None:
        """Fill kinds and match keys that nothing stated from the mapping that ships."""
        for index, obj in enumerate(self.data["objects"]):
            usual = _shipped().of(obj["object"])
            assert usual is not None
            obj.setdefault("crm", usual.crm)
            obj.setdefault("ma", usual.ma)
            if "match" not in obj:
                keys = [
                    key for key in usual.match if key.crm == "Email" or any(f["crm"] == key.crm for f in obj["fields"])
                ]
                obj["match"] = [key.model_dump() for key in keys]
                if not keys:
                    rank, where = self.place(("objects", index))
                    message = f"nothing says how records of `{obj['object']}` are matched."
                    remedy = f"Add a sheet Rules with the row: {obj['object']} | match | CRM field = MA field."
                    self.found.append((rank, Problem(where, message, remedy)))


@cache
def _shipped() -> Mapping:
    return load_yaml_mapping(default_mapping_path())


# -- sheet Rules ----------------------------------------------------------------------------------------------------


def _read_rules(sheet: Sheet, reading: _Reading) -> None:
    _check_rule_headers(sheet, sheet.rows.get(1, {}))
    for row, cells in sheet.rows.items():
        if row == 1:
            continue
        name, rule, value = (cells.get(column, "") for column in (1, 2, 3))
        if name and fold(name) not in OBJECT_OF:
            sheet.complain(row, 1, f"`{shortened(name)}` is not an object.", f"Write one of {', '.join(OBJECTS)}.")
        elif not rule or not value:
            missing = 3 if rule else 2
            sheet.complain(row, missing, f"the {'value' if rule else 'name'} of the rule is missing.", "Fill the cell.")
        else:
            _read_rule_row(sheet, reading, row, cells)
    reading.found.extend(sheet.problems)


def _check_rule_headers(sheet: Sheet, cells: dict[int, str]) -> None:
    for column, wanted in ((1, "Object"), (2, "Rule"), (3, "Value")):
        if not cells.get(column):
            sheet.complain(1, column, "the header cell is empty.", f"Write `{wanted}`: row 1 is for headers.")


def _read_rule_row(sheet: Sheet, reading: _Reading, row: int, cells: dict[int, str]) -> None:
    name = cells.get(1, "")
    index, obj = reading.object(OBJECT_OF[fold(name)]) if name else (0, None)
    try:
        loc = read_rule(reading.data, obj, cells[2], cells[3], cells.get(4, ""))
    except CellError as error:
        sheet.complain(row, error.column, str(error), error.remedy)
        return
    if obj is not None:
        entry = (len(obj[loc[0]]) - 1,) if loc[0] in ("exclude", "match") else ()
        reading.note(("objects", index, *loc, *entry), sheet, row, 3)


# -- sheets of fields -----------------------------------------------------------------------------------------------


def _read_fields(sheet: Sheet, reading: _Reading) -> None:
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
    sheet: Sheet, reading: _Reading, row: int, cells: dict[int, str], columns: dict[int, str], own: str | None
) -> None:
    crm, ma = cells.get(1, ""), cells.get(2, "")
    if not crm or not ma:
        what = ("MA", 2) if crm else ("CRM", 1)
        sheet.complain(row, what[1], f"the {what[0]} field is missing in this row.", "Fill the cell or empty the row.")
        return
    marked = next((cells.get(c, "") for c, key in columns.items() if key == OBJECT), "")
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


def _object_of(sheet: Sheet, row: int, crm: str, marked: str, own: str | None) -> tuple[str | None, str]:
    """Return the object of a row, by prefix, column Object or sheet name, which must agree, and the bare CRM field."""
    prefix = _prefixed(crm)
    crm = _without_prefix(crm)
    stated = OBJECT_OF.get(fold(marked))
    if marked and stated is None:
        sheet.complain(row, 1, f"`{shortened(marked)}` is not an object.", f"Write one of {', '.join(OBJECTS)}.")
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
    sheet: Sheet, reading: _Reading, row: int, cells: dict[int, str], columns: dict[int, str],
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
