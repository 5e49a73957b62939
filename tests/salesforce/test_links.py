"""What hangs together: look-ups to what is deleted, a campaign's counts, contacts of several accounts, profiles and roles."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.dialect import DeskError
from syncproof_mocks.journal import Row
from syncproof_mocks.schema import FieldInfo, FieldType

RELATION = "AccountContactRelation"


def _row(org: Salesforce, kind: str, record_id: str) -> Row:
    found = org.store.get(kind, record_id)
    assert found is not None, f"{kind} {record_id} is gone"
    return found


@pytest.fixture
def acme(org: Salesforce) -> str:
    return next(r.id for r in org.store.rows("Account"))


@pytest.fixture
def friend(org: Salesforce, contacts: list[str]) -> str:
    """A lead whose custom look-up points to the first contact; the second contact reports to it too."""
    org.add_field("Lead", FieldInfo("Friend__c", "Friend", FieldType.REFERENCE, "reference", custom=True, reference_to=("Contact",)))
    org.desk_edit("Contact", contacts[1], {"ReportsToId": contacts[0]})
    return org.desk_create("Lead", {"LastName": "F", "Company": "F", "Friend__c": contacts[0]}).id


def _undelete(org: Salesforce, kind: str, record_id: str) -> None:
    from syncproof_mocks.crm.salesforce import recycle_bin

    row = org.store.get(kind, record_id, deleted=True)
    assert row is not None
    recycle_bin.undelete(org, org.kinds[kind], row)


# -- look-ups to what is deleted --------------------------------------------------------------------------------


def test_deleting_a_record_clears_look_ups_to_it_and_undelete_fills_them_again(
    org: Salesforce, contacts: list[str], friend: str
) -> None:
    before = _row(org, "Contact", contacts[1])
    org.desk_delete("Contact", contacts[0])
    after = _row(org, "Contact", contacts[1])
    assert (after.values["ReportsToId"], _row(org, "Lead", friend).values["Friend__c"]) == (None, None)
    assert after.values["LastModifiedDate"] == before.values["LastModifiedDate"]
    _undelete(org, "Contact", contacts[0])
    assert _row(org, "Contact", contacts[1]).values["ReportsToId"] == contacts[0]
    assert _row(org, "Lead", friend).values["Friend__c"] == contacts[0]


def test_a_look_up_that_was_filled_anew_or_blanked_by_hand_stays_so(org: Salesforce, contacts: list[str], friend: str) -> None:
    org.desk_delete("Contact", contacts[0])
    org.desk_edit("Contact", contacts[1], {"ReportsToId": contacts[2]})
    _undelete(org, "Contact", contacts[0])
    assert _row(org, "Contact", contacts[1]).values["ReportsToId"] == contacts[2]
    org.desk_edit("Lead", friend, {"Friend__c": None})
    org.desk_delete("Contact", contacts[0])
    _undelete(org, "Contact", contacts[0])
    assert _row(org, "Lead", friend).values["Friend__c"] is None


def test_look_ups_among_records_that_come_back_together_are_kept(org: Salesforce, contacts: list[str], acme: str, friend: str) -> None:
    org.desk_edit("Contact", contacts[2], {"ReportsToId": contacts[3]})
    org.desk_delete("Account", acme)
    assert not list(org.store.rows("Contact"))
    assert _row(org, "Lead", friend).values["Friend__c"] is None
    _undelete(org, "Account", acme)
    managers = [_row(org, "Contact", c).values["ReportsToId"] for c in contacts]
    assert managers == [None, contacts[0], contacts[3], None, None]


def test_a_record_that_comes_back_forgets_what_is_gone(org: Salesforce, contacts: list[str], friend: str) -> None:
    assert friend
    org.desk_delete("Contact", contacts[1])
    org.desk_delete("Contact", contacts[0])
    _undelete(org, "Contact", contacts[1])
    assert _row(org, "Contact", contacts[1]).values["ReportsToId"] is None


def test_look_ups_keep_the_id_where_the_switch_says_so(org: Salesforce, contacts: list[str], friend: str) -> None:
    org.switch("deleted_lookups", "keep")
    org.desk_delete("Contact", contacts[0])
    assert _row(org, "Lead", friend).values["Friend__c"] == contacts[0]


def test_erasing_a_person_leaves_nothing_that_points_to_them(org: Salesforce, contacts: list[str], acme: str, friend: str) -> None:
    task = org.desk_create("Task", {"WhoId": contacts[0], "Status": "Completed", "ActivityDate": "2026-11-20"}).id
    assert _row(org, "Account", acme).values["LastActivityDate"] == "2026-11-20"
    org.desk_erase("Contact", contacts[0])
    assert org.store.get("Task", task, deleted=True) is None
    assert _row(org, "Lead", friend).values["Friend__c"] is None
    assert _row(org, "Account", acme).values["LastActivityDate"] is None
    assert not [r for r in org.store.rows("ContactHistory", deleted=True) if r.values["ContactId"] == contacts[0]]


# -- a campaign's counts ----------------------------------------------------------------------------------------


def test_a_campaign_counts_its_members_and_opportunities(org: Salesforce, contacts: list[str]) -> None:
    campaign = org.desk_create("Campaign", {"Name": "C"}).id
    lead = org.desk_create("Lead", {"LastName": "L", "Company": "L"}).id

    def counts() -> tuple[Any, ...]:
        values = _row(org, "Campaign", campaign).values
        return tuple(values[f"NumberOf{n}"] for n in ("Leads", "ConvertedLeads", "Contacts", "Responses"))

    assert counts() == (0, 0, 0, 0)
    member = org.desk_create("CampaignMember", {"CampaignId": campaign, "ContactId": contacts[0]}).id
    org.desk_create("CampaignMember", {"CampaignId": campaign, "LeadId": lead, "Status": "Responded"})
    assert counts() == (1, 0, 1, 1)
    org.desk_convert(lead)
    assert counts() == (1, 1, 2, 1)
    org.desk_edit("CampaignMember", member, {"Status": "Responded"})
    assert counts() == (1, 1, 2, 2)
    org.desk_delete("Contact", contacts[0])
    assert counts() == (1, 1, 1, 1)
    deal = {"Name": "D", "StageName": "Closed Won", "CloseDate": "2026-12-01", "Amount": 10.5, "CampaignId": campaign}
    won = org.desk_create("Opportunity", deal).id
    org.desk_create("Opportunity", {**deal, "StageName": "Prospecting", "Amount": 1})
    values = _row(org, "Campaign", campaign).values
    assert (values["NumberOfOpportunities"], values["NumberOfWonOpportunities"]) == (2, 1)
    assert (values["AmountAllOpportunities"], values["AmountWonOpportunities"]) == (11.5, 10.5)
    org.desk_edit("Opportunity", won, {"CampaignId": None})
    assert _row(org, "Campaign", campaign).values["AmountWonOpportunities"] == 0
    with pytest.raises(DeskError):
        org.desk_edit("Campaign", campaign, {"NumberOfLeads": 7})


def test_a_campaign_that_comes_back_has_the_counts_of_its_members(org: Salesforce, contacts: list[str]) -> None:
    campaign = org.desk_create("Campaign", {"Name": "C"}).id
    for contact in contacts:
        org.desk_create("CampaignMember", {"CampaignId": campaign, "ContactId": contact})
    org.desk_delete("Campaign", campaign)
    _undelete(org, "Campaign", campaign)
    assert _row(org, "Campaign", campaign).values["NumberOfContacts"] == 5


# -- contacts of several accounts -------------------------------------------------------------------------------


def _relations(org: Salesforce, contact: str) -> dict[str, bool]:
    rows = [r.values for r in org.store.rows(RELATION) if r.values["ContactId"] == contact]
    found = {v["AccountId"]: v["IsDirect"] for v in rows}
    assert len(found) == len(rows), "an account is there twice"
    return found


@pytest.fixture
def other(org: Salesforce) -> str:
    org.switch("contacts_to_multiple_accounts", True)
    return org.desk_create("Account", {"Name": "Other"}).id


def test_without_the_feature_there_is_no_such_object(http: httpx.Client, org: Salesforce) -> None:
    assert RELATION not in org.kinds
    assert http.get(f"sobjects/{RELATION}/describe").status_code == 404
    assert "contacts_to_multiple_accounts" in next(e.hint for e in org.journal.exchanges() if e.hint)


def test_the_direct_relation_follows_the_contact(http: httpx.Client, org: Salesforce, contacts: list[str], acme: str, other: str) -> None:
    assert _relations(org, contacts[0]) == {acme: True}
    http.patch(f"sobjects/Contact/{contacts[0]}", json={"AccountId": other})
    assert _relations(org, contacts[0]) == {acme: False, other: True}
    http.patch(f"sobjects/Contact/{contacts[0]}", json={"AccountId": acme})
    assert _relations(org, contacts[0]) == {acme: True, other: False}
    http.patch(f"sobjects/Contact/{contacts[0]}", json={"AccountId": None})
    assert _relations(org, contacts[0]) == {}
    fresh = http.post("sobjects/Contact", json={"LastName": "N", "AccountId": other}).json()["id"]
    assert _relations(org, fresh) == {other: True}


def test_indirect_relations_are_made_and_deleted_by_hand_direct_ones_are_not(
    http: httpx.Client, org: Salesforce, contacts: list[str], acme: str, other: str
) -> None:
    asked = {"ContactId": contacts[0], "AccountId": other, "Roles": "Influencer;Other"}
    made = http.post(f"sobjects/{RELATION}", json=asked)
    assert made.status_code == 201, made.text
    assert _relations(org, contacts[0]) == {acme: True, other: False}
    assert http.post(f"sobjects/{RELATION}", json=asked).json()[0]["errorCode"] == "DUPLICATE_VALUE"
    assert http.post(f"sobjects/{RELATION}", json={**asked, "IsDirect": True}).json()[0]["fields"] == ["IsDirect"]
    assert http.patch(f"sobjects/{RELATION}/{made.json()['id']}", json={"IsActive": False}).status_code == 204
    [direct] = [r.id for r in org.store.rows(RELATION) if r.values["ContactId"] == contacts[0] and r.values["IsDirect"]]
    assert http.delete(f"sobjects/{RELATION}/{direct}").status_code == 400
    assert http.delete(f"sobjects/{RELATION}/{made.json()['id']}").status_code == 204
    private = http.post("sobjects/Contact", json={"LastName": "Private"}).json()["id"]
    assert http.post(f"sobjects/{RELATION}", json={**asked, "ContactId": private}).status_code == 400


def test_merging_and_deleting_keep_one_relation_per_account(
    org: Salesforce, contacts: list[str], acme: str, other: str
) -> None:
    org.desk_create(RELATION, {"ContactId": contacts[1], "AccountId": other})
    org.desk_create(RELATION, {"ContactId": contacts[0], "AccountId": other})
    org.desk_merge("Contact", contacts[0], [contacts[1]])
    assert _relations(org, contacts[0]) == {acme: True, other: False}
    org.desk_merge("Account", acme, [other])
    assert _relations(org, contacts[0]) == {acme: True}
    org.desk_delete("Contact", contacts[0])
    assert _relations(org, contacts[0]) == {}
    _undelete(org, "Contact", contacts[0])
    assert _relations(org, contacts[0]) == {acme: True}


def test_the_feature_cannot_be_switched_off_again(org: Salesforce, other: str) -> None:
    assert other
    org.switch("contacts_to_multiple_accounts", True)
    with pytest.raises(ValueError, match="cannot be switched off"):
        org.switch("contacts_to_multiple_accounts", False)


# -- profiles and roles -----------------------------------------------------------------------------------------


def test_users_have_a_profile_and_a_role(http: httpx.Client, org: Salesforce) -> None:
    rows = http.get("query", params={"q": "SELECT Username, Profile.Name, UserRole.Name FROM User"}).json()["records"]
    assert {(r["Profile"]["Name"], r["UserRole"]["Name"]) for r in rows} == {("System Administrator", "CEO"), ("Standard User", "CEO")}
    assert http.post("sobjects/Profile", json={"Name": "P"}).json()[0]["errorCode"] == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
    role = next(iter(org.store.rows("UserRole")))
    assert set(role.values) == set(org.kinds["UserRole"].columns)
    owner = org.store.get("User", org.seed_owner("A", "B", "a@b.cc", active=True))
    assert owner is not None
    assert owner.values["ProfileId"]
