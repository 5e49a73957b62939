"""Bulk 2.0 jobs as things: made, refused, aborted, listed, deleted, counted."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce

from .conftest import Bulk2

JOB = {"object": "Contact", "operation": "insert"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({**JOB, "object": "Nope__c"}, "INVALIDENTITY"), ({"operation": "insert"}, "INVALIDENTITY"),
        ({**JOB, "operation": "explode"}, "API_ERROR"), ({**JOB, "operation": ["insert"]}, "API_ERROR"),
        ({**JOB, "object": 7}, "API_ERROR"), ({**JOB, "columnDelimiter": "COLON"}, "API_ERROR"),
        ({**JOB, "lineEnding": "CR"}, "API_ERROR"), ({**JOB, "contentType": "JSON"}, "API_ERROR"),
        ({**JOB, "operation": "upsert"}, "INVALIDJOB"), ({**JOB, "colour": "red"}, "JSON_PARSER_ERROR"),
        ({**JOB, "operation": "upsert", "externalIdFieldName": "LastName"}, "INVALIDJOB"),
    ],
)
def test_a_job_that_makes_no_sense_is_refused(http: httpx.Client, org: Salesforce, body: dict[str, Any], code: str) -> None:
    answer = http.post("jobs/ingest", json=body)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)
    assert org.jobs == {}


def test_an_entity_that_is_not_there_is_named_as_airbyte_expects_it(http: httpx.Client) -> None:
    [error] = http.post("jobs/ingest", json={**JOB, "object": "X"}).json()
    assert error == {"message": "Entity 'X' is not supported by the Bulk API.", "errorCode": "INVALIDENTITY"}


def test_the_answers_tell_what_clients_read(bulk2: Bulk2, http: httpx.Client) -> None:
    made = http.post("jobs/ingest", json=JOB).json()
    assert made["contentUrl"] == f"services/data/v59.0/jobs/ingest/{made['id']}/batches"
    assert {k: made[k] for k in ("state", "contentType", "apiVersion", "lineEnding", "columnDelimiter", "concurrencyMode")} == {
        "state": "Open", "contentType": "CSV", "apiVersion": 59.0, "lineEnding": "LF", "columnDelimiter": "COMMA",
        "concurrencyMode": "Parallel",
    }
    found = bulk2.info(made["id"])
    assert (found["jobType"], found["retries"], found["numberRecordsProcessed"]) == ("V2Ingest", 0, 0)


def test_only_one_upload_is_allowed(bulk2: Bulk2, org: Salesforce) -> None:
    job = bulk2.create()
    assert [bulk2.upload(job, "LastName\nA\n").status_code for _ in range(2)] == [201, 201]
    answer = bulk2.state(job, "UploadComplete")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALIDJOB")
    assert f"Found multipe contents for job: <{job[:15]}>" in answer.json()[0]["message"]
    assert org.store.size("Contact") == 5


def test_an_upload_after_closing_or_of_another_type_is_refused(bulk2: Bulk2, http: httpx.Client) -> None:
    job = bulk2.create()
    answer = http.put(f"jobs/ingest/{job}/batches", content=b"{}", headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
    bulk2.upload(job, "LastName\nA\n")
    bulk2.state(job, "UploadComplete")
    assert bulk2.upload(job, "LastName\nB\n").json()[0]["errorCode"] == "INVALIDJOBSTATE"
    assert bulk2.state(job, "UploadComplete").json()[0]["errorCode"] == "INVALIDJOBSTATE"


def test_an_open_job_can_be_aborted_and_saves_nothing(bulk2: Bulk2, org: Salesforce) -> None:
    job = bulk2.create()
    bulk2.upload(job, "LastName\nA\n")
    assert bulk2.state(job, "Aborted").json()["state"] == "Aborted"
    assert bulk2.rows(job, "unprocessedrecords") == [{"LastName": "A"}]
    assert org.store.size("Contact") == 5


def test_an_ended_job_cannot_be_aborted(bulk2: Bulk2) -> None:
    job = bulk2.run("LastName\nA\n")
    answer = bulk2.state(job, "Aborted")
    assert (answer.status_code, answer.json()) == (400, [
        {"message": "Aborting already Completed Job not allowed", "errorCode": "INVALIDJOBSTATE"}
    ])


def test_only_ended_jobs_can_be_deleted_and_are_gone_then(bulk2: Bulk2, http: httpx.Client) -> None:
    job = bulk2.create()
    assert http.delete(f"jobs/ingest/{job}").json()[0]["errorCode"] == "INVALIDJOBSTATE"
    bulk2.state(job, "Aborted")
    assert http.delete(f"jobs/ingest/{job}").status_code == 204
    for path in (job, f"{job}/successfulResults", "7505g00000abcdeAAA", "nonsense"):
        answer = http.get(f"jobs/ingest/{path}")
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")


def test_results_of_a_job_that_has_not_ended_are_refused(bulk2: Bulk2, http: httpx.Client) -> None:
    job = bulk2.create()
    answer = http.get(f"jobs/ingest/{job}/successfulResults")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALIDJOBSTATE")


def test_a_multipart_request_brings_the_table_along(bulk2: Bulk2, http: httpx.Client, org: Salesforce) -> None:
    parts = {"job": (None, b'{"object":"Contact","operation":"insert"}', "application/json"),
             "content": ("content", b"LastName\nA\nB\n", "text/csv")}
    made = http.post("jobs/ingest", files=parts)
    assert (made.status_code, made.json()["state"]) == (200, "UploadComplete")
    assert bulk2.end(made.json()["id"])["numberRecordsProcessed"] == 2
    assert [r.values["LastName"] for r in org.store.rows("Contact")][5:] == ["A", "B"]


@pytest.mark.parametrize("body", [b"", b"--b--", b"--b\r\nx", b'--b\r\nContent-Disposition: form-data; name="job"\r\n\r\n[]\r\n--b--'])
def test_a_multipart_request_that_is_none_is_refused(http: httpx.Client, org: Salesforce, body: bytes) -> None:
    answer = http.post("jobs/ingest", content=body, headers={"content-type": "multipart/form-data; boundary=b"})
    assert (answer.status_code, org.jobs) == (400, {})


def test_jobs_are_listed_newest_first_in_pages(
    bulk2: Bulk2, http: httpx.Client, org: Salesforce, monkeypatch: pytest.MonkeyPatch
) -> None:
    from syncproof_mocks.crm.salesforce.bulk import listing

    monkeypatch.setattr(listing, "PAGE_JOBS", 2)
    made = [bulk2.create() for _ in range(5)]
    bulk2.query("SELECT Id FROM Contact")
    found, address = [], "jobs/ingest"
    while address:
        page = http.get(address).json()
        found += [job["id"] for job in page["records"]]
        assert page["done"] is (page["nextRecordsUrl"] is None)
        address = page["nextRecordsUrl"] and org.base_url + page["nextRecordsUrl"]
    assert found == made[::-1]
    assert [j["jobType"] for j in http.get("jobs/query").json()["records"]] == ["V2Query"]
    assert http.get("jobs/ingest?isPkChunkingEnabled=true").json()["records"] == []
    assert http.get("jobs/ingest?queryLocator=zzz").json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


def test_batches_of_ten_thousand_rows_count_against_the_daily_limit(bulk2: Bulk2, http: httpx.Client, org: Salesforce) -> None:
    bulk2.run("LastName\nA\n")
    bulk2.query("SELECT Id FROM Contact")
    limits = http.get("limits").json()
    assert limits["DailyBulkApiBatches"] == {"Max": 15000, "Remaining": 14999}
    assert limits["DailyBulkV2QueryJobs"] == {"Max": 10000, "Remaining": 9999}
    org.limits["DailyBulkApiBatches"] = 1
    found = bulk2.info(bulk2.run("LastName\nB\n"))
    assert (found["state"], found["errorMessage"].partition(" :")[0], org.store.size("Contact")) == ("Failed", "ExceededQuota", 6)


def test_the_halves_of_the_api_appeared_in_different_versions(org: Salesforce, http: httpx.Client) -> None:
    old = f"{org.base_url}/services/data/v"
    answers = [http.get(f"{old}{version}.0/jobs/{half}").status_code for version, half in
               ((40, "ingest"), (41, "ingest"), (46, "query"), (47, "query"))]
    assert answers == [404, 200, 404, 200]
