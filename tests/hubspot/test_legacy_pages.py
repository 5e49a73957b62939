"""Pages of v1 and v2: nobody is left out, nobody comes twice."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.ma.hubspot import Hubspot
from tests.hubspot.conftest import START_MS

LISTS = "/contacts/v1/lists"


@pytest.fixture
def crowd(hub: Hubspot) -> list[str]:
    """Five contacts, each changed later than the one before, the first two at the same moment."""
    ids = []
    for number in range(5):
        values = {"email": f"p{number}@acme.com", "firstname": f"P{number}", "city": "Brno"}
        changed = START_MS - 10_000 + max(number, 1) * 1000
        ids.append(hub.seed("contacts", values, created_ms=START_MS - 90_000, modified_ms=changed).id)
    return ids


def test_all_contacts_page_by_vid(api: httpx.Client, crowd: list[str]) -> None:
    seen: list[Any] = []
    offset: int | None = None
    for _ in range(3):
        found = api.get(f"{LISTS}/all/contacts/all", params={"count": 2, **({"vidOffset": offset} if offset else {})}).json()
        seen += found["contacts"]
        offset = found["vid-offset"]
        assert found["has-more"] is (len(seen) < 5)

    assert [c["vid"] for c in seen] == [int(i) for i in crowd]
    assert set(seen[0]["properties"]) == {"firstname", "lastmodifieddate"}
    assert seen[0]["properties"]["firstname"] == {"value": "P0"}
    assert (seen[0]["list-memberships"], seen[0]["form-submissions"]) == ([], [])


def test_a_page_shows_the_properties_that_were_asked_for_with_history_if_wanted(api: httpx.Client, crowd: list[str]) -> None:
    query = "?count=1&property=city&property=email&propertyMode=value_and_history"
    (found,) = api.get(f"{LISTS}/all/contacts/all{query}").json()["contacts"]

    assert set(found["properties"]) == {"city", "email", "lastmodifieddate"}
    assert found["properties"]["city"]["versions"][0]["value"] == "Brno"


def test_recently_updated_contacts_come_newest_first_and_page_by_time_and_vid(api: httpx.Client, crowd: list[str]) -> None:
    seen: list[int] = []
    params: dict[str, Any] = {"count": 2}
    while True:
        found = api.get(f"{LISTS}/recently_updated/contacts/recent", params=params).json()
        seen += [c["vid"] for c in found["contacts"]]
        if not found["has-more"]:
            break
        params |= {"timeOffset": found["time-offset"], "vidOffset": found["vid-offset"]}

    assert seen == [int(i) for i in reversed(crowd)]


def test_recent_contacts_reach_back_thirty_days(hub: Hubspot, api: httpx.Client, crowd: list[str]) -> None:
    hub.seed("contacts", {"email": "old@acme.com"}, created_ms=0, modified_ms=START_MS - 31 * 86_400_000)

    updated = api.get(f"{LISTS}/recently_updated/contacts/recent?count=100").json()["contacts"]
    created = api.get(f"{LISTS}/all/contacts/recent?count=100").json()["contacts"]

    assert [len(updated), len(created)] == [5, 5]
    assert {c["addedAt"] for c in created} == {START_MS - 90_000}


def test_search_finds_by_name_and_pages(api: httpx.Client, crowd: list[str]) -> None:
    found = api.get("/contacts/v1/search/query?q=p3@acme.com&count=1").json()
    everyone = api.get("/contacts/v1/search/query?q=acme.com&count=2").json()

    assert [c["vid"] for c in found["contacts"]] == [int(crowd[3])]
    assert (everyone["total"], everyone["has-more"], everyone["offset"]) == (5, True, 2)


def test_several_profiles_at_once_leave_out_who_is_not_there(api: httpx.Client, crowd: list[str]) -> None:
    by_vid = api.get(f"/contacts/v1/contact/vids/batch?vid={crowd[0]}&vid=999&vid=x&property=email").json()
    by_email = api.get("/contacts/v1/contact/emails/batch?email=p1@acme.com&email=no@acme.com").json()

    assert list(by_vid) == [crowd[0]]
    assert list(by_vid[crowd[0]]["properties"]) == ["email"]
    assert list(by_email) == [crowd[1]]


def test_companies_and_deals_page_by_the_last_id(hub: Hubspot, api: httpx.Client) -> None:
    stage = {"dealstage": "closedwon", "pipeline": "default"}
    for number in range(3):
        hub.seed("companies", {"name": f"C{number}"}, created_ms=START_MS, modified_ms=START_MS + number)
        hub.seed("deals", {"dealname": f"D{number}", **stage}, created_ms=START_MS, modified_ms=START_MS + number)

    first = api.get("/companies/v2/companies/paged?limit=2&properties=name&properties=hs_lastmodifieddate").json()
    rest = api.get(f"/companies/v2/companies/paged?limit=2&properties=name&offset={first['offset']}").json()
    deals = api.get("/deals/v1/deal/paged?limit=2&properties=dealname").json()

    assert [c["properties"]["name"]["value"] for c in first["companies"] + rest["companies"]] == ["C0", "C1", "C2"]
    assert (first["has-more"], rest["has-more"]) == (True, False)
    # tap-hubspot reads its bookmark here.
    assert first["companies"][1]["properties"]["hs_lastmodifieddate"]["timestamp"] == START_MS + 1
    assert [d["properties"]["dealname"]["value"] for d in deals["deals"]] == ["D0", "D1"]
    assert deals["hasMore"] is True
    assert "associations" not in deals["deals"][0]


def test_a_page_of_deals_shows_every_property_when_asked_as_python_clients_ask(hub: Hubspot, api: httpx.Client) -> None:
    values = {"dealname": "Big", "dealstage": "closedwon", "pipeline": "default", "amount": "7"}
    deal = hub.seed("deals", values, created_ms=START_MS, modified_ms=START_MS + 1)
    hub.clock.move(5)
    hub.desk_edit("deals", deal.id, {"amount": "8"})

    def shown(query: str) -> dict[str, Any]:
        (found,) = api.get(f"/deals/v1/deal/paged?includeAllProperties={query}").json()["deals"]
        return dict(found)

    # The words of tap-hubspot.
    latest = shown("True&allPropertiesFetchMode=latest_version&includeAssociations=True")
    assert {n: latest["properties"][n]["value"] for n in values} == {**values, "amount": "8"}
    assert latest["properties"]["hs_lastmodifieddate"]["timestamp"] == START_MS + 5000
    assert [v["value"] for v in latest["properties"]["amount"]["versions"]] == ["8"]
    assert latest["associations"]["associatedVids"] == []
    every = shown("true&allPropertiesFetchMode=all_versions")
    assert [v["value"] for v in every["properties"]["amount"]["versions"]] == ["8", "7"]
    assert "hubspot.deals_v1_fetch_mode" in list(hub.journal.exchanges())[-1].assumed
    assert shown("False&properties=dealname")["properties"].keys() == {"dealname"}


def test_recent_companies_and_deals_come_newest_first(hub: Hubspot, api: httpx.Client) -> None:
    for number in range(3):
        hub.seed("companies", {"name": f"C{number}"}, created_ms=START_MS + number, modified_ms=START_MS - number)

    modified = api.get("/companies/v2/companies/recent/modified?count=2").json()
    since = api.get(f"/companies/v2/companies/recent/modified?since={START_MS}").json()
    created = api.get("/companies/v2/companies/recent/created").json()

    assert [c["properties"]["name"]["value"] for c in modified["results"]] == ["C0", "C1"]
    assert (modified["hasMore"], modified["offset"], modified["total"]) == (True, 2, 3)
    assert since["total"] == 1
    assert [c["properties"]["name"]["value"] for c in created["results"]] == ["C2", "C1", "C0"]


@pytest.mark.parametrize("path", [
    f"{LISTS}/all/contacts/all?count=x", f"{LISTS}/all/contacts/all?vidOffset=-1", "/companies/v2/companies/paged?offset=²",
    f"{LISTS}/recently_updated/contacts/recent?timeOffset=1e9", "/deals/v1/deal/recent/modified?since=x",
    f"{LISTS}/all/contacts/all?vidOffset={'9' * 40}",
])
def test_a_cursor_that_is_no_number_is_refused(api: httpx.Client, path: str) -> None:
    assert api.get(path).status_code == 400


def test_a_contact_shows_what_its_person_has_sent(hub: Hubspot, api: httpx.Client, crowd: list[str]) -> None:
    form = api.post("/marketing/v3/forms", json={"formType": "hubspot", "name": "Ask", "configuration": {}, "displayOptions": {},
                    "legalConsentOptions": {"type": "none"}, "fieldGroups": [{"groupType": "default_group", "richTextType": "text",
                    "fields": [{"objectTypeId": "0-1", "name": "email", "label": "Email", "required": True, "hidden": False,
                                "fieldType": "email", "validation": {}}]}]}).json()["id"]
    for _ in range(2):
        hub.clock.move(1)
        sent = api.post(f"/submissions/v3/integration/submit/{hub.portal_id}/{form}", json={"fields": [
            {"objectTypeId": "0-1", "name": "email", "value": "p0@acme.com"}]})
        assert sent.status_code == 200, sent.text

    def times(path: str) -> list[int]:
        found = api.get(path).json()
        contacts = found.get("contacts", [found])
        return [s["timestamp"] for c in contacts if c["vid"] == int(crowd[0]) for s in c["form-submissions"]]

    profile = f"/contacts/v1/contact/vid/{crowd[0]}/profile"
    assert times(profile) == [START_MS + 2000, START_MS + 1000]
    assert times(f"{profile}?formSubmissionMode=oldest") == [START_MS + 1000]
    assert times(f"{profile}?formSubmissionMode=none") == []
    assert times(f"{LISTS}/all/contacts/all?count=100") == [START_MS + 2000]
    assert api.get(profile).json()["form-submissions"][0]["title"] == "Ask"


def test_emails_and_workflows_in_the_shape_before_v3(hub: Hubspot, api: httpx.Client) -> None:
    made = api.post("/marketing/v3/emails", json={"name": "News", "subject": "Hello"}).json()["id"]
    hub.declare("workflows", hub.declarations["workflows"].model_validate(
        {"name": "Stamp", "kind": "contacts", "on": "create", "after": {"set": "city", "to": "Brno"}}))

    page = api.get("/marketing-emails/v1/emails/with-statistics?limit=5").json()
    assert ([e["id"] for e in page["objects"]], page["total"], page["objects"][0]["subject"]) == ([int(made)], 1, "Hello")
    assert "counters" in page["objects"][0]["stats"]
    assert api.get(f"/marketing-emails/v1/emails/{made}").json()["name"] == "News"
    assert api.get("/marketing-emails/v1/emails/1").status_code == 404
    (found,) = api.get("/automation/v3/workflows").json()["workflows"]
    assert (found["name"], found["enabled"]) == ("Stamp", True)
    assert api.get(f"/automation/v3/workflows/{found['id']}").json() == found
    assert api.get("/automation/v3/workflows/1").status_code == 404
