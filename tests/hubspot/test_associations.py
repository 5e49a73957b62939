"""Associations: probe 13, primary companies, both generations of the API."""

from __future__ import annotations

import httpx
import pytest
from hubspot import HubSpot
from syncproof_mocks.ma.hubspot import Hubspot

from .conftest import START_MS


def types_of(api: httpx.Client, kind: str, record_id: str, to_kind: str) -> dict[int, list[int]]:
    answer = api.get(f"/crm/v4/objects/{kind}/{record_id}/associations/{to_kind}").json()
    return {r["toObjectId"]: [t["typeId"] for t in r["associationTypes"]] for r in answer["results"]}


def test_a_default_association_is_seen_from_both_ends(hub: Hubspot, sdk: HubSpot, api: httpx.Client, bob: str, acme: str) -> None:
    hub.switch("first_company_is_primary", False)
    made = sdk.crm.associations.v4.basic_api.create_default("contacts", bob, "companies", acme)
    assert sorted(r.association_spec.association_type_id for r in made.results) == [279, 280]

    page = sdk.crm.associations.v4.basic_api.get_page("contacts", bob, "companies")
    assert [r.to_object_id for r in page.results] == [acme]
    raw = api.get(f"/crm/v4/objects/contact/{bob}/associations/company").json()
    assert raw["results"] == [
        {"toObjectId": int(acme), "associationTypes": [{"category": "HUBSPOT_DEFINED", "typeId": 279, "label": None}]}
    ]
    assert types_of(api, "companies", acme, "contacts") == {int(bob): [280]}


def test_v3_names_the_types_and_reports_who_has_none(api: httpx.Client, bob: str, acme: str) -> None:
    api.put(f"/crm/v4/objects/contacts/{bob}/associations/default/companies/{acme}")
    alone = api.post("/crm/v3/objects/contacts", json={"properties": {"firstname": "x"}}).json()["id"]

    found = api.post("/crm/v3/associations/company/contact/batch/read", json={"inputs": [{"id": acme}]})
    assert found.status_code == 200
    assert {"id": bob, "type": "company_to_contact"} in found.json()["results"][0]["to"]

    for version in ("v3", "v4"):
        missing = api.post(f"/crm/{version}/associations/contact/company/batch/read", json={"inputs": [{"id": alone}]})
        assert (missing.status_code, missing.json()["results"], missing.json()["numErrors"]) == (207, [], 1)
        error = missing.json()["errors"][0]
        assert error["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"
        assert error["message"] == f"No company is associated with contact {alone}."
        assert error["context"] == {"fromObjectId": [alone], "fromObjectType": ["contact"], "toObjectType": ["company"]}


def test_the_first_company_becomes_primary_and_a_new_primary_demotes_it(hub: Hubspot, api: httpx.Client, bob: str, acme: str) -> None:
    other = hub.seed("companies", {"name": "Other"}, created_ms=START_MS, modified_ms=START_MS).id
    api.put(f"/crm/v4/objects/contacts/{bob}/associations/default/companies/{acme}")
    assert types_of(api, "contacts", bob, "companies") == {int(acme): [1, 279]}
    assert hub.store.get("contacts", bob).values["associatedcompanyid"] == acme  # type: ignore[union-attr]

    spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    made = api.put(f"/crm/v4/objects/contacts/{bob}/associations/companies/{other}", json=spec)
    assert (made.status_code, made.json()["toObjectId"]) == (201, int(other))
    assert types_of(api, "contacts", bob, "companies") == {int(acme): [279], int(other): [1, 279]}
    assert types_of(api, "companies", acme, "contacts") == {int(bob): [280]}
    assert hub.store.get("contacts", bob).values["associatedcompanyid"] == other  # type: ignore[union-attr]


def test_removing_an_association_removes_both_directions(hub: Hubspot, api: httpx.Client, bob: str, acme: str) -> None:
    hub.seed_association(bob, acme)
    assert hub.associated("companies", acme, "contacts") == [bob]

    path = f"/crm/v4/objects/companies/{acme}/associations/contacts/{bob}"
    assert [api.delete(path).status_code for _ in range(2)] == [204, 204]
    assert (hub.associated("contacts", bob, "companies"), types_of(api, "contacts", bob, "companies")) == ([], {})
    assert hub.store.get("contacts", bob).values["associatedcompanyid"] is None  # type: ignore[union-attr]


def test_associations_given_on_create_are_made(api: httpx.Client, acme: str) -> None:
    spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    body = {"properties": {"firstname": "x"}, "associations": [{"to": {"id": acme}, "types": spec}]}
    made = api.post("/crm/v3/objects/contacts", json=body)

    assert made.json()["properties"]["associatedcompanyid"] == acme
    shown = api.get(f"/crm/v3/objects/contacts/{made.json()['id']}?associations=companies,deals").json()
    assert shown["associations"] == {"companies": {"results": [
        {"id": acme, "type": "contact_to_company"}, {"id": acme, "type": "contact_to_company_unlabeled"},
    ]}}
    body["associations"][0]["to"] = {"id": "999"}  # type: ignore[index]
    assert api.post("/crm/v3/objects/contacts", json=body).json()["message"] == "COMPANY=999 is not valid"


def test_writing_the_company_id_associates(hub: Hubspot, api: httpx.Client, bob: str, acme: str) -> None:
    api.patch(f"/crm/v3/objects/contacts/{bob}", json={"properties": {"associatedcompanyid": acme}})
    assert types_of(api, "contacts", bob, "companies") == {int(acme): [1, 279]}

    api.patch(f"/crm/v3/objects/contacts/{bob}", json={"properties": {"associatedcompanyid": ""}})
    assert types_of(api, "contacts", bob, "companies") == {int(acme): [279]}


@pytest.mark.parametrize("verb", ["create", "associate/default"])
def test_unknown_records_make_a_batch_a_207(api: httpx.Client, bob: str, acme: str, verb: str) -> None:
    spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]
    pairs = [(bob, acme), ("1234", acme)]
    body = {"inputs": [{"from": {"id": a}, "to": {"id": b}, "types": spec} for a, b in pairs]}
    found = api.post(f"/crm/v4/associations/contacts/companies/batch/{verb}", json=body)

    assert found.status_code == 207
    assert found.json()["errors"][0]["message"] == "CONTACT=1234 is not valid"
    assert types_of(api, "contacts", bob, "companies") == {int(acme): [1, 279]}


def test_batch_archive_answers_204_and_200_when_date_versioned(hub: Hubspot, api: httpx.Client, bob: str, acme: str) -> None:
    body = {"inputs": [{"from": {"id": bob}, "to": [{"id": acme}]}]}
    for path, status in (("/crm/v4/associations", 204), ("/crm/associations/2026-03", 200)):
        hub.seed_association(bob, acme)
        assert api.post(f"{path}/contacts/companies/batch/archive", json=body).status_code == status
        assert hub.associated("contacts", bob, "companies") == []


def test_only_the_given_label_is_taken_away(hub: Hubspot, api: httpx.Client, bob: str, acme: str) -> None:
    hub.seed_association(bob, acme)
    spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    body = {"inputs": [{"from": {"id": bob}, "to": {"id": acme}, "types": spec}]}

    assert api.post("/crm/v4/associations/contacts/companies/batch/labels/archive", json=body).status_code == 204
    assert types_of(api, "contacts", bob, "companies") == {int(acme): [279]}


def test_a_type_of_another_pair_of_objects_is_refused(api: httpx.Client, bob: str, acme: str) -> None:
    spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 4}]

    assert api.put(f"/crm/v4/objects/contacts/{bob}/associations/companies/{acme}", json=spec).status_code == 400


def test_archiving_a_company_ends_its_associations(hub: Hubspot, api: httpx.Client, bob: str, acme: str) -> None:
    hub.seed_association(bob, acme)
    api.delete(f"/crm/v3/objects/companies/{acme}")

    assert types_of(api, "contacts", bob, "companies") == {}
    assert hub.store.get("contacts", bob).values["associatedcompanyid"] is None  # type: ignore[union-attr]


def test_a_snapshot_brings_associations_back(hub: Hubspot, bob: str, acme: str) -> None:
    hub.seed_association(bob, acme)
    snapshot = hub.store.snapshot()
    hub.desk_delete("companies", acme)
    hub.store.restore(snapshot)

    assert hub.associated("contacts", bob, "companies") == [acme]


def test_a_label_that_people_define_can_be_set_renamed_and_removed(api: httpx.Client, bob: str, acme: str) -> None:
    root = "/crm/v4/associations/contacts/companies/labels"
    made = api.post(root, json={"name": "adviser", "label": "Adviser", "inverseLabel": "Advised by"})
    one, back = made.json()["results"]
    assert (made.status_code, one["label"], back["label"]) == (200, "Adviser", "Advised by")

    spec = [{"associationCategory": "USER_DEFINED", "associationTypeId": one["typeId"]}]
    set_to = api.put(f"/crm/v4/objects/contacts/{bob}/associations/companies/{acme}", json=spec)
    assert set_to.json()["labels"] == ["Adviser"]
    assert back["typeId"] in types_of(api, "companies", acme, "contacts")[int(bob)]

    renamed = {"associationTypeId": one["typeId"], "label": "Counsel"}
    assert api.put(root, json=renamed).status_code == 204
    assert "Counsel" in [t["label"] for t in api.get(root).json()["results"]]
    assert api.delete(f"{root}/{one['typeId']}").status_code == 204
    assert types_of(api, "contacts", bob, "companies") == {int(acme): [1, 279]}
    assert api.delete(f"{root}/279").status_code == 404
