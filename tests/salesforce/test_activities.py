"""Tasks and events: their fields and times, whom and what they are about, and the last activity of those."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from simple_salesforce import Salesforce as SimpleSalesforce
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.schema import FieldInfo, FieldType

DONE = {"Status": "Completed"}
MEETING = {"Subject": "Meet", "StartDateTime": "2026-11-25T10:00:00Z"}


def made(http: httpx.Client, kind: str, **values: Any) -> str:
    """Create a record over REST and return its id."""
    answer = http.post(f"sobjects/{kind}", json=values)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def read(http: httpx.Client, kind: str, record_id: str) -> dict[str, Any]:
    """Return a record as REST shows it."""
    found: dict[str, Any] = http.get(f"sobjects/{kind}/{record_id}").json()
    return found


def refused(http: httpx.Client, kind: str, **values: Any) -> tuple[str, list[str]]:
    """Return the code and fields with which a creation is refused."""
    answer = http.post(f"sobjects/{kind}", json=values)
    assert answer.status_code == 400, answer.text
    return answer.json()[0]["errorCode"], answer.json()[0].get("fields", [])


def queried(http: httpx.Client, soql: str) -> list[dict[str, Any]]:
    """Return the records of a query."""
    answer = http.get("query", params={"q": soql})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["records"])


def last_activity(org: Salesforce, kind: str, record_id: str) -> object:
    """Return the last activity of a living record."""
    row = org.store.get(kind, record_id)
    assert row is not None
    return row.values["LastActivityDate"]


@pytest.fixture
def acme(org: Salesforce) -> str:
    return next(r.id for r in org.store.rows("Account"))


@pytest.fixture
def lead(http: httpx.Client, org: Salesforce) -> str:
    assert org.base_url
    return made(http, "Lead", LastName="Lisa", Company="Leads Ltd")


def test_a_task_gets_defaults_and_what_follows_from_its_fields(http: httpx.Client, contacts: list[str], acme: str) -> None:
    task = read(http, "Task", made(http, "Task", Subject="Call", WhoId=contacts[0]))
    told = {n: task[n] for n in ("Status", "Priority", "IsClosed", "IsHighPriority", "AccountId", "TaskSubtype", "CompletedDateTime")}
    assert told == {
        "Status": "Not Started", "Priority": "Normal", "IsClosed": False, "IsHighPriority": False, "AccountId": acme,
        "TaskSubtype": "Task", "CompletedDateTime": None,
    }
    http.patch(f"sobjects/Task/{task['Id']}", json={**DONE, "Priority": "High"})
    closed = read(http, "Task", task["Id"])
    assert closed["IsClosed"]
    assert closed["IsHighPriority"]
    assert closed["CompletedDateTime"]


def test_what_an_activity_is_about_decides_its_account(http: httpx.Client, contacts: list[str], acme: str, lead: str) -> None:
    other = made(http, "Account", Name="Other")
    deal = made(http, "Opportunity", Name="D", StageName="Prospecting", CloseDate="2026-12-01", AccountId=other)
    campaign = made(http, "Campaign", Name="C")
    for links, account in (
        ({"WhoId": contacts[0], "WhatId": other}, other), ({"WhoId": contacts[0], "WhatId": deal}, other),
        ({"WhoId": contacts[0], "WhatId": campaign}, acme), ({"WhoId": lead}, None),
    ):
        assert read(http, "Task", made(http, "Task", **links))["AccountId"] == account, links
    assert refused(http, "Task", WhoId=other) == ("MALFORMED_ID", ["WhoId"])
    assert refused(http, "Task", WhatId=contacts[0]) == ("MALFORMED_ID", ["WhatId"])
    assert refused(http, "Task", IsClosed=True) == ("INVALID_FIELD_FOR_INSERT_UPDATE", ["IsClosed"])


@pytest.mark.parametrize(("given", "start", "end", "minutes"), [
    ({"DurationInMinutes": 90}, "25T10:00", "25T11:30", 90),
    ({"EndDateTime": "2026-11-25T12:00:00+01:00"}, "25T10:00", "25T11:00", 60),
    ({"EndDateTime": "2026-11-25T11:00:00Z", "DurationInMinutes": 60}, "25T10:00", "25T11:00", 60),
    ({"IsAllDayEvent": True}, "25T00:00", "25T00:00", 1440),
    ({"IsAllDayEvent": True, "EndDateTime": "2026-11-26T00:00:00Z"}, "25T00:00", "26T00:00", 2880),
])  # fmt: skip
def test_the_times_of_an_event_follow_from_each_other(
    http: httpx.Client, org: Salesforce, given: dict[str, Any], start: str, end: str, minutes: int
) -> None:
    assert org.base_url
    event = read(http, "Event", made(http, "Event", **MEETING, **given))
    assert (event["StartDateTime"], event["EndDateTime"]) == (f"2026-11-{start}:00.000+0000", f"2026-11-{end}:00.000+0000")
    assert (event["DurationInMinutes"], event["ActivityDate"]) == (minutes, "2026-11-25")


def test_an_event_that_is_moved_lasts_as_long_as_before(http: httpx.Client, org: Salesforce) -> None:
    assert org.base_url
    event = made(http, "Event", **MEETING, DurationInMinutes=30)
    http.patch(f"sobjects/Event/{event}", json={"StartDateTime": "2026-11-27T08:00:00Z"})
    moved = read(http, "Event", event)
    assert (moved["EndDateTime"], moved["ActivityDate"]) == ("2026-11-27T08:30:00.000+0000", "2026-11-27")
    http.patch(f"sobjects/Event/{event}", json={"EndDateTime": "2026-11-27T10:00:00Z"})
    assert read(http, "Event", event)["DurationInMinutes"] == 120
    before = read(http, "Event", event)
    assert http.patch(f"sobjects/Event/{event}", json={"EndDateTime": "2026-11-26T10:00:00Z"}).status_code == 400
    assert read(http, "Event", event) == before


@pytest.mark.parametrize(("given", "code", "field"), [
    (MEETING, "REQUIRED_FIELD_MISSING", "DurationInMinutes"),
    ({"DurationInMinutes": 5}, "REQUIRED_FIELD_MISSING", "StartDateTime"),
    ({"IsAllDayEvent": True}, "REQUIRED_FIELD_MISSING", "ActivityDate"),
    ({**MEETING, "DurationInMinutes": -5}, "FIELD_INTEGRITY_EXCEPTION", "EndDateTime"),
    ({**MEETING, "DurationInMinutes": 5, "EndDateTime": "2026-11-25T11:00:00Z"}, "FIELD_INTEGRITY_EXCEPTION", "DurationInMinutes"),
    ({**MEETING, "DurationInMinutes": 10**12}, "NUMBER_OUTSIDE_VALID_RANGE", "DurationInMinutes"),
])  # fmt: skip
def test_an_event_with_times_that_are_missing_or_contradict_is_refused(
    http: httpx.Client, org: Salesforce, given: dict[str, Any], code: str, field: str
) -> None:
    found, fields = refused(http, "Event", **given)
    assert (found, fields[0]) == (code, field)
    assert not list(org.store.rows("Event"))


def test_queries_reach_who_and_what_and_down_to_the_activities(http: httpx.Client, contacts: list[str], acme: str, lead: str) -> None:
    made(http, "Task", Subject="a", WhoId=contacts[0], WhatId=acme)
    made(http, "Task", Subject="b", WhoId=lead)
    rows = queried(http, "SELECT Subject, Who.Name, Who.Type, What.Type, What.Name FROM Task ORDER BY Subject")
    assert [(r["Who"]["Name"], r["Who"]["Type"], r["Who"]["attributes"]["type"]) for r in rows] == [
        ("First0 Last0", "Contact", "Name"), ("Lisa", "Lead", "Name"),
    ]
    assert (rows[0]["What"]["Type"], rows[0]["What"]["Name"], rows[1]["What"]) == ("Account", "Acme", None)
    assert [r["Subject"] for r in queried(http, "SELECT Subject FROM Task WHERE Who.Type = 'Lead'")] == ["b"]
    assert [r["Subject"] for r in queried(http, "SELECT Subject FROM Task WHERE IsClosed = false AND What.Name = 'Acme'")] == ["a"]
    for parent, name in (("Contact", contacts[0]), ("Account", acme), ("Lead", lead)):
        [row] = queried(http, f"SELECT Id, (SELECT Subject FROM Tasks), (SELECT Id FROM Events) FROM {parent} WHERE Id = '{name}'")
        assert row["Tasks"]["totalSize"] == 1, parent
        assert row["Events"] is None


@pytest.mark.parametrize("soql", [
    "SELECT Who.MailingCity FROM Task", "SELECT Who.Account.Name FROM Task", "SELECT What.Industry FROM Task",
    "SELECT TYPEOF Who WHEN Contact THEN Email END FROM Task", "SELECT Id, (SELECT Id FROM OpenActivities) FROM Contact",
])  # fmt: skip
def test_what_a_parent_of_several_kinds_cannot_be_asked_is_refused(http: httpx.Client, org: Salesforce, soql: str) -> None:
    assert org.base_url
    assert http.get("query", params={"q": soql}).status_code == 400


def test_describe_tells_both_ends_of_the_links(http: httpx.Client, org: Salesforce) -> None:
    assert org.base_url
    fields = {f["name"]: f for f in http.get("sobjects/Task/describe").json()["fields"]}
    assert fields["WhoId"]["referenceTo"] == ["Contact", "Lead"]
    assert fields["WhoId"]["polymorphicForeignKey"]
    assert fields["WhatId"]["referenceTo"] == ["Account", "Opportunity", "Campaign"]
    assert [v["value"] for v in fields["Status"]["picklistValues"] if v["defaultValue"]] == ["Not Started"]
    for parent in ("Contact", "Lead", "Account", "Opportunity", "Campaign"):
        told = {c["relationshipName"]: c["childSObject"] for c in http.get(f"sobjects/{parent}/describe").json()["childRelationships"]}
        assert (told["Tasks"], told["Events"]) == ("Task", "Event"), parent


def test_the_last_activity_is_the_latest_of_closed_tasks_and_events(http: httpx.Client, org: Salesforce, contacts: list[str], acme: str) -> None:
    modified = read(http, "Contact", contacts[0])["LastModifiedDate"]
    task = made(http, "Task", WhoId=contacts[0], ActivityDate="2026-11-20")
    assert last_activity(org, "Contact", contacts[0]) is None
    http.patch(f"sobjects/Task/{task}", json=DONE)
    assert last_activity(org, "Contact", contacts[0]) == "2026-11-20"
    event = made(http, "Event", **MEETING, DurationInMinutes=5, WhoId=contacts[0])
    assert (last_activity(org, "Contact", contacts[0]), last_activity(org, "Account", acme)) == ("2026-11-25", "2026-11-25")
    http.delete(f"sobjects/Event/{event}")
    assert (last_activity(org, "Contact", contacts[0]), last_activity(org, "Account", acme)) == ("2026-11-20", "2026-11-20")
    http.patch(f"sobjects/Task/{task}", json={"WhoId": contacts[1]})
    assert last_activity(org, "Contact", contacts[0]) is None
    assert last_activity(org, "Contact", contacts[1]) == "2026-11-20"
    assert read(http, "Contact", contacts[0])["LastModifiedDate"] == modified


def test_the_modstamp_moves_with_the_last_activity_where_the_switch_says_so(org: Salesforce, contacts: list[str]) -> None:
    before = org.store.get("Contact", contacts[0])
    org.switch("last_activity_moves_modstamp", True)
    org.desk_create("Task", {"WhoId": contacts[0], "ActivityDate": "2026-11-20", **DONE})
    after = org.store.get("Contact", contacts[0])
    assert before is not None
    assert after is not None
    assert after.values["SystemModstamp"] > before.values["SystemModstamp"]


def test_a_converted_leads_activities_are_the_contacts(http: httpx.Client, org: Salesforce, lead: str) -> None:
    task = made(http, "Task", WhoId=lead, ActivityDate="2026-11-20", **DONE)
    contact = org.desk_convert(lead)
    moved = read(http, "Task", task)
    account = read(http, "Contact", contact)["AccountId"]
    assert (moved["WhoId"], moved["AccountId"]) == (contact, account)
    assert last_activity(org, "Contact", contact) == "2026-11-20"


def test_merging_moves_activities_and_custom_look_ups_to_the_winner(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    org.add_field("Lead", FieldInfo("Friend__c", "Friend", FieldType.REFERENCE, "reference", custom=True, reference_to=("Contact",)))
    friend = made(http, "Lead", LastName="F", Company="F", Friend__c=contacts[1])
    task = made(http, "Task", WhoId=contacts[1], ActivityDate="2026-11-20", **DONE)
    org.desk_merge("Contact", contacts[0], [contacts[1]])
    assert read(http, "Task", task)["WhoId"] == contacts[0]
    assert read(http, "Lead", friend)["Friend__c"] == contacts[0]
    assert last_activity(org, "Contact", contacts[0]) == "2026-11-20"


@pytest.mark.parametrize(("mode", "alone", "shared"), [("delete", False, False), ("unless_shared", False, True), ("keep", True, True)])
def test_activities_of_a_deleted_person_go_or_stay_as_the_switch_says(
    http: httpx.Client, org: Salesforce, contacts: list[str], acme: str, mode: str, alone: bool, shared: bool
) -> None:
    org.switch("activities_of_deleted", mode)
    tasks = made(http, "Task", WhoId=contacts[0]), made(http, "Task", WhoId=contacts[0], WhatId=acme)
    http.delete(f"sobjects/Contact/{contacts[0]}")
    found = [org.store.get("Task", t) for t in tasks]
    assert [row is not None for row in found] == [alone, shared]
    assert [row.values["WhoId"] for row in found if row is not None] == [None] * (alone + shared)
    assert "salesforce.activities_of_deleted" in {a for e in org.journal.exchanges() for a in e.assumed}


def test_changes_of_activities_are_captured_where_they_are_selected(org: Salesforce, contacts: list[str]) -> None:
    from syncproof_mocks.crm.salesforce.streaming.events import change_events

    org.switch("change_data_capture", ("Task", "Event"))
    start = len(org.journal)
    org.desk_create("Task", {"Subject": "t", "WhoId": contacts[0]})
    org.desk_create("Event", {**MEETING, "DurationInMinutes": 5, "WhoId": contacts[0]})
    told = [(e.kind, e.type, e.body["WhoId"]) for _, events in change_events(org, start) for e in events]
    assert told == [("Task", "CREATE", contacts[0]), ("Event", "CREATE", contacts[0])]


def test_an_unmodified_client_writes_and_deletes_activities_in_bulk(sf: SimpleSalesforce, org: Salesforce, contacts: list[str]) -> None:
    rows = [{"Subject": f"s{n}", "WhoId": who, "ActivityDate": "2026-11-20", **DONE} for n, who in enumerate(contacts)]
    results = sf.bulk.Task.insert(rows)
    assert [r["success"] for r in results] == [True] * 5
    assert [last_activity(org, "Contact", who) for who in contacts] == ["2026-11-20"] * 5
    sf.bulk.Task.delete([{"Id": r["id"]} for r in results])
    assert [last_activity(org, "Contact", who) for who in contacts] == [None] * 5
