"""CSV as the Bulk APIs write and read it: delimiters, line endings, and a table checked before any row is saved."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

DELIMITERS = {"COMMA": ",", "TAB": "\t", "SEMICOLON": ";", "PIPE": "|", "CARET": "^", "BACKQUOTE": "`"}
ENDINGS = {"LF": "\n", "CRLF": "\r\n"}


class TableError(Exception):
    """The whole table is refused; the text is the `errorMessage` of the job. ``assumed``: the wording is ours."""

    def __init__(self, text: str, *, assumed: bool = False) -> None:
        super().__init__(text)
        self.text, self.assumed = text, assumed


def rows_of(body: bytes, delimiter: str = ",") -> Iterator[list[str]]:
    """Yield the rows of a table, the header first; blank lines are skipped. Raises csv.Error or UnicodeDecodeError."""
    # BytesIO shares the bytes: nothing is copied but the lines under way.
    text = io.TextIOWrapper(io.BytesIO(body), "utf-8", newline="")
    for cells in csv.reader(text, delimiter=delimiter, strict=True):
        if cells:
            yield cells


def checked_header(body: bytes, delimiter: str = ",", ending: str | None = None) -> tuple[list[str], int]:
    """Return the header and the number of rows below it. Raises TableError when the table cannot be read to its end.

    Nothing has been saved then. ``ending`` is the declared line ending (None: whatever it is).
    """
    if ending is not None:
        _check_ending(body, ending)
    count = -1
    header: list[str] = []
    try:
        for cells in rows_of(body, delimiter):
            count += 1
            if not count:
                header = [name.strip() for name in cells]
            elif len(cells) != len(header):
                text = f"InvalidBatch : Row {count} has {len(cells)} columns, the header has {len(header)}"
                raise TableError(text, assumed=True)
    except (csv.Error, UnicodeDecodeError) as error:
        raise TableError(f"InvalidBatch : Failed to parse CSV: {error}", assumed=True) from None
    if count < 0:
        raise TableError("InvalidBatch : Failed to parse CSV header", assumed=True)
    return header, count


def _check_ending(body: bytes, ending: str) -> None:
    at = body.find(b"\n")
    if at >= 0 and (body[at - 1 : at] == b"\r") != (ending == "CRLF"):
        text = "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is"
        raise TableError(f"{text} {ending}")


def line_of(cells: Iterable[str], delimiter: str, ending: str) -> str:
    """Return one line in which every cell is quoted."""
    return delimiter.join(['"' + cell.replace('"', '""') + '"' if '"' in cell else f'"{cell}"' for cell in cells]) + ending
