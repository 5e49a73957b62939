"""SOSL: what a search finds, what it shows, and what is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.journal import Exchange

PEOPLE = (
    ("Contact", {"FirstName": "Ada", "LastName": "Smith", "Email": "ada.smith@firma.cz", "Phone": "(555) 123-4567"}),
    ("Contact", {"FirstName": "Joe", "LastName": "Smythe", "Email": "joe@smith.org", "Title": "Head of Sales"}),
    ("Contact", {"FirstName": "Jo", "LastName": "O'Hara-Li", "Email": "jo@x.io", "Description": "knows Ada"}),
    ("Lead", {"FirstName": "Joe", "LastName": "Smith", "Company": "Müller & Co", "Email": "lead@firma.cz"}),
)


@pytest.fixture
def people(org: Salesforce) -> dict[str, str]:
    return {str(org.desk_create(kind, values).id): f"{values['FirstName']} {kind}" for kind, values in PEOPLE}


def _found(http: httpx.Client, text: str) -> list[dict[str, Any]]:
    answer = http.get("search", params={"q": text})
    assert answer.status_code == 200, answer.text
    assert list(answer.json()) == ["searchRecords"]
    return list(answer.json()["searchRecords"])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("{Smith} IN NAME FIELDS", ["Ada Contact", "Joe Lead"]),
        ("{SMITH} IN ALL FIELDS", ["Ada Contact", "Joe Contact", "Joe Lead"]),
        ("{smith}", ["Ada Contact", "Joe Contact", "Joe Lead"]),
        ("{smi}", []),
        ("{smi*} IN NAME FIELDS", ["Ada Contact", "Joe Lead"]),
        ("{Sm?th*} IN NAME FIELDS", ["Ada Contact", "Joe Contact", "Joe Lead"]),
        ("{*ith} IN NAME FIELDS", []),
        ("{Joe Smith} IN NAME FIELDS", ["Joe Lead"]),
        ('{"Smith Joe"} IN NAME FIELDS', []),
        ('{"Joe Smith"} IN NAME FIELDS', ["Joe Lead"]),
        ("{Joe AND NOT Smith} IN NAME FIELDS", ["Joe Contact"]),
        ("{Smythe OR (ada AND smith)} IN NAME FIELDS", ["Ada Contact", "Joe Contact"]),
        ("{joe and not smith and smythe} IN NAME FIELDS", ["Joe Contact", "Joe Lead"]),
        ("{ada.smith@firma.cz} IN EMAIL FIELDS", ["Ada Contact"]),
        ("{firma} IN EMAIL FIELDS", ["Ada Contact", "Joe Lead"]),
        ("{ada} IN EMAIL FIELDS", ["Ada Contact"]),
        ("{ada} IN ALL FIELDS", ["Ada Contact", "Jo Contact"]),
        ("{5551234567} IN PHONE FIELDS", ["Ada Contact"]),
        ("{555} IN PHONE FIELDS", ["Ada Contact"]),
        ("{Smith} IN PHONE FIELDS", []),
        (r"{O\'Hara\-Li} IN NAME FIELDS", ["Jo Contact"]),
        ("{müller}", ["Joe Lead"]),
        (r"{\"head of sales\"}", ["Joe Contact"]),
        (r"{smi\*}", []),
    ],
)
def test_a_search_finds_words(
    http: httpx.Client, people: dict[str, str], words: str, expected: list[str]
) -> None:
    found = _found(http, f"FIND {words} RETURNING Contact(Id), Lead")
    assert [people[r["Id"]] for r in found] == expected


def test_returning_shows_filters_orders_and_limits(http: httpx.Client, people: dict[str, str]) -> None:
    found = _found(
        http,
        "find {smith} in all fields returning contact ( id, lastname where lastname like 'Smy%' or (Email != null) "
        "order by LastName desc limit 1), Lead(Name, Owner.Name)",
    )
    assert [list(r) for r in found] == [["attributes", "Id", "LastName"], ["attributes", "Name", "Owner"]]
    assert (found[0]["LastName"], found[1]["Name"]) == ("Smythe", "Joe Smith")
    assert found[0]["attributes"]["url"] == f"/services/data/v59.0/sobjects/Contact/{found[0]['Id']}"
    assert len(_found(http, "FIND {smith} RETURNING Contact, Lead LIMIT 2")) == 2


def test_without_returning_every_object_is_searched(http: httpx.Client, people: dict[str, str]) -> None:
    found = _found(http, "FIND {acme OR smith}")
    assert [r["attributes"]["type"] for r in found] == ["Account", "Contact", "Contact", "Lead"]
    assert all(list(r) == ["attributes", "Id"] for r in found)


def test_a_search_notes_what_was_shown_and_what_it_rests_on(
    http: httpx.Client, org: Salesforce, people: dict[str, str]
) -> None:
    start = len(org.journal)
    _found(http, "FIND {smythe} RETURNING Contact(Id, Account.Name)")
    [exchange] = [e for e in org.journal.entries[start:] if isinstance(e, Exchange)]
    assert [people[i] for _, i, _ in exchange.served] == ["Joe Contact"]
    assert exchange.assumed == ["salesforce.search_words"]


def test_the_deleted_the_hidden_and_the_new_are_not_found(
    http: httpx.Client, org: Salesforce, people: dict[str, str]
) -> None:
    ids = {name: i for i, name in people.items()}
    org.desk_delete("Contact", ids["Ada Contact"])
    org.hide_field("Contact", "Email")
    assert [people[r["Id"]] for r in _found(http, "FIND {smith} RETURNING Contact, Lead")] == ["Joe Lead"]
    org.switch("search_index_lag_s", 60)
    assert _found(http, "FIND {smith} RETURNING Lead") == []
    org.clock.move(61)
    assert len(_found(http, "FIND {smith} RETURNING Lead")) == 1


def test_before_version_37_the_answer_is_the_bare_list(http: httpx.Client, org: Salesforce) -> None:
    answer = http.get(f"{org.base_url}/services/data/v36.0/search/", params={"q": "FIND {acme} RETURNING Account(Name)"})
    assert [r["Name"] for r in answer.json()] == ["Acme"]


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("FIND {name} IN ALL TYPE RETURNING Account(name)", "MALFORMED_SEARCH",
         "\nFIND {name} IN ALL TYPE RETURNING Account(name)\n                  ^\nERROR at Row:1:Column:19\n"
         "Malformed search token: TYPE"),
        ("FIND {a}", "MALFORMED_SEARCH", "search term must be longer than one character: a"),
        ("FIND {}", "MALFORMED_SEARCH", "search term must be longer than one character: "),
        ("FIND {ab AND}", "MALFORMED_SEARCH", "Malformed search token: <EOF>"),
        ("FIND {(ab}", "MALFORMED_SEARCH", "Malformed search token: <EOF>"),
        ("FIND ab", "MALFORMED_SEARCH", "Malformed search token: ab"),
        ("FIND {ab", "MALFORMED_SEARCH", "Malformed search token: {"),
        ("FIND {ab} RETURNING Contact(Id", "MALFORMED_SEARCH", "Malformed search token: ("),
        ("FIND {ab} RETURNING Contact(Id) WITH HIGHLIGHT", "MALFORMED_SEARCH", "Malformed search token: HIGHLIGHT"),
        ("FIND {ab} RETURNING Nope(Id)", "INVALID_TYPE", "sObject type 'Nope' is not supported."),
        ("FIND {ab} RETURNING ContactHistory", "INVALID_TYPE", "sObject type 'ContactHistory' is not supported."),
        ("FIND {ab} RETURNING Contact(Id, Nope)", "INVALID_FIELD", "Column:33\nNo such column 'Nope' on entity 'Contact'."),
        ("FIND {ab} RETURNING Contact(Id WHERE Nope = 1)", "INVALID_FIELD",
         "Column:38\nNo such column 'Nope' on entity 'Contact'."),
        ("FIND {ab} RETURNING Contact(COUNT(Id))", "MALFORMED_QUERY", "only root queries support aggregate expressions"),
        ("", "MALFORMED_SEARCH", "Malformed search token: <EOF>"),
    ],
)
def test_a_search_that_is_none_is_refused(http: httpx.Client, text: str, code: str, message: str) -> None:
    answer = http.get("search", params={"q": text})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)
    assert message in answer.json()[0]["message"]


def test_parameters_do_the_same(http: httpx.Client, people: dict[str, str]) -> None:
    asked = {"q": "Smith", "sobject": "Contact", "Contact.fields": "id,name", "Contact.limit": "10", "in": "NAME"}
    by_address = http.get("parameterizedSearch", params=asked).json()["searchRecords"]
    assert [(list(r), r["Name"]) for r in by_address] == [(["attributes", "Id", "Name"], "Ada Smith")]
    body = {
        "q": "smith", "in": "ALL", "fields": ["id", "name"], "overallLimit": 2, "defaultLimit": 5,
        "sobjects": [{"name": "Contact", "where": "LastName = 'Smythe'"}, {"name": "Lead", "fields": ["company"]}],
    }
    by_body = http.post("parameterizedSearch", json=body).json()["searchRecords"]
    assert [r.get("Name") or r["Company"] for r in by_body] == ["Joe Smythe", "Müller & Co"]
    assert len(http.get("parameterizedSearch", params={"q": "smith"}).json()["searchRecords"]) == 3


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400), ({"q": ""}, 400), ({"q": 5}, 400), ({"q": "ab", "in": "NOWHERE"}, 400), ({"q": "ab", "sobjects": "x"}, 400),
        ({"q": "ab", "sobjects": [{"name": "Nope"}]}, 400), ({"q": "ab", "sobjects": [5]}, 400),
        ({"q": "ab", "overallLimit": -1}, 400), ({"q": "ab", "dataCategories": []}, 400),
        ({"q": "ab", "sobjects": [{"name": "Contact", "where": "1 =", "fields": ["id"]}]}, 400), ([], 400),
    ],
)
def test_parameters_that_are_none_are_refused(http: httpx.Client, asked: object, status: int) -> None:
    answer = http.post("parameterizedSearch", json=asked)
    assert answer.status_code == status, answer.text
    assert answer.json()[0]["errorCode"]
