"""Search: probe 12, operators, sorts, limits and the index that lags."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hubspot import HubSpot
from hubspot.crm.contacts import PublicObjectSearchRequest
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.schema import FieldInfo, FieldType, Option

from .conftest import START_MS

PATH = "/crm/v3/objects/contacts/search"


@pytest.fixture
def people(hub: Hubspot) -> dict[str, str]:
    """Three contacts: ann, bob and cyd; name -> id."""
    hub.add_field("contacts", FieldInfo("score", "Score", FieldType.NUMBER, "number"))
    hub.add_field("contacts", FieldInfo("interests", "Interests", FieldType.MULTI_PICKLIST, "enumeration",
                                        options=(Option("events", "Events"), Option("pricing", "Pricing"))))
    rows = {
        "ann": {"email": "ann@acme.com", "firstname": "Ann", "score": "9", "lifecyclestage": "lead", "interests": "events"},
        "bob": {"email": "bob@acme.com", "firstname": "Bob van Dam", "score": "10.5", "lifecyclestage": "customer",
                "interests": "events;pricing", "closedate": "2026-01-31T12:00:00Z"},
        "cyd": {"email": "cyd@other.org", "city": "Łódź"},
    }
    return {
        name: hub.seed("contacts", values, created_ms=START_MS - 1000 * at, modified_ms=START_MS - 1000 * at).id
        for at, (name, values) in enumerate(rows.items())
    }


def found(api: httpx.Client, people: dict[str, str], *filters: dict[str, Any]) -> set[str]:
    answer = api.post(PATH, json={"filterGroups": [{"filters": [f]} for f in filters], "limit": 200})
    assert answer.status_code == 200, answer.text
    names = {i: n for n, i in people.items()}
    assert answer.json()["total"] == len(answer.json()["results"])
    return {names[r["id"]] for r in answer.json()["results"]}


def test_without_filters_everyone_is_found(api: httpx.Client, people: dict[str, str]) -> None:
    assert found(api, people) == {"ann", "bob", "cyd"}


@pytest.mark.parametrize(("name", "operator", "value", "who"), [
    ("email", "EQ", "BOB@acme.com", "bob"), ("firstname", "EQ", "ann", "ann"), ("firstname", "NEQ", "ann", "bob"),
    ("lifecyclestage", "EQ", "customer", "bob"), ("lifecyclestage", "EQ", "CUSTOMER", ""),
    ("score", "GT", "9", "bob"), ("score", "LTE", "9", "ann"), ("score", "EQ", "10.50", "bob"),
    ("closedate", "GTE", "2026-01-31T12:00:00Z", "bob"), ("closedate", "LT", "1769860800000", ""),
    ("firstname", "HAS_PROPERTY", None, "ann bob"), ("firstname", "NOT_HAS_PROPERTY", None, "cyd"),
    ("email", "CONTAINS_TOKEN", "*@acme.com", "ann bob"), ("firstname", "CONTAINS_TOKEN", "dam", "bob"),
    ("firstname", "CONTAINS_TOKEN", "da", ""), ("firstname", "NOT_CONTAINS_TOKEN", "dam", "ann"),
    ("city", "CONTAINS_TOKEN", "łódź", "cyd"), ("interests", "EQ", "pricing", "bob"),
    ("lastmodifieddate", "GT", str(START_MS - 1000), "ann"), ("lastmodifieddate", "LTE", "2026-09-21T14:13:18Z", "cyd"),
])
def test_an_operator_finds_the_right_people(
    api: httpx.Client, people: dict[str, str], name: str, operator: str, value: str | None, who: str
) -> None:
    given: dict[str, Any] = {"propertyName": name, "operator": operator}
    if value is not None:
        given["value"] = value

    assert found(api, people, given) == set(who.split())


def test_in_wants_lower_case_on_text_and_between_has_both_ends(api: httpx.Client, people: dict[str, str]) -> None:
    def one_of(name: str, operator: str, *values: str) -> set[str]:
        return found(api, people, {"propertyName": name, "operator": operator, "values": list(values)})

    assert one_of("email", "IN", "ann@acme.com", "cyd@other.org", "no@acme.com") == {"ann", "cyd"}
    assert one_of("firstname", "IN", "Ann") == set()
    assert one_of("firstname", "IN", "ann") == {"ann"}
    assert one_of("firstname", "NOT_IN", "ann") == {"bob"}
    assert one_of("hs_object_id", "IN", people["bob"]) == {"bob"}
    between = {"propertyName": "score", "operator": "BETWEEN", "value": "9", "highValue": "10"}
    assert found(api, people, between) == {"ann"}


def test_groups_are_joined_by_or_and_their_filters_by_and(api: httpx.Client, people: dict[str, str]) -> None:
    ann = {"propertyName": "firstname", "operator": "EQ", "value": "ann"}
    customer = {"propertyName": "lifecyclestage", "operator": "EQ", "value": "customer"}

    assert found(api, people, ann, customer) == {"ann", "bob"}
    both = api.post(PATH, json={"filters": [ann, customer]}).json()
    assert (both["total"], both["results"]) == (0, [])


def test_associations_can_be_searched(hub: Hubspot, api: httpx.Client, people: dict[str, str], acme: str) -> None:
    hub.seed_association(people["cyd"], acme)

    assert found(api, people, {"propertyName": "associations.company", "operator": "EQ", "value": acme}) == {"cyd"}


@pytest.mark.parametrize("sort", ["-createdate", {"propertyName": "createdate", "direction": "DESCENDING"}])
def test_sorts_come_as_text_or_object(api: httpx.Client, people: dict[str, str], sort: object) -> None:
    ids = [r["id"] for r in api.post(PATH, json={"sorts": [sort]}).json()["results"]]

    assert ids == [people["ann"], people["bob"], people["cyd"]]
    numbers = [r["id"] for r in api.post(PATH, json={"sorts": ["score"]}).json()["results"]]
    assert numbers == [people["ann"], people["bob"], people["cyd"]]  # as numbers, blanks last


def test_pages_go_by_offset_and_have_no_link(api: httpx.Client, people: dict[str, str]) -> None:
    first = api.post(PATH, json={"limit": 2}).json()
    assert (first["total"], first["paging"]) == (3, {"next": {"after": "2"}})
    last = api.post(PATH, json={"limit": 2, "after": 2}).json()
    assert ([r["id"] for r in last["results"]], "paging" in last) == ([people["cyd"]], False)


def test_free_text_looks_into_the_default_properties(api: httpx.Client, people: dict[str, str]) -> None:
    def asked(query: str) -> list[str]:
        return [r["id"] for r in api.post(PATH, json={"query": query}).json()["results"]]

    assert asked("bob da") == [people["bob"]]
    assert asked("other.org") == [people["cyd"]]
    assert asked("Łódź") == []


@pytest.mark.parametrize("body", [
    {"limit": 201}, {"limit": 0}, {"after": "10000"}, {"after": "9990", "limit": 11}, {"after": "x"},
    {"sorts": ["email", "city"]}, {"sorts": ["nope"]}, {"filters": [{"propertyName": "nope", "operator": "HAS_PROPERTY"}]},
    {"filters": [{"propertyName": "email", "operator": "LIKE", "value": "x"}]},
    {"filters": [{"propertyName": "email", "operator": "EQ"}]},
    {"filters": [{"propertyName": "closedate", "operator": "GT", "value": "soon"}]},
    {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "HAS_PROPERTY"}]}] * 6},
    {"filters": [{"propertyName": "email", "operator": "HAS_PROPERTY"}] * 7}, {"query": "x" * 3000},
])
def test_a_search_that_cannot_be_run_is_refused(api: httpx.Client, body: dict[str, Any]) -> None:
    answer = api.post(PATH, json=body)

    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")


def test_a_fresh_contact_appears_only_after_the_lag(hub: Hubspot, sdk: HubSpot, api: httpx.Client) -> None:
    hub.switch("search_lag_ms", 5000)
    made = api.post("/crm/v3/objects/contacts", json={"properties": {"email": "new@acme.com"}}).json()["id"]
    body = PublicObjectSearchRequest(
        filter_groups=[{"filters": [{"propertyName": "lastmodifieddate", "operator": "GTE", "value": str(START_MS)}]}],
        sorts=["-createdate"], limit=200,
    )

    assert sdk.crm.contacts.search_api.do_search(body).total == 0
    assert api.get(f"/crm/v3/objects/contacts/{made}").status_code == 200
    hub.clock.move(5)
    assert [r.id for r in sdk.crm.contacts.search_api.do_search(body).results] == [made]


def test_a_lagging_index_shows_the_earlier_state(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    hub.switch("search_lag_ms", 5000)
    for name in ("Rob", "Robert"):
        hub.clock.move(1)
        api.patch(f"/crm/v3/objects/contacts/{bob}", json={"properties": {"firstname": name}})

    def seen(value: str) -> list[str]:
        body = {"filters": [{"propertyName": "firstname", "operator": "EQ", "value": value}], "properties": ["firstname"]}
        return [r["properties"]["firstname"] for r in api.post(PATH, json=body).json()["results"]]

    assert (seen("Bob"), seen("Robert")) == (["Bob"], [])
    exchange = list(hub.journal.exchanges())[-2]
    assert exchange.served == [("contacts", bob, 1)]
    hub.clock.move(4)
    assert (seen("Bob"), seen("Rob"), seen("Robert")) == ([], ["Rob"], [])
    hub.clock.move(1)
    assert seen("Robert") == ["Robert"]


def test_what_was_just_archived_still_counts_but_is_not_shown(hub: Hubspot, api: httpx.Client, bob: str) -> None:
    hub.switch("search_lag_ms", 5000)
    hub.clock.move(10)
    api.delete(f"/crm/v3/objects/contacts/{bob}")

    assert api.post(PATH, json={}).json() == {"total": 1, "results": []}
    hub.clock.move(5)
    assert api.post(PATH, json={}).json() == {"total": 0, "results": []}
