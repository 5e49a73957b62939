"""Companies v2, deals v1 and crm-associations v1: same records, same associations as v3 and v4."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.ma.hubspot import Hubspot

COMPANIES = "/companies/v2/companies"
DEAL = "/deals/v1/deal"


def props(**values: Any) -> list[dict[str, Any]]:
    return [{"name": n, "value": v} for n, v in values.items()]


def make_deal(api: httpx.Client, **associations: Any) -> dict[str, Any]:
    values = props(dealname="Big", dealstage="closedwon", pipeline="default", amount=7)
    found = api.post(DEAL, json={"properties": values, "associations": associations})
    assert found.status_code == 200, found.text
    return dict(found.json())


def test_a_company_is_made_changed_and_deleted(hub: Hubspot, api: httpx.Client) -> None:
    made = api.post(COMPANIES, json={"properties": props(name="Acme", domain="https://www.Acme.com/x")}).json()
    path = f"{COMPANIES}/{made['companyId']}"
    hub.clock.move(5)
    changed = api.put(path, json={"properties": props(name="Acme 2")}).json()

    assert made["properties"]["domain"]["value"] == "acme.com"
    assert (changed["portalId"], changed["isDeleted"]) == (hub.portal_id, False)
    assert [v["value"] for v in changed["properties"]["name"]["versions"]] == ["Acme 2", "Acme"]
    assert changed["properties"]["name"]["source"] == "INTEGRATION"
    assert api.get(path).json() == changed
    assert api.delete(path).json() == {"companyId": made["companyId"], "deleted": True}
    assert api.get(path).json()["message"] == "resource not found"
    gone = api.put(path, json={"properties": props(name="x")}).json()
    assert gone["message"] == f"Couldn't find a company with the ID '{made['companyId']}' in portal '{hub.portal_id}'"
    assert gone["subCategory"] == "COMPANY_NOT_FOUND"


def test_companies_are_found_by_domain_page_by_page(hub: Hubspot, api: httpx.Client) -> None:
    ids = [hub.seed("companies", {"name": f"A{n}", "domain": "acme.com"}, created_ms=0, modified_ms=0).id for n in range(3)]
    path = "/companies/v2/domains/acme.com/companies"

    first = api.post(path, json={"limit": 2, "requestOptions": {"properties": ["name"]}}).json()
    rest = api.post(path, json={"limit": 2, "offset": first["offset"]}).json()

    assert [c["companyId"] for c in first["results"] + rest["results"]] == [int(i) for i in ids]
    assert (first["hasMore"], rest["hasMore"]) == (True, False)
    assert list(first["results"][0]["properties"]) == ["name"]
    assert api.post("/companies/v2/domains/nobody.com/companies").json()["results"] == []
    assert api.post(path, json={"limit": "x"}).status_code == 400


def test_contacts_hang_on_a_company(api: httpx.Client, bob: str, acme: str) -> None:
    assert api.put(f"{COMPANIES}/{acme}/contacts/{bob}").json()["companyId"] == int(acme)

    assert api.get(f"{COMPANIES}/{acme}/vids").json() == {"vids": [int(bob)], "vidOffset": int(bob), "hasMore": False}
    (found,) = api.get(f"{COMPANIES}/{acme}/contacts").json()["contacts"]
    assert (found["vid"], found["identities"][0]["identity"][0]["value"]) == (int(bob), "bob@acme.com")
    v4 = api.get(f"/crm/v4/objects/contacts/{bob}/associations/companies").json()
    assert v4["results"][0]["toObjectId"] == int(acme)

    assert api.delete(f"{COMPANIES}/{acme}/contacts/{bob}").status_code == 204
    assert api.get(f"{COMPANIES}/{acme}/vids").json()["vids"] == []
    assert api.put(f"{COMPANIES}/{acme}/contacts/999").status_code == 404


def test_a_deal_is_made_with_its_associations(hub: Hubspot, api: httpx.Client, bob: str, acme: str) -> None:
    made = make_deal(api, associatedVids=[int(bob)], associatedCompanyIds=[int(acme)])

    assert made["associations"] == {"associatedVids": [int(bob)], "associatedCompanyIds": [int(acme)], "associatedDealIds": []}
    assert made["properties"]["amount"]["value"] == "7"
    assert hub.associated("contacts", bob, "deals") == [str(made["dealId"])]
    of_bob = api.get(f"{DEAL}/associated/CONTACT/{bob}/paged?includeAssociations=true&properties=dealname").json()
    assert of_bob["deals"][0]["associations"]["associatedVids"] == [int(bob)]


def test_a_deal_is_changed_tied_untied_and_deleted(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    path = f"{DEAL}/{make_deal(api)['dealId']}"

    assert api.put(path, json={"properties": props(amount="9")}).json()["properties"]["amount"]["value"] == "9"
    assert api.put(f"{path}/associations/CONTACT?id={bob}").status_code == 204
    assert api.get(path).json()["associations"]["associatedVids"] == [int(bob)]
    assert api.delete(f"{path}/associations/CONTACT?id={bob}").status_code == 204
    assert api.get(path).json()["associations"]["associatedVids"] == []
    assert api.put(f"{path}/associations/CONTACT?id=999").status_code == 400
    assert api.delete(path).status_code == 204
    assert api.get(path).json()["message"] == f"No deal found for dealId={path[15:]} portalId={hub.portal_id}"


@pytest.mark.parametrize("body", ["", "5", "{}", '{"properties":{}}', '{"properties":[],"associations":[]}',
                                  '{"properties":[],"associations":{"associatedVids":["x"]}}',
                                  '{"properties":[{"name":"dealname","value":"x"}]}'])
def test_a_bad_deal_is_refused_and_not_made(hub: Hubspot, api: httpx.Client, body: str) -> None:
    found = api.post(DEAL, content=body, headers={"content-type": "application/json"})

    assert found.status_code == 400
    assert list(hub.store.rows("deals")) == []


def test_associations_by_definition_id_are_those_of_v4(hub: Hubspot, api: httpx.Client, bob: str, acme: str) -> None:
    root = "/crm-associations/v1/associations"
    tie = {"fromObjectId": bob, "toObjectId": int(acme), "category": "HUBSPOT_DEFINED", "definitionId": 1}

    assert api.put(root, json=tie).status_code == 204
    assert api.get(f"{root}/{bob}/HUBSPOT_DEFINED/1").json() == {"results": [int(acme)], "hasMore": False, "offset": int(acme)}
    assert api.get(f"{root}/{acme}/HUBSPOT_DEFINED/280").json()["results"] == [int(bob)]
    assert hub.associated("contacts", bob, "companies") == [acme]
    assert api.put(f"{root}/delete", json=tie).status_code == 204
    assert api.get(f"{root}/{bob}/HUBSPOT_DEFINED/1").json()["results"] == []
    assert api.put(f"{root}/delete", json={**tie, "definitionId": 279}).status_code == 204
    assert hub.associated("contacts", bob, "companies") == []


def test_a_batch_of_associations_is_made_whole_or_not_at_all(hub: Hubspot, api: httpx.Client, bob: str, acme: str) -> None:
    root = "/crm-associations/v1/associations"
    good = {"fromObjectId": bob, "toObjectId": acme, "definitionId": 279}

    assert api.put(f"{root}/create-batch", json=[good, {**good, "toObjectId": 999}]).status_code == 400
    assert hub.associated("contacts", bob, "companies") == []
    assert api.put(f"{root}/create-batch", json=[good]).status_code == 204
    assert hub.associated("contacts", bob, "companies") == [acme]
    assert api.put(f"{root}/delete-batch", json=[good]).status_code == 204
    assert hub.associated("contacts", bob, "companies") == []
    for bad in ({}, [5], [{**good, "definitionId": "x"}], [{**good, "definitionId": 99_999}], [{**good, "category": "MINE"}]):
        assert api.put(f"{root}/create-batch", json=bad).status_code == 400
