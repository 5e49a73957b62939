"""Duplicate rules (probe 19): what is held up, how the answer tells of it in each version and way in, and who may insist."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.dialect import DeskError

INSIST = {"Sforce-Duplicate-Rule-Header": "allowSave=true; includeRecordDetails=true; runAsCurrentUser=true"}


def _rule(org: Salesforce, **more: Any) -> None:
    entry = {"kind": "Contact", "name": "Standard_Contact_Duplicate_Rule", "action": "alert", **more}
    org.declare("duplicate_rules", org.declarations["duplicate_rules"].model_validate(entry))


def test_an_alert_holds_a_record_up_and_names_the_other(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    _rule(org)
    size = org.store.size("Contact")
    answer = http.post(f"{org.base_url}/services/data/v60.0/sobjects/Contact", json={"LastName": "N", "Email": "C0@Example.com"})
    assert answer.status_code == 400
    assert answer.json() == [{
        "duplicateResult": {
            "allowSave": True, "duplicateRule": "Standard_Contact_Duplicate_Rule", "duplicateRuleEntityType": "Contact",
            "errorMessage": "Use one of these records?", "matchResults": [{
                "entityType": "Contact", "errors": [], "matchEngine": "ExactMatchEngine", "matchRecords": [{
                    "additionalInformation": [], "fieldDiffs": [], "matchConfidence": 100.0, "record": {
                        "attributes": {
                            "type": "Contact", "url": f"/services/data/v60.0/sobjects/Contact/{contacts[0]}",
                        }, "Id": contacts[0],
                    },
                }], "rule": "Standard_Contact_Match_Rule_v1_1", "size": 1, "success": True,
            }],
        },
        "errorCode": "DUPLICATES_DETECTED", "message": "Use one of these records?",
    }]
    assert list(answer.json()[0]) == ["duplicateResult", "errorCode", "message"]
    assert org.store.size("Contact") == size
    exchange = list(org.journal.exchanges())[-1]
    assert ("Contact", contacts[0], 1) in exchange.served
    assert exchange.refused[0][1] == "DUPLICATES_DETECTED"


@pytest.mark.parametrize(("version", "key"), [("v45.0", "duplicateResut"), ("v54.0", "duplicateResut"), ("v62.0", "duplicateResult")])
def test_the_key_is_misspelt_in_older_versions(http: httpx.Client, org: Salesforce, version: str, key: str) -> None:
    _rule(org)
    url = f"{org.base_url}/services/data/{version}/sobjects/Contact"
    [error] = http.post(url, json={"LastName": "N", "Email": "c0@example.com"}).json()
    assert key in error
    assert "salesforce.duplicate_resut_until" not in list(org.journal.exchanges())[-1].assumed


def test_between_the_recorded_versions_the_key_is_an_assumption(http: httpx.Client, org: Salesforce) -> None:
    _rule(org)
    org.switch("duplicate_resut_until", 57)
    url = f"{org.base_url}/services/data/v57.0/sobjects/Contact"
    assert "duplicateResut" in http.post(url, json={"LastName": "N", "Email": "c0@example.com"}).json()[0]
    assert "salesforce.duplicate_resut_until" in list(org.journal.exchanges())[-1].assumed


def test_a_caller_may_insist_on_an_alert_but_not_on_a_block(http: httpx.Client, org: Salesforce) -> None:
    _rule(org)
    body = {"LastName": "N", "Email": "c0@example.com"}
    assert http.post("sobjects/Contact", json=body, headers=INSIST).status_code == 201
    _rule(org, name="Block", action="block", message="Already known.")
    [error] = http.post("sobjects/Contact", json=body, headers=INSIST).json()
    found = error.get("duplicateResult") or error["duplicateResut"]
    assert (error["message"], found["allowSave"], found["matchResults"][0]["size"]) == ("Already known.", False, 2)
    assert found["matchResults"][0]["matchRecords"][0]["record"]["Email"] == "c0@example.com"


def test_collections_tell_code_and_text_only(http: httpx.Client, org: Salesforce) -> None:
    _rule(org)
    records = [{"attributes": {"type": "Contact"}, "LastName": "N", "Email": e} for e in ("c0@example.com", "n@example.com")]
    first, second = http.post("composite/sobjects", json={"records": records}).json()
    assert first["errors"] == [{"statusCode": "DUPLICATES_DETECTED", "message": "Use one of these records?", "fields": []}]
    assert second["success"]
    insisted = http.post("composite/sobjects", json={"records": records[:1]}, headers=INSIST).json()
    assert insisted[0]["success"]


def test_an_edit_is_looked_at_when_it_changes_what_is_compared(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    _rule(org)
    path = f"sobjects/Contact/{contacts[0]}"
    assert http.patch(path, json={"Email": "c1@example.com"}).json()[0]["errorCode"] == "DUPLICATES_DETECTED"
    assert http.patch(path, json={"Email": "C0@example.com", "Title": "x"}).status_code == 204
    assert http.patch(path, json={"Email": "c1@example.com"}, headers=INSIST).status_code == 204
    assert http.patch(path, json={"Title": "y"}).status_code == 204
    org.switch("duplicate_rules_on_edit", "always")
    assert http.patch(path, json={"Title": "z"}).status_code == 400


def test_a_lead_rule_may_match_contacts(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    _rule(org, kind="Lead", name="Leads", against=["Lead", "Contact"])
    [error] = http.post("sobjects/Lead", json={"LastName": "N", "Company": "C", "Email": "c3@example.com"}).json()
    [result] = (error.get("duplicateResult") or error["duplicateResut"])["matchResults"]
    assert (result["entityType"], result["matchRecords"][0]["record"]["Id"]) == ("Contact", contacts[3])


def test_names_that_are_nearly_the_same_match_on_an_assumption(http: httpx.Client, org: Salesforce) -> None:
    _rule(org, kind="Lead", name="Leads", match=["fuzzy_name"])
    eva = {"FirstName": "Eva", "LastName": "Nováková", "Company": "Firma s.r.o."}
    assert http.post("sobjects/Lead", json=eva).status_code == 201
    answer = http.post("sobjects/Lead", json={**eva, "FirstName": "EVA", "Company": "Firma"})
    assert answer.json()[0]["errorCode"] == "DUPLICATES_DETECTED"
    assert "salesforce.fuzzy_matching" in list(org.journal.exchanges())[-1].assumed
    for other in ({"FirstName": "Petr"}, {"Company": "Jiná firma"}, {"LastName": "Novotná"}):
        assert http.post("sobjects/Lead", json={**eva, **other}).status_code == 201


def test_deleted_and_converted_records_do_not_stand_in_the_way(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    _rule(org)
    org.desk_delete("Contact", contacts[0])
    assert http.post("sobjects/Contact", json={"LastName": "N", "Email": "c0@example.com"}).status_code == 201
    _rule(org, kind="Lead", name="Leads")
    lead = {"LastName": "N", "Company": "C", "Email": "n@example.com"}
    org.desk_convert(http.post("sobjects/Lead", json=lead).json()["id"])
    assert http.post("sobjects/Lead", json=lead).status_code == 201


def test_a_person_is_warned_and_saves_but_a_block_stops_people_too(org: Salesforce) -> None:
    _rule(org)
    values = {"LastName": "N", "Email": "c0@example.com"}
    org.desk_create("Contact", values)
    _rule(org, name="Block", action="block", message="Already known.")
    with pytest.raises(DeskError, match="Already known"):
        org.desk_create("Contact", values)


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ({"kind": "Account", "match": ["exact_email"]}, "Account has no field Email to match; use fuzzy_name"),
        ({"kind": "Account", "match": ["fuzzy_name"], "against": ["Lead"]}, "accounts are compared with accounts only"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(org: Salesforce, entry: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        _rule(org, **entry)
