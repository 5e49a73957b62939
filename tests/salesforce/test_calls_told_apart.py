"""Calls that share an address are told apart, what is refused names whom it is about, and nothing unknown passes in silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from syncproof.ledger import ledger
from syncproof.touched import unmocked_calls
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.crm.salesforce.soap.service import CALLS
from syncproof_mocks.faults import arm
from syncproof_mocks.journal import Exchange
from syncproof_mocks.server import MockApp

DATA = "/services/data/v59.0"
Call = Callable[..., httpx.Response]
BAD = {"attributes": {"type": "Contact"}, "Email": "bad@x.io"}


def _last(org: Salesforce) -> Exchange:
    found = next(e for e in reversed(org.journal.entries) if isinstance(e, Exchange))
    assert isinstance(found, Exchange)
    return found


@pytest.fixture
def soap(org: Salesforce, plain: httpx.Client) -> Call:
    def call(body: str) -> httpx.Response:
        token = org.credentials()["token"]
        whole = (
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><SessionHeader><sessionId>'
            f"{token}</sessionId></SessionHeader></s:Header><s:Body>{body}</s:Body></s:Envelope>"
        )
        return plain.post(f"{org.base_url}/services/Soap/u/59.0", content=whole.encode())

    return call


@pytest.fixture
def classic(org: Salesforce, plain: httpx.Client) -> Call:
    def call(path: str, body: Any) -> httpx.Response:
        headers = {"x-sfdc-session": org.credentials()["token"], "content-type": "application/json"}
        more = {"content": body} if isinstance(body, bytes) else {"json": body}
        return plain.post(f"{org.base_url}/services/async/59.0/job{path}", headers=headers, **more)

    return call


def test_the_ledger_tells_every_soap_call_with_evidence_of_its_own() -> None:
    found = {op["id"]: op["evidence"] for op in ledger("salesforce")["operations"] if op["id"].startswith("soap.")}

    assert set(found) == {"soap.partner", "soap.login", *(f"soap.{name}" for name in CALLS)}
    assert (found["soap.merge"], found["soap.describeGlobal"]) == ("client run", "document")


@pytest.mark.parametrize(("body", "operation"), [
    ("<query><queryString>SELECT Id FROM Contact</queryString></query>", "soap.query"),
    ('<n:create xmlns:n="urn:partner.soap.sforce.com"></n:create>', "soap.create"),
    ("<teleport/>", "soap.partner"),
])
def test_the_journal_names_the_soap_call(soap: Call, org: Salesforce, body: str, operation: str) -> None:
    soap(body)
    found = {op["id"]: op["evidence"] for op in ledger("salesforce")["operations"]}

    assert (_last(org).operation, _last(org).evidence) == (operation, found[operation])


@pytest.mark.parametrize("pattern", ["soap.partner", "soap.quer?", "soap.*"])
def test_a_fault_strikes_a_call_by_its_own_name_and_by_that_of_its_address(
    soap: Call, listening: tuple[MockApp, int], org: Salesforce, pattern: str
) -> None:
    arm(listening[0], {"fault": "server_error", "operation": pattern})

    assert soap("<query><queryString>SELECT Id FROM Contact</queryString></query>").status_code == 503
    assert _last(org).fault == "server_error"


def test_a_classic_job_that_queries_is_told_from_one_that_writes(classic: Call, org: Salesforce) -> None:
    seen = []
    for operation, body in (("query", b"SELECT Id FROM Contact"), ("insert", b'[{"LastName":"A"}]')):
        job = classic("", {"operation": operation, "object": "Contact", "contentType": "JSON"}).json()["id"]
        seen.append(_last(org).operation)
        assert classic(f"/{job}/batch", body).status_code == 201
        seen.append(_last(org).operation)
        classic(f"/{job}", {"state": "Closed"})
        seen.append(_last(org).operation)

    assert seen == [
        "bulk1.job.create_query", "bulk1.batch.add_query", "bulk1.job.close_query", "bulk1.job.create", "bulk1.batch.add", "bulk1.job.close",
    ]


@pytest.mark.parametrize("word", ["request", "mergeRequests", "merge"])
def test_a_merge_is_known_by_what_is_in_it(soap: Call, org: Salesforce, contacts: list[str], word: str) -> None:
    master = f"<masterRecord><type>Contact</type><Id>{contacts[0]}</Id></masterRecord>"
    answer = soap(f"<merge><{word}>{master}<recordToMergeIds>{contacts[1]}</recordToMergeIds></{word}></merge>")

    assert f"<mergedRecordIds>{contacts[1]}</mergedRecordIds>" in answer.text
    assert org.store.get("Contact", contacts[1]) is None


@pytest.mark.parametrize("body", [
    "<merge><masterRecord/></merge>", "<create><records><type>Contact</type></records></create>", "<getUserInfo><x/></getUserInfo>",
])
def test_a_call_with_a_part_that_is_not_its_own_is_refused_and_visible(soap: Call, org: Salesforce, body: str) -> None:
    answer = soap(body)

    assert (answer.status_code, "invalid at this location in type" in answer.text) == (500, True)
    assert answer.headers["x-syncproof-hint"] == _last(org).hint
    assert len(unmocked_calls([_last(org)])) == 1


@pytest.mark.parametrize("path", [
    "sobjects/Contact/listviews", "sobjects/Contact/describe/approvalLayouts", "query?explain=SELECT+Id+FROM+Contact", "sobjects/Quote",
    "search?q=FIND+{a}+RETURNING+Contact(Id)+WITH+DATA+CATEGORY+Geo+AT+b",
])
def test_what_is_not_mocked_is_refused_with_a_hint_and_stands_in_the_report(http: httpx.Client, org: Salesforce, path: str) -> None:
    answer = http.get(path)

    assert answer.status_code in (400, 404)
    assert answer.headers["x-syncproof-hint"]
    [told] = unmocked_calls([_last(org)])
    assert path.partition("?")[0] in told.call


def test_pk_chunking_is_refused_where_the_report_can_see_it(org: Salesforce, plain: httpx.Client) -> None:
    headers = {"x-sfdc-session": org.credentials()["token"], "sforce-enable-pkchunking": "true"}
    body = {"operation": "query", "object": "Contact", "contentType": "CSV"}
    answer = plain.post(f"{org.base_url}/services/async/59.0/job", json=body, headers=headers)

    assert answer.json()["exceptionCode"] == "FeatureNotEnabled"
    assert len(unmocked_calls([_last(org)])) == 1


@pytest.mark.parametrize(("path", "body"), [
    ("composite/sobjects", {"records": [BAD]}),
    ("composite/tree/Contact", {"records": [{**BAD, "attributes": {"type": "Contact", "referenceId": "r"}}]}),
    ("composite", {"compositeRequest": [
        {"method": "POST", "url": f"{DATA}/sobjects/Contact", "referenceId": "r", "body": {"Email": "bad@x.io"}},
    ]}),
    ("composite/batch", {"batchRequests": [{"method": "POST", "url": f"{DATA}/sobjects/Contact", "richInput": {"Email": "bad@x.io"}}]}),
])
def test_a_refused_item_names_whom_it_is_about(http: httpx.Client, org: Salesforce, path: str, body: dict[str, Any]) -> None:
    http.post(path, json=body)
    [(what, code, _)] = _last(org).refused

    assert code == "REQUIRED_FIELD_MISSING"
    assert what.endswith(" bad@x.io")


def test_a_refused_item_of_a_soap_call_or_a_batch_names_whom_it_is_about(soap: Call, classic: Call, org: Salesforce) -> None:
    soap("<create><sObjects><type>Contact</type><Email>bad@x.io</Email></sObjects></create>")
    assert _last(org).refused[0][0] == "#0 bad@x.io"
    job = classic("", {"operation": "insert", "object": "Contact", "contentType": "JSON"}).json()["id"]
    classic(f"/{job}/batch", [{"LastName": "A"}, {"Email": "bad@x.io"}])
    assert _last(org).refused[0][0] == "#1 bad@x.io"


def test_what_a_composite_only_looks_for_is_not_refused(http: httpx.Client, org: Salesforce) -> None:
    look = {"method": "GET", "url": f"{DATA}/sobjects/Contact/003000000000999AAA", "referenceId": "r"}

    assert http.post("composite", json={"compositeRequest": [look]}).json()["compositeResponse"][0]["httpStatusCode"] == 404
    assert _last(org).refused == []


def test_the_json_parser_stumbles_over_the_bracket_after_a_comma(http: httpx.Client) -> None:
    answer = http.post("sobjects/Contact", content=b'{\n"LastName":"a", }', headers={"content-type": "application/json"})

    assert answer.json()[0]["message"] == (
        "Unexpected character ('}' (code 125)): was expecting double-quote to start field name at [line:2, column:17]"
    )


def test_what_a_job_has_still_to_save_belongs_to_the_world_that_is_left(org: Salesforce) -> None:
    before = org.store.snapshot()
    left = ["saved late"]
    org.backlog.append(lambda: bool(left) and (org.seed("Contact", {"LastName": left.pop()}, created_ms=1, modified_ms=1) and True))
    org.store.restore(before)

    assert (left, org.backlog) == ([], [])
    assert all(row.values["LastName"] != "saved late" for row in org.store.rows("Contact"))


def test_jobs_cursors_and_listeners_outlive_a_return_to_an_earlier_moment(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    org.switch("page_size", 2)
    before = org.store.snapshot()
    made = http.post("sobjects/Contact", json={"LastName": "Later"}).json()["id"]
    more = http.get("query", params={"q": "SELECT Id FROM Contact"}).json()["nextRecordsUrl"].rpartition("/")[2]
    job = http.post("jobs/query", json={"operation": "query", "query": "SELECT Id FROM Contact"}).json()["id"]
    org.store.restore(before)
    for _ in range(3):
        http.get(f"jobs/query/{job}")

    assert http.get(f"query/{more}").status_code == http.get(f"jobs/query/{job}/results").status_code == 200
    assert http.get(f"sobjects/Contact/{made}").status_code == 404
    assert [row.id for row in org.store.rows("Contact")] == contacts
