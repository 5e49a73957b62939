"""Custom objects: schemas, their records, associations, pipelines, and how they are spelled."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hubspot import HubSpot
from hubspot.crm.schemas import ObjectSchemaEgg, ObjectTypeDefinitionLabels, ObjectTypePropertyCreate
from syncproof_mocks.ma.hubspot import Hubspot

CAR = {
    "name": "car", "labels": {"singular": "Car", "plural": "Cars"}, "primaryDisplayProperty": "plate",
    "requiredProperties": ["plate"], "searchableProperties": ["plate"], "associatedObjects": ["CONTACT"],
    "properties": [
        {"name": "plate", "label": "Plate", "type": "string", "fieldType": "text", "hasUniqueValue": True},
        {"name": "doors", "label": "Doors", "type": "number", "fieldType": "number"},
    ],
}


@pytest.fixture
def car(api: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = api.post("/crm/v3/schemas", json=CAR).json()
    return found


def test_the_vendors_client_defines_and_reads_a_schema(sdk: HubSpot) -> None:
    made = sdk.crm.schemas.core_api.create(ObjectSchemaEgg(
        name="boat", labels=ObjectTypeDefinitionLabels(singular="Boat", plural="Boats"), required_properties=["hull"],
        primary_display_property="hull", searchable_properties=[], secondary_display_properties=[], associated_objects=["CONTACT"],
        properties=[ObjectTypePropertyCreate(name="hull", label="Hull", type="string", field_type="text")],
    ))

    assert made.object_type_id.startswith("2-")
    assert made.fully_qualified_name.endswith("_boat")
    assert [s.name for s in sdk.crm.schemas.core_api.get_all().results] == ["boat"]
    assert sdk.crm.schemas.core_api.get_by_id(made.fully_qualified_name).object_type_id == made.object_type_id


def test_a_record_lives_under_every_spelling(api: httpx.Client, car: dict[str, Any]) -> None:
    made = api.post(f"/crm/v3/objects/{car['objectTypeId']}", json={"properties": {"plate": "WA 1", "doors": 5}})
    record_id = made.json()["id"]

    assert made.status_code == 201
    for spelling in (car["objectTypeId"], car["fullyQualifiedName"], "p_car"):
        shown = api.get(f"/crm/v3/objects/{spelling}/{record_id}", params={"properties": "plate,doors"}).json()
        assert (shown["properties"]["plate"], shown["properties"]["doors"]) == ("WA 1", "5")
        assert shown["createdAt"] == shown["properties"]["hs_createdate"]
    assert api.get("/crm/v3/objects/p_car/WA 1", params={"idProperty": "plate"}).json()["id"] == record_id
    found = api.post("/crm/v3/objects/p_car/search", json={"query": "WA"}).json()
    assert (found["total"], found["results"][0]["id"]) == (1, record_id)
    upsert = {"inputs": [{"id": "WA 1", "idProperty": "plate", "properties": {"doors": "3"}}]}
    assert api.post("/crm/v3/objects/p_car/batch/upsert", json=upsert).json()["results"][0]["new"] is False


def test_what_the_schema_demands_is_demanded(api: httpx.Client, car: dict[str, Any]) -> None:
    missing = api.post("/crm/v3/objects/p_car", json={"properties": {"doors": "5"}})
    api.post("/crm/v3/objects/p_car", json={"properties": {"plate": "WA 1"}})
    twice = api.post("/crm/v3/objects/p_car", json={"properties": {"plate": "wa 1"}})

    assert (missing.status_code, missing.json()["context"]) == (400, {"properties": ["plate"]})
    assert (twice.status_code, "already has that value" in twice.json()["message"]) == (400, True)
    assert api.patch(f"/crm/v3/schemas/{car['objectTypeId']}", json={"requiredProperties": []}).status_code == 200
    assert api.post("/crm/v3/objects/p_car", json={"properties": {"doors": "5"}}).status_code == 201


def test_records_are_tied_to_contacts_in_both_directions(api: httpx.Client, car: dict[str, Any], bob: str) -> None:
    types = api.get("/crm/v4/associations/p_car/contacts/labels").json()["results"]
    spec = {"associationCategory": types[0]["category"], "associationTypeId": types[0]["typeId"]}
    made = api.post("/crm/v3/objects/p_car", json={"properties": {"plate": "WA 1"}, "associations": [{"to": {"id": bob}, "types": [spec]}]})
    record_id = made.json()["id"]

    assert [(t["category"], t["label"]) for t in types] == [("USER_DEFINED", None)]
    back = api.get(f"/crm/v4/objects/contacts/{bob}/associations/{car['fullyQualifiedName']}").json()["results"]
    assert [r["toObjectId"] for r in back] == [int(record_id)]
    shown = api.get(f"/crm/v3/objects/contacts/{bob}", params={"associations": "p_car"}).json()["associations"]
    assert list(shown) == [car["fullyQualifiedName"]]
    assert api.put(f"/crm/v4/objects/p_car/{record_id}/associations/default/contacts/{bob}").status_code == 200
    assert api.delete(f"/crm/v4/objects/p_car/{record_id}/associations/contacts/{bob}").status_code == 204
    assert api.get(f"/crm/v4/objects/contacts/{bob}/associations/p_car").json()["results"] == []


def test_types_without_a_known_association_are_refused_and_nothing_is_tied(api: httpx.Client, car: dict[str, Any], acme: str) -> None:
    record_id = api.post("/crm/v3/objects/p_car", json={"properties": {"plate": "WA 1"}}).json()["id"]
    refused = api.put(f"/crm/v4/objects/p_car/{record_id}/associations/default/companies/{acme}")
    assert (refused.status_code, bool(refused.headers["x-syncproof-hint"])) == (400, True)

    tie = {"fromObjectTypeId": car["objectTypeId"], "toObjectTypeId": "0-2", "name": "car_to_company"}
    made = api.post(f"/crm/v3/schemas/{car['objectTypeId']}/associations", json=tie)
    assert (made.status_code, made.json()["toObjectTypeId"]) == (201, "0-2")
    assert api.put(f"/crm/v4/objects/p_car/{record_id}/associations/default/companies/{acme}").status_code == 200
    path = f"/crm/v3/schemas/{car['objectTypeId']}/associations/{made.json()['id']}"
    assert api.delete(path).status_code == 400
    api.delete(f"/crm/v4/objects/p_car/{record_id}/associations/companies/{acme}")
    assert api.delete(path).status_code == 204


def test_only_an_empty_object_can_be_deleted(api: httpx.Client, car: dict[str, Any]) -> None:
    path = f"/crm/v3/schemas/{car['objectTypeId']}"
    record_id = api.post("/crm/v3/objects/p_car", json={"properties": {"plate": "WA 1"}}).json()["id"]

    assert api.delete(path).status_code == 400
    api.delete(f"/crm/v3/objects/p_car/{record_id}")
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.get("/crm/v3/objects/p_car").status_code == 400
    assert [s["name"] for s in api.get("/crm/v3/schemas", params={"archived": "true"}).json()["results"]] == ["car"]
    assert api.delete(path, params={"archived": "true"}).status_code == 204
    assert api.post("/crm/v3/schemas", json=CAR).status_code == 201


@pytest.mark.parametrize("change", [
    {"name": "9car"}, {"name": None}, {"requiredProperties": ["wheels"]}, {"properties": {}}, {"properties": [1]},
    {"properties": [{"name": "Bad Name", "label": "x"}]}, {"labels": []}, {"associatedObjects": ["PARCEL"]},
    {"properties": [{"name": "a", "label": "A", "type": "colour"}]}, {"requiredProperties": "plate"},
    {"searchableProperties": [{}]},
])
def test_a_schema_that_cannot_be_is_refused_whole(hub: Hubspot, api: httpx.Client, change: dict[str, Any]) -> None:
    found = api.post("/crm/v3/schemas", json={**CAR, **change})

    assert found.status_code == 400, found.text
    assert api.get("/crm/v3/schemas").json() == {"results": []}
    assert list(hub.store.rows("association_labels")) == []


def test_a_name_is_taken_once(api: httpx.Client, car: dict[str, Any]) -> None:
    assert api.post("/crm/v3/schemas", json=CAR).status_code == 409


def test_a_snapshot_brings_the_object_back_as_it_was(hub: Hubspot, api: httpx.Client, car: dict[str, Any]) -> None:
    record_id = api.post("/crm/v3/objects/p_car", json={"properties": {"plate": "WA 1"}}).json()["id"]
    before = hub.store.snapshot()
    api.delete(f"/crm/v3/objects/p_car/{record_id}")
    api.delete("/crm/v3/schemas/p_car")

    hub.store.restore(before)

    assert api.get(f"/crm/v3/objects/p_car/{record_id}").json()["id"] == record_id
    assert "plate" in hub.schema("p_car")


def test_people_work_with_custom_objects_by_name(hub: Hubspot, api: httpx.Client, car: dict[str, Any]) -> None:
    seeded = hub.seed("p_car", {"plate": "WA 1"}, created_ms=hub.clock.now_ms(), modified_ms=hub.clock.now_ms())
    made = hub.desk_create("p_car", {"plate": "WA 2"})
    hub.desk_edit("p_car", made.id, {"doors": "3"})

    listed = api.get("/crm/v3/objects/p_car", params={"properties": "plate,doors"}).json()["results"]
    assert [(r["properties"]["plate"], r["properties"]["doors"]) for r in listed] == [("WA 1", None), ("WA 2", "3")]
    assert seeded.kind == car["objectTypeId"]
