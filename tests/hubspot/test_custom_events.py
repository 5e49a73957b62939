"""Custom events: defined, sent, read back."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hubspot import HubSpot
from hubspot.events.send import BehavioralEventHttpCompletionRequest
from syncproof_mocks.ma.hubspot import Hubspot
from tests.hubspot.conftest import START_MS

DEFINITIONS = "/events/v3/event-definitions"
EVENTS = "/events/v3/events"


@pytest.fixture
def visit(api: httpx.Client) -> str:
    """The full name of an event with one property."""
    made = api.post(DEFINITIONS, json={
        "label": "Store visit", "name": "visit", "primaryObject": "CONTACT",
        "propertyDefinitions": [{"name": "shop", "label": "Shop", "type": "string"}],
    })
    assert made.status_code == 201, made.text
    return str(made.json()["fullyQualifiedName"])


def send(api: httpx.Client, name: str, **members: Any) -> httpx.Response:
    return api.post("/events/v3/send", json={"eventName": name, **members})


def read(api: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    found = api.get(EVENTS, params=query)
    assert found.status_code == 200, found.text
    return list(found.json()["results"])


def test_an_event_that_was_sent_is_read_back_at_the_record(hub: Hubspot, api: httpx.Client, visit: str, bob: str) -> None:
    assert visit == f"pe{hub.portal_id}_visit"
    assert send(api, visit, email="BOB@acme.com", properties={"shop": "Brno", "hs_city": "Brno"}).status_code == 204
    assert send(api, "visit", objectId=int(bob), occurredAt="2026-01-02T03:04:05.678Z").status_code == 204

    first, second = read(api, objectType="contact", objectId=bob)
    assert (first["eventType"], first["objectId"], first["properties"]) == (visit, bob, {"shop": "Brno", "hs_city": "Brno"})
    assert second["occurredAt"] == "2026-01-02T03:04:05.678Z"
    assert [e["id"] for e in read(api, objectType="contact", objectId=bob, sort="occurredAt")] == [second["id"], first["id"]]
    assert api.get(f"{EVENTS}/event-types").json() == {"eventTypes": [visit]}


def test_the_vendors_own_client_sends_and_reads(sdk: HubSpot, visit: str, bob: str) -> None:
    sdk.events.send.basic_api.send(BehavioralEventHttpCompletionRequest(event_name=visit, object_id=bob, properties={"shop": "x"}))

    (found,) = sdk.events.events_api.get_page(object_type="contact", object_id=int(bob)).results
    assert (found.event_type, found.object_id, found.properties) == (visit, bob, {"shop": "x"})
    assert sdk.events.events_api.get_types().event_types == [visit]


def test_events_are_filtered_and_paged(hub: Hubspot, api: httpx.Client, visit: str, bob: str) -> None:
    other = api.post(DEFINITIONS, json={"label": "Call", "name": "call"}).json()["fullyQualifiedName"]
    api.post("/events/v3/send/batch", json={"inputs": [
        {"eventName": visit, "objectId": bob, "occurredAt": START_MS + n, "properties": {"shop": f"s{n}"}} for n in range(5)
    ] + [{"eventName": other, "objectId": bob}]})

    page = api.get(EVENTS, params={"objectType": "contact", "objectId": bob, "eventType": visit, "limit": 3}).json()
    rest = httpx.get(page["paging"]["next"]["link"], headers=api.headers, verify=False).json()
    assert [e["properties"]["shop"] for e in page["results"] + rest["results"]] == ["s4", "s3", "s2", "s1", "s0"]
    assert "paging" not in rest
    assert len(read(api, eventType=visit, occurredAfter="2026-09-21T14:13:20.003Z")) == 2
    assert [e["properties"]["shop"] for e in read(api, **{"property.shop": "s2"})] == ["s2"]
    by_address = {"objectType": "contact", "objectProperty.email": "bob@acme.com"}
    assert len(read(api, **by_address)) == 6
    assert read(api, id=page["results"][0]["id"]) == page["results"][:1]


def test_an_event_follows_its_contact_through_a_merge_and_goes_with_an_erased_one(
    hub: Hubspot, api: httpx.Client, visit: str, bob: str
) -> None:
    ann = api.post("/crm/v3/objects/contacts", json={"properties": {"email": "ann@acme.com"}}).json()["id"]
    send(api, visit, objectId=ann)
    new = api.post("/crm/v3/objects/contacts/merge", json={"primaryObjectId": bob, "objectIdToMerge": ann}).json()["id"]

    assert [e["objectId"] for e in read(api, objectType="contact", objectId=ann)] == [new]
    assert len(read(api, objectType="contact", objectId=new)) == 1
    api.post("/crm/v3/objects/contacts/gdpr-delete", json={"objectId": new})
    assert read(api) == []


def test_an_event_of_nobody_is_dropped_and_told_or_makes_the_contact(hub: Hubspot, api: httpx.Client, visit: str) -> None:
    assert send(api, visit, email="new@acme.com").status_code == 204
    assert hub.contact_by_email("new@acme.com") is None
    last = list(hub.journal.exchanges())[-1]
    assert ([code for _, code, _ in last.refused], last.assumed) == (["OBJECT_NOT_FOUND"], ["hubspot.event_of_unknown_email"])

    hub.switch("event_of_unknown_email", "create")
    send(api, visit, email="new@acme.com")
    send(api, visit, email="no address")
    assert hub.contact_by_email("new@acme.com") is not None
    assert hub.store.size("contacts") == 1


def test_the_same_event_sent_again_counts_once(api: httpx.Client, visit: str, bob: str) -> None:
    for _ in range(2):
        send(api, visit, objectId=bob, uuid="8f1f1f0e-1111-4a4a-9a9a-000000000001")

    assert len(read(api)) == 1


@pytest.mark.parametrize("members", [
    {"objectId": "1", "eventName": "nope"}, {"eventName": None, "objectId": "1"}, {}, {"objectId": "1", "properties": {"nope": "1"}},
    {"objectId": "1", "properties": []}, {"objectId": "1", "occurredAt": "soon"}, {"objectId": [1]}, {"utk": "x"},
    {"objectId": "1", "properties": {"shop": {"a": 1}}},
])
def test_a_bad_event_is_refused(api: httpx.Client, visit: str, members: dict[str, Any]) -> None:
    found = send(api, **{"name": visit, **members}) if "eventName" not in members else api.post("/events/v3/send", json=members)

    assert found.status_code == 400
    assert api.post("/events/v3/send/batch", json={"inputs": [{"eventName": visit, **members}]}).status_code == 400
    assert read(api) == []


@pytest.mark.parametrize("query", [
    {"objectId": "1"}, {"objectType": "nope"}, {"occurredAfter": "x"}, {"limit": "0"}, {"after": "x"}, {"sort": "name"},
])
def test_a_bad_question_is_refused(api: httpx.Client, visit: str, query: dict[str, str]) -> None:
    assert api.get(EVENTS, params=query).status_code == 400


def test_definitions_are_listed_changed_and_deleted(api: httpx.Client, visit: str, bob: str) -> None:
    send(api, visit, objectId=bob)

    assert api.post(DEFINITIONS, json={"label": "Again", "name": "visit"}).status_code == 409
    assert api.post(DEFINITIONS, json={"name": "x"}).status_code == 400
    assert api.post(DEFINITIONS, json={"label": "x", "name": "Bad Name"}).status_code == 400
    assert [d["name"] for d in api.get(f"{DEFINITIONS}?searchString=STORE").json()["results"]] == ["visit"]
    assert api.patch(f"{DEFINITIONS}/visit", json={"label": "Visit"}).json()["labels"]["singular"] == "Visit"
    assert api.post(f"{DEFINITIONS}/{visit}/property", json={"label": "Size", "type": "number"}).status_code == 201
    assert api.delete(f"{DEFINITIONS}/{visit}/property/shop").status_code == 204
    assert [p["name"] for p in api.get(f"{DEFINITIONS}/{visit}").json()["properties"]] == ["size"]
    assert api.delete(f"{DEFINITIONS}/{visit}").status_code == 204
    assert api.get(f"{DEFINITIONS}/{visit}").status_code == 404
    assert (send(api, visit, objectId=bob).status_code, read(api)) == (400, [])
