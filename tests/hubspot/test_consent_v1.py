"""The legacy subscription API `/email/public/v1/subscriptions`, over a socket."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from syncproof_mocks.consent import ConsentKey
from syncproof_mocks.journal import Actor
from syncproof_mocks.ma.hubspot import Hubspot

EMAIL = "bob@acme.com"
ROOT = "/email/public/v1/subscriptions"


@pytest.fixture
def http(portal: Hubspot) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {portal.tokens.private}"}
    with httpx.Client(base_url=portal.base_url, headers=headers) as client:
        yield client


def newsletter(portal: Hubspot) -> int:
    return int(portal.subscription_types.by_name("Newsletter") or 0)


def opt_state(portal: Hubspot, http: httpx.Client) -> tuple[str, bool]:
    found = http.get(f"{ROOT}/{EMAIL}").json()["subscriptionStatuses"]
    return next((s["optState"], s["subscribed"]) for s in found if s["id"] == newsletter(portal))


def test_definitions_are_numbers_in_order(portal: Hubspot, http: httpx.Client) -> None:
    found = http.get(ROOT, params={"portalId": portal.portal_id}).json()["subscriptionDefinitions"]

    assert [d["order"] for d in found] == [0, 1, 2, 3]
    assert found[-1]["id"] == newsletter(portal)
    assert {d["portalId"] for d in found} == {portal.portal_id}


def test_opting_in_and_out_shows_in_the_three_states(portal: Hubspot, http: httpx.Client) -> None:
    assert opt_state(portal, http) == ("NOT_OPTED", True)

    item = {"id": newsletter(portal), "subscribed": True, "optState": "OPT_IN", "legalBasis": "CONSENT_WITH_NOTICE",
            "legalBasisExplanation": "form"}
    assert http.put(f"{ROOT}/{EMAIL}", json={"subscriptionStatuses": [item]}).json() == {"status": "ok"}
    assert opt_state(portal, http) == ("OPT_IN", True)

    http.put(f"{ROOT}/{EMAIL}", json={"subscriptionStatuses": [{"id": newsletter(portal), "subscribed": False}]})
    assert opt_state(portal, http) == ("OPT_OUT", False)


def test_there_is_no_undo_and_a_refusal_changes_nothing(portal: Hubspot, http: httpx.Client) -> None:
    contact = portal.desk_create("contacts", {"email": EMAIL})
    with portal.journal.acting(Actor.MA_USER):
        portal.desk_consent("contacts", contact.id, ConsentKey("email", "newsletter"), grant=False, proof=None)
    marketing = int(portal.subscription_types.by_name("Marketing Information") or 0)
    start = len(portal.journal)

    answer = http.put(f"{ROOT}/{EMAIL}", json={"subscriptionStatuses": [
        {"id": marketing, "subscribed": True}, {"id": newsletter(portal), "optState": "OPT_IN"},
    ]})

    assert answer.status_code == 400
    assert "cannot be updated because they have unsubscribed" in answer.json()["message"]
    assert list(portal.journal.changes(start)) == []


def test_unsubscribing_from_all_is_the_portal_wide_state(portal: Hubspot, http: httpx.Client) -> None:
    portal.desk_create("contacts", {"email": EMAIL})

    http.put(f"{ROOT}/{EMAIL}", json={"unsubscribeFromAll": True})

    found = http.get(f"{ROOT}/{EMAIL}").json()
    assert (found["status"], found["subscribed"], found["unsubscribeFromPortal"]) == ("unsubscribed", False, True)
    assert {s["optState"] for s in found["subscriptionStatuses"]} == {"OPT_OUT"}
    row = portal.contact_by_email(EMAIL)
    assert row is not None
    assert row.values["hs_email_optout"] == "true"


def test_the_timeline_tells_who_did_what_and_pages(portal: Hubspot, http: httpx.Client) -> None:
    portal.clock.freeze(1_800_000_000_000)
    contact = portal.desk_create("contacts", {"email": EMAIL})
    http.put(f"{ROOT}/{EMAIL}", json={"subscriptionStatuses": [{"id": newsletter(portal), "subscribed": True}]})
    portal.clock.move(10)
    with portal.journal.acting(Actor.MA_USER):
        portal.desk_consent("contacts", contact.id, ConsentKey("email", "*"), grant=False, proof=None)

    first = http.get(f"{ROOT}/timeline", params={"limit": 1}).json()
    second = http.get(f"{ROOT}/timeline", params={"limit": 1, "offset": first["offset"]}).json()

    assert (first["hasMore"], second["hasMore"]) == (True, False)
    told = [page["timeline"][0]["changes"][0] for page in (first, second)]
    assert [(c["source"], c["changeType"], c["change"], c.get("subscriptionId")) for c in told] == [
        ("SOURCE_RECIPIENT", "PORTAL_STATUS", "UNSUBSCRIBED", None),
        ("SOURCE_HUBSPOT_CUSTOMER", "SUBSCRIPTION_STATUS", "SUBSCRIBED", newsletter(portal)),
    ]
    window = {"startTimestamp": 1_800_000_005_000, "endTimestamp": 1_800_000_020_000}
    late = http.get(f"{ROOT}/timeline", params=window).json()["timeline"]
    assert [e["timestamp"] for e in late] == [1_800_000_010_000]
    assert http.get(f"{ROOT}/timeline", params={"recipient": "ann@acme.com"}).json()["timeline"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"subscriptionStatuses": [{"id": 1, "subscribed": False}]},
        {"subscriptionStatuses": [{"subscribed": False}]},
        {"subscriptionStatuses": "all"},
        {"subscriptionStatuses": [{"id": 530858992, "optState": "MAYBE"}]},
        {"unsubscribeFromAll": True, "portalSubscriptionLegalBasis": "BECAUSE"},
    ],
)
def test_a_bad_request_is_refused(portal: Hubspot, http: httpx.Client, body: dict[str, object]) -> None:
    assert http.put(f"{ROOT}/{EMAIL}", json=body).status_code == 400
    assert list(portal.store.rows("consents")) == []


def test_a_bad_timestamp_is_refused(http: httpx.Client) -> None:
    assert http.get(f"{ROOT}/timeline", params={"startTimestamp": "yesterday"}).status_code == 400
