"""Limits of an edition, per policy, with the headers that tell of them (2.9)."""

from __future__ import annotations

import httpx
import pytest
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.ma.hubspot.limits import LimitRule

PATH = "/crm/v3/objects/contacts"


@pytest.mark.parametrize(("edition", "increase", "ten", "day"), [
    ("free", False, 100, 250_000), ("starter", False, 100, 250_000), ("professional", False, 190, 625_000),
    ("enterprise", False, 190, 1_000_000), ("enterprise", True, 250, 2_000_000),
])
def test_an_edition_has_its_numbers(hub: Hubspot, api: httpx.Client, edition: str, increase: bool, ten: int, day: int) -> None:
    hub.declare("limits", LimitRule.model_validate({"edition": edition, "api_limit_increase": increase}))
    found = api.get(PATH).headers

    assert (found["x-hubspot-ratelimit-max"], found["x-hubspot-ratelimit-remaining"]) == (str(ten), str(ten - 1))
    assert (found["x-hubspot-ratelimit-daily"], found["x-hubspot-ratelimit-daily-remaining"]) == (str(day), str(day - 1))
    assert hub.settings["search_secondly_limit"] == 5


def test_private_apps_and_oauth_apps_have_windows_of_their_own(hub: Hubspot, api: httpx.Client) -> None:
    hub.declare("limits", LimitRule(edition="free"))
    oauth = {"authorization": f"Bearer {hub.tokens.issue()}"}

    mine = [api.get(PATH).status_code for _ in range(101)]
    theirs = [api.get(PATH, headers=oauth) for _ in range(111)]

    assert (mine.count(200), mine[-1]) == (100, 429)
    assert ([r.status_code for r in theirs].count(200), theirs[-1].status_code) == (110, 429)
    assert theirs[-1].json()["policyName"] == "TEN_SECONDLY_ROLLING"
    assert theirs[0].headers["x-hubspot-ratelimit-max"] == "110"
    assert hub.calls_today == 101


def test_a_used_up_day_ends_at_midnight(hub: Hubspot, api: httpx.Client) -> None:
    hub.switch("daily_limit", 2)
    answers = [api.get(PATH) for _ in range(3)]

    assert [a.status_code for a in answers] == [200, 200, 429]
    assert (answers[2].json()["policyName"], "requestId" in answers[2].json()) == ("DAILY", True)
    assert answers[1].headers["x-hubspot-ratelimit-daily-remaining"] == "0"
    hub.clock.move(86_400)
    assert api.get(PATH).status_code == 200


def test_limits_may_be_shown_only(hub: Hubspot, api: httpx.Client) -> None:
    hub.declare("limits", LimitRule(edition="free", enforced=False))

    answers = [api.get(PATH) for _ in range(105)]
    assert {a.status_code for a in answers} == {200}
    assert (answers[-1].headers["x-hubspot-ratelimit-max"], answers[-1].headers["x-hubspot-ratelimit-remaining"]) == ("100", "0")
