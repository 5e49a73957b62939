"""The sheet `Rules`: what holds for a whole object."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from syncproof.errors import InputError
from syncproof.mapping.excel_form import load_excel_mapping, write_excel_mapping
from syncproof.mapping.grammar import Mapping

FIELDS = [["CRM", "MA", "Type"], ["Phone", "phone", "Phone"]]
HEADERS = ["Object", "Rule", "Value", "Reason"]


def saved(tmp_path: Path, rows: list[list[Any]], name: str = "Rules") -> Path:
    book = Workbook()
    for title, content in (("Contact", FIELDS), (name, rows)):
        sheet = book.create_sheet(title)
        for row in content:
            sheet.append(row)
    path = tmp_path / "m.xlsx"
    book.remove(book["Sheet"])
    book.save(path)
    return path


def test_the_rules_of_an_object_are_read(tmp_path: Path) -> None:
    mapping = load_excel_mapping(
        saved(tmp_path, [
            HEADERS,
            [None, "name", "Ours"],
            [None, "CRM system", "Salesforce"],
            ["Contact", "CRM kind", "Person__c"],
            ["Contact", "MA kind", "people"],
            ["Contact", "match", "Key__c = key"],
            ["Contact", "match", "Email = email"],
            ["Contact", "creates", "CRM to MA, ma_to_crm"],
            ["Contact", "exclude", "CRM Email blank", "no address"],
            ["Contact", "exclude", "MA type in Partner; Test"],
            ["Contact", "owner", "OwnerId = owner, match email, both"],
            ["Contact", "company", "AccountId = companies, match Tax__c = tax"],
            ["Contact", "deletes CRM to MA", "archive"],
            ["Contact", "delay", "15 min"],
        ])
    )  # fmt: skip
    contact = mapping.objects[0]

    assert (mapping.mapping, mapping.systems) == ("Ours", {"crm": "salesforce"})
    assert (contact.crm, contact.ma, [k.crm for k in contact.match]) == ("Person__c", "people", ["Key__c", "Email"])
    assert (contact.creates, contact.delay_s, contact.deletes.crm_to_ma) == (("crm_to_ma", "ma_to_crm"), 900, "archive")
    assert [(e.reason, e.crm, e.ma) for e in contact.exclude] == [
        ("no address", "Email", None),
        ("MA type in Partner; Test", None, "type"),
    ]
    assert (contact.owner and contact.owner.direction, contact.company and contact.company.match.ma) == ("both", "tax")


def test_the_rules_are_read_in_polish(tmp_path: Path) -> None:
    contact = load_excel_mapping(
        saved(tmp_path, [
            ["Obiekt", "Reguła", "Wartość", "Powód"],
            ["Kontakt", "klucz", "Email = email"],
            ["Kontakt", "tworzy", "nic"],
            ["Kontakt", "wyklucz", "CRM Email puste", "bez adresu"],
            ["Kontakt", "pomiń", "CRM Seen__c starsze niż 24 miesiące"],
            ["Kontakt", "właściciel", "OwnerId = owner"],
            ["Kontakt", "usunięcie MA do CRM", "ignore"],
            ["Kontakt", "opóźnienie", "2 godziny"],
        ], "Reguły")
    ).objects[0]  # fmt: skip

    assert (contact.creates, contact.delay_s, contact.deletes.ma_to_crm) == ((), 7200, "ignore")
    assert [(e.blank, e.older_than_months) for e in contact.exclude] == [(True, None), (None, 24)]


@pytest.mark.parametrize(
    ("row", "cell", "words"),
    [
        (["Deal", "match", "A = a"], "A2", "`Deal` is not an object"),
        (["Contact", None, "A = a"], "B2", "the name of the rule is missing"),
        (["Contact", "match", None], "C2", "the value of the rule is missing"),
        (["Contact", "mach", "A = a"], "B2", "Did you mean `match`?"),
        ([None, "match", "A = a"], "A2", "`match` needs an object"),
        (["Contact", "match", "A to a"], "C2", "is not `CRM field = MA field`"),
        (["Contact", "creates", "sometimes"], "C2", "`sometimes` is not a direction"),
        (["Contact", "creates", "both"], "C2", "allowed: crm_to_ma, ma_to_crm"),
        (["Contact", "exclude", "Email blank"], "C2", "is not a condition"),
        (["Contact", "exclude", "CRM Email matches ("], "C2", "is not a regular expression"),
        (["Contact", "exclude", "CRM Email in [1"], "C2", "is not JSON"),
        (["Contact", "company", "A = b"], "C2", "how companies are recognised"),
        (["Contact", "deletes CRM to MA", "erase"], "C2", "allowed: archive, delete, ignore"),
        (["Contact", "delay", "soon"], "C2", "`soon` is not a delay"),
    ],
)
def test_a_wrong_rule_is_told_with_its_cell(tmp_path: Path, row: list[Any], cell: str, words: str) -> None:
    path = saved(tmp_path, [HEADERS, row])
    with pytest.raises(InputError) as caught:
        load_excel_mapping(path)

    assert [p.where for p in caught.value.problems] == [f"{path}!Rules!{cell}"]
    assert words in str(caught.value.problems[0])


def test_a_rule_given_twice_and_a_missing_header_are_told(tmp_path: Path) -> None:
    path = saved(tmp_path, [["Object", "Rule"], ["Contact", "delay", "1"], ["Contact", "delay", "2"]])
    with pytest.raises(InputError) as caught:
        load_excel_mapping(path)

    assert [p.where.rpartition("!")[2] for p in caught.value.problems] == ["C1", "B3"]


def test_a_company_without_key_is_told_what_to_add(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.create_sheet("Firma")
    for row in (["CRM", "MA", "Typ"], ["Name", "name", "Tekst"]):
        sheet.append(row)
    book.remove(book["Sheet"])
    book.save(tmp_path / "m.xlsx")

    with pytest.raises(InputError, match=r"nothing says how records of `company` are matched\. Add a sheet Rules"):
        load_excel_mapping(tmp_path / "m.xlsx")


ODD = {
    "mapping": "=Zażółć + gęślą",
    "systems": {"crm": "salesforce", "ma": "hubspot"},
    "objects": [
        {
            "object": "contact", "crm": "Contact", "ma": "contacts", "match": [{"crm": "Email", "ma": "email"}],
            "creates": [], "delay_s": 7,
            "exclude": [
                {"reason": "a", "crm": "A", "in": [True, "true", 3, None, "x;y", " z"]},
                {"reason": "b", "ma": "b", "in": ["plain", False]},
                {"reason": "c", "crm": "C", "matches": ' "quoted"\n(x)'},
                {"reason": "d", "crm": "D", "matches": '"x'},
                {"reason": "e", "crm": "E", "blank": False},
            ],
            "fields": [
                {"crm": "P", "ma": "p", "type": "picklist", "values": {"=x": "a;b", "{": "c\nd"}},
                {"crm": "Q", "ma": "q", "type": "multi-picklist", "values": {"A": "a", "B": "b"}, "winner": "ma_unless_blank"},
                {"crm": "R", "ma": "r", "direction": "crm_to_ma", "winner": "crm", "max_length": 5},
                {"crm": "S", "ma": "s", "direction": "none", "winner": "latest", "sensitive": True},
                {"crm": "T", "ma": "t", "type": "boolean", "direction": "crm_to_ma", "consent": {"channel": "sms", "purpose": "*"}},
                {"crm": "U", "ma": "subscription:News, daily", "type": "picklist", "winner": "most_restrictive",
                 "consent": {"purpose": "News", "crm_at": "At", "crm_source": "By"}},
                {"crm": "V", "ma": "v", "type": "country", "format": {"crm": "iso2", "ma": "name"}, "enforce": "on_change", "blank": "keep"},
            ],
        }
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "pl"])
def test_any_mapping_survives_the_way_through_a_spreadsheet(tmp_path: Path, language: Any) -> None:
    mapping = Mapping.model_validate(ODD)
    write_excel_mapping(mapping, tmp_path / "m.xlsx", language)
    again = load_excel_mapping(tmp_path / "m.xlsx").model_dump(mode="json")
    for rule in again["objects"][0]["fields"]:
        rule["remark"] = ""

    assert again == mapping.model_dump(mode="json")


def test_signs_that_no_spreadsheet_holds_are_refused_on_writing(tmp_path: Path) -> None:
    mapping = Mapping.model_validate({**ODD, "mapping": "bell \x07"})

    with pytest.raises(InputError, match="Remove control characters"):
        write_excel_mapping(mapping, tmp_path / "m.xlsx")
    assert not (tmp_path / "m.xlsx").exists()
