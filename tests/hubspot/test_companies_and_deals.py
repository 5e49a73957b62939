"""Companies, deals, their pipelines, and owners: sections 3.2, 3.3, 3.17."""

from __future__ import annotations

import httpx
import pytest
from hubspot import HubSpot
from syncproof_mocks.ma.hubspot import Hubspot


def test_two_companies_may_have_one_domain(api: httpx.Client, acme: str) -> None:
    made = api.post("/crm/v3/objects/companies", json={"properties": {"domain": "https://www.Acme.com/x"}})

    values = made.json()["properties"]
    assert made.status_code == 201
    assert (values["domain"], values["website"]) == ("acme.com", "acme.com")
    assert made.json()["id"] != acme
    assert made.json()["updatedAt"] == values["hs_lastmodifieddate"]


def test_a_company_needs_a_name_or_a_domain(api: httpx.Client) -> None:
    found = api.post("/crm/v3/objects/companies", json={"properties": {"city": "Brno"}})

    assert found.json()["message"] == "Error creating COMPANY. Some required properties were not set."
    assert found.json()["context"] == {"properties": ["name", "domain"]}


def test_a_company_without_a_stage_gets_none(api: httpx.Client) -> None:
    made = api.post("/crm/v3/objects/companies", json={"properties": {"name": "Acme"}}).json()

    assert "lifecyclestage" not in made["properties"]


def test_a_deal_gets_the_default_pipeline_and_its_stage_says_whether_it_is_closed(api: httpx.Client) -> None:
    made = api.post("/crm/v3/objects/deals", json={"properties": {"dealname": "D", "dealstage": "contractsent", "amount": 5}})
    assert (made.json()["properties"]["pipeline"], made.json()["properties"]["hs_is_closed"]) == ("default", "false")

    won = api.patch(f"/crm/v3/objects/deals/{made.json()['id']}", json={"properties": {"dealstage": "closedwon"}})
    assert (won.json()["properties"]["hs_is_closed"], won.json()["properties"]["hs_is_closed_won"]) == ("true", "true")


@pytest.mark.parametrize(("properties", "message"), [
    ({"dealname": "D"}, "Error creating DEAL. Some required properties were not set."),
    ({"dealname": "D", "dealstage": "registered"}, "registered is not a valid pipeline stage ID. Valid options are: [Pipeline: "
     "default; stages: appointmentscheduled, qualifiedtobuy, presentationscheduled, decisionmakerboughtin, contractsent, "
     "closedwon, closedlost]"),
    ({"dealname": "D", "dealstage": "closedwon", "pipeline": "x"}, "x is not a valid pipeline ID. Valid options are: [default]"),
])
def test_a_deal_that_cannot_be_is_refused(api: httpx.Client, properties: dict[str, str], message: str) -> None:
    found = api.post("/crm/v3/objects/deals", json={"properties": properties})

    assert (found.status_code, found.json()["message"]) == (400, message)


def test_pipelines_can_be_looked_up(sdk: HubSpot, api: httpx.Client) -> None:
    found = sdk.crm.pipelines.pipelines_api.get_all("deals").results

    assert [p.id for p in found] == ["default"]
    assert [s.id for s in found[0].stages][-2:] == ["closedwon", "closedlost"]
    assert api.get("/crm/v3/pipelines/deals/default/stages/closedwon").json()["metadata"] == {"isClosed": "true",
                                                                                              "probability": "1.0"}
    assert api.get("/crm/v3/pipelines/deals/none").status_code == 404


def test_owners_are_found_by_address_id_and_user(hub: Hubspot, sdk: HubSpot, api: httpx.Client) -> None:
    owner_id = hub.seed_owner("Ada", "Byron", "Ada@example.com", True)
    gone = hub.seed_owner("Bob", "Gone", "gone@example.com", False)

    page = sdk.crm.owners.owners_api.get_page(email="ada@example.com")
    assert [(o.id, o.first_name, o.email) for o in page.results] == [(owner_id, "Ada", "ada@example.com")]
    user_id = page.results[0].user_id
    assert api.get(f"/crm/v3/owners/{user_id}?idProperty=userId").json()["id"] == owner_id
    assert [o["id"] for o in api.get("/crm/v3/owners/?archived=true").json()["results"]] == [gone]
    assert api.get(f"/crm/v3/owners/{gone}").status_code == 404


def test_owners_come_in_pages(hub: Hubspot, api: httpx.Client) -> None:
    ids = [hub.seed_owner("A", str(n), f"o{n}@example.com", True) for n in range(3)]

    first = api.get("/crm/v3/owners?limit=2").json()
    rest = api.get(first["paging"]["next"]["link"]).json()
    assert [o["id"] for o in first["results"] + rest["results"]] == ids
    assert "paging" not in rest


def test_a_contact_is_owned_only_by_an_owner_that_exists(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    owner_id = hub.seed_owner("Ada", "Byron", "ada@example.com", True)
    path = f"/crm/v3/objects/contacts/{bob}"

    owned = api.patch(path, json={"properties": {"hubspot_owner_id": int(owner_id)}})
    assert owned.json()["properties"]["hubspot_owner_id"] == owner_id
    assert owned.json()["properties"]["hubspot_owner_assigneddate"] == "2026-09-21T14:13:20.000Z"
    assert api.patch(path, json={"properties": {"hubspot_owner_id": "1"}}).status_code == 400


def test_the_account_tells_who_it_is(hub: Hubspot, api: httpx.Client) -> None:
    for path in ("/account-info/v3/details", "/account-info/2026-03/details"):
        assert api.get(path).json()["portalId"] == hub.portal_id
    usage = api.get("/account-info/v3/api-usage/daily/private-apps").json()["results"][0]
    assert usage["currentUsage"] == 3
