"""The shape of an own org, read from describe JSON: what is taken over, what is refused, and that twice is once."""

from __future__ import annotations

import copy
from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.schema import FieldInfo, FieldType, Option
from syncproof_mocks.world import World

TYPE_ID = "0125g000000AbCdAAK"


def _field(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name, "label": name.removesuffix("__c").replace("_", " "), "type": kind, "length": 0, "nillable": True,
        "createable": True, "updateable": True, "calculated": False, "autoNumber": False, "caseSensitive": False,
        "defaultValue": None, "defaultedOnCreate": False, "externalId": False, "idLookup": False, "unique": False,
        "nameField": False, "picklistValues": [], "restrictedPicklist": False, "referenceTo": [], "relationshipName": None,
        "cascadeDelete": False, "compoundFieldName": None, "filterable": True, "precision": 0, "scale": 0, **more,
    }


def _values(*values: str, default: str = "", inactive: str = "") -> list[dict[str, Any]]:
    return [
        {"value": v, "label": f"{v}!", "active": v != inactive, "defaultValue": v == default, "validFor": None} for v in values
    ]


def _contact(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "Contact", "label": "Person", "labelPlural": "People", "keyPrefix": "003", "fields": list(fields), **more}


PLAN = {
    "name": "Plan__c", "label": "Plan", "labelPlural": "Plans", "keyPrefix": "a0P", "custom": True,
    "fields": [
        _field("Id", "id", createable=False, updateable=False, nillable=False, defaultedOnCreate=True, idLookup=True),
        _field("Name", "string", length=80, nameField=True, idLookup=True),
        _field("Holder__c", "reference", referenceTo=["Contact"], relationshipName="Holder__r", cascadeDelete=True, nillable=False,
               updateable=False),
        _field("Price__c", "currency", precision=16, scale=2),
    ],
}


def test_custom_fields_arrive_with_all_that_decides_a_save(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    kinds = org.take_metadata(_contact(
        _field("Tier__c", "picklist", length=255, restrictedPicklist=True, picklistValues=_values("Gold", "Old", default="Gold", inactive="Old")),
        _field("Code__c", "string", length=5, unique=True, externalId=True, caseSensitive=True, idLookup=True),
        _field("Must__c", "string", length=20, nillable=False),
        _field("Vip__c", "boolean", nillable=False, defaultedOnCreate=True, defaultValue=True),
        _field("Score__c", "double", precision=4, scale=1), _field("Opens__c", "time"), _field("Seen__c", "datetime"),
        _field("Secret__c", "encryptedstring", length=10, createable=False, updateable=False),
    ))
    assert kinds == ("Contact",)
    made = http.post("sobjects/Contact", json={"LastName": "L", "Must__c": "m", "Code__c": "aB", "Opens__c": "08:30:00Z"})
    assert made.status_code == 201, made.text
    shown = http.get(f"sobjects/Contact/{made.json()['id']}").json()
    assert (shown["Tier__c"], shown["Vip__c"], shown["Opens__c"]) == ("Gold", True, "08:30:00.000Z")
    for body, code in (
        ({"Must__c": None}, "REQUIRED_FIELD_MISSING"), ({"Code__c": "toolong"}, "STRING_TOO_LONG"),
        ({"Tier__c": "Old"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"), ({"Code__c": "aB"}, "DUPLICATE_VALUE"),
        ({"Secret__c": "x"}, "INVALID_FIELD_FOR_INSERT_UPDATE"), ({"Opens__c": "25:00"}, "JSON_PARSER_ERROR"),
    ):
        [error] = http.post("sobjects/Contact", json={"LastName": "L", "Must__c": "m", **body}).json()
        assert error["errorCode"] == code, error
    other = http.patch("sobjects/Contact/Code__c/AB", json={"LastName": "L", "Must__c": "m"})
    assert other.json()["created"] is True
    assert org.store.get("Contact", contacts[0]).values["Vip__c"] is True


def test_standard_fields_take_over_what_differs(http: httpx.Client, org: Salesforce) -> None:
    org.take_metadata([_contact(
        _field("LastName", "string", length=40, nillable=False, label="Surname", compoundFieldName="Name"),
        _field("Email", "email", length=80, nillable=False, idLookup=True),
        _field("LeadSource", "picklist", restrictedPicklist=True, picklistValues=_values("Fair", "Web")),
        _field("MailingCountry", "string", length=80, compoundFieldName="MailingAddress"),
        _field("Jigsaw", "string", length=20), _field("JigsawId__c", "reference", referenceTo=["DandBCompany"]),
        _field("SystemModstamp", "datetime", createable=False, updateable=False),
    )])
    assert org.schema("Contact")["MailingCountry"].type is FieldType.COUNTRY
    long = {"LastName": "x" * 41, "Email": "n@example.com"}
    assert http.post("sobjects/Contact", json=long).json()[0]["message"].startswith("Surname: data value too large")
    assert http.post("sobjects/Contact", json={"LastName": "L"}).json()[0]["fields"] == ["Email"]
    body = {"LastName": "L", "Email": "n@example.com", "LeadSource": "Elsewhere"}
    assert http.post("sobjects/Contact", json=body).json()[0]["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    kept = {**body, "LeadSource": "Fair", "Jigsaw": "j", "JigsawId__c": "08v5g00000XyZ12"}
    assert http.post("sobjects/Contact", json=kept).status_code == 201
    described = http.get("sobjects/Contact/describe").json()
    assert (described["label"], described["labelPlural"]) == ("Person", "People")


def test_an_object_of_ones_own_becomes_a_kind(http: httpx.Client, org: Salesforce, contacts: list[str]) -> None:
    parent = _contact(childRelationships=[
        {"childSObject": "Plan__c", "field": "Holder__c", "relationshipName": "Plans__r", "cascadeDelete": True},
        {"childSObject": "Unknown__c", "field": "X__c", "relationshipName": "Xs__r"},
    ])
    assert org.take_metadata({"sobjects": [parent, PLAN]}) == ("Contact", "Plan__c")
    made = http.post("sobjects/Plan__c", json={"Name": "P", "Holder__c": contacts[0], "Price__c": 9.5})
    assert made.status_code == 201, made.text
    assert made.json()["id"].startswith("a0P")
    text = "SELECT Holder__r.LastName, Price__c FROM plan__c WHERE Holder__r.Email = 'c0@example.com'"
    [found] = http.get("query", params={"q": text}).json()["records"]
    assert (found["Holder__r"]["LastName"], found["Price__c"]) == ("Last0", 9.5)
    nested = http.get("query", params={"q": f"SELECT (SELECT Name FROM Plans__r) FROM Contact WHERE Id = '{contacts[0]}'"})
    assert nested.json()["records"][0]["Plans__r"]["totalSize"] == 1
    org.desk_delete("Contact", contacts[0])
    assert http.get(f"sobjects/Plan__c/{made.json()['id']}").json()[0]["errorCode"] == "ENTITY_IS_DELETED"
    assert http.post("sobjects/Plan__c", json={"Name": "P"}).json()[0]["fields"] == ["Holder__c"]
    assert "Plan__c" in [o["name"] for o in http.get("sobjects").json()["sobjects"]]


def test_record_types_are_records_and_the_default_is_set(http: httpx.Client, org: Salesforce) -> None:
    types = [
        {"active": True, "available": True, "defaultRecordTypeMapping": True, "developerName": "Client", "master": False,
         "name": "Client", "recordTypeId": TYPE_ID, "urls": {}},
        {"active": True, "defaultRecordTypeMapping": False, "developerName": "Master", "master": True, "name": "Master",
         "recordTypeId": "012000000000000AAA"},
    ]
    field = _field("RecordTypeId", "reference", referenceTo=["RecordType"], relationshipName="RecordType")
    org.take_metadata(_contact(field, recordTypeInfos=types))
    text = "SELECT Id, DeveloperName FROM RecordType WHERE SobjectType = 'Contact'"
    [found] = http.get("query", params={"q": text}).json()["records"]
    assert (found["Id"], found["DeveloperName"]) == (TYPE_ID, "Client")
    made = http.post("sobjects/Contact", json={"LastName": "L"}).json()["id"]
    assert org.store.get("Contact", made).values["RecordTypeId"] == TYPE_ID
    [error] = http.post("sobjects/Contact", json={"LastName": "L", "RecordTypeId": "0125g000000XxXxAAK"}).json()
    assert (error["errorCode"], error["fields"]) == ("INVALID_CROSS_REFERENCE_KEY", ["RecordTypeId"])
    assert len(http.get("sobjects/Contact/describe").json()["recordTypeInfos"]) == 2


def test_what_a_mock_describes_another_one_takes_over_whole(http: httpx.Client, org: Salesforce) -> None:
    options = tuple(Option(v, v.upper(), v != "b") for v in "abc")
    org.add_field("Lead", FieldInfo("Pick__c", "P", FieldType.PICKLIST, "picklist", 255, options=options, restricted=True, custom=True))
    org.take_metadata(PLAN)
    documents = [http.get(f"sobjects/{name}/describe").json() for name in org.kinds]
    other = Salesforce(World(8))
    assert len(other.take_metadata(documents)) == len(documents)
    for name, kind in org.kinds.items():
        ours, theirs = kind.infos, other.kinds[name].infos
        assert dict(theirs) == dict(ours), name
    assert {n: k.children for n, k in other.kinds.items()} == {n: k.children for n, k in org.kinds.items()}


def test_twice_is_once(http: httpx.Client, org: Salesforce) -> None:
    document = {"sobjects": [_contact(
        _field("Vip__c", "boolean", nillable=False, defaultValue=False),
        childRelationships=[{"childSObject": "Plan__c", "field": "Holder__c", "relationshipName": "Plans__r", "cascadeDelete": True}],
    ), PLAN]}
    first = org.take_metadata(copy.deepcopy(document))
    described, entries = http.get("sobjects/Contact/describe").json(), len(list(org.journal.changes()))
    assert org.take_metadata(document) == first
    assert http.get("sobjects/Contact/describe").json() == described
    assert len(list(org.journal.changes())) == entries


def test_what_a_whole_description_leaves_out_its_user_cannot_see(http: httpx.Client, org: Salesforce) -> None:
    parts = _contact(_field("LastName", "string", length=80, nillable=False))
    org.take_metadata(parts)
    assert org.kinds["Contact"].hidden == frozenset()
    whole = _contact(*parts["fields"], *(_field(n, t) for n, t in (
        ("Id", "id"), ("CreatedDate", "datetime"), ("SystemModstamp", "datetime"), ("Email", "email"), ("DoNotCall", "boolean"),
    )))
    org.take_metadata(whole)
    assert http.get("query", params={"q": "SELECT Id, Name, OwnerId, Email, DoNotCall, Ext__c FROM Contact"}).status_code == 200
    [error] = http.get("query", params={"q": "SELECT HasOptedOutOfEmail FROM Contact"}).json()
    assert "No such column 'HasOptedOutOfEmail' on entity 'Contact'" in error["message"]
    org.take_metadata(_contact(_field("HasOptedOutOfEmail", "boolean")))
    assert http.get("query", params={"q": "SELECT HasOptedOutOfEmail FROM Contact"}).status_code == 200


def test_what_only_a_formula_knows_stays_blank_and_is_an_assumption(http: httpx.Client, org: Salesforce) -> None:
    org.take_metadata(_contact(
        _field("Age__c", "double", calculated=True, calculatedFormula="TODAY() - Birthdate", createable=False, updateable=False)
    ))
    made = http.post("sobjects/Contact", json={"LastName": "L"}).json()["id"]
    assert http.get(f"sobjects/Contact/{made}").json()["Age__c"] is None
    assert any("salesforce.formula_fields" in e.assumed for e in org.journal.exchanges())


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({}, "is no description of an object"), ([], "describe no object"), ("x", "is no description"), ([{"name": 5}], "is no description"),
        ({"name": "Contact"}, "Contact has no list `fields`: GET /sobjects lists objects without them"),
        ({"sobjects": [{"name": "Contact", "keyPrefix": "003"}]}, "take the describe of each"),
        (_contact(_field("Geo__c", "location")), r"Contact.fields\[0\] \(Geo__c\): fields of type `location` are not mocked; mocked: string"),
        (_contact(_field("Home__c", "address")), r"\(Home__c\): fields of type `address`"),
        (_contact(_field("X__c", "hologram")), "`hologram`"), (_contact("x"), r"Contact.fields\[0\] is no field"),  # type: ignore[arg-type]
        (_contact(_field("9x", "string")), "is no field: it has no name"),
        (_contact(_field("A__c", "string"), _field("a__c", "string")), r"fields\[1\]: a__c is described twice"),
        (_contact(_field("P__c", "picklist", picklistValues=["a"])), "picklistValues is no list of values"),
        (_contact(_field("P__c", "string", defaultValue={"a": 1})), "a default value cannot be dict"),
        (_contact(_field("R__c", "reference", referenceTo="Account")), "referenceTo is no list"),
        (_contact(recordTypeInfos=[{"recordTypeId": "12"}]), "12 is no id of a record type"),
        ({**PLAN, "name": "Case"}, "Case is a standard object that is not mocked; mocked: Account"),
        ({**PLAN, "keyPrefix": "003"}, "Plan__c: the keyPrefix 003 belongs to Contact"), ({**PLAN, "keyPrefix": None}, "no keyPrefix"),
    ],
)
def test_what_is_no_metadata_is_refused_with_its_place(org: Salesforce, document: Any, text: str) -> None:
    before = {name: dict(kind.columns) for name, kind in org.kinds.items()}
    with pytest.raises(ValueError, match=text):
        org.take_metadata([*document, PLAN] if isinstance(document, list) and document else document)
    assert {name: dict(kind.columns) for name, kind in org.kinds.items()} == before
