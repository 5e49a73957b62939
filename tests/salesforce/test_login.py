"""Logging in the ways that unmodified clients do (probes 1, 2 and 3)."""

from __future__ import annotations

import base64
import re
import time
from typing import Any

import httpx
import jwt
import pytest
import requests
from simple_salesforce import Salesforce as SimpleSalesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceExpiredSession
from syncproof_mocks.crm.salesforce import Salesforce


def _token(plain: httpx.Client, org: Salesforce, headers: dict[str, str] | None = None, **form: str) -> httpx.Response:
    return plain.post(f"{org.base_url}/services/oauth2/token", data=form, headers=headers)


def test_soap_login_with_the_domain_trick_gives_a_working_client(org: Salesforce, session: requests.Session) -> None:
    """Probe 1."""
    c = org.credentials()
    bare = c["password"].removesuffix(c["security_token"])
    sf = SimpleSalesforce(
        domain="localhost:18443/", username=c["username"], password=bare, security_token=c["security_token"],
        session=session,
    )
    assert sf.query("SELECT Id FROM Contact")["totalSize"] == 5


def test_soap_login_names_the_host_that_was_asked(org: Salesforce, session: requests.Session) -> None:
    """Probe 1: serverUrl echoes the request."""
    c = org.credentials()
    sf = SimpleSalesforce(username=c["username"], password=c["password"], security_token="", session=session)
    assert sf.sf_instance == org.base_url.partition("://")[2]


@pytest.mark.parametrize(("cut", "code"), [(True, "LOGIN_MUST_USE_SECURITY_TOKEN"), (False, "INVALID_LOGIN")])
def test_a_wrong_password_is_refused_with_the_vendors_code(
    org: Salesforce, session: requests.Session, cut: bool, code: str
) -> None:
    """Probe 1: without its security token the password has a code of its own."""
    c = org.credentials()
    password = c["password"].removesuffix(c["security_token"]) if cut else "wrong"
    with pytest.raises(SalesforceAuthenticationFailed) as caught:
        SimpleSalesforce(username=c["username"], password=password, security_token="", session=session)
    assert caught.value.code == code


def test_soap_login_is_gone_from_version_65(plain: httpx.Client, org: Salesforce) -> None:
    c = org.credentials()
    body = f"<e><Body><login><username>{c['username']}</username><password>{c['password']}</password></login></Body></e>"
    answers = [
        plain.post(f"{org.base_url}/services/Soap/u/{v}.0", content=body).status_code for v in (64, 65)
    ]
    assert answers == [200, 500]


@pytest.mark.parametrize("body", ["not xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "<a/>"])
def test_a_soap_body_that_is_no_envelope_is_a_fault(plain: httpx.Client, org: Salesforce, body: str) -> None:
    answer = plain.post(f"{org.base_url}/services/Soap/u/59.0", content=body)
    assert answer.status_code == 500
    assert "<faultcode>sf:UNKNOWN_EXCEPTION</faultcode>" in answer.text


def test_soap_tells_who_i_am_until_logout(plain: httpx.Client, org: Salesforce) -> None:
    def call(name: str) -> httpx.Response:
        body = (
            f"<x:Envelope xmlns:x='urn:x'><x:Header><SessionHeader><sessionId>{org.credentials()['token']}</sessionId>"
            f"</SessionHeader></x:Header><x:Body><u:{name} xmlns:u='urn:y'/></x:Body></x:Envelope>"
        )
        return plain.post(f"{org.base_url}/services/Soap/u/59.0/{org.org_id[:15]}", content=body)

    assert f"<userId>{org.user_id}</userId>" in call("getUserInfo").text
    assert "describeTabs, please check the WSDL" in call("describeTabs").text
    assert "logoutResponse" in call("logout").text
    assert "sf:INVALID_SESSION_ID" in call("getUserInfo").text


def test_every_oauth_grant_of_simple_salesforce_works(org: Salesforce, session: requests.Session) -> None:
    """Probe 2."""
    c = org.credentials()
    app = {"consumer_key": c["client_id"], "session": session}
    ways: list[dict[str, Any]] = [
        {"username": c["username"], "password": c["password"], "consumer_secret": c["client_secret"]},
        {"consumer_secret": c["client_secret"], "domain": "acme.my"},
        {"username": c["username"], "privatekey": c["private_key"], "domain": "login"},
    ]
    sizes = [SimpleSalesforce(**app, **way).query("SELECT Id FROM Contact")["totalSize"] for way in ways]
    assert sizes == [5, 5, 5]


def test_a_bad_secret_is_an_invalid_client(org: Salesforce, session: requests.Session) -> None:
    """Probe 2."""
    with pytest.raises(SalesforceAuthenticationFailed) as caught:
        SimpleSalesforce(
            consumer_key=org.credentials()["client_id"], consumer_secret="no", domain="acme.my", session=session
        )
    assert caught.value.code == "invalid_client"


def test_a_jwt_may_expire_in_milliseconds_but_not_in_the_past(plain: httpx.Client, org: Salesforce) -> None:
    """Probe 2: the CLI sends milliseconds."""
    c = org.credentials()

    def status(exp: object, key: str = c["private_key"]) -> int:
        claims = {"iss": c["client_id"], "sub": c["username"], "aud": "https://login.salesforce.com", "exp": exp}
        # PyJWT insists on numbers; real clients do not.
        assertion = jwt.api_jws.PyJWS().encode(httpx.Request("POST", "http://x", json=claims).content, key, "RS256")
        return _token(plain, org, grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=assertion).status_code

    now = time.time()
    assert status(str(int(now + 100))) == 200
    assert status(int((now + 100) * 1000)) == 200
    assert status(int(now - 5)) == 400


def test_a_tampered_jwt_is_an_invalid_assertion(plain: httpx.Client, org: Salesforce) -> None:
    c = org.credentials()
    claims = {"iss": c["client_id"], "sub": c["username"], "aud": "x", "exp": time.time() + 100}
    head, body, signature = jwt.encode(claims, c["private_key"], "RS256").split(".")
    other = base64.urlsafe_b64encode(base64.urlsafe_b64decode(body + "==").replace(b'"x"', b'"y"')).decode().rstrip("=")
    answers = [
        _token(plain, org, grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=a).json()
        for a in (f"{head}.{other}.{signature}", "nonsense", "a.b.c")
    ]
    assert [a["error_description"] for a in answers] == ["invalid assertion"] * 3


def test_a_refresh_rotates_only_when_the_org_does(plain: httpx.Client, org: Salesforce) -> None:
    """Probe 2."""
    c = org.credentials()
    form = {"grant_type": "refresh_token", "client_id": c["client_id"], "refresh_token": c["refresh_token"]}
    assert "refresh_token" not in _token(plain, org, **form).json()
    org.switch("rotate_refresh_tokens", True)
    new = _token(plain, org, **form).json()["refresh_token"]
    assert _token(plain, org, **form).json()["error_description"] == "expired access/refresh token"
    assert _token(plain, org, **{**form, "refresh_token": new}).status_code == 200


def test_the_token_answer_points_back_to_the_mock(plain: httpx.Client, org: Salesforce) -> None:
    c = org.credentials()
    basic = base64.b64encode(f"{c['client_id']}:{c['client_secret']}".encode()).decode()
    body = _token(plain, org, {"Authorization": f"Basic {basic}"}, grant_type="client_credentials").json()
    assert body["instance_url"] == org.base_url
    assert re.fullmatch(r"00D\w{12}!AQ\w+", body["access_token"])
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    assert plain.get(body["id"], headers=headers).json()["user_id"] == org.user_id
    about = plain.get(f"{org.base_url}/services/oauth2/userinfo", headers=headers).json()
    assert about["organization_id"] == org.org_id


def test_userinfo_without_a_good_token_is_plain_text(plain: httpx.Client, org: Salesforce) -> None:
    address = f"{org.base_url}/services/oauth2/userinfo"
    assert plain.get(address).text == "Missing_OAuth_Token"
    bad = plain.get(address, headers={"Authorization": "Bearer x"})
    assert (bad.status_code, bad.text) == (403, "Bad_OAuth_Token")


def test_unknown_grants_and_clients_are_refused(plain: httpx.Client, org: Salesforce) -> None:
    c = org.credentials()
    assert _token(plain, org, grant_type="device").json()["error"] == "unsupported_grant_type"
    assert _token(plain, org, grant_type="client_credentials", client_id="x").json()["error"] == "invalid_client_id"
    wrong = {"client_id": c["client_id"], "client_secret": c["client_secret"], "username": c["username"], "password": "x"}
    assert _token(plain, org, grant_type="password", **wrong).json()["error_description"] == "authentication failure"


def test_an_expired_session_is_renewed_once_by_a_client_that_can_log_in(
    org: Salesforce, session: requests.Session
) -> None:
    """Probe 3."""
    c = org.credentials()
    sf = SimpleSalesforce(username=c["username"], password=c["password"], security_token="", session=session)
    org.expire_sessions()
    start = len(org.journal)
    assert sf.query("SELECT Id FROM Contact")["totalSize"] == 5
    operations = [(e.operation, e.status) for e in org.journal.exchanges(start)]
    assert operations == [("query.query", 401), ("soap.login", 200), ("query.query", 200)]


def test_an_expired_session_ends_a_client_that_has_nothing_else(org: Salesforce, sf: SimpleSalesforce) -> None:
    """Probe 3."""
    org.expire_sessions()
    with pytest.raises(SalesforceExpiredSession):
        sf.query("SELECT Id FROM Contact")


def test_idle_sessions_end_when_the_org_says_so(org: Salesforce, http: httpx.Client) -> None:
    org.switch("session_timeout_s", 7200)
    assert http.get("limits").status_code == 200
    org.clock.move(7201)
    answer = http.get("limits")
    assert answer.text == '[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]'
    assert answer.headers["www-authenticate"] == "Token"


def test_a_revoked_token_is_dead(plain: httpx.Client, org: Salesforce, http: httpx.Client) -> None:
    token = org.credentials()["token"]
    address = f"{org.base_url}/services/oauth2/revoke"
    assert plain.post(address, data={"token": token}).status_code == 200
    assert plain.post(address, data={"token": token}).json()["error"] == "unsupported_token_type"
    assert http.get("limits").status_code == 401


def test_a_header_of_another_scheme_is_refused(plain: httpx.Client, org: Salesforce) -> None:
    answer = plain.get(
        f"{org.base_url}/services/data/v59.0/limits", headers={"Authorization": "Basic x"}
    )
    assert answer.json() == [{"message": "INVALID_HEADER_TYPE", "errorCode": "INVALID_AUTH_HEADER"}]
