"""Credentials, the token endpoints and the guard of every call (probes 17 and 18), over a socket."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hubspot import HubSpot
from hubspot.crm.contacts.exceptions import ApiException, ForbiddenException, UnauthorizedException
from hubspot.oauth import ApiException as OauthException
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.ma.hubspot.scopes import ALL_SCOPES, required_scopes
from syncproof_mocks.wire import Request
from syncproof_mocks.world import World

GRANT = ["/oauth/v1/token", "/oauth/v3/token", "/oauth/2025-09/token", "/oauth/2026-03/token", "/oauth/2026-09/token"]


@pytest.fixture
def http(portal: Hubspot) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=portal.base_url) as client:
        yield client


def client_with(portal: Hubspot, token: str) -> HubSpot:
    found = HubSpot(access_token=token)
    found.config["host"] = portal.base_url
    return found


def form(portal: Hubspot, **more: str) -> dict[str, str]:
    known = portal.credentials()
    return {
        "grant_type": "refresh_token", "client_id": known["client_id"], "client_secret": known["client_secret"],
        "refresh_token": known["refresh_token"], **more,
    }


def status_of(portal: Hubspot, http: httpx.Client, token: str, path: str = "/crm/v3/objects/contacts") -> int:
    return http.get(path, headers={"Authorization": f"Bearer {token}"}).status_code


def test_credentials_are_random_per_run_whatever_the_seed() -> None:
    first, again, fixed, same = (Hubspot(World(1, vault_seed=v)).credentials() for v in (None, None, 5, 5))

    assert all(first[name] != again[name] for name in ("token", "client_id", "client_secret", "refresh_token"))
    assert fixed == same
    assert first["token"].startswith("pat-")


def test_the_sdk_trades_a_refresh_token_for_a_token_that_works(portal: Hubspot, http: httpx.Client) -> None:
    answer = client_with(portal, "none").oauth.tokens_api.create(**form(portal))

    assert (answer.token_type, answer.expires_in) == ("bearer", 1800)
    assert answer.refresh_token == portal.credentials()["refresh_token"]
    assert status_of(portal, http, answer.access_token) == 200


def test_the_sdk_sees_a_bad_refresh_token(portal: Hubspot) -> None:
    with pytest.raises(OauthException) as caught:
        client_with(portal, "none").oauth.tokens_api.create(**form(portal, refresh_token="bad"))

    assert caught.value.status == 400
    assert '"status":"BAD_REFRESH_TOKEN"' in caught.value.body


@pytest.mark.parametrize("path", GRANT)
def test_every_generation_of_the_token_endpoint_grants(portal: Hubspot, http: httpx.Client, path: str) -> None:
    body = http.post(path, data=form(portal)).json()

    assert status_of(portal, http, body["access_token"]) == 200
    modern = {"hub_id": portal.portal_id, "token_use": "access_token"}
    assert {k: body.get(k) for k in modern} == (modern if path != GRANT[0] else dict.fromkeys(modern))


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"client_id": "x"}, "BAD_CLIENT_ID"), ({"client_secret": "x"}, "BAD_CLIENT_SECRET"),
        ({"grant_type": "password"}, "BAD_GRANT_TYPE"), ({"grant_type": ""}, "MISSING_REQUIRED_PARAM"),
        ({"refresh_token": "x"}, "BAD_REFRESH_TOKEN"),
        ({"grant_type": "authorization_code", "code": "x"}, "BAD_AUTH_CODE"),
    ],
)
def test_each_mistake_has_its_name_in_both_shapes(
    portal: Hubspot, http: httpx.Client, change: dict[str, str], status: str
) -> None:
    old, new = (http.post(path, data=form(portal, **change)) for path in ("/oauth/v1/token", "/oauth/2026-03/token"))

    assert (old.status_code, new.status_code) == (400, 400)
    assert old.json()["status"] == new.json()["status"] == status
    assert "error" not in old.json()
    assert new.json()["error"] in ("invalid_grant", "invalid_client", "invalid_request", "unsupported_grant_type")
    assert old.headers["x-hubspot-correlation-id"] == old.json()["correlationId"]


def test_the_consent_page_redirects_with_a_code_that_works_once(portal: Hubspot, http: httpx.Client) -> None:
    known, target = portal.credentials(), "http://127.0.0.1:9/cb?x=1"
    answer = http.get("/oauth/authorize", params={
        "client_id": known["client_id"], "redirect_uri": target, "scope": "crm.objects.contacts.read", "state": "s 1",
    })
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert (query["x"], query["state"]) == (["1"], ["s 1"])
    exchange = form(portal, grant_type="authorization_code", code=query["code"][0], redirect_uri=target)

    wrong = http.post("/oauth/v1/token", data={**exchange, "redirect_uri": "http://127.0.0.1:9/other"})
    body = http.post("/oauth/v3/token", data=exchange).json()

    assert wrong.json()["status"] == "BAD_REDIRECT_URI"
    assert set(body["scopes"]) == {"oauth", "crm.objects.contacts.read"}
    assert status_of(portal, http, body["access_token"]) == 200
    assert status_of(portal, http, body["access_token"], "/crm/v3/objects/companies") == 403
    assert http.post("/oauth/v1/token", data=exchange).json()["status"] == "BAD_AUTH_CODE"


def test_an_expired_token_says_since_when(portal: Hubspot) -> None:
    portal.clock.freeze(1_800_000_000_000)
    token = portal.tokens.issue(ALL_SCOPES, 600)
    client_with(portal, token).crm.contacts.basic_api.get_page()
    portal.clock.move(607)

    with pytest.raises(UnauthorizedException) as caught:
        client_with(portal, token).crm.contacts.basic_api.get_page()

    assert "expired 7 second(s) ago" in caught.value.body
    assert '"category":"EXPIRED_AUTHENTICATION"' in caught.value.body
    assert '"expire time":["2027-01-15T08:10:00Z"]' in caught.value.body


def test_the_switch_sets_the_lifetime(portal: Hubspot, http: httpx.Client) -> None:
    portal.clock.freeze()
    portal.switch("token_lifetime_s", 60)
    body = http.post("/oauth/v1/token", data=form(portal)).json()
    assert body["expires_in"] == 60

    portal.clock.move(59)
    assert status_of(portal, http, body["access_token"]) == 200
    portal.clock.move(1)
    assert status_of(portal, http, body["access_token"]) == 401
    assert status_of(portal, http, portal.credentials()["token"]) == 200


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Basic abc", "pat-eu1-x"])
def test_a_call_without_a_known_token_is_refused(portal: Hubspot, http: httpx.Client, header: str) -> None:
    answer = http.get("/crm/v3/objects/contacts", headers={"Authorization": header} if header else {})

    assert answer.status_code == 401
    assert answer.json()["category"] == "INVALID_AUTHENTICATION"


def test_an_api_key_of_a_portal_is_dead(portal: Hubspot, http: httpx.Client) -> None:
    assert http.get("/crm/v3/objects/contacts", params={"hapikey": portal.tokens.developer_key}).status_code == 401


def test_garbage_in_the_shape_of_an_oauth_token_reads_as_long_expired(portal: Hubspot, http: httpx.Client) -> None:
    answer = http.get("/crm/v3/objects/contacts", headers={"Authorization": "Bearer C" + "x" * 60})

    assert answer.json()["category"] == "EXPIRED_AUTHENTICATION"
    assert "day(s) ago" in answer.json()["message"]


def test_missing_scopes_are_named(portal: Hubspot) -> None:
    client = client_with(portal, portal.tokens.issue(["crm.objects.contacts.read"]))
    client.crm.contacts.basic_api.get_page()

    with pytest.raises(ForbiddenException) as caught:
        client.crm.contacts.basic_api.archive("1")
    assert '"requiredGranularScopes":["crm.objects.contacts.write"]' in caught.value.body
    assert '"category":"MISSING_SCOPES"' in caught.value.body


@pytest.mark.parametrize(
    ("method", "path", "needed"),
    [
        ("GET", "/crm/v3/objects/CONTACT/1", ["crm.objects.contacts.read"]),
        ("POST", "/crm/objects/2026-03/0-2", ["crm.objects.companies.write"]),
        ("POST", "/crm/v3/objects/deals/search", ["crm.objects.deals.read"]),
        ("POST", "/crm/v3/objects/contacts/batch/read", ["crm.objects.contacts.read"]),
        ("POST", "/crm/v3/objects/contacts/batch/upsert", ["crm.objects.contacts.write"]),
        ("GET", "/crm/v3/properties/deals", ["crm.objects.deals.read", "crm.schemas.deals.read"]),
        ("POST", "/crm/v3/properties/contacts", ["crm.schemas.contacts.write"]),
        ("PUT", "/crm/v4/objects/contacts/1/associations/companies/2", ["crm.objects.contacts.write"]),
        ("POST", "/crm/v4/associations/contacts/companies/batch/read", ["crm.objects.contacts.read"]),
        ("GET", "/crm/v3/owners/", ["crm.objects.owners.read"]),
        ("GET", "/crm/v3/pipelines/tickets", ["tickets"]),
        ("GET", "/communication-preferences/v4/statuses/a@b.com",
         ["communication_preferences.read", "communication_preferences.read_write"]),
        ("POST", "/communication-preferences/2026-03/statuses/batch/unsubscribe-all/read",
         ["communication_preferences.statuses.batch.read"]),
        ("GET", "/account-info/v3/details", []),
    ],
)
def test_scopes_follow_what_the_path_is_about(method: str, path: str, needed: list[str]) -> None:
    assert list(required_scopes(Request(method, path, "", {}, b"", ""))) == needed
    assert set(needed) <= set(ALL_SCOPES)


def test_tokens_describe_themselves_and_can_be_revoked(portal: Hubspot, http: httpx.Client) -> None:
    known = portal.credentials()
    access = portal.tokens.issue(["oauth"])
    about = http.get(f"/oauth/v1/access-tokens/{access}").json()
    assert (about["hub_id"], about["scopes"], about["token_type"]) == (portal.portal_id, ["oauth"], "access")
    assert 1790 <= about["expires_in"] <= 1800
    owner = client_with(portal, "none").oauth.refresh_tokens_api.get(known["refresh_token"])
    assert owner.client_id == known["client_id"]

    described = http.post("/oauth/v3/token/introspect", data=form(portal, token=access)).json()
    http.post("/oauth/2026-03/token/revoke", data=form(portal, token=access))

    assert (described["active"], described["token_use"]) == (True, "access_token")
    assert http.post("/oauth/v3/token/introspect", data=form(portal, token=access)).json() == {"active": False}
    assert status_of(portal, http, access) == 401
    client_with(portal, "none").oauth.refresh_tokens_api.archive(known["refresh_token"])
    assert http.post("/oauth/v1/token", data=form(portal)).json()["status"] == "BAD_REFRESH_TOKEN"
    assert http.get(f"/oauth/v1/refresh-tokens/{known['refresh_token']}").status_code == 404


def test_a_private_app_token_is_not_an_oauth_token(portal: Hubspot, http: httpx.Client) -> None:
    assert http.get(f"/oauth/v1/access-tokens/{portal.tokens.private}").status_code == 404


def test_refusals_of_the_guard_are_journalled(portal: Hubspot) -> None:
    with pytest.raises(ApiException):
        client_with(portal, "nonsense").crm.contacts.basic_api.get_page()

    found = list(portal.journal.exchanges())[-1]
    assert (found.status, [code for _, code, _ in found.refused]) == (401, ["INVALID_AUTHENTICATION"])
