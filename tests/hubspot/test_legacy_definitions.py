"""Definitions, pipelines, owners and the account in the older words."""

from __future__ import annotations

import httpx
import pytest
from syncproof_mocks.ma.hubspot import Hubspot


@pytest.mark.parametrize(("path", "wanted"), [
    ("/properties/v2/contact/properties", "email"), ("/properties/v2/contacts/properties", "email"),
    ("/properties/v2/company/properties", "domain"), ("/properties/v1/deals/properties", "dealstage"),
    ("/companies/v2/properties", "domain"), ("/contacts/v2/properties", "email"), ("/properties/v2/0-3/properties/", "dealname"),
])
def test_every_family_of_paths_shows_an_array_of_definitions(api: httpx.Client, path: str, wanted: str) -> None:
    found = {p["name"]: p for p in api.get(path).json()}

    assert {"name", "label", "type", "fieldType", "options", "groupName", "hubspotDefined", "deleted", "readOnlyValue",
            "calculated"} <= set(found[wanted])
    assert isinstance(found[wanted]["createdAt"], int)


def test_one_definition_and_one_group_by_name(api: httpx.Client) -> None:
    assert api.get("/properties/v1/contacts/properties/named/lifecyclestage").json()["type"] == "enumeration"
    missing = api.get("/properties/v1/contacts/properties/named/x")
    assert (missing.status_code, missing.json()["message"]) == (404, "Couldn't find a Property with the given name 'x'")
    assert missing.json()["propertiesErrorCode"] == "PROPERTY_NOT_FOUND"

    group = api.get("/properties/v1/contacts/groups/named/contactinformation?includeProperties=true").json()
    assert "email" in {p["name"] for p in group["properties"]}
    assert api.get("/properties/v1/contacts/groups/named/x").json()["groupsErrorCode"] == "GROUP_NOT_FOUND"
    assert "contactinformation" in {g["name"] for g in api.get("/contacts/v2/groups").json()}


def test_a_property_is_added_changed_and_deleted_through_the_rules_of_v3(api: httpx.Client) -> None:
    new = {"name": "crm_id", "label": "CRM", "type": "string", "fieldType": "text", "groupName": "contactinformation"}

    made = api.post("/properties/v1/contacts/properties", json=new)
    assert (made.status_code, made.json()["name"], made.json()["hubspotDefined"]) == (200, "crm_id", False)
    assert api.post("/properties/v2/contacts/properties", json=new).status_code == 409
    path = "/properties/v1/contacts/properties/named/crm_id"
    assert api.put(path, json={**new, "label": "CRM id"}).json()["label"] == "CRM id"
    assert api.get("/crm/v3/properties/contacts/crm_id").json()["label"] == "CRM id"
    assert api.put(path, json={**new, "name": "other"}).status_code == 400
    assert api.delete("/properties/v1/contacts/properties/named/email").status_code == 400
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.post("/properties/v1/contacts/properties", json=[]).status_code == 400


def test_pipelines_in_both_shapes(api: httpx.Client) -> None:
    (one,) = api.get("/crm-pipelines/v1/pipelines/deals").json()["results"]
    (two,) = api.get("/deals/v1/pipelines").json()

    assert (one["pipelineId"], one["stages"][0]["stageId"], one["active"]) == ("default", "appointmentscheduled", True)
    won = next(s for s in two["stages"] if s["stageId"] == "closedwon")
    assert (two["pipelineId"], won["probability"], won["closedWon"]) == ("default", 1.0, True)
    assert api.get("/deals/v1/pipelines/default").json() == two
    assert api.get("/deals/v1/pipelines/nope").status_code == 404
    assert api.get("/crm-pipelines/v1/pipelines/nope").status_code == 400


def test_owners_v2_is_gone_and_says_what_to_use(hub: Hubspot, api: httpx.Client) -> None:
    owner = hub.seed_owner("Pat", "W", "pat@acme.com")
    hub.seed_owner("Old", "W", "old@acme.com", active=False)

    gone = api.get("/owners/v2/owners")
    assert (gone.status_code, "GET /crm/v3/owners" in gone.headers["x-syncproof-hint"]) == (404, True)
    hub.switch("legacy_owners_v2", "alive")
    assert [o["ownerId"] for o in api.get("/owners/v2/owners").json()] == [int(owner)]
    assert len(api.get("/owners/v2/owners?includeInactive=true").json()) == 2
    assert api.get(f"/owners/v2/owners/{owner}").json()["email"] == "pat@acme.com"
    assert api.get("/owners/v2/owners/1").status_code == 404


def test_the_account_tells_older_tools_who_it_is(hub: Hubspot, api: httpx.Client) -> None:
    assert api.get("/integrations/v1/me").json()["portalId"] == hub.portal_id
    (usage,) = api.get("/integrations/v1/limit/daily").json()
    assert (usage["currentUsage"], usage["fetchStatus"]) == (2, "SUCCESS")
    assert httpx.get(f"{hub.base_url}/integrations/v1/me?hapikey=x", verify=False).status_code == 401
