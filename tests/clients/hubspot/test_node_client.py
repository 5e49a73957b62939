"""@hubspot/api-client, unmodified and in Node, through the acceptance probes of research `hubspot.md` section 5."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from syncproof_mocks.journal import Exchange
from syncproof_mocks.ma.hubspot import Hubspot, limits
from syncproof_mocks.wire import Response
from tests.hubspot.conftest import START_MS

Js = Callable[..., dict[str, Any]]


def requests(hub: Hubspot) -> list[Exchange]:
    return [e for e in hub.journal.entries if isinstance(e, Exchange)]


def wire(exchange: Exchange) -> Any:
    return json.loads(exchange.response_body)


def test_a_contact_is_created_once(js: Js, hub: Hubspot) -> None:
    """Probes 1 and 2."""
    made = js("create", properties={"email": "New@Acme.com"})["value"]
    again = js("create", properties={"email": "NEW@ACME.COM"})["error"]

    assert requests(hub)[0].status == 201
    assert (made["properties"]["email"], made["properties"]["hs_object_id"]) == ("new@acme.com", made["id"])
    assert (again["code"], again["body"]["category"]) == (409, "CONFLICT")
    assert again["body"]["message"] == f"Contact already exists. Existing ID: {made['id']}"


def test_a_contact_is_read_by_address(js: Js, bob: str) -> None:
    """Probe 3."""
    found = js("get", id="bob@acme.com", idProperty="email", properties=["firstname", "nope", "phone"])["value"]

    assert found["id"] == bob
    assert found["properties"]["phone"] is None
    assert set(found["properties"]) == {"firstname", "phone", "createdate", "hs_object_id", "lastmodifieddate"}


def test_unknown_properties_are_all_named(js: Js, bob: str) -> None:
    """Probe 4."""
    error = js("update", id=bob, properties={"nope": "1", "industry_x": "2"})["error"]

    assert error["code"] == 400
    assert [e["code"] for e in error["body"]["errors"]] == ["PROPERTY_DOESNT_EXIST"] * 2
    assert error["body"]["message"].startswith("Property values were not valid: [{")


@pytest.mark.parametrize(("name", "value", "code"), [
    ("email", "a@b.invalidtld", "INVALID_EMAIL"), ("hs_email_optout", "true", "READ_ONLY_VALUE"),
    ("lifecyclestage", "nonsense", "INVALID_OPTION"),
])
def test_a_bad_value_is_refused(js: Js, bob: str, name: str, value: str, code: str) -> None:
    """Probe 5."""
    error = js("update", id=bob, properties={name: value})["error"]

    assert (error["code"], error["body"]["errors"][0]["code"]) == (400, code)


def test_a_lifecycle_stage_does_not_go_back(js: Js, bob: str) -> None:
    """Probe 6."""
    stages = []
    for wanted in ("lead", "", "lead"):
        assert "value" in js("update", id=bob, properties={"lifecyclestage": wanted})
        stages.append(js("get", id=bob, properties=["lifecyclestage"])["value"]["properties"]["lifecyclestage"])

    assert stages == ["customer", "", "lead"]


def test_all_contacts_come_in_three_requests(js: Js, hub: Hubspot) -> None:
    """Probe 7."""
    for number in range(250):
        hub.seed("contacts", {"email": f"p{number}@acme.com"}, created_ms=START_MS, modified_ms=START_MS)

    assert len(set(js("getAll")["value"])) == 250
    found = requests(hub)
    assert [e.query.count("limit=100") for e in found] == [1, 1, 1]
    assert ["after=" in e.query for e in found] == [False, True, True]
    assert ["paging" in wire(e) for e in found] == [True, True, False]
    assert [e.request_body for e in found] == [b"", b"", b""]


def test_batches_with_and_without_trace_ids(js: Js, hub: Hubspot) -> None:
    """Probes 8 and 9."""
    inputs = [{"properties": {"email": f"t{n}@acme.com", **({"nope": "1"} if n == 2 else {})}, "associations": []} for n in (1, 2, 3)]

    assert js("batchCreate", inputs=inputs)["error"]["code"] == 400
    assert hub.store.size("contacts") == 0
    traced = [{**item, "objectWriteTraceId": f"t{at}"} for at, item in enumerate(inputs, 1)]
    found = js("batchCreate", inputs=traced)["value"]
    assert (requests(hub)[-1].status, found["numErrors"], len(found["results"])) == (207, 1, 2)
    assert found["errors"][0]["context"]["objectWriteTraceId"] == ["t2"]


def test_a_missing_record_of_a_batch_is_told(js: Js, hub: Hubspot, bob: str) -> None:
    """Probe 10."""
    found = js("batchRead", ids=[bob, "999"])["value"]

    assert (requests(hub)[-1].status, [r["id"] for r in found["results"]]) == (207, [bob])
    assert (found["errors"][0]["category"], found["errors"][0]["context"]["ids"]) == ("OBJECT_NOT_FOUND", ["999"])


def test_an_upsert_tells_new_from_known(js: Js, bob: str) -> None:
    """Probe 11."""
    found = js("upsert", inputs=[
        {"id": "bob@acme.com", "idProperty": "email", "properties": {"phone": "1"}},
        {"id": "zed@acme.com", "idProperty": "email", "properties": {}},
    ])["value"]

    # `new` is a property that the client's model calls `_new`.
    told = {r["id"] == bob: r.get("new", r.get("_new")) for r in found["results"]}
    assert told == {True: False, False: True}
    assert {r["properties"].get("email") for r in found["results"] if r["id"] != bob} == {"zed@acme.com"}


def test_a_search_lags_behind_writes(js: Js, hub: Hubspot, bob: str) -> None:
    """Probe 12."""
    hub.switch("search_lag_ms", 5000)
    new = js("create", properties={"email": "new@acme.com"})["value"]["id"]
    filters = [{"propertyName": "lastmodifieddate", "operator": "GTE", "value": str(START_MS - 10_000)}]
    request = {"filterGroups": [{"filters": filters}], "sorts": ["-createdate"], "limit": 200}

    def found(**more: Any) -> dict[str, Any]:
        return js("search", request={**request, **more})

    assert [r["id"] for r in found()["value"]["results"]] == [bob]
    hub.clock.move(6)
    later = found()["value"]
    assert ([r["id"] for r in later["results"]], later["total"]) == ([new, bob], 2)
    assert [found(limit=201)["error"]["code"], found(limit=10, after="10000")["error"]["code"]] == [400, 400]


def test_associations_in_v4_and_v3(js: Js, hub: Hubspot, bob: str, ann: str, acme: str) -> None:
    """Probe 13."""
    found = js("associate", contact=bob, company=acme)["value"]

    assert {r["associationSpec"]["associationTypeId"] for r in found["made"]["results"]} >= {279, 280}
    assert found["page"]["results"][0]["toObjectId"] == int(acme)
    assert wire(requests(hub)[-1])["results"][0]["toObjectId"] == int(acme)
    v3 = {"method": "POST", "path": "/crm/v3/associations/companies/contacts/batch/read"}
    assert {"id": bob, "type": "company_to_contact"} in js("raw", **v3, body={"inputs": [{"id": acme}]})["value"]["body"]["results"][0]["to"]
    none = js("raw", method="POST", path="/crm/v3/associations/contacts/companies/batch/read", body={"inputs": [{"id": ann}]})["value"]
    assert (none["status"], none["body"]["errors"][0]["subCategory"]) == (207, "crm.associations.NO_ASSOCIATIONS_FOUND")


def test_an_opt_out_stays(js: Js, bob: str, newsletter: str) -> None:
    """Probe 14."""
    found = js("unsubscribe", email="bob@acme.com", subscription=newsletter)["value"]
    again = js("subscribe", email="bob@acme.com", subscription=newsletter)["error"]

    assert found["changed"]["status"] == "NOT_SUBSCRIBED"
    assert {s["id"]: s["status"] for s in found["now"]["subscriptionStatuses"]}[newsletter] == "NOT_SUBSCRIBED"
    assert (again["code"], "cannot be updated because they have unsubscribed" in again["body"]["message"]) == (400, True)
    name = f"hs_email_optout_{newsletter}"
    assert js("get", id=bob, properties=[name])["value"]["properties"][name] == "true"


def test_a_merge_makes_a_third_record(js: Js, bob: str, ann: str) -> None:
    """Probe 15."""
    new = js("merge", primary=bob, other=ann)["value"]["id"]

    assert new not in (bob, ann)
    assert [js("get", id=i)["value"]["id"] for i in (bob, ann)] == [new, new]
    assert js("getAll")["value"] == [new]


# -- probe 16: when the client tries again ------------------------------------------------------------------

_TEN_SECONDLY = {"errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING",
                 "message": "You have reached your ten_secondly_rolling limit."}


@pytest.fixture
def refuse_first(hub_server: Any, hub: Hubspot) -> Callable[[Callable[[], Any]], None]:
    """A function that lets the first request be answered by another answer, made when it arrives."""

    def arm(make: Callable[[], Any]) -> None:
        left = [make]

        async def strike(dialect: Any, request: Any, operation: Any, proceed: Callable[[], Awaitable[Any]]) -> Any:
            return left.pop()() if left else await proceed()

        hub_server[0].interceptors = [strike]

    return arm


def test_the_mocks_own_refusals_carry_what_the_client_decides_by(hub: Hubspot) -> None:
    bodies = [json.loads(r.body) for r in (
        limits.limited(hub, None), limits.search_limited(hub, None), limits.daily_limited(hub))]

    assert {k: bodies[0][k] for k in _TEN_SECONDLY} == _TEN_SECONDLY
    assert bodies[1]["message"] == "You have reached your secondly limit."
    assert bodies[2]["policyName"] == "DAILY"


@pytest.mark.slow
def test_after_ten_secondly_it_waits_ten_seconds(js: Js, hub: Hubspot, bob: str, refuse_first: Any) -> None:
    """Probe 16. The wait is the client's own."""
    refuse_first(lambda: limits.limited(hub, None))
    done = js("get", id=bob, retries=3)

    assert done["value"]["id"] == bob
    assert 10_000 <= done["ms"] < 12_000
    assert [e.status for e in requests(hub)] == [429, 200]


def test_after_secondly_it_waits_one_second(js: Js, hub: Hubspot, bob: str, refuse_first: Any) -> None:
    """Probe 16."""
    refuse_first(lambda: limits.search_limited(hub, None))
    done = js("search", request={"filterGroups": [], "limit": 10}, retries=3)

    assert done["value"]["total"] == 1
    assert 1000 <= done["ms"] < 3000
    assert [e.status for e in requests(hub)] == [429, 200]


def test_after_a_used_up_day_it_gives_up(js: Js, hub: Hubspot, bob: str, refuse_first: Any) -> None:
    """Probe 16."""
    refuse_first(lambda: limits.daily_limited(hub))
    done = js("get", id=bob, retries=3)

    assert (done["error"]["code"], done["error"]["body"]["policyName"]) == (429, "DAILY")
    assert [e.status for e in requests(hub)] == [429]


def test_after_a_server_error_it_tries_again_at_once(js: Js, hub: Hubspot, bob: str, refuse_first: Any) -> None:
    """Probe 16."""
    refuse_first(lambda: Response(503, b"<html>unavailable</html>", "text/html"))
    done = js("get", id=bob, retries=3)

    assert done["value"]["id"] == bob
    assert 200 <= done["ms"] < 2000
    assert [e.status for e in requests(hub)] == [503, 200]


# -- credentials and lists ----------------------------------------------------------------------------------


def test_scopes_and_tokens(js: Js, hub: Hubspot) -> None:
    """Probe 17."""
    ended = hub.tokens.issue(lifetime_s=10)
    hub.clock.move(17)
    poor = hub.tokens.issue_private(["crm.objects.contacts.read"])

    found = [js("deals", token=token)["error"] for token in (poor, "", ended)]
    assert [(e["code"], e["body"]["category"]) for e in found] == [
        (403, "MISSING_SCOPES"), (401, "INVALID_AUTHENTICATION"), (401, "EXPIRED_AUTHENTICATION"),
    ]
    assert "crm.objects.deals.read" in found[0]["body"]["errors"][0]["context"]["requiredGranularScopes"]


def test_a_refresh_token_gives_a_token_that_works(js: Js, hub: Hubspot) -> None:
    """Probe 18."""
    app = dict(hub.credentials())

    found = js("refresh", app=app, refreshToken=app["refresh_token"])["value"]
    assert found["expiresIn"] == 1800
    assert "value" in js("deals", token=found["accessToken"])
    bad = js("refresh", app=app, refreshToken="nonsense")["error"]
    assert (bad["code"], bad["body"]["status"]) == (400, "BAD_REFRESH_TOKEN")


def test_a_list_from_its_making_to_its_end(js: Js, hub: Hubspot, bob: str, ann: str) -> None:
    """Probe 20."""
    found = js("list", name="People", ids=[bob, ann])["value"]

    made, added, page, removed, gone = requests(hub)
    assert [e.status for e in (made, added, page, removed, gone)] == [200, 200, 200, 200, 204]
    assert (wire(added), wire(removed)) == ({"recordsIdsAdded": [bob, ann]}, {"recordIdsRemoved": [bob, ann]})
    assert (len(found["page"]["results"]), "after" in found["page"]["paging"]["next"]) == (1, True)
    error = js("getList", id=found["made"]["listId"])["error"]
    assert (error["code"], error["body"]["subCategory"]) == (404, "ListError.LIST_ID_DOES_NOT_EXIST")


def test_archiving_is_answered_exactly_as_declared(js: Js, hub: Hubspot, bob: str) -> None:
    """Rule 1: this client throws at any other 2xx."""
    assert js("archive", id=bob) | {"ms": 0} == {"value": None, "ms": 0}
    assert js("archive", id=bob)["value"] is None
    assert [e.status for e in requests(hub)] == [204, 204]
