"""The management API of webhooks, driven by hubspot-api-client with a developer key."""

from __future__ import annotations

import httpx
import pytest
from hubspot import HubSpot
from hubspot.webhooks import (
    ApiException,
    BatchInputSubscriptionBatchUpdateRequest,
    SettingsChangeRequest,
    SubscriptionBatchUpdateRequest,
    SubscriptionCreateRequest,
    SubscriptionPatchRequest,
    ThrottlingSettings,
)
from syncproof_mocks.ma.hubspot import Hubspot

TARGET = "http://127.0.0.1:9/hook"


@pytest.fixture
def client(portal: Hubspot) -> HubSpot:
    found = HubSpot(api_key=portal.tokens.developer_key)
    found.config["host"] = portal.base_url
    return found


def test_settings_are_absent_until_they_are_set(portal: Hubspot, client: HubSpot) -> None:
    api = client.webhooks.settings_api
    with pytest.raises(ApiException) as caught:
        api.get_all(portal.app_id)
    assert caught.value.status == 404

    wanted = SettingsChangeRequest(target_url=TARGET, throttling=ThrottlingSettings(max_concurrent_requests=3))
    api.configure(portal.app_id, settings_change_request=wanted)

    found = api.get_all(portal.app_id)
    assert (found.target_url, found.throttling.max_concurrent_requests) == (TARGET, 3)
    api.clear(portal.app_id)
    with pytest.raises(ApiException):
        api.get_all(portal.app_id)


def test_a_subscription_is_created_switched_listed_and_removed(portal: Hubspot, client: HubSpot) -> None:
    api = client.webhooks.subscriptions_api
    wanted = SubscriptionCreateRequest(event_type="contact.propertyChange", property_name="phone", active=False)

    made = api.create(portal.app_id, subscription_create_request=wanted)

    assert (made.event_type, made.property_name, made.active) == ("contact.propertyChange", "phone", False)
    number = int(made.id)
    changed = api.update(number, portal.app_id, subscription_patch_request=SubscriptionPatchRequest(active=True))
    assert changed.active is True
    assert [s.id for s in api.get_all(portal.app_id).results] == [made.id]
    inputs = [SubscriptionBatchUpdateRequest(id=number, active=False), SubscriptionBatchUpdateRequest(id=1, active=True)]
    batch = api.update_batch(portal.app_id, BatchInputSubscriptionBatchUpdateRequest(inputs=inputs))
    assert [s.active for s in batch.results] == [False]
    assert batch.num_errors == 1
    assert api.get_by_id(number, portal.app_id).active is False
    api.archive(number, portal.app_id)
    assert api.get_all(portal.app_id).results == []
    with pytest.raises(ApiException) as caught:
        api.get_by_id(number, portal.app_id)
    assert caught.value.status == 404


@pytest.mark.parametrize(
    "body", [{}, {"eventType": "contact.sneeze"}, {"eventType": "contact.propertyChange"}, {"eventType": "object.merge"}]
)
def test_a_subscription_to_nothing_is_refused(portal: Hubspot, body: dict[str, str]) -> None:
    answer = httpx.post(f"{portal.base_url}/webhooks/v3/{portal.app_id}/subscriptions",
                        params={"hapikey": portal.tokens.developer_key}, json=body)

    assert answer.status_code == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"


def test_the_limit_may_stand_at_the_top_level_as_n8n_sends_it(portal: Hubspot) -> None:
    url = f"{portal.base_url}/webhooks/v3/{portal.app_id}/settings"
    answer = httpx.put(url, params={"hapikey": portal.tokens.developer_key},
                       json={"targetUrl": TARGET, "maxConcurrentRequests": 5})

    assert answer.json()["throttling"] == {"maxConcurrentRequests": 5}


@pytest.mark.parametrize("root", ["/webhooks/2025-09", "/webhooks/2026-03", "/app-webhooks/2026-09"])
def test_dated_paths_and_tokens_work_too(portal: Hubspot, root: str) -> None:
    headers = {"Authorization": f"Bearer {portal.tokens.private}"}
    answer = httpx.get(f"{portal.base_url}{root}/{portal.app_id}/subscriptions", headers=headers)

    assert (answer.status_code, answer.json()) == (200, {"results": []})


def test_a_wrong_key_or_a_foreign_app_is_refused(portal: Hubspot) -> None:
    url = f"{portal.base_url}/webhooks/v3"
    key = {"hapikey": portal.tokens.developer_key}

    assert httpx.get(f"{url}/{portal.app_id}/subscriptions", params={"hapikey": "x"}).status_code == 401
    assert httpx.get(f"{url}/{portal.app_id + 1}/subscriptions", params=key).status_code == 404
    assert httpx.get(f"{url}/abc/subscriptions", params=key).status_code == 400


@pytest.mark.parametrize(("path", "body"), [
    ("settings", {"targetUrl": 5}), ("settings", {"targetUrl": TARGET, "throttling": "x"}),
    ("settings", {"targetUrl": TARGET, "throttling": {"maxConcurrentRequests": 0}}), ("settings", []),
    ("subscriptions", {"eventType": ["contact.creation"]}), ("subscriptions", {"eventType": "contact.creation", "active": "yes"}),
    ("subscriptions", {"eventType": "contact.propertyChange", "propertyName": {}}), ("subscriptions/batch/update", {"inputs": [5]}),
    ("subscriptions/batch/update", {"inputs": 5}),
])
def test_a_bad_body_is_refused_and_changes_nothing(portal: Hubspot, path: str, body: object) -> None:
    method = "PUT" if path == "settings" else "POST"
    answer = httpx.request(method, f"{portal.base_url}/webhooks/v3/{portal.app_id}/{path}",
                           params={"hapikey": portal.tokens.developer_key}, json=body)

    assert answer.status_code == 400
    assert (portal.webhooks.settings, portal.webhooks.subscriptions) == (None, {})  # type: ignore[attr-defined]


@pytest.mark.parametrize(("app", "number", "status"), [("²", "1", 400), (None, "²", 404), (None, "9" * 40, 404)])
def test_odd_numbers_in_a_path_lead_nowhere(portal: Hubspot, app: str | None, number: str, status: int) -> None:
    url = f"{portal.base_url}/webhooks/v3/{app or portal.app_id}/subscriptions/{number}"

    assert httpx.get(url, params={"hapikey": portal.tokens.developer_key}).status_code == status
