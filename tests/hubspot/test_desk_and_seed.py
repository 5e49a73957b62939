"""What people and the harness do behind the API: seeds, edits at the desk, their traces."""

from __future__ import annotations

import httpx
import pytest
from syncproof_mocks.consent import ConsentKey
from syncproof_mocks.dialect import DeskError
from syncproof_mocks.journal import Actor
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.store import UnknownKindError
from syncproof_mocks.world import World

from .conftest import START_MS


def test_a_seed_was_always_there(hub: Hubspot, api: httpx.Client) -> None:
    row = hub.seed("contacts", {"email": " Ann@Acme.com", "hs_email_bounce": "1", "city": None}, created_ms=1000, modified_ms=2001)

    found = api.get(f"/crm/v3/objects/contacts/{row.id}").json()
    assert (found["createdAt"], found["updatedAt"]) == ("1970-01-01T00:00:01.000Z", "1970-01-01T00:00:02.001Z")
    assert (row.values["email"], row.values["hs_email_bounce"], "city" in row.values) == ("ann@acme.com", "1", False)
    assert {c.actor for c in hub.journal.changes()} == {Actor.SEED}


def test_a_seed_of_an_unknown_property_is_a_mistake(hub: Hubspot) -> None:
    with pytest.raises(DeskError, match="no property shoe_size"):
        hub.seed("contacts", {"email": "ann@acme.com", "shoe_size": "44"}, created_ms=1000, modified_ms=1000)


def test_a_refusal_that_is_seeded_leaves_the_stamp_alone(hub: Hubspot) -> None:
    row = hub.seed("contacts", {"email": "ann@acme.com"}, created_ms=1000, modified_ms=2000)
    with hub.journal.acting(Actor.SEED):
        hub.desk_consent("contacts", row.id, ConsentKey("email", "*"), grant=False, proof=None)
    found = hub.store.get("contacts", row.id)

    assert found is not None
    assert (found.values["hs_email_optout"], found.modified_ms) == ("true", 2000)
    assert found.values["lastmodifieddate"] == "1970-01-01T00:00:02.000Z"


def test_a_contact_seeded_after_its_refusal_shows_it(hub: Hubspot) -> None:
    hub.seed("consents", {"email": "ann@acme.com", "portal": "UNSUBSCRIBED"}, created_ms=1000, modified_ms=1000)
    row = hub.seed("contacts", {"email": "Ann@acme.com"}, created_ms=1000, modified_ms=2000)

    assert (row.values["hs_email_optout"], row.modified_ms) == ("true", 2000)


def test_an_opt_out_outside_of_a_seed_moves_the_stamp(hub: Hubspot, bob: str) -> None:
    hub.desk_consent("contacts", bob, ConsentKey("email", "*"), grant=False, proof=None)
    found = hub.store.get("contacts", bob)

    assert found is not None
    assert (found.values["hs_email_optout"], found.modified_ms) == ("true", START_MS)


def test_a_new_contact_takes_on_what_its_address_has_said(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    hub.desk_consent("contacts", bob, ConsentKey("email", "*"), grant=False, proof=None)
    hub.desk_delete("contacts", bob)
    again = api.post("/crm/v3/objects/contacts", json={"properties": {"email": "bob@acme.com"}}).json()

    assert again["properties"]["hs_email_optout"] == "true"


def test_an_edit_at_the_desk_is_a_persons(hub: Hubspot, bob: str) -> None:
    start = len(hub.journal)
    row = hub.desk_edit("contacts", bob, {"firstname": None, "lifecyclestage": "lead"})

    assert (row.values["firstname"], row.values["lifecyclestage"]) == ("", "lead")
    change = next(iter(hub.journal.changes(start)))
    assert (change.actor, change.exchange, change.fields["lifecyclestage"]) == (Actor.MA_USER, None, ("customer", "lead"))


def test_an_actor_that_is_named_stays(hub: Hubspot, bob: str) -> None:
    start = len(hub.journal)
    with hub.journal.acting(Actor.VENDOR_AUTOMATION, "workflow"):
        hub.desk_edit("contacts", bob, {"city": "Brno"})

    assert [(c.actor, c.note) for c in hub.journal.changes(start)] == [(Actor.VENDOR_AUTOMATION, "workflow")]


@pytest.mark.parametrize("values", [{"nope": "x"}, {"email": "bad"}, {"hs_email_optout": "true"}])
def test_the_screen_refuses_what_cannot_be(hub: Hubspot, bob: str, values: dict[str, str]) -> None:
    with pytest.raises(DeskError):
        hub.desk_edit("contacts", bob, values)
    with pytest.raises(DeskError):
        hub.desk_create("contacts", {"email": "bob@acme.com"})
    with pytest.raises(DeskError, match="no contact 999"):
        hub.desk_edit("contacts", "999", {"city": "x"})


def test_unknown_kinds_are_refused(hub: Hubspot) -> None:
    with pytest.raises(UnknownKindError):
        hub.schema("parcels")
    with pytest.raises(UnknownKindError):
        hub.desk_create("parcels", {})


def test_the_same_seed_gives_the_same_ids_and_no_credential_can_be_guessed_from_it(hub: Hubspot) -> None:
    other = Hubspot(World(7))

    assert (other.app_id, other.portal_id) == (hub.app_id, hub.portal_id)
    assert other.credentials()["token"] != hub.credentials()["token"]
    first = hub.desk_create("contacts", {"firstname": "x"})
    assert other.desk_create("contacts", {"firstname": "x"}).id == first.id == "216900000001"


def test_the_vendor_moves_what_nobody_may_write(hub: Hubspot) -> None:
    for name in ("lastmodifieddate", "#history", "associatedcompanyid", "hs_email_domain"):
        assert hub.is_system_field("contacts", name)
    for name in ("email", "lifecyclestage", "phone"):
        assert not hub.is_system_field("contacts", name)


def test_reads_are_journalled_with_their_revision(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    api.get(f"/crm/v3/objects/contacts/{bob}")
    api.patch(f"/crm/v3/objects/contacts/{bob}", json={"properties": {"city": "x"}})
    api.get("/crm/v3/objects/contacts")

    assert [e.served for e in hub.journal.exchanges()] == [[("contacts", bob, n)] for n in (1, 2, 2)]


def test_history_keeps_the_last_twenty_values(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    for n in range(25):
        hub.desk_edit("contacts", bob, {"city": f"c{n}"})
    found = api.get(f"/crm/v3/objects/contacts/{bob}?propertiesWithHistory=city").json()["propertiesWithHistory"]["city"]

    assert [v["value"] for v in found] == [f"c{n}" for n in range(24, 4, -1)]
