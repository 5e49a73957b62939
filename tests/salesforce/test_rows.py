"""One record at a time, driven by simple-salesforce (probes 4 to 10)."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest
from simple_salesforce import Salesforce as SimpleSalesforce
from simple_salesforce.exceptions import (
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.crm.salesforce.ids import checksum, full_id

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000")


def test_a_new_contact_gets_the_vendors_defaults(org: Salesforce, sf: SimpleSalesforce) -> None:
    """Probe 4."""
    made = sf.Contact.create({"LastName": "Z", "Email": "MiXed@X.io"})
    assert dict(made) == {"id": made["id"], "success": True, "errors": []}
    row = sf.Contact.get(made["id"])
    assert (row["Email"], row["OwnerId"], row["HasOptedOutOfEmail"]) == ("mixed@x.io", org.user_id, False)
    stamps = {row["CreatedDate"], row["LastModifiedDate"], row["SystemModstamp"]}
    assert len(stamps) == 1
    assert STAMP.fullmatch(stamps.pop())


def test_a_missing_last_name_is_refused_in_the_vendors_words(sf: SimpleSalesforce) -> None:
    """Probe 5."""
    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.Contact.create({"FirstName": "Z"})
    assert caught.value.content == [
        {"message": "Required fields are missing: [LastName]", "errorCode": "REQUIRED_FIELD_MISSING",
         "fields": ["LastName"]}
    ]


def test_a_short_id_finds_the_record_and_a_long_one_is_shown(sf: SimpleSalesforce, contacts: list[str]) -> None:
    """Probe 6."""
    whole = contacts[0]
    assert sf.Contact.get(whole[:15])["Id"] == sf.Contact.get(whole)["Id"] == whole
    assert whole[15:] == checksum(whole[:15])


def test_the_checksum_is_the_vendors() -> None:
    # Ids quoted in the research (recorded) with their checksums.
    for known in ("0035g00000XyZ12AAB", "003aj000002oTldAAE", "0013000000ABCDeAAF"):
        assert full_id(known[:15]) is not None
    assert full_id("003aj000002oTld") == "003aj000002oTldAAE"
    assert full_id("003aj000002otldAAE") is None


def test_an_upsert_says_whether_it_created(sf: SimpleSalesforce, org: Salesforce) -> None:
    """Probe 7."""
    assert sf.Contact.upsert("Ext__c/n1", {"LastName": "N"}) == 201
    again = sf.Contact.upsert("Ext__c/n1", {"LastName": "N2"}, raw_response=True)
    assert (again.status_code, again.json()["created"]) == (200, False)
    assert [org.store.get("Contact", i).values["LastName"] for i in org.store.find("Contact", "Ext__c", "N1")] == ["N2"]


def test_an_upsert_of_version_45_answers_204(http: httpx.Client) -> None:
    """Probe 7."""
    address = str(http.base_url).replace("v59.0", "v45.0") + "sobjects/Contact/Ext__c/x0"
    answer = http.patch(address, json={"Title": "T"})
    assert (answer.status_code, answer.content) == (204, b"")


def test_two_records_with_one_external_id_are_choices(sf: SimpleSalesforce, org: Salesforce) -> None:
    """Probe 8."""
    ids = [sf.Contact.create({"LastName": "D", "Ext__c": "d"})["id"] for _ in range(2)]
    with pytest.raises(SalesforceMoreThanOneRecord) as caught:
        sf.Contact.upsert("Ext__c/d", {})
    assert caught.value.content == [f"/services/data/v59.0/sobjects/Contact/{i}" for i in ids]


def test_a_unique_clash_names_the_other_record(sf: SimpleSalesforce) -> None:
    """Probe 9."""
    first = sf.Contact.create({"LastName": "U", "Uniq__c": "One"})["id"]
    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.Contact.create({"LastName": "U", "Uniq__c": "ONE"})
    [error] = caught.value.content
    assert error["errorCode"] == "DUPLICATE_VALUE"
    assert error["message"] == f"duplicate value found: Uniq__c duplicates value on record with id: {first[:15]}"


def test_a_deleted_record_is_gone_for_queries_and_known_to_query_all(
    sf: SimpleSalesforce, org: Salesforce, contacts: list[str]
) -> None:
    """Probe 10."""
    assert sf.Contact.delete(contacts[0]) == 204
    for act in (sf.Contact.delete, sf.Contact.get, lambda i: sf.Contact.update(i, {"Title": "x"})):
        with pytest.raises(SalesforceResourceNotFound) as caught:
            act(contacts[0])
        assert caught.value.content == [
            {"message": "entity is deleted", "errorCode": "ENTITY_IS_DELETED", "fields": []}
        ]
    assert sf.query_all("SELECT Id FROM Contact")["totalSize"] == 4
    found = sf.query_all("SELECT Id, IsDeleted FROM Contact", include_deleted=True)["records"]
    assert {r["Id"]: r["IsDeleted"] for r in found}[contacts[0]] is True
    org.clock.move(60)
    now = org.clock.now()
    gone = sf.Contact.deleted(now - timedelta(minutes=5), now)["deletedRecords"]
    assert [g["id"] for g in gone] == [contacts[0]]


def test_the_body_of_an_update_must_not_name_the_id(http: httpx.Client, contacts: list[str]) -> None:
    answer = http.patch(f"sobjects/Contact/{contacts[0]}", json={"Id": contacts[0]})
    assert answer.json()[0]["message"] == "The Id field should not be specified in the sobject data."


def test_unknown_ids_are_refused_differently_for_reads_and_writes(http: httpx.Client) -> None:
    unknown = "003000000000999AAA"
    assert http.get(f"sobjects/Contact/{unknown}").json()[0]["errorCode"] == "NOT_FOUND"
    assert http.patch(f"sobjects/Contact/{unknown}", json={}).json() == [
        {"message": "invalid cross reference id", "errorCode": "INVALID_CROSS_REFERENCE_KEY", "fields": []}
    ]
    malformed = http.delete("sobjects/Contact/nonsense")
    assert malformed.status_code == 404
    assert malformed.json()[0]["message"].endswith("does not exist or is not accessible: nonsense")


def test_object_and_field_names_may_be_in_any_case_and_paths_untidy(http: httpx.Client, org: Salesforce) -> None:
    made = http.post(f"{org.base_url}/services/data/v59.0//sobjects/CONTACT/", json={"lastname": "Low", "EMAIL": "A@B.CO"}).json()
    row = http.get(f"sobjects/contact/{made['id']}?fields=lastNAME,Email").json()
    assert list(row) == ["attributes", "LastName", "Email", "Id"]
    assert (row["attributes"]["type"], row["LastName"], row["Email"]) == ("Contact", "Low", "a@b.co")


def test_an_encoded_external_id_reaches_its_record(http: httpx.Client, org: Salesforce) -> None:
    assert http.patch("sobjects/Contact/Ext__c/a%2Fb%20c", json={"LastName": "S"}).status_code == 201
    assert http.get("sobjects/Contact/Ext__c/a%2Fb%20c").json()["Ext__c"] == "a/b c"
    assert http.delete("sobjects/Contact/Ext__c/a%2Fb%20c").status_code == 204
    assert http.get("sobjects/Contact/Ext__c/a%2Fb%20c").json()[0]["errorCode"] == "NOT_FOUND"


def test_a_field_that_is_no_key_is_refused_as_one(http: httpx.Client) -> None:
    answer = http.get("sobjects/Contact/Title/Boss")
    assert answer.json()[0]["message"] == "Provided external ID field does not exist or is not accessible: Title"


def test_an_upsert_must_not_repeat_its_key_unless_the_org_lets_it(http: httpx.Client, org: Salesforce) -> None:
    body = {"ext__C": "x0", "Title": "T"}
    refused = http.patch("sobjects/Contact/Ext__c/x0", json=body)
    assert refused.json()[0]["message"] == "The Ext__c field should not be specified in the sobject data."
    org.switch("key_in_body", "ignore")
    assert http.patch("sobjects/Contact/Ext__c/x0", json=body).status_code == 200


def test_update_only_makes_nothing(http: httpx.Client, org: Salesforce) -> None:
    assert http.patch("sobjects/Contact/Ext__c/new?updateOnly=true", json={"LastName": "x"}).status_code == 404
    assert org.store.size("Contact") == 5


def test_post_with_a_method_override_is_a_patch(http: httpx.Client, contacts: list[str], org: Salesforce) -> None:
    assert http.post(f"sobjects/Contact/{contacts[0]}?_HttpMethod=PATCH", json={"Title": "CEO"}).status_code == 204
    assert org.store.get("Contact", contacts[0]).values["Title"] == "CEO"
    assert http.post(f"sobjects/Contact/{contacts[0]}", json={}).status_code == 405


def test_a_created_record_is_announced_with_its_location(http: httpx.Client) -> None:
    answer = http.post("sobjects/Account", json={"Name": "New"})
    assert answer.headers["location"] == f"/services/data/v59.0/sobjects/Account/{answer.json()['id']}"
    assert re.fullmatch(r"api-usage=\d+/\d+", answer.headers["sforce-limit-info"])


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/services/data/v30.0/limits", 410, "UNSUPPORTED_API_VERSION"),
        ("/services/data/v68.0/limits", 404, "NOT_FOUND"),
        ("/services/data/v59.0/sobjects/Nope__c", 404, "NOT_FOUND"),
        ("/services/data/v59.0/chatter/feeds", 404, "NOT_FOUND"),
    ],
)
def test_what_is_not_there_is_refused_loudly(
    http: httpx.Client, org: Salesforce, path: str, status: int, code: str
) -> None:
    answer = http.get(org.base_url + path)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code)
    # The report shows it: as a call that nobody knows, or with what of a known one is missing.
    *_, exchange = org.journal.exchanges()
    assert status == 410 or exchange.operation is None or "x-syncproof-hint" in answer.headers


def test_a_wrong_method_names_the_right_ones(http: httpx.Client, contacts: list[str]) -> None:
    answer = http.put(f"sobjects/Contact/{contacts[0]}", json={})
    assert answer.status_code == 405
    assert answer.json()[0]["message"].startswith("HTTP Method 'PUT' not allowed. Allowed are DELETE,GET,HEAD,PATCH")


def test_beyond_the_daily_limit_every_call_is_refused(http: httpx.Client, org: Salesforce) -> None:
    org.switch("api_limit", 2)
    answers = [http.get("limits") for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 403]
    assert answers[2].text == '[{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]'
    assert answers[2].headers["sforce-limit-info"] == "api-usage=3/2"
    org.clock.move(86_400)
    assert http.get("limits").json()["DailyApiRequests"] == {"Max": 2, "Remaining": 1}


def test_blame_knows_what_was_shown_and_what_refused(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    start = len(org.journal)
    http.get(f"sobjects/Contact/{contacts[0]}")
    http.post("sobjects/Contact", json={})
    read, write = org.journal.exchanges(start)
    assert read.served == [("Contact", contacts[0], 1)]
    assert [code for _, code, _ in write.refused] == ["REQUIRED_FIELD_MISSING"]
