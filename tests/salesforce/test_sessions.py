"""Sessions and who gets one: the web server flow, revoking, rotation, addresses, deactivated users, old passwords."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
import requests
from simple_salesforce import Salesforce as SimpleSalesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed
from syncproof_mocks.crm.salesforce import Salesforce

BACK = "https://connector.example.com/callback?tenant=7"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


class Door:
    """The OAuth addresses of one org, and the connected app's credentials."""

    def __init__(self, plain: httpx.Client, org: Salesforce) -> None:
        self.http, self.org, self.known = plain, org, dict(org.credentials())
        self.oauth = f"{org.base_url}/services/oauth2"

    def app(self) -> dict[str, str]:
        return {"client_id": self.known["client_id"], "client_secret": self.known["client_secret"]}

    def token(self, **form: str) -> dict[str, Any]:
        answer = self.http.post(f"{self.oauth}/token", data={**self.app(), **form})
        return {"status": answer.status_code, **answer.json()}

    def bare_token(self, **form: str) -> dict[str, Any]:
        answer = self.http.post(f"{self.oauth}/token", data=form)
        return {"status": answer.status_code, **answer.json()}

    def authorize(self, **query: str) -> dict[str, str]:
        asked = {"response_type": "code", "client_id": self.known["client_id"], "redirect_uri": BACK, "state": "s1", **query}
        answer = self.http.get(f"{self.oauth}/authorize", params=asked)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["location"])
        assert f"{back.scheme}://{back.netloc}{back.path}" == BACK.partition("?")[0]
        return {key: values[0] for key, values in parse_qs(back.query).items()}

    def by_code(self, code: str, **form: str) -> dict[str, Any]:
        return self.token(**{"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, **form})

    def works(self, token: str) -> bool:
        answer = self.http.get(f"{self.org.base_url}/services/data/v59.0/limits", headers={"Authorization": f"Bearer {token}"})
        return answer.status_code == 200

    def jwt(self, **claims: Any) -> dict[str, Any]:
        stated = {
            "iss": self.known["client_id"], "sub": self.known["username"], "aud": "https://login.salesforce.com",
            "exp": int(time.time()) + 100, **claims,
        }
        # PyJWT insists on numbers and texts; an attacker does not.
        assertion = jwt.api_jws.PyJWS().encode(json.dumps(stated).encode(), self.known["private_key"], "RS256")
        return self.bare_token(grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=assertion)


@pytest.fixture
def door(plain: httpx.Client, org: Salesforce) -> Door:
    return Door(plain, org)


def deactivate(org: Salesforce) -> None:
    org.desk_edit("User", org.user_id, {"IsActive": False})


def test_the_web_server_flow_ends_in_tokens_that_work(door: Door) -> None:
    back = door.authorize(code_challenge=CHALLENGE, scope="api refresh_token openid", nonce="n1")
    found = door.by_code(back["code"], code_verifier=VERIFIER)
    key = jwt.PyJWKSet.from_dict(door.http.get(f"{door.org.base_url}/id/keys").json()).keys[0]
    claims = jwt.decode(found["id_token"], key.key, ["RS256"], audience=door.known["client_id"], issuer=door.org.base_url)

    assert (back["state"], back["tenant"]) == ("s1", "7")
    assert door.works(found["access_token"])
    assert (claims["sub"], claims["nonce"]) == (found["id"], "n1")
    assert door.token(grant_type="refresh_token", refresh_token=found["refresh_token"])["status"] == 200
    assert found["scope"] == "api refresh_token openid"


def test_a_code_works_once_and_for_fifteen_minutes(door: Door, org: Salesforce) -> None:
    code = door.authorize()["code"]
    assert door.by_code(code)["status"] == 200
    assert door.by_code(code)["error_description"] == "expired authorization code"
    late = door.authorize()["code"]
    org.clock.move(15 * 60 + 1)
    assert door.by_code(late)["error_description"] == "expired authorization code"


@pytest.mark.parametrize(("form", "error"), [
    ({"redirect_uri": "https://elsewhere"}, "redirect_uri_mismatch"), ({"code_verifier": "wrong"}, "invalid_grant"),
    ({}, "invalid_grant"), ({"client_secret": "no"}, "invalid_client"),
])
def test_a_code_is_for_who_asked_for_it(door: Door, form: dict[str, str], error: str) -> None:
    code = door.authorize(code_challenge=CHALLENGE)["code"]
    assert door.by_code(code, **form)["error"] == error


def test_an_app_without_its_secret_needs_pkce(door: Door) -> None:
    def ask(challenge: dict[str, str], **form: str) -> dict[str, Any]:
        code = door.authorize(**challenge)["code"]
        return door.bare_token(
            grant_type="authorization_code", code=code, redirect_uri=BACK, client_id=door.known["client_id"], **form
        )

    assert ask({"code_challenge": CHALLENGE}, code_verifier=VERIFIER)["status"] == 200
    assert ask({})["error"] == "invalid_client"
    assert ask({}, code_verifier=VERIFIER)["error"] == "invalid_client"


def test_no_refresh_token_without_its_scope(door: Door) -> None:
    assert "refresh_token" not in door.by_code(door.authorize(scope="api id")["code"])


def test_a_wrong_app_is_told_on_the_page_and_a_wrong_wish_at_the_callback(door: Door) -> None:
    page = door.http.get(f"{door.oauth}/authorize", params={"client_id": "x", "redirect_uri": BACK})
    assert (page.status_code, page.text) == (400, "error=invalid_client_id&error_description=client identifier invalid")
    assert door.authorize(response_type="token")["error"] == "unsupported_response_type"
    for nowhere in ("javascript:1", "", "https://a.example.com/\r\nSet-Cookie: x=1", "https://ü.example.com"):
        asked = {"client_id": door.known["client_id"], "redirect_uri": nowhere}
        assert door.http.get(f"{door.oauth}/authorize", params=asked).status_code == 400


def test_revoking_a_refresh_token_ends_every_session_that_came_from_it(door: Door) -> None:
    refresh = door.known["refresh_token"]
    first, second = (door.token(grant_type="refresh_token", refresh_token=refresh)["access_token"] for _ in range(2))
    other = door.token(grant_type="client_credentials")["access_token"]
    assert door.http.post(f"{door.oauth}/revoke", data={"token": refresh}).status_code == 200

    assert [door.works(t) for t in (first, second, other)] == [False, False, True]
    assert door.token(grant_type="refresh_token", refresh_token=refresh)["error_description"] == "expired access/refresh token"


def test_a_token_may_be_revoked_with_get(door: Door) -> None:
    token = door.token(grant_type="client_credentials")["access_token"]
    assert door.http.get(f"{door.oauth}/revoke", params={"token": token}).status_code == 200
    assert not door.works(token)
    assert door.http.get(f"{door.oauth}/revoke", params={"token": token}).json()["error"] == "unsupported_token_type"


def test_rotation_keeps_the_chain_of_revocation(door: Door, org: Salesforce) -> None:
    org.switch("rotate_refresh_tokens", True)
    first = door.token(grant_type="refresh_token", refresh_token=door.known["refresh_token"])
    second = door.token(grant_type="refresh_token", refresh_token=first["refresh_token"])
    door.http.post(f"{door.oauth}/revoke", data={"token": second["refresh_token"]})

    assert not door.works(first["access_token"])


def test_introspection_tells_the_app_and_nobody_else(door: Door, org: Salesforce) -> None:
    token = door.token(grant_type="client_credentials")["access_token"]

    def ask(**form: str) -> dict[str, Any]:
        return dict(door.http.post(f"{door.oauth}/introspect", data={**door.app(), **form}).json())

    assert {"active": True, "username": door.known["username"], "token_type": "access_token"}.items() <= ask(token=token).items()
    assert ask(token=door.known["refresh_token"])["token_type"] == "refresh_token"
    assert ask(token="x") == {"active": False}
    assert ask(token=token, client_secret="no")["error"] == "invalid_client"
    org.expire_sessions()
    assert ask(token=token) == {"active": False}


def test_discovery_points_to_addresses_that_answer(door: Door, org: Salesforce) -> None:
    found = door.http.get(f"{org.base_url}/.well-known/openid-configuration").json()
    assert door.http.get(found["jwks_uri"]).json()["keys"]
    assert door.http.post(found["token_endpoint"]).status_code == 400


@pytest.mark.parametrize(("claims", "description"), [
    ({"aud": "https://elsewhere.example.com"}, "audience is invalid"), ({"aud": 7}, "audience is invalid"),
    ({"aud": "https://evilsalesforce.com"}, "audience is invalid"), ({"aud": "http://["}, "audience is invalid"),
    ({"exp": "nan"}, "expired authorization code"), ({"sub": "somebody@x.io"}, "user hasn't approved this consumer"),
    ({"iss": "x"}, "client identifier invalid"),
])
def test_an_assertion_is_read_to_its_end(door: Door, claims: dict[str, Any], description: str) -> None:
    assert door.jwt(**claims)["error_description"] == description


@pytest.mark.parametrize("audience", ["https://test.salesforce.com", "https://acme.my.salesforce.com", ["https://login.salesforce.com"]])
def test_an_assertion_may_name_any_address_of_the_vendor(door: Door, audience: object) -> None:
    assert door.jwt(aud=audience)["status"] == 200
    assert door.jwt(aud=door.org.base_url)["status"] == 200


def grants(door: Door) -> list[dict[str, Any]]:
    known = door.known
    return [
        door.token(grant_type="password", username=known["username"], password=known["password"]),
        door.token(grant_type="refresh_token", refresh_token=known["refresh_token"]),
        door.token(grant_type="client_credentials"),
        door.jwt(),
    ]


def soap_login(session: requests.Session, org: Salesforce, token: str | None = None) -> SimpleSalesforce:
    c = org.credentials()
    bare = c["password"].removesuffix(c["security_token"])
    return SimpleSalesforce(
        username=c["username"], password=bare, security_token=c["security_token"] if token is None else token, session=session
    )


def test_a_restricted_address_is_refused_by_every_grant_and_by_soap(
    door: Door, org: Salesforce, session: requests.Session
) -> None:
    org.switch("ip_restriction", "refuse")
    assert [(g["status"], g["error"], g["error_description"]) for g in grants(door)] == [(400, "invalid_grant", "ip restricted")] * 4
    with pytest.raises(SalesforceAuthenticationFailed) as caught:
        soap_login(session, org)
    assert caught.value.code == "LOGIN_MUST_USE_SECURITY_TOKEN"


def test_a_trusted_address_needs_no_security_token(door: Door, org: Salesforce, session: requests.Session) -> None:
    org.switch("ip_restriction", "none")
    assert soap_login(session, org, token="").query("SELECT Id FROM Contact")["totalSize"] == 5
    assert soap_login(session, org).session_id
    bare = door.known["password"].removesuffix(door.known["security_token"])
    assert door.token(grant_type="password", username=door.known["username"], password=bare)["status"] == 200


def test_a_deactivated_user_is_out_at_once(door: Door, org: Salesforce, session: requests.Session) -> None:
    token = door.token(grant_type="client_credentials")["access_token"]
    deactivate(org)

    assert not door.works(token)
    assert [g["error_description"] for g in grants(door)] == ["inactive user"] * 4
    assert door.authorize()["error"] == "access_denied"
    with pytest.raises(SalesforceAuthenticationFailed) as caught:
        soap_login(session, org)
    assert caught.value.code == "INVALID_LOGIN"


def test_a_refused_login_rotates_nothing(door: Door, org: Salesforce) -> None:
    org.switch("rotate_refresh_tokens", True)
    org.switch("ip_restriction", "refuse")
    assert door.token(grant_type="refresh_token", refresh_token=door.known["refresh_token"])["error_description"] == "ip restricted"
    org.switch("ip_restriction", "security_token")
    assert door.token(grant_type="refresh_token", refresh_token=door.known["refresh_token"])["status"] == 200


def test_an_expired_password_opens_a_session_that_can_do_nothing(door: Door, org: Salesforce, plain: httpx.Client) -> None:
    org.switch("password_expired", True)
    c = org.credentials()
    body = f"<e><Body><login><username>{c['username']}</username><password>{c['password']}</password></login></Body></e>"
    answer = plain.post(f"{org.base_url}/services/Soap/u/59.0", content=body).text
    token = answer.partition("<sessionId>")[2].partition("</sessionId>")[0]
    refused = plain.get(f"{org.base_url}/services/data/v59.0/limits", headers={"Authorization": f"Bearer {token}"})

    assert "<passwordExpired>true</passwordExpired>" in answer
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (403, "INVALID_OPERATION_WITH_EXPIRED_PASSWORD")
    assert door.works(door.token(grant_type="client_credentials")["access_token"])


def test_the_control_plane_ends_sessions(plain: httpx.Client, org: Salesforce, door: Door) -> None:
    assert door.works(door.known["token"])
    answer = plain.post(f"{org.base_url}/_syncproof/sessions/expire", headers={"x-syncproof-token": "control"})
    assert answer.json() == {"expired": True}
    assert not door.works(door.known["token"])


def test_one_session_can_be_ended_alone(door: Door, org: Salesforce) -> None:
    token = door.token(grant_type="client_credentials")["access_token"]
    assert org.end_session(token)
    assert not org.end_session(token)
    assert [door.works(t) for t in (token, door.known["token"])] == [False, True]


def test_the_usage_of_one_app_is_told_when_it_has_a_name(org: Salesforce, sf: SimpleSalesforce) -> None:
    sf.query("SELECT Id FROM Contact")
    assert "per-app-api-usage" not in sf.api_usage
    org.switch("per_app_usage", "acme")
    sf.query("SELECT Id FROM Contact")
    usage = sf.api_usage["per-app-api-usage"]
    assert (usage.name, usage.total) == ("acme", 100_000)
    assert usage.used == sf.api_usage["api-usage"].used
