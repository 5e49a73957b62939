"""What people do on screens: saving, merging, converting (probe 20), erasing, and who is said to have done it."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.dialect import DeskError
from syncproof_mocks.journal import Actor
from syncproof_mocks.schema import FieldInfo, FieldType
from syncproof_mocks.world import World


def _query(http: httpx.Client, text: str) -> list[dict[str, object]]:
    answer = http.get("query", params={"q": text})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["records"])


@pytest.fixture
def lead(org: Salesforce) -> str:
    values = {
        "FirstName": "Eva", "LastName": "Nová", "Company": "Firma", "Email": "Eva@Nova.CZ", "City": "Brno",
        "HasOptedOutOfEmail": True,
    }
    return org.desk_create("Lead", values).id


def test_a_person_edits_and_the_history_and_journal_say_so(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    start = len(org.journal)
    org.desk_edit("Contact", contacts[0], {"Email": "New@Example.com", "Phone": None})
    row = org.store.get("Contact", contacts[0])
    assert (row.values["Email"], row.values["LastModifiedById"]) == ("new@example.com", org.human_id)
    assert {c.actor for c in org.journal.changes(start)} == {Actor.CRM_USER, Actor.VENDOR_AUTOMATION}
    assert all(c.exchange is None for c in org.journal.changes(start))
    [found] = _query(http, "SELECT Field, OldValue, NewValue, CreatedById FROM ContactHistory")
    assert (found["Field"], found["OldValue"], found["NewValue"], found["CreatedById"]) == (
        "Email", "c0@example.com", "new@example.com", org.human_id
    )


def test_the_screen_refuses_in_the_vendors_words(org: Salesforce, contacts: list[str]) -> None:
    with pytest.raises(DeskError, match=re.escape("Required fields are missing: [LastName]")):
        org.desk_create("Contact", {"FirstName": "x"})
    with pytest.raises(DeskError, match="invalid email address: foo"):
        org.desk_edit("Contact", contacts[0], {"Email": "foo"})
    org.desk_delete("Contact", contacts[0])
    with pytest.raises(DeskError, match="entity is deleted"):
        org.desk_edit("Contact", contacts[0], {"Title": "x"})


def test_a_merge_deletes_the_losers_and_moves_what_hung_on_them(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    winner, loser, other = contacts[:3]
    for name, people in (("Both", (winner, loser)), ("One", (loser,))):
        campaign = org.desk_create("Campaign", {"Name": name}).id
        for person in people:
            org.desk_create("CampaignMember", {"CampaignId": campaign, "ContactId": person})
    org.clock.move(120)
    before = org.store.get("Contact", winner).values["SystemModstamp"]
    org.desk_merge("Contact", winner, [loser])
    assert org.store.get("Contact", winner).values["SystemModstamp"] > before
    assert http.get(f"sobjects/Contact/{loser}").json()[0]["errorCode"] == "ENTITY_IS_DELETED"
    members = _query(http, "SELECT Campaign.Name, ContactId FROM CampaignMember ORDER BY Campaign.Name")
    assert [(m["Campaign"]["Name"], m["ContactId"]) for m in members] == [("Both", winner), ("One", winner)]
    found = http.get("queryAll", params={"q": f"SELECT MasterRecordId FROM Contact WHERE Id = '{loser}'"}).json()
    assert found["records"][0]["MasterRecordId"] == winner
    now = org.clock.now()
    window = {"start": (now - timedelta(minutes=10)).isoformat(), "end": (now + timedelta(minutes=1)).isoformat()}
    gone = http.get("sobjects/Contact/deleted", params=window).json()["deletedRecords"]
    assert [g["id"] for g in gone] == [loser]
    with pytest.raises(DeskError):
        org.desk_merge("Contact", winner, [loser])
    assert org.store.get("Contact", other) is not None


def test_a_converted_lead_lives_on_as_a_contact(http: httpx.Client, org: Salesforce, lead: str) -> None:
    """Probe 20, from the desk."""
    campaign = org.desk_create("Campaign", {"Name": "C"}).id
    member = org.desk_create("CampaignMember", {"CampaignId": campaign, "LeadId": lead}).id
    assert len(_query(http, "SELECT Id FROM Lead WHERE ConvertedContactId = NULL")) == 1
    contact_id = org.desk_convert(lead)
    contact = org.store.get("Contact", contact_id).values
    assert (contact["Name"], contact["Email"], contact["MailingCity"]) == ("Eva Nová", "eva@nova.cz", "Brno")
    assert contact["HasOptedOutOfEmail"] is True
    assert org.store.get("Account", contact["AccountId"]).values["Name"] == "Firma"
    assert _query(http, "SELECT Id FROM Lead WHERE ConvertedContactId = NULL") == []
    refused = http.patch(f"sobjects/Lead/{lead}", json={"Title": "x"}).json()[0]
    assert refused["errorCode"] == "CANNOT_UPDATE_CONVERTED_LEAD"
    moved = org.store.get("CampaignMember", member).values
    assert (moved["ContactId"], moved["LeadId"]) == (contact_id, lead)
    with pytest.raises(DeskError, match="cannot reference converted lead"):
        org.desk_convert(lead)


def test_custom_fields_of_one_name_are_carried_over(org: Salesforce) -> None:
    for kind in ("Lead", "Contact"):
        org.add_field(kind, FieldInfo("Plan__c", "Plan", FieldType.TEXT, "string", 20, custom=True))
    lead = org.desk_create("Lead", {"LastName": "L", "Company": "C", "Plan__c": "gold"}).id
    assert org.store.get("Contact", org.desk_convert(lead)).values["Plan__c"] == "gold"


def test_an_erased_person_leaves_nothing_but_the_fact(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    org.desk_edit("Contact", contacts[0], {"Email": "secret@example.com"})
    org.desk_edit("Contact", contacts[1], {"Email": "other@example.com"})
    org.desk_delete("Contact", contacts[0])
    org.desk_erase("Contact", contacts[0])
    for path in ("query", "queryAll"):
        text = http.get(path, params={"q": "SELECT Id, ContactId, NewValue FROM ContactHistory"}).text
        assert "secret@example.com" not in text
        assert "other@example.com" in text
    assert http.get(f"sobjects/Contact/{contacts[0]}").json()[0]["errorCode"] == "NOT_FOUND"
    assert http.patch(f"sobjects/Contact/{contacts[0]}", json={}).json()[0]["errorCode"] == "INVALID_CROSS_REFERENCE_KEY"
    org.clock.move(60)
    now = org.clock.now()
    window = {"start": (now - timedelta(minutes=10)).isoformat(), "end": (now + timedelta(minutes=1)).isoformat()}
    gone = http.get("sobjects/Contact/deleted", params=window).json()["deletedRecords"]
    assert [g["id"] for g in gone] == [contacts[0]]


def test_a_seeded_record_carries_its_age_and_no_history(org: Salesforce) -> None:
    start = len(org.journal)
    values = {"LastName": "Old", "Email": "Old@X.io", "Newest__c": 1}
    with pytest.raises(ValueError, match="No such column 'Newest__c'"):
        org.seed("Contact", values, created_ms=0, modified_ms=0)
    row = org.seed("Contact", {"LastName": "Old", "Email": "Old@X.io"}, created_ms=1_000, modified_ms=61_000)
    assert (row.created_ms, row.modified_ms, row.values["Email"]) == (1_000, 61_000, "old@x.io")
    assert row.values["CreatedDate"] == "1970-01-01T00:00:01.000+0000"
    assert row.values["SystemModstamp"] == "1970-01-01T00:01:01.000+0000"
    assert [c.actor for c in org.journal.changes(start)] == [Actor.SEED]


def test_owners_have_addresses(org: Salesforce) -> None:
    owner = org.seed_owner("Ola", "Nowak", "Ola@Acme.test", active=True)
    snapshot = org.store.snapshot()
    assert org.owner_email(snapshot, owner) == "ola@acme.test"
    assert org.has_active_owner(snapshot, "OLA@acme.test")
    assert not org.has_active_owner(snapshot, "nobody@acme.test")


def test_the_same_seed_gives_the_same_ids_and_no_credential_can_be_guessed_from_it() -> None:
    one, two, other = Salesforce(World(3)), Salesforce(World(3)), Salesforce(World(4))
    assert len({o.credentials()["token"] for o in (one, two, other)}) == 3
    made = [o.desk_create("Contact", {"LastName": "x"}).id for o in (one, two, other)]
    assert made[0] == made[1] != made[2]


def test_an_unknown_custom_field_name_is_refused(org: Salesforce) -> None:
    with pytest.raises(ValueError, match="ends in __c"):
        org.add_field("Contact", FieldInfo("Plan", "Plan", FieldType.TEXT, "string"))
    with pytest.raises(ValueError, match="already has a field"):
        org.add_field("Contact", FieldInfo("Ext__c", "Ext", FieldType.TEXT, "string"))


def test_records_that_exist_get_the_default_of_a_new_checkbox(org: Salesforce, contacts: list[str]) -> None:
    org.add_field("Contact", FieldInfo("Vip__c", "VIP", FieldType.BOOLEAN, "boolean", custom=True))
    assert org.store.get("Contact", contacts[0]).values["Vip__c"] is False
