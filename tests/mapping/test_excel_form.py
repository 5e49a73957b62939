"""Mappings in spreadsheets as people really keep them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from syncproof.errors import InputError
from syncproof.mapping.excel_form import load_excel_mapping, write_excel_mapping
from syncproof.mapping.grammar import Direction, Mapping, Winner
from syncproof.mapping.load import default_mapping_path, load_mapping

HEADERS = ["CRM", "MA", "Typ i uwagi"]
Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def write(**sheets: list[list[Any]]) -> Path:
        book = Workbook()
        book.remove(book.active)  # type: ignore[arg-type]
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "mapping.xlsx"
        book.save(path)
        return path

    return write


def told(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_excel_mapping(path)
    return [str(p).removeprefix(f"{path}!") for p in caught.value.problems]


def without_places(mapping: Mapping) -> dict[str, Any]:
    plain = mapping.model_dump(mode="json")
    for obj in plain["objects"]:
        for rule in obj["fields"]:
            rule.pop("remark")
    return plain


@pytest.mark.parametrize("language", ["en", "pl"])
def test_the_default_mapping_is_the_same_in_both_forms(tmp_path: Path, language: Any) -> None:
    mapping = load_mapping(default_mapping_path())
    path = tmp_path / "mapping.xlsx"
    write_excel_mapping(mapping, path, language)

    assert without_places(load_mapping(path)) == without_places(mapping)


def test_the_spreadsheet_that_ships_is_the_default_mapping() -> None:
    assert without_places(load_mapping(default_mapping_path().with_suffix(".xlsx"))) == without_places(
        load_mapping(default_mapping_path())
    )


def test_writing_twice_gives_the_same_bytes_and_keeps_the_authors_words(tmp_path: Path, save: Save) -> None:
    mapping = load_excel_mapping(
        save(Contact=[HEADERS, ["Email", "email", "e-mail, MASTER: crm"], ["Phone", "phone", "Tekst"]])
    )
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    write_excel_mapping(mapping, first)
    write_excel_mapping(load_excel_mapping(first), second)

    assert first.read_bytes() == second.read_bytes()
    assert load_excel_mapping(second).objects[0].fields[0].remark == "e-mail, MASTER: crm"


def test_master_alone_is_strict_and_with_two_way_it_says_who_wins(save: Save) -> None:
    rules = load_excel_mapping(
        save(Contact=[HEADERS, ["Email", "email", "Tekst, Master: CRM"], ["Title", "jobtitle", "Tekst, dwukierunkowo, Master: CRM"]])
    ).objects[0].fields  # fmt: skip

    assert [(r.direction, r.winner) for r in rules] == [(Direction.CRM_TO_MA, None), (Direction.BOTH, Winner.CRM)]


def test_kinds_and_keys_that_nothing_states_are_those_of_the_default_mapping(save: Save) -> None:
    path = save(Kontakty=[HEADERS, ["Phone", "phone", "Telefon"]], Lead=[HEADERS, ["City", "city"]])
    mapping = load_excel_mapping(path)

    assert [(o.object, o.crm, o.ma, o.match[0].crm) for o in mapping.objects] == [
        ("contact", "Contact", "contacts", "Email"),
        ("lead", "Lead", "contacts", "Email"),
    ]
    assert mapping.mapping == "mapping"
    assert mapping.objects[0].fields[0].where == f"{path}!Kontakty!A2"
    assert mapping.objects[0].creates == ("crm_to_ma",)
    assert mapping.objects[0].exclude == ()


def test_an_object_is_told_by_a_column_or_a_prefix_too(save: Save) -> None:
    by_column = load_excel_mapping(
        save(Arkusz1=[[*HEADERS, "Obiekt"], ["Phone", "phone", "", "Kontakt"], ["City", "city", "", "Lead"]])
    )
    by_prefix = load_excel_mapping(
        save(Sheet1=[HEADERS, ["Contact.Phone", "contact.phone", ""], ["Lead.City", "city", ""]])
    )

    for mapping in (by_column, by_prefix):
        assert [(o.object, o.fields[0].name) for o in mapping.objects] == [
            ("contact", "Phone = phone"),
            ("lead", "City = city"),
        ]


def test_columns_are_known_by_their_headers_in_any_order(save: Save) -> None:
    headers = ["Salesforce", "HubSpot", "Wartości", "Maks. długość", "Uwagi", "Kierunek", "Wygrywa", "Puste", "Wymuszaj",
               "Format CRM", "Format MA", "Wrażliwe", "Zgoda", "Notatki", "Typ"]  # fmt: skip
    rules = load_excel_mapping(
        save(Contact=[
            headers,
            ["Phone", "phone", None, 40, "Telefon", "dwukierunkowo", "nowszy", "czyści", "zawsze", "e164", "e164", "nie", None, "ask Anna"],
            ["Seg", "seg", "A - Key = key\nB = b", None, "Lista wyboru", "CRM -> MA", None, "keep", "on change"],
            ["Opt", "opt", None, None, "Tak/Nie", None, None, None, None, None, None, None, "email/* | at: At__c"],
            ["Nid", "nid", None, None, None, None, None, None, None, None, None, "tak"],
            ["Fax", "fax", None, None, "Master: CRM", None, None, None, None, None, None, None, None, None, "Telefon"],
        ])
    ).objects[0].fields  # fmt: skip

    phone, segment, opt, national, fax = (
        r.model_dump(mode="json", exclude_defaults=True, exclude={"crm", "ma", "remark"}) for r in rules
    )
    assert phone == {"type": "phone", "winner": "latest", "blank": "clear", "enforce": "always", "max_length": 40,
                     "format": {"crm": "e164", "ma": "e164"}}  # fmt: skip
    assert segment == {"type": "picklist", "direction": "crm_to_ma", "blank": "keep", "enforce": "on_change",
                       "values": {"A - Key": "key", "B": "b"}}  # fmt: skip
    assert opt["consent"]["crm_at"] == "At__c"
    assert opt["winner"] == "most_restrictive"
    assert national == {"sensitive": True, "direction": "none"}
    assert fax == {"type": "phone", "direction": "crm_to_ma"}


def test_every_problem_of_a_spreadsheet_is_told_at_once_with_its_cell(save: Save) -> None:
    path = save(
        Contact=[
            [*HEADERS, "Direction", "Max length", "Values", "Winer"],
            ["Phone", "phone", "Telefn, Mastr: CRM"],
            ["Title", None, "Tekst"],
            [None, "title", "Tekst"],
            [None, None, "Tekst"],
            ["City", "city", "Tekst, Master: CRM", "both"],
            ["Zip", "zip", "Tekst", "sideways", "forty", "x"],
            ["Phone", "phone", "Telefon"],
            ["=A1", "formula", "Tekst"],
            ["Fax", "fax", "Tekst, zgoda: email/x, dwukierunkowo, Master: CRM"],
            ["Lead.Fax", "fax", "Tekst"],
        ],
        Sheet2=[HEADERS, ["A", "a"]],
        Notes=[["anything"], ["=1+1"]],
    )

    assert [t.partition(": ")[::2] for t in told(path)] == [
        ("Contact!G1", "no column is called `Winer`. Did you mean `winner`?"),
        ("Contact!C2", "`Telefn` is not understood. Did you mean `telefon`?"),
        ("Contact!C2", "`Mastr: CRM` is not understood. Did you mean `master: crm`?"),
        ("Contact!B3", "the MA field is missing in this row. Fill the cell or empty the row."),
        ("Contact!A4", "the CRM field is missing in this row. Fill the cell or empty the row."),
        ("Contact!A5", "the CRM field is missing in this row. Fill the cell or empty the row."),
        ("Contact!D6", "`both` contradicts the remark (direction: crm_to_ma). Keep one of the two."),
        ("Contact!D7", "`sideways` is not allowed here; allowed: crm_to_ma, ma_to_crm, both, none."),
        ("Contact!E7", "`forty` is not a length. Write a whole number above 0."),
        ("Contact!F7", "`x` is not `CRM value = MA value`. Write one pair per line."),
        ("Contact!A8", "`Phone = phone` is mapped twice in this object. Remove one of the two."),
        ("Contact!A9", "a formula is in this cell. Paste its value instead (paste special, values)."),
        ("Contact!A10", "`Fax = fax` is a consent and its winner is `crm`: a refusal could be overwritten. Write `winner: most_restrictive`."),
        ("Contact!A11", "this row belongs to lead and to contact. Make prefix, column Object and sheet name agree."),
        ("Sheet2", "which object this sheet is about is not said. Name it Contact, Lead or Company (`Notes` if it is for people only), or add a column Object."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "cell", "words"),
    [
        ([["CRM", None, "Typ"], ["A", "a", "Tekst"]], "Contact!B1", "the header cell is empty"),
        ([["CRM", "MA"], ["A", "a", "Tekst"]], "Contact!C1", "the header cell is empty"),
        ([["CRM", "MA", "Typ", None, "Blank"], ["A", "a", "Tekst", "x"]], "Contact!D1", "the header cell is empty"),
        ([["Phone", "phone", "Tekst, Master: CRM"], ["A", "a", "Tekst"]], "Contact!C1", "row 1 holds a rule"),
        ([[*HEADERS, "Blank", "Puste"], ["A", "a"]], "Contact!E1", "a second column `Puste`"),
        ([[], HEADERS, ["A", "a"]], "Contact!A1", "the header cell is empty"),
        ([[*HEADERS, "Object"], ["A", "a", "", "Deal"]], "Contact!D2", "`Deal` is not an object"),
        ([HEADERS, ["A", "a", "#REF!"]], "Contact!C2", "the error #REF! is in this cell"),
        ([[*HEADERS, "Sensitive"], ["A", "a", "", "perhaps"]], "Contact!D2", "neither yes nor no"),
        ([[*HEADERS, "Values"], ["A", "a", "Lista wyboru", "{1}"]], "Contact!D2", "is not JSON"),
        ([[*HEADERS, "Values"], ["A", "a", "Lista wyboru", "x=y; x=z"]], "Contact!D2", "`x` is given twice"),
        ([[*HEADERS, "Format CRM"], ["A", "a", "Telefon", "e165"]], "Contact!A2", "no format is called `e165`"),
        ([[*HEADERS, "Consent"], ["A", "a", "Tak/Nie", "fox/x"]], "Contact!D2", "`fox` is not a channel"),
        ([HEADERS], "", "no sheet has fields"),
        ([HEADERS, ["A", "a", "x" * 6000]], "Contact!C2", "more than 5,000 characters"),
    ],
)
def test_an_odd_sheet_is_refused_with_cell_and_remedy(save: Save, rows: list[list[Any]], cell: str, words: str) -> None:
    first = told(save(Contact=rows))[0]

    assert first.startswith(f"{cell}: ") or not cell
    assert words in first
