"""Calls beside the probes that the ledger marks `client run`: made by unmodified clients, and each arrives where it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simple_salesforce import Salesforce as SimpleSalesforce
from syncproof_mocks.crm.salesforce import Salesforce

ENTITY = "SELECT QualifiedApiName FROM EntityDefinition WHERE QualifiedApiName = 'Contact'"


def test_what_jsforce_does_every_day(jsforce: Callable[..., dict[str, Any]], org: Salesforce, contacts: list[str]) -> None:
    start = len(org.journal)
    done = jsforce("everyday", ids=contacts, soql=ENTITY)["value"]

    assert [r["success"] for r in (*done["updated"], *done["destroyed"], *done["emptied"])] == [True] * 6
    assert (done["merged"]["id"], done["merged"]["mergedRecordIds"]) == (contacts[0], [contacts[1]])
    assert [r["Id"] for r in done["found"]] == [contacts[2]]
    assert [r["QualifiedApiName"] for r in done["entities"]] == ["Contact"]
    assert (done["timestamp"][-1], done["username"], done["state"]) == ("Z", org.identity.username, "Open")
    assert [r.id for r in org.store.rows("Contact")] == [contacts[0], contacts[2]]
    assert {e.operation for e in org.journal.exchanges(start)} == {
        "collections.update", "collections.delete", "soap.emptyRecycleBin", "soap.merge", "soap.getServerTimestamp", "search.sosl",
        "tooling.query", "org.resources", "auth.identity", "bulk1.job.create", "bulk1.job.info", "bulk1.job.close",
    }


def test_what_simple_salesforce_does_every_day(sf: SimpleSalesforce, org: Salesforce, contacts: list[str]) -> None:
    assert sf.Contact.get_by_custom_id("Ext__c", "x1")["Id"] == contacts[1]
    assert sf.oauth2("userinfo", method="POST")["user_id"] == org.user_id
    operations = [e.operation for e in org.journal.exchanges()]

    assert operations == ["rows.read_by_key", "auth.userinfo_by_post"]
