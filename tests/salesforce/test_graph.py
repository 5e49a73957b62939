"""Graphs of calls, trees, and what composite requests do with failures and foreign calls."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce

ROOT = "/services/data/v59.0/sobjects"


def _node(name: str, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"method": method, "url": f"{ROOT}/{path}", "referenceId": name, **({"body": body} if body else {})}


def _family(name: str, **contact: Any) -> list[dict[str, Any]]:
    return [
        _node("account", "POST", "Account", {"Name": name}),
        _node("contact", "POST", "Contact", {"AccountId": "@{account.id}", **contact}),
        _node("again", "PATCH", "Contact/@{contact.id}", {"Title": "T"}),
    ]


def test_each_graph_stands_or_falls_by_itself(http: httpx.Client, org: Salesforce) -> None:
    body = {"graphs": [
        {"graphId": "good", "compositeRequest": _family("Good", LastName="L")},
        {"graphId": "bad", "compositeRequest": _family("Bad", FirstName="F")},
    ]}
    good, bad = http.post("composite/graph", json=body).json()["graphs"]
    assert (good["graphId"], good["isSuccessful"], bad["graphId"], bad["isSuccessful"]) == ("good", True, "bad", False)
    assert [r["httpStatusCode"] for r in good["graphResponse"]["compositeResponse"]] == [201, 201, 204]
    answers = bad["graphResponse"]["compositeResponse"]
    assert [(r["referenceId"], r["httpStatusCode"], r["body"][0]["errorCode"]) for r in answers] == [
        ("account", 400, "PROCESSING_HALTED"), ("contact", 400, "REQUIRED_FIELD_MISSING"),
        ("again", 400, "PROCESSING_HALTED"),
    ]
    assert {r.values["Name"] for r in org.store.rows("Account")} == {"Acme", "Good"}


@pytest.mark.parametrize(
    "graphs",
    [
        None, 5, [5], [{"graphId": "a"}], [{"graphId": "", "compositeRequest": []}],
        [{"graphId": "a", "compositeRequest": []}] * 2,
        [{"graphId": "a", "compositeRequest": [{**_node("q", "GET", ""), "url": "/services/data/v59.0/query?q=SELECT+Id+FROM+Contact"}]}],
        [{"graphId": "a", "compositeRequest": [_node("q", "GET", "Contact")]}],
        [{"graphId": "a", "compositeRequest": [_node("x", "POST", "Contact", {"LastName": "a"})] * 2}],
        [{"graphId": "a", "compositeRequest": [_node(f"x{n}", "POST", "Contact", {"LastName": "a"}) for n in range(501)]}],
        [{"graphId": f"g{n}", "compositeRequest": []} for n in range(76)],
    ],
)
def test_what_is_no_set_of_graphs_is_refused_before_anything_is_done(
    http: httpx.Client, org: Salesforce, graphs: Any
) -> None:
    before = org.store.snapshot()
    answer = http.post("composite/graph", json={"graphs": graphs})
    assert answer.status_code == 400
    assert org.store.snapshot().tables == before.tables


def test_all_or_none_reaches_into_a_collection(http: httpx.Client, org: Salesforce) -> None:
    records = [{"attributes": {"type": "Contact"}, "LastName": "A"}, {"attributes": {"type": "Contact"}}]
    calls = [
        _node("a", "POST", "Account", {"Name": "A"}),
        {"method": "POST", "url": "/services/data/v59.0/composite/sobjects", "referenceId": "c", "body": {"records": records}},
    ]
    before = org.store.snapshot()
    answers = http.post("composite", json={"allOrNone": True, "compositeRequest": calls}).json()["compositeResponse"]
    assert answers[0]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert [r["errors"][0]["statusCode"] for r in answers[1]["body"]] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"
    ]
    assert org.store.snapshot().tables == before.tables


def test_after_a_failure_the_rest_is_halted_and_not_tried(http: httpx.Client, org: Salesforce) -> None:
    calls = [_node(n, "POST", "Contact", {"FirstName": n}) for n in ("a", "b")]
    answers = http.post("composite", json={"allOrNone": True, "compositeRequest": calls}).json()["compositeResponse"]
    assert [a["body"][0]["errorCode"] for a in answers] == ["REQUIRED_FIELD_MISSING", "PROCESSING_HALTED"]


@pytest.mark.parametrize("url", [
    "/services/oauth2/userinfo", "/services/Soap/u/59.0", "/services/data/v59.0/composite/batch", "http://[",
    "/services/data/v59.0/jobs/ingest",
])
@pytest.mark.parametrize("kind", ["composite", "batch"])
def test_a_foreign_call_inside_is_refused(http: httpx.Client, url: str, kind: str) -> None:
    if kind == "composite":
        call = {"method": "POST", "url": url, "referenceId": "a"}
        [answer] = http.post("composite", json={"compositeRequest": [call]}).json()["compositeResponse"]
        status, body = answer["httpStatusCode"], answer["body"]
    else:
        call = {"method": "POST", "url": url}
        [answer] = http.post("composite/batch", json={"batchRequests": [call]}).json()["results"]
        status, body = answer["statusCode"], answer["result"]
    assert (status in (400, 404, 405), bool(body[0]["errorCode"])) == (True, True)


def test_a_body_as_deep_as_a_well_is_refused(http: httpx.Client) -> None:
    deep = '{"a":' * 500 + "1" + "}" * 500
    call = f'{{"method":"POST","url":"{ROOT}/Contact","referenceId":"a","body":{deep}}}'
    for path, body in (
        ("composite", f'{{"compositeRequest":[{call}]}}'), ("composite/batch", f'{{"batchRequests":[{call}]}}'),
        ("composite/graph", f'{{"graphs":[{{"graphId":"a","compositeRequest":[{call}]}}]}}'),
        ("composite/tree/Contact", f'{{"records":[{deep}]}}'), ("composite/sobjects", f'{{"records":[{deep}]}}'),
    ):
        answer = http.post(path, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (200, 400), path
        assert "UNKNOWN_EXCEPTION" not in answer.text


def _record(name: str | None, children: list[Any] | None = None, **values: Any) -> dict[str, Any]:
    about = {"type": "x", **({"referenceId": name} if name else {})}
    return {"attributes": about, **values, **({"Contacts": {"records": children}} if children is not None else {})}


def test_a_tree_gives_each_record_its_id(http: httpx.Client, org: Salesforce) -> None:
    records = [_record("r1", [_record("r2", LastName="L")], Name="A"), _record("r3", Name="B")]
    answer = http.post("composite/tree/Account", json={"records": records})
    assert (answer.status_code, [r["referenceId"] for r in answer.json()["results"]]) == (201, ["r1", "r2", "r3"])
    child = org.store.get("Contact", answer.json()["results"][1]["id"])
    assert child is not None
    assert child.values["AccountId"] == answer.json()["results"][0]["id"]


@pytest.mark.parametrize(
    "records",
    [
        [_record("r1", Name="A"), _record("r1", Name="B")], [_record(None, Name="A")], [_record("r1", [5], Name="A")], [5],
        "x", [_record(f"r{n}", Name="A") for n in range(201)], [_record("r1", [_record("r2", Email="x")], Name="A")],
        [_record("r1", Name="A", Nopes={"records": []})],
    ],
)
def test_a_tree_with_one_bad_record_makes_none(http: httpx.Client, org: Salesforce, records: Any) -> None:
    before = org.store.snapshot()
    answer = http.post("composite/tree/Account", json={"records": records})
    assert answer.status_code == 400
    assert org.store.snapshot().tables == before.tables
