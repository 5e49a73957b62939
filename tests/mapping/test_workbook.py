"""Spreadsheets that are damaged, hostile or not spreadsheets at all."""

from __future__ import annotations

import io
import re
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from syncproof.errors import InputError
from syncproof.mapping import workbook
from syncproof.mapping.excel_form import load_excel_mapping
from syncproof.mapping.grammar import Mapping
from syncproof.mapping.load import default_mapping_path
from syncproof.mapping.workbook import read_workbook

DEFAULT = default_mapping_path().with_suffix(".xlsx").read_bytes()


def changed(tmp_path: Path, part: str, old: bytes, new: bytes, extra: dict[str, bytes] | None = None) -> Path:
    """Write the default spreadsheet with one part changed and some added."""
    path = tmp_path / "m.xlsx"
    with zipfile.ZipFile(io.BytesIO(DEFAULT)) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            body = source.read(name)
            if name == part:
                assert old in body
                body = body.replace(old, new, 1)
            target.writestr(name, body)
        for name, body in (extra or {}).items():
            target.writestr(name, body)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_excel_mapping(path)
    assert all(p.where.startswith(str(path)) and p.remedy for p in caught.value.problems)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not an .xlsx file"),
        (b"mapping: x", "not an .xlsx file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old .xls file or is protected by a password"),
        (DEFAULT[: len(DEFAULT) // 2], "not an .xlsx file"),
        (b"x" * 5_000_001, "larger than 5,000,000 bytes"),
    ],
)
def test_what_is_no_spreadsheet_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "m.xlsx"
    path.write_bytes(content)

    assert words in refusal(path)


def test_a_missing_file_a_folder_and_an_empty_archive_are_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path / "none.xlsx")
    assert "cannot be read" in refusal(tmp_path)
    with zipfile.ZipFile(tmp_path / "e.xlsx", "w"):
        pass
    assert "damaged" in refusal(tmp_path / "e.xlsx")


def test_macros_are_refused(tmp_path: Path) -> None:
    path = changed(tmp_path, "", b"", b"", {"xl/vbaProject.bin": b"x"})

    assert "has macros" in refusal(path)


def test_an_archive_that_expands_too_far_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = changed(tmp_path, "", b"", b"", {"xl/media/zeros.bin": b"\0" * 31_000_000})
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("it was unpacked"))

    assert "unpacked, the file has more than 30,000,000 bytes" in refusal(path)


def test_an_entity_bomb_is_refused_in_either_encoding(tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    for body in (bomb.encode(), bomb.encode("utf-16"), bomb.encode("utf-16-be")):
        assert "document type" in refusal(changed(tmp_path, "", b"", b"", {"xl/evil.xml": body}))


def test_merged_cells_are_told_with_their_cell(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Contact"
    for row in (["CRM", "MA", "Typ"], ["Email", "email", "Tekst"], [None, "mail2", "Tekst"]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "m.xlsx")

    told = refusal(tmp_path / "m.xlsx")
    assert "m.xlsx!Contact!A2: merged cells" in told
    assert "Unmerge them" in told


def test_what_a_sheet_says_of_its_own_size_is_not_believed(tmp_path: Path) -> None:
    part = "xl/worksheets/sheet2.xml"
    told = re.search(rb'<dimension ref="[^"]+"', zipfile.ZipFile(io.BytesIO(DEFAULT)).read(part))
    assert told is not None
    path = changed(tmp_path, part, told.group(), b'<dimension ref="A1:XFD1048576"')
    shipped = default_mapping_path().with_suffix(".xlsx")

    assert read_workbook(path)[1].rows == read_workbook(shipped)[1].rows


def test_a_cell_far_away_is_refused_quickly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 50)
    for cell, words in (("A60", "more than 50 rows"), ("AO3", "more than 40 columns")):
        book = Workbook()
        book.create_sheet("Contact")[cell] = "x"
        book["Contact"]["A51"] = "y" if cell == "A60" else None
        book.save(tmp_path / "m.xlsx")
        assert words in refusal(tmp_path / "m.xlsx")


def test_numbers_dates_and_truths_become_texts(tmp_path: Path) -> None:
    from datetime import datetime

    book = Workbook()
    sheet = book.create_sheet("S")
    sheet.append([40, 40.0, 1.5, True, datetime(2026, 1, 31), " x\xa0y ", None, "a\r\nb"])  # noqa: DTZ001
    book.save(tmp_path / "m.xlsx")

    assert read_workbook(tmp_path / "m.xlsx")[1].rows == {
        1: {1: "40", 2: "40", 3: "1.5", 4: "true", 5: "2026-01-31T00:00:00", 6: "x y", 8: "a\nb"}
    }


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=100).map(lambda b: b"PK\x03\x04" + b)))
def test_random_bytes_are_an_input_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.xlsx"
    path.write_bytes(content)

    with pytest.raises(InputError):
        load_excel_mapping(path)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(DEFAULT) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_spreadsheet_with_bytes_changed_is_a_mapping_or_an_input_error(
    tmp_path: Path, hits: list[tuple[int, int]]
) -> None:
    content = bytearray(DEFAULT)
    for at, value in hits:
        content[at] = value
    path = tmp_path / "m.xlsx"
    path.write_bytes(content)

    with suppress(InputError):
        assert isinstance(load_excel_mapping(path), Mapping)


PARTS = [n for n in zipfile.ZipFile(io.BytesIO(DEFAULT)).namelist() if n.endswith((".xml", ".rels"))]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(PARTS),
    st.integers(0, 3000),
    st.sampled_from([b"<", b">", b'"', b"0", b"", b"</row>", b"&x;", b"-1", b"\xff"]),
)
def test_a_spreadsheet_with_damaged_xml_is_a_mapping_or_an_input_error(
    tmp_path: Path, part: str, at: int, sign: bytes
) -> None:
    body = zipfile.ZipFile(io.BytesIO(DEFAULT)).read(part)
    at %= len(body)
    path = changed(tmp_path, part, body, body[:at] + sign + body[at + 1 :])

    with suppress(InputError):
        assert isinstance(load_excel_mapping(path), Mapping)
