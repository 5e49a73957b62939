"""Association types of all objects, limits, paging in batches (1.5)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hubspot import HubSpot
from hubspot.crm.associations.v4.schema import (
    BatchInputPublicAssociationDefinitionConfigurationCreateRequest as Limits,
)
from hubspot.crm.associations.v4.schema import (
    PublicAssociationDefinitionConfigurationCreateRequest as Limit,
)
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.ma.hubspot.link_types import BUILT_IN


def test_every_type_has_an_inverse_that_leads_back() -> None:
    for number, found in BUILT_IN.items():
        back = BUILT_IN[found.inverse_id]
        assert (back.from_kind, back.to_kind, back.inverse_id) == (found.to_kind, found.from_kind, number)


@pytest.mark.parametrize(("one", "other", "number", "inverse"), [
    ("contacts", "tickets", 15, 16), ("notes", "companies", 190, 189), ("tasks", "deals", 216, 215), ("calls", "contacts", 194, 193),
    ("emails", "tickets", 224, 223), ("meetings", "contacts", 200, 199), ("deals", "line_items", 19, 20), ("tickets", "companies", 339, 340),
    ("leads", "contacts", 608, 609), ("deals", "tickets", 27, 28), ("quotes", "deals", 64, 63),
])
def test_the_numbers_are_the_vendors(hub: Hubspot, api: httpx.Client, one: str, other: str, number: int, inverse: int) -> None:
    ids = [hub.seed(kind, {}, created_ms=1, modified_ms=1).id for kind in (one, other)]
    made = api.put(f"/crm/v4/objects/{one}/{ids[0]}/associations/default/{other}/{ids[1]}").json()["results"]

    assert sorted(r["associationSpec"]["associationTypeId"] for r in made) == sorted((number, inverse))
    shown = api.get(f"/crm/v4/objects/{other}/{ids[1]}/associations/{one}").json()["results"]
    assert inverse in [t["typeId"] for t in shown[0]["associationTypes"]]


def test_a_type_with_the_wrong_ends_or_none_is_refused(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    product = hub.seed("products", {"name": "P"}, created_ms=1, modified_ms=1).id
    path = f"/crm/v4/objects/contacts/{bob}/associations"

    assert api.put(f"{path}/default/products/{product}").status_code == 400
    assert api.put(f"{path}/products/{product}", json=[{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 20}]).status_code == 400
    assert list(hub.store.rows("associations")) == []


def test_a_label_ties_types_that_the_vendor_does_not_tie(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    product = hub.seed("products", {"name": "P"}, created_ms=1, modified_ms=1).id
    made = api.post("/crm/v4/associations/contacts/products/labels", json={"name": "owns", "label": "Owns"}).json()["results"]
    spec = {"associationCategory": "USER_DEFINED", "associationTypeId": made[0]["typeId"]}

    assert api.put(f"/crm/v4/objects/contacts/{bob}/associations/products/{product}", json=[spec]).status_code == 201
    shown = api.get(f"/crm/v4/objects/products/{product}/associations/contacts").json()["results"]
    assert [t["typeId"] for t in shown[0]["associationTypes"]] == [made[1]["typeId"]]


def test_a_ticket_has_one_primary_company(hub: Hubspot, api: httpx.Client, acme: str) -> None:
    ticket = hub.seed("tickets", {"subject": "S"}, created_ms=1, modified_ms=1).id
    other = hub.seed("companies", {"name": "B"}, created_ms=1, modified_ms=1).id
    for company in (acme, other):
        spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 26}]
        assert api.put(f"/crm/v4/objects/tickets/{ticket}/associations/companies/{company}", json=spec).status_code == 201

    shown = api.get(f"/crm/v4/objects/tickets/{ticket}/associations/companies").json()["results"]
    assert {r["toObjectId"]: [t["typeId"] for t in r["associationTypes"]] for r in shown} == {int(acme): [339], int(other): [26, 339]}


def test_a_limit_holds_in_its_direction_and_can_be_lifted(sdk: HubSpot, hub: Hubspot, api: httpx.Client, acme: str) -> None:
    people = [hub.seed("contacts", {"email": f"p{n}@example.com"}, created_ms=1, modified_ms=1).id for n in range(2)]
    limits = sdk.crm.associations.v4.schema.definition_configurations_api
    made = limits.batch_create("companies", "contacts", Limits(inputs=[Limit(category="HUBSPOT_DEFINED", type_id=280, max_to_object_ids=1)]))
    path = "/crm/v4/objects/contacts/{}/associations/default/companies/" + acme

    assert made.results[0].user_enforced_max_to_object_ids == 1
    assert [api.put(path.format(p)).status_code for p in people] == [200, 400]
    assert api.put(path.format(people[0])).status_code == 200
    tie = {"to": {"id": acme}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]}
    before = len(list(hub.store.rows("contacts")))
    refused = api.post("/crm/v3/objects/contacts", json={"properties": {"email": "x@example.com"}, "associations": [tie]})
    assert (refused.status_code, len(list(hub.store.rows("contacts")))) == (400, before)
    pair = {"from": {"id": people[1]}, "to": {"id": acme}}
    batch = api.post("/crm/v4/associations/contacts/companies/batch/associate/default", json={"inputs": [pair]})
    assert (batch.status_code, batch.json()["numErrors"]) == (207, 1)
    purge = {"inputs": [{"category": "HUBSPOT_DEFINED", "typeId": 280}]}
    assert api.post("/crm/v4/associations/definitions/configurations/companies/contacts/batch/purge", json=purge).status_code == 204
    assert limits.get_all().results == []
    assert api.put(path.format(people[1])).status_code == 200


@pytest.mark.parametrize("item", [{}, {"category": "HUBSPOT_DEFINED", "typeId": 4, "maxToObjectIds": 1},
                                  {"category": "HUBSPOT_DEFINED", "typeId": 280, "maxToObjectIds": 0}])
def test_a_limit_that_cannot_be_is_refused(hub: Hubspot, api: httpx.Client, item: dict[str, Any]) -> None:
    path = "/crm/v4/associations/definitions/configurations/companies/contacts/batch/create"

    assert api.post(path, json={"inputs": [item]}).status_code == 207
    assert list(hub.store.rows("association_limits")) == []


def test_many_associations_of_one_record_come_in_pages(hub: Hubspot, api: httpx.Client, acme: str) -> None:
    people = [hub.seed("contacts", {}, created_ms=1, modified_ms=1).id for _ in range(501)]
    for person in people:
        hub.seed_association(person, acme)
    path = "/crm/v4/associations/companies/contacts/batch/read"

    first = api.post(path, json={"inputs": [{"id": acme}]}).json()["results"][0]
    second = api.post(path, json={"inputs": [{"id": acme, "after": first["paging"]["next"]["after"]}]}).json()["results"][0]

    assert [len(first["to"]), len(second["to"])] == [500, 1]
    assert sorted(t["toObjectId"] for t in first["to"] + second["to"]) == [int(p) for p in people]
    assert "paging" not in second
    assert api.post(path, json={"inputs": [{"id": acme, "after": "x"}]}).status_code == 400
