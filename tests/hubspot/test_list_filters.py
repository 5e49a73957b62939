"""DYNAMIC and SNAPSHOT lists: each operation, branches, lists in lists, consent; what is not known is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.ma.hubspot.consent_state import Cause, set_portal, set_status

from .conftest import START_MS

ROOT = "/crm/v3/lists"
DAY = 86_400_000


def branch(*filters: Any, branches: Any = ()) -> dict[str, Any]:
    inner = {"filterBranchType": "AND", "filters": list(filters), "filterBranches": list(branches)}
    return {"filterBranchType": "OR", "filterBranches": [inner], "filters": []}


def prop(name: str, kind: str, operator: str, **more: Any) -> dict[str, Any]:
    return {"filterType": "PROPERTY", "property": name, "operation": {"operationType": kind, "operator": operator, **more}}


@pytest.fixture
def people(hub: Hubspot) -> dict[str, str]:
    """Ann, Bob and Cec by name -> id; Cec has next to nothing filled in."""
    hub.subscription_types.add("Newsletter")
    rows = {
        "ann": {"email": "ann@acme.com", "firstname": "Ann", "lastname": "Nowak", "lifecyclestage": "customer",
                "hs_buying_role": "CHAMPION;BLOCKER", "closedate": "2026-09-20T10:00:00Z", "num_associated_deals": "3"},
        "bob": {"email": "bob@acme.com", "firstname": "bob", "lastname": "ann", "lifecyclestage": "lead",
                "hs_buying_role": "CHAMPION", "closedate": "2026-09-30T10:00:00Z", "num_associated_deals": "10"},
        "cec": {"email": "cec@other.com", "lifecyclestage": "lead"},
    }
    return {
        name: hub.seed("contacts", values, created_ms=START_MS - 9 * DAY, modified_ms=START_MS - 9 * DAY).id
        for name, values in rows.items()
    }


def who(api: httpx.Client, people: dict[str, str], filter_branch: Any, processing: str = "DYNAMIC") -> list[str]:
    body = {"name": "L", "objectTypeId": "0-1", "processingType": processing, "filterBranch": filter_branch}
    made = api.post(ROOT, json=body)
    assert made.status_code == 200, made.text
    names = {i: n for n, i in people.items()}
    path = f"{ROOT}/{made.json()['list']['listId']}"
    found = [names[r["recordId"]] for r in api.get(f"{path}/memberships").json()["results"]]
    assert api.get(path).json()["list"]["size"] == len(found)
    api.delete(path)
    return found


def date(day: int, hour: int = 0) -> dict[str, Any]:
    return {"timeType": "DATE", "timezoneSource": "CUSTOM", "zoneId": "Europe/Warsaw", "year": 2026, "month": 9,
            "day": day, "hour": hour}


def indexed(word: str, days: int) -> dict[str, Any]:
    return {"timeType": "INDEXED", "zoneId": "UTC", "indexReference": {"referenceType": word}, "offset": {"days": days}}


CASES: list[tuple[dict[str, Any], list[str]]] = [
    (prop("firstname", "MULTISTRING", "IS_EQUAL_TO", values=["ANN", "x"]), ["ann"]),
    (prop("firstname", "multistring", "IS_NOT_EQUAL_TO", values=["ann"]), ["bob"]),
    (prop("firstname", "MULTISTRING", "IS_NOT_EQUAL_TO", values=["ann"], includeObjectsWithNoValueSet=True), ["bob", "cec"]),
    (prop("email", "MULTISTRING", "ENDS_WITH", values=["@acme.com"]), ["ann", "bob"]),
    (prop("email", "MULTISTRING", "STARTS_WITH", values=["c", "b"]), ["bob", "cec"]),
    (prop("email", "STRING", "CONTAINS", value="OTHER"), ["cec"]),
    (prop("email", "STRING", "DOES_NOT_CONTAIN", value="other"), ["ann", "bob"]),
    (prop("firstname", "string-comparative", "IS_EQUAL_TO", comparisonPropertyName="lastname"), []),
    (prop("firstname", "ALL_PROPERTY", "IS_UNKNOWN"), ["cec"]),
    (prop("firstname", "alltypes", "IS_KNOWN"), ["ann", "bob"]),
    (prop("num_associated_deals", "NUMBER", "IS_GREATER_THAN", value=3), ["bob"]),
    (prop("num_associated_deals", "NUMBER", "IS_LESS_THAN_OR_EQUAL_TO", value=3), ["ann"]),
    (prop("num_associated_deals", "NUMBER_RANGED", "IS_BETWEEN", lowerBound=1, upperBound=5), ["ann"]),
    (prop("num_associated_deals", "number-ranged", "IS_NOT_BETWEEN", lowerBound=1, upperBound=5), ["bob"]),
    (prop("hs_is_unworked", "BOOL", "IS_EQUAL_TO", value=True), ["ann", "bob", "cec"]),
    (prop("hs_is_unworked", "BOOL", "IS_NOT_EQUAL_TO", value=True), []),
    (prop("lifecyclestage", "ENUMERATION", "IS_ANY_OF", values=["customer", "other"]), ["ann"]),
    (prop("lifecyclestage", "ENUMERATION", "IS_NONE_OF", values=["customer"]), ["bob", "cec"]),
    (prop("hs_buying_role", "ENUMERATION", "IS_EXACTLY", values=["CHAMPION"]), ["bob"]),
    (prop("hs_buying_role", "ENUMERATION", "CONTAINS_ALL", values=["CHAMPION", "BLOCKER"]), ["ann"]),
    (prop("hs_buying_role", "ENUMERATION", "DOES_NOT_CONTAIN_ALL", values=["CHAMPION", "BLOCKER"]), ["bob"]),
    (prop("closedate", "DATETIME", "IS_BEFORE_DATE", timestamp=START_MS), ["ann"]),
    (prop("closedate", "datetime-ranged", "IS_BETWEEN", lowerBoundTimestamp=START_MS, upperBoundTimestamp=START_MS + 20 * DAY), ["bob"]),
    (prop("closedate", "ROLLING_DATE_RANGE", "IS_LESS_THAN_X_DAYS_AGO", numberOfDays=2), ["ann"]),
    (prop("closedate", "datetime-rolling", "IS_MORE_THAN_X_DAYS_FROM_NOW", numberOfDays=2), ["bob"]),
    (prop("closedate", "COMPARATIVE_DATE", "IS_AFTER", comparisonPropertyName="createdate"), ["ann", "bob"]),
    (prop("firstname", "ROLLING_PROPERTY_UPDATED", "NOT_UPDATED_IN_LAST_X_DAYS", numberOfDays=5), ["ann", "bob"]),
    (prop("closedate", "TIME_POINT", "IS_AFTER", timePoint=date(20, 12)), ["bob"]),
    (prop("closedate", "TIME_POINT", "IS_AFTER", timePoint=date(20, 12), endpointBehavior="INCLUSIVE"), ["ann", "bob"]),
    (prop("closedate", "TIME_POINT", "IS_BEFORE", timePoint=indexed("TODAY", 0)), ["ann"]),
    (prop("closedate", "TIME_RANGED", "IS_BETWEEN", lowerBoundTimePoint=indexed("TODAY", -3),
          upperBoundTimePoint=indexed("NOW", 0)), ["ann"]),
    (prop("firstname", "TIME_RANGED", "IS_NOT_BETWEEN", propertyParser="UPDATED_AT", lowerBoundTimePoint=indexed("TODAY", -3),
          upperBoundTimePoint=indexed("NOW", 0)), ["ann", "bob"]),
    (prop("closedate", "TIME_POINT", "IS_AFTER", timePoint={
        "timeType": "PROPERTY_REFERENCED", "property": "createdate", "referenceType": "VALUE"}), ["ann", "bob"]),
]


@pytest.mark.parametrize(("given", "expected"), CASES, ids=lambda v: str(v.get("operation")) if isinstance(v, dict) else "")
def test_an_operation_chooses(api: httpx.Client, people: dict[str, str], given: Any, expected: list[str]) -> None:
    assert who(api, people, branch(given)) == expected


def test_history_counts_for_what_has_ever_been(hub: Hubspot, api: httpx.Client, people: dict[str, str]) -> None:
    hub.desk_edit("contacts", people["bob"], {"lifecyclestage": "customer", "firstname": "Rob"})

    assert who(api, people, branch(prop("lifecyclestage", "ENUMERATION", "HAS_EVER_BEEN_ANY_OF", values=["lead"]))) == ["bob", "cec"]
    assert who(api, people, branch(prop("lifecyclestage", "ENUMERATION", "HAS_NEVER_BEEN_ANY_OF", values=["lead"]))) == ["ann"]
    assert who(api, people, branch(prop("firstname", "STRING", "HAS_EVER_CONTAINED", value="ob"))) == ["bob"]


def test_branches_are_or_of_and(api: httpx.Client, people: dict[str, str]) -> None:
    ann = branch(prop("firstname", "MULTISTRING", "IS_EQUAL_TO", values=["ann"]),
                 prop("lifecyclestage", "ENUMERATION", "IS_ANY_OF", values=["lead"]))
    cec = branch(prop("email", "MULTISTRING", "CONTAINS", values=["cec"]))

    assert who(api, people, ann) == []
    both = {**ann, "filterBranches": [*ann["filterBranches"], *cec["filterBranches"]]}
    assert who(api, people, both) == ["cec"]


def test_a_dynamic_list_follows_and_a_snapshot_does_not(hub: Hubspot, api: httpx.Client, people: dict[str, str]) -> None:
    leads = branch(prop("lifecyclestage", "ENUMERATION", "IS_ANY_OF", values=["lead"]))
    made = [
        api.post(ROOT, json={"name": p, "objectTypeId": "0-1", "processingType": p, "filterBranch": leads}).json()["list"]["listId"]
        for p in ("DYNAMIC", "SNAPSHOT")
    ]
    hub.desk_edit("contacts", people["ann"], {"lifecyclestage": "lead"})

    sizes = [api.get(f"{ROOT}/{i}").json()["list"]["size"] for i in made]
    refused = api.put(f"{ROOT}/{made[0]}/memberships/add", json=[people["ann"]])
    taken = api.put(f"{ROOT}/{made[1]}/memberships/add", json=[people["ann"]])

    assert sizes == [3, 2]
    assert (refused.status_code, taken.json()) == (400, {"recordsIdsAdded": [people["ann"]]})
    hub.switch("search_lag_ms", 5000)
    hub.clock.move(6)
    hub.desk_edit("contacts", people["cec"], {"lifecyclestage": "customer"})
    assert api.get(f"{ROOT}/{made[0]}").json()["list"]["size"] == 3, "the search index has not seen it yet"
    hub.clock.move(6)
    assert api.get(f"{ROOT}/{made[0]}").json()["list"]["size"] == 2


def test_filters_are_shown_in_full_and_replaced(api: httpx.Client, people: dict[str, str]) -> None:
    first = branch(prop("firstname", "MULTISTRING", "IS_EQUAL_TO", values=["ann"]))
    made = api.post(ROOT, json={"name": "L", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": first}).json()
    path = f"{ROOT}/{made['list']['listId']}"
    second = branch(prop("firstname", "ALL_PROPERTY", "IS_UNKNOWN"))

    updated = api.put(f"{path}/update-list-filters", json={"filterBranch": second}).json()["updatedList"]

    inner = made["list"]["filterBranch"]["filterBranches"][0]
    assert (inner["filterBranchOperator"], inner["filters"][0]["operation"]["includeObjectsWithNoValueSet"]) == ("AND", False)
    assert (updated["listVersion"], updated["size"]) == (2, 1)
    assert "filterBranch" not in api.get(path).json()["list"]
    assert "filterBranch" in api.get(f"{path}?includeFilters=true").json()["list"]
    circle = branch({"filterType": "IN_LIST", "listId": made["list"]["listId"], "operator": "IN_LIST"})
    assert api.put(f"{path}/update-list-filters", json={"filterBranch": circle}).status_code == 400


def test_lists_in_lists(api: httpx.Client, people: dict[str, str]) -> None:
    made = api.post(ROOT, json={"name": "VIP", "objectTypeId": "0-1", "processingType": "MANUAL"}).json()["list"]["listId"]
    api.put(f"{ROOT}/{made}/memberships/add", json=[people["bob"]])

    assert who(api, people, branch({"filterType": "IN_LIST", "listId": made, "operator": "IN_LIST"})) == ["bob"]
    assert who(api, people, branch({"filterType": "IN_LIST", "listId": made, "operator": "NOT_IN_LIST"})) == ["ann", "cec"]


def test_lists_of_those_who_said_yes(hub: Hubspot, api: httpx.Client, people: dict[str, str]) -> None:
    news = hub.subscription_types.by_name("Newsletter") or ""
    set_status(hub, "ann@acme.com", news, "SUBSCRIBED", Cause("recipient", "page"))
    set_status(hub, "bob@acme.com", news, "SUBSCRIBED", Cause("recipient", "page"))
    set_portal(hub, "bob@acme.com", "UNSUBSCRIBED", Cause("recipient", "page"))

    def with_state(*states: str) -> list[str]:
        return who(api, people, branch(
            {"filterType": "EMAIL_SUBSCRIPTION", "subscriptionIds": [news], "acceptedStatuses": list(states)}))

    assert (with_state("OPT_IN"), with_state("OPT_OUT"), with_state("NOT_OPTED")) == (["ann"], ["bob"], ["cec"])


def test_the_company_of_a_contact(hub: Hubspot, api: httpx.Client, people: dict[str, str], acme: str) -> None:
    hub.seed_association(people["cec"], acme)
    inside = {"filterBranchType": "ASSOCIATION", "operator": "IN_LIST", "objectTypeId": "0-2", "associationTypeId": 279,
              "associationCategory": "HUBSPOT_DEFINED", "filterBranches": [],
              "filters": [prop("domain", "MULTISTRING", "IS_EQUAL_TO", values=["acme.com"])]}

    assert who(api, people, branch(branches=[inside])) == ["cec"]


@pytest.mark.parametrize("given", [
    prop("nope", "ALL_PROPERTY", "IS_KNOWN"), prop("firstname", "NUMBER", "IS_EQUAL_TO", value=1),
    prop("firstname", "MULTISTRING", "IS_EQUAL_TO", values="ann"), prop("firstname", "MULTISTRING", "CONTAINS_EXACTLY", values=["a"]),
    prop("closedate", "CALENDAR_DATE", "IN_THIS_TIME_UNIT"), prop("closedate", "DATETIME", "IS_EQUAL_TO", timestamp="now"),
    prop("closedate", "TIME_POINT", "IS_AFTER", timePoint={"timeType": "DATE", "year": 2026, "month": 13, "day": 1}),
    prop("closedate", "TIME_POINT", "IS_AFTER", timePoint={**date(1), "zoneId": "../etc/passwd"}),
    prop("closedate", "TIME_POINT", "IS_AFTER", timePoint=indexed("TODAY", 10**12)),
    prop("firstname", "STRING", "IS_EQUAL_TO", value="x", includeObjectsWithNoValueSet="yes"),
    {"filterType": "PROPERTY", "property": "firstname"}, {"filterType": "FORM_SUBMISSION", "operator": "FILLED_OUT"},
    {"filterType": "IN_LIST", "listId": "99", "operator": "IN_LIST"}, {}, "x", None,
    {"filterType": "EMAIL_SUBSCRIPTION", "subscriptionIds": ["1"], "acceptedStatuses": ["OPT_IN"]},
    {"filterType": "EMAIL_SUBSCRIPTION", "subscriptionIds": [], "acceptedStatuses": ["MAYBE"]},
])
def test_a_filter_that_is_not_understood_is_refused_never_ignored(hub: Hubspot, api: httpx.Client, given: Any) -> None:
    body = {"name": "L", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": branch(given)}
    assert api.post(ROOT, json=body).status_code in (400, 404)
    assert list(hub.store.rows("lists")) == []


@pytest.mark.parametrize("given", [
    {"filterBranchType": "AND", "filters": [], "filterBranches": []}, {"filterBranchType": "OR", "filterBranches": []},
    {"filterBranchType": "OR", "filterBranches": [{"filterBranchType": "OR"}]}, {"filterBranchType": "OR", "filterBranches": ["x"]},
    branch(branches=[{"filterBranchType": "UNIFIED_EVENTS", "operator": "HAS_COMPLETED"}]),
    branch(branches=[{"filterBranchType": "ASSOCIATION", "operator": "IN_LIST", "objectTypeId": "0-2"}]),
])
def test_a_branch_of_another_shape_is_refused(api: httpx.Client, given: Any) -> None:
    body = {"name": "L", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": given}
    assert api.post(ROOT, json=body).status_code == 400
