"""Faults that refuse whole requests, in each vendor's own words; healed, nothing is left of them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.faults.conftest import OBJECTS, Vendors


def made_in(vendors: Vendors, side: str) -> int:
    return vendors.crm.store.size("Contact") if side == "crm" else vendors.ma.store.size("contacts")


def ask(vendors: Vendors, side: str) -> Any:
    if side == "crm":
        return vendors.collection({"LastName": "New"})
    return vendors.batch({"properties": {"email": "new@example.com"}})


def refresh(vendors: Vendors, side: str) -> Any:
    known = (vendors.crm if side == "crm" else vendors.ma).credentials()
    form = {"grant_type": "refresh_token", **{k: known[k] for k in ("client_id", "client_secret", "refresh_token")}}
    return vendors.http[side].post("/services/oauth2/token" if side == "crm" else "/oauth/v3/token", data=form)


@pytest.mark.parametrize(("side", "fault", "settings", "status", "says"), [
    ("ma", "rate_limit", {}, 429, "ten_secondly_rolling"),
    ("ma", "rate_limit", {"limit": "ten_seconds"}, 429, "TEN_SECONDLY_ROLLING"),
    ("ma", "rate_limit", {"limit": "second"}, 429, "You have reached your secondly limit."),
    ("ma", "rate_limit", {"limit": "daily"}, 429, '"policyName":"DAILY"'),
    ("crm", "rate_limit", {}, 403, "TotalRequests Limit exceeded."),
    ("crm", "rate_limit", {"limit": "daily"}, 403, "TotalRequests Limit exceeded."),
    ("crm", "rate_limit", {"limit": "concurrent"}, 403, "ConcurrentPerOrgLongTxn Limit exceeded."),
    ("ma", "row_lock", {}, 423, "locked"),
    ("crm", "login_revoked", {}, 401, "INVALID_SESSION_ID"),
    ("ma", "login_revoked", {}, 401, "INVALID_AUTHENTICATION"),
    ("crm", "scope_missing", {}, 403, "API_DISABLED_FOR_ORG"),
    ("ma", "scope_missing", {}, 403, "crm.objects.contacts.write"),
    ("crm", "ip_blocked", {}, 401, "INVALID_SESSION_ID"),
], ids=lambda v: v if isinstance(v, str) else "")
def test_it_refuses_in_the_vendors_words_does_nothing_and_leaves_no_trace(
    vendors: Vendors, side: str, fault: str, settings: dict[str, Any], status: int, says: str
) -> None:
    before = made_in(vendors, side)
    armed = vendors.arm(side, fault, settings=settings)
    answer = ask(vendors, side)

    assert answer.status_code == status
    assert says in answer.text
    assert made_in(vendors, side) == before
    assert (vendors.faults, armed.struck) == ([fault], 1)
    vendors.heal(side)
    assert ask(vendors, side).status_code in (200, 201)
    assert made_in(vendors, side) == before + 1
    assert vendors.faults == [fault, ""]


def test_only_the_search_limit_waits_as_long_as_it_says(vendors: Vendors) -> None:
    vendors.arm("ma", "rate_limit", settings={"limit": "second", "retry_after_s": 2})

    assert ask(vendors, "ma").headers["retry-after"] == "2"


@pytest.mark.parametrize(("side", "fault", "says"), [
    ("crm", "login_revoked", "expired access/refresh token"), ("crm", "ip_blocked", "ip restricted"), ("ma", "login_revoked", "BAD_REFRESH_TOKEN"),
])  # fmt: skip
def test_nobody_gets_a_new_token_either(vendors: Vendors, side: str, fault: str, says: str) -> None:
    assert refresh(vendors, side).status_code == 200
    vendors.arm(side, fault)
    answer = refresh(vendors, side)

    assert (answer.status_code, says in answer.text) == (400, True)
    vendors.heal(side)
    assert refresh(vendors, side).status_code == 200


def test_salesforce_may_still_be_asked_for_a_token_when_its_api_is_off(vendors: Vendors) -> None:
    armed = vendors.arm("crm", "scope_missing")

    assert refresh(vendors, "crm").status_code == 200
    assert (armed.seen, armed.struck) == (0, 0)


def test_the_blocked_address_of_a_running_session_is_an_assumption(vendors: Vendors) -> None:
    vendors.arm("crm", "ip_blocked")
    ask(vendors, "crm")

    assert "salesforce.session_of_blocked_address" in list(vendors.crm.journal.exchanges())[-1].assumed


def test_an_expired_token_of_salesforce_is_refused_and_a_new_one_works(vendors: Vendors) -> None:
    vendors.arm("crm", "token_expired", after=1, times=1)
    assert vendors.query().status_code == 200
    assert vendors.query().json()[0]["errorCode"] == "INVALID_SESSION_ID"
    assert vendors.query().status_code == 401, "the session has ended for good"
    assert vendors.faults == ["", "token_expired", ""]

    token = refresh(vendors, "crm").json()["access_token"]
    vendors.http["crm"].headers["Authorization"] = f"Bearer {token}"
    assert vendors.query().status_code == 200


def test_an_expired_oauth_token_of_hubspot_is_refused_and_a_new_one_works(vendors: Vendors) -> None:
    client = vendors.http["ma"]
    client.headers["Authorization"] = f"Bearer {refresh(vendors, 'ma').json()['access_token']}"
    assert client.get(OBJECTS).status_code == 200
    vendors.arm("ma", "token_expired", times=1)

    assert client.get(OBJECTS).json()["category"] == "EXPIRED_AUTHENTICATION"
    client.headers["Authorization"] = f"Bearer {refresh(vendors, 'ma').json()['access_token']}"
    assert client.get(OBJECTS).status_code == 200


def test_the_token_of_a_private_app_never_ends_so_nothing_has_struck(vendors: Vendors) -> None:
    armed = vendors.arm("ma", "token_expired", times=1)

    assert vendors.http["ma"].get(OBJECTS).status_code == 200
    assert (vendors.faults, armed.seen, armed.struck) == ([""], 1, 0)


def test_every_token_that_was_handed_out_is_known(vendors: Vendors) -> None:
    handed_out = {side: refresh(vendors, side).json()["access_token"] for side in ("crm", "ma")}
    vendors.arm("crm", "token_expired", times=1)
    vendors.query()

    assert {handed_out["crm"], vendors.crm.credentials()["token"]} <= set(vendors.crm.tokens_issued())
    assert {handed_out["ma"], vendors.ma.credentials()["token"]} <= set(vendors.ma.tokens_issued())
