"""The shape of a real portal, taken from its own metadata JSON."""

from __future__ import annotations

import copy
from typing import Any

import httpx
import pytest
from syncproof_mocks.clock import Clock
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.schema import FieldType
from syncproof_mocks.world import World

TIER = {
    "name": "tier", "label": "Tier", "type": "enumeration", "fieldType": "select", "groupName": "ours", "hubspotDefined": False,
    "options": [{"label": "Gold", "value": "g"}, {"label": "Old", "value": "o", "hidden": True}], "hasUniqueValue": False,
    "createdAt": "2024-01-01T00:00:00.000Z", "updatedAt": "2024-01-01T00:00:00.000Z",
}
CRM_ID = {"name": "crm_id", "label": "CRM id", "type": "string", "fieldType": "text", "groupName": "ours", "hasUniqueValue": True}
SCORE = {"name": "score", "label": "Score", "type": "number", "fieldType": "calculation_rollup", "groupName": "ours", "calculated": True}
V2 = {"name": "birthday", "label": "Birthday", "type": "date", "fieldType": "date", "groupName": "ours", "deleted": False,
      "createdAt": 1704067200000, "readOnlyValue": False}
CAR = {
    "objectTypeId": "2-777", "fullyQualifiedName": "p99_car", "name": "car", "labels": {"singular": "Car", "plural": "Cars"},
    "requiredProperties": ["plate"], "searchableProperties": ["plate"], "primaryDisplayProperty": "plate",
    "properties": [{"name": "plate", "label": "Plate", "type": "string", "fieldType": "text", "groupName": "car_information",
                    "hasUniqueValue": True}],
    "associations": [{"id": "61", "name": "car_to_contact", "fromObjectTypeId": "2-777", "toObjectTypeId": "0-1"},
                     {"id": "62", "name": "contact_to_car", "fromObjectTypeId": "0-1", "toObjectTypeId": "2-777"}],
}


def results(*properties: Any) -> dict[str, Any]:
    return {"results": list(properties)}


def test_custom_properties_are_taken_on_and_their_rules_hold(hub: Hubspot, api: httpx.Client) -> None:
    assert hub.take_metadata({"contacts": results(TIER, CRM_ID, SCORE, V2)}) == ("contacts",)

    path = "/crm/v3/objects/contacts"
    made = api.post(path, json={"properties": {"tier": "g", "crm_id": "7", "birthday": "1990-02-03"}})
    assert made.status_code == 201, made.text
    assert api.get(f"{path}/7", params={"idProperty": "crm_id"}).json()["id"] == made.json()["id"]
    refused = api.post(path, json={"properties": {"tier": "x", "score": "1"}}).json()
    assert [e["code"] for e in refused["errors"]] == ["INVALID_OPTION", "READ_ONLY_VALUE"]
    shown = api.get("/crm/v3/properties/contacts/tier").json()
    assert ([o["hidden"] for o in shown["options"]], shown["createdAt"]) == ([False, True], "2024-01-01T00:00:00.000Z")
    assert "ours" in [g["name"] for g in api.get("/crm/v3/properties/contacts/groups").json()["results"]]
    fields = hub.schema("contacts")
    assert (fields["tier"].type, fields["crm_id"].unique, fields["birthday"].type) == (FieldType.PICKLIST, True, FieldType.DATE)
    assert api.get("/crm/v3/properties/contacts/birthday").json()["createdAt"] == "2024-01-01T00:00:00.000Z"


def test_options_of_the_vendors_own_properties_follow_the_portal(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    status = api.get("/crm/v3/properties/contacts/hs_lead_status").json()
    status["options"] = [{"label": "Hot", "value": "HOT"}]
    owner = api.get("/crm/v3/properties/contacts/hubspot_owner_id").json()

    hub.take_metadata({"objectType": "contacts", **results(status, owner)})

    path = f"/crm/v3/objects/contacts/{bob}"
    assert api.patch(path, json={"properties": {"hs_lead_status": "HOT"}}).status_code == 200
    assert api.patch(path, json={"properties": {"hs_lead_status": "NEW"}}).status_code == 400
    assert api.patch(path, json={"properties": {"hubspot_owner_id": "1"}}).status_code == 400


def test_a_complete_list_says_what_the_portal_does_not_have(hub: Hubspot, api: httpx.Client) -> None:
    listed = api.get("/crm/v3/properties/contacts").json()["results"]
    kept = [p for p in listed if p["name"] not in ("twitterhandle", "kloutscoregeneral")]

    assert hub.take_metadata({"results": kept}) == ("contacts",)

    assert api.get("/crm/v3/properties/contacts/twitterhandle").status_code == 404
    assert api.post("/crm/v3/objects/contacts", json={"properties": {"twitterhandle": "@x"}}).status_code == 400
    assert len(api.get("/crm/v3/properties/contacts").json()["results"]) == len(kept)
    assert api.post("/crm/v3/objects/contacts", json={"properties": {"email": "a@example.com"}}).status_code == 201


def test_our_own_answers_change_nothing_when_they_are_taken_on(hub: Hubspot, api: httpx.Client) -> None:
    before = {kind: api.get(f"/crm/v3/properties/{kind}").json() for kind in hub.object_types}

    kinds = hub.take_metadata([copy.deepcopy({kind: document}) for kind, document in before.items()])

    assert kinds == tuple(before)
    assert {kind: api.get(f"/crm/v3/properties/{kind}").json() for kind in before} == before


def test_taking_the_same_twice_changes_nothing_more(hub: Hubspot) -> None:
    document = [{"contacts": results(TIER, CRM_ID)}, CAR, {"objectType": "deals", **results(
        {"id": "p1", "label": "P", "displayOrder": 1, "stages": [{"id": "s1", "label": "S", "displayOrder": 0, "metadata": {"probability": "1.0"}}]})}]
    hub.take_metadata(document)
    entries = len(hub.journal)

    assert hub.take_metadata(document) == ("2-777", "contacts", "deals")
    assert len(hub.journal) == entries


def test_custom_objects_keep_the_ids_and_names_of_the_portal(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    hub.take_metadata(results(CAR))
    tie = {"to": {"id": bob}, "types": [{"associationCategory": "USER_DEFINED", "associationTypeId": 61}]}

    made = api.post("/crm/v3/objects/p99_car", json={"properties": {"plate": "X"}, "associations": [tie]})

    assert made.status_code == 201, made.text
    back = api.get(f"/crm/v4/objects/contacts/{bob}/associations/2-777").json()["results"]
    assert [(r["toObjectId"], r["associationTypes"][0]["typeId"]) for r in back] == [(int(made.json()["id"]), 62)]
    assert api.post("/crm/v3/objects/2-777", json={"properties": {}}).json()["context"] == {"properties": ["plate"]}
    assert [s["objectTypeId"] for s in api.get("/crm/v3/schemas").json()["results"]] == ["2-777"]


def test_pipelines_validation_rules_and_required_properties_come_along(hub: Hubspot, api: httpx.Client) -> None:
    hub.take_metadata([
        {"objectType": "contacts", **results({**TIER, "required": True})},
        {"objectType": "0-1", **results({"propertyName": "zip", "propertyValidationRules": [
            {"ruleType": "ALPHANUMERIC", "ruleArguments": ["NUMERIC_ONLY"]}]})},
        {"deals": results({"id": "p1", "label": "P", "displayOrder": 1, "stages": [{"id": "s1", "metadata": {"isClosed": "false"}}]})},
    ])

    assert api.post("/crm/v3/objects/contacts", json={"properties": {"zip": "a"}}).status_code == 400
    deal = {"properties": {"dealname": "D", "pipeline": "p1", "dealstage": "s1"}}
    assert api.post("/crm/v3/objects/deals", json=deal).status_code == 201
    assert api.post("/crm/objects/2026-09/contacts", json={"properties": {"zip": "1"}}).json()["context"] == {"properties": ["tier"]}


@pytest.mark.parametrize(("document", "message"), [
    (None, "is not metadata"), ("text", "is not metadata"), ([], "holds no metadata"), ({}, "holds no metadata"),
    (results(TIER), "not clear which object type"), ({"parcels": results(TIER)}, "called `parcels`"),
    ({"orders": results(TIER)}, "is not mocked"), ({"2-5": results(TIER)}, "give the schema"),
    ({"contacts": results({**TIER, "type": "colour"})}, r"contacts.results\[0\] \(tier\): type `colour`"),
    ({"contacts": results({**TIER, "fieldType": "slider"})}, "fieldType `slider`"),
    ({"contacts": results({"label": "x"})}, "`name` is needed"), ({"contacts": results(7)}, "list of JSON objects"),
    ({"contacts": results({**TIER, "options": [{}]})}, r"options\[0\]"), ({"contacts": results({**TIER, "options": 5})}, "must be a list"),
    ({**CAR, "objectTypeId": "0-1"}, "custom object"), ({**CAR, "requiredProperties": ["wheels"]}, "wheels"),
    (results({"id": "p", "stages": []}), "whose pipelines"), (results({"propertyValidationRules": []}), "whose validation rules"),
    ({"deals": results({"stages": [{}]})}, "not a pipeline"), ({"contacts": 5}, "contacts is not metadata"),
    ({"contacts": results({"propertyName": "zip", "propertyValidationRules": [{"ruleType": "MAX_NUMBER", "ruleArguments": ["1"]}]})}, "does not apply"),
])
def test_what_cannot_be_read_is_refused_with_its_place(hub: Hubspot, document: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        hub.take_metadata(document)
    assert [c for c in hub.journal.changes() if c.kind in ("properties", "schemas", "pipelines")] == []


def test_whose_properties_they_are_is_told_by_their_names(api: httpx.Client, hub: Hubspot) -> None:
    for kind in ("contacts", "companies", "deals", "tickets", "notes", "quotes", "leads"):
        document = api.get(f"/crm/v3/properties/{kind}").json()
        assert Hubspot(World(3, Clock(1))).take_metadata(document) == (kind,)
    v2 = [{**TIER}, *({"name": n, "type": "string", "fieldType": "text", "groupName": "g"} for n in ("email", "firstname", "lastname"))]
    assert hub.take_metadata(v2) == ("contacts",)
