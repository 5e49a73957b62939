"""Validation rules: who is refused, in which words, on which way in; and what is no rule at all."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.dialect import DeskError


def _rule(org: Salesforce, formula: str, **more: Any) -> None:
    entry = {"kind": "Contact", "name": "Rule", "formula": formula, "message": "No.", **more}
    org.declare("validation_rules", org.declarations["validation_rules"].model_validate(entry))


@pytest.fixture
def phone_rule(org: Salesforce) -> None:
    _rule(org, 'AND(NOT(ISBLANK(Phone)), NOT(REGEX(Phone, "\\\\+[0-9 ]{6,20}")))', message="Begin with +", field="Phone")


def test_a_record_that_breaks_a_rule_is_refused_with_its_text_and_field(
    http: httpx.Client, org: Salesforce, phone_rule: None
) -> None:
    size = org.store.size("Contact")
    answer = http.post("sobjects/Contact", json={"LastName": "L", "Phone": "22 123"})
    assert (answer.status_code, answer.json()) == (400, [
        {"message": "Begin with +", "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "fields": ["Phone"]}
    ])
    assert org.store.size("Contact") == size
    assert http.post("sobjects/Contact", json={"LastName": "L", "Phone": "+48 22 123"}).status_code == 201


def test_a_rule_judges_the_whole_record_also_when_another_field_is_changed(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    _rule(org, 'AND(ISPICKVAL(LeadSource, "Web"), ISBLANK(Title))', field=None)
    assert http.patch(f"sobjects/Contact/{contacts[0]}", json={"LeadSource": "Web"}).json()[0]["fields"] == []
    assert http.patch(f"sobjects/Contact/{contacts[0]}", json={"LeadSource": "Web", "Title": "T"}).status_code == 204
    assert http.patch(f"sobjects/Contact/{contacts[0]}", json={"Title": ""}).status_code == 400
    assert org.store.get("Contact", contacts[0]).values["Title"] == "T"


def test_every_broken_rule_is_told(http: httpx.Client, org: Salesforce) -> None:
    _rule(org, "ISBLANK(Title)", name="One", message="Title!", field="Title")
    _rule(org, "ISBLANK(Department)", name="Two", message="Department!", field="Department")
    found = http.post("sobjects/Contact", json={"LastName": "L"}).json()
    assert [(e["message"], e["fields"]) for e in found] == [("Title!", ["Title"]), ("Department!", ["Department"])]
    body = {"records": [{"attributes": {"type": "Contact"}, "LastName": "L"}]}
    [item] = http.post("composite/sobjects", json=body).json()
    assert [e["message"] for e in item["errors"]] == ["Title!", "Department!"]


def test_people_at_a_screen_are_held_to_the_rules_and_seeds_are_not(org: Salesforce, phone_rule: None) -> None:
    with pytest.raises(DeskError, match=r"Begin with \+"):
        org.desk_create("Contact", {"LastName": "L", "Phone": "22"})
    org.seed("Contact", {"LastName": "L", "Phone": "22"}, created_ms=0, modified_ms=0)


def test_in_a_collection_only_the_offending_record_is_refused(http: httpx.Client, phone_rule: None) -> None:
    records = [{"attributes": {"type": "Contact"}, "LastName": "L", "Phone": p} for p in ("+48 600 600", "1")]
    first, second = http.post("composite/sobjects", json={"records": records}).json()
    assert first["success"]
    assert second["errors"][0]["statusCode"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    both = http.post("composite/sobjects", json={"records": records, "allOrNone": True}).json()
    assert [r["errors"][0]["statusCode"] for r in both] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK", "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    ]


def test_rules_know_new_records_and_changes(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    _rule(org, "AND(NOT(ISNEW()), ISCHANGED(HasOptedOutOfEmail), PRIORVALUE(HasOptedOutOfEmail))", message="Stays out.")
    made = http.post("sobjects/Contact", json={"LastName": "L", "HasOptedOutOfEmail": True}).json()["id"]
    assert http.patch(f"sobjects/Contact/{contacts[0]}", json={"HasOptedOutOfEmail": True}).status_code == 204
    for record_id in (made, contacts[0]):
        [error] = http.patch(f"sobjects/Contact/{record_id}", json={"HasOptedOutOfEmail": False}).json()
        assert error["message"] == "Stays out."
    assert http.patch(f"sobjects/Contact/{made}", json={"Title": "x"}).status_code == 204


def test_a_rule_may_look_at_the_parent_and_at_calculated_fields(http: httpx.Client, org: Salesforce) -> None:
    _rule(org, 'AND(Account.Name = "Acme", CONTAINS(Name, "Evil"))')
    [account] = org.store.rows("Account")
    assert http.post("sobjects/Contact", json={"LastName": "Evil"}).status_code == 201
    made = http.post("sobjects/Contact", json={"LastName": "Good", "AccountId": account.id}).json()["id"]
    assert http.post("sobjects/Contact", json={"LastName": "Evil", "AccountId": account.id}).status_code == 400
    assert http.patch(f"sobjects/Contact/{made}", json={"FirstName": "Evil"}).status_code == 400


def test_a_formula_without_a_value_refuses_the_record_loudly(http: httpx.Client, org: Salesforce) -> None:
    _rule(org, "VALUE(Title) > 5")
    assert http.post("sobjects/Contact", json={"LastName": "L", "Title": "4"}).status_code == 201
    answer = http.post("sobjects/Contact", json={"LastName": "L", "Title": "boss"})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "FORMULA_EXPRESSION_INVALID")
    assert "salesforce.formula_without_value" in list(org.journal.exchanges())[-1].assumed


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ({"kind": "Contakt"}, "there is no object Contakt; known: Account"),
        ({"formula": '$User.Id = "x"'}, r"variables of the user, the profile and the org are not mocked"),
        ({"formula": "Nope__c = 1"}, "field Nope__c does not exist on Contact; custom fields there: Ext__c, Uniq__c"),
        ({"formula": "Email"}, "the formula gives text, but true or false is needed"),
        ({"formula": "AND(TRUE,"}, "the formula ends too early"),
        ({"field": "Nope"}, "Contact has no field Nope; known: Id"),
    ],
)
def test_a_rule_that_does_not_fit_is_refused_when_it_is_declared(
    org: Salesforce, entry: dict[str, Any], text: str
) -> None:
    with pytest.raises(ValueError, match=text):
        _rule(org, **{"formula": "TRUE", **entry})
    assert org.rules.get("Contact") is None or not org.rules["Contact"].validation


def test_a_name_is_taken_once_and_an_inactive_rule_refuses_nobody(http: httpx.Client, org: Salesforce) -> None:
    _rule(org, "TRUE", active=False)
    assert http.post("sobjects/Contact", json={"LastName": "L"}).status_code == 201
    _rule(org, "FALSE", name="Other")
    with pytest.raises(ValueError, match="Contact already has a rule other"):
        _rule(org, "TRUE", name="other")


def test_an_org_without_rules_knows_no_declaration_by_another_name(org: Salesforce) -> None:
    form = org.declarations["validation_rules"].model_construct()
    with pytest.raises(ValueError, match="salesforce knows no `triggers`; known: assignment_rules"):
        org.declare("triggers", form)
