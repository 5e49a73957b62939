"""The org's own rules hold for SOAP calls, and its headers say what REST says in other headers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from syncproof_mocks.crm.salesforce import Salesforce

Soap = Callable[..., Element]
Texts = Callable[[Element, str], list[str | None]]
INSIST = "<DuplicateRuleHeader><allowSave>true</allowSave></DuplicateRuleHeader>"


def _declare(org: Salesforce, what: str, **entry: Any) -> None:
    org.declare(what, org.declarations[what].model_validate(entry))


def _lead(org: Salesforce, email: str) -> str:
    return str(org.desk_create("Lead", {"LastName": "Nová", "Company": "Firma", "Email": email}).id)


def _conversion(lead_id: str) -> str:
    return (
        f"<leadConverts><leadId>{lead_id}</leadId><convertedStatus>Closed - Converted</convertedStatus>"
        "<doNotCreateOpportunity>true</doNotCreateOpportunity></leadConverts>"
    )


def test_a_duplicate_is_held_up_unless_the_header_insists(soap: Soap, texts: Texts, org: Salesforce) -> None:
    _declare(org, "duplicate_rules", kind="Contact", name="D", action="alert")
    record = "<sObjects><type>Contact</type><LastName>N</LastName><Email>c0@example.com</Email></sObjects>"
    assert texts(soap("create", record), "result/errors/statusCode") == ["DUPLICATES_DETECTED"]
    assert texts(soap("create", record, INSIST), "result/success") == ["true"]


def test_a_lead_is_no_duplicate_of_the_contact_it_becomes(soap: Soap, texts: Texts, org: Salesforce) -> None:
    _declare(org, "duplicate_rules", kind="Contact", name="D", action="block", against=["Contact", "Lead"])
    alone, twin = _lead(org, "alone@x.io"), _lead(org, "c0@example.com")
    assert texts(soap("convertLead", _conversion(alone)), "result/success") == ["true"]
    before = org.store.snapshot()
    assert texts(soap("convertLead", _conversion(twin)), "result/errors/statusCode") == ["DUPLICATES_DETECTED"]
    assert org.store.snapshot().tables == before.tables


def test_a_validation_rule_stops_a_merge_that_sets_a_field(
    soap: Soap, texts: Texts, org: Salesforce, contacts: list[str]
) -> None:
    _declare(org, "validation_rules", kind="Contact", name="V", formula='Title = "bad"', message="No bad titles.")
    before = org.store.snapshot()
    result = soap(
        "merge",
        f"<mergeRequests><masterRecord><type>Contact</type><Id>{contacts[0]}</Id><Title>bad</Title></masterRecord>"
        f"<recordToMergeIds>{contacts[1]}</recordToMergeIds></mergeRequests>",
    )
    assert texts(result, "result/errors/message") == ["No bad titles."]
    assert org.store.snapshot().tables == before.tables


@pytest.mark.parametrize(("header", "routed"), [
    ("", False), ("<AssignmentRuleHeader><useDefaultRule>true</useDefaultRule></AssignmentRuleHeader>", True),
])
def test_an_assignment_rule_runs_only_when_the_header_asks(
    soap: Soap, org: Salesforce, header: str, routed: bool
) -> None:
    _declare(org, "queues", name="Triage", developer_name="Triage")
    _declare(org, "assignment_rules", name="A", entries=[{"assign_to": "Triage"}])
    made = soap("create", "<sObjects><type>Lead</type><LastName>L</LastName><Company>C</Company></sObjects>", header)
    row = org.store.get("Lead", made.findtext("result/id") or "")
    assert row is not None
    assert (str(row.values["OwnerId"])[:3] == "00G") is routed
