"""Bulk API 1.0 in XML and CSV: the exact content types, and documents that mean harm (findings 6, 7 and 13)."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree

import pytest
from syncproof_mocks.crm.salesforce import Salesforce

from .conftest import Bulk1

XML, CSV, JSON = "application/xml", "text/csv", "application/json"
NS = "{http://www.force.com/2009/06/asyncapi/dataload}"


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def text(root: ElementTree.Element, name: str) -> str | None:
    return root.findtext(f"{NS}{name}")


def job(bulk1: Bulk1, operation: str = "insert", form: str = "XML", more: str = "") -> str:
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><jobInfo xmlns="http://www.force.com/2009/06/asyncapi/dataload">'
        f"<operation>{operation}</operation><object>Contact</object>{more}<contentType>{form}</contentType></jobInfo>"
    )
    answer = bulk1.call("POST", "", body, "application/xml; charset=UTF-8")
    assert (answer.status_code, answer.headers["content-type"]) == (201, XML), answer.text
    root = parsed(answer.text)
    assert (root.tag, text(root, "state"), text(root, "contentType")) == (f"{NS}jobInfo", "Open", form)
    return str(text(root, "id"))


def batch(bulk1: Bulk1, job_id: str, body: str, form: str) -> tuple[str, ElementTree.Element]:
    answer = bulk1.call("POST", f"/{job_id}/batch", body, form)
    assert (answer.status_code, answer.headers["content-type"]) == (201, XML), answer.text
    address = f"/{job_id}/batch/{text(parsed(answer.text), 'id')}"
    for _ in range(5):
        found = bulk1.call("GET", address, form=JSON)
        # The job's format counts, whatever this GET says about itself (tap-salesforce sends JSON here).
        assert found.headers["content-type"] == XML
        root = parsed(found.text)
        if text(root, "state") in ("Completed", "Failed"):
            return address, root
    raise AssertionError(found.text)


def test_rows_in_csv_get_their_fates_in_csv(bulk1: Bulk1, org: Salesforce) -> None:
    address, info = batch(bulk1, job(bulk1, form="CSV"), "LastName,Title\nA,#N/A\n,B\n", "text/csv; charset=UTF-8")
    assert (text(info, "state"), text(info, "numberRecordsFailed")) == ("Completed", "1")
    answer = bulk1.call("GET", f"{address}/result")
    good, bad = csv.DictReader(io.StringIO(answer.text))
    assert answer.headers["content-type"] == CSV
    assert answer.text.startswith('"Id","Success","Created","Error"\n')
    assert org.store.get("Contact", good["Id"]).values["LastName"] == "A"
    assert bad == {"Id": "", "Success": "false", "Created": "false",
                   "Error": "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"}
    echo = bulk1.call("GET", f"{address}/request")
    assert (echo.headers["content-type"], echo.text) == (CSV, "LastName,Title\nA,#N/A\n,B\n")


@pytest.mark.parametrize(("told", "content_type"), [(False, CSV), (True, f"{CSV}; charset=UTF-8")])
def test_whether_a_csv_of_a_query_tells_its_charset_is_a_switch_and_matters_beyond_ascii(
    bulk1: Bulk1, org: Salesforce, contacts: list[str], told: bool, content_type: str
) -> None:
    org.switch("bulk1_csv_charset", told)

    def answer() -> tuple[str, str, bool]:
        address, _ = batch(bulk1, job(bulk1, "query", "CSV"), f"SELECT LastName FROM Contact WHERE Id = '{contacts[0]}'", CSV)
        result = text(parsed(bulk1.call("GET", f"{address}/result").text), "result")
        found = bulk1.call("GET", f"{address}/result/{result}")
        rests = "salesforce.bulk1_csv_charset" in list(org.journal.exchanges())[-1].assumed
        return found.headers["content-type"], found.content.decode(), rests

    assert answer() == (content_type, '"LastName"\n"Last0"\n', False)
    org.desk_edit("Contact", contacts[0], {"LastName": "Žák"})
    assert answer() == (content_type, '"LastName"\n"Žák"\n', True)


def test_an_unknown_column_fails_the_batch(bulk1: Bulk1, org: Salesforce) -> None:
    address, info = batch(bulk1, job(bulk1, form="CSV"), "LastName,Foo__c\nA,1\n", CSV)
    assert (text(info, "state"), text(info, "stateMessage")) == ("Failed", "InvalidBatch : Field name not found : Foo__c")
    refused = parsed(bulk1.call("GET", f"{address}/result").text)
    assert (refused.tag, text(refused, "exceptionCode")) == (f"{NS}error", "InvalidBatch")


def test_rows_in_xml_with_null_and_a_parent(bulk1: Bulk1, org: Salesforce, contacts: list[str]) -> None:
    rows = (
        '<sObjects xmlns="http://www.force.com/2009/06/asyncapi/dataload" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<sObject><Id>{contacts[0]}</Id><FirstName xsi:nil="true"/><Title>R&amp;D</Title></sObject>'
        f"<sObject><Id>{contacts[1]}</Id><FirstName></FirstName><ReportsTo><sObject><Ext__c>x0</Ext__c></sObject></ReportsTo></sObject>"
        "<sObject><Id>nonsense</Id></sObject></sObjects>"
    )
    address, _ = batch(bulk1, job(bulk1, "update"), rows, XML)
    first, second = (org.store.get("Contact", i).values for i in contacts[:2])
    assert (first["FirstName"], first["Title"], second["FirstName"], second["ReportsToId"]) == (None, "R&D", "First1", contacts[0])
    answer = bulk1.call("GET", f"{address}/result")
    results = parsed(answer.text)
    assert (answer.headers["content-type"], results.tag) == (XML, f"{NS}results")
    assert [text(r, "success") for r in results] == ["true", "true", "false"]
    assert results[2].findtext(f"{NS}errors/{NS}statusCode") == "MALFORMED_ID"


def test_an_unknown_element_fails_the_batch(bulk1: Bulk1, org: Salesforce) -> None:
    _, info = batch(bulk1, job(bulk1), "<sObjects><sObject><LastName>A</LastName><Foo__c>1</Foo__c></sObject></sObjects>", XML)
    assert text(info, "stateMessage") == "InvalidBatch : Field name not found : Foo__c"
    assert org.store.size("Contact") == 5


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><sObjects><sObject><LastName>&b;</LastName></sObject></sObjects>'


@pytest.mark.parametrize(
    "body",
    [BOMB, BOMB.replace("sObjects", "jobInfo"), "", "<", "<a>", "<a/><b/>", "<sObjects><x/></sObjects>", "<x/>", "\x00",
     "<sObjects>" + "<sObject>" * 40 + "</sObject>" * 40 + "</sObjects>"],
)
def test_documents_that_are_broken_or_mean_harm_save_nothing(bulk1: Bulk1, org: Salesforce, body: str) -> None:
    _, info = batch(bulk1, job(bulk1), body, XML)
    assert text(info, "state") == "Failed"
    refused = bulk1.call("POST", "", body, XML)
    assert (refused.status_code, refused.headers["content-type"]) == (400, XML)
    assert text(parsed(refused.text), "exceptionCode") == "InvalidJob" or "entity" in refused.text.lower()
    assert org.store.size("Contact") == 5
    assert all(not e.crash for e in org.journal.exchanges())


def test_a_document_type_hidden_in_another_encoding_is_refused_too(bulk1: Bulk1, org: Salesforce) -> None:
    answer = bulk1.client.post(f"{bulk1.base}/job/{job(bulk1)}/batch", content=BOMB.encode("utf-16"),
                               headers={**bulk1.headers, "content-type": XML})
    batch_id = text(parsed(answer.text), "id")
    assert batch_id is not None
    assert org.store.size("Contact") == 5


def test_a_query_in_xml_and_in_csv(bulk1: Bulk1, org: Salesforce, contacts: list[str]) -> None:
    soql = "SELECT Id, Email, Title, CreatedDate, DoNotCall, Account.Name FROM Contact WHERE Ext__c = 'x0'"
    stamp = org.store.get("Contact", contacts[0]).values["CreatedDate"].replace("+0000", "Z")
    shown = {}
    for form in ("XML", "CSV"):
        address, info = batch(bulk1, job(bulk1, "query", form), soql, CSV)
        listed = parsed(bulk1.call("GET", f"{address}/result").text)
        assert (text(info, "numberRecordsProcessed"), listed.tag) == ("1", f"{NS}result-list")
        answer = bulk1.call("GET", f"{address}/result/{text(listed, 'result')}")
        assert answer.headers["content-type"] == {"XML": XML, "CSV": CSV}[form]
        shown[form] = answer.text
    [record] = parsed(shown["XML"])
    assert [text(record, n) for n in ("type", "Id", "CreatedDate", "DoNotCall")] == ["Contact", contacts[0], stamp, "false"]
    assert record.findtext(f"{NS}Account/{NS}Name") == "Acme"
    nil = record.find(f"{NS}Title")
    assert nil is not None
    assert nil.attrib == {"{http://www.w3.org/2001/XMLSchema-instance}nil": "true"}
    header, row = csv.reader(io.StringIO(shown["CSV"]))
    assert (header[-1], row) == ("Account.Name", [contacts[0], "c0@example.com", "", stamp, "false", "Acme"])


def test_nobody_found_in_csv_is_said_in_words(bulk1: Bulk1) -> None:
    address, _ = batch(bulk1, job(bulk1, "query", "CSV"), "SELECT Id FROM Contact WHERE LastName = 'nobody'", CSV)
    result = text(parsed(bulk1.call("GET", f"{address}/result").text), "result")
    assert bulk1.call("GET", f"{address}/result/{result}").text == "Records not found for this query"
    assert bulk1.call("GET", f"{address}/result/7525g00000abcde").status_code == 400


def test_an_expired_session_is_said_as_jsforce_expects_it(bulk1: Bulk1, org: Salesforce) -> None:
    """Probe 13's session fault for Bulk 1.0."""
    job_id = job(bulk1, form="CSV")
    org.expire_sessions()
    answer = bulk1.call("POST", f"/{job_id}/batch", "LastName\nA\n", CSV)
    assert (answer.status_code, answer.headers["content-type"]) == (400, XML)
    assert "<exceptionCode>InvalidSessionId</exceptionCode>" in answer.text
    assert list(org.journal.exchanges())[-1].refused[0][1] == "InvalidSessionId"


def test_rows_in_another_format_than_the_job_says_are_refused(bulk1: Bulk1) -> None:
    job_id = job(bulk1, form="CSV")
    for form in (XML, JSON, "text/plain", "zip/csv"):
        answer = bulk1.call("POST", f"/{job_id}/batch", "[]", form)
        assert answer.status_code == 400
        assert "InvalidBatch" in answer.text


def test_closing_in_xml(bulk1: Bulk1) -> None:
    job_id = job(bulk1)
    body = '<jobInfo xmlns="http://www.force.com/2009/06/asyncapi/dataload"><state>Closed</state></jobInfo>'
    assert text(parsed(bulk1.call("POST", f"/{job_id}", body, XML).text), "state") == "Closed"
    assert text(parsed(bulk1.call("POST", f"/{job_id}", body, XML).text), "exceptionCode") == "InvalidJobState"
    assert text(parsed(bulk1.call("GET", f"/{job_id}").text), "state") == "Closed"
