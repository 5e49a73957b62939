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


def test_a_yes_in_the_query_is_a_yes_in_any_letter_case(hub: Hubspot, api: httpx.Client, sdk: HubSpot, many: list[str]) -> None:
    hub.desk_delete("contacts", many[3])

    # The vendor's own client for Python writes `archived=True`.
    assert [c.id for c in sdk.crm.contacts.basic_api.get_page(archived=True).results] == [many[3]]
    assert many[3] not in [r["id"] for r in api.get("/crm/v3/objects/contacts?archived=False").json()["results"]]


def test_the_list_of_v4_is_that_of_v3(hub: Hubspot, api: httpx.Client) -> None:
    ticket = hub.seed("tickets", {"subject": "Help"}, created_ms=START_MS, modified_ms=START_MS).id

    # tap-hubspot reads tickets there.
    found = api.get("/crm/v4/objects/tickets?limit=100&properties=subject&archived=False").json()
    assert [(r["id"], r["properties"]["subject"]) for r in found["results"]] == [(ticket, "Help")]
    assert found == api.get("/crm/v3/objects/tickets?limit=100&properties=subject").json()
    assert api.post("/crm/v4/objects/tickets", json={"properties": {"subject": "x"}}).status_code == 405


def test_pages_are_right_after_a_snapshot_was_restored(hub: Hubspot, api: httpx.Client, many: list[str]) -> None:
    snapshot, dice = hub.store.snapshot(), hub.dice.state()
    made = api.post("/crm/v3/objects/contacts", json={"properties": {"firstname": "x"}}).json()["id"]
    hub.store.restore(snapshot)
    hub.dice.rewind(dice)

    assert [r["id"] for r in api.get(f"/crm/v3/objects/contacts?after={many[-1]}").json()["results"]] == [many[-1]]
    again = api.post("/crm/v3/objects/contacts", json={"properties": {"firstname": "y"}}).json()["id"]
    assert again == made
    assert [r["id"] for r in api.get(f"/crm/v3/objects/contacts?after={many[-1]}").json()["results"]] == [many[-1], made]


def test_inline_associations_and_locations_name_the_host_that_the_caller_used(hub: Hubspot, api: httpx.Client, acme: str) -> None:
    headers = {"x-forwarded-host": "api.hubapi.com", "x-forwarded-proto": "https"}
    made = api.post("/crm/v3/objects/contacts", json={"properties": {"email": "ann@acme.com"}}, headers=headers)
    for at in range(105):
        deal = hub.seed("deals", {"dealname": f"Deal {at}"}, created_ms=START_MS, modified_ms=START_MS).id
        api.put(f"/crm/v4/objects/companies/{acme}/associations/default/deals/{deal}")

    shown = api.get(f"/crm/v3/objects/companies/{acme}?associations=deals", headers=headers).json()["associations"]["deals"]

    assert made.headers["location"] == f"https://api.hubapi.com/crm/v3/objects/contacts/{made.json()['id']}"
    link = shown["paging"]["next"]["link"]
    assert link.startswith(f"https://api.hubapi.com/crm/v4/objects/companies/{acme}/associations/deals?after=")
    rest = [str(r["toObjectId"]) for r in api.get(link.removeprefix("https://api.hubapi.com")).json()["results"]]
    assert len({*rest, *(r["id"] for r in shown["results"])}) == 105
