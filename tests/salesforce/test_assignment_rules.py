"""Assignment rules and queues (probe 21): who owns a lead, and what the header says about it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.journal import Actor

LEAD = {"LastName": "L", "Company": "C"}


def _declare(org: Salesforce, what: str, **entry: Any) -> None:
    org.declare(what, org.declarations[what].model_validate(entry))


@pytest.fixture
def queue(org: Salesforce) -> str:
    _declare(org, "queues", name="Web leads", developer_name="Web_Leads", email="q@example.com")
    [found] = [r.id for r in org.store.rows("Group")]
    return found


@pytest.fixture
def rule(org: Salesforce, queue: str) -> str:
    entries = [
        {"formula": 'ISPICKVAL(LeadSource, "Web")', "assign_to": "Web_Leads"},
        {"formula": "AnnualRevenue > 1000", "assign_to": "human"},
    ]
    _declare(org, "assignment_rules", name="Standard", entries=entries)
    [found] = [r.id for r in org.store.rows("AssignmentRule")]
    return found


def _owner(http: httpx.Client, lead: dict[str, Any], **headers: str) -> str:
    answer = http.post("sobjects/Lead", json={**LEAD, **lead}, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(http.get(f"sobjects/Lead/{answer.json()['id']}").json()["OwnerId"])


def test_without_a_header_the_active_rule_decides_and_false_leaves_the_caller_as_owner(
    http: httpx.Client, org: Salesforce, queue: str, rule: str
) -> None:
    assert _owner(http, {"LeadSource": "Web"}) == queue
    assert _owner(http, {"LeadSource": "Web"}, **{"Sforce-Auto-Assign": "TRUE"}) == queue
    assert _owner(http, {"LeadSource": "Web"}, **{"Sforce-Auto-Assign": "FALSE"}) == org.user_id
    assert _owner(http, {"LeadSource": "Web", "OwnerId": org.human_id}) == queue
    assert _owner(http, {"AnnualRevenue": 5000}) == org.human_id
    assert _owner(http, {"AnnualRevenue": 5}) == org.user_id


def test_a_rule_may_be_named_by_its_id(http: httpx.Client, org: Salesforce, queue: str, rule: str) -> None:
    _declare(org, "assignment_rules", name="Other", active=False, entries=[{"assign_to": "Web_Leads"}])
    [other] = [r.id for r in org.store.rows("AssignmentRule") if r.values["Name"] == "Other"]
    assert _owner(http, {}, **{"Sforce-Auto-Assign": other[:15]}) == queue
    assert _owner(http, {}, **{"Sforce-Auto-Assign": rule}) == org.user_id
    size = org.store.size("Lead")
    wrong = http.post("sobjects/Lead", json=LEAD, headers={"Sforce-Auto-Assign": "01Q5g0000000000AAA"})
    assert (wrong.status_code, wrong.json()[0]["errorCode"]) == (400, "INVALID_CROSS_REFERENCE_KEY")
    assert org.store.size("Lead") == size


def test_the_vendor_not_the_caller_is_said_to_have_moved_the_lead(
    http: httpx.Client, org: Salesforce, queue: str, rule: str
) -> None:
    start = len(org.journal)
    _owner(http, {"LeadSource": "Web"})
    made, moved = [c for c in org.journal.changes(start) if c.kind == "Lead"]
    assert (made.actor, made.after.values["OwnerId"]) == (Actor.CONNECTOR, org.user_id)
    assert (moved.actor, moved.after.values["OwnerId"]) == (Actor.VENDOR_AUTOMATION, queue)
    assert made.after.values["SystemModstamp"] == moved.after.values["SystemModstamp"]
    assert moved.note == "assignment rule Standard"


def test_updates_assign_too_unless_told_otherwise_and_history_tells(
    http: httpx.Client, org: Salesforce, queue: str, rule: str
) -> None:
    lead = http.post("sobjects/Lead", json=LEAD).json()["id"]
    headers = {"Sforce-Auto-Assign": "FALSE"}
    assert http.patch(f"sobjects/Lead/{lead}", json={"LeadSource": "Web"}, headers=headers).status_code == 204
    assert org.store.get("Lead", lead).values["OwnerId"] == org.user_id
    assert http.patch(f"sobjects/Lead/{lead}", json={"Title": "x"}).status_code == 204
    assert org.store.get("Lead", lead).values["OwnerId"] == queue
    found = http.get("query", params={"q": f"SELECT NewValue FROM LeadHistory WHERE LeadId='{lead}' AND Field='Owner'"}).json()
    assert [r["NewValue"] for r in found["records"]] == [queue]
    org.switch("assign_on_update", False)
    org.desk_edit("Lead", lead, {"OwnerId": org.human_id})
    assert http.patch(f"sobjects/Lead/{lead}", json={"Title": "y"}).status_code == 204
    assert org.store.get("Lead", lead).values["OwnerId"] == org.human_id


def test_composite_calls_carry_their_own_header(http: httpx.Client, org: Salesforce, queue: str, rule: str) -> None:
    """Mautic says FALSE on each of its calls."""
    url = "/services/data/v38.0/sobjects/Lead"
    calls = [
        {"method": "POST", "url": url, "referenceId": f"r{n}", "body": {**LEAD, "LeadSource": "Web"}, "httpHeaders": headers}
        for n, headers in enumerate(({"Sforce-Auto-Assign": "FALSE"}, {}))
    ]
    answers = http.post("composite", json={"compositeRequest": calls}).json()["compositeResponse"]
    owners = [org.store.get("Lead", a["body"]["id"]).values["OwnerId"] for a in answers]
    assert owners == [org.user_id, queue]


def test_a_screen_assigns_nobody_and_seeds_keep_their_owner(org: Salesforce, queue: str, rule: str) -> None:
    assert org.desk_create("Lead", {**LEAD, "LeadSource": "Web"}).values["OwnerId"] == org.human_id
    seeded = org.seed("Lead", {**LEAD, "LeadSource": "Web"}, created_ms=0, modified_ms=0)
    assert seeded.values["OwnerId"] == org.admin_id


def test_queues_are_found_as_clients_look_for_them(http: httpx.Client, queue: str) -> None:
    text = "SELECT Queue.Id, Queue.Name FROM QueuesObject WHERE Queue.Type = 'Queue' AND SobjectType = 'Lead'"
    [found] = http.get("query", params={"q": text}).json()["records"]
    assert (found["Queue"]["Id"], found["Queue"]["Name"]) == (queue, "Web leads")


@pytest.mark.parametrize(
    ("what", "entry", "text"),
    [
        ("assignment_rules", {"name": "X", "entries": [{"assign_to": "Nobody"}]}, "Nobody is neither a queue nor a user; queues: Web_Leads; users: admin, integration, human"),
        ("assignment_rules", {"name": "X", "entries": [{"assign_to": "Web_Leads", "formula": "1"}]}, "rule X of Lead: the formula gives number"),
        ("queues", {"name": "Q", "developer_name": "Web_Leads"}, "there already is a queue Web_Leads"),
        ("queues", {"name": "Q", "developer_name": "Q", "kinds": ["Contact"]}, "records of Contact cannot belong to a queue; those of these can: Lead"),
        ("queues", {"name": "Q", "developer_name": "Q", "kinds": ["Nope"]}, "there is no object Nope"),
    ],
)
def test_what_does_not_fit_is_refused(org: Salesforce, queue: str, what: str, entry: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        _declare(org, what, **entry)


def test_one_rule_is_active(org: Salesforce, rule: str) -> None:
    with pytest.raises(ValueError, match="already has an active assignment rule, Standard"):
        _declare(org, "assignment_rules", name="Second", entries=[{"assign_to": "Web_Leads"}])
