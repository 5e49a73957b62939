"""Bulk 2.0 query jobs (probe 18)."""

from __future__ import annotations

import csv
import io

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce

from .conftest import Bulk2


def test_the_only_page_says_null_and_how_many_rows_it_has(bulk2: Bulk2) -> None:
    """Probe 18."""
    page = bulk2.query("SELECT Id, LastName FROM Contact")
    assert (page.headers["Sforce-Locator"], page.headers["Sforce-NumberOfRecords"]) == ("null", "5")
    assert page.headers["content-type"] == "text/csv"
    assert page.text.count("\n") == 6


def test_pages_are_cut_where_the_caller_wants_them(bulk2: Bulk2, http: httpx.Client) -> None:
    """Probe 18."""
    job = http.post("jobs/query", json={"operation": "query", "query": "SELECT LastName FROM Contact"}).json()["id"]
    http.get(f"jobs/query/{job}")
    found, counts, locator = [], [], ""
    while locator != "null":
        page = http.get(f"jobs/query/{job}/results", params={"maxRecords": "2", **({"locator": locator} if locator else {})})
        header, *rows = page.text.splitlines()
        assert header == '"LastName"'
        found += rows
        counts.append(int(page.headers["Sforce-NumberOfRecords"]))
        locator = page.headers["Sforce-Locator"]
    assert (counts, found) == ([2, 2, 1], [f'"Last{n}"' for n in range(5)])


def test_the_knob_makes_small_pages_without_being_asked(bulk2: Bulk2, org: Salesforce) -> None:
    org.switch("bulk_page_size", 3)
    assert bulk2.query("SELECT Id FROM Contact").headers["Sforce-NumberOfRecords"] == "3"


def test_values_are_written_as_bulk_writes_them(bulk2: Bulk2, org: Salesforce, contacts: list[str]) -> None:
    row = org.store.get("Contact", contacts[0])
    org.desk_edit("Contact", contacts[0], {"Description": 'a "b",\nc', "DoNotCall": True})
    page = bulk2.query("SELECT id, firstname, Account.Name, Account.Owner.Name, DoNotCall, CreatedDate, Birthdate, Description "
                       "FROM Contact WHERE Ext__c = 'x0'")
    header, shown = csv.reader(io.StringIO(page.text))
    assert header == ["Id", "FirstName", "Account.Name", "Account.Owner.Name", "DoNotCall", "CreatedDate", "Birthdate", "Description"]
    created = row.values["CreatedDate"].replace("+0000", "Z")
    owner = org.store.get("User", org.admin_id).values["Name"]
    assert shown == [contacts[0], "First0", "Acme", owner, "true", created, "", 'a "b",\nc']
    assert page.text.splitlines()[1].count('""') >= 1


def test_a_missing_parent_is_empty(bulk2: Bulk2, org: Salesforce, contacts: list[str]) -> None:
    org.desk_edit("Contact", contacts[0], {"AccountId": None})
    page = bulk2.query("SELECT Account.Name FROM Contact WHERE Ext__c = 'x0'")
    assert page.text == '"Account.Name"\n""\n'


def test_nobody_found_is_the_header_alone(bulk2: Bulk2) -> None:
    page = bulk2.query("SELECT Id, Email FROM Contact WHERE LastName = 'nobody'")
    assert (page.text, page.headers["Sforce-NumberOfRecords"], page.headers["Sforce-Locator"]) == ('"Id","Email"\n', "0", "null")


def test_other_delimiters_and_endings(bulk2: Bulk2) -> None:
    page = bulk2.query("SELECT LastName, Email FROM Contact LIMIT 1", columnDelimiter="PIPE", lineEnding="CRLF")
    assert page.content == b'"LastName"|"Email"\r\n"Last0"|"c0@example.com"\r\n'


def test_deleted_rows_show_only_to_query_all(bulk2: Bulk2, http: httpx.Client, contacts: list[str]) -> None:
    http.delete(f"sobjects/Contact/{contacts[0]}")
    counts = [bulk2.query("SELECT Id FROM Contact", op).headers["Sforce-NumberOfRecords"] for op in ("query", "queryAll")]
    assert counts == ["4", "5"]


def test_the_result_is_of_the_moment_in_which_the_job_was_made(
    bulk2: Bulk2, http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    job = http.post("jobs/query", json={"operation": "query", "query": "SELECT LastName FROM Contact"}).json()["id"]
    org.desk_edit("Contact", contacts[0], {"LastName": "Later"})
    http.get(f"jobs/query/{job}")
    answer = http.get(f"jobs/query/{job}/results")
    assert '"Last0"' in answer.text
    exchange = list(org.journal.exchanges())[-1]
    assert ("Contact", contacts[0], 1) in exchange.served
    assert len(exchange.served) == 5


def test_parents_are_served_with_their_children(bulk2: Bulk2, org: Salesforce) -> None:
    bulk2.query("SELECT LastName, Account.Name FROM Contact WHERE Ext__c = 'x1'")
    exchange = list(org.journal.exchanges())[-1]
    assert {kind for kind, _, _ in exchange.served} == {"Contact", "Account"}


@pytest.mark.parametrize(
    ("soql", "code", "text"),
    [
        ("SELECT Id, MailingAddress FROM Contact", "API_ERROR", "Selecting compound data not supported in Bulk Query"),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "API_ERROR",
         "Aggregate Relationships not supported in Bulk V2 Query with CSV content type"),
        ("SELECT COUNT() FROM Contact", "API_ERROR", "Bulk Query"), ("SELECT COUNT(Id) FROM Contact", "API_ERROR", "Bulk Query"),
        ("SELECT LastName FROM Contact GROUP BY LastName", "API_ERROR", "GROUP BY"),
        ("SELECT Id FROM Contact LIMIT 1 OFFSET 2", "API_ERROR", "OFFSET"),
        ("SELECT TYPEOF Who WHEN Contact THEN Id END FROM Task", "MALFORMED_QUERY", "unexpected token"),
        ("SELECT Nope__c FROM Contact", "INVALID_FIELD", "No such column 'Nope__c' on entity 'Contact'"),
        ("SELECT Id FROM Nope__c", "INVALID_TYPE", "sObject type 'Nope__c' is not supported"),
        ("nonsense", "MALFORMED_QUERY", "unexpected token"), ("", "API_ERROR", ""),
    ],
)
def test_what_bulk_queries_cannot_do_is_refused_at_once(http: httpx.Client, org: Salesforce, soql: str, code: str, text: str) -> None:
    answer = http.post("jobs/query", json={"operation": "query", "query": soql})
    [error] = answer.json()
    assert (answer.status_code, error["errorCode"]) == (400, code)
    assert text in error["message"]
    assert org.jobs == {}


def test_a_query_job_can_be_aborted_before_and_deleted_after_its_end(bulk2: Bulk2, http: httpx.Client) -> None:
    made = http.post("jobs/query", json={"operation": "query", "query": "SELECT Id FROM Contact"}).json()
    address = f"jobs/query/{made['id']}"
    assert made["state"] == "UploadComplete"
    assert http.delete(address).json()[0]["errorCode"] == "INVALIDJOBSTATE"
    assert http.get(f"{address}/results").json()[0]["errorCode"] == "INVALIDJOBSTATE"
    assert http.patch(address, json={"state": "Aborted"}).json()["state"] == "Aborted"
    assert http.patch(address, json={"state": "Aborted"}).json()[0]["errorCode"] == "INVALIDJOBSTATE"
    assert [http.delete(address).status_code, http.get(address).status_code] == [204, 404]


@pytest.mark.parametrize("query", ["locator=zzz", "locator=OTk5", "maxRecords=-1", "maxRecords=x", "maxRecords=²", "locator=%C3%A9"])
def test_pages_that_do_not_exist_are_refused(http: httpx.Client, query: str) -> None:
    job = http.post("jobs/query", json={"operation": "query", "query": "SELECT Id FROM Contact"}).json()["id"]
    http.get(f"jobs/query/{job}")
    assert http.get(f"jobs/query/{job}/results?{query}").status_code == 400


def test_a_hidden_field_is_no_column(bulk2: Bulk2, http: httpx.Client, org: Salesforce) -> None:
    org.hide_field("Contact", "Email")
    answer = http.post("jobs/query", json={"operation": "query", "query": "SELECT Email FROM Contact"})
    assert answer.json()[0]["errorCode"] == "INVALID_FIELD"
    assert bulk2.info(bulk2.run("LastName,Email\nA,a@b.io\n"))["errorMessage"] == "InvalidBatch : Field name not found : Email"
