"""What SOAP shows: records, pages, windows, metadata, and a fault for everything else."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce

Soap = Callable[..., Element]
Send = Callable[..., httpx.Response]
Texts = Callable[[Element, str], list[str | None]]


def test_a_query_is_paged(soap: Soap, texts: Texts, org: Salesforce, contacts: list[str]) -> None:
    org.switch("page_size", 3)
    first = soap("query", "<queryString>SELECT Id, Email, Account.Name, Birthdate FROM Contact</queryString>")
    assert (first.findtext("result/done"), first.findtext("result/size")) == ("false", "5")
    assert texts(first, "result/records/Email") == ["c0@example.com", "c1@example.com", "c2@example.com"]
    assert texts(first, "result/records/Account/Name") == ["Acme"] * 3
    assert first.find("result/records/Birthdate").get("nil") == "true"  # type: ignore[union-attr]
    rest = soap("queryMore", f"<queryLocator>{first.findtext('result/queryLocator')}</queryLocator>")
    assert (rest.findtext("result/done"), len(rest.findall("result/records"))) == ("true", 2)
    served = [{i for k, i, _ in e.served if k == "Contact"} for e in org.journal.exchanges()]
    assert served == [set(contacts[:3]), set(contacts[3:])]


def test_deleted_records_are_seen_by_query_all_alone(soap: Soap, org: Salesforce, contacts: list[str]) -> None:
    soap("delete", f"<ids>{contacts[0]}</ids>")
    asked = "<queryString>SELECT Id, IsDeleted FROM Contact WHERE IsDeleted = true</queryString>"
    assert soap("query", asked).findtext("result/size") == "0"
    assert soap("queryAll", asked).findtext("result/records/IsDeleted") == "true"


def test_retrieve_keeps_the_order_and_leaves_gaps(soap: Soap, contacts: list[str]) -> None:
    ids = "".join(f"<ids>{i}</ids>" for i in (contacts[1], "003000000000000AAA", contacts[0]))
    found = soap("retrieve", f"<fieldList>LastName,CreatedDate</fieldList><sObjectType>contact</sObjectType>{ids}")
    names = [r.findtext("LastName") for r in found.findall("result")]
    assert names == ["Last1", None, "Last0"]
    assert (found.findtext("result/CreatedDate") or "").endswith(".000Z")


def test_a_search_finds_records(soap: Soap, texts: Texts, contacts: list[str]) -> None:
    asked = "<searchString>FIND {Last1} IN NAME FIELDS RETURNING Contact(Id, Email)</searchString>"
    found = soap("search", asked)
    assert texts(found, "result/searchRecords/record/Email") == ["c1@example.com"]


def test_windows_tell_what_changed_and_what_went(
    soap: Soap, texts: Texts, org: Salesforce, contacts: list[str], window: Callable[[], str]
) -> None:
    org.desk_edit("Contact", contacts[3], {"Title": "T"})
    soap("delete", f"<ids>{contacts[4]}</ids>")
    org.clock.move(60)
    assert texts(soap("getUpdated", window()), "result/ids") == [contacts[3]]
    assert texts(soap("getDeleted", window()), "result/deletedRecords/id") == [contacts[4]]


def test_objects_are_described(soap: Soap, texts: Texts) -> None:
    assert "Contact" in texts(soap("describeGlobal", ""), "result/sobjects/name")
    found = soap("describeSObjects", "<sObjectType>Lead</sObjectType><sObjectType>contact</sObjectType>")
    assert texts(found, "result/name") == ["Lead", "Contact"]
    types = {f.findtext("name"): f.findtext("type") for f in soap(
        "describeSObject", "<sObjectType>Contact</sObjectType>"
    ).findall("result/fields")}
    assert types["Email"] == "email"


@pytest.mark.parametrize(
    ("call", "inner", "fault"),
    [
        ("query", "<queryString>SELECT Nope FROM Contact</queryString>", "sf:INVALID_FIELD"),
        ("query", "<queryString>SELECT</queryString>", "sf:MALFORMED_QUERY"),
        ("queryMore", "<queryLocator>01g-1</queryLocator>", "sf:INVALID_QUERY_LOCATOR"),
        ("describeSObject", "<sObjectType>Nope</sObjectType>", "sf:INVALID_TYPE"),
        ("getUpdated", "<sObjectType>Contact</sObjectType>", "sf:INVALID_REPLICATION_DATE"),
        ("delete", "<ids>x</ids>" * 201, "sf:EXCEEDED_ID_LIMIT"),
        ("convertLead", "<leadConverts/>" * 101, "sf:EXCEEDED_ID_LIMIT"),
        ("sendEmail", "", "soapenv:Client"),
    ],
)
def test_a_call_that_cannot_be_done_is_a_fault(send: Send, org: Salesforce, call: str, inner: str, fault: str) -> None:
    answer = send(call, inner)
    assert answer.status_code == 500
    assert f"<faultcode>{fault}</faultcode>" in answer.text
    assert next(reversed(list(org.journal.exchanges()))).refused


def test_a_session_that_ended_is_the_fault_that_clients_look_for(send: Send, org: Salesforce) -> None:
    token = org.credentials()["token"]
    org.expire_sessions()
    answer = send("query", f"<queryString>{token}</queryString>")
    assert answer.status_code == 500
    assert "<faultcode>sf:INVALID_SESSION_ID</faultcode>" in answer.text
    assert "Invalid Session ID found in SessionHeader: Illegal Session" in answer.text


def test_the_limit_of_calls_holds_for_soap_too(send: Send, org: Salesforce) -> None:
    org.switch("api_limit", 1)
    assert "<current>1</current><limit>1</limit>" in send("getServerTimestamp", "").text
    assert "<faultcode>sf:REQUEST_LIMIT_EXCEEDED</faultcode>" in send("getServerTimestamp", "").text


@pytest.mark.parametrize("version", ["30.0", "68.0", "x"])
def test_a_version_that_is_not_spoken_is_a_fault(send: Send, version: str) -> None:
    assert "sf:UNSUPPORTED_API_VERSION" in send("getServerTimestamp", "", version=version).text


def test_a_character_that_xml_cannot_carry_does_not_break_the_answer(
    soap: Soap, org: Salesforce, contacts: list[str]
) -> None:
    org.desk_edit("Contact", contacts[0], {"Title": "a\x0b<b>&amp;"})
    found = soap("retrieve", f"<fieldList>Title</fieldList><sObjectType>Contact</sObjectType><ids>{contacts[0]}</ids>")
    assert found.findtext("result/Title") == "a<b>&amp;"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8"])
def test_a_document_type_is_refused_in_every_encoding(
    org: Salesforce, plain: httpx.Client, encoding: str
) -> None:
    body = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "c">]><a><Body><login>&b;</login></Body></a>'
    answer = plain.post(f"{org.base_url}/services/Soap/u/59.0", content=body.encode(encoding))
    assert (answer.status_code, "a document type" in answer.text) == (500, True)
