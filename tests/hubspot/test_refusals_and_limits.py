"""Bodies that cannot be read, paths that are not known, tokens (probe 17) and rate limits."""

from __future__ import annotations

import httpx
import pytest
from hubspot import HubSpot
from hubspot.crm.deals import ApiException
from syncproof_mocks.ma.hubspot import Hubspot

PATH = "/crm/v3/objects/contacts"
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(("body", "message"), [
    (b"{", "Invalid input JSON on line 1, column"), (b"", "validation error"), (b"null", "validation error"),
    (b"[]", "Invalid input JSON on line 1, column 2: Cannot deserialize value"),
    (b"{}", "Invalid input JSON on line 1, column 2: Some required fields were not set: [properties]"),
    (b'{"properties":{"city":{}}}', "Invalid input JSON on line 1, column 2: Cannot deserialize value of type "
     "`java.lang.String` from Object value (token `JsonToken.START_OBJECT`)"),
    (b'{"properties":[1]}', "Invalid input JSON on line 1, column 2: Cannot deserialize value"),
    (b'{"properties":{},"associations":[{}]}', "Invalid input JSON on line 1, column 2: Some required fields were not set"),
])
def test_a_body_that_cannot_be_read_is_refused(api: httpx.Client, body: bytes, message: str) -> None:
    found = api.post(PATH, content=body, headers=JSON)

    assert (found.status_code, found.json()["message"].startswith(message)) == (400, True), found.text
    assert found.json()["correlationId"] == found.headers["x-hubspot-correlation-id"]


def test_an_empty_body_is_refused_with_plain_strings(api: httpx.Client) -> None:
    assert api.post(PATH, headers=JSON).json()["errors"] == ["The request body may not be null"]


def test_a_body_of_another_content_type_is_refused(api: httpx.Client) -> None:
    assert api.post(PATH, content=b"{}", headers={"content-type": "text/plain"}).status_code == 415


@pytest.mark.parametrize("item", [{}, {"id": None}, {"id": [1]}])
@pytest.mark.parametrize("verb", ["read", "update", "upsert", "archive"])
def test_a_batch_item_without_an_id_is_refused(api: httpx.Client, verb: str, item: dict[str, object]) -> None:
    assert api.post(f"{PATH}/batch/{verb}", json={"inputs": [item]}).status_code == 400


@pytest.mark.parametrize("body", [{}, {"inputs": {}}, {"inputs": [1]}])
def test_a_batch_without_a_list_of_inputs_is_refused(api: httpx.Client, body: dict[str, object]) -> None:
    for verb in ("read", "create", "update", "upsert", "archive"):
        assert api.post(f"{PATH}/batch/{verb}", json=body).status_code == 400


def test_what_hubspot_has_and_the_mock_has_not_is_refused_where_the_report_shows_it(hub: Hubspot, api: httpx.Client) -> None:
    for path in ("/crm/v3/objects/orders", "/crm/v3/objects/0-53", "/files/v3/files/1"):
        found = api.get(path)
        assert (found.status_code, found.json()["message"]) == (404, "resource not found")
    assert all(e.operation is None or e.hint for e in hub.journal.exchanges()), "the report shows each of them"


def test_a_path_that_names_no_object_type_is_refused(api: httpx.Client) -> None:
    found = api.get("/crm/v3/objects/contatcs")

    assert (found.status_code, found.json()["message"]) == (400, "Unable to infer object type from: contatcs")


def test_a_wrong_method_is_told_the_right_ones(api: httpx.Client) -> None:
    found = api.put(f"{PATH}/1", json={})

    assert (found.status_code, found.headers["allow"]) == (405, "DELETE, GET, PATCH")


def test_tokens_without_scope_unknown_and_expired_are_told_apart(hub: Hubspot, sdk: HubSpot) -> None:
    def status(token: str) -> tuple[int, str]:
        client = HubSpot(access_token=token, host=hub.base_url)
        with pytest.raises(ApiException) as error:
            client.crm.deals.basic_api.get_page()
        return error.value.status, error.value.body

    assert sdk.crm.deals.basic_api.get_page().results == []
    code, body = status(hub.tokens.issue_private(["crm.objects.contacts.read"]))
    assert (code, "MISSING_SCOPES" in body, "requiredGranularScopes" in body) == (403, True, True)
    code, body = status("nobody")
    assert (code, "INVALID_AUTHENTICATION" in body) == (401, True)
    code, body = status(hub.tokens.issue(lifetime_s=-7))
    assert (code, "expired 7 second(s) ago" in body) == (401, True)


def test_rate_limit_headers_are_on_everything_but_search(api: httpx.Client) -> None:
    listed = api.get(PATH).headers
    assert (listed["x-hubspot-ratelimit-interval-milliseconds"], listed["x-hubspot-ratelimit-daily"]) == ("10000", "625000")
    assert "x-hubspot-ratelimit-max" in api.get(f"{PATH}/999").headers
    assert not [h for h in api.post(f"{PATH}/search", json={}).headers if "ratelimit" in h]


def test_oauth_apps_are_not_told_of_a_day(hub: Hubspot, api: httpx.Client) -> None:
    found = api.get(PATH, headers={"authorization": f"Bearer {hub.tokens.issue()}"}).headers

    assert "x-hubspot-ratelimit-daily" not in found
    assert "x-hubspot-ratelimit-max" in found


def test_a_limit_that_is_switched_on_is_real_and_rolls(hub: Hubspot, api: httpx.Client) -> None:
    hub.switch("ten_secondly_limit", 2)
    codes = [api.get(PATH).status_code for _ in range(3)]
    refused = api.get(PATH)

    assert codes == [200, 200, 429]
    assert (refused.json()["policyName"], refused.json()["errorType"]) == ("TEN_SECONDLY_ROLLING", "RATE_LIMIT")
    assert "retry-after" not in refused.headers
    hub.switch("retry_after", True)
    assert api.get(PATH).headers["retry-after"] == "10"
    hub.clock.move(10)
    assert api.get(PATH).status_code == 200


def test_searches_have_a_limit_of_their_own(hub: Hubspot, api: httpx.Client) -> None:
    hub.switch("search_secondly_limit", 1)
    answers = [api.post(f"{PATH}/search", json={}) for _ in range(2)]

    assert [a.status_code for a in answers] == [200, 429]
    assert answers[1].json()["message"] == "You have reached your secondly limit."
    assert api.get(PATH).status_code == 200
    hub.clock.move(1)
    assert api.post(f"{PATH}/search", json={}).status_code == 200


def test_every_operation_names_its_evidence_and_an_id_of_its_own(hub: Hubspot) -> None:
    handlers: dict[str, object] = {}
    for op in hub.router.operations:
        assert op.evidence
        assert handlers.setdefault(op.id, op.handler) is op.handler


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", "/events/v3/send", "analytics.behavioral_events.send"), ("GET", "/automation/v3/workflows", "automation"),
        ("POST", "/events/v3/event-definitions", "behavioral_events.event_definitions.read_write"),
        ("GET", "/crm-objects/v1/objects/products/paged", "crm.objects.products.read"),
        ("GET", "/crm-pipelines/v1/pipelines/deals", "crm.schemas.deals.read"), ("GET", "/crm-pipelines/v1/pipelines/tickets", "tickets"),
    ],
)
def test_events_workflows_and_the_oldest_addresses_need_their_scopes(
    hub: Hubspot, api: httpx.Client, method: str, path: str, scope: str
) -> None:
    def answer(*scopes: str) -> httpx.Response:
        token = hub.tokens.issue_private(["crm.objects.contacts.read", *scopes])
        return api.request(method, path, headers={"authorization": f"Bearer {token}"}, json={} if method == "POST" else None)

    refused = answer()
    assert (refused.status_code, scope in refused.json()["errors"][0]["context"]["requiredGranularScopes"]) == (403, True)
    assert answer(scope).status_code != 403
