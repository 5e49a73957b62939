"""tap-hubspot 4.5.0 (Singer), unmodified and only ever a process of its own: every stream it knows, and what changed since.

It sends prepared requests with `Session.send`: no variable tells it a CA, only the bundle of its own certifi.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import httpx
import pytest
from syncproof.mapping.grammar import Side
from syncproof_mocks.consent import ConsentKey
from syncproof_mocks.journal import Actor, Row
from syncproof_mocks.ma.hubspot import Hubspot, forms, sending

from .conftest import Program

pytestmark = pytest.mark.slow
DAY_MS = 86_400_000
PEOPLE: tuple[dict[str, str], ...] = (
    {"email": "lucja@example.com", "firstname": "Łucja", "lastname": "Żółć-O'Brien", "birth_date": "1904-02-29"},
    {"email": "octopus@example.com", "lastname": "🐙 שלום <b>&amp;</b>", "address": 'Długa 1\nm. "2"; a,b\tc', "zip": "00120"},
    {"email": "zero@example.com", "lastname": "null", "engagement_score": "0", "vip": "false", "interests": "events;product"},
    {"email": "half@example.com", "lastname": "long " * 900, "engagement_score": "12.5", "vip": "true", "segment": "key"},
    {"lastname": "Nobody without an address"},
)
STREAMS = {"contacts": "contacts", "tickets": "tickets"}


@dataclass
class Read:
    """What two syncs brought, and the portal as it was after the first."""

    program: Program
    hub: Hubspot
    ids: dict[str, str]
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    first: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    second: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    catalog: dict[str, Any] = field(default_factory=dict)
    hosts: set[str] = field(default_factory=set)
    trouble: list[str] = field(default_factory=list)


def seed(hub: Hubspot) -> dict[str, str]:
    """Fill the portal: odd people a minute apart, and one of everything that the tap reads. Returns ids by name."""
    at = hub.clock.now_ms() - 3_600_000
    ids = {}
    for number, values in enumerate(PEOPLE):
        ids[values["lastname"]] = hub.seed("contacts", values, created_ms=at, modified_ms=at + 60_000 * number).id
    first = ids[PEOPLE[0]["lastname"]]
    ids["company"] = hub.seed("companies", {"name": "Žluťoučký, Ltd", "domain": "acme.com"}, created_ms=at, modified_ms=at).id
    deal = {"dealname": "Big", "amount": "12.50", "pipeline": "default", "dealstage": "closedwon"}
    ids["deal"] = hub.seed("deals", deal, created_ms=at, modified_ms=at).id
    ids["ticket"] = hub.seed("tickets", {"subject": "Help\nme"}, created_ms=at, modified_ms=at).id
    hub.seed_company_link("contacts", first, ids["company"])
    ids["owner"] = hub.seed_owner("Ola", "Ó", "ola@example.com", True)
    ids["form"] = forms.add(hub, "Sign up", ["email", "firstname"]).id
    ids["mail"] = sending.add_email(hub, "Receipt", transactional=True).id
    hub.desk_send(ids["mail"], first)
    hub.desk_bounce(ids[PEOPLE[2]["lastname"]], "hard")
    hub.desk_consent("contacts", first, ConsentKey("email", "newsletter"), grant=False, proof=None)
    hub.desk_consent("contacts", ids[PEOPLE[1]["lastname"]], ConsentKey("email", "*"), grant=False, proof=None)
    return ids


def act_over_http(tap: Program, ids: dict[str, str]) -> None:
    """A list with two members, a deal's person, a note, and a form that somebody sends: there is no desk for these."""
    hub = tap.sandbox.ma
    headers = {"authorization": f"Bearer {hub.credentials()['token']}"}
    people = [ids[p["lastname"]] for p in PEOPLE[:2]]
    with httpx.Client(base_url=tap.sandbox._urls[Side.MA], headers=headers, trust_env=False) as api:
        made = api.post("/crm/v3/lists", json={"name": "Guests", "objectTypeId": "0-1", "processingType": "MANUAL"})
        ids["list"] = str(made.json()["list"]["listId"])
        assert api.put(f"/crm/v3/lists/{ids['list']}/memberships/add", json=people).status_code == 200
        tie = f"/crm/v4/objects/deals/{ids['deal']}/associations/default/contacts/{people[0]}"
        assert api.put(tie).status_code == 200
        note = {"engagement": {"type": "NOTE"}, "associations": {"contactIds": [int(people[0])]}, "metadata": {"body": "called"}}
        ids["note"] = str(api.post("/engagements/v1/engagements", json=note).json()["engagement"]["id"])
        path = f"/submissions/v3/integration/submit/{hub.credentials()['portal_id']}/{ids['form']}"
        given = [{"objectTypeId": "0-1", "name": "email", "value": "visitor@example.com"}]
        assert api.post(path, json={"fields": given}).status_code == 200


def act(hub: Hubspot, ids: dict[str, str]) -> None:
    """What people do between the two syncs."""
    hub.desk_edit("contacts", ids[PEOPLE[2]["lastname"]], {"jobtitle": "Šéf", "engagement_score": None})
    hub.desk_consent("contacts", ids[PEOPLE[3]["lastname"]], ConsentKey("email", "*"), grant=False, proof=None)
    hub.desk_edit("companies", ids["company"], {"city": "Brno"})


@pytest.fixture(scope="module")
def read(program: Callable[[str], Program]) -> Read:
    tap = program("tap_hubspot")
    hub = tap.sandbox.ma
    assert isinstance(hub, Hubspot)
    found = Read(tap, hub, tap.sandbox.call(partial(seed, hub)))
    act_over_http(tap, found.ids)
    for run in (1, 2):
        tap.sync()
        found.hosts |= tap.hosts()
        found.trouble += [*tap.not_understood(), *tap.refused()]
        if run == 1:
            kinds = ("contacts", "companies", "deals", "tickets")
            found.rows = {kind: {row.id: row for row in hub.store.rows(kind)} for kind in kinds}
            found.catalog = tap.catalog()
            tap.sandbox.call(partial(act, hub, found.ids))
    found.first, found.second = tap.records(1), tap.records(2)
    return found


def told(vendor_type: str, value: str | None) -> Any:
    """Return how this tap writes a property; of a check box that was never set it makes a no."""
    if vendor_type == "bool":
        return value == "true"
    if not value:
        return None
    if vendor_type == "number":
        return float(value)
    if vendor_type == "datetime":
        return datetime.fromisoformat(value).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value


def test_it_reaches_its_one_host_and_nothing_it_asks_for_is_unknown_or_refused(read: Read) -> None:
    assert read.hosts == {"api.hubapi.com"}
    assert read.trouble == []


def test_discovery_finds_every_property(read: Read) -> None:
    streams = {s["tap_stream_id"]: set(s["schema"]["properties"]) for s in read.catalog["streams"]}

    for kind in ("contacts", "companies", "deals", "tickets"):
        assert {f"property_{name}" for name in read.hub.schema(kind)} <= streams[kind], kind


@pytest.mark.parametrize("stream", STREAMS)
def test_every_record_arrives_with_the_values_that_the_store_has(read: Read, stream: str) -> None:
    schema = read.hub.schema(stream)
    records = {r["id"]: r for r in read.first[stream]}

    assert records.keys() == read.rows[stream].keys()
    assert len(records) == len(read.first[stream])
    for record_id, row in read.rows[stream].items():
        wanted = {f"property_{n}": told(info.vendor_type, row.values.get(n)) for n, info in schema.items()}
        assert {name: records[record_id].get(name) for name in wanted} == wanted


@pytest.mark.parametrize(("stream", "key"), [("companies", "companyId"), ("deals", "dealId")])
def test_v1_and_v2_records_arrive_with_value_stamp_and_source(read: Read, stream: str, key: str) -> None:
    schema = read.hub.schema(stream)
    (record,) = read.first[stream]
    (row,) = read.rows[stream].values()

    assert str(record[key]) == row.id
    held = {name: value for name, value in row.values.items() if name in schema and value}
    assert len(held) >= 8
    for name, value in held.items():
        assert record[f"property_{name}"]["value"] == told(schema[name].vendor_type, value), name
    assert record["property_createdate"]["source"] == "INTEGRATION"


def test_people_hang_on_their_company_and_deal(read: Read) -> None:
    first, company = read.ids[PEOPLE[0]["lastname"]], read.ids["company"]
    person = next(r for r in read.first["contacts"] if r["id"] == first)

    # It asks for the companies of a contact, and then has no place for them in its own schema.
    assert {a["id"] for a in person["associations"]["deals"]["results"]} == {read.ids["deal"]}
    assert person["property_associatedcompanyid"] == float(company)
    assert read.first["deals"][0]["associations"]["associatedVids"] == [int(first)]
    # Once as the primary company and once without a label: the vendor tells both.
    assert {(str(r["company-id"]), str(r["contact-id"])) for r in read.first["contacts_by_company"]} == {(company, first)}


def test_what_people_said_no_to_arrives(read: Read) -> None:
    by_id = {r["id"]: r for r in read.first["contacts"]}
    changes = read.first["subscription_changes"]

    assert by_id[read.ids[PEOPLE[1]["lastname"]]]["property_hs_email_optout"] is True
    assert by_id[read.ids[PEOPLE[0]["lastname"]]]["property_hs_email_optout"] is False
    told_of = {(c["recipient"], change["changeType"], change["change"]) for c in changes for change in c["changes"]}
    assert ("lucja@example.com", "SUBSCRIPTION_STATUS", "UNSUBSCRIBED") in told_of
    assert ("octopus@example.com", "PORTAL_STATUS", "UNSUBSCRIBED") in told_of


def test_mail_lists_notes_forms_and_owners_arrive(read: Read) -> None:
    ids, first = read.ids, read.first

    assert {e["type"] for e in first["email_events"]} >= {"SENT", "DELIVERED", "BOUNCE"}
    assert [(o["id"], o["email"]) for o in first["owners"]] == [(ids["owner"], "ola@example.com")]
    assert ids["list"] in {r["listId"] for r in first["contact_lists"]}
    members = {r["recordId"] for r in first["list_memberships"] if r["listId"] == ids["list"]}
    assert members == {ids[p["lastname"]] for p in PEOPLE[:2]}
    (note,) = [e for e in first["engagements"] if str(e["engagement_id"]) == ids["note"]]
    assert (note["engagement"]["type"], note["metadata"]["body"]) == ("NOTE", "called")
    assert note["associations"]["contactIds"] == [int(ids[PEOPLE[0]["lastname"]])]
    assert [f["guid"] for f in first["forms"]] == [ids["form"]]
    (sent,) = first["form_submissions"]
    assert [(v["name"], v["value"]) for v in sent["values"]] == [("email", "visitor@example.com")]
    assert [p["pipelineId"] for p in first["deal_pipelines"]] == ["default"]


def test_the_second_sync_brings_what_people_changed_and_the_record_it_stopped_at(read: Read) -> None:
    edited, opted_out = (read.ids[PEOPLE[at]["lastname"]] for at in (2, 3))
    before = {r["id"]: r["updatedAt"] for r in read.first["contacts"]}
    last = {i for i, at in before.items() if at == max(before.values())}
    changed = {r["id"]: r for r in read.second["contacts"]}

    assert changed.keys() == {edited, opted_out} | last
    # What was cleared is an empty text on the wire, even where a number was.
    assert (changed[edited]["property_jobtitle"], changed[edited]["property_engagement_score"]) == ("Šéf", "")
    assert changed[opted_out]["property_hs_email_optout"] is True
    assert [r["property_city"]["value"] for r in read.second["companies"]] == ["Brno"]
    assert ("half@example.com", "UNSUBSCRIBED") in {
        (c["recipient"], change["change"]) for c in read.second["subscription_changes"] for change in c["changes"]
    }


def test_its_reading_changes_nothing(read: Read) -> None:
    begun = next(e.seq for e in read.hub.journal.entries if getattr(e, "name", "") == "network")

    assert [c for c in read.hub.journal.changes(begun) if c.actor is Actor.CONNECTOR] == []
