"""Lists: probe 7, and the links that clients follow."""

from __future__ import annotations

import httpx
import pytest
from hubspot import HubSpot
from syncproof_mocks.ma.hubspot import Hubspot

from .conftest import START_MS


@pytest.fixture
def many(hub: Hubspot) -> list[str]:
    return [
        hub.seed("contacts", {"email": f"p{n}@example.com"}, created_ms=START_MS, modified_ms=START_MS).id for n in range(250)
    ]


def test_the_client_walks_through_all_pages(hub: Hubspot, sdk: HubSpot, many: list[str]) -> None:
    found = sdk.crm.contacts.get_all()

    assert [c.id for c in found] == many
    assert len(list(hub.journal.exchanges())) == 3


def test_the_last_page_has_no_paging_and_links_are_absolute(api: httpx.Client, many: list[str]) -> None:
    first = api.get("/crm/v3/objects/contacts/?limit=100&properties=email&properties=city").json()
    assert first["paging"]["next"]["after"] == str(int(many[99]) + 1)

    second = api.get(first["paging"]["next"]["link"]).json()
    assert [r["id"] for r in second["results"]] == many[100:200]
    assert set(second["results"][0]["properties"]) == {"city", "createdate", "email", "hs_object_id", "lastmodifieddate"}

    assert second["paging"]["next"]["link"].count("after=") == 1
    last = api.get(second["paging"]["next"]["link"]).json()
    assert (len(last["results"]), "paging" in last) == (50, False)


def test_links_name_the_host_that_the_caller_used(api: httpx.Client, many: list[str]) -> None:
    headers = {"x-forwarded-host": "api.hubapi.com", "x-forwarded-proto": "https"}
    found = api.get("/crm/v3/objects/contacts?limit=1", headers=headers).json()

    assert found["paging"]["next"]["link"].startswith("https://api.hubapi.com/crm/v3/objects/contacts?limit=1&after=")


@pytest.mark.parametrize("query", ["limit=101", "limit=0", "limit=x", "after=x", "limit=51&propertiesWithHistory=email"])
def test_a_page_that_cannot_be_is_refused(api: httpx.Client, query: str) -> None:
    found = api.get(f"/crm/v3/objects/contacts?{query}")

    assert (found.status_code, found.json()["category"]) == (400, "VALIDATION_ERROR")


def test_archived_records_have_a_list_of_their_own(hub: Hubspot, api: httpx.Client, many: list[str]) -> None:
    hub.desk_delete("contacts", many[3])

    assert [r["id"] for r in api.get("/crm/v3/objects/contacts?archived=true").json()["results"]] == [many[3]]
    assert many[3] not in [r["id"] for r in api.get("/crm/v3/objects/contacts").json()["results"]]


def test_pages_are_right_after_a_snapshot_was_restored(hub: Hubspot, api: httpx.Client, many: list[str]) -> None:
    snapshot, dice = hub.store.snapshot(), hub.dice.state()
    made = api.post("/crm/v3/objects/contacts", json={"properties": {"firstname": "x"}}).json()["id"]
    hub.store.restore(snapshot)
    hub.dice.rewind(dice)

    assert [r["id"] for r in api.get(f"/crm/v3/objects/contacts?after={many[-1]}").json()["results"]] == [many[-1]]
    again = api.post("/crm/v3/objects/contacts", json={"properties": {"firstname": "y"}}).json()["id"]
    assert again == made
    assert [r["id"] for r in api.get(f"/crm/v3/objects/contacts?after={many[-1]}").json()["results"]] == [many[-1], made]
