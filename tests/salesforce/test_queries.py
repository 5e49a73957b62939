"""Queries over the wire (probes 11 to 14); the language itself is tested in soql/."""

from __future__ import annotations

import httpx
import pytest
from simple_salesforce import Salesforce as SimpleSalesforce
from syncproof_mocks.crm.salesforce import Salesforce


def test_small_pages_are_followed_to_the_end(sf: SimpleSalesforce, org: Salesforce) -> None:
    """Probe 11."""
    org.switch("page_size", 2)
    first = sf.query("SELECT Id FROM Contact")
    assert list(first) == ["totalSize", "done", "nextRecordsUrl", "records"]
    assert (first["totalSize"], first["done"], len(first["records"])) == (5, False, 2)
    everything = sf.query_all("SELECT Id FROM Contact")
    assert (everything["totalSize"], len(everything["records"]), everything["done"]) == (5, 5, True)
    assert len({r["Id"] for r in everything["records"]}) == 5


def test_a_page_shows_what_it_shows_and_no_more(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    """Probe 11: blame must not think that a connector read a page it never asked for."""
    org.switch("page_size", 2)
    first = http.get("query", params={"q": "SELECT Id FROM Contact"}).json()
    # n8n sends the old query along with the locator.
    http.get(org.base_url + first["nextRecordsUrl"], params={"q": "SELECT Id FROM Account"})
    served = [[i for _, i, _ in e.served] for e in org.journal.exchanges() if e.operation.startswith("query.")]
    assert served == [contacts[:2], contacts[2:4]]


def test_a_batch_size_outside_the_bounds_is_clamped(http: httpx.Client, org: Salesforce) -> None:
    now = org.clock.now_ms()
    for n in range(300):
        org.seed("Lead", {"LastName": f"L{n}", "Company": "C"}, created_ms=now, modified_ms=now)
    sizes = {}
    for asked in (1, 250, 9999):
        headers = {"Sforce-Query-Options": f"batchSize={asked}"}
        sizes[asked] = len(http.get("query", params={"q": "SELECT Id FROM Lead"}, headers=headers).json()["records"])
    assert sizes == {1: 200, 250: 250, 9999: 300}


@pytest.mark.parametrize("locator", ["01g000000000000AAA-2", "nonsense", "01g000000000000AAA-x"])
def test_an_unknown_locator_is_refused(http: httpx.Client, locator: str) -> None:
    answer = http.get(f"query/{locator}")
    assert answer.json() == [{"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}]


def test_names_in_answers_are_canonical(sf: SimpleSalesforce) -> None:
    """Probe 12."""
    found = sf.query("SELECT id, lastname, Account.Name FROM contact WHERE email IN ('C0@EXAMPLE.COM')")
    [record] = found["records"]
    assert list(record) == ["attributes", "Id", "LastName", "Account"]
    assert list(record["Account"]) == ["attributes", "Name"]


@pytest.mark.parametrize(
    "literal",
    [
        "2020-01-01T00:00:00Z", "2020-01-01T00:00:00.000000Z", "2020-01-01T00:00:00.000+00:00",
        "2020-01-01T02:00:00+02:00", "2020-01-01T00:00:00.000+0000", "2020-01-01T00:00:00.000Z",
    ],
)
def test_every_shape_of_a_datetime_means_the_same(sf: SimpleSalesforce, literal: str) -> None:
    """Probe 13."""
    assert sf.query(f"SELECT Id FROM Contact WHERE SystemModstamp>={literal}")["totalSize"] == 5


def test_a_quoted_datetime_is_refused_and_date_words_work(http: httpx.Client) -> None:
    """Probe 13."""
    quoted = http.get("query", params={"q": "SELECT Id FROM Contact WHERE CreatedDate > '2020-01-01T00:00:00Z'"})
    assert (quoted.status_code, quoted.json()[0]["errorCode"]) == (400, "INVALID_FIELD")
    recent = http.get("query", params={"q": "SELECT Id FROM Contact WHERE CreatedDate = LAST_N_DAYS:2"}).json()
    assert recent["totalSize"] == 5


def test_counting_and_like_work(http: httpx.Client) -> None:
    """Probe 14."""
    count = http.get("query", params={"q": "SELECT COUNT() FROM Contact"}).json()
    assert count == {"totalSize": 5, "done": True, "records": []}
    found = http.get("query", params={"q": "SELECT Id FROM Contact WHERE Email LIKE 'c%' LIMIT 2"}).json()
    assert found["totalSize"] == 2


def test_the_cli_gets_its_column_metadata(http: httpx.Client) -> None:
    body = http.get("query", params={"q": "SELECT Id, Account.Name FROM Contact", "columns": "true"}).json()
    assert (body["entityName"], body["keyPrefix"], body["idSelected"]) == ("Contact", "003", True)
    assert [c["columnName"] for c in body["columnMetadata"]] == ["Id", "Account"]


def test_every_described_field_of_every_object_can_be_selected(http: httpx.Client, org: Salesforce) -> None:
    for entry in http.get("sobjects").json()["sobjects"]:
        fields = [f["name"] for f in http.get(f"sobjects/{entry['name']}/describe").json()["fields"]]
        answer = http.get("query", params={"q": f"SELECT {', '.join(fields)} FROM {entry['name']} LIMIT 1"})
        assert answer.status_code == 200, answer.text
        for record in answer.json()["records"]:
            assert list(record) == ["attributes", *fields]


def test_a_record_reads_the_same_by_query_and_by_id(http: httpx.Client, contacts: list[str]) -> None:
    http.patch(f"sobjects/Contact/{contacts[0]}", json={"MailingCity": "Brno", "MailingCountry": "CZ"})
    read = http.get(f"sobjects/Contact/{contacts[0]}").json()
    fields = ", ".join(n for n in read if n != "attributes")
    query = f"SELECT {fields} FROM Contact WHERE Id = '{contacts[0][:15]}'"
    assert http.get("query", params={"q": query}).json()["records"] == [read]
    assert read["MailingAddress"]["city"] == "Brno"


def test_an_assumed_behaviour_of_a_query_is_noted(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    query = "SELECT Id FROM Contact WHERE Title != 'Boss'"
    assert http.get("query", params={"q": query}).json()["totalSize"] == 5
    org.switch("not_equal_matches_null", False)
    assert http.get("query", params={"q": query}).json()["totalSize"] == 0
    assert all(any(a.startswith("salesforce.") for a in e.assumed) for e in org.journal.exchanges())


def test_a_query_without_text_is_refused(http: httpx.Client) -> None:
    assert http.get("query").json()[0]["errorCode"] == "MALFORMED_QUERY"
