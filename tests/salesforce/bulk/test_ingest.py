"""Bulk 2.0 ingest: what jobs do to records, and how they refuse (probe 17)."""

from __future__ import annotations

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.journal import Actor

from .conftest import Bulk2

GOOD_AND_BAD = "LastName,Email,FirstName\nAda,ADA@X.io,\n,b@x.io,B\n"


def test_rows_are_saved_one_by_one_and_the_bad_one_is_told_why(bulk2: Bulk2, org: Salesforce) -> None:
    """Probe 17."""
    job = bulk2.run(GOOD_AND_BAD)
    found = bulk2.info(job)
    assert (found["state"], found["numberRecordsProcessed"], found["numberRecordsFailed"]) == ("JobComplete", 2, 1)
    [good] = bulk2.rows(job)
    [bad] = bulk2.rows(job, "failedResults")
    row = org.store.get("Contact", good["sf__Id"])
    assert (row.values["LastName"], row.values["Email"], good["sf__Created"], good["Email"]) == ("Ada", "ada@x.io", "true", "ADA@X.io")
    assert bad["sf__Error"] == "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"
    assert (bad["sf__Id"], bad["FirstName"]) == ("", "B")
    assert bulk2.rows(job, "unprocessedrecords") == bulk2.rows(job, "unprocessedRecords") == []


def test_an_unknown_column_fails_the_job_and_saves_nothing(bulk2: Bulk2, org: Salesforce) -> None:
    """Probe 17."""
    before = org.store.snapshot().tables
    job = bulk2.run("LastName,Foo__c\nA,1\n")
    found = bulk2.info(job)
    assert (found["state"], found["errorMessage"]) == ("Failed", "InvalidBatch : Field name not found : Foo__c")
    assert org.store.snapshot().tables == before
    assert bulk2.rows(job, "unprocessedrecords") == [{"LastName": "A", "Foo__c": "1"}]


def test_the_upload_is_the_cause_of_every_change(bulk2: Bulk2, org: Salesforce) -> None:
    start = len(org.journal)
    bulk2.run(GOOD_AND_BAD)
    [change] = org.journal.changes(start)
    upload = org.journal.entries[change.exchange]
    assert (upload.method, upload.path.rpartition("/")[2], change.actor) == ("PUT", "batches", Actor.CONNECTOR)
    assert upload.refused == [("#1 b@x.io", "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]")]


def test_a_job_passes_through_its_states(bulk2: Bulk2, org: Salesforce) -> None:
    org.switch("bulk_polls", 2)
    job = bulk2.create()
    assert bulk2.info(job)["state"] == "Open"
    bulk2.upload(job, GOOD_AND_BAD)
    closed = bulk2.state(job, "UploadComplete").json()
    seen = [bulk2.info(job)["state"] for _ in range(3)]
    assert (closed["state"], seen) == ("UploadComplete", ["InProgress", "InProgress", "JobComplete"])


def test_an_empty_cell_leaves_a_field_alone_and_a_null_clears_it(
    bulk2: Bulk2, org: Salesforce, contacts: list[str]
) -> None:
    first, second = contacts[:2]
    bulk2.run(f"Id,FirstName,Title\n{first},,T\n{second[:15]},#N/A,\n", "update")
    values = [org.store.get("Contact", i).values for i in (first, second)]
    assert [(v["FirstName"], v["Title"]) for v in values] == [("First0", "T"), (None, None)]


def test_an_upsert_finds_by_key_or_makes(bulk2: Bulk2, org: Salesforce, contacts: list[str]) -> None:
    job = bulk2.run("Ext__c,LastName\nX0,Found\nnew,Made\n", "upsert", externalIdFieldName="ext__c")
    found, made = bulk2.rows(job)
    assert (found["sf__Id"], found["sf__Created"], made["sf__Created"]) == (contacts[0], "false", "true")
    assert org.store.get("Contact", contacts[0]).values["LastName"] == "Found"
    assert org.store.get("Contact", made["sf__Id"]).values["Ext__c"] == "new"
    assert bulk2.info(job)["externalIdFieldName"] == "Ext__c"


def test_a_key_that_several_records_hold_is_refused(bulk2: Bulk2, org: Salesforce, contacts: list[str]) -> None:
    bulk2.run(f"Id,Ext__c\n{contacts[1]},x0\n", "update")
    job = bulk2.run("Ext__c,LastName\nx0,Who\n", "upsert", externalIdFieldName="Ext__c")
    [bad] = bulk2.rows(job, "failedResults")
    ids = f"[{contacts[0]}, {contacts[1]}]"
    assert bad["sf__Error"] == f"DUPLICATE_EXTERNAL_ID:Ext__c: more than one record found for external id field: {ids}:Ext__c --"


def test_a_key_that_repeats_within_a_group_is_refused(bulk2: Bulk2) -> None:
    job = bulk2.run("Ext__c,LastName\nq,A\nQ,B\nr,C\n", "upsert", externalIdFieldName="Ext__c")
    errors = [row["sf__Error"].partition(":")[0] for row in bulk2.rows(job, "failedResults")]
    assert (errors, [r["LastName"] for r in bulk2.rows(job)]) == (["DUPLICATE_VALUE"] * 2, ["C"])


@pytest.mark.parametrize("header", ["Account.AccExt__c", "account.accext__c", "Account:Account.AccExt__c"])
def test_a_related_record_is_named_by_its_key(bulk2: Bulk2, org: Salesforce, header: str) -> None:
    _key_accounts(org)
    job = bulk2.run(f"LastName,{header}\nA,acme\nB,nobody\nC,#N/A\n")
    acme = next(org.store.rows("Account"))
    ids = [org.store.get("Contact", r["sf__Id"]).values["AccountId"] for r in bulk2.rows(job)]
    assert ids == [acme.id, None]
    [bad] = bulk2.rows(job, "failedResults")
    assert bad["sf__Error"] == (
        "INVALID_FIELD:Foreign key external ID: nobody not found for field AccExt__c in entity Account:--"
    )


def _key_accounts(org: Salesforce) -> None:
    from syncproof_mocks.schema import FieldInfo, FieldType

    org.add_field("Account", FieldInfo("AccExt__c", "Key", FieldType.TEXT, "string", 40, external_id=True))
    acme = next(org.store.rows("Account"))
    with org.journal.acting(Actor.SEED):
        org.store.update(acme, {"AccExt__c": "acme"})


def test_a_value_of_the_wrong_type_names_column_and_type(bulk2: Bulk2) -> None:
    job = bulk2.run("LastName,Birthdate\nA,31.01.2020\n")
    [bad] = bulk2.rows(job, "failedResults")
    assert bad["sf__Error"] == (
        "INVALID_FIELD:Failed to deserialize field at col 1. Due to, '31.01.2020' is not a valid value for the type "
        "xsd:date:Birthdate --"
    )


def test_deletes_take_ids_only_and_refuse_each_bad_one(bulk2: Bulk2, org: Salesforce, contacts: list[str]) -> None:
    missing, account = "0035g00000zzzzzAAA", next(org.store.rows("Account")).id
    job = bulk2.run(f"Id\n{contacts[0]}\n{contacts[0]}\nnonsense\n{account}\n", "delete")
    assert org.store.get("Contact", contacts[0], deleted=True).deleted
    codes = [r["sf__Error"].split(":")[0] for r in bulk2.rows(job, "failedResults")]
    assert codes == ["ENTITY_IS_DELETED", "MALFORMED_ID", "MALFORMED_ID"]
    assert [r["sf__Id"] for r in bulk2.rows(job, "failedResults")] == [contacts[0], "nonsense", account]
    wrong = bulk2.run(f"Id,LastName\n{missing},x\n", "delete")
    assert bulk2.info(wrong)["errorMessage"] == "InvalidBatch : The 'delete' batch must contain only ids"


def test_a_hard_delete_leaves_nothing_and_needs_a_permission(
    bulk2: Bulk2, org: Salesforce, http: httpx.Client, contacts: list[str]
) -> None:
    bulk2.run(f"Id\n{contacts[0]}\n", "hardDelete")
    assert org.store.get("Contact", contacts[0], deleted=True) is None
    org.switch("bulk_hard_delete", False)
    answer = http.post("jobs/ingest", json={"object": "Contact", "operation": "hardDelete"})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "FEATURENOTENABLED")


@pytest.mark.parametrize(
    ("name", "delimiter"),
    [("COMMA", ","), ("TAB", "\t"), ("SEMICOLON", ";"), ("PIPE", "|"), ("CARET", "^"), ("BACKQUOTE", "`")],
)
@pytest.mark.parametrize(("ending", "end"), [("LF", "\n"), ("CRLF", "\r\n")])
def test_every_delimiter_and_line_ending(
    bulk2: Bulk2, org: Salesforce, name: str, delimiter: str, ending: str, end: str
) -> None:
    text = f'a{delimiter}"b"\nc'
    quoted = text.replace('"', '""')
    table = delimiter.join(("LastName", "Description")) + end + delimiter.join(("A", f'"{quoted}"')) + end
    job = bulk2.run(table, columnDelimiter=name, lineEnding=ending)
    answer = bulk2.http.get(f"jobs/ingest/{job}/successfulResults").content.decode()
    assert answer.startswith(delimiter.join(('"sf__Id"', '"sf__Created"', '"LastName"', '"Description"')) + end)
    [row] = bulk2.rows(job, delimiter=delimiter)
    assert row["Description"] == text
    assert org.store.get("Contact", row["sf__Id"]).values["Description"] == text


def test_a_line_ending_other_than_declared_fails_the_job(bulk2: Bulk2) -> None:
    found = bulk2.info(bulk2.run("LastName\r\nA\r\n"))
    assert (found["state"], found["errorMessage"]) == (
        "Failed", "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF"
    )


@pytest.mark.parametrize(
    "table", ["", "\n\n", 'LastName\n"open\n', "LastName,Title\nA\n", "LastName\nA,B\n", "LastName,lastname\nA,B\n", 'LastName\n\x00\n"a"b\n'],
)
def test_a_table_that_cannot_be_read_fails_the_job_and_saves_nothing(bulk2: Bulk2, org: Salesforce, table: str) -> None:
    before = org.store.size("Contact")
    found = bulk2.info(bulk2.run(table))
    assert found["state"] == "Failed"
    assert found["errorMessage"].startswith("InvalidBatch : ")
    assert org.store.size("Contact") == before


def test_bytes_that_are_no_text_fail_the_job(bulk2: Bulk2, org: Salesforce) -> None:
    job = bulk2.create()
    bulk2.http.put(f"jobs/ingest/{job}/batches", content=b"LastName\nA\n\xff\n", headers={"content-type": "text/csv"})
    bulk2.state(job, "UploadComplete")
    assert bulk2.end(job)["state"] == "Failed"
    assert org.store.size("Contact") == 5
    assert bulk2.http.get(f"jobs/ingest/{job}/unprocessedrecords").content == b"LastName\nA\n\xff\n"
    assert bulk2.rows(job, "failedResults") == []


def test_an_assignment_rule_reaches_saving(bulk2: Bulk2, org: Salesforce, monkeypatch: pytest.MonkeyPatch) -> None:
    from syncproof_mocks.crm.salesforce import saving

    writers = []
    create = saving.create
    monkeypatch.setattr(saving, "create", lambda o, k, p, w: writers.append(w) or create(o, k, p, w))
    bulk2.run("LastName,Company\nA,B\n", kind="Lead", assignmentRuleId="01Q5g000000abcd")
    bulk2.run("LastName,Company\nA,B\n", kind="Lead")
    assert [w.auto_assign for w in writers] == ["01Q5g000000abcdEAA", False]
