"""Conditional requests: rows and metadata that have not changed are not sent, stale changes are not made."""

from __future__ import annotations

from email.utils import format_datetime

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce


@pytest.fixture
def account(org: Salesforce) -> str:
    [row] = org.store.rows("Account")
    return f"sobjects/Account/{row.id}"


def _name(http: httpx.Client, account: str) -> str:
    return str(http.get(account).json()["Name"])


def test_an_account_has_a_tag_and_is_not_sent_twice(http: httpx.Client, org: Salesforce, account: str) -> None:
    first = http.get(account)
    tag = first.headers["etag"]
    assert tag.startswith('"')
    assert tag.endswith('-gzip"')
    start = len(org.journal)
    again = http.get(account, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert [e.served for e in org.journal.exchanges(start)] == [[]]
    http.patch(account, json={"Phone": "1"})
    changed = http.get(account, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.headers["etag"] != tag) == (200, True)


def test_a_stale_change_is_not_made(http: httpx.Client, account: str) -> None:
    tag = http.get(account).headers["etag"]
    assert http.patch(account, json={"Name": "First"}, headers={"If-Match": tag}).status_code == 204
    stale = http.patch(account, json={"Name": "Second"}, headers={"If-Match": tag})
    assert (stale.status_code, _name(http, account)) == (412, "First")
    assert http.patch(account, json={"Name": "Third"}, headers={"If-Match": "*"}).status_code == 204
    assert http.patch(account, json={"Name": "Fourth"}, headers={"If-None-Match": "*"}).status_code == 412


def test_times_hold_for_every_row(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    contact = f"sobjects/Contact/{contacts[0]}"
    assert "etag" not in http.get(contact).headers
    now = org.clock.now()
    before = format_datetime(now, usegmt=True)
    assert http.get(contact, headers={"If-Modified-Since": before}).status_code == 304
    assert http.get(contact, headers={"If-Unmodified-Since": before}).status_code == 200
    org.clock.move(5)
    http.patch(contact, json={"Title": "T"})
    assert http.get(contact, headers={"If-Modified-Since": before}).status_code == 200
    refused = http.patch(contact, json={"Title": "U"}, headers={"If-Unmodified-Since": before})
    assert (refused.status_code, http.get(contact).json()["Title"]) == (412, "T")
    assert http.delete(contact, headers={"If-Unmodified-Since": before}).status_code == 204


def test_a_condition_that_cannot_be_read_is_refused_on_a_change_alone(http: httpx.Client, account: str) -> None:
    for name in ("If-Match", "If-None-Match", "If-Unmodified-Since"):
        assert http.patch(account, json={"Phone": "1"}, headers={name: "nonsense"}).status_code == 400
    assert http.get(account, headers={"If-Modified-Since": "nonsense"}).status_code == 200


def test_a_tag_on_another_object_is_ignored_and_said_to_be(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    answer = http.patch(f"sobjects/Contact/{contacts[0]}", json={"Title": "T"}, headers={"If-Match": '"x"'})
    assert answer.status_code == 204
    assert "salesforce.tags_are_ignored_but_for_accounts" in next(iter(org.journal.exchanges())).assumed


def test_an_upsert_heeds_conditions_too(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    before = format_datetime(org.clock.now(), usegmt=True)
    org.clock.move(5)
    http.patch(f"sobjects/Contact/{contacts[0]}", json={"Title": "T"})
    stale = http.patch("sobjects/Contact/Ext__c/x0", json={"Title": "U"}, headers={"If-Unmodified-Since": before})
    assert stale.status_code == 412


@pytest.mark.parametrize(
    "path", ["sobjects", "sobjects/Contact", "sobjects/Contact/describe", "sobjects/Contact/describe/layouts"]
)
def test_metadata_are_tagged(http: httpx.Client, org: Salesforce, path: str) -> None:
    first = http.get(path)
    for condition in ({"If-None-Match": first.headers["etag"]}, {"If-Modified-Since": first.headers["last-modified"]}):
        assert http.get(path, headers=condition).status_code == 304
    org.hide_field("Contact", "Title")
    assert http.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_head_tells_the_headers_without_showing_the_row(http: httpx.Client, org: Salesforce, account: str) -> None:
    answer = http.head(account)
    assert (answer.status_code, answer.headers["etag"]) == (200, http.get(account).headers["etag"])
    assert next(iter(org.journal.exchanges())).served == []
    assert http.head("sobjects/Account/001000000000000AAA").status_code == 404
