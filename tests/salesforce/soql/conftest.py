"""A small org for the SOQL engine: three accounts, six contacts (one deleted), leads, users, a queue, campaign members.

The time is Friday 2024-03-15 12:00:00 UTC. Records are known in the tables by short names (`c0`, `a1`...).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from syncproof_mocks.crm.salesforce.ids import full_id
from syncproof_mocks.crm.salesforce.soql import QueryResult, SoqlError, run_query
from syncproof_mocks.journal import Row
from syncproof_mocks.schema import FieldInfo, FieldType, Option

NOW = datetime(2024, 3, 15, 12, 0, 0, 250_000, tzinfo=UTC)
PREFIXES = {"a": "001", "c": "003", "l": "00Q", "u": "005", "g": "00G", "m": "00v", "k": "701"}
SYSTEM = "Id:id IsDeleted:boolean CreatedDate:datetime LastModifiedDate:datetime SystemModstamp:datetime "
FIELDS = {
    "Account": SYSTEM + "Name:string Industry:picklist ParentId:reference>Account OwnerId:reference>User "
    "NumberOfEmployees:int AnnualRevenue:currency Tax_Id__c:string",
    "Contact": SYSTEM + "AccountId:reference>Account OwnerId:reference>User FirstName:string LastName:string Name:string "
    "Email:email Phone:phone HasOptedOutOfEmail:boolean Birthdate:date Description:textarea MailingCity:string "
    "MailingCountry:string MailingAddress:address Ext__c:string Segment__c:picklist Interests__c:multipicklist "
    "Score__c:double Secret__c:string",
    "Lead": SYSTEM + "OwnerId:reference>Group,User LastName:string Email:email Status:picklist IsConverted:boolean "
    "ConvertedContactId:reference>Contact",
    "User": SYSTEM + "Name:string Username:string Email:email IsActive:boolean ManagerId:reference>User",
    "Group": SYSTEM + "Name:string Type:picklist",
    "Campaign": SYSTEM + "Name:string",
    "CampaignMember": SYSTEM + "CampaignId:reference>Campaign ContactId:reference>Contact LeadId:reference>Lead "
    "Status:picklist HasResponded:boolean",
}
CHILDREN = {
    ("Account", "contacts"): ("Contact", "AccountId"),
    ("Account", "childaccounts"): ("Account", "ParentId", "ChildAccounts"),
    ("Contact", "campaignmembers"): ("CampaignMember", "ContactId"),
    ("Campaign", "campaignmembers"): ("CampaignMember", "CampaignId"),
}
OPTIONS = {
    "Segment__c": (Option("K", "Key"), Option("G", "Growth"), Option("S", "Standard")),
    "Interests__c": (Option("events", "Events"), Option("product", "Product"), Option("pricing", "Pricing")),
}


def record_id(name: str) -> str:
    """Return the 18-character id behind a short name; it has capitals, so that its checksum says something."""
    whole = full_id(f"{PREFIXES[name[0]]}5g00000Ab0{int(name[1:]):02d}")
    assert whole is not None
    return whole


def info(spec: str) -> FieldInfo:
    """Return the field that `Name:type>Target,Target` describes."""
    name, _, rest = spec.partition(":")
    vendor_type, _, targets = rest.partition(">")
    return FieldInfo(
        name,
        name,
        FieldType.TEXT,
        vendor_type,
        max_length=32_000 if vendor_type == "textarea" else None,
        options=OPTIONS.get(name, ()),
        custom=name.endswith("__c"),
        reference_to=tuple(targets.split(",")) if targets else (),
    )


SCHEMA = {kind: {i.name: i for i in map(info, text.split())} for kind, text in FIELDS.items()}
CONTACTS: dict[str, dict[str, Any]] = {
    "c0": {"AccountId": "a1", "OwnerId": "u1", "FirstName": "Ada", "LastName": "Zed", "Birthdate": "1990-05-01", "Segment__c": "G",
               "Interests__c": "events;product", "Score__c": 1, "MailingCity": "Brno", "MailingCountry": "Czechia",
               "Description": "long text", "CreatedDate": "2024-01-02T03:04:05.000+0000"},
    "c1": {"AccountId": "a1", "OwnerId": "u2", "FirstName": "bob", "LastName": "O'Neil", "HasOptedOutOfEmail": True, "Segment__c": "K",
               "Interests__c": "pricing", "Score__c": 2.5, "MailingCity": "BRNO", "CreatedDate": "2024-02-29T23:59:59.000+0000"},
    "c2": {"AccountId": "a2", "OwnerId": "u1", "FirstName": "Čeněk", "LastName": "100%_done", "Birthdate": "1985-12-31",
               "Interests__c": "events;pricing;product", "Score__c": -3.0, "MailingCity": "Łódź",
               "CreatedDate": "2024-03-01T00:00:00.000+0000"},
    "c3": {"OwnerId": "u1", "LastName": "back\\slash", "HasOptedOutOfEmail": True,
               "CreatedDate": "2024-03-14T08:00:00.000+0000"},
    "c4": {"AccountId": "a3", "OwnerId": "u2", "FirstName": "Eve", "LastName": "100XYdone", "Birthdate": "2000-02-29", "Segment__c": "S",
               "Score__c": 2.5, "MailingCity": "Praha", "CreatedDate": "2024-03-15T12:00:00.000+0000"},
    "c5": {"AccountId": "a1", "OwnerId": "u1", "FirstName": "Gone", "LastName": "Deleted", "IsDeleted": True,
               "CreatedDate": "2024-01-01T00:00:00.000+0000"},
}
OTHERS: dict[str, dict[str, Any]] = {
    "a1": {"Name": "Acme", "Industry": "Technology", "NumberOfEmployees": 50, "AnnualRevenue": 1000, "OwnerId": "u1", "Tax_Id__c": "CZ1"},
    "a2": {"Name": "Beta Corp", "NumberOfEmployees": 5, "OwnerId": "u2"},
    "a3": {"Name": "gamma", "Industry": "Banking", "ParentId": "a1", "NumberOfEmployees": 7, "AnnualRevenue": 2.5, "OwnerId": "u2"},
    "l1": {"LastName": "Lead1", "Email": "l1@example.com", "Status": "Open", "OwnerId": "g1"},
    "l2": {"LastName": "Lead2", "Email": "c0@example.com", "Status": "Closed", "OwnerId": "u1", "IsConverted": True,
               "ConvertedContactId": "c0"},
    "u1": {"Name": "Una", "Username": "una@x", "Email": "una@x.io", "IsActive": True, "ManagerId": "u2"},
    "u2": {"Name": "Ugo", "Username": "ugo@x", "Email": "ugo@x.io"},
    "g1": {"Name": "Inbox", "Type": "Queue"},
    "k1": {"Name": "Spring"},
    "m1": {"CampaignId": "k1", "ContactId": "c0", "Status": "Sent"},
    "m2": {"CampaignId": "k1", "ContactId": "c1", "Status": "Responded", "HasResponded": True},
    "m3": {"CampaignId": "k1", "LeadId": "l1", "Status": "Sent"},
}
KINDS = {"a": "Account", "c": "Contact", "l": "Lead", "u": "User", "g": "Group", "m": "CampaignMember", "k": "Campaign"}


def make_row(name: str, given: dict[str, Any]) -> Row:
    """Return a complete row: every field of its kind is there, short names of references are ids."""
    kind = KINDS[name[0]]
    created = "2024-01-01T00:00:00.000+0000"
    values: dict[str, Any] = dict.fromkeys(SCHEMA[kind])
    values |= {"Id": record_id(name), "IsDeleted": False, "CreatedDate": created} | given
    if kind == "Contact":
        person = " ".join(part for part in (given.get("FirstName"), given["LastName"]) if part)
        values |= {"Email": f"{name}@example.com", "Ext__c": f"x{name[1:]}", "Secret__c": "s", "Name": person}
    values["SystemModstamp"] = values["LastModifiedDate"] = values["CreatedDate"]
    for field in SCHEMA[kind].values():
        if field.reference_to and values[field.name]:
            values[field.name] = record_id(values[field.name])
        if field.vendor_type == "boolean":
            values[field.name] = bool(values[field.name])
    return Row(kind, values["Id"], values, 1, int(name[1:]), int(name[1:]), values["IsDeleted"])


class SmallOrg:
    """A `Source` over a fixed set of rows, that counts what it is asked for."""

    def __init__(self) -> None:
        self.table = {r.id: r for r in (make_row(name, given) for name, given in (CONTACTS | OTHERS).items())}
        self.now: Callable[[], datetime] = lambda: NOW
        self.user_id = record_id("u1")
        self.hides: set[tuple[str, str]] = {("Contact", "Secret__c")}
        self.indexes = {"Id", "Email", "Ext__c"}
        self.scans: list[str] = []
        self.lookups: list[tuple[str, str, object]] = []

    def kind(self, name: str) -> str | None:
        return next((kind for kind in SCHEMA if kind.lower() == name.lower()), None)

    def fields(self, kind: str) -> Mapping[str, FieldInfo]:
        return SCHEMA[kind]

    def parent(self, kind: str, relationship: str) -> tuple[str, tuple[str, ...]] | None:
        for field in SCHEMA[kind].values():
            if field.reference_to and field.name[:-2].lower() == relationship.lower():
                return field.name, field.reference_to
        return None

    def children(self, kind: str, relationship: str) -> tuple[str, str] | tuple[str, str, str] | None:
        return CHILDREN.get((kind, relationship.lower()))

    def rows(self, kind: str, deleted: bool) -> Iterable[Row]:
        self.scans.append(kind)
        return [row for row in self.table.values() if row.kind == kind and (deleted or not row.deleted)]

    def get(self, kind: str, record_id: str) -> Row | None:
        row = self.table.get(record_id)
        return row if row is not None and row.kind == kind else None

    def lookup(self, kind: str, field: str, value: object) -> Iterable[Row] | None:
        if field not in self.indexes:
            return None
        self.lookups.append((kind, field, value))
        wanted = str(value).casefold()
        rows = [row for row in self.table.values() if row.kind == kind and not row.deleted]
        return [row for row in rows if str(row.values[field]).casefold() == wanted]

    def row_url(self, kind: str, record_id: str) -> str:
        return f"/services/data/v59.0/sobjects/{kind}/{record_id}"

    def hidden(self, kind: str, field: str) -> bool:
        return (kind, field) in self.hides


@pytest.fixture
def org() -> SmallOrg:
    return SmallOrg()


@pytest.fixture
def ask(org: SmallOrg) -> Callable[..., QueryResult]:
    """Return a function that runs a query; `{c0}` in the text stands for that record's id."""

    def run(text: str, **options: Any) -> QueryResult:
        for name in CONTACTS | OTHERS:
            text = text.replace("{" + name + "}", record_id(name)).replace("{" + name + ":15}", record_id(name)[:15])
        return run_query(org, text, **options)

    return run


@pytest.fixture
def found(ask: Callable[..., QueryResult]) -> Callable[..., str]:
    """Return a function that runs a query and names the rows of the answer: `c0 c2`."""
    names = {record_id(name): name for name in CONTACTS | OTHERS}

    def run(text: str, **options: Any) -> str:
        return " ".join(names[row.id] for row in ask(text, **options).rows)

    return run


@pytest.fixture
def refusal(ask: Callable[..., QueryResult]) -> Callable[..., str]:
    """Return a function that runs a query that must be refused, and gives `CODE: last line of the message`."""

    def run(text: str, **options: Any) -> str:
        with pytest.raises(SoqlError) as caught:
            ask(text, **options)
        return f"{caught.value.code}: {caught.value.message.splitlines()[-1]}"

    return run
