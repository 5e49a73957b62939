"""Addresses: relationships, suffixes, methods in disguise, versions that know more than others."""

from __future__ import annotations

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce


def test_a_relationship_leads_to_the_parent(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    [account] = org.store.rows("Account")
    start = len(org.journal)
    found = http.get(f"sobjects/Contact/{contacts[0][:15]}/account", params={"fields": "Name"}).json()
    assert (found["Name"], found["Id"], found["attributes"]["type"]) == ("Acme", account.id, "Account")
    assert [e.served for e in org.journal.exchanges(start)] == [[("Account", account.id, account.revision)]]
    assert http.patch(f"sobjects/Contact/{contacts[0]}/Account", json={"Name": "New"}).status_code == 204
    assert http.get(f"sobjects/Account/{account.id}").json()["Name"] == "New"
    http.patch(f"sobjects/Contact/{contacts[0]}", json={"AccountId": None})
    blank = http.get(f"sobjects/Contact/{contacts[0]}/Account")
    assert (blank.status_code, blank.json()[0]["errorCode"]) == (404, "NOT_FOUND")
    assert http.delete(f"sobjects/Contact/{contacts[1]}/Account").status_code == 204
    assert org.store.get("Account", account.id) is None


def test_a_relationship_leads_to_the_children(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    org.switch("page_size", 3)
    [account] = org.store.rows("Account")
    path = f"sobjects/Account/{account.id}/Contacts"
    first = http.get(path, params={"fields": "email,Id"}).json()
    assert (first["totalSize"], first["done"], list(first["records"][0])) == (5, False, ["attributes", "Email", "Id"])
    rest = http.get(org.base_url + first["nextRecordsUrl"]).json()["records"]
    assert [r["Id"] for r in first["records"] + rest] == contacts
    assert http.get(path).json()["records"][0]["LastName"] == "Last0"
    assert http.get(path, params={"fields": "Id FROM User"}).json()[0]["errorCode"] == "INVALID_FIELD"
    assert http.patch(path, json={"Title": "x"}).status_code == 404


@pytest.mark.parametrize("path", ["Contact/{0}/Nope", "Contact/003000000000000AAA/Account", "Contact/{0}/Histories/x"])
def test_a_relationship_that_is_none_is_not_found(http: httpx.Client, contacts: list[str], path: str) -> None:
    answer = http.get(f"sobjects/{path.format(*contacts)}")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")


def test_json_may_be_asked_for_by_suffix_and_xml_is_refused(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    assert http.get("sobjects.json").json()["maxBatchSize"] == 200
    assert http.get(f"sobjects/Contact/{contacts[0]}.json").json()["Id"] == contacts[0]
    org.desk_edit("Contact", contacts[0], {"Ext__c": "a.json"})
    assert http.get("sobjects/Contact/Ext__c/a.json").json()["Id"] == contacts[0]
    refused = http.get("limits", headers={"Accept": "application/xml"})
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (406, "NOT_ACCEPTABLE")
    assert http.get("limits", headers={"Accept": "text/html,application/xml;q=0.9,*/*;q=0.8"}).status_code == 200
    assert http.get(f"sobjects/Contact/{contacts[0]}.xml").status_code == 404


def test_post_stands_for_patch_when_it_says_so(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    record = {"attributes": {"type": "Contact"}, "id": contacts[0], "Title": "T"}
    answer = http.post("composite/sobjects", params={"_HttpMethod": "patch"}, json={"records": [record]})
    assert [r["success"] for r in answer.json()] == [True]
    keyed = {"attributes": {"type": "Contact"}, "Ext__c": "x1", "Title": "T"}
    answer = http.post("composite/sobjects/Contact/Ext__c?_HttpMethod=PATCH", json={"records": [keyed]})
    assert [r["created"] for r in answer.json()] == [False]
    assert [org.store.get("Contact", i).values["Title"] for i in contacts[:3]] == ["T", "T", None]
    assert http.post("composite/sobjects/Contact/Ext__c", json={"records": [keyed]}).status_code == 405


@pytest.mark.parametrize("body", [{"ids": 5, "fields": ["Id"]}, {"ids": [5], "fields": ["Id"]}, {"ids": [], "fields": True}])
def test_ids_and_fields_of_a_retrieval_are_lists_of_texts(http: httpx.Client, body: object) -> None:
    assert http.post("composite/sobjects/Contact", json=body).json()[0]["errorCode"] == "JSON_PARSER_ERROR"


def test_an_update_only_upsert_makes_nothing(http: httpx.Client, org: Salesforce) -> None:
    path = "sobjects/Contact/Ext__c/"
    assert http.patch(f"{path}new?updateOnly=true", json={"LastName": "L"}).status_code == 404
    assert http.patch(f"{path}x0?updateOnly=true", json={"LastName": "L"}).json()["created"] is False
    assert len(list(org.store.rows("Contact"))) == 5


@pytest.mark.parametrize(
    ("method", "path", "first"),
    [
        ("POST", "composite", 38), ("POST", "composite/batch", 34), ("POST", "composite/tree/Contact", 34),
        ("POST", "composite/sobjects", 42), ("DELETE", "composite/sobjects", 42), ("POST", "composite/graph", 50),
        ("GET", "parameterizedSearch", 36),
    ],
)
def test_a_resource_is_unknown_to_versions_before_its_own(
    http: httpx.Client, org: Salesforce, method: str, path: str, first: int
) -> None:
    statuses = [
        http.request(method, f"{org.base_url}/services/data/v{v}.0/{path}", json=None if method == "GET" else {}).status_code
        for v in (first - 1, first)
    ]
    assert (statuses[0], statuses[1] != 404) == (404, True)


def test_the_root_of_a_version_names_what_there_is(http: httpx.Client, org: Salesforce) -> None:
    body = http.get("").json()
    assert {"sobjects", "query", "queryAll", "search", "parameterizedSearch", "composite", "limits", "recent", "tooling",
            "identity"} <= set(body)
    assert body["search"] == "/services/data/v59.0/search"


def test_a_query_plan_is_refused_rather_than_invented(http: httpx.Client) -> None:
    answer = http.get("query", params={"explain": "SELECT Id FROM Contact"})
    assert (answer.status_code, "explain is not mocked" in answer.headers["x-syncproof-hint"]) == (400, True)
