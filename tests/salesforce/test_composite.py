"""Several calls in one request (probe 16)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce

ROOT = "/services/data/v59.0/sobjects"


def _call(name: str, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"method": method, "url": f"{ROOT}/{path}", "referenceId": name, **({"body": body} if body else {})}


def _send(http: httpx.Client, calls: list[dict[str, Any]], all_or_none: object = False) -> list[dict[str, Any]]:
    answer = http.post("composite", json={"allOrNone": all_or_none, "compositeRequest": calls})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["compositeResponse"])


ACCOUNT = _call("Account_create_0", "POST", "Account", {"Name": "A"})


def test_a_later_call_uses_the_id_that_an_earlier_one_made(http: httpx.Client, org: Salesforce) -> None:
    """Probe 16."""
    contact = _call("c", "POST", "Contact", {"LastName": "L", "AccountId": "@{Account_create_0.id}"})
    read = _call("r", "GET", "Contact/@{c.id}?fields=AccountId")
    answers = _send(http, [ACCOUNT, contact, read], all_or_none=True)
    assert [a["httpStatusCode"] for a in answers] == [201, 201, 200]
    account = answers[0]["body"]["id"]
    assert answers[0]["httpHeaders"] == {"Location": f"{ROOT}/Account/{account}"}
    assert answers[2]["body"]["AccountId"] == account


def test_a_failure_undoes_what_went_before(http: httpx.Client, org: Salesforce) -> None:
    """Probe 16."""
    before, start = org.store.snapshot(), len(org.journal)
    answers = _send(http, [ACCOUNT, _call("bad", "POST", "Contact", {"FirstName": "x"})], all_or_none=True)
    assert answers[0]["httpStatusCode"] == 400
    assert answers[0]["body"] == [{
        "message": "The transaction was rolled back since another operation in the same transaction failed.",
        "errorCode": "PROCESSING_HALTED",
    }]
    assert answers[1]["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert org.store.snapshot().tables == before.tables
    assert list(org.journal.changes(start)) == []


def test_mautic_sends_false_as_text_and_gets_each_answer_in_place(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    """Probe 16: hyphens in references, headers per item, a deleted id."""
    http.delete(f"sobjects/Contact/{contacts[1]}")
    calls = [
        {**_call(f"12-Contact-{n}", "PATCH", f"Contact/{i}", {"Title": "T"}), "httpHeaders": {"Sforce-Auto-Assign": "FALSE"}}
        for n, i in enumerate([contacts[0], contacts[1], "003000000000999AAA"])
    ]
    answers = _send(http, [*calls, _call("12-Lead-9", "POST", "Lead", {"LastName": "L", "Company": "C"})], "false")
    assert [a["httpStatusCode"] for a in answers] == [204, 404, 404, 201]
    assert answers[0]["body"] is None
    assert answers[1]["body"][0]["errorCode"] == "ENTITY_IS_DELETED"
    assert answers[2]["body"] == [
        {"message": "invalid cross reference id", "errorCode": "INVALID_CROSS_REFERENCE_KEY", "fields": []}
    ]
    assert org.store.get("Contact", contacts[0]).values["Title"] == "T"


def test_only_dependants_of_a_failed_call_are_halted(http: httpx.Client, org: Salesforce) -> None:
    """Probe 16."""
    calls = [
        _call("bad", "POST", "Account", {"Phone": "1"}),
        _call("child", "POST", "Contact", {"LastName": "L", "AccountId": "@{bad.id}"}),
        _call("free", "POST", "Contact", {"LastName": "F"}),
    ]
    answers = _send(http, calls)
    assert [a["httpStatusCode"] for a in answers] == [400, 400, 201]
    assert answers[1]["body"][0]["message"] == "Invalid reference specified. No value for bad.id found in child"


def test_references_reach_into_query_results(http: httpx.Client, contacts: list[str]) -> None:
    query = {
        "method": "GET", "referenceId": "q",
        "url": "/services/data/v59.0/query?q=SELECT+Id,LastName+FROM+Contact+ORDER+BY+LastName",
    }
    answers = _send(http, [query, _call("one", "GET", "Contact/@{q.records[1].Id}?fields=LastName")])
    assert answers[1]["body"]["LastName"] == "Last1"


@pytest.mark.parametrize(
    ("calls", "code"),
    [
        ([_call(f"r{n}", "GET", "Contact/x") for n in range(26)], "LIMIT_EXCEEDED"),
        ([{"method": "GET", "url": "/services/data/v59.0/query?q=x", "referenceId": f"q{n}"} for n in range(6)],
         "LIMIT_EXCEEDED"),
        ([ACCOUNT, ACCOUNT], "INVALID_REFERENCE_ID"),
    ],
)
def test_too_many_calls_or_repeated_references_are_refused(
    http: httpx.Client, calls: list[dict[str, Any]], code: str
) -> None:
    answer = http.post("composite", json={"compositeRequest": calls})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)


def test_a_composite_counts_as_one_call(http: httpx.Client, org: Salesforce) -> None:
    used = org.calls_used
    _send(http, [ACCOUNT, _call("b", "POST", "Account", {"Name": "B"})])
    assert org.calls_used == used + 1


def test_an_unknown_call_inside_a_composite_is_refused_with_a_hint(http: httpx.Client, org: Salesforce) -> None:
    [answer] = _send(http, [{"method": "GET", "url": "/services/data/v59.0/sobject/Contact", "referenceId": "t"}])
    assert (answer["httpStatusCode"], answer["body"][0]["errorCode"]) == (404, "NOT_FOUND")
    [exchange] = org.journal.exchanges()
    assert exchange.hint.startswith("GET /services/data/")


@pytest.mark.parametrize(("halt", "statuses"), [(True, [204, 404, 412]), (False, [204, 404, 200])])
def test_a_batch_goes_on_or_halts(
    http: httpx.Client, contacts: list[str], halt: bool, statuses: list[int]
) -> None:
    calls = [
        {"method": "PATCH", "url": f"v59.0/sobjects/Contact/{contacts[0]}", "richInput": {"Title": "T"}},
        {"method": "GET", "url": "/services/data/v59.0/sobjects/Contact/nobody"},
        {"method": "GET", "url": "v59.0/limits"},
    ]
    body = http.post("composite/batch", json={"haltOnError": halt, "batchRequests": calls}).json()
    assert body["hasErrors"] is True
    assert [r["statusCode"] for r in body["results"]] == statuses
