"""Field history: what is kept, and the question by which Mautic decides whose opt-out was the last."""

from __future__ import annotations

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.schema import FieldInfo, FieldType


@pytest.mark.parametrize("kind", ["Contact", "Lead"])
def test_mautic_finds_every_turn_of_an_opt_out(http: httpx.Client, org: Salesforce, kind: str) -> None:
    record_id = org.desk_create(kind, {"LastName": "N", **({"Company": "C"} if kind == "Lead" else {})}).id
    for word in (True, False, True):
        org.clock.move(60)
        assert http.patch(f"sobjects/{kind}/{record_id}", json={"HasOptedOutOfEmail": word}).status_code == 204
    text = (
        f"Select Field, {kind}Id, CreatedDate, isDeleted, NewValue from {kind}History where Field = 'HasOptedOutOfEmail'"
        f" and {kind}Id IN ('{record_id}') ORDER BY CreatedDate DESC"
    )
    found = http.get("query", params={"q": text}).json()["records"]
    assert [r["NewValue"] for r in found] == [True, False, True]
    assert {(r["Field"], r[f"{kind}Id"], r["IsDeleted"]) for r in found} == {("HasOptedOutOfEmail", record_id, False)}
    assert found[0]["CreatedDate"] > found[1]["CreatedDate"] > found[2]["CreatedDate"]


def test_accounts_have_a_history_too(http: httpx.Client, org: Salesforce) -> None:
    [account] = org.store.rows("Account")
    http.patch(f"sobjects/Account/{account.id}", json={"Phone": "+48 22", "Phone__x": 1})
    http.patch(f"sobjects/Account/{account.id}", json={"Phone": "+48 22"})
    text = "SELECT Field, OldValue, NewValue, Account.Name FROM AccountHistory"
    [found] = http.get("query", params={"q": text}).json()["records"]
    assert (found["Field"], found["OldValue"], found["NewValue"]) == ("Phone", None, "+48 22")
    nested = http.get("query", params={"q": "SELECT (SELECT Field FROM Histories) FROM Account"}).json()["records"]
    assert nested[0]["Histories"]["totalSize"] == 1


def test_only_tracked_fields_leave_a_trace(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    org.add_field("Contact", FieldInfo("Vip__c", "VIP", FieldType.BOOLEAN, "boolean", custom=True, tracked=True))
    org.switch("tracked_fields", "declared")
    http.patch(f"sobjects/Contact/{contacts[0]}", json={"Vip__c": True, "Title": "x"})
    [found] = http.get("query", params={"q": "SELECT Field, OldValue, NewValue FROM ContactHistory"}).json()["records"]
    assert (found["Field"], found["OldValue"], found["NewValue"]) == ("Vip__c", False, True)
    org.switch("tracked_fields", "none")
    http.patch(f"sobjects/Contact/{contacts[0]}", json={"Vip__c": False})
    assert http.get("query", params={"q": "SELECT COUNT() FROM ContactHistory"}).json()["totalSize"] == 1


def test_history_cannot_be_written(http: httpx.Client, contacts: list[str]) -> None:
    body = {"ContactId": contacts[0], "Field": "Email"}
    assert http.post("sobjects/ContactHistory", json=body).json()[0]["errorCode"] == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"


def test_history_goes_with_its_record_and_what_was_undone_was_never_there(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    records = [
        {"attributes": {"type": "Contact"}, "id": contacts[0], "Title": "x"}, {"attributes": {"type": "Contact"}, "id": "bad"},
    ]
    http.patch("composite/sobjects", json={"records": records, "allOrNone": True})
    assert org.store.size("ContactHistory") == 0
    http.patch(f"sobjects/Contact/{contacts[0]}", json={"Title": "x"})
    http.delete(f"sobjects/Contact/{contacts[0]}")
    assert http.get("query", params={"q": "SELECT COUNT() FROM ContactHistory"}).json()["totalSize"] == 0
    assert http.get("queryAll", params={"q": "SELECT COUNT() FROM ContactHistory"}).json()["totalSize"] == 1
