"""The rules of an org hold on every way in: bulk, SOAP and trees are told in their own words."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce


@pytest.fixture(autouse=True)
def rules(org: Salesforce) -> None:
    for what, entry in (
        ("queues", {"name": "Web leads", "developer_name": "Web_Leads"}),
        ("validation_rules", {"kind": "Lead", "name": "One", "formula": 'Title = "bad"', "message": "No bad.", "field": "Title"}),
        ("validation_rules", {"kind": "Lead", "name": "Two", "formula": 'BEGINS(Title, "b")', "message": "No b."}),
        ("duplicate_rules", {"kind": "Lead", "name": "Twice", "action": "alert"}),
        ("assignment_rules", {"name": "All", "entries": [{"assign_to": "Web_Leads"}]}),
        ("field_security", {"kind": "Lead", "field": "Rating", "access": "hidden"}),
    ):
        org.declare(what, org.declarations[what].model_validate(entry))


def _ingest(http: httpx.Client, text: str, **more: Any) -> dict[str, Any]:
    job = http.post("jobs/ingest", json={"object": "Lead", "operation": "insert", "lineEnding": "LF", **more}).json()
    url = f"jobs/ingest/{job['id']}"
    assert http.put(f"{url}/batches", content=text, headers={"Content-Type": "text/csv"}).status_code == 201
    http.patch(url, json={"state": "UploadComplete"})
    for _ in range(20):
        found = dict(http.get(url).json())
        if found["state"] in ("JobComplete", "Failed"):
            break
    return found


def _failed(http: httpx.Client, job: dict[str, Any]) -> list[str]:
    text = http.get(f"jobs/ingest/{job['id']}/failedResults").text
    return [row["sf__Error"] for row in csv.DictReader(io.StringIO(text))]


def test_bulk_rows_fail_with_the_rule_and_the_others_are_saved(http: httpx.Client, org: Salesforce) -> None:
    rows = ["LastName,Company,Email,Title", "A,C,a@example.com,x", "B,C,A@example.com,x", "C,C,c@example.com,bad"]
    job = _ingest(http, "\n".join(rows) + "\n")
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (3, 2)
    duplicate, invalid = _failed(http, job)
    assert duplicate == "DUPLICATES_DETECTED:Use one of these records?:--"
    assert invalid.startswith("FIELD_CUSTOM_VALIDATION_EXCEPTION:No bad.:Title --")
    [lead] = org.store.rows("Lead")
    assert lead.values["OwnerId"] == org.user_id


def test_bulk_assigns_by_the_rule_that_the_job_names(http: httpx.Client, org: Salesforce) -> None:
    [rule] = [r.id for r in org.store.rows("AssignmentRule")]
    _ingest(http, "LastName,Company\nA,C\n", assignmentRuleId=rule)
    [lead] = org.store.rows("Lead")
    [queue] = [r.id for r in org.store.rows("Group")]
    assert lead.values["OwnerId"] == queue


def test_a_hidden_column_fails_a_bulk_job(http: httpx.Client) -> None:
    job = _ingest(http, "LastName,Company,Rating\nA,C,Hot\n")
    assert (job["state"], job["errorMessage"]) == ("Failed", "InvalidBatch : Field name not found : Rating")


def test_a_tree_tells_every_rule(http: httpx.Client) -> None:
    record = {"attributes": {"type": "Lead", "referenceId": "r1"}, "LastName": "L", "Company": "C", "Title": "bad"}
    answer = http.post("composite/tree/Lead", json={"records": [record]})
    assert (answer.status_code, answer.json()["hasErrors"]) == (400, True)
    assert [e["message"] for e in answer.json()["results"][0]["errors"]] == ["No bad.", "No b."]


def test_soap_callers_are_held_to_the_rules_and_may_insist(http: httpx.Client, org: Salesforce) -> None:
    def call(headers: str) -> str:
        envelope = (
            '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com">'
            f"<soapenv:Header><SessionHeader><sessionId>{org.credentials()['token']}</sessionId></SessionHeader>{headers}"
            "</soapenv:Header><soapenv:Body><create><sObjects><type>Lead</type><LastName>L</LastName><Company>C</Company>"
            "<Email>a@example.com</Email></sObjects></create></soapenv:Body></soapenv:Envelope>"
        )
        return httpx.post(
            f"{org.base_url}/services/Soap/u/59.0", content=envelope, headers={"Content-Type": "text/xml", "SOAPAction": '""'},
            trust_env=False,
        ).text

    assert "<success>true</success>" in call("")
    assert "DUPLICATES_DETECTED" in call("")
    assert "<success>true</success>" in call("<DuplicateRuleHeader><allowSave>true</allowSave></DuplicateRuleHeader>")


def test_the_children_behind_a_hidden_look_up_are_not_there(http: httpx.Client, org: Salesforce) -> None:
    form = org.declarations["field_security"]
    org.declare("field_security", form.model_validate({"kind": "Contact", "field": "AccountId", "access": "hidden"}))
    [error] = http.get("query", params={"q": "SELECT (SELECT Id FROM Contacts) FROM Account"}).json()
    assert error["errorCode"] in ("INVALID_FIELD", "INVALID_TYPE")
