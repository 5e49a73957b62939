"""simple-salesforce, unmodified, through the acceptance probes of research `salesforce.md` section 5 that are its own."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from simple_salesforce import Salesforce as SimpleSalesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)
from syncproof_mocks.crm.salesforce import Salesforce

STAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000$")


def _declare(org: Salesforce, what: str, **entry: Any) -> None:
    org.declare(what, org.declarations[what].model_validate(entry))


def _by_domain(org: Salesforce, session: requests.Session, password: str | None = None) -> SimpleSalesforce:
    c = org.credentials()
    bare = password or c["password"].removesuffix(c["security_token"])
    return SimpleSalesforce(
        domain="localhost:18443/", username=c["username"], password=bare, security_token=c["security_token"], session=session
    )


def test_soap_login_by_the_domain_trick(org: Salesforce, session: requests.Session) -> None:
    """Probe 1: the alias path leads to the mock; the address in the answer is the one that was asked."""
    sf = _by_domain(org, session)

    assert sf.sf_instance == org.base_url.partition("://")[2]
    assert sf.query("SELECT Id FROM Contact")["totalSize"] == 5
    with pytest.raises(SalesforceAuthenticationFailed) as caught:
        _by_domain(org, session, "wrong")
    assert caught.value.code == "INVALID_LOGIN"


@pytest.mark.parametrize("grant", ["password", "client_credentials", "jwt"])
def test_every_oauth_grant(org: Salesforce, session: requests.Session, grant: str) -> None:
    """Probe 2."""
    c = org.credentials()
    ways: dict[str, dict[str, Any]] = {
        "password": {"username": c["username"], "password": c["password"], "consumer_secret": c["client_secret"]},
        "client_credentials": {"consumer_secret": c["client_secret"], "domain": "acme.my"},
        "jwt": {"username": c["username"], "privatekey": c["private_key"], "domain": "login"},
    }
    sf = SimpleSalesforce(consumer_key=c["client_id"], session=session, **ways[grant])

    assert sf.query("SELECT Id FROM Contact")["totalSize"] == 5
    assert sf.oauth2("userinfo")["user_id"] == org.user_id


def test_a_bad_secret_and_a_restricted_address_have_codes(org: Salesforce, session: requests.Session) -> None:
    """Probe 2."""
    c = org.credentials()
    app = {"consumer_key": c["client_id"], "domain": "acme.my", "session": session}
    with pytest.raises(SalesforceAuthenticationFailed) as caught:
        SimpleSalesforce(consumer_secret="no", **app)
    assert caught.value.code == "invalid_client"
    org.switch("ip_restriction", "refuse")
    with pytest.raises(SalesforceAuthenticationFailed, match="ip restricted"):
        SimpleSalesforce(consumer_secret=c["client_secret"], **app)


def test_an_expired_session_is_renewed_once_by_who_can_log_in(org: Salesforce, session: requests.Session) -> None:
    """Probe 3."""
    sf = _by_domain(org, session)
    org.expire_sessions()
    start = len(org.journal)

    assert sf.query("SELECT Id FROM Contact")["totalSize"] == 5
    assert [e.operation for e in org.journal.exchanges(start)].count("soap.login") == 1


def test_an_expired_session_ends_who_cannot(org: Salesforce, sf: SimpleSalesforce) -> None:
    """Probe 3."""
    org.expire_sessions()
    with pytest.raises(SalesforceExpiredSession):
        sf.query("SELECT Id FROM Contact")


def test_a_created_contact_is_as_the_vendor_stores_it(org: Salesforce, sf: SimpleSalesforce) -> None:
    """Probe 4."""
    made = sf.Contact.create({"LastName": "Z", "Email": "MiXed@X.io"})
    found = sf.Contact.get(made["id"])

    assert made["success"] is True
    assert (found["Email"], found["OwnerId"], found["HasOptedOutOfEmail"]) == ("mixed@x.io", org.user_id, False)
    assert found["CreatedDate"] == found["LastModifiedDate"] == found["SystemModstamp"]
    assert STAMP.match(found["CreatedDate"])


def test_a_missing_required_field_is_named(sf: SimpleSalesforce) -> None:
    """Probe 5."""
    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.Contact.create({"FirstName": "Z"})
    assert caught.value.content == [{
        "message": "Required fields are missing: [LastName]", "errorCode": "REQUIRED_FIELD_MISSING", "fields": ["LastName"],
    }]


def test_ids_of_15_and_18_characters_name_the_same_row(sf: SimpleSalesforce, contacts: list[str]) -> None:
    """Probe 6; the last three characters follow from the others."""
    whole = contacts[0]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    checksum = "".join(
        letters[sum(1 << n for n, c in enumerate(whole[at : at + 5]) if "A" <= c <= "Z")] for at in (0, 5, 10)
    )

    assert sf.Contact.get(whole[:15])["Id"] == sf.Contact.get(whole)["Id"] == whole
    assert whole[15:] == checksum


def test_an_upsert_answers_as_its_version_does(org: Salesforce, sf: SimpleSalesforce, session: requests.Session) -> None:
    """Probe 7."""
    assert sf.Contact.upsert("Ext__c/n1", {"LastName": "N"}) == 201
    again = sf.Contact.upsert("Ext__c/n1", {"LastName": "N"}, raw_response=True)
    assert (again.status_code, again.json()["created"]) == (200, False)
    old = SimpleSalesforce(
        instance_url="https://acme.my.salesforce.com", session_id=org.credentials()["token"], session=session, version="45.0"
    )
    assert old.Contact.upsert("Ext__c/n1", {"LastName": "N"}) == 204


def test_two_matches_of_an_external_id_are_refused_with_their_addresses(sf: SimpleSalesforce) -> None:
    """Probe 8."""
    ids = [sf.Contact.create({"LastName": n, "Ext__c": "d"})["id"] for n in "AB"]
    with pytest.raises(SalesforceMoreThanOneRecord) as caught:
        sf.Contact.upsert("Ext__c/d", {})
    assert sorted(caught.value.content) == sorted(f"/services/data/v59.0/sobjects/Contact/{i}" for i in ids)


def test_a_unique_value_that_is_taken_names_the_other_record(sf: SimpleSalesforce) -> None:
    """Probe 9."""
    first = sf.Contact.create({"LastName": "A", "Uniq__c": "u"})["id"]
    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.Contact.create({"LastName": "B", "Uniq__c": "u"})
    [error] = caught.value.content
    assert error["errorCode"] == "DUPLICATE_VALUE"
    assert error["message"].endswith(f"record with id: {first[:15]}")


def test_a_record_is_deleted_once_and_stays_visible_to_who_asks(org: Salesforce, sf: SimpleSalesforce, contacts: list[str]) -> None:
    """Probe 10."""
    gone = contacts[0]
    where = f"WHERE Id = '{gone}'"
    assert sf.Contact.delete(gone) == 204
    with pytest.raises(SalesforceResourceNotFound) as caught:
        sf.Contact.delete(gone)
    now = datetime.now(UTC)
    found = sf.Contact.deleted(now - timedelta(hours=1), now + timedelta(minutes=2))

    assert caught.value.content[0]["errorCode"] == "ENTITY_IS_DELETED"
    assert sf.query(f"SELECT Id FROM Contact {where}")["totalSize"] == 0
    [kept] = sf.query_all(f"SELECT Id, IsDeleted FROM Contact {where}", include_deleted=True)["records"]
    assert kept["IsDeleted"] is True
    assert found["deletedRecords"][0]["id"] == gone


def test_pages_are_followed_to_the_end(org: Salesforce, sf: SimpleSalesforce) -> None:
    """Probe 11."""
    org.switch("page_size", 2)
    first = sf.query("SELECT Id FROM Contact")
    whole = sf.query_all("SELECT Id FROM Contact")

    assert (first["done"], first["totalSize"], len(first["records"])) == (False, 5, 2)
    assert (whole["totalSize"], len(whole["records"])) == (5, 5)


def test_names_come_back_in_their_own_case(sf: SimpleSalesforce) -> None:
    """Probe 12."""
    [row] = sf.query("SELECT id, lastname, Account.Name FROM contact WHERE email IN ('C0@EXAMPLE.COM')")["records"]

    assert list(row) == ["attributes", "Id", "LastName", "Account"]
    assert set(row["Account"]) == {"attributes", "Name"}


def test_the_six_shapes_of_a_moment_mean_the_same(org: Salesforce, sf: SimpleSalesforce) -> None:
    """Probe 13: contacts were made a day ago; finding 16 has the shapes."""
    day = (datetime.now(UTC) - timedelta(days=3)).strftime("%Y-%m-%d")
    shapes = ("T00:00:00Z", "T00:00:00.000000Z", "T00:00:00.000+00:00", "T02:00:00.000+02:00", "T00:00:00+00:00",
              "T00:00:00.000+0000", "T00:00:00.000Z")
    after = [sf.query(f"SELECT Id FROM Contact WHERE CreatedDate >= {day}{s}")["totalSize"] for s in shapes]
    before = [sf.query(f"SELECT Id FROM Contact WHERE CreatedDate<{day}{s}")["totalSize"] for s in shapes]

    assert (set(after), set(before)) == ({5}, {0})
    with pytest.raises(SalesforceMalformedRequest):
        sf.query(f"SELECT Id FROM Contact WHERE CreatedDate >= '{day}T00:00:00Z'")
    assert sf.query("SELECT Id FROM Contact WHERE CreatedDate >= LAST_N_DAYS:1")["totalSize"] == 5
    assert sf.query("SELECT Id FROM Contact WHERE CreatedDate = YESTERDAY")["totalSize"] == 5


def test_a_bulk_load_tells_good_rows_from_bad(sf: SimpleSalesforce) -> None:
    """Probe 17."""
    [job] = sf.bulk2.Contact.insert(
        records=[{"FirstName": "", "LastName": "Ok"}, {"FirstName": "x", "LastName": ""}], wait=0.1
    )
    [failed] = csv.DictReader(io.StringIO(sf.bulk2.Contact.get_failed_records(job["job_id"])))

    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (2, 1)
    assert failed["sf__Error"].startswith("REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --")


def test_a_bulk_load_with_an_unknown_column_fails_as_a_whole(org: Salesforce, sf: SimpleSalesforce) -> None:
    """Probe 17."""
    with pytest.raises(Exception, match="InvalidBatch : Field name not found : Foo__c"):
        sf.bulk2.Contact.insert(records=[{"LastName": "Ok", "Foo__c": "x"}], wait=0.1)
    assert len(list(org.store.rows("Contact"))) == 5


def test_a_bulk_query_comes_in_chunks_and_ends(org: Salesforce, sf: SimpleSalesforce) -> None:
    """Probe 18."""
    chunks = list(sf.bulk2.Contact.query("SELECT Id FROM Contact", max_records=2, wait=0.1))
    last = [e for e in org.journal.exchanges() if "/results" in e.path][-1]

    assert len(chunks) == 3
    assert sum(len(list(csv.reader(io.StringIO(c)))) - 1 for c in chunks) == 5
    assert dict(last.response_headers)["Sforce-Locator"] == "null"


@pytest.mark.parametrize(("action", "saved"), [("alert", True), ("block", False)])
def test_a_duplicate_rule_lets_those_insist_whom_it_lets(
    org: Salesforce, sf: SimpleSalesforce, contacts: list[str], action: str, saved: bool
) -> None:
    """Probe 19."""
    _declare(org, "duplicate_rules", kind="Contact", name="Standard_Contact_Duplicate_Rule", action=action)
    values = {"LastName": "N", "Email": "c0@example.com"}
    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.Contact.create(values, headers={"Sforce-Duplicate-Rule-Header": "includeRecordDetails=true"})
    [error] = caught.value.content
    matches = error["duplicateResult"]["matchResults"][0]["matchRecords"]

    assert (error["errorCode"], matches[0]["record"]["Id"]) == ("DUPLICATES_DETECTED", contacts[0])
    insist = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    if saved:
        assert sf.Contact.create(values, headers=insist)["success"] is True
    else:
        with pytest.raises(SalesforceMalformedRequest):
            sf.Contact.create(values, headers=insist)


def test_an_assignment_rule_gives_a_lead_to_its_queue_unless_the_header_says_no(org: Salesforce, sf: SimpleSalesforce) -> None:
    """Probe 21."""
    _declare(org, "queues", name="Web leads", developer_name="Web_Leads", email="q@example.com")
    _declare(org, "assignment_rules", name="Standard", entries=[{"assign_to": "Web_Leads"}])
    lead = {"LastName": "L", "Company": "C"}
    ruled = sf.Lead.create(lead)["id"]
    own = sf.Lead.create(lead, headers={"Sforce-Auto-Assign": "FALSE"})["id"]

    assert sf.Lead.get(ruled)["OwnerId"].startswith("00G")
    assert sf.Lead.get(own)["OwnerId"] == org.user_id
