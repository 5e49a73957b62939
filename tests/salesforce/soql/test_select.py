"""SELECT: what a record looks like, with parents, children, FIELDS, labels and formats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from syncproof_mocks.crm.salesforce.soql import QueryResult, column_metadata

Ask = Callable[..., QueryResult]


def bare(value: Any) -> Any:
    """Return a record without `attributes`, so that a table can show the rest."""
    if isinstance(value, list):
        return [bare(item) for item in value]
    return {k: bare(v) for k, v in value.items() if k != "attributes"} if isinstance(value, dict) else value


RECORDS = [
    ("SELECT lastname, FIRSTNAME FROM contact WHERE Ext__c = 'x0'", {"LastName": "Zed", "FirstName": "Ada"}),
    ("SELECT c.LastName, c.Account.Name FROM Contact c WHERE c.Ext__c = 'x0'",
     {"LastName": "Zed", "Account": {"Name": "Acme"}}),
    ("SELECT c.LastName FROM Contact AS c WHERE Ext__c = 'x0'", {"LastName": "Zed"}),
    ("SELECT Contact.LastName FROM Contact WHERE Ext__c = 'x0'", {"LastName": "Zed"}),
    ("SELECT LastName, Account.Name FROM Contact WHERE Ext__c = 'x3'", {"LastName": "back\\slash", "Account": None}),
    ("SELECT account.PARENT.name, account.name FROM Contact WHERE Ext__c = 'x4'",
     {"Account": {"Parent": {"Name": "Acme"}, "Name": "gamma"}}),
    ("SELECT Account.Parent.Name FROM Contact WHERE Ext__c = 'x0'", {"Account": {"Parent": None}}),
    ("SELECT Owner.Manager.Manager.Name, Owner.Email FROM Contact WHERE Ext__c = 'x0'",
     {"Owner": {"Manager": {"Manager": None}, "Email": "una@x.io"}}),
    ("SELECT toLabel(Segment__c) FROM Contact WHERE Ext__c = 'x0'", {"Segment__c": "Growth"}),
    ("SELECT Segment__c, toLabel(Segment__c) shown FROM Contact WHERE Ext__c = 'x0'",
     {"Segment__c": "G", "shown": "Growth"}),
    ("SELECT toLabel(Interests__c) FROM Contact WHERE Ext__c = 'x0'", {"Interests__c": "Events;Product"}),
    ("SELECT FORMAT(Birthdate) b, FORMAT(CreatedDate) c, FORMAT(FirstName) f FROM Contact WHERE Ext__c = 'x0'",
     {"b": "5/1/1990", "c": "1/2/2024, 3:04 AM", "f": "Ada"}),
    ("SELECT FORMAT(AnnualRevenue) FROM Account WHERE Name = 'Acme'", {"AnnualRevenue": "$1,000.00"}),
    ("SELECT Score__c, HasOptedOutOfEmail FROM Contact WHERE Ext__c = 'x0'",
     {"Score__c": 1.0, "HasOptedOutOfEmail": False}),
    ("SELECT MailingAddress FROM Contact WHERE Ext__c = 'x3'", {"MailingAddress": None}),
    ("SELECT Owner.Name, Owner.Type FROM Lead WHERE LastName = 'Lead1'", {"Owner": {"Name": "Inbox", "Type": "Queue"}}),
    ("SELECT Owner.Type FROM Lead WHERE LastName = 'Lead2'", {"Owner": {"Type": "User"}}),
    ("SELECT Name, (SELECT LastName FROM Contacts) FROM Account WHERE Name = 'Beta Corp'",
     {"Name": "Beta Corp", "Contacts": {"totalSize": 1, "done": True, "records": [{"LastName": "100%_done"}]}}),
    ("SELECT Name, (SELECT Id FROM contacts WHERE LastName = 'nobody') FROM Account WHERE Name = 'Acme'",
     {"Name": "Acme", "Contacts": None}),
    ("SELECT (SELECT FirstName FROM Contacts ORDER BY FirstName DESC LIMIT 1) FROM Account WHERE Name = 'Acme'",
     {"Contacts": {"totalSize": 1, "done": True, "records": [{"FirstName": "bob"}]}}),
    ("SELECT (SELECT Name FROM childaccounts) FROM Account WHERE Name = 'Acme'",
     {"ChildAccounts": {"totalSize": 1, "done": True, "records": [{"Name": "gamma"}]}}),
    ("SELECT (SELECT LastName, (SELECT Status, Campaign.Name FROM CampaignMembers) FROM Contacts WHERE FirstName = 'Ada')"
     " FROM Account WHERE Name = 'Acme'",
     {"Contacts": {"totalSize": 1, "done": True, "records": [{"LastName": "Zed", "CampaignMembers": {
         "totalSize": 1, "done": True, "records": [{"Status": "Sent", "Campaign": {"Name": "Spring"}}]}}]}}),
]


@pytest.mark.parametrize(("text", "expected"), RECORDS)
def test_a_query_gives_this_one_record(ask: Ask, text: str, expected: dict[str, Any]) -> None:
    assert bare(ask(text).records) == [expected]


def test_attributes_come_first_and_say_type_and_url(ask: Ask) -> None:
    (record,) = ask("SELECT id, lastname, Account.Name FROM contact WHERE email IN ('C0@EXAMPLE.COM')").records
    (child,) = ask("SELECT (SELECT Id FROM Contacts) FROM Account WHERE Name = 'Beta Corp'").records

    assert list(record) == ["attributes", "Id", "LastName", "Account"]
    assert list(record["Account"]) == ["attributes", "Name"]
    assert record["attributes"] == {"type": "Contact", "url": f"/services/data/v59.0/sobjects/Contact/{record['Id']}"}
    assert record["Account"]["attributes"]["type"] == "Account"
    assert child["Contacts"]["records"][0]["attributes"]["type"] == "Contact"


def test_a_polymorphic_parent_is_a_name_and_a_user_only_parent_a_user(ask: Ask) -> None:
    lead = ask("SELECT Owner.Name FROM Lead WHERE LastName = 'Lead2'").records[0]
    contact = ask("SELECT Owner.Name FROM Contact LIMIT 1").records[0]

    assert lead["Owner"]["attributes"]["type"] == "Name"
    assert "/sobjects/User/" in lead["Owner"]["attributes"]["url"]
    assert contact["Owner"]["attributes"]["type"] == "User"


def test_a_compound_address_is_built_from_its_parts(ask: Ask) -> None:
    (record,) = ask("SELECT MailingAddress FROM Contact WHERE Ext__c = 'x0'").records

    assert record["MailingAddress"]["city"] == "Brno"
    assert record["MailingAddress"]["country"] == "Czechia"
    assert record["MailingAddress"]["street"] is None


def test_fields_all_standard_and_custom_expand_to_the_visible_fields(ask: Ask) -> None:
    everything = list(ask("SELECT FIELDS(ALL) FROM Contact LIMIT 200").records[0])[1:]
    standard = list(ask("SELECT fields(standard) FROM Contact").records[0])[1:]
    custom = list(ask("SELECT FIELDS(CUSTOM) FROM Contact LIMIT 1").records[0])[1:]

    assert custom == ["Ext__c", "Segment__c", "Interests__c", "Score__c"]
    assert standard == [name for name in everything if not name.endswith("__c")]
    assert "Secret__c" not in everything
    assert len(everything) == len(standard) + len(custom)


def test_deleted_rows_appear_only_when_asked_for(ask: Ask, found: Callable[..., str]) -> None:
    children = "SELECT (SELECT Id FROM Contacts) FROM Account WHERE Name = 'Acme'"

    assert found("SELECT Id FROM Contact WHERE IsDeleted = true") == ""
    assert found("SELECT Id FROM Contact WHERE IsDeleted = true", include_deleted=True) == "c5"
    assert found("SELECT Id FROM Contact WHERE Email = 'c5@example.com' ALL ROWS") == "c5"
    assert found("SELECT Id FROM Contact WHERE Id = '{c5}'") == ""
    assert found("SELECT Id FROM Contact WHERE Id = '{c5}'", include_deleted=True) == "c5"
    assert ask(children).records[0]["Contacts"]["totalSize"] == 2
    assert ask(children, include_deleted=True).records[0]["Contacts"]["totalSize"] == 3


def test_rows_and_related_tell_whose_values_were_shown(ask: Ask) -> None:
    result = ask("SELECT LastName, Account.Name, (SELECT Status FROM CampaignMembers) FROM Contact WHERE Ext__c = 'x0'")

    assert [row.kind for row in result.rows] == ["Contact"]
    assert sorted(row.kind for row in result.related) == ["Account", "CampaignMember"]


def test_column_metadata_is_what_the_cli_expects(ask: Ask) -> None:
    plain = column_metadata(ask("SELECT id, Account.Name, (SELECT Id FROM CampaignMembers) FROM Contact"), "003")
    counted = column_metadata(ask("SELECT COUNT(Id) FROM Contact"), "003")

    assert [c["columnName"] for c in plain["columnMetadata"]] == ["Id", "Account", "CampaignMembers"]
    assert plain["columnMetadata"][0]["apexType"] == "Id"
    assert plain["columnMetadata"][1]["joinColumns"][0]["columnName"] == "Name"
    assert plain["columnMetadata"][2]["aggregate"] is True
    assert (plain["entityName"], plain["idSelected"], plain["groupBy"], plain["keyPrefix"]) == ("Contact", True, False, "003")
    assert counted["columnMetadata"][0]["columnName"] == "expr0"
    assert counted["columnMetadata"][0]["displayName"] == "count(Id)"
    assert counted["idSelected"] is False
