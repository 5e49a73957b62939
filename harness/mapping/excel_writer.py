"""Writes any mapping in the spreadsheet form, so that two runs give the same bytes."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import IllegalCharacterError
from syncproof_mocks.schema import FieldType

from ..errors import InputError, Problem
from .columns import told_consent, told_values
from .grammar import Direction, FieldRule, Mapping, Winner
from .object_rules import told_rules
from .remarks import parse_remark

Language = Literal["en", "pl"]

_TYPES: dict[Language, dict[FieldType, str]] = {
    "en": {
        FieldType.TEXT: "Text", FieldType.NUMBER: "Number", FieldType.DATE: "Date", FieldType.DATETIME: "Date and time",
        FieldType.BOOLEAN: "Yes/No", FieldType.PICKLIST: "Picklist", FieldType.MULTI_PICKLIST: "Multi-picklist",
        FieldType.EMAIL: "E-mail", FieldType.PHONE: "Phone", FieldType.COUNTRY: "Country", FieldType.REFERENCE: "Lookup",
    },
    "pl": {
        FieldType.TEXT: "Tekst", FieldType.NUMBER: "Liczba", FieldType.DATE: "Data", FieldType.DATETIME: "Data i czas",
        FieldType.BOOLEAN: "Tak/Nie", FieldType.PICKLIST: "Lista wyboru",
        FieldType.MULTI_PICKLIST: "Lista wielokrotnego wyboru", FieldType.EMAIL: "E-mail", FieldType.PHONE: "Telefon",
        FieldType.COUNTRY: "Kraj", FieldType.REFERENCE: "Odwołanie",
    },
}  # fmt: skip
_PHRASES: dict[Language, dict[str, str]] = {
    "en": {"two_way": "two-way", "none": "do not sync", "sensitive": "sensitive", "latest": "latest wins",
           "crm_unless_blank": "CRM wins unless blank", "ma_unless_blank": "MA wins unless blank",
           "most_restrictive": "most restrictive wins"},
    "pl": {"two_way": "dwukierunkowo", "none": "nie synchronizować", "sensitive": "wrażliwe", "latest": "nowszy wygrywa",
           "crm_unless_blank": "CRM wygrywa o ile niepuste", "ma_unless_blank": "MA wygrywa o ile niepuste",
           "most_restrictive": "najbardziej restrykcyjne wygrywa"},
}  # fmt: skip
_HEADERS: dict[Language, tuple[str, ...]] = {
    "en": ("CRM field", "MA field", "Type and remarks", "Direction", "Winner", "Blank", "Enforce", "Values", "Format CRM",
           "Format MA", "Max length", "Sensitive", "Consent"),
    "pl": ("Pole CRM", "Pole MA", "Typ i uwagi", "Kierunek", "Wygrywa", "Puste", "Wymuszaj", "Wartości", "Format CRM",
           "Format MA", "Maks. długość", "Wrażliwe", "Zgoda"),
}  # fmt: skip
# Columns that most mappings do not need.
_FURTHER: dict[Language, dict[str, str]] = {
    "en": {"fill": "Fill", "rule": "Sync rule"}, "pl": {"fill": "Uzupełnia", "rule": "Reguła synchronizacji"},
}
_RULES: dict[Language, tuple[str, tuple[str, ...]]] = {
    "en": ("Rules", ("Object", "Rule", "Value", "Reason")),
    "pl": ("Reguły", ("Obiekt", "Reguła", "Wartość", "Powód")),
}
# One moment for every file: bytes must depend on the mapping alone.
_STAMP = (2026, 1, 1, 0, 0, 0)


def write_excel_mapping(mapping: Mapping, path: Path | str, language: Language = "en") -> None:
    """Write a mapping as .xlsx: a sheet per object and the sheet Rules. The same mapping gives the same bytes.

    Raises InputError when a text has signs that a spreadsheet cannot hold, OSError when the file cannot be written.
    """
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new workbook always has one sheet
    try:
        for obj in mapping.objects:
            sheet = book.create_sheet(obj.object.title())
            further = [key for key in _FURTHER[language] if any(getattr(rule, key) for rule in obj.fields)]
            headers = (*_HEADERS[language], *(_FURTHER[language][key] for key in further))
            _fill(sheet, headers, ([*_row(rule, language), *(getattr(rule, key) or "" for key in further)] for rule in obj.fields))
        title, headers = _RULES[language]
        _fill(book.create_sheet(title), headers, told_rules(mapping))
    except IllegalCharacterError as error:
        message = "a text of the mapping has signs that a spreadsheet cannot hold."
        raise InputError([Problem(str(path), message, "Remove control characters.")]) from error
    buffer = BytesIO()
    book.save(buffer)
    Path(path).write_bytes(_without_times(buffer.getvalue()))


def phrase_of(rule: FieldRule, language: Language = "en") -> str:
    """Return type, direction and winner as a remark: `Text, two-way, Master: CRM`."""
    words = _PHRASES[language]
    pieces = [_TYPES[language][rule.type]]
    if rule.sensitive:
        pieces.append(words["sensitive"])
    elif rule.direction is Direction.NONE:
        pieces.append(words["none"])
    elif rule.direction is Direction.BOTH:
        pieces.append(words["two_way"])
        if rule.winner in (Winner.CRM, Winner.MA):
            pieces.append(f"Master: {rule.winner.upper()}")
        elif rule.winner is not None:
            pieces.append(words[str(rule.winner)])
    else:
        pieces.append("Master: CRM" if rule.direction is Direction.CRM_TO_MA else "Master: MA")
    return ", ".join(pieces)


def _row(rule: FieldRule, language: Language) -> list[str]:
    meant = _meant(rule)
    remark = rule.remark
    said = parse_remark(remark)
    # The author's own words stay where they say nothing else than the rule.
    if (
        not remark
        or said.problems
        or "type" not in said.values()
        or any(meant.get(k) != v for k, v in said.values().items())
    ):
        remark = phrase_of(rule, language)
        said = parse_remark(remark)
    left = {key: value for key, value in meant.items() if said.values().get(key) != value}
    left.pop("type", None)
    if left.get("direction") == "both":
        del left["direction"]
    columns = ("direction", "winner", "blank", "enforce")
    return [
        rule.crm, rule.ma, remark, *(left.get(key, "") for key in columns), told_values(rule.values),
        rule.format.crm or "", rule.format.ma or "", str(left.get("max_length", "")),
        "yes" if "sensitive" in left else "", told_consent(rule) if "consent" in left else "",
    ]  # fmt: skip


def _meant(rule: FieldRule) -> dict[str, Any]:
    """Return the rule in the words of `RemarkRules.values`."""
    said = rule.model_dump(mode="json", exclude_none=True, include={
        "type", "direction", "winner", "blank", "enforce", "max_length", "consent",
    })  # fmt: skip
    return said | ({"sensitive": True} if rule.sensitive else {})


def _fill(sheet: Any, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    widths = [len(header) + 2 for header in headers]
    for number, texts in enumerate([headers, *rows], 1):
        for column, text in enumerate(texts, 1):
            if not text:
                continue
            cell = sheet.cell(number, column, text)
            # A text that begins with `=` is a text, not a formula.
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            widths[column - 1] = max(widths[column - 1], *(len(line) + 2 for line in str(text).split("\n")))
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = min(width, 60)
        sheet.cell(1, column).font = Font(bold=True)
        sheet.cell(1, column).fill = PatternFill("solid", fgColor="E7EEF7")
    sheet.freeze_panes = "A2"


def _without_times(content: bytes) -> bytes:
    result = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(result, "w") as new:
        for part in old.infolist():
            body = old.read(part)
            if part.filename == "docProps/core.xml":
                body = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-01-01T00:00:00Z", body)
            info = zipfile.ZipInfo(part.filename, _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, body, compresslevel=9)
    return result.getvalue()
