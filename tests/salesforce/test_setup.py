"""What an administrator and people do to fields and deleted records of an org in use."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.dialect import RESHAPES, DeskError
from syncproof_mocks.journal import Actor
from syncproof_mocks.schema import FieldInfo, FieldType, Option
from syncproof_mocks.world import World


@pytest.fixture
def org() -> Salesforce:
    made = Salesforce(World(3))
    made.add_field("Contact", FieldInfo("Tier__c", "Tier", FieldType.PICKLIST, "picklist", restricted=True, custom=True,
                                        options=(Option("Gold", "Gold"), Option("Silver", "Silver"))))  # fmt: skip
    return made


def seeded(org: Salesforce, kind: str = "Contact", **values: Any) -> str:
    with org.journal.acting(Actor.SEED):
        return org.seed(kind, {"LastName": "Doe", **values}, created_ms=1, modified_ms=1).id


def test_a_removed_field_is_there_for_nobody(org: Salesforce) -> None:
    contact = seeded(org, Tier__c="Gold")

    org.reshape("Contact", "Tier__c", "remove")

    assert "Tier__c" not in org.schema("Contact")
    with pytest.raises(DeskError):
        org.desk_edit("Contact", contact, {"Tier__c": "Silver"})
    assert org.desk_edit("Contact", contact, {"Title": "Boss"}).values["Title"] == "Boss"


def test_a_hidden_field_is_out_of_sight_and_a_locked_one_may_not_be_written(org: Salesforce) -> None:
    org.reshape("Contact", "MobilePhone", "hide")
    org.reshape("Contact", "Tier__c", "lock")

    assert "MobilePhone" not in org.schema("Contact")
    assert (org.schema("Contact")["Tier__c"].createable, org.schema("Contact")["Tier__c"].updateable) == (False, False)


def test_a_required_field_may_not_be_left_blank(org: Salesforce) -> None:
    org.reshape("Contact", "Title", "require")

    with pytest.raises(DeskError):
        org.desk_create("Contact", {"LastName": "Doe"})
    assert org.desk_create("Contact", {"LastName": "Doe", "Title": "Boss"})


def test_a_choice_comes_and_goes(org: Salesforce) -> None:
    contact = seeded(org, Tier__c="Gold")

    org.reshape("Contact", "Tier__c", "add_value", "Bronze")
    org.reshape("Contact", "Tier__c", "remove_value", "Gold")

    assert {o.value: o.active for o in org.schema("Contact")["Tier__c"].options} == {"Gold": False, "Silver": True, "Bronze": True}
    assert org.desk_edit("Contact", contact, {"Title": "x"}).values["Tier__c"] == "Gold", "records keep what they have"
    assert org.desk_edit("Contact", contact, {"Tier__c": "Bronze"}).values["Tier__c"] == "Bronze"
    with pytest.raises(DeskError):
        org.desk_edit("Contact", contact, {"Tier__c": "Gold"})


@pytest.mark.parametrize(
    ("field", "change", "value"),
    [
        ("Nothing__c", "remove", ""), ("Title", "remove", ""), ("LastName", "hide", ""), ("Id", "lock", ""), ("Title", "add_value", "x"),
        ("Tier__c", "add_value", "Gold"), ("Tier__c", "remove_value", "Lead"), ("CreatedDate", "require", ""),
    ],
)  # fmt: skip
def test_what_setup_does_not_offer_is_refused(org: Salesforce, field: str, change: str, value: str) -> None:
    before = dict(org.schema("Contact"))

    with pytest.raises(DeskError, match=field):
        org.reshape("Contact", field, change, value)

    assert org.schema("Contact") == before
    assert change in RESHAPES


def test_a_record_comes_back_out_of_the_bin_with_a_new_stamp(org: Salesforce) -> None:
    contact = seeded(org)
    org.desk_delete("Contact", contact)

    back = org.desk_restore("Contact", contact)

    assert not back.deleted
    assert back.values["IsDeleted"] is False
    with pytest.raises(DeskError):
        org.desk_restore("Contact", contact)
    with pytest.raises(DeskError):
        org.desk_restore("Contact", "003000000000000AAA")


def test_a_contact_moves_to_another_account_and_has_one(org: Salesforce) -> None:
    contact, account = seeded(org), org.desk_create("Account", {"Name": "Acme"}).id

    org.desk_affiliate(contact, account)
    assert org.store.get("Contact", contact).values["AccountId"] == account  # type: ignore[union-attr]
    org.desk_affiliate(contact, None)
    assert org.store.get("Contact", contact).values["AccountId"] is None  # type: ignore[union-attr]
    with pytest.raises(DeskError):
        org.desk_affiliate(contact, account, further=True)
