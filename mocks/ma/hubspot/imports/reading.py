"""From the text of a CSV file to the values of each record in a row.

Days are written as the import says (`dateFormat`), options by value or label, owners by address or id. A blank cell leaves
the record's value alone.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..catalogue import Catalogue, Property
from ..portal import Portal
from .request import Column, FilePlan, refused

_DAY = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})")
_ORDER = {"MONTH_DAY_YEAR": (2, 0, 1), "DAY_MONTH_YEAR": (2, 1, 0), "YEAR_MONTH_DAY": (0, 1, 2)}


class CellError(ValueError):
    """A cell cannot be read; ``error_type`` is the vendor's word for why."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.message = message


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file; ``number`` counts from 1, the header included."""

    number: int
    cells: tuple[str, ...]


def text_of_file(content: bytes) -> str:
    """Return the text of a CSV file. Raises `Refusal` unless it is UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refused("The file is not encoded in UTF-8") from None


def lines_of(text: str, *, has_header: bool) -> Iterator[Line]:
    """Yield the rows below the header, blank ones left out. Raises `csv.Error` for what cannot be a row."""
    reader = csv.reader(io.StringIO(text, newline=""))
    if has_header:
        next(reader, None)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield Line(reader.line_num, tuple(cells))


def positions(dialect: Portal, file: FilePlan, text: str) -> list[int]:
    """Return at which position of a row each mapped column stands: by header, else in the order of the mapping.

    Raises `Refusal` for a header that the file does not have.
    """
    if not file.has_header:
        return list(range(len(file.columns)))
    header = [cell.strip() for cell in next(csv.reader(io.StringIO(text, newline="")), [])]
    found = []
    for at, column in enumerate(file.columns):
        if column is None or not column.header or column.header == (header[at] if at < len(header) else None):
            found.append(at)
        elif column.header in header:
            # The vendor's guide wants the mapping in the order of the file; what it does otherwise is not told.
            dialect.rests_on("hubspot.import_columns_by_name")
            found.append(header.index(column.header))
        else:
            raise refused(f"Column {column.header} is not in the file")
    return found


def cell_value(dialect: Portal, catalogue: Catalogue, column: Column, text: str, date_format: str) -> str:
    """Return a cell as the write path takes it. Raises `CellError`."""
    prop = catalogue.by_name.get(column.property_name)
    if prop is None:
        raise CellError("PROPERTY_DEFINITION_NOT_FOUND", f'Property "{column.property_name}" does not exist')
    if prop.refers_to == "OWNER":
        return _owner(dialect, text)
    if prop.type in ("date", "datetime"):
        return _moment(text, date_format)
    if prop.type in ("enumeration", "bool") and not prop.external_options:
        return _options(dialect, prop, text)
    return text


def _owner(dialect: Portal, text: str) -> str:
    if dialect.store.get("owners", text) is not None:
        return text
    found = dialect.store.find("owners", "email", text)
    if not found:
        raise CellError("COULD_NOT_FIND_OWNER", f"No owner is {text}")
    return found[0]


def _moment(text: str, date_format: str) -> str:
    found = _DAY.fullmatch(text)
    if found is None:
        return text  # milliseconds or an ISO moment: for the write path to judge
    parts = found.groups()
    year, month, day = (parts[at] for at in _ORDER[date_format])
    if len(year) != 4:
        raise CellError("COULD_NOT_PARSE_DATE", f"{text} is not a date of the form {date_format}")
    return f"{year}-{month:0>2}-{day:0>2}"


def _options(dialect: Portal, prop: Property, text: str) -> str:
    labels = {label.casefold(): value for value, label, _ in prop.options}
    allowed = set(prop.allowed)
    parts = [part.strip() for part in text.split(";")] if prop.is_multi else [text]
    found = []
    for part in parts:
        if part and part not in allowed and part.casefold() in labels:
            dialect.rests_on("hubspot.import_option_labels")
            part = labels[part.casefold()]
        found.append(part)
    return ";".join(found)
