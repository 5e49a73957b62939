"""Descriptions with every key, layouts, recent records, and the tooling API as far as the command line asks."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce

ENTRY = """activateable associateEntityType associateParentEntity createable custom customSetting deepCloneable deletable
deprecatedAndHidden feedEnabled hasSubtypes isInterface isSubtype keyPrefix label labelPlural layoutable mergeable mruEnabled
name queryable replicateable retrieveable searchable triggerable undeletable updateable urls"""
FIELD = """aggregatable aiPredictionField autoNumber byteLength calculated calculatedFormula cascadeDelete caseSensitive
compoundFieldName controllerName createable custom defaultValue defaultValueFormula defaultedOnCreate dependentPicklist
deprecatedAndHidden digits displayLocationInDecimal encrypted externalId extraTypeInfo filterable filteredLookupInfo
formulaTreatNullNumberAsZero groupable highScaleNumber htmlFormatted idLookup inlineHelpText label length mask maskType name
nameField namePointing nillable permissionable picklistValues polymorphicForeignKey precision queryByDistance
referenceTargetField referenceTo relationshipName relationshipOrder restrictedDelete restrictedPicklist scale
searchPrefilterable soapType sortable type unique updateable writeRequiresMasterRead"""
TYPES = """id string picklist multipicklist combobox reference boolean currency double percent int long date datetime time
email phone url textarea encryptedstring address location base64 anyType complexvalue masterrecord
datacategorygroupreference json byte"""


def test_every_object_and_field_is_described_with_every_key(http: httpx.Client) -> None:
    entries = http.get("sobjects").json()["sobjects"]
    for entry in entries:
        assert set(ENTRY.split()) <= set(entry)
        described = http.get(f"sobjects/{entry['name']}/describe").json()
        assert {k: v for k, v in described.items() if k in ENTRY.split() and k != "urls"} == {
            k: v for k, v in entry.items() if k != "urls"
        }
        assert {"childRelationships", "recordTypeInfos", "supportedScopes", "namedLayoutInfos"} <= set(described)
        for field in described["fields"]:
            assert set(FIELD.split()) <= set(field), field["name"]
            assert field["type"] in TYPES.split()


def test_the_addresses_of_a_description_lead_somewhere(http: httpx.Client, org: Salesforce) -> None:
    urls = http.get("sobjects/Contact/describe").json()["urls"]
    for name in ("sobject", "describe", "layouts", "compactLayouts"):
        assert http.get(org.base_url + urls[name]).status_code == 200


def test_record_types_come_before_the_master_type(http: httpx.Client, org: Salesforce) -> None:
    now = org.clock.now_ms()
    values = {"Name": "VIP", "DeveloperName": "VIP", "SobjectType": "Contact", "IsActive": True}
    vip = org.seed("RecordType", values, created_ms=now, modified_ms=now).id
    infos = http.get("sobjects/Contact/describe").json()["recordTypeInfos"]
    assert [(i["name"], i["recordTypeId"], i["master"], i["defaultRecordTypeMapping"]) for i in infos] == [
        ("VIP", vip, False, True), ("Master", "012000000000000AAA", True, False),
    ]
    assert http.get(f"sobjects/Contact/describe/layouts/{vip}").status_code == 200
    assert http.get(f"sobjects/Lead/describe/layouts/{vip}").status_code == 404


def test_a_layout_holds_the_fields_that_the_user_may_see(http: httpx.Client, org: Salesforce) -> None:
    org.hide_field("Contact", "Title")
    body = http.get("sobjects/Contact/describe/layouts").json()
    [layout] = body["layouts"]
    rows = layout["detailLayoutSections"][0]["layoutRows"]
    items = {i["layoutComponents"][0]["value"]: i for row in rows for i in row["layoutItems"]}
    assert {"Email", "Name", "MailingAddress"} <= set(items)
    assert not {"Title", "FirstName"} & set(items)
    assert items["Email"]["layoutComponents"][0]["details"]["type"] == "email"
    assert (items["Name"]["editableForNew"], items["Email"]["editableForNew"]) == (False, True)
    assert body["recordTypeMappings"][0]["layoutId"] == layout["id"]
    assert http.get("sobjects/Contact/describe/layouts/012000000000000").json()["id"] == layout["id"]
    compact = http.get("sobjects/Contact/describe/compactLayouts").json()["compactLayouts"]
    assert [c["name"] for c in compact] == ["SYSTEM"]
    assert all("salesforce.layouts" in e.assumed for e in org.journal.exchanges())


def test_recent_records_are_those_that_the_user_saved(
    http: httpx.Client, org: Salesforce, contacts: list[str]
) -> None:
    assert http.get("recent").json() == []
    for record_id in (contacts[2], contacts[0]):
        org.clock.move(1)
        http.patch(f"sobjects/Contact/{record_id}", json={"Title": "T"})
    org.desk_edit("Contact", contacts[1], {"Title": "T"})
    found = http.get("recent", params={"limit": 5}).json()
    assert [r["Id"] for r in found] == [contacts[0], contacts[2]]
    assert list(found[0]) == ["attributes", "Id", "Name"]
    assert [r["Id"] for r in http.get("sobjects/Contact").json()["recentItems"]] == [contacts[0], contacts[2]]
    assert len(http.get("recent", params={"limit": 1}).json()) == 1
    org.switch("recent_items", "none")
    assert http.get("recent").json() == []


@pytest.mark.parametrize("limit", ["0", "201", "x", "-1", "9" * 400])
def test_a_limit_of_recent_records_is_a_number(http: httpx.Client, limit: str) -> None:
    assert http.get("recent", params={"limit": limit}).json()[0]["errorCode"] == "INVALID_QUERY_LIMIT"


def _tooling(http: httpx.Client, text: str, **more: str) -> Any:
    return http.get("tooling/query", params={"q": text, **more})


def test_the_cli_asks_for_sandbox_processes_and_is_refused(http: httpx.Client) -> None:
    """Finding 18."""
    answer = _tooling(http, "SELECT Id FROM SandboxProcess LIMIT 1")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_TYPE")
    assert "EntityDefinition" in answer.headers["x-syncproof-hint"]


def test_the_org_can_be_queried_as_definitions(http: httpx.Client, org: Salesforce) -> None:
    body = _tooling(http, "SELECT QualifiedApiName, Label FROM EntityDefinition WHERE KeyPrefix = '00Q'").json()
    [record] = body["records"]
    assert (record["QualifiedApiName"], body["size"], body["entityTypeName"]) == ("Lead", 1, "EntityDefinition")
    assert record["attributes"]["url"] == "/services/data/v59.0/tooling/sobjects/EntityDefinition/Lead"
    org.hide_field("Contact", "Title")
    text = (
        "SELECT QualifiedApiName, EntityDefinition.Label FROM FieldDefinition "
        "WHERE EntityDefinition.QualifiedApiName = 'Contact' AND QualifiedApiName IN ('Email', 'Title')"
    )
    assert [(r["QualifiedApiName"], r["EntityDefinition"]["Label"]) for r in _tooling(http, text).json()["records"]] == [
        ("Email", "Contact")
    ]
    columns = _tooling(http, "SELECT Id FROM FieldDefinition", columns="true").json()["columnMetadata"]
    assert [c["columnName"] for c in columns] == ["Id"]
    assert _tooling(http, "SELECT COUNT() FROM EntityDefinition").json()["totalSize"] == len(org.kinds)
    names = [o["name"] for o in http.get("tooling/sobjects").json()["sobjects"]]
    assert names == ["EntityDefinition", "FieldDefinition"]
    assert http.get("tooling/sobjects/fielddefinition/describe").json()["fields"][0]["name"] == "Id"
    assert http.get("tooling/sobjects/ApexClass/describe").status_code == 404
