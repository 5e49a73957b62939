"""What has been read of a mapping spreadsheet so far, and the sheet `Rules` read into it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ..complaints import Loc, shortened
from ..errors import Problem
from .columns import OBJECT_OF, OBJECTS, CellError
from .grammar import Mapping
from .load import default_mapping_path
from .object_rules import read_rule
from .remarks import fold
from .workbook import Sheet
from .yaml_form import load_yaml_mapping


@dataclass
class Reading:
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
        stated: dict[str, str] = self.data.get("systems", {})
        return {str(side): name for side, name in _shipped().systems.items()} | stated

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


def read_rule_sheet(sheet: Sheet, reading: Reading) -> None:
    """Read the sheet `Rules`; its problems go to ``reading.found``."""
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


def _read_rule_row(sheet: Sheet, reading: Reading, row: int, cells: dict[int, str]) -> None:
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
