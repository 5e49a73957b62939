"""Many records in one call (probe 15)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from simple_salesforce import Salesforce as SimpleSalesforce
from syncproof_mocks.crm.salesforce import Salesforce

URL = "composite/sobjects"


def _contact(**values: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Contact"}, **values}


def test_one_bad_record_does_not_stop_the_others(http: httpx.Client, org: Salesforce) -> None:
    """Probe 15."""
    answer = http.post(URL, json={"records": [_contact(LastName="A"), _contact(FirstName="x")]})
    good, bad = answer.json()
    assert answer.status_code == 200
    assert (good["success"], good["errors"]) == (True, [])
    assert bad == {"success": False, "errors": [
        {"statusCode": "REQUIRED_FIELD_MISSING", "message": "Required fields are missing: [LastName]",
         "fields": ["LastName"]}
    ]}
    assert org.store.size("Contact") == 6


def test_all_or_none_leaves_no_trace_of_the_good_record(http: httpx.Client, org: Salesforce) -> None:
    """Probe 15."""
    start, before = len(org.journal), org.store.snapshot()
    records = [_contact(LastName="A", Uniq__c="u"), _contact(FirstName="x")]
    answer = http.post(URL, json={"allOrNone": True, "records": records}).json()
    assert [i["errors"][0]["statusCode"] for i in answer] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"
    ]
    assert org.store.snapshot().tables == before.tables
    assert list(org.journal.changes(start)) == []
    [exchange] = org.journal.exchanges(start)
    assert [code for _, code, _ in exchange.refused] == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    # The undone record left the indexes too: its unique value is free.
    assert http.post(URL, json={"records": records[:1]}).json()[0]["success"] is True


def test_rolled_back_updates_keep_values_order_and_history(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    before = org.store.snapshot()
    records = [_contact(Id=contacts[0], Title="New"), _contact(Id=contacts[1], LastName="")]
    http.patch(URL, json={"allOrNone": True, "records": records})
    assert org.store.snapshot().tables == before.tables
    assert [r.id for r in org.store.rows("Contact")] == contacts


@pytest.mark.parametrize("key", ["id", "Id"])
def test_updates_carry_the_id_in_any_case(
    http: httpx.Client, org: Salesforce, contacts: list[str], key: str
) -> None:
    answer = http.patch(URL, json={"records": [_contact(**{key: contacts[0], "Title": "T"}), _contact(Title="T")]})
    assert [i["success"] for i in answer.json()] == [True, False]
    assert org.store.get("Contact", contacts[0]).values["Title"] == "T"


def test_retrieve_keeps_the_order_and_shows_null_for_nobody(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    """Probe 15."""
    http.delete(f"sobjects/Contact/{contacts[1]}")
    ids = [contacts[2], "003000000000999AAA", contacts[0], contacts[1]]
    by_get = http.get(f"{URL}/Contact", params={"ids": ",".join(ids), "fields": "LastName,email"}).json()
    by_post = http.post(f"{URL}/Contact", json={"ids": ids, "fields": ["LastName", "email"]}).json()
    assert by_get == by_post
    assert [r and r["Email"] for r in by_get] == ["c2@example.com", None, "c0@example.com", None]


def test_deletes_report_each_id(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    http.delete(f"sobjects/Contact/{contacts[0]}")
    answer = http.delete(URL, params={"ids": f"{contacts[0]},{contacts[1][:15]}", "allOrNone": "false"}).json()
    assert [i["success"] for i in answer] == [False, True]
    assert answer[0]["errors"][0]["statusCode"] == "ENTITY_IS_DELETED"
    assert answer[1]["id"] == contacts[1]


def test_upserts_say_what_they_created_and_refuse_repeated_keys(http: httpx.Client, org: Salesforce) -> None:
    records = [
        _contact(Ext__c="x0", Title="T"), _contact(Ext__c="new", LastName="N"), _contact(Ext__c="twice", LastName="N"),
        _contact(Ext__c="TWICE", LastName="N"), _contact(LastName="keyless"),
    ]
    answer = http.patch(f"{URL}/Contact/Ext__c", json={"records": records}).json()
    assert [(i["success"], i.get("created")) for i in answer] == [
        (True, False), (True, True), (False, None), (False, None), (False, None)
    ]
    assert answer[2]["errors"][0]["statusCode"] == "DUPLICATE_EXTERNAL_ID"
    assert org.store.size("Contact") == 6


def test_more_than_200_records_are_refused(http: httpx.Client, org: Salesforce) -> None:
    answer = http.post(URL, json={"records": [_contact(LastName="A")] * 201})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "EXCEEDED_ID_LIMIT")
    assert org.store.size("Contact") == 5


def test_a_record_of_an_unknown_object_is_an_item_error(http: httpx.Client) -> None:
    answer = http.post(URL, json={"records": [{"attributes": {"type": "Nope"}}, {"LastName": "x"}]}).json()
    assert [i["errors"][0]["statusCode"] for i in answer] == ["INVALID_TYPE", "INVALID_TYPE"]


def test_the_tree_is_planted_whole_or_not_at_all(http: httpx.Client, org: Salesforce) -> None:
    def tree(email: str) -> httpx.Response:
        child = {"attributes": {"type": "Contact", "referenceId": "r2"}, "LastName": "T", "Email": email}
        root = {"attributes": {"type": "Account", "referenceId": "r1"}, "name": "Tree", "Contacts": {"records": [child]}}
        return http.post("composite/tree/Account", json={"records": [root]})

    refused = tree("123")
    assert (refused.status_code, refused.json()["results"][0]["referenceId"]) == (400, "r2")
    assert refused.json()["results"][0]["errors"] == [
        {"statusCode": "INVALID_EMAIL_ADDRESS", "message": "Email: invalid email address: 123", "fields": ["Email"]}
    ]
    assert org.store.size("Account") == 1
    made = tree("t@t.io")
    ids = {r["referenceId"]: r["id"] for r in made.json()["results"]}
    assert made.status_code == 201
    assert org.store.get("Contact", ids["r2"]).values["AccountId"] == ids["r1"]


def test_simple_salesforce_can_send_a_collection(sf: SimpleSalesforce, org: Salesforce) -> None:
    answer = sf.restful(URL, method="POST", json={"allOrNone": False, "records": [_contact(LastName="R")]})
    assert org.store.get("Contact", answer[0]["id"]).values["LastName"] == "R"
