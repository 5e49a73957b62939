"""What of an own org's metadata cannot be mocked is refused or told: unmocked objects, parts of another form, formulas, digits."""

from __future__ import annotations

import copy
from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.world import World
from tests.salesforce.test_org_metadata import PLAN, _contact, _field, _values

PLAN_ID, RARE_ID = "a0P5g000000AbCdEAK", "a0Z5g000000AbCdEAK"
LOOKUP = _field("Area__c", "reference", referenceTo=["Territory__c"], relationshipName="Area__r")
SYSTEM = (_field("Id", "id"), _field("CreatedDate", "datetime"), _field("SystemModstamp", "datetime"))


def _saved(http: httpx.Client, **values: Any) -> httpx.Response:
    return http.post("sobjects/Contact", json={"LastName": "L", **values})


# -- objects that are not mocked ----------------------------------------------------------------------------------


def test_a_look_up_to_an_unmocked_object_takes_no_id_of_a_mocked_one(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    org.take_metadata(_contact(LOOKUP))
    [error] = _saved(http, Area__c=contacts[0]).json()
    assert (error["errorCode"], error["fields"]) == ("MALFORMED_ID", ["Area__c"])
    assert _saved(http, Area__c="not an id").json()[0]["errorCode"] == "MALFORMED_ID"
    assert _saved(http, Area__c=RARE_ID).status_code == 201
    assert "salesforce.unmocked_references" in list(org.journal.exchanges())[-1].assumed
    field = next(f for f in http.get("sobjects/Contact/describe").json()["fields"] if f["name"] == "Area__c")
    assert field["referenceTo"] == ["Territory__c"]


def test_one_of_several_targets_may_be_unmocked(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    org.take_metadata(_contact({**LOOKUP, "referenceTo": ["Account", "Territory__c"]}))
    account = next(iter(org.store.rows("Account"))).id
    assert _saved(http, Area__c=account).status_code == 201
    assert _saved(http, Area__c=RARE_ID).status_code == 201
    assert _saved(http, Area__c=contacts[0]).json()[0]["errorCode"] == "MALFORMED_ID"
    assert _saved(http, Area__c=f"001{RARE_ID[3:]}").status_code == 400


def test_what_cannot_be_followed_is_refused_loudly(http: httpx.Client, org: Salesforce) -> None:
    org.take_metadata(_contact(LOOKUP))
    answer = http.get("query", params={"q": "SELECT Area__r.Name FROM Contact"})
    assert answer.status_code == 400, answer.text
    assert "Area__r" in answer.text


@pytest.mark.parametrize("together", [True, False])
def test_a_later_document_brings_the_object_that_a_look_up_waits_for(
    http: httpx.Client, org: Salesforce, contacts: list[str], together: bool
) -> None:
    parent = _contact(_field("Plan__c", "reference", referenceTo=["Plan__c"], relationshipName="Plan__r"))
    if together:
        org.take_metadata([parent, PLAN])
    else:
        org.take_metadata(parent)
        assert _saved(http, Plan__c=PLAN_ID).status_code == 201
        org.take_metadata(PLAN)
    assert org.kinds["Contact"].columns["Plan__c"].unmocked == ()
    made = http.post("sobjects/Plan__c", json={"Name": "P", "Holder__c": contacts[0]}).json()["id"]
    assert _saved(http, Plan__c=made).status_code == 201
    assert _saved(http, Plan__c=f"{PLAN_ID[:12]}zZzEAK").status_code == 400
    found = http.get("query", params={"q": "SELECT Plan__r.Name FROM Contact WHERE Plan__r.Name = 'P'"}).json()
    assert [r["Plan__r"]["Name"] for r in found["records"]] == ["P"]


# -- parts of another form ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (_contact(_field("A__c", "string", length="abc")), r"Contact.fields\[0\] \(A__c\): length is no whole number, but 'abc'"),
        (_contact(_field("A__c", "double", precision=True)), r"\(A__c\): precision is no whole number, but True"),
        (_contact(_field("A__c", "double", precision=3, scale=5)), r"\(A__c\): a scale of 5 has no room in a precision of 3"),
        (_contact(_field("A__c", "double", precision=-3)), "precision is no whole number"),
        (_contact(_field("A__c", "string", unique=1)), r"\(A__c\): unique is neither true nor false, but 1"),
        (_contact(_field("A__c", "string", nillable="no")), "nillable is neither true nor false, but 'no'"),
        (_contact(_field("A__c", "string", label=5)), r"\(A__c\): label is no text, but 5"),
        (_contact(_field("A__c", "picklist", picklistValues=[{"value": "a", "active": 0}])), "value 'a': active is neither true nor false, but 0"),
        (_contact(_field("A__c", "picklist", picklistValues=[{"value": "a", "label": 1}])), "value 'a': label is no text, but 1"),
        (_contact(label=["x"]), "Contact: label is no text"), (_contact(childRelationships={}), "childRelationships is no list"),
        (_contact(childRelationships=["x"]), r"childRelationships\[0\] is no entry of that list, but 'x'"),
        (_contact(recordTypeInfos=[{"recordTypeId": "0125g000000AbCdAAK", "active": 0}]), r"recordTypeInfos\[0\]: active is neither"),
        (_contact(*SYSTEM, _field("Email", "email")), "Contact is a whole description without LastName, which every Contact must have"),
    ],
)
def test_a_part_of_another_form_is_refused_with_its_place(org: Salesforce, document: Any, text: str) -> None:
    before = {name: dict(kind.columns) for name, kind in org.kinds.items()}
    with pytest.raises(ValueError, match=text):
        org.take_metadata([PLAN, document])
    assert {name: dict(kind.columns) for name, kind in org.kinds.items()} == before


def test_what_is_left_out_or_null_is_no_fault(org: Salesforce) -> None:
    org.take_metadata(_contact({"name": "A__c", "type": "string", "label": None, "length": None, "unique": None}, label=None))
    assert org.schema("Contact")["A__c"].label == "A__c"


# -- formulas -----------------------------------------------------------------------------------------------------


def test_a_formula_field_says_that_it_is_not_worked_out_however_often_it_is_read(org: Salesforce) -> None:
    document = _contact(
        _field("Age__c", "double", precision=18, scale=0, calculated=True), _field("No__c", "string", length=30, autoNumber=True),
        _field("Tier__c", "picklist", length=255, picklistValues=_values("a")), _field("Name", "string", length=121, calculated=True),
    )
    for _ in range(2):
        org.take_metadata(copy.deepcopy(document))
        told = {n for n, i in org.schema("Contact").items() if i.uncomputed}
        assert told == {"Age__c", "No__c"}
        assert org.kinds["Contact"].uncomputed == ("Age__c", "No__c")
    assert not any(i.uncomputed for k in Salesforce(World(8)).kinds.values() for i in k.infos.values())


# -- digits -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("precision", "scale", "value", "shown"),
    [(10, 8, 100, "100.0"), (10, 8, -100, "-100.0"), (4, 1, "1000", "1000.0"), (7, 0, 12345678, "1.2345678E7"), (7, 0, 1e7, "1.0E7")],
)
def test_a_number_with_too_many_digits_before_its_point_is_refused(
    http: httpx.Client, org: Salesforce, precision: int, scale: int, value: object, shown: str
) -> None:
    org.take_metadata(_contact(_field("Score__c", "double", label="Normalized Score", precision=precision, scale=scale)))
    [error] = _saved(http, Score__c=value).json()
    assert error == {
        "message": f"Normalized Score: value outside of valid range on numeric field: {shown}",
        "errorCode": "NUMBER_OUTSIDE_VALID_RANGE", "fields": ["Score__c"],
    }


def test_digits_after_the_point_are_kept_as_they_were_sent(http: httpx.Client, org: Salesforce) -> None:
    org.take_metadata(_contact(_field("Score__c", "double", precision=4, scale=1), _field("Free__c", "double")))
    made = _saved(http, Score__c=237.631, Free__c=1e300)
    shown = http.get(f"sobjects/Contact/{made.json()['id']}").json()
    assert (shown["Score__c"], shown["Free__c"]) == (237.631, 1e300)
    [error] = http.patch(f"sobjects/Contact/{made.json()['id']}", json={"Score__c": 999.96 + 0.05}).json()
    assert error["errorCode"] == "NUMBER_OUTSIDE_VALID_RANGE"


def test_a_standard_number_holds_what_its_description_says(http: httpx.Client, org: Salesforce) -> None:
    field = next(f for f in http.get("sobjects/Account/describe").json()["fields"] if f["name"] == "AnnualRevenue")
    most = 10 ** (field["precision"] - field["scale"])
    [error] = http.post("sobjects/Account", json={"Name": "A", "AnnualRevenue": most}).json()
    assert error["errorCode"] == "NUMBER_OUTSIDE_VALID_RANGE"
    assert http.post("sobjects/Account", json={"Name": "A", "AnnualRevenue": most // 10}).status_code == 201
