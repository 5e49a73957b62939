"""The requests that real connectors were seen to send (research `hubspot.md` 1.13), sent as they were, and what each reads."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.ma.hubspot import Hubspot
from tests.hubspot.conftest import START_MS

DAY_MS = 86_400_000


@pytest.fixture
def airbyte(api: httpx.Client) -> httpx.Client:
    """Airbyte's source: its User-Agent, `Content-Type` on GET as well."""
    api.headers.update({"user-agent": "Airbyte", "content-type": "application/json"})
    return api


def good(found: httpx.Response) -> Any:
    assert found.status_code == 200, found.text
    return found.json()


def test_airbyte_checks_its_connection(airbyte: httpx.Client) -> None:
    found = good(airbyte.get("/properties/v2/contact/properties"))

    assert {"email", "lastmodifieddate"} <= {p["name"] for p in found}
    assert airbyte.get("/properties/v2/contact/properties", headers={"authorization": "Bearer x"}).status_code == 401


def test_airbyte_discovers(airbyte: httpx.Client) -> None:
    assert good(airbyte.get("/crm/v3/schemas"))["results"] == []
    for entity in ("contact", "company", "deal", "ticket", "line_item", "product", "quote", "lead", "call", "email", "meeting",
                   "note", "task", "form"):
        found = good(airbyte.get(f"/properties/v2/{entity}/properties"))
        assert isinstance(found, list)
        assert (entity == "form") or {"name", "type"} <= set(found[0]), entity


def test_airbyte_reads_contacts_page_by_page_with_associations(airbyte: httpx.Client, hub: Hubspot, bob: str, acme: str) -> None:
    hub.seed_association(bob, acme)
    for number in range(100):
        hub.seed("contacts", {"email": f"p{number}@acme.com"}, created_ms=START_MS, modified_ms=START_MS)
    query = "archived=false&associations=contacts&associations=companies&properties=email,firstname,hs_object_id&limit=100"

    page = good(airbyte.get(f"/crm/v3/objects/contact?{query}"))
    rest = good(airbyte.get(f"/crm/v3/objects/contact?{query}&after={page['paging']['next']['after']}"))

    assert (len(page["results"]), len(rest["results"]), "paging" in rest) == (100, 1, False)
    assert page["results"][0]["associations"]["companies"]["results"][0]["id"] == acme
    assert "associations" not in rest["results"][0]


def test_airbyte_reads_history_with_a_parameter_that_means_nothing(airbyte: httpx.Client, bob: str) -> None:
    query = "archived=false&propertyMode=value_and_history&propertiesWithHistory=email,lifecyclestage&limit=50"

    (found,) = good(airbyte.get(f"/crm/v3/objects/contacts?{query}"))["results"]

    assert [v["value"] for v in found["propertiesWithHistory"]["lifecyclestage"]] == ["customer"]


def test_airbyte_reads_deals_with_line_items(airbyte: httpx.Client, hub: Hubspot) -> None:
    hub.seed("deals", {"dealname": "D", "dealstage": "closedwon", "pipeline": "default"}, created_ms=START_MS, modified_ms=START_MS)
    query = "archived=false&associations=companies&associations=contacts&associations=line_items&properties=dealname&limit=100"

    assert good(airbyte.get(f"/crm/v3/objects/deal?{query}"))["results"][0]["properties"]["dealname"] == "D"


def test_airbyte_searches_with_filters_at_the_root_and_a_number_as_cursor(airbyte: httpx.Client, bob: str) -> None:
    found = good(airbyte.post("/crm/v3/objects/contact/search", json={
        "limit": 200, "after": 0, "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
        "filters": [{"propertyName": "lastmodifieddate", "operator": "GTE", "value": START_MS - DAY_MS},
                    {"propertyName": "hs_object_id", "operator": "GTE", "value": 0}],
        "properties": ["email"],
    }))

    assert [r["id"] for r in found["results"]] == [bob]


def test_airbyte_reads_the_email_events_of_a_window_of_thirty_days(airbyte: httpx.Client, hub: Hubspot, bob: str, newsletter: str) -> None:
    airbyte.post("/communication-preferences/v3/unsubscribe", json={"emailAddress": "bob@acme.com", "subscriptionId": newsletter})
    window = f"startTimestamp={START_MS - 30 * DAY_MS}&endTimestamp={START_MS + DAY_MS}"
    root = "/email/public/v1"

    assert good(airbyte.get(f"{root}/campaigns?limit=500"))["campaigns"] == []
    assert newsletter in {str(d["id"]) for d in good(airbyte.get(f"{root}/subscriptions"))["subscriptionDefinitions"]}
    events = good(airbyte.get(f"{root}/events?limit=1000&{window}"))
    assert events["hasMore"] is False
    assert {e["recipient"] for e in events["events"]} <= {"bob@acme.com"}
    timeline = good(airbyte.get(f"{root}/subscriptions/timeline?limit=1000&{window}"))
    assert [(t["recipient"], t["changes"][0]["change"]) for t in timeline["timeline"]] == [("bob@acme.com", "UNSUBSCRIBED")]


def test_airbyte_reads_lists_engagements_owners_and_forms(airbyte: httpx.Client, hub: Hubspot) -> None:
    owner = hub.seed_owner("Pat", "W", "pat@acme.com")
    airbyte.post("/crm/v3/lists", json={"name": "L", "objectTypeId": "0-1", "processingType": "MANUAL"})
    airbyte.post("/crm/v3/objects/notes", json={"properties": {"hs_timestamp": START_MS, "hs_note_body": "x"}})

    lists = good(airbyte.post("/crm/v3/lists/search", json={"count": 1000}))
    assert ([item["name"] for item in lists["lists"]], lists["hasMore"]) == (["L"], False)
    (note,) = good(airbyte.get("/engagements/v1/engagements/paged?count=250"))["results"]
    assert (note["engagement"]["type"], note["metadata"]["body"]) == ("NOTE", "x")
    assert owner in {o["id"] for o in good(airbyte.get("/crm/v3/owners?limit=100"))["results"]}
    forms = "formTypes=hubspot&formTypes=captured&formTypes=flow&limit=100"
    assert good(airbyte.get(f"/marketing/v3/forms?{forms}"))["results"] == []


@pytest.mark.parametrize(("path", "wanted"), [
    ("/crm/v3/properties/contacts", "email"), ("/properties/v1/deals/properties", "dealname"), ("/crm/v3/properties/deals", "dealname"),
    ("/companies/v2/properties", "domain"), ("/crm/v3/properties/tickets", "subject"),
])
def test_tap_hubspot_discovers(api: httpx.Client, path: str, wanted: str) -> None:
    found = good(api.get(path))
    listed = found if isinstance(found, list) else found["results"]

    assert {"name", "type"} <= set(listed[0])
    assert wanted in {p["name"] for p in listed}
    assert good(api.get("/crm/v3/schemas"))["results"] == []


def test_grouparoo_and_n8n_create_or_update_and_ask_who_they_are(api: httpx.Client, hub: Hubspot) -> None:
    body = {"properties": [{"property": "firstname", "value": "Ann"}]}

    # n8n sends a body on GET too, and parameters that mean nothing.
    found = good(api.post("/contacts/v1/contact/createOrUpdate/email/ann@acme.com?x=1", json=body))
    assert (found["isNew"], str(found["vid"]) in {r.id for r in hub.store.rows("contacts")}) == (True, True)
    profile = api.request("GET", f"/contacts/v1/contact/vid/{found['vid']}/profile?property=firstname", json={})
    assert good(profile)["properties"]["firstname"]["value"] == "Ann"
    assert good(api.get("/integrations/v1/me"))["portalId"] == hub.portal_id


def test_hubspot3_ends_every_url_with_a_question_mark(api: httpx.Client, hub: Hubspot, bob: str) -> None:
    found = httpx.get(f"{hub.base_url}/contacts/v1/contact/vid/{bob}/profile?", headers=api.headers, verify=False)

    assert good(found)["vid"] == int(bob)
