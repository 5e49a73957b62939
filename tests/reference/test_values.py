"""Values on their way, exclusions, and the reading of the mapping file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from syncproof.reference.bugs import Bugs
from syncproof.reference.contract import Exclusion, ObjectContract, Rule, load_contracts, parse_contracts
from syncproof.reference.conversion import from_crm, from_ma, to_crm, to_ma
from syncproof.reference.exclusion import excluded_in_crm, excluded_in_ma, months_before
from syncproof.reference.failures import ConfigurationError

MAPPING = Path(__file__).parents[2] / "scenarios" / "salesforce_hubspot" / "mapping.yaml"
SEGMENTS = {"A - Key": "key", "B - Growth": "growth"}

ROUND_TRIPS = [
    # type          CRM raw               MA raw
    ("text", "O'Neil & <b> Žluťoučký 😊", "O'Neil & <b> Žluťoučký 😊"),
    ("text", "two\nlines", "two\nlines"),
    ("phone", "+48 (0)22 123-45", "+48 (0)22 123-45"),
    ("email", "jane@example.com", "jane@example.com"),
    ("number", 7.5, "7.5"),
    ("number", 7.0, "7"),
    ("number", 0.0, "0"),
    ("date", "2000-02-29", "2000-02-29"),
    ("boolean", True, "true"),
    ("boolean", False, "false"),
    ("multi-picklist", "a;b", "a;b"),
    ("country", "Türkiye", "Türkiye"),
    ("datetime", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
]


@pytest.mark.parametrize(("kind", "crm", "ma"), ROUND_TRIPS)
def test_a_value_keeps_its_meaning_in_both_directions(kind: str, crm: Any, ma: str) -> None:
    rule = Rule("C", "m", type=kind)
    assert to_ma(rule, from_crm(rule, crm), Bugs()) == ma
    assert to_crm(rule, from_ma(rule, ma), Bugs()) == crm


@pytest.mark.parametrize(("kind", "crm", "ma"), [
    ("multi-picklist", "b;a", "a;b"), ("multi-picklist", "a;b;a", "b;a"), ("text", " x ", "x"), ("text", "a\r\nb", "a\nb"),
    ("email", "Jane@Example.com", "jane@example.com"), ("number", 5, "5.00"), ("text", "", None), ("text", None, ""),
    ("date", "2026-01-31", "1769817600000"), ("datetime", "2026-01-02T03:04:05.000+0000", "1767323045000"),
])
def test_spellings_of_one_value_are_equal(kind: str, crm: Any, ma: Any) -> None:
    rule = Rule("C", "m", type=kind)
    assert from_crm(rule, crm) == from_ma(rule, ma)


def test_blank_false_and_zero_are_three_things() -> None:
    assert from_ma(Rule("C", "m", type="boolean"), "false") is False
    assert from_ma(Rule("C", "m", type="boolean"), "") is None
    assert from_crm(Rule("C", "m", type="number"), 0) == 0
    assert from_crm(Rule("C", "m", type="number"), None) is None
    assert to_ma(Rule("C", "m"), None, Bugs()) == ""


def test_picklists_are_translated_and_unknown_words_are_kept() -> None:
    rule = Rule("C", "m", type="picklist", values=SEGMENTS)
    assert to_ma(rule, from_crm(rule, "A - Key"), Bugs()) == "key"
    assert from_ma(rule, "growth") == "B - Growth"
    assert to_ma(rule, from_crm(rule, "D - New"), Bugs()) == "D - New"


def test_a_country_code_on_one_side_is_a_name_on_the_other() -> None:
    rule = Rule("C", "m", type="country", crm_format="name", ma_format="iso2")
    assert to_ma(rule, from_crm(rule, "Poland"), Bugs()) == "PL"
    assert to_crm(rule, from_ma(rule, "de"), Bugs()) == "Germany"
    assert from_crm(rule, "Poland") == from_ma(rule, "PL")


@pytest.mark.parametrize(("spelling", "name"), [
    ("US", "United States"), ("USA", "United States"), ("Polska", "Poland"), ("de", "Germany"), ("Česko", "Czechia"),
    ("Türkiye", "Türkiye"), ("Kenya", "Kenya"), ("Atlantis", "Atlantis"),
])
def test_where_both_sides_hold_names_the_english_one_travels_and_comes_back_as_no_edit(spelling: str, name: str) -> None:
    rule = Rule("C", "m", type="country", crm_format="name", ma_format="name")
    sent = to_ma(rule, from_crm(rule, spelling), Bugs())
    assert sent == name
    assert from_ma(rule, sent) == from_crm(rule, spelling)


def test_a_country_without_a_stated_format_is_text() -> None:
    rule = Rule("C", "m", type="country")
    assert to_ma(rule, from_crm(rule, "Polska"), Bugs()) == "Polska"


def test_what_salesforce_demands_is_not_a_value() -> None:
    assert from_crm(Rule("Company", "company"), "[not provided]") is None


# -- exclusions -----------------------------------------------------------------------------------------

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(("exclusion", "value", "out"), [
    (Exclusion("r", crm="F", values=("Partner",)), "Partner", True), (Exclusion("r", crm="F", values=("Partner",)), "Customer", False),
    (Exclusion("r", crm="F", values=(True,)), True, True), (Exclusion("r", crm="F", values=(True,)), False, False),
    (Exclusion("r", crm="F", values=(True,)), None, False),
    (Exclusion("r", crm="F", blank=True), None, True), (Exclusion("r", crm="F", blank=True), " ", True),
    (Exclusion("r", crm="F", blank=True), "x", False), (Exclusion("r", crm="F", blank=False), "x", True),
    (Exclusion("r", crm="F", older_than_months=24), "2024-11-22", False), (Exclusion("r", crm="F", older_than_months=24), "2024-11-21", True),
    (Exclusion("r", crm="F", older_than_months=24), None, True),
    (Exclusion("r", crm="F", matches="^no-?reply@"), "NoReply@x.com", True), (Exclusion("r", crm="F", matches="^no-?reply@"), "a@x.com", False),
])
def test_an_exclusion_holds_for_what_it_says(exclusion: Exclusion, value: Any, out: bool) -> None:
    contract = _contract(exclude=(exclusion,))
    assert bool(excluded_in_crm(contract, {"F": value}, TODAY)) is out


def test_an_exclusion_on_a_crm_field_is_looked_at_through_its_partner() -> None:
    contract = _contract(exclude=(Exclusion("technical", crm="Email", matches="^info@"), Exclusion("r", crm="Unmapped", blank=True)))
    assert excluded_in_ma(contract, {"email": "info@x.com"}, TODAY) == "technical"
    assert excluded_in_ma(contract, {"email": "a@x.com"}, TODAY) == ""


def test_months_are_counted_on_the_calendar() -> None:
    assert months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert months_before(date(2024, 3, 31), 1) == date(2024, 2, 29)
    assert months_before(date(2026, 1, 15), 24) == date(2024, 1, 15)


# -- the mapping file -----------------------------------------------------------------------------------


def test_the_default_mapping_is_read_without_its_sensitive_field() -> None:
    found = {c.object: c for c in load_contracts(MAPPING)}
    assert set(found) == {"company", "contact", "lead"}
    assert "National_Id__c" not in found["contact"].crm_fields
    assert "national_id" not in found["contact"].ma_properties
    assert "subscription:Newsletter" not in found["contact"].ma_properties
    assert "Newsletter_Consent_At__c" in found["contact"].crm_fields
    assert found["lead"].creates == {"crm_to_ma", "ma_to_crm"}


def test_keys_that_are_not_needed_are_passed_over() -> None:
    data = {"objects": [{"object": "contact", "crm": "C", "ma": "m", "match": [{"crm": "E", "ma": "e"}], "mood": "good",
                         "fields": [{"crm": "A", "ma": "a", "colour": "blue"}]}]}
    assert parse_contracts(data)[0].rules == (Rule("A", "a"),)


@pytest.mark.parametrize(("data", "says"), [
    ([], "objects"), ({"objects": [{"object": "contact"}]}, "match"), ({"objects": [{"object": 1, "match": [{}]}]}, "object"),
    ({"objects": [{"object": "c", "crm": "C", "ma": "m", "match": [{"crm": "E", "ma": "e"}], "fields": [{"crm": "A"}]}]}, "fields.0.ma"),
    ({"objects": [{"object": "c", "crm": "C", "ma": "m", "match": [{"crm": "E", "ma": "e"}],
                   "fields": [{"crm": "A", "ma": "a", "direction": "sideways"}]}]}, "sideways"),
])
def test_a_mapping_that_cannot_be_used_is_refused_with_its_place(data: Any, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        parse_contracts(data)


def _contract(**given: Any) -> ObjectContract:
    values: dict[str, Any] = {
        "object": "contact", "crm": "Contact", "ma": "contacts", "key": ("Email", "email"), "creates": frozenset(),
        "exclude": (), "rules": (), "consents": (), "owner": None, "company": None, "deletes_crm_to_ma": "", "deletes_ma_to_crm": "",
    }
    return ObjectContract(**{**values, **given})
