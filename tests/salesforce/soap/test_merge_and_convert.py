"""Merging and converting over SOAP (probe 20), with everything that the calls let one choose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.journal import Actor
from syncproof_mocks.schema import FieldInfo, FieldType

Soap = Callable[..., Element]
Texts = Callable[[Element, str], list[str | None]]


@pytest.fixture
def lead(org: Salesforce) -> str:
    values = {
        "FirstName": "Eva", "LastName": "Nová", "Company": "Firma", "Email": "Eva@Nova.CZ", "City": "Brno",
        "HasOptedOutOfEmail": True, "LeadSource": "Web", "Phone": "+420 1", "Website": "https://firma.cz",
    }
    return org.desk_create("Lead", values).id


def _convert(lead_id: str, **asked: object) -> str:
    wanted = {"leadId": lead_id, "convertedStatus": "Closed - Converted", "doNotCreateOpportunity": "true", **asked}
    return f"<leadConverts>{''.join(f'<{k}>{v}</{k}>' for k, v in wanted.items() if v is not None)}</leadConverts>"


def _values(org: Salesforce, kind: str, record_id: str | None) -> dict[str, Any]:
    row = org.store.get(kind, record_id or "")
    assert row is not None
    return row.values


def test_a_lead_becomes_an_account_and_a_contact(
    soap: Soap, http: httpx.Client, org: Salesforce, lead: str
) -> None:
    """Probe 20."""
    campaign = org.desk_create("Campaign", {"Name": "C"}).id
    member = org.desk_create("CampaignMember", {"CampaignId": campaign, "LeadId": lead}).id
    start = len(org.journal)
    made = soap("convertLead", _convert(lead))
    assert made.findtext("result/success") == "true"
    contact, account = (_values(org, k, made.findtext(f"result/{k.lower()}Id")) for k in ("Contact", "Account"))
    assert (contact["Email"], contact["MailingCity"], contact["HasOptedOutOfEmail"]) == ("eva@nova.cz", "Brno", True)
    assert (account["Name"], account["Phone"], account["Website"]) == ("Firma", "+420 1", "https://firma.cz")
    assert contact["AccountId"] == account["Id"]
    assert contact["CreatedById"] == org.user_id
    assert _values(org, "CampaignMember", member)["ContactId"] == contact["Id"]
    found = http.get("query", params={"q": "SELECT Id FROM Lead WHERE ConvertedContactId = NULL"}).json()
    assert found["records"] == []
    refused = http.patch(f"sobjects/Lead/{lead}", json={"Title": "x"}).json()[0]
    assert refused["errorCode"] == "CANNOT_UPDATE_CONVERTED_LEAD"
    assert list(org.store.rows("Opportunity")) == []
    assert Actor.CRM_USER not in {c.actor for c in org.journal.changes(start)}


def test_an_opportunity_closes_at_the_end_of_the_quarter(soap: Soap, org: Salesforce, lead: str) -> None:
    org.clock.freeze(1_900_000_000_000)  # 2030-03-17
    made = soap("convertLead", _convert(lead, doNotCreateOpportunity="false", opportunityName="Big &amp; new"))
    opportunity = _values(org, "Opportunity", made.findtext("result/opportunityId"))
    assert (opportunity["Name"], opportunity["CloseDate"]) == ("Big & new", "2030-03-31")
    [role] = org.store.rows("OpportunityContactRole")
    assert (role.values["ContactId"], role.values["IsPrimary"]) == (made.findtext("result/contactId"), True)


@pytest.mark.parametrize(("overwrite", "source"), [("false", "Other"), ("true", "Web")])
def test_an_existing_contact_gets_only_what_it_lacks(
    soap: Soap, org: Salesforce, lead: str, contacts: list[str], overwrite: str, source: str
) -> None:
    org.desk_edit("Contact", contacts[0], {"LeadSource": "Other"})
    [account] = org.store.rows("Account")
    soap("convertLead", _convert(lead, accountId=account.id[:15], contactId=contacts[0], overwriteLeadSource=overwrite))
    contact = _values(org, "Contact", contacts[0])
    assert (contact["Email"], contact["Phone"], contact["LeadSource"]) == ("c0@example.com", "+420 1", source)
    # A box that is not ticked is a value: the lead's refusal does not reach a contact that exists.
    assert contact["HasOptedOutOfEmail"] is False
    assert _values(org, "Account", account.id)["Name"] == "Acme"


def test_the_owner_may_be_named_and_must_be_for_a_lead_of_a_queue(
    soap: Soap, texts: Texts, org: Salesforce, lead: str
) -> None:
    queue = org.desk_create("Group", {"Name": "Q", "Type": "Queue"}).id
    org.desk_edit("Lead", lead, {"OwnerId": queue})
    refused = soap("convertLead", _convert(lead))
    assert "can only be owned by users" in (refused.findtext("result/errors/message") or "")
    made = soap("convertLead", _convert(lead, ownerId=org.human_id))
    assert _values(org, "Contact", made.findtext("result/contactId"))["OwnerId"] == org.human_id


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"convertedStatus": "Open - Not Contacted"}, "INVALID_STATUS"),
        ({"convertedStatus": None}, "INVALID_STATUS"),
        ({"leadId": "00Q000000000000AAA"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"leadId": "nonsense"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"accountId": "001000000000000AAA"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"contactId": "003000000000000AAA"}, "REQUIRED_FIELD_MISSING"),
        ({"accountRecord": "x"}, "INVALID_ARGUMENT_TYPE"),
    ],
)
def test_a_refused_conversion_leaves_nothing_behind(
    soap: Soap, texts: Texts, org: Salesforce, lead: str, asked: dict[str, Any], code: str
) -> None:
    before, start = org.store.snapshot(), len(org.journal)
    result = soap("convertLead", _convert(lead, **asked))
    assert texts(result, "result/errors/statusCode") == [code]
    assert org.store.snapshot().tables == before.tables
    assert list(org.journal.changes(start)) == []


def test_a_contact_that_cannot_be_saved_takes_the_new_account_with_it(
    soap: Soap, texts: Texts, org: Salesforce, lead: str, contacts: list[str]
) -> None:
    for kind in ("Lead", "Contact"):
        info = FieldInfo("Key__c", "Key", FieldType.TEXT, "string", 20, unique=kind == "Contact", custom=True)
        org.add_field(kind, info)
    org.desk_edit("Contact", contacts[0], {"Key__c": "k"})
    org.desk_edit("Lead", lead, {"Key__c": "k"})
    result = soap("convertLead", _convert(lead))
    assert texts(result, "result/errors/statusCode") == ["DUPLICATE_VALUE"]
    assert len(list(org.store.rows("Account"))) == 1


def test_a_field_that_the_caller_may_not_see_is_carried_over_all_the_same(
    soap: Soap, org: Salesforce, lead: str
) -> None:
    org.hide_field("Contact", "HasOptedOutOfEmail")
    made = soap("convertLead", _convert(lead))
    assert _values(org, "Contact", made.findtext("result/contactId"))["HasOptedOutOfEmail"] is True


def test_a_merge_sets_fields_and_tells_what_moved(
    soap: Soap, texts: Texts, org: Salesforce, contacts: list[str]
) -> None:
    campaign = org.desk_create("Campaign", {"Name": "C"}).id
    member = org.desk_create("CampaignMember", {"CampaignId": campaign, "ContactId": contacts[1]}).id
    for at, value in ((1, "taken"), (2, "other")):
        org.desk_edit("Contact", contacts[at], {"Uniq__c": value})
    result = soap(
        "merge",
        f"<mergeRequests><masterRecord><type>Contact</type><Id>{contacts[0]}</Id><Uniq__c>taken</Uniq__c></masterRecord>"
        f"<recordToMergeIds>{contacts[1][:15]}</recordToMergeIds><recordToMergeIds>{contacts[2]}</recordToMergeIds>"
        "</mergeRequests>",
    )
    assert texts(result, "result/mergedRecordIds") == contacts[1:3]
    assert texts(result, "result/updatedRelatedIds") == [member]
    assert _values(org, "Contact", contacts[0])["Uniq__c"] == "taken"
    for loser in contacts[1:3]:
        row = org.store.get("Contact", loser, deleted=True)
        assert row is not None
        assert (row.deleted, row.values["MasterRecordId"]) == (True, contacts[0])
    back = soap("undelete", f"<ids>{contacts[2]}</ids>")
    assert back.findtext("result/success") == "true"
    assert _values(org, "Contact", contacts[2])["MasterRecordId"] is None


@pytest.mark.parametrize(
    ("master", "loser", "code"),
    [
        ("<type>Contact</type><Id>{0}</Id>", "{0}", "INVALID_NUMBER_OF_ARGUMENTS"),
        ("<type>Contact</type><Id>{0}</Id>", "", "INVALID_NUMBER_OF_ARGUMENTS"),
        ("<type>Contact</type><Id>{0}</Id><Nope>x</Nope>", "{1}", "INVALID_FIELD"),
        ("<type>Contact</type><Id>{0}</Id>", "003000000000000AAA", "INVALID_CROSS_REFERENCE_KEY"),
        ("<type>Campaign</type><Id>701000000000000AAA</Id>", "", "INVALID_CROSS_REFERENCE_KEY"),
        ("<Id>{0}</Id>", "{1}", "INVALID_TYPE"),
    ],
)
def test_a_refused_merge_leaves_everything_as_it_was(
    soap: Soap, texts: Texts, org: Salesforce, contacts: list[str], master: str, loser: str, code: str
) -> None:
    before = org.store.snapshot()
    losers = f"<recordToMergeIds>{loser}</recordToMergeIds>" if loser else ""
    inner = f"<mergeRequests><masterRecord>{master}</masterRecord>{losers}</mergeRequests>".format(*contacts)
    assert texts(soap("merge", inner), "result/errors/statusCode") == [code]
    assert org.store.snapshot().tables == before.tables
