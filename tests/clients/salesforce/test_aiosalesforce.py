"""aiosalesforce, unmodified, through the acceptance probes of research `salesforce.md` section 5 that are its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from aiosalesforce import Salesforce as AioSalesforce
from aiosalesforce.auth import ClientCredentialsFlow, JwtBearerFlow, SoapLogin
from aiosalesforce.exceptions import AuthenticationError, DuplicatesDetectedError, MoreThanOneRecordError
from syncproof_mocks.crm.salesforce import Salesforce

Result = TypeVar("Result")
Talk = Callable[[AioSalesforce], Awaitable[Result]]


class Down(httpx.AsyncHTTPTransport):
    """Sends what the client would send over https to the mock's plain port."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self.port)
        return await super().handle_async_request(request)


def _declare(org: Salesforce, what: str, **entry: Any) -> None:
    org.declare(what, org.declarations[what].model_validate(entry))


@pytest.fixture
def talk(org: Salesforce) -> Callable[..., Any]:
    """A function that lets a client with its own connection do something: ``talk(act)`` or ``talk(act, auth)``."""
    port = int(org.base_url.rpartition(":")[2])
    c = org.credentials()

    def perform(act: Talk[Result], auth: Any = None) -> Result:
        async def run() -> Result:
            async with httpx.AsyncClient(transport=Down(port), trust_env=False) as http:
                by = auth or ClientCredentialsFlow(c["client_id"], c["client_secret"])
                return await act(AioSalesforce(http, f"https://{org.vendor_host}", by))

        return asyncio.run(run())

    return perform


async def count(client: AioSalesforce) -> int:
    return len([r async for r in client.query("SELECT Id FROM Contact")])


def test_soap_login(talk: Callable[..., Any], org: Salesforce) -> None:
    """Probe 1."""
    c = org.credentials()
    bare = c["password"].removesuffix(c["security_token"])
    assert talk(count, SoapLogin(c["username"], bare, c["security_token"])) == 5
    with pytest.raises(AuthenticationError) as caught:
        talk(count, SoapLogin(c["username"], "wrong", ""))
    assert caught.value.error_code == "INVALID_LOGIN"


def test_client_credentials_and_jwt(talk: Callable[..., Any], org: Salesforce, tmp_path: Path) -> None:
    """Probe 2."""
    c = org.credentials()
    key = tmp_path / "key.pem"
    key.write_text(c["private_key"])
    assert talk(count, ClientCredentialsFlow(c["client_id"], c["client_secret"])) == 5
    assert talk(count, JwtBearerFlow(c["client_id"], c["username"], key)) == 5
    with pytest.raises(AuthenticationError) as caught:
        talk(count, ClientCredentialsFlow(c["client_id"], "no"))
    assert caught.value.error_code == "invalid_client"


def test_an_expired_session_is_renewed_once(talk: Callable[..., Any], org: Salesforce) -> None:
    """Probe 3."""

    async def act(client: AioSalesforce) -> int:
        await count(client)
        org.expire_sessions()
        return await count(client)

    assert talk(act) == 5
    assert [e.operation for e in org.journal.exchanges()].count("auth.token") == 2


def test_an_upsert_tells_created_from_updated(talk: Callable[..., Any]) -> None:
    """Probe 7."""

    async def act(client: AioSalesforce) -> list[bool]:
        return [
            (await client.sobject.upsert("Contact", "n1", external_id_field="Ext__c", data={"LastName": "N", "Ext__c": "n1"})).created
            for _ in range(2)
        ]

    assert talk(act) == [True, False]


def test_two_matches_of_an_external_id(talk: Callable[..., Any], org: Salesforce) -> None:
    """Probe 8."""
    for name in "AB":
        org.desk_create("Contact", {"LastName": name, "Ext__c": "d"})

    async def act(client: AioSalesforce) -> None:
        await client.sobject.upsert("Contact", "d", external_id_field="Ext__c", data={"LastName": "N"})

    with pytest.raises(MoreThanOneRecordError):
        talk(act)


def test_pages_are_followed_to_the_end(talk: Callable[..., Any], org: Salesforce) -> None:
    """Probe 11."""
    org.switch("page_size", 2)
    assert talk(count) == 5


def test_a_composite_refers_to_what_it_has_just_made(talk: Callable[..., Any], org: Salesforce) -> None:
    """Probe 16."""

    async def act(client: AioSalesforce) -> tuple[str, str]:
        async with client.composite(all_or_none=True) as composite:
            account = composite.sobject.create("Account", {"Name": "New & Co"})
            # As a text: orjson writes the client's own `Reference` without its braces.
            contact = composite.sobject.create("Contact", {"LastName": "Doe", "AccountId": str(account.reference.id)})
        return account.id, contact.id

    account_id, contact_id = talk(act)
    contact = org.store.get("Contact", contact_id)
    assert contact is not None
    assert contact.values["AccountId"] == account_id


def test_a_composite_that_fails_leaves_nothing(talk: Callable[..., Any], org: Salesforce) -> None:
    """Probe 16."""

    async def act(client: AioSalesforce) -> list[Any]:
        async with client.composite(all_or_none=True) as composite:
            account = composite.sobject.create("Account", {"Name": "Never"})
            contact = composite.sobject.create("Contact", {"FirstName": "x"})
        return [account.response_body, contact.response_body]

    halted, refused = talk(act)
    assert (halted[0]["errorCode"], refused[0]["errorCode"]) == ("PROCESSING_HALTED", "REQUIRED_FIELD_MISSING")
    assert [r.values["Name"] for r in org.store.rows("Account")] == ["Acme"]


def test_a_composite_as_mautic_sends_it(talk: Callable[..., Any], org: Salesforce, contacts: list[str]) -> None:
    """Probe 16: `allOrNone` as a text, hyphens in reference ids, headers per item, one record deleted meanwhile."""
    org.desk_delete("Contact", contacts[1])
    address = "/services/data/v38.0/sobjects/Contact"
    items = [
        {"method": "PATCH", "url": f"{address}/{contacts[0]}", "referenceId": "1-Contact-10", "body": {"Title": "a"}},
        {"method": "POST", "url": address, "referenceId": "2-Contact-11", "body": {"LastName": "New"}},
        {"method": "PATCH", "url": f"{address}/{contacts[1]}", "referenceId": "3-Contact-12", "body": {"Title": "b"}},
    ]
    for item in items:
        item["httpHeaders"] = {"Sforce-Auto-Assign": "FALSE"}

    async def act(client: AioSalesforce) -> Any:
        url = f"https://{org.vendor_host}/services/data/v38.0/composite/"
        return (await client.request("POST", url, json={"allOrNone": "false", "compositeRequest": items})).json()

    answers = talk(act)["compositeResponse"]
    assert [a["httpStatusCode"] for a in answers] == [204, 201, 404]
    assert [a["referenceId"] for a in answers] == ["1-Contact-10", "2-Contact-11", "3-Contact-12"]
    assert answers[2]["body"][0]["errorCode"] == "ENTITY_IS_DELETED"


def test_a_batch_answers_each_part(talk: Callable[..., Any]) -> None:
    async def act(client: AioSalesforce) -> tuple[int, str]:
        async with client.composite.batch() as batch:
            query = batch.query("SELECT Id FROM Contact")
            made = batch.sobject.create("Contact", {"LastName": "Doe"})
        return len(query.records), made.id

    found, made = talk(act)
    assert found == 5
    assert made.startswith("003")


def test_a_bulk_load_tells_good_rows_from_bad(talk: Callable[..., Any]) -> None:
    """Probe 17."""

    async def act(client: AioSalesforce) -> Any:
        rows = [{"FirstName": "a", "LastName": "Ok"}, {"FirstName": "x", "LastName": ""}]
        return [r async for r in client.bulk_v2.ingest.perform_operation("insert", "Contact", rows, polling_interval=0.05)]

    [done] = talk(act)
    assert (done.job_info.state, len(done.successful_results)) == ("JobComplete", 1)
    [failed] = done.failed_results
    assert failed["sf__Error"].startswith("REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --")


def test_a_duplicate_is_named(talk: Callable[..., Any], org: Salesforce, contacts: list[str]) -> None:
    """Probe 19."""
    _declare(org, "duplicate_rules", kind="Contact", name="Standard_Contact_Duplicate_Rule", action="alert")

    async def act(client: AioSalesforce) -> None:
        await client.sobject.create("Contact", {"LastName": "N", "Email": "c0@example.com"})

    with pytest.raises(DuplicatesDetectedError) as caught:
        talk(act)
    assert caught.value.duplicates[0]["id"] == contacts[0]
