"""tap-salesforce 2.8.1 (Singer), unmodified, by REST and by Bulk API 1.0: it finds every field and reads what is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from syncproof_mocks.consent import ConsentKey
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.journal import Actor, Row
from syncproof_mocks.schema import FieldInfo, FieldType

from .conftest import Program

pytestmark = pytest.mark.slow
KINDS = ("Account", "Contact", "Lead")
STAMPS = (FieldType.DATE, FieldType.DATETIME)
PEOPLE: tuple[dict[str, Any], ...] = (
    {"FirstName": "Łucja", "LastName": "Żółć-O'Brien", "Email": "lucja@example.com", "HasOptedOutOfEmail": True,
     "Newsletter_Consent__c": "OptOut", "Newsletter_Consent_At__c": "2026-02-28T22:30:00.000+0000"},
    {"LastName": 'Head of "R&D", Inc.; sp. z o.o.', "Title": "a,b;c\td", "MailingStreet": "Długa 1\nm. 2", "MailingCity": "Brno"},
    {"FirstName": "🐙", "LastName": "שלום <b>&amp;</b>", "Description": "null\n#N/A\n=1+1\n" + "long " * 900},
    {"LastName": "Zero", "Engagement_Score__c": 0.0, "Vip__c": True, "Birthdate": "1904-02-29", "Phone": "+420 601 000 000"},
    {"LastName": "Half", "Engagement_Score__c": 12.5, "Interests__c": "events;product", "Newsletter_Consent__c": "OptIn"},
    {"LastName": "Nobody"},
)


@dataclass
class Read:
    """What two syncs of one tap brought, and the org as it was after each."""

    program: Program
    org: Salesforce
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    first: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    second: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    hosts: set[str] = field(default_factory=set)
    trouble: list[str] = field(default_factory=list)
    operations: set[str | None] = field(default_factory=set)
    catalog: dict[str, Any] = field(default_factory=dict)
    touched: dict[str, str] = field(default_factory=dict)
    newest: str = ""


def seed(org: Salesforce) -> None:
    """Fill the org: odd people, one second apart, each on a company; one of them in the recycle bin."""
    now = org.clock.now_ms() - 3_600_000
    company = org.seed("Account", {"Name": 'Acme, "Ltd"', "Tax_Id__c": "007"}, created_ms=now - 10_000, modified_ms=now)
    for number, values in enumerate(PEOPLE):
        stamps = {"created_ms": now, "modified_ms": now + 1000 * number}
        org.seed("Contact", {**values, "AccountId": company.id}, **stamps)
        org.seed("Lead", {**{k: v for k, v in values.items() if k in org.schema("Lead")}, "Company": "Acme"}, **stamps)
    gone = org.seed("Contact", {"LastName": "Gone"}, created_ms=now, modified_ms=now)
    with org.journal.acting(Actor.CRM_USER):
        org.desk_delete("Contact", gone.id)


def all_rows(org: Salesforce) -> dict[str, dict[str, Row]]:
    return {kind: {row.id: row for row in org.store.rows(kind, deleted=True)} for kind in KINDS}


@pytest.fixture(scope="module", params=["tap_salesforce", "tap_salesforce_bulk"])
def read(request: pytest.FixtureRequest, program: Callable[[str], Program]) -> Read:
    """Two syncs: the first of everything; before the second people edit one contact and delete another."""
    tap = program(request.param)
    org = tap.sandbox.crm
    assert isinstance(org, Salesforce)
    # The tap sleeps for twenty seconds whenever it is told InProgress.
    org.switch("bulk_polls", 0)
    # Without it every letter beyond ASCII arrives as two, see the last test.
    org.switch("bulk1_csv_charset", True)
    tap.sandbox.call(lambda: seed(org))
    found = Read(tap, org)
    tap.sync()
    found.rows, found.first, found.catalog = all_rows(org), tap.records(1), tap.catalog()
    found.hosts, found.operations = tap.hosts(), {e.operation for e in tap.exchanges()}
    found.trouble = [*tap.not_understood(), *tap.refused()]
    named = {row.values["LastName"]: row.id for row in found.rows["Contact"].values()}
    found.touched = {"edited": named["Zero"], "deleted": named["Half"], "opted out": named["Nobody"]}
    found.newest = max(found.rows["Contact"].values(), key=lambda row: str(row.values["SystemModstamp"])).id

    def act() -> None:
        # A later second than that of the first sync's last read.
        org.clock.skip_to((org.clock.now_ms() // 1000 + 1) * 1000)
        with org.journal.acting(Actor.CRM_USER):
            org.desk_edit("Contact", found.touched["edited"], {"Title": "Šéf", "Engagement_Score__c": None})
            org.desk_delete("Contact", found.touched["deleted"])
            org.desk_consent("Contact", found.touched["opted out"], ConsentKey("email", "*"), grant=False, proof=None)

    tap.sandbox.call(act)
    tap.sync()
    found.second = tap.records(2)
    found.hosts |= tap.hosts()
    found.trouble += [*tap.not_understood(), *tap.refused()]
    return found


def told(info: FieldInfo, value: Any) -> Any:
    """Return how a Singer tap writes a value."""
    if value is None:
        return None
    if info.type in STAMPS:
        at = datetime.fromisoformat(str(value))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return float(value) if info.type is FieldType.NUMBER else value


def expected(org: Salesforce, row: Row) -> dict[str, Any]:
    schema = org.schema(row.kind)
    return {name: told(schema[name], value) for name, value in row.values.items() if name in schema}


def test_it_logs_in_where_it_always_does_and_goes_on_to_the_orgs_own_host(read: Read) -> None:
    assert read.hosts == {"login.salesforce.com", read.org.vendor_host}
    assert read.org.vendor_host.endswith(".my.salesforce.com")


def test_nothing_it_asks_for_is_unknown_or_refused(read: Read) -> None:
    assert read.trouble == []
    by_bulk = "BULK" in read.program.connector.name
    assert any(str(name).startswith("bulk1.") for name in read.operations) is by_bulk
    assert ("query.query_all" in read.operations) is not by_bulk


def test_discovery_finds_every_field_of_every_object(read: Read) -> None:
    streams = {s["tap_stream_id"]: set(s["schema"]["properties"]) for s in read.catalog["streams"]}

    for kind in KINDS:
        assert set(read.org.schema(kind)) <= streams[kind], kind


@pytest.mark.parametrize("kind", KINDS)
def test_every_record_arrives_with_the_values_that_the_store_has(read: Read, kind: str) -> None:
    records = {r["Id"]: r for r in read.first[kind]}

    assert len(records) == len(read.first[kind]) == len(read.rows[kind])
    assert records.keys() == read.rows[kind].keys()
    for record_id, row in read.rows[kind].items():
        wanted = expected(read.org, row)
        assert {name: records[record_id].get(name) for name in wanted} == wanted


def test_who_was_deleted_arrives_as_deleted(read: Read) -> None:
    gone = [r["LastName"] for r in read.first["Contact"] if r["IsDeleted"]]

    assert gone == ["Gone"]


def test_the_second_sync_brings_what_people_changed_and_the_record_it_stopped_at(read: Read) -> None:
    changed = {r["Id"]: r for r in read.second["Contact"]}

    # Its bookmark is a stamp that it asks for again with >=: the last record comes twice.
    assert changed.keys() == {*read.touched.values(), read.newest}
    assert (changed[read.touched["edited"]]["Title"], changed[read.touched["edited"]]["Engagement_Score__c"]) == ("Šéf", None)
    assert changed[read.touched["deleted"]]["IsDeleted"] is True
    assert changed[read.touched["opted out"]]["HasOptedOutOfEmail"] is True
    assert [r["LastName"] for r in read.second["Lead"]] == ["Nobody"]


def test_its_reading_changes_nothing(read: Read) -> None:
    assert [c for c in read.org.journal.changes() if c.actor is Actor.CONNECTOR] == []


def test_a_quota_that_is_used_up_stops_it_with_its_own_exit_code(program: Callable[[str], Program]) -> None:
    tap = program("tap_salesforce")
    # It stops above a quarter of the day's calls, which it reads from `Sforce-Limit-Info`.
    tap.sandbox.crm.switch("api_limit", 20)

    ended = tap.start()

    assert ended.exit_code == 1
    assert b"returned non-zero exit status 2" in ended.output
    assert b"This replication job has made 6 REST requests" in ended.output
    # The login, which does not tell it.
    assert len(tap.exchanges()) == 1 + 6


def test_letters_of_a_csv_whose_charset_is_not_told_are_read_as_latin_1_and_the_answer_is_marked(
    program: Callable[[str], Program],
) -> None:
    tap = program("tap_salesforce_bulk")
    org = tap.sandbox.crm
    now = org.clock.now_ms() - 60_000
    org.switch("bulk_polls", 0)
    tap.sandbox.call(lambda: org.seed("Lead", {"LastName": "Żák", "Company": "x"}, created_ms=now, modified_ms=now))

    tap.sync()

    assert [r["LastName"] for r in tap.records(1)["Lead"]] == ["Żák".encode().decode("latin-1")]
    assert "salesforce.bulk1_csv_charset" in {name for e in tap.exchanges() for name in e.assumed}
