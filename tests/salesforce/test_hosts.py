"""Which of the vendor's hosts was asked: everybody logs in at one, records are at the org's own, another org knows nothing."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce

LOGIN = ("login.salesforce.com", "test.salesforce.com")
OTHER = ("other.my.salesforce.com", "other--dev.sandbox.my.salesforce.com", "na1.salesforce.com", "acme.lightning.force.com")
NOT_RESET = "Destination URL not reset. The URL returned from login must be set"
QUERY = "/services/data/v59.0/query?q=SELECT+Id+FROM+Contact"


class At:
    """Requests of a session as they arrive at one of the vendor's hosts."""

    def __init__(self, plain: httpx.Client, org: Salesforce, host: str) -> None:
        self._plain, self._org, self._host = plain, org, host
        self.known = org.credentials()

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Host": self._host, "Authorization": f"Bearer {self.known['token']}", **options.pop("headers", {})}
        return self._plain.request(method, self._org.base_url + path, headers=headers, **options)

    def token(self, grant: str = "client_credentials") -> httpx.Response:
        names = ("client_id", "client_secret", "username", "password", "refresh_token")
        return self.ask("POST", "/services/oauth2/token", data={"grant_type": grant, **{n: self.known[n] for n in names}})

    def soap(self, call: str) -> httpx.Response:
        header = f"<Header><SessionHeader><sessionId>{self.known['token']}</sessionId></SessionHeader></Header>"
        return self.ask("POST", "/services/Soap/u/59.0", content=f"<Envelope>{header}<Body>{call}</Body></Envelope>")

    def soap_login(self) -> httpx.Response:
        return self.soap(f"<login><username>{self.known['username']}</username><password>{self.known['password']}</password></login>")

    def handshake(self) -> bool:
        body = [{"channel": "/meta/handshake", "version": "1.0", "supportedConnectionTypes": ["long-polling"]}]
        return bool(self.ask("POST", "/cometd/59.0", json=body).json()[0]["successful"])

    def bulk(self) -> httpx.Response:
        body = {"operation": "insert", "object": "Contact", "contentType": "JSON"}
        return self.ask("POST", "/services/async/59.0/job", json=body, headers={"X-SFDC-Session": self.known["token"]})


@pytest.fixture
def own(plain: httpx.Client, org: Salesforce) -> At:
    return At(plain, org, org.vendor_host)


def _assumed(org: Salesforce) -> list[str]:
    return list(org.journal.exchanges())[-1].assumed


@pytest.mark.parametrize("host", LOGIN)
def test_client_credentials_need_the_orgs_own_host(plain: httpx.Client, org: Salesforce, host: str) -> None:
    refused = At(plain, org, host).token()
    assert refused.status_code == 400
    assert refused.json() == {"error": "invalid_grant", "error_description": "request not supported on this domain"}
    assert At(plain, org, host).token("password").json()["instance_url"] == f"https://{org.vendor_host}"
    assert At(plain, org, host).token("refresh_token").status_code == 200


@pytest.mark.parametrize("host", ["", "127.0.0.1:1", "localhost"])
def test_client_credentials_work_at_the_orgs_own_host_and_directly(plain: httpx.Client, org: Salesforce, host: str) -> None:
    assert At(plain, org, host or org.vendor_host).token().status_code == 200


@pytest.mark.parametrize("host", LOGIN)
def test_who_forgets_instance_url_is_told_that_it_was_not_reset(plain: httpx.Client, org: Salesforce, host: str) -> None:
    at = At(plain, org, host)
    answer = at.ask("GET", QUERY)
    assert (answer.status_code, answer.json()) == (400, [{"message": NOT_RESET, "errorCode": "URL_NOT_RESET"}])
    assert _assumed(org) == []
    before = len(list(org.store.rows("Contact")))
    assert at.ask("POST", "/services/data/v59.0/sobjects/Contact", json={"LastName": "L"}).status_code == 400
    assert at.ask("POST", "/services/data/v59.0/composite", json={"compositeRequest": []}).json()[0]["errorCode"] == "URL_NOT_RESET"
    assert len(list(org.store.rows("Contact"))) == before
    assert at.ask("GET", QUERY, headers={"Authorization": "Bearer nobody"}).json()[0]["errorCode"] == "INVALID_SESSION_ID"
    assert at.ask("GET", "/services/data").status_code == 200
    told = at.ask("GET", "/services/oauth2/userinfo").json()
    assert told["urls"]["rest"].startswith(f"https://{org.vendor_host}/services/")


def test_the_other_interfaces_refuse_login_hosts_too(plain: httpx.Client, org: Salesforce, own: At) -> None:
    at = At(plain, org, LOGIN[0])
    fault = at.soap("<getUserInfo/>").text
    assert "<sf:exceptionCode>UNKNOWN_EXCEPTION</sf:exceptionCode>" in fault
    assert f"UNKNOWN_EXCEPTION: {NOT_RESET} in the SforceService" in fault
    assert f"https://{org.vendor_host}/services/Soap/u/" in at.soap_login().text
    assert at.bulk().json()["exceptionMessage"] == NOT_RESET
    assert "salesforce.bulk.wording" in _assumed(org)
    assert not at.handshake()
    assert "salesforce.streaming.login_hosts" in _assumed(org)
    assert "getUserInfoResponse" in own.soap("<getUserInfo/>").text
    assert own.bulk().status_code == 201
    assert own.handshake()


@pytest.mark.parametrize("host", OTHER)
def test_another_orgs_host_knows_neither_session_nor_app(plain: httpx.Client, org: Salesforce, host: str) -> None:
    at = At(plain, org, host)
    answer = at.ask("GET", QUERY)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")
    assert _assumed(org) == ["salesforce.other_orgs_hosts"]
    for grant in ("client_credentials", "password", "refresh_token"):
        assert at.token(grant).json()["error"] == "invalid_client_id"
    assert "INVALID_LOGIN" in at.soap_login().text
    assert "INVALID_SESSION_ID" in at.soap("<getUserInfo/>").text
    assert at.bulk().json()["exceptionCode"] == "InvalidSessionId"
    assert not at.handshake()
    assert at.ask("GET", "/services/oauth2/userinfo").status_code == 403
    asked = at.ask("GET", f"/services/oauth2/authorize?response_type=code&client_id={at.known['client_id']}&redirect_uri=https://a.b/c")
    assert "invalid_client_id" in asked.text
    assert at.ask("POST", "/services/oauth2/revoke", data={"token": at.known["token"]}).status_code == 400
    form = {"token": at.known["token"], "client_id": at.known["client_id"], "client_secret": at.known["client_secret"]}
    assert at.ask("POST", "/services/oauth2/introspect", data=form).json() == {"active": False}
    assert At(plain, org, org.vendor_host.upper()).ask("GET", QUERY).status_code == 200


def test_both_refusals_are_switches(plain: httpx.Client, org: Salesforce) -> None:
    org.switch("data_at_login_hosts", "serve")
    org.switch("other_orgs_hosts", "serve")
    for host in (*LOGIN, *OTHER):
        at = At(plain, org, host)
        assert at.ask("GET", QUERY).json()["totalSize"] == 5
        assert at.token("password").status_code == 200
        assert at.handshake()
    assert At(plain, org, LOGIN[0]).token().status_code == 400
