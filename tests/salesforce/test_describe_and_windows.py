"""Metadata as connectors read it, windows of change, and the declared operations."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from simple_salesforce import Salesforce as SimpleSalesforce
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.schema import FieldInfo, FieldType, Option
from syncproof_mocks.store import UnknownKindError


def test_simple_salesforce_can_describe(sf: SimpleSalesforce) -> None:
    names = [o["name"] for o in sf.describe()["sobjects"]]
    assert {"Contact", "Lead", "Account", "User", "Campaign", "CampaignMember", "ContactHistory"} <= set(names)
    assert sf.Contact.metadata()["objectDescribe"]["keyPrefix"] == "003"


def test_a_field_is_described_with_every_key_that_clients_index(http: httpx.Client) -> None:
    fields = {f["name"]: f for f in http.get("sobjects/contact/describe").json()["fields"]}
    assert all("compoundFieldName" in f and "relationshipOrder" in f for f in fields.values())
    assert fields["MailingCity"]["compoundFieldName"] == "MailingAddress"
    assert (fields["LastName"]["nillable"], fields["LastName"]["length"]) == (False, 80)
    assert (fields["Email"]["idLookup"], fields["Name"]["calculated"]) == (True, True)
    assert fields["AccountId"]["referenceTo"] == ["Account"]
    assert fields["CreatedDate"]["updateable"] is False


def test_child_relationships_and_picklists_are_described(http: httpx.Client, org: Salesforce) -> None:
    children = http.get("sobjects/Account/describe").json()["childRelationships"]
    assert ("Contacts", "Contact", "AccountId", True) in [
        (c["relationshipName"], c["childSObject"], c["field"], c["cascadeDelete"]) for c in children
    ]
    options = (Option("a", "Alpha"), Option("b", "Beta", active=False))
    org.add_field("Lead", FieldInfo("P__c", "P", FieldType.PICKLIST, "picklist", options=options, custom=True))
    [field] = [f for f in http.get("sobjects/Lead/describe").json()["fields"] if f["name"] == "P__c"]
    assert [(o["value"], o["label"], o["active"]) for o in field["picklistValues"]] == [
        ("a", "Alpha", True), ("b", "Beta", False)
    ]
    assert field["custom"] is True


def test_unchanged_metadata_is_not_sent_again(http: httpx.Client, org: Salesforce) -> None:
    for path in ("sobjects/Lead/describe", "sobjects"):
        stamp = http.get(path).headers["last-modified"]
        again = http.get(path, headers={"If-Modified-Since": stamp})
        assert (again.status_code, again.content) == (304, b"")
    stamp = http.get("sobjects/Lead/describe").headers["last-modified"]
    org.clock.move(5)
    org.add_field("Lead", FieldInfo("P__c", "P", FieldType.TEXT, "string", 5, custom=True))
    assert http.get("sobjects/Lead/describe", headers={"If-Modified-Since": stamp}).status_code == 200


def test_the_harness_sees_the_same_fields(org: Salesforce) -> None:
    fields = org.schema("Contact")
    assert (fields["Email"].type, fields["MailingCountry"].type) == (FieldType.EMAIL, FieldType.COUNTRY)
    assert fields["LastName"].required
    assert not fields["Name"].updateable
    with pytest.raises(UnknownKindError):
        org.schema("Nope")


def test_versions_need_no_session_and_resources_do(plain: httpx.Client, org: Salesforce) -> None:
    listed = plain.get(f"{org.base_url}/services/data").json()
    assert listed[0]["version"] == "31.0"
    assert {"label": "Winter '24", "url": "/services/data/v59.0", "version": "59.0"} in listed
    assert plain.get(f"{org.base_url}/services/data/v59.0").status_code == 401


def test_resources_lead_to_the_identity(http: httpx.Client, org: Salesforce) -> None:
    body = http.get("").json()
    assert body["sobjects"] == "/services/data/v59.0/sobjects"
    assert body["identity"].endswith(f"/id/{org.org_id}/{org.user_id}")


def test_limits_name_what_clients_require(sf: SimpleSalesforce) -> None:
    limits = sf.limits()
    assert limits["DailyBulkApiBatches"]["Max"] == 15000
    assert limits["DailyApiRequests"]["Remaining"] == limits["DailyApiRequests"]["Max"] - 1


def test_pretty_print_only_on_request(http: httpx.Client) -> None:
    assert b"\n" not in http.get("limits").content
    assert b"\n" in http.get("limits", headers={"X-PrettyPrint": "1"}).content


def test_updated_lists_what_changed_in_the_window(
    sf: SimpleSalesforce, org: Salesforce, contacts: list[str]
) -> None:
    sf.Contact.update(contacts[3], {"Title": "T"})
    org.clock.move(60)
    now = org.clock.now()
    found = sf.Contact.updated(now - timedelta(minutes=5), now)
    assert found["ids"] == [contacts[3]]
    assert found["latestDateCovered"].endswith(":00.000+0000")
    earlier = sf.Contact.updated(now - timedelta(hours=2), now - timedelta(minutes=30))
    assert len(earlier["ids"]) == 4


@pytest.mark.parametrize(("start", "end"), [(0, 0), (0, -5), (-40 * 1440, 0), (-5, None)])
def test_a_window_that_is_none_is_refused(http: httpx.Client, org: Salesforce, start: int, end: int | None) -> None:
    now = org.clock.now()
    window = {"start": (now + timedelta(minutes=start)).isoformat()}
    window["end"] = "soon" if end is None else (now + timedelta(minutes=end)).isoformat()
    answer = http.get("sobjects/Contact/updated", params=window)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_REPLICATION_DATE")


def test_every_operation_names_its_evidence_once(org: Salesforce) -> None:
    operations = org.router.operations
    assert len({(o.method, o.path) for o in operations}) == len(operations)
    assert all(o.evidence and o.id for o in operations)
    probes = {p.strip() for o in operations for p in o.probe.split(",") if p}
    assert {str(n) for n in range(1, 17)} <= probes


def test_a_switch_takes_only_what_it_allows(org: Salesforce) -> None:
    with pytest.raises(ValueError, match="cannot be 'maybe'"):
        org.switch("trim_strings", "maybe")
    with pytest.raises(ValueError, match="has no switch `nope`"):
        org.switch("nope", 1)
