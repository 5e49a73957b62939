"""Contacts v1: the same records as v3, in numbers, milliseconds and `versions`."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from syncproof_mocks.ma.hubspot import Hubspot
from tests.hubspot.conftest import START_MS

ROOT = "/contacts/v1/contact"


def props(**values: Any) -> dict[str, Any]:
    return {"properties": [{"property": n, "value": v} for n, v in values.items()]}


def test_create_or_update_tells_which_of_the_two_it_did(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    new = api.post(f"{ROOT}/createOrUpdate/email/Ann%2Bx@acme.com", json=props(firstname="Ann"))
    known = api.post(f"{ROOT}/createOrUpdate/email/BOB@acme.com/", json=props(firstname="Rob", zip=60200))

    assert (new.status_code, new.json()["isNew"]) == (200, True)
    assert known.json() == {"vid": int(bob), "isNew": False}
    assert hub.store.get("contacts", str(new.json()["vid"])).values["email"] == "ann+x@acme.com"  # type: ignore[union-attr]
    v3 = api.get(f"/crm/v3/objects/contacts/{bob}?properties=firstname,zip").json()["properties"]
    assert (v3["firstname"], v3["zip"]) == ("Rob", "60200")


def test_a_contact_made_here_is_a_subscriber_and_the_switch_makes_it_a_lead(hub: Hubspot, api: httpx.Client) -> None:
    first = api.post(ROOT, json=props(email="a@acme.com")).json()
    hub.switch("legacy_lifecyclestage_on_create", "lead")
    second = api.post(ROOT, json=props(email="b@acme.com")).json()

    assert [p["properties"]["lifecyclestage"]["value"] for p in (first, second)] == ["subscriber", "lead"]


def test_a_known_address_is_a_conflict_with_the_identity_of_its_owner(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    found = api.post(ROOT, json=props(email="BOB@acme.com"))

    body = found.json()
    assert (found.status_code, body["error"], body["category"]) == (409, "CONTACT_EXISTS", "OBJECT_ALREADY_EXISTS")
    assert body["identityProfile"]["vid"] == int(bob)
    assert body["identityProfile"]["identity"][0] == {
        "value": "bob@acme.com", "type": "EMAIL", "timestamp": START_MS - 1000, "isPrimary": True,
    }
    assert body["errors"] == [{"message": "A contact with email bob@acme.com already exists.", "in": "email"}]
    assert next(hub.journal.exchanges()).refused == [("", "CONTACT_EXISTS", "Contact already exists")]


def test_bad_values_are_validation_results_and_nothing_is_written(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    found = api.post(f"{ROOT}/vid/{bob}/profile", json=props(email="an_invalid_email", nope="1", city="Brno"))

    assert found.status_code == 400
    body = found.json()
    assert body["message"] == "Property values were not valid"
    assert body["validationResults"] == [
        {"isValid": False, "message": "Email address an_invalid_email is invalid", "error": "INVALID_EMAIL", "name": "email"},
        {"isValid": False, "message": 'Property "nope" does not exist', "error": "PROPERTY_DOESNT_EXIST", "name": "nope"},
    ]
    assert "category" not in body
    assert "city" not in hub.store.get("contacts", bob).values  # type: ignore[union-attr]


def test_a_profile_shows_each_value_with_its_versions_newest_first(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    hub.clock.move(10)
    hub.desk_edit("contacts", bob, {"firstname": "Robert"})

    found = api.get(f"{ROOT}/vid/{bob}/profile").json()
    entries = [(v["value"], v["source-type"], v["timestamp"], v["updated-by-user-id"]) for v in
               found["properties"]["firstname"]["versions"]]
    assert entries == [("Robert", "CRM_UI", START_MS + 10_000, 1_000_001), ("Bob", "INTEGRATION", START_MS - 1000, None)]
    assert found["properties"]["createdate"]["value"] == str(START_MS - 1000)
    assert (found["vid"], found["portal-id"], found["is-contact"]) == (int(bob), hub.portal_id, True)
    identities = found["identity-profiles"][0]["identities"]
    assert [(i["type"], i.get("is-primary")) for i in identities] == [("EMAIL", True), ("LEAD_GUID", None)]
    assert not any(name.startswith("#") for name in found["properties"])


def test_a_profile_by_address_shows_what_was_asked_for(api: httpx.Client, bob: str) -> None:
    found = api.get(f"{ROOT}/email/bob@acme.com/profile?property=firstname&property=nope&propertyMode=value_only").json()

    assert found["properties"] == {"firstname": {"value": "Bob"}}


@pytest.mark.parametrize(("method", "path", "said"), [
    ("GET", "/vid/999/profile", "The contact 999 does not exist."),
    ("GET", "/email/x@y.com/profile", "The contact e:x@y.com does not exist."),
    ("DELETE", "/vid/999", "The contact 999 does not exist."),
])
def test_an_unknown_contact_is_named(api: httpx.Client, method: str, path: str, said: str) -> None:
    found = api.request(method, f"{ROOT}{path}")

    assert (found.status_code, found.json()["message"]) == (404, "contact does not exist")
    assert found.json()["errors"] == [{"message": said}]


def test_update_and_delete(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    assert api.post(f"{ROOT}/vid/{bob}/profile", json=props(city="Brno")).status_code == 204
    assert api.post(f"{ROOT}/email/bob@acme.com/profile", json=props(zip="1")).status_code == 204
    assert hub.store.get("contacts", bob).values["city"] == "Brno"  # type: ignore[union-attr]
    assert api.delete(f"{ROOT}/vid/{bob}").json() == {"vid": int(bob), "deleted": True, "reason": "OK"}
    assert hub.store.get("contacts", bob) is None


def test_merge_answers_success_and_both_old_vids_lead_to_the_survivor(api: httpx.Client, bob: str) -> None:
    other = api.post(ROOT, json=props(email="rob@acme.com", city="Brno")).json()["vid"]

    found = api.post(f"{ROOT}/merge-vids/{bob}", json={"vidToMerge": other})

    assert (found.status_code, found.text) == (200, "SUCCESS")
    one, two = (api.get(f"{ROOT}/vid/{vid}/profile").json() for vid in (bob, other))
    assert one["vid"] == two["vid"] not in (int(bob), other)
    assert one["merged-vids"] == [int(bob), other]
    assert [i["value"] for i in one["identity-profiles"][0]["identities"][:2]] == ["bob@acme.com", "rob@acme.com"]


def test_a_merge_with_nobody_and_with_oneself_is_refused(api: httpx.Client, bob: str) -> None:
    nobody = api.post(f"{ROOT}/merge-vids/{bob}", json={"vidToMerge": 999})
    itself = api.post(f"{ROOT}/merge-vids/{bob}", json={"vidToMerge": int(bob)})

    assert nobody.json()["message"].startswith("vid to merge is not a valid contact")
    assert json.loads(itself.json()["message"])["message"] == "Cannot merge a contact with itself"
    assert (nobody.status_code, itself.status_code) == (400, 400)


def test_secondary_addresses_come_and_go(api: httpx.Client, bob: str) -> None:
    root = f"/contacts/v1/secondary-email/{bob}"
    api.post(ROOT, json=props(email="ann@acme.com"))

    assert api.put(f"{root}/email/Bobby@acme.com").json()["secondaryEmails"] == ["bobby@acme.com"]
    assert api.get(f"{ROOT}/email/bobby@acme.com/profile").json()["vid"] == int(bob)
    assert api.put(f"{root}/email/ann@acme.com").status_code == 400  # somebody else's
    assert api.put(f"{root}/email/nonsense").status_code == 400
    assert api.post(ROOT, json=props(email="bobby@acme.com")).status_code == 409
    assert api.delete(f"{root}/email/bobby@acme.com").json()["secondaryEmails"] == []
    assert api.delete(f"{root}/email/bob@acme.com").status_code == 404  # the primary one stays
    assert api.get(f"{ROOT}/email/bobby@acme.com/profile").status_code == 404


def test_a_batch_creates_and_changes_or_does_nothing_at_all(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    good = [{"email": "ann@acme.com", **props(city="Brno")}, {"vid": bob, **props(city="Praha")}]
    bad = [{"email": "eve@acme.com", **props(city="Brno")}, {"email": "a_b", **props(city="Brno")}]

    assert api.post(f"{ROOT}/batch/", json=good).status_code == 202
    refused = api.post(f"{ROOT}/batch/", json=bad)

    assert hub.contact_by_email("ann@acme.com").values["city"] == "Brno"  # type: ignore[union-attr]
    assert hub.store.get("contacts", bob).values["city"] == "Praha"  # type: ignore[union-attr]
    assert hub.contact_by_email("eve@acme.com") is None
    assert (refused.status_code, refused.json()["invalidEmails"]) == (400, ["a_b"])
    assert [f["index"] for f in refused.json()["failureMessages"]] == [1]
    assert [what for what, _, _ in list(hub.journal.exchanges())[-1].refused] == ["a_b"]  # eve is innocent


@pytest.mark.parametrize("body", ["", "null", "[]", "{", '{"properties":5}', '{"properties":[5]}', '{"properties":[{"property":"x"}]}',
                                  '{"properties":[{"property":"city","value":{"a":1}}]}', '"x"'])
def test_a_bad_body_is_refused_and_nothing_breaks(hub: Hubspot, api: httpx.Client, bob: str, body: str) -> None:
    before = len(list(hub.journal.changes()))
    for path in (ROOT, f"{ROOT}/vid/{bob}/profile", f"{ROOT}/createOrUpdate/email/z@acme.com"):
        found = api.post(path, content=body, headers={"content-type": "application/json"})
        assert found.status_code == 400, (path, found.text)
    batch = api.post(f"{ROOT}/batch/", content=body, headers={"content-type": "application/json"})

    assert batch.status_code == (202 if body == "[]" else 400)
    assert len(list(hub.journal.changes())) == before


def test_a_token_without_the_contact_scope_is_refused(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    api.headers["authorization"] = f"Bearer {hub.tokens.issue_private(['crm.objects.contacts.read'])}"

    assert api.get(f"{ROOT}/vid/{bob}/profile").status_code == 200
    assert api.post(f"{ROOT}/vid/{bob}/profile", json=props(city="x")).json()["category"] == "MISSING_SCOPES"
    assert api.get("/deals/v1/deal/paged").status_code == 403
