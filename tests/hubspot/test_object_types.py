"""All object types: create-time rules, computed properties, default properties, batches, search, scopes (1.2, 1.11, 3.3)."""

from __future__ import annotations

from typing import Any

import httpx
import orjson
import pytest
from hubspot import HubSpot
from hubspot.crm.objects.notes import SimplePublicObjectInputForCreate
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.ma.hubspot.kinds import OBJECT_TYPES

STAMP = "2026-09-21T10:00:00Z"
# What each type needs to be created, and one property to change afterwards.
MINIMAL: dict[str, tuple[dict[str, Any], str]] = {
    "contacts": ({}, "firstname"), "companies": ({"name": "A"}, "city"),
    "deals": ({"dealname": "D", "dealstage": "contractsent"}, "description"),
    "tickets": ({"subject": "S", "hs_pipeline": "0", "hs_pipeline_stage": "1"}, "content"), "products": ({"name": "P"}, "description"),
    "line_items": ({"name": "L"}, "description"), "quotes": ({"hs_title": "Q", "hs_expiration_date": STAMP}, "hs_comments"),
    "notes": ({"hs_timestamp": STAMP}, "hs_note_body"), "tasks": ({"hs_timestamp": STAMP}, "hs_task_subject"),
    "calls": ({"hs_timestamp": STAMP}, "hs_call_title"), "meetings": ({"hs_timestamp": STAMP}, "hs_meeting_title"),
    "emails": ({"hs_timestamp": STAMP, "hs_email_direction": "EMAIL"}, "hs_email_subject"),
    "communications": ({"hs_timestamp": STAMP}, "hs_communication_body"),
    "postal_mail": ({"hs_timestamp": STAMP}, "hs_postal_mail_body"),
}


@pytest.mark.parametrize("kind", MINIMAL)
def test_a_record_of_each_type_lives_from_creation_to_archive(hub: Hubspot, api: httpx.Client, kind: str) -> None:
    given, changed = MINIMAL[kind]
    path = f"/crm/v3/objects/{kind}"
    made = api.post(path, json={"properties": given})
    record_id = made.json()["id"]
    hub.clock.move(1)

    shown = api.get(f"{path}/{record_id}").json()
    new = api.patch(f"{path}/{record_id}", json={"properties": {changed: "new text"}})

    assert made.status_code == 201, made.text
    assert made.headers["location"].endswith(f"/{kind}/{record_id}")
    assert sorted(shown["properties"]) == sorted(OBJECT_TYPES[kind].default_properties)
    assert shown["createdAt"] == made.json()["createdAt"]
    assert (new.status_code, new.json()["properties"][changed]) == (200, "new text")
    assert new.json()["updatedAt"] > made.json()["updatedAt"]
    found = api.post(f"{path}/search", json={"filters": [{"propertyName": changed, "operator": "EQ", "value": "NEW TEXT"}]}).json()
    assert [r["id"] for r in found["results"]] == [record_id]
    assert [r["id"] for r in api.post(f"{path}/batch/read", json={"inputs": [{"id": record_id}]}).json()["results"]] == [record_id]
    assert api.delete(f"{path}/{record_id}").status_code == 204
    assert api.get(f"{path}/{record_id}").status_code == 404
    assert [r["id"] for r in api.get(path, params={"archived": "true"}).json()["results"]] == [record_id]
    assert [e.operation for e in hub.journal.exchanges() if e.crash] == []


def test_every_type_is_tried() -> None:
    assert set(MINIMAL) | {"leads"} == set(OBJECT_TYPES)


@pytest.mark.parametrize(("kind", "given", "missing"), [
    ("tickets", {"hs_pipeline": "0", "hs_pipeline_stage": "1"}, ["subject"]),
    ("tickets", {"subject": "S", "hs_pipeline": "0"}, ["hs_pipeline_stage"]),
    ("notes", {"hs_note_body": "x"}, ["hs_timestamp"]), ("emails", {"hs_timestamp": STAMP}, ["hs_email_direction"]),
    ("quotes", {}, ["hs_title", "hs_expiration_date"]),
])
def test_what_a_type_demands_is_named(api: httpx.Client, kind: str, given: dict[str, str], missing: list[str]) -> None:
    found = api.post(f"/crm/v3/objects/{kind}", json={"properties": given})

    assert found.status_code == 400
    assert found.json()["message"] == f"Error creating {OBJECT_TYPES[kind].legacy}. Some required properties were not set."
    assert found.json()["context"] == {"properties": missing}


@pytest.mark.parametrize("spelling", ["tickets", "TICKET", "ticket", "0-5"])
def test_a_type_may_be_spelled_in_many_ways(api: httpx.Client, spelling: str) -> None:
    assert api.get(f"/crm/v3/objects/{spelling}").json() == {"results": []}
    assert api.get(f"/crm/v3/properties/{spelling}/subject").json()["groupName"] == "ticketinformation"


def test_a_ticket_is_closed_by_its_stage(api: httpx.Client) -> None:
    path = "/crm/v3/objects/tickets"
    made = api.post(path, json={"properties": {"subject": "S", "hs_pipeline_stage": "1"}}).json()
    api.patch(f"{path}/{made['id']}", json={"properties": {"hs_pipeline_stage": "4"}})
    closed = api.get(f"{path}/{made['id']}", params={"properties": "hs_is_closed,closed_date"}).json()["properties"]

    assert (made["properties"]["hs_pipeline"], made["properties"]["hs_is_closed"]) == ("0", "false")
    assert made["properties"]["hs_ticket_id"] == made["id"]
    assert (closed["hs_is_closed"], closed["closed_date"]) == ("true", closed["hs_lastmodifieddate"])
    stamps = "hs_v2_date_entered_1,hs_v2_date_exited_1,hs_v2_date_entered_4"
    shown = api.get(f"{path}/{made['id']}", params={"properties": stamps}).json()["properties"]
    assert all(shown[n] for n in stamps.split(","))
    refused = api.patch(f"{path}/{made['id']}", json={"properties": {"hs_pipeline_stage": "9"}})
    assert refused.json()["message"].startswith("9 is not a valid pipeline stage ID. Valid options are: [Pipeline: 0; stages: 1, 2")


def test_a_note_gets_previews_and_is_tied_to_a_contact(hub: Hubspot, sdk: HubSpot, api: httpx.Client, bob: str) -> None:
    tie = {"to": {"id": bob}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}]}
    made = sdk.crm.objects.notes.basic_api.create(SimplePublicObjectInputForCreate(
        properties={"hs_timestamp": "1790000000000", "hs_note_body": "<p>Call <b>him</b> back</p>"}, associations=[tie],
    ))

    assert made.properties["hs_timestamp"] == "2026-09-21T14:13:20Z"
    assert made.properties["hs_body_preview"] == "Call him back"
    assert made.properties["hs_body_preview_is_truncated"] == "false"
    assert "<p>Call <b>him</b> back</p>" in made.properties["hs_body_preview_html"]
    shown = api.get(f"/crm/v3/objects/contacts/{bob}", params={"associations": "notes"}).json()["associations"]
    assert shown == {"notes": {"results": [{"id": made.id, "type": "contact_to_note"}]}}
    assert "hubspot.body_preview" in [a for e in hub.journal.exchanges() for a in e.assumed]


def test_a_lead_needs_a_person_and_starts_at_the_first_stage(api: httpx.Client, bob: str) -> None:
    path, given = "/crm/v3/objects/leads", {"hs_lead_name": "Bob"}
    alone = api.post(path, json={"properties": given})
    tie = {"to": {"id": bob}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 578}]}
    made = api.post(path, json={"properties": given, "associations": [tie]})

    assert alone.status_code == 400
    assert [r["id"] for r in api.get(path).json()["results"]] == [made.json()["id"]]
    assert made.json()["properties"]["hs_pipeline_stage"] == "new-stage-id"
    assert made.json()["properties"]["hs_lead_is_open"] == "true"
    types = api.get(f"/crm/v4/objects/leads/{made.json()['id']}/associations/contacts").json()["results"][0]["associationTypes"]
    assert [t["typeId"] for t in types] == [578, 608]


def test_a_line_item_takes_over_from_its_product_and_knows_its_amount(api: httpx.Client) -> None:
    product = api.post("/crm/v3/objects/products", json={"properties": {"name": "Chair", "price": "12.5"}}).json()["id"]
    made = api.post("/crm/v3/objects/line_items", json={"properties": {"hs_product_id": product, "quantity": "4"}}).json()
    less = api.patch(f"/crm/v3/objects/line_items/{made['id']}", json={"properties": {"hs_discount_percentage": "10"}}).json()

    assert (made["properties"]["name"], made["properties"]["amount"]) == ("Chair", "50")
    assert (less["properties"]["amount"], less["properties"]["hs_total_discount"]) == ("45", "5")


def test_a_contact_has_the_properties_that_connectors_map(hub: Hubspot, api: httpx.Client) -> None:
    listed = {p["name"]: p for p in api.get("/crm/v3/properties/contacts").json()["results"]}

    assert len(listed) > 320
    for name in ("hs_v2_date_entered_customer", "hs_lifecyclestage_lead_date", "hs_analytics_first_url", "hs_last_sms_send_date",
                 "hs_linkedin_url", "hs_email_last_click_date", "num_unique_conversion_events", "hs_latest_source_timestamp"):
        assert name in listed
    assert listed["hs_notes_last_activity"]["type"] == "object_coordinates"
    read_only = [n for n, p in listed.items() if p["modificationMetadata"]["readOnlyValue"]]
    assert {"hs_analytics_source", "hs_email_optout", "hs_object_id", "hs_marketable_status"} <= set(read_only)
    assert not {"email", "lifecyclestage", "hs_lead_status", "twitterhandle"} & set(read_only)
    refused = api.post("/crm/v3/objects/contacts", json={"properties": {n: "1" for n in read_only if n != "createdate"}})
    assert {e["code"] for e in refused.json()["errors"]} == {"READ_ONLY_VALUE"}
    assert len(refused.json()["errors"]) == len(read_only) - 1


def test_the_answer_of_a_create_has_no_stamps_that_are_computed_later(api: httpx.Client) -> None:
    made = api.post("/crm/v3/objects/contacts", json={"properties": {"email": "ada@example.com"}}).json()

    assert not [n for n in made["properties"] if n.startswith("hs_v2_")]
    shown = api.get(f"/crm/v3/objects/contacts/{made['id']}", params={"properties": "hs_v2_date_entered_lead"}).json()
    assert shown["properties"]["hs_v2_date_entered_lead"] == made["createdAt"]


@pytest.mark.parametrize(("path", "needed"), [
    ("/crm/v3/objects/tickets", "tickets"), ("/crm/v3/objects/notes", "crm.objects.contacts.read"),
    ("/crm/v3/objects/leads", "crm.objects.leads.read"), ("/crm/v3/objects/products", "crm.objects.products.read"),
    ("/crm-object-schemas/v3/schemas", "crm.schemas.custom.read"), ("/crm/v3/objects/2-1", "crm.objects.custom.read"),
])
def test_each_type_asks_for_its_scope(hub: Hubspot, api: httpx.Client, path: str, needed: str) -> None:
    poor = {"authorization": f"Bearer {hub.tokens.issue_private(['crm.objects.companies.read'])}"}
    rich = {"authorization": f"Bearer {hub.tokens.issue_private([needed])}"}

    refused = api.get(path, headers=poor)

    assert (refused.status_code, refused.json()["category"]) == (403, "MISSING_SCOPES")
    assert needed in refused.json()["errors"][0]["context"]["requiredGranularScopes"]
    assert api.get(path, headers=rich).status_code != 403


def test_v3_merges_four_types_and_dated_versions_all(hub: Hubspot, api: httpx.Client) -> None:
    ids = [api.post("/crm/v3/objects/products", json={"properties": {"name": n}}).json()["id"] for n in "ab"]
    body = {"primaryObjectId": ids[0], "objectIdToMerge": ids[1]}

    assert api.post("/crm/v3/objects/products/merge", json=body).status_code == 404
    merged = api.post("/crm/objects/2026-03/products/merge", json=body)
    assert (merged.status_code, merged.json()["properties"]["name"]) == (200, "a")
    assert {api.get(f"/crm/v3/objects/products/{i}").json()["id"] for i in ids} == {merged.json()["id"]}
    assert api.post("/crm/objects/2026-03/products/gdpr-delete", json={"objectId": merged.json()["id"]}).status_code == 204


@pytest.mark.parametrize("value", [[1], {"a": 1}, 1e999])
@pytest.mark.parametrize("kind", ["tickets", "notes", "line_items"])
def test_values_of_the_wrong_type_are_refused(api: httpx.Client, kind: str, value: object) -> None:
    body = orjson.dumps({"properties": {"hs_object_id": value}})
    found = api.post(f"/crm/v3/objects/{kind}", content=body, headers={"content-type": "application/json"})

    assert found.status_code == 400


def test_history_names_its_source_and_keeps_twenty_versions(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    path = f"/crm/v3/objects/contacts/{bob}"
    hub.desk_edit("contacts", bob, {"city": "by hand"})
    for number in range(21):
        hub.clock.move(1)
        api.patch(path, json={"properties": {"zip": str(number), "state": "x"}})
    found = api.get(path, params={"propertiesWithHistory": "city,zip,state"}).json()["propertiesWithHistory"]

    assert [v["value"] for v in found["zip"]] == [str(n) for n in range(20, 0, -1)]
    assert (found["zip"][0]["sourceType"], found["zip"][0]["sourceId"]) == ("INTEGRATION", str(hub.app_id))
    assert found["city"][0]["sourceType"] == "CRM_UI"
    assert found["city"][0]["sourceId"] == f"userId:{found['city'][0]['updatedByUserId']}"
    assert len(found["state"]) == 1
    other = api.post("/crm/v3/objects/contacts", json={"properties": {"fax": "1"}}).json()["id"]
    merged = api.post("/crm/v3/objects/contacts/merge", json={"primaryObjectId": bob, "objectIdToMerge": other}).json()["id"]
    fax = api.get(f"/crm/v3/objects/contacts/{merged}", params={"propertiesWithHistory": "fax"}).json()["propertiesWithHistory"]["fax"]
    assert fax[0]["sourceType"] == "MERGE_CONTACTS"


def test_an_object_type_has_at_most_ten_unique_properties(api: httpx.Client) -> None:
    def add(number: int) -> int:
        body = {"name": f"key_{number}", "label": "Key", "type": "string", "fieldType": "text", "groupName": "ticketinformation",
                "hasUniqueValue": True}
        return api.post("/crm/v3/properties/tickets", json=body).status_code

    assert [add(n) for n in range(11)] == [201] * 10 + [400]


def test_groups_are_renamed_and_archived_when_nothing_is_in_them(api: httpx.Client) -> None:
    path = "/crm/v3/properties/tickets/groups"
    api.post(path, json={"name": "ours", "label": "Ours"})

    assert api.patch(f"{path}/ours", json={"label": "Theirs"}).json()["label"] == "Theirs"
    assert api.delete(f"{path}/ticketinformation").status_code == 400
    assert api.delete(f"{path}/ours").status_code == 204
    assert api.get(f"{path}/ours").status_code == 404
