"""The two orgs that are fuzzed: a few people, companies and campaigns, with rules of an administrator in force."""

from __future__ import annotations

from typing import Any

from syncproof_mocks.clock import Clock
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.dialect import Dialect
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.schema import FieldInfo, FieldType
from syncproof_mocks.world import World

NOW_MS = 1_790_000_000_000
# One more than fit on the smallest page, so that a locator exists.
CAMPAIGNS = 201
_STAMPS = {"created_ms": NOW_MS, "modified_ms": NOW_MS}


def salesforce() -> Salesforce:
    """Return an org with contacts, leads and campaigns, an external id, and rules."""
    org = Salesforce(World(7, Clock(NOW_MS), vault_seed=7))
    org.add_field("Contact", FieldInfo("Ext__c", "Ext", FieldType.TEXT, "string", 40, external_id=True, unique=True, custom=True))
    acme = org.seed("Account", {"Name": "Acme"}, **_STAMPS)
    for n in range(5):
        org.seed("Contact", {"FirstName": f"First{n}", "LastName": "L", "Email": f"c{n}@example.com", "Ext__c": f"x{n}", "AccountId": acme.id}, **_STAMPS)
        org.seed("Lead", {"LastName": f"L{n}", "Company": "C", "Email": f"l{n}@example.com"}, **_STAMPS)
    for n in range(CAMPAIGNS):
        org.seed("Campaign", {"Name": f"Campaign {n}"}, **_STAMPS)
    _declared(org, (
        ("validation_rules", {"kind": "Contact", "name": "No_Zed", "formula": 'FirstName = "Zed"', "message": "no", "field": "FirstName"}),
        ("duplicate_rules", {"kind": "Lead", "name": "Twins", "action": "block"}),
        ("queues", {"name": "Inbox", "developer_name": "Inbox"}),
        ("assignment_rules", {"kind": "Lead", "name": "Standard", "entries": [{"assign_to": "Inbox", "formula": 'ISPICKVAL(LeadSource, "Web")'}, {"assign_to": "human"}]}),
    ))  # fmt: skip
    return org


def hubspot() -> Hubspot:
    """Return a portal with contacts, companies, deals and notes, rules, and the operations that the vendor has switched off alive."""
    hub = Hubspot(World(7, Clock(NOW_MS), vault_seed=7))
    hub.add_subscription("Newsletter")
    hub.switch("legacy_lists_v1", "alive")
    hub.switch("legacy_owners_v2", "alive")
    for n in range(5):
        contact = hub.seed("contacts", {"email": f"c{n}@example.com", "firstname": f"First{n}"}, **_STAMPS)
        company = hub.seed("companies", {"name": f"C{n}", "domain": f"c{n}.example.com"}, **_STAMPS)
        if n < 3:
            hub.seed_company_link("contacts", contact.id, company.id)
    hub.seed("deals", {"dealname": "D", "dealstage": "appointmentscheduled"}, **_STAMPS)
    hub.seed("notes", {"hs_timestamp": "2026-01-01T00:00:00Z", "hs_note_body": "n"}, **_STAMPS)
    hub.seed_owner("O", "W", "owner@example.com", active=True)
    _declared(hub, (("workflows", WORKFLOW),))
    return hub


WORKFLOW: dict[str, Any] = {
    "name": "flow", "kind": "contacts", "when": {"property": "lifecyclestage", "value": "customer"}, "after": [{"set": "city", "to": "Brno"}],
}


def _declared(dialect: Dialect, entries: tuple[tuple[str, dict[str, Any]], ...]) -> None:
    for what, entry in entries:
        dialect.declare(what, dialect.declarations[what].model_validate(entry))
