"""Records one at a time, driven by the vendor's client: probes 1 to 6 of research/hubspot.md section 5."""

from __future__ import annotations

import json

import httpx
import pytest
from hubspot import HubSpot
from hubspot.crm.contacts import ApiException, SimplePublicObjectInput, SimplePublicObjectInputForCreate
from syncproof_mocks.ma.hubspot import Hubspot

from .conftest import START_MS


def create(sdk: HubSpot, **properties: str) -> str:
    body = SimplePublicObjectInputForCreate(properties=properties, associations=[])
    return str(sdk.crm.contacts.basic_api.create(body).id)


def update(sdk: HubSpot, contact_id: str, **properties: str) -> dict[str, str]:
    body = SimplePublicObjectInput(properties=properties)
    found: dict[str, str] = sdk.crm.contacts.basic_api.update(contact_id, body).properties
    return found


def refusal(error: pytest.ExceptionInfo[ApiException]) -> dict[str, object]:
    found: dict[str, object] = json.loads(error.value.body)
    return found


def test_a_created_contact_has_the_computed_properties(sdk: HubSpot) -> None:
    body = SimplePublicObjectInputForCreate(properties={"email": "New@Acme.com"}, associations=[])
    made = sdk.crm.contacts.basic_api.create(body)

    assert made.id.isdigit()
    assert made.properties["email"] == "new@acme.com"
    assert made.properties["hs_object_id"] == made.id
    assert made.properties["lifecyclestage"] == "lead"
    assert made.properties["createdate"] == "2026-09-21T14:13:20.000Z"
    assert made.properties["hs_email_domain"] == "acme.com"


def test_create_answers_201_with_a_location(api: httpx.Client) -> None:
    made = api.post("/crm/v3/objects/contacts", json={"properties": {"firstname": "Bob"}})

    assert made.status_code == 201
    assert made.headers["location"].endswith(f"/crm/v3/objects/contacts/{made.json()['id']}")
    assert made.headers["x-hubspot-correlation-id"]
    assert list(made.json()["properties"]) == sorted(made.json()["properties"])


def test_a_second_contact_with_the_same_address_is_a_conflict(sdk: HubSpot) -> None:
    contact_id = create(sdk, email="New@Acme.com")

    with pytest.raises(ApiException) as error:
        create(sdk, email="NEW@ACME.COM")

    assert error.value.status == 409
    assert refusal(error)["message"] == f"Contact already exists. Existing ID: {contact_id}"
    assert refusal(error)["category"] == "CONFLICT"


def test_a_secondary_address_is_taken_too(hub: Hubspot, sdk: HubSpot) -> None:
    values = {"email": "a@acme.com", "hs_additional_emails": "b@acme.com;c@acme.com"}
    owner = hub.seed("contacts", values, created_ms=START_MS, modified_ms=START_MS)

    with pytest.raises(ApiException) as error:
        create(sdk, email="C@acme.com")

    assert refusal(error)["message"] == f"Contact already exists. Existing ID: {owner.id}"
    assert sdk.crm.contacts.basic_api.get_by_id("b@acme.com", id_property="email").id == owner.id


def test_reading_by_email_shows_what_was_asked_and_leaves_out_the_unknown(sdk: HubSpot, bob: str) -> None:
    found = sdk.crm.contacts.basic_api.get_by_id("bob@acme.com", id_property="email", properties=["firstname", "nope", "phone"])

    assert found.id == bob
    assert found.properties["phone"] is None
    assert found.properties["firstname"] == "Bob"
    assert set(found.properties) == {"firstname", "phone", "createdate", "hs_object_id", "lastmodifieddate"}


def test_all_unknown_properties_are_refused_at_once(api: httpx.Client, bob: str) -> None:
    found = api.patch(f"/crm/v3/objects/contacts/{bob}", json={"properties": {"nope": "1", "industry_x": "2", "city": "x"}})

    body = found.json()
    assert found.status_code == 400
    assert [(e["code"], e["context"]["propertyName"]) for e in body["errors"]] == [
        ("PROPERTY_DOESNT_EXIST", ["nope"]), ("PROPERTY_DOESNT_EXIST", ["industry_x"]),
    ]
    assert body["message"].startswith("Property values were not valid: [{")
    listed = json.loads(body["message"].partition(": ")[2])
    assert [p["name"] for p in listed] == ["nope", "industry_x"]
    assert api.get(f"/crm/v3/objects/contacts/{bob}?properties=city").json()["properties"]["city"] is None


@pytest.mark.parametrize(("name", "value", "code"), [
    ("email", "a@b.invalidtld", "INVALID_EMAIL"), ("email", "x@y.test", "INVALID_EMAIL"),
    ("hs_email_optout", "true", "READ_ONLY_VALUE"), ("hs_object_id", "5", "READ_ONLY_VALUE"),
    ("lifecyclestage", "nonsense", "INVALID_OPTION"), ("closedate", "soon", "INVALID_LONG"),
    ("hubspot_owner_id", "404", "INVALID_OPTION"),
])
def test_a_bad_value_is_refused_with_its_code(sdk: HubSpot, bob: str, name: str, value: str, code: str) -> None:
    with pytest.raises(ApiException) as error:
        update(sdk, bob, **{name: value})

    assert error.value.status == 400
    assert refusal(error)["category"] == "VALIDATION_ERROR"
    assert refusal(error)["errors"][0]["code"] == code  # type: ignore[index]


def test_a_lifecycle_stage_goes_back_only_after_it_was_cleared(sdk: HubSpot, bob: str) -> None:
    def stage() -> str:
        return str(sdk.crm.contacts.basic_api.get_by_id(bob, properties=["lifecyclestage"]).properties["lifecyclestage"])

    update(sdk, bob, lifecyclestage="lead")
    assert stage() == "customer"
    update(sdk, bob, lifecyclestage="")
    assert stage() == ""
    update(sdk, bob, lifecyclestage="lead")
    assert stage() == "lead"


def test_taking_anothers_address_is_a_unique_conflict(hub: Hubspot, sdk: HubSpot, bob: str) -> None:
    other = create(sdk, email="ann@acme.com")

    with pytest.raises(ApiException) as error:
        update(sdk, other, email="BOB@acme.com")

    assert error.value.status == 400
    assert refusal(error)["message"] == (
        f"Cannot set PropertyValueCoordinates{{portalId={hub.portal_id}, objectTypeId=ObjectTypeId{{legacyObjectType=CONTACT}}, "
        f"propertyName=email, value=bob@acme.com}} on {other}. {bob} already has that value."
    )


def test_the_stamp_moves_only_when_a_value_changes(hub: Hubspot, sdk: HubSpot, bob: str) -> None:
    before = sdk.crm.contacts.basic_api.get_by_id(bob).properties["lastmodifieddate"]

    hub.clock.move(5)
    assert update(sdk, bob, firstname="Bob")["lastmodifieddate"] == before
    assert update(sdk, bob, firstname="Rob")["lastmodifieddate"] == "2026-09-21T14:13:25.000Z"


def test_a_cleared_value_is_blank_and_null_clears_too(api: httpx.Client, bob: str) -> None:
    path = f"/crm/v3/objects/contacts/{bob}"

    assert api.patch(path, json={"properties": {"firstname": ""}}).json()["properties"]["firstname"] == ""
    assert api.patch(path, json={"properties": {"city": "Brno", "zip": 60200}}).json()["properties"]["zip"] == "60200"
    assert api.patch(path, json={"properties": {"city": None}}).json()["properties"]["city"] == ""


def test_an_archived_contact_is_hidden_and_frees_its_address(sdk: HubSpot, api: httpx.Client, bob: str) -> None:
    for _ in range(2):
        assert api.delete(f"/crm/v3/objects/contacts/{bob}").status_code == 204

    assert api.get(f"/crm/v3/objects/contacts/{bob}").status_code == 404
    gone = api.get(f"/crm/v3/objects/contacts/{bob}?archived=true").json()
    assert (gone["archived"], "archivedAt" in gone) == (True, True)
    assert create(sdk, email="bob@acme.com") != bob


def test_ids_that_lead_nowhere_are_told_apart(api: httpx.Client) -> None:
    thin = api.get("/crm/v3/objects/contacts/999").json()
    assert (thin["message"], "category" in thin) == ("resource not found", False)
    loud = api.get("/crm/v3/objects/contacts/abc").json()
    assert loud["message"] == "Object not found.  objectId are usually numeric."
    assert loud["context"] == {"id": ["abc"]}


def test_history_tells_who_wrote_what_newest_first(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    hub.clock.move(10)
    hub.desk_edit("contacts", bob, {"firstname": "Robert"})
    hub.clock.move(10)
    api.patch(f"/crm/v3/objects/contacts/{bob}", json={"properties": {"firstname": "Rob"}})

    found = api.get(f"/crm/v3/objects/contacts/{bob}?propertiesWithHistory=firstname,city").json()
    entries = [(v["value"], v["sourceType"], v["timestamp"]) for v in found["propertiesWithHistory"]["firstname"]]
    assert entries == [
        ("Rob", "INTEGRATION", "2026-09-21T14:13:40.000Z"), ("Robert", "CRM_UI", "2026-09-21T14:13:30.000Z"),
        ("Bob", "INTEGRATION", "2026-09-21T14:13:19.000Z"),
    ]
    assert found["propertiesWithHistory"]["city"] == []
    assert "#history" not in found["properties"]


@pytest.mark.parametrize("path", [
    "/crm/v3/objects/0-1/{}", "/crm/v3/objects/CONTACT/{}", "/crm/objects/v3/contact/{}", "/crm/objects/2026-03/contacts/{}",
    "/crm/objects/2026-09/contacts/{}/",
])
def test_every_spelling_of_a_path_finds_the_same_record(api: httpx.Client, bob: str, path: str) -> None:
    assert api.get(path.format(bob)).json()["id"] == bob
