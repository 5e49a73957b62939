"""The property API, and what custom properties do to records."""

from __future__ import annotations

import httpx
import pytest
from hubspot import HubSpot
from hubspot.crm.properties import ApiException, PropertyCreate
from syncproof_mocks.dialect import DeskError
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.schema import FieldInfo, FieldType, Option

ROOT = "/crm/v3/properties/contacts"
TIER = {"name": "tier", "label": "Tier", "type": "enumeration", "fieldType": "select", "groupName": "contactinformation",
        "options": [{"label": "Gold", "value": "gold"}]}


def test_the_defaults_that_clients_need_are_there(api: httpx.Client) -> None:
    wanted = {
        "contacts": {"createdate", "email", "firstname", "lastname", "hs_object_id", "lastmodifieddate", "hs_email_optout"},
        "companies": {"name", "domain", "createdate", "hs_lastmodifieddate", "hs_object_id"},
        "deals": {"amount", "closedate", "dealname", "dealstage", "pipeline", "hs_lastmodifieddate", "hs_object_id"},
    }
    for kind, names in wanted.items():
        found = api.get(f"/crm/v3/properties/{kind}").json()
        assert names <= {p["name"] for p in found["results"]}
        assert "paging" not in found


def test_each_subscription_type_has_its_opt_out_property(hub: Hubspot, api: httpx.Client) -> None:
    hub.add_subscription("Newsletter")
    names = {p["name"] for p in api.get("/crm/v3/properties/contact").json()["results"]}

    assert {t.optout_property for t in hub.subscription_types} <= names


def test_definitions_say_what_may_be_written(sdk: HubSpot) -> None:
    found = sdk.crm.properties.core_api.get_by_name("contacts", "hs_email_optout")

    assert found.modification_metadata.read_only_value is True
    assert found.hubspot_defined is True
    assert [o.value for o in found.options] == ["true", "false"]


def test_a_property_that_was_added_can_be_written(sdk: HubSpot, api: httpx.Client, bob: str) -> None:
    made = sdk.crm.properties.core_api.create("contacts", PropertyCreate(
        name="tier", label="Tier", type="enumeration", field_type="select", group_name="contactinformation",
        options=[{"label": "Gold", "value": "gold", "displayOrder": 0, "hidden": False}],
    ))
    assert made.name == "tier"
    path = f"/crm/v3/objects/contacts/{bob}"
    assert api.patch(path, json={"properties": {"tier": "gold"}}).json()["properties"]["tier"] == "gold"
    assert api.patch(path, json={"properties": {"tier": "silver"}}).status_code == 400
    with pytest.raises(ApiException) as error:
        sdk.crm.properties.core_api.create("contacts", PropertyCreate(
            name="tier", label="T", type="string", field_type="text", group_name="contactinformation"))
    assert error.value.status == 409


def test_an_archived_property_is_gone_for_reading_and_writing(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    snapshot = hub.store.snapshot()
    api.post(ROOT, json=TIER)
    api.patch(f"/crm/v3/objects/contacts/{bob}", json={"properties": {"tier": "gold"}})
    assert api.delete(f"{ROOT}/tier").status_code == 204

    assert "tier" not in api.get(f"/crm/v3/objects/contacts/{bob}?properties=tier").json()["properties"]
    assert api.patch(f"/crm/v3/objects/contacts/{bob}", json={"properties": {"tier": "gold"}}).status_code == 400
    assert [p["name"] for p in api.get(f"{ROOT}?archived=true").json()["results"]] == ["tier"]
    hub.store.restore(snapshot)
    assert api.get(f"{ROOT}?archived=true").json()["results"] == []


def test_options_may_be_added_and_taken_away(api: httpx.Client, bob: str) -> None:
    api.post(ROOT, json=TIER)
    path = f"/crm/v3/objects/contacts/{bob}"
    assert api.patch(f"{ROOT}/tier", json={"options": [{"label": "Silver", "value": "silver"}]}).status_code == 200

    assert api.patch(path, json={"properties": {"tier": "silver"}}).status_code == 200
    assert api.patch(path, json={"properties": {"tier": "gold"}}).status_code == 400


def test_what_the_vendor_defines_stays(api: httpx.Client) -> None:
    assert api.delete(f"{ROOT}/email").status_code == 400
    assert api.patch(f"{ROOT}/email", json={"label": "E"}).status_code == 400
    assert api.get(f"{ROOT}/nope").json()["category"] == "OBJECT_NOT_FOUND"


@pytest.mark.parametrize("change", [{"name": "Upper"}, {"fieldType": "text"}, {"type": "colour"}, {"groupName": "nope"},
                                    {"label": ""}])
def test_a_definition_that_cannot_be_is_refused(api: httpx.Client, change: dict[str, str]) -> None:
    assert api.post(ROOT, json={**TIER, **change}).status_code == 400


def test_batches_report_what_is_missing(api: httpx.Client) -> None:
    found = api.post(f"{ROOT}/batch/read", json={"inputs": [{"name": "email"}, {"name": "nope"}], "archived": False})

    assert found.status_code == 207
    assert ([p["name"] for p in found.json()["results"]], found.json()["numErrors"]) == (["email"], 1)
    assert api.post(f"{ROOT}/batch/create", json={"inputs": [TIER]}).status_code == 201
    assert api.post(f"{ROOT}/batch/archive", json={"inputs": [{"name": "tier"}]}).status_code == 204


def test_groups_can_be_listed_and_added(api: httpx.Client) -> None:
    assert api.post(f"{ROOT}/groups", json={"name": "sync", "label": "Sync"}).status_code == 201
    assert api.get(f"{ROOT}/groups/sync").json()["label"] == "Sync"
    assert api.post(f"{ROOT}/groups", json={"name": "sync", "label": "Sync"}).status_code == 409
    assert api.post(ROOT, json={**TIER, "groupName": "sync"}).json()["groupName"] == "sync"


def test_a_unique_property_identifies_records(hub: Hubspot, api: httpx.Client, acme: str) -> None:
    hub.add_field("companies", FieldInfo("tax_id", "Tax ID", FieldType.TEXT, "string", unique=True))
    root = "/crm/v3/objects/companies"
    api.patch(f"{root}/{acme}", json={"properties": {"tax_id": "PL123"}})

    assert api.get(f"{root}/PL123?idProperty=tax_id").json()["id"] == acme
    taken = api.post(root, json={"properties": {"name": "Other", "tax_id": "pl123"}})
    assert (taken.status_code, f"{acme} already has that value." in taken.json()["message"]) == (400, True)
    upserted = api.post(f"{root}/batch/upsert", json={"inputs": [
        {"id": "PL123", "idProperty": "tax_id", "properties": {"city": "Brno"}},
        {"id": "PL999", "idProperty": "tax_id", "properties": {"name": "New"}},
    ]}).json()["results"]
    assert [(r["id"] == acme, r["new"]) for r in upserted] == [(True, False), (False, True)]
    assert upserted[1]["properties"]["tax_id"] == "PL999"
    assert api.get(f"{root}/x?idProperty=city").status_code == 400


def test_fields_added_by_an_administrator_show_in_the_schema(hub: Hubspot) -> None:
    options = (Option("a", "A"), Option("b", "B", active=False))
    hub.add_field("contacts", FieldInfo("interests", "Interests", FieldType.MULTI_PICKLIST, "enumeration", options=options))
    found = hub.schema("contacts")["interests"]

    assert (found.type, found.options, found.restricted, found.custom) == (FieldType.MULTI_PICKLIST, options, True, True)
    schema = hub.schema("contacts")
    assert (schema["email"].type, schema["phone"].type) == (FieldType.EMAIL, FieldType.PHONE)
    assert (schema["hs_email_optout"].updateable, schema["hs_email_optout"].type) == (False, FieldType.BOOLEAN)
    assert schema["hubspot_owner_id"].reference_to == ("owners",)
    with pytest.raises(DeskError, match="already"):
        hub.add_field("contacts", FieldInfo("interests", "I", FieldType.TEXT, "string"))
    with pytest.raises(DeskError, match="no property type"):
        hub.add_field("contacts", FieldInfo("other", "O", FieldType.TEXT, "colour"))


@pytest.mark.parametrize("more", [{"dataSensitivity": "sensitive"}, {"type": "number", "fieldType": "calculation_equation"}])
def test_properties_that_cannot_be_mocked_are_refused_loudly(api: httpx.Client, more: dict[str, str]) -> None:
    body = {"name": "secret", "label": "S", "type": "string", "fieldType": "text", "groupName": "contactinformation", **more}

    refused = api.post("/crm/v3/properties/contacts", json=body)

    assert (refused.status_code, "not mocked" in refused.headers["x-syncproof-hint"]) == (400, True)
    assert api.get("/crm/v3/properties/contacts/secret").status_code == 404
    assert api.get("/crm/v3/properties/contacts?dataSensitivity=sensitive").json() == {"results": []}
