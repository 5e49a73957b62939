"""Large jobs are saved in slices: other callers get their turn, and what comes of it is the same in every run."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.crm.salesforce.bulk import backlog
from syncproof_mocks.crm.salesforce.bulk.load import Load
from syncproof_mocks.crm.salesforce.writer import Writer
from syncproof_mocks.journal import Actor, PackedRow

from .conftest import Bulk2

ROWS = 1_000


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """After its first two hundred rows a job goes on only when somebody makes it."""
    monkeypatch.setattr(backlog, "FIRST_ROWS", 200)
    monkeypatch.setattr(backlog, "_continue", lambda *_: None)


def table(rows: int = ROWS) -> str:
    return "LastName,MailingCountry\n" + "".join(f"L{n},Poland\n" for n in range(rows))


def begin(bulk2: Bulk2) -> str:
    job = bulk2.create()
    bulk2.upload(job, table())
    bulk2.state(job, "UploadComplete")
    return job


def test_a_job_goes_on_by_itself_between_requests(bulk2: Bulk2, org: Salesforce, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "FIRST_ROWS", 200)
    job = begin(bulk2)
    for _ in range(500):
        if bulk2.info(job)["state"] == "JobComplete":
            break
    assert bulk2.info(job)["numberRecordsProcessed"] == ROWS
    assert org.backlog == []


@pytest.mark.usefixtures("waiting")
def test_looking_at_the_job_waits_for_nothing(bulk2: Bulk2, org: Salesforce) -> None:
    job = begin(bulk2)
    found = [bulk2.info(job) for _ in range(4)]
    assert {(f["state"], f["numberRecordsProcessed"]) for f in found} == {("InProgress", 200)}
    assert len(org.backlog) == 1


@pytest.mark.usefixtures("waiting")
def test_any_other_call_finds_all_rows_saved(bulk2: Bulk2, http: httpx.Client) -> None:
    begin(bulk2)
    assert http.get("query", params={"q": "SELECT COUNT() FROM Contact"}).json()["totalSize"] == ROWS + 5


@pytest.mark.usefixtures("waiting")
def test_a_person_and_a_snapshot_find_all_rows_saved(bulk2: Bulk2, org: Salesforce) -> None:
    begin(bulk2)
    assert len(org.store.snapshot().tables["Contact"]) == ROWS + 5
    begin(bulk2)
    org.desk_create("Contact", {"LastName": "Human"})
    names = [r.values["LastName"] for r in org.store.rows("Contact")]
    assert (len(names), names[-1]) == (2 * ROWS + 6, "Human")


@pytest.mark.usefixtures("waiting")
def test_whoever_drives_the_work_the_upload_is_its_cause(bulk2: Bulk2, org: Salesforce, http: httpx.Client) -> None:
    start = len(org.journal)
    begin(bulk2)
    http.get("limits")
    begin(bulk2)
    with org.journal.acting(Actor.CRM_USER, "a person at work"):
        org.desk_create("Contact", {"LastName": "Human"})
    changes = list(org.journal.changes(start))
    assert len(changes) == 2 * ROWS + 1
    assert {org.journal.entries[c.exchange].operation for c in changes[:-1]} == {"bulk2.ingest.upload"}
    assert {(c.actor, c.note) for c in changes[:-1]} == {(Actor.CONNECTOR, "")}
    assert changes[-1].actor is Actor.CRM_USER


@pytest.mark.usefixtures("waiting")
def test_an_abort_comes_too_late_for_rows_that_were_promised(bulk2: Bulk2, org: Salesforce) -> None:
    """Else it would depend on the machine how many rows an aborted job has saved."""
    job = begin(bulk2)
    bulk2.info(job)
    assert bulk2.state(job, "Aborted").json()["state"] == "Aborted"
    assert (len(bulk2.rows(job)), bulk2.rows(job, "unprocessedrecords")) == (ROWS, [])
    assert org.store.size("Contact") == ROWS + 5


def test_slices_make_no_difference(monkeypatch: pytest.MonkeyPatch, bulk2: Bulk2, org: Salesforce) -> None:
    def outcome() -> list[Any]:
        job = bulk2.run(table(450))
        return [org.store.get("Contact", r["sf__Id"]).values["LastName"] for r in bulk2.rows(job)]

    whole = outcome()
    monkeypatch.setattr(backlog, "FIRST_ROWS", 200)
    assert outcome() == whole == [f"L{n}" for n in range(450)]


def test_a_bug_of_ours_is_seen_in_the_journal_and_ends_the_job(
    bulk2: Bulk2, org: Salesforce, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Load, "_save_group", broken)
    found = bulk2.info(bulk2.run(table(3)))
    assert found["state"] == "Failed"
    [crashed] = [e for e in org.journal.exchanges() if e.crash]
    assert (crashed.operation, "ZeroDivisionError" in crashed.crash) == ("bulk2.ingest.upload", True)
    assert org.store.packing is False


def test_rows_of_a_job_are_packed_and_read_like_others(bulk2: Bulk2, org: Salesforce, http: httpx.Client, contacts: list[str]) -> None:
    job = bulk2.run("LastName,Email\nA,a@x.io\n")
    record_id = bulk2.rows(job)[0]["sf__Id"]
    row, other = (org.store.get("Contact", i) for i in (record_id, contacts[0]))
    assert isinstance(row, PackedRow)
    assert list(row.values) == list(other.values)
    assert http.get(f"sobjects/Contact/{record_id}").json()["LastName"] == "A"
    http.patch(f"sobjects/Contact/{record_id}", json={"Title": "T"})
    assert not isinstance(org.store.get("Contact", record_id), PackedRow)
    assert http.get("query", params={"q": "SELECT Title FROM Contact WHERE Email = 'A@x.io'"}).json()["records"][0]["Title"] == "T"


def test_a_job_started_where_no_loop_runs_is_done_at_once(org: Salesforce, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "FIRST_ROWS", 200)
    rows = iter([{"LastName": f"L{n}"} for n in range(500)])
    load = Load(org.kinds["Contact"], "insert", None, Writer(org.user_id), None, rows)
    backlog.start(org, load)
    assert (load.done, len(load.results)) == (True, 500)
