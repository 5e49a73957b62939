"""Bulk API 1.0 in JSON: jobs, batches, results, and what refuses them."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.journal import Actor

from .conftest import Bulk1

JSON = "application/json"


def job(bulk1: Bulk1, operation: str = "insert", kind: str = "Contact", form: str = "JSON", **more: Any) -> str:
    body = {"operation": operation, "object": kind, "contentType": form, **more}
    answer = bulk1.call("POST", "", json.dumps(body), JSON)
    assert (answer.status_code, answer.headers["content-type"]) == (201, JSON), answer.text
    return str(answer.json()["id"])


def batch(bulk1: Bulk1, job_id: str, rows: Any) -> str:
    body = rows if isinstance(rows, str) else json.dumps(rows)
    answer = bulk1.call("POST", f"/{job_id}/batch", body, JSON)
    assert (answer.status_code, answer.headers["content-type"]) == (201, JSON), answer.text
    return f"/{job_id}/batch/{answer.json()['id']}"


def end(bulk1: Bulk1, address: str) -> dict[str, Any]:
    for _ in range(5):
        found = bulk1.call("GET", address).json()
        if found["state"] in ("Completed", "Failed", "NotProcessed"):
            return dict(found)
    raise AssertionError(found)


def test_rows_are_saved_and_their_fates_told_in_order(bulk1: Bulk1, org: Salesforce) -> None:
    start = len(org.journal)
    address = batch(bulk1, job(bulk1), [{"lastname": "A", "Account": {"attributes": {"type": "Account"}}}, {"LastName": "B"}, {}])
    info = end(bulk1, address)
    assert (info["state"], info["numberRecordsProcessed"], info["numberRecordsFailed"]) == ("Completed", 3, 2)
    answer = bulk1.call("GET", f"{address}/result")
    first, second, third = answer.json()
    assert answer.headers["content-type"] == JSON
    assert (first["success"], first["id"]) == (False, None)
    assert second == {"success": True, "created": True, "id": second["id"], "errors": []}
    assert third["errors"] == [{"message": "Required fields are missing: [LastName]", "fields": ["LastName"],
                                "statusCode": "REQUIRED_FIELD_MISSING", "extendedErrorDetails": None}]
    [change] = org.journal.changes(start)
    cause = org.journal.entries[change.exchange]
    assert (change.record_id, change.actor, cause.path.rpartition("/")[2]) == (second["id"], Actor.CONNECTOR, "batch")


def test_an_unknown_field_refuses_its_row_alone(bulk1: Bulk1) -> None:
    address = batch(bulk1, job(bulk1), [{"LastName": "A", "Foo__c": 1}, {"LastName": "B"}])
    end(bulk1, address)
    bad, good = bulk1.call("GET", f"{address}/result").json()
    [error] = bad["errors"]
    assert (error["statusCode"], good["success"]) == ("INVALID_FIELD", True)
    assert error["message"] == "Unexpected JsonMappingException: No such column 'Foo__c' on sobject of type Contact"


def test_update_upsert_delete_and_hard_delete(bulk1: Bulk1, org: Salesforce, contacts: list[str]) -> None:
    end(bulk1, batch(bulk1, job(bulk1, "update"), [{"Id": contacts[0], "Title": "T"}, {"Id": contacts[1], "Title": None}]))
    upsert = batch(bulk1, job(bulk1, "upsert", externalIdFieldName="Ext__c"), [{"Ext__c": "x2", "Title": "U"}, {"Ext__c": "n", "LastName": "N"}])
    end(bulk1, upsert)
    end(bulk1, batch(bulk1, job(bulk1, "delete"), [{"Id": contacts[3]}]))
    end(bulk1, batch(bulk1, job(bulk1, "hardDelete"), [{"Id": contacts[4]}]))
    rows = [org.store.get("Contact", i, deleted=True) for i in contacts]
    assert [r and (r.values["Title"], r.deleted) for r in rows] == [("T", False), (None, False), ("U", False), (None, True), None]
    assert [r["created"] for r in bulk1.call("GET", f"{upsert}/result").json()] == [False, True]


def test_a_query_shows_datetimes_as_milliseconds_and_parents_nested(bulk1: Bulk1, org: Salesforce, contacts: list[str]) -> None:
    soql = "SELECT Id, LastName, CreatedDate, Account.Name, Account.Owner.Name FROM Contact WHERE Ext__c = 'x0'"
    address = batch(bulk1, job(bulk1, "query"), soql)
    assert end(bulk1, address)["numberRecordsProcessed"] == 1
    [result] = bulk1.call("GET", f"{address}/result").json()
    [row] = bulk1.call("GET", f"{address}/result/{result}").json()
    stored = org.store.get("Contact", contacts[0])
    assert row["attributes"] == {"type": "Contact", "url": f"/services/data/v59.0/sobjects/Contact/{contacts[0]}"}
    assert (row["Id"], row["LastName"], row["CreatedDate"]) == (contacts[0], "Last0", stored.created_ms // 1000 * 1000)
    assert (row["Account"]["Name"], row["Account"]["attributes"]["type"]) == ("Acme", "Account")
    assert row["Account"]["Owner"]["attributes"]["type"] == "User"
    assert {kind for kind, _, _ in list(org.journal.exchanges())[-1].served} == {"Contact", "Account", "User"}


def test_a_missing_parent_is_null(bulk1: Bulk1, org: Salesforce, contacts: list[str]) -> None:
    org.desk_edit("Contact", contacts[0], {"AccountId": None})
    address = batch(bulk1, job(bulk1, "query"), "SELECT Account.Name, Account.Owner.Name FROM Contact WHERE Ext__c = 'x0'")
    end(bulk1, address)
    [result] = bulk1.call("GET", f"{address}/result").json()
    assert bulk1.call("GET", f"{address}/result/{result}").json()[0]["Account"] is None


def test_nobody_found_is_an_empty_list_of_results(bulk1: Bulk1) -> None:
    address = batch(bulk1, job(bulk1, "queryAll"), "SELECT Id FROM Contact WHERE LastName = 'nobody'")
    end(bulk1, address)
    assert bulk1.call("GET", f"{address}/result").json() == []


@pytest.mark.parametrize(
    ("soql", "message"),
    [
        ("SELECT Id, MailingAddress FROM Contact", "InvalidBatch : Failed to process query: FUNCTIONALITY_NOT_ENABLED: "
         "Selecting compound data not supported in Bulk Query"),
        ("SELECT Id FROM Account", "InvalidBatch : Failed to process query: INVALID_TYPE_FOR_OPERATION: The root entity of the "
         "requested query (Account) does not match the entity of the requested Bulk API Job (Contact)."),
        ("SELECT Id, (SELECT Id FROM Tasks) FROM Contact", "FeatureNotEnabled : Aggregate Relationships not supported in Bulk Query"),
        ("SELECT Nope__c FROM Contact", "InvalidBatch : Failed to process query: INVALID_FIELD: "),
        ("junk", "InvalidBatch : Failed to process query: MALFORMED_QUERY: "),
    ],
)
def test_a_query_that_cannot_be_answered_fails_its_batch(bulk1: Bulk1, soql: str, message: str) -> None:
    address = batch(bulk1, job(bulk1, "query"), soql)
    info = end(bulk1, address)
    assert info["state"] == "Failed"
    assert info["stateMessage"].startswith(message)
    refused = bulk1.call("GET", f"{address}/result", form=JSON)
    assert (refused.status_code, refused.json()) == (400, {"exceptionCode": "InvalidBatch", "exceptionMessage": "Records not processed"})


@pytest.mark.parametrize("body", ["{", "{}", "[1]", "null", '[{"a":]'])
def test_rows_that_are_no_list_of_objects_fail_the_batch(bulk1: Bulk1, org: Salesforce, body: str) -> None:
    assert end(bulk1, batch(bulk1, job(bulk1), body))["state"] == "Failed"
    assert org.store.size("Contact") == 5


def test_more_than_ten_thousand_rows_fail_the_batch(bulk1: Bulk1, org: Salesforce) -> None:
    info = end(bulk1, batch(bulk1, job(bulk1), [{}] * 10_001))
    assert info["stateMessage"] == (
        "InvalidBatch : Exceeded number of records: 10002. Number of records should be less than or equal to 10001"
    )


def test_the_batch_list_the_echo_and_the_counts(bulk1: Bulk1) -> None:
    job_id = job(bulk1)
    rows = [[{"LastName": "A"}], [{"LastName": "B"}, {}]]
    addresses = [batch(bulk1, job_id, r) for r in rows]
    for address in addresses:
        end(bulk1, address)
    found = bulk1.call("GET", f"/{job_id}/batch").json()["batchInfo"]
    assert [b["id"] for b in found] == [a.rpartition("/")[2] for a in addresses]
    assert [bulk1.call("GET", f"{a}/request").json() for a in addresses] == rows
    closed = bulk1.call("POST", f"/{job_id}", json.dumps({"state": "Closed"}), JSON).json()
    assert {k: closed[k] for k in ("state", "numberBatchesTotal", "numberBatchesCompleted", "numberRecordsProcessed", "numberRecordsFailed")} == {
        "state": "Closed", "numberBatchesTotal": 2, "numberBatchesCompleted": 2, "numberRecordsProcessed": 3, "numberRecordsFailed": 1,
    }
    late = bulk1.call("POST", f"/{job_id}/batch", "[]", JSON)
    assert (late.status_code, late.json()["exceptionCode"]) == (400, "InvalidJobState")


def test_a_batch_passes_through_its_states(bulk1: Bulk1) -> None:
    job_id = job(bulk1)
    made = bulk1.call("POST", f"/{job_id}/batch", '[{"LastName":"A"}]', JSON).json()
    address = f"/{job_id}/batch/{made['id']}"
    early = bulk1.call("GET", f"{address}/result").json()
    states = [bulk1.call("GET", address).json()["state"]]
    assert (made["state"], early["exceptionMessage"], states) == ("Queued", "Batch not completed", ["Completed"])


def test_an_aborted_job_processes_no_query_that_waits(bulk1: Bulk1) -> None:
    job_id = job(bulk1, "query")
    address = batch(bulk1, job_id, "SELECT Id FROM Contact")
    assert bulk1.call("POST", f"/{job_id}", '{"state":"Aborted"}', JSON).json()["state"] == "Aborted"
    assert bulk1.call("GET", address).json()["state"] == "NotProcessed"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"operation": "explode", "object": "Contact"}, "InvalidJob"), ({"operation": "insert"}, "InvalidEntity"),
        ({"operation": "insert", "object": ["Contact"]}, "InvalidJob"), ([], "InvalidJob"),
        ({"operation": "insert", "object": "Contact", "contentType": "ZIP_CSV"}, "InvalidJob"),
        ({"operation": "insert", "object": "Contact", "concurrencyMode": 9}, "InvalidJob"),
        ({"operation": "insert", "object": "Contact", "concurrencyMode": [1]}, "InvalidJob"),
        ({"operation": "upsert", "object": "Contact"}, "InvalidJob"), ({"operation": "insert", "object": "Contact", "x": 1}, "InvalidJob"),
    ],
)
def test_a_job_that_makes_no_sense_is_refused(bulk1: Bulk1, org: Salesforce, body: Any, code: str) -> None:
    answer = bulk1.call("POST", "", json.dumps(body), JSON)
    assert (answer.status_code, answer.headers["content-type"], answer.json()["exceptionCode"]) == (400, JSON, code)
    assert org.jobs == {}


@pytest.mark.parametrize("mode", [0, 1, "Parallel", "Serial"])
def test_the_concurrency_mode_may_be_a_number(bulk1: Bulk1, mode: Any) -> None:
    found = bulk1.call("GET", f"/{job(bulk1, concurrencyMode=mode)}", form=JSON).json()
    assert found["concurrencyMode"] == {0: "Parallel", 1: "Serial"}.get(mode, mode)


def test_unknown_jobs_and_batches_are_named(bulk1: Bulk1) -> None:
    answer = bulk1.call("GET", "/7505g00000abcdeAAA", form=JSON)
    assert (answer.status_code, answer.json()) == (400, {"exceptionCode": "InvalidJob", "exceptionMessage": "Invalid job id: 7505g00000abcdeAAA"})
    assert bulk1.call("GET", f"/{job(bulk1)}/batch/7515g00000abcde", form=JSON).json()["exceptionCode"] == "InvalidBatch"


@pytest.mark.parametrize("version", ["30.0", "99.0", "x", "59"])
def test_retired_and_unknown_versions_are_refused(bulk1: Bulk1, version: str) -> None:
    bulk1.base = bulk1.base.replace("59.0", version)
    assert bulk1.call("GET", "/1", form=JSON).json()["exceptionCode"] == "InvalidVersion"


def test_pk_chunking_is_refused_loudly(bulk1: Bulk1, org: Salesforce) -> None:
    bulk1.headers["Sforce-Enable-PKChunking"] = "chunkSize=1000"
    answer = bulk1.call("POST", "", '{"operation":"query","object":"Contact"}', JSON)
    assert (answer.status_code, answer.json()["exceptionCode"]) == (400, "FeatureNotEnabled")
    assert "Sforce-Enable-PKChunking" in answer.headers["x-syncproof-hint"]


def test_a_bearer_token_is_as_good_as_the_session_header(bulk1: Bulk1, plain: httpx.Client, org: Salesforce) -> None:
    body = '{"operation":"insert","object":"Contact"}'
    token = bulk1.headers.pop("X-SFDC-Session")
    assert bulk1.call("POST", "", body, JSON).json() == {"exceptionCode": "InvalidSessionId", "exceptionMessage": "Invalid session id"}
    bulk1.headers["Authorization"] = f"Bearer {token}"
    assert bulk1.call("POST", "", body, JSON).status_code == 201


def test_batches_count_against_the_daily_limit(bulk1: Bulk1, org: Salesforce) -> None:
    org.limits["DailyBulkApiBatches"] = 1
    job_id = job(bulk1)
    batch(bulk1, job_id, [{"LastName": "A"}])
    answer = bulk1.call("POST", f"/{job_id}/batch", "[]", JSON)
    assert (answer.status_code, answer.json()["exceptionCode"]) == (400, "ExceededQuota")
