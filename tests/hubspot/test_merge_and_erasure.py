"""Merging (probe 15) and permanent deletion."""

from __future__ import annotations

import httpx
import pytest
from hubspot import HubSpot
from hubspot.crm.contacts import PublicMergeInput
from syncproof_mocks.dialect import DeskError
from syncproof_mocks.journal import Actor
from syncproof_mocks.ma.hubspot import Hubspot

from .conftest import START_MS


@pytest.fixture
def ann(hub: Hubspot) -> str:
    values = {"email": "ann@acme.com", "firstname": "Ann", "city": "Brno", "lifecyclestage": "evangelist"}
    return hub.seed("contacts", values, created_ms=START_MS - 5000, modified_ms=START_MS - 5000).id


def test_a_merge_makes_a_new_record_that_answers_to_both_ids(hub: Hubspot, sdk: HubSpot, api: httpx.Client, bob: str, ann: str) -> None:
    hub.clock.move(60)
    new = sdk.crm.contacts.basic_api.merge(PublicMergeInput(primary_object_id=bob, object_id_to_merge=ann))

    assert new.id not in (bob, ann)
    for old in (bob, ann):
        assert api.get(f"/crm/v3/objects/contacts/{old}").json()["id"] == new.id
    values = new.properties
    assert values["hs_merged_object_ids"] == f"{bob};{ann}"
    assert (values["email"], values["hs_additional_emails"]) == ("bob@acme.com", "ann@acme.com")
    assert (values["firstname"], values["city"], values["lifecyclestage"]) == ("Bob", "Brno", "evangelist")
    assert values["lastmodifieddate"] == "2026-09-21T14:14:20.000Z"
    assert [r["id"] for r in api.get("/crm/v3/objects/contacts").json()["results"]] == [new.id]
    assert [r["id"] for r in api.post("/crm/v3/objects/contacts/search", json={}).json()["results"]] == [new.id]


def test_old_ids_write_to_the_survivor_but_not_in_a_batch(hub: Hubspot, api: httpx.Client, bob: str, ann: str) -> None:
    new = hub.desk_merge("contacts", bob, ann).id
    assert api.patch(f"/crm/v3/objects/contacts/{ann}", json={"properties": {"zip": "1"}}).json()["id"] == new

    batch = api.post("/crm/v3/objects/contacts/batch/update", json={"inputs": [{"id": bob, "properties": {"zip": "2"}}]})
    assert (batch.status_code, batch.json()["results"]) == (200, [])
    assert hub.store.get("contacts", new).values["zip"] == "1"  # type: ignore[union-attr]
    read = api.post("/crm/v3/objects/contacts/batch/read", json={"inputs": [{"id": bob}], "properties": []})
    assert [r["id"] for r in read.json()["results"]] == [new]


def test_the_merged_address_still_belongs_to_the_survivor(hub: Hubspot, api: httpx.Client, bob: str, ann: str) -> None:
    new = hub.desk_merge("contacts", bob, ann)

    assert hub.addresses(new) == ("bob@acme.com", "ann@acme.com")
    taken = api.post("/crm/v3/objects/contacts", json={"properties": {"email": "ANN@acme.com"}})
    assert taken.json()["message"] == f"Contact already exists. Existing ID: {new.id}"
    assert api.get("/crm/v3/objects/contacts/ann@acme.com?idProperty=email").json()["id"] == new.id
    hub.switch("get_by_secondary_email", False)
    assert api.get("/crm/v3/objects/contacts/ann@acme.com?idProperty=email").status_code == 404


def test_merging_twice_leads_every_old_id_to_the_last_survivor(hub: Hubspot, api: httpx.Client, bob: str, ann: str) -> None:
    cyd = hub.seed("contacts", {"email": "cyd@acme.com"}, created_ms=START_MS, modified_ms=START_MS).id
    first = hub.desk_merge("contacts", bob, ann).id
    last = hub.desk_merge("contacts", first, cyd)

    for old in (bob, ann, cyd, first):
        assert api.get(f"/crm/v3/objects/contacts/{old}").json()["id"] == last.id
    assert set(last.values["hs_merged_object_ids"].split(";")) == {bob, ann, cyd, first}


def test_associations_are_united_and_one_company_stays_primary(hub: Hubspot, bob: str, ann: str, acme: str) -> None:
    other = hub.seed("companies", {"name": "Other"}, created_ms=START_MS, modified_ms=START_MS).id
    hub.seed_association(bob, acme)
    hub.seed_association(ann, other)
    new = hub.desk_merge("contacts", bob, ann)

    assert hub.associated("contacts", new.id, "companies") == sorted([acme, other], key=int)
    assert new.values["associatedcompanyid"] == acme
    assert hub.associated("companies", other, "contacts") == [new.id]


def test_a_merge_can_keep_the_id_of_the_primary(hub: Hubspot, api: httpx.Client, bob: str, ann: str) -> None:
    hub.switch("merge_mode", "keep_primary")

    assert hub.desk_merge("contacts", bob, ann).id == bob
    assert api.get(f"/crm/v3/objects/contacts/{ann}").json()["id"] == bob


def test_merging_with_itself_or_with_nobody_is_refused(api: httpx.Client, bob: str) -> None:
    def merge(other: str) -> int:
        body = {"primaryObjectId": bob, "objectIdToMerge": other}
        return api.post("/crm/v3/objects/contacts/merge", json=body).status_code

    assert (merge(bob), merge("999")) == (400, 404)


def test_a_merge_tells_webhooks_of_the_merge_and_nothing_else(hub: Hubspot, bob: str, ann: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    for name in ("object_changed", "merged", "erased", "association_changed"):
        monkeypatch.setattr(hub.webhooks, name, lambda *_, name=name, **__: told.append(name))
    hub.desk_merge("contacts", bob, ann)

    assert told == ["merged"]


def test_erasing_leaves_nothing_and_blocks_people_but_not_the_api(hub: Hubspot, api: httpx.Client, bob: str, acme: str) -> None:
    hub.seed_association(bob, acme)
    body = {"objectId": "bob@acme.com", "idProperty": "email"}
    assert api.post("/crm/v3/objects/contacts/gdpr-delete", json=body).status_code == 204

    for query in ("", "?archived=true"):
        assert api.get(f"/crm/v3/objects/contacts/{bob}{query}").status_code == 404
    assert hub.associated("companies", acme, "contacts") == []
    with pytest.raises(DeskError, match="GDPR"):
        hub.desk_create("contacts", {"email": "Bob@acme.com"})
    again = api.post("/crm/v3/objects/contacts", json={"properties": {"email": "bob@acme.com"}})
    assert (again.status_code, again.json()["id"] != bob) == (201, True)


def test_erasing_an_unknown_address_blocks_it_all_the_same(hub: Hubspot, api: httpx.Client) -> None:
    body = {"objectId": "gone@acme.com", "idProperty": "email"}

    assert api.post("/crm/objects/2026-03/contacts/gdpr-delete", json=body).status_code == 204
    assert api.post("/crm/v3/objects/contacts/gdpr-delete", json={"objectId": "999"}).status_code == 404
    with pytest.raises(DeskError):
        hub.desk_create("contacts", {"email": "gone@acme.com"})


def test_an_archived_contact_can_be_erased(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    hub.desk_delete("contacts", bob)

    assert api.post("/crm/v3/objects/contacts/gdpr-delete", json={"objectId": bob}).status_code == 204
    assert api.get(f"/crm/v3/objects/contacts/{bob}?archived=true").status_code == 404


def test_what_people_do_is_journalled_as_theirs(hub: Hubspot, bob: str, ann: str) -> None:
    start = len(hub.journal)
    hub.desk_merge("contacts", bob, ann)

    assert {c.actor for c in hub.journal.changes(start)} == {Actor.MA_USER}


@pytest.mark.parametrize(("said_no", "rests"), [("ann@acme.com", ["hubspot.merge_keeps_optout"]), ("bob@acme.com", [])])
def test_what_a_merged_contact_shows_of_the_others_optout_is_named_as_assumed(
    hub: Hubspot, api: httpx.Client, bob: str, ann: str, said_no: str, rests: list[str]
) -> None:
    api.post(f"/communication-preferences/v4/statuses/{said_no}/unsubscribe-all?channel=EMAIL")

    api.post("/crm/v3/objects/contacts/merge", json={"primaryObjectId": bob, "objectIdToMerge": ann})

    assert list(hub.journal.exchanges())[-1].assumed == rests
    kept = hub.store.get("consents", said_no)  # the address keeps its no, whatever the contact shows
    assert kept is not None
    assert kept.values["portal"] == "UNSUBSCRIBED"
