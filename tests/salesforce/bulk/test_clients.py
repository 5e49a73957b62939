"""Unmodified clients over both Bulk APIs: simple-salesforce and, where it is installed, jsforce (probes 17 and 18)."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from simple_salesforce import Salesforce as SimpleSalesforce
from simple_salesforce.exceptions import SalesforceGeneralError, SalesforceMalformedRequest, SalesforceOperationError
from syncproof_mocks.crm.salesforce import Salesforce

NODE = Path(__file__).parents[2] / "connectors" / "node"


def test_ingest_with_simple_salesforce(sf: SimpleSalesforce, org: Salesforce) -> None:
    """Probe 17."""
    [done] = sf.bulk2.Contact.insert(records=[{"LastName": "Zoë", "FirstName": "a"}, {"LastName": "", "FirstName": "b"}], wait=0.01)
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"], done["numberRecordsTotal"]) == (2, 1, 2)
    [bad] = csv.DictReader(io.StringIO(sf.bulk2.Contact.get_failed_records(done["job_id"])))
    assert bad["sf__Error"].startswith("REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --")
    [good] = csv.DictReader(io.StringIO(sf.bulk2.Contact.get_successful_records(done["job_id"])))
    assert org.store.get("Contact", good["sf__Id"]).values["LastName"] == "Zoë"
    assert sf.bulk2.Contact.get_unprocessed_records(done["job_id"]).strip() in ('"LastName","FirstName"', '"FirstName","LastName"')


def test_an_unknown_column_with_simple_salesforce(sf: SimpleSalesforce) -> None:
    """Probe 17."""
    with pytest.raises(SalesforceOperationError, match="InvalidBatch : Field name not found : Foo__c"):
        sf.bulk2.Contact.insert(records=[{"LastName": "A", "Foo__c": "1"}], wait=0.01)


def test_other_operations_with_simple_salesforce(sf: SimpleSalesforce, org: Salesforce, contacts: list[str]) -> None:
    sf.bulk2.Contact.update(records=[{"Id": contacts[0], "Title": "T"}], wait=0.01)
    sf.bulk2.Contact.upsert(records=[{"Ext__c": "x1", "Title": "U"}], external_id_field="Ext__c", wait=0.01)
    sf.bulk2.Contact.delete(records=[{"Id": contacts[2]}], wait=0.01)
    rows = [org.store.get("Contact", i, deleted=True) for i in contacts[:3]]
    assert [(r.values["Title"], r.deleted) for r in rows] == [("T", False), ("U", False), (None, True)]


def test_pages_of_a_query_with_simple_salesforce(sf: SimpleSalesforce, org: Salesforce) -> None:
    """Probe 18."""
    chunks = list(sf.bulk2.Contact.query("SELECT Id, LastName FROM Contact", max_records=2, wait=0.01))
    assert [c.count("\n") - 1 for c in chunks] == [2, 2, 1]
    pages = [e for e in org.journal.exchanges() if e.operation == "bulk2.query.results"]
    assert [dict(p.response_headers)["Sforce-Locator"] == "null" for p in pages] == [False, False, True]


def test_a_compound_field_with_simple_salesforce(sf: SimpleSalesforce) -> None:
    with pytest.raises(SalesforceMalformedRequest, match="Selecting compound data not supported in Bulk Query"):
        list(sf.bulk2.Contact.query("SELECT MailingAddress FROM Contact", wait=0.01))


@pytest.fixture
def sf1(sf: SimpleSalesforce, org: Salesforce) -> SimpleSalesforce:
    org.switch("bulk_polls", 0)  # this client sleeps five seconds after each InProgress
    return sf


def test_bulk_1_with_simple_salesforce(sf1: SimpleSalesforce, org: Salesforce, contacts: list[str]) -> None:
    made = sf1.bulk.Contact.insert([{"LastName": "A"}, {"FirstName": "x"}], batch_size=1)
    assert [(r["success"], r["created"]) for r in made] == [(True, True), (False, False)]
    assert made[1]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert sf1.bulk.Contact.upsert([{"Ext__c": "x0", "Title": "T"}], "Ext__c")[0]["created"] is False
    detailed = sf1.bulk.Contact.update([{"Id": contacts[1], "Title": "D"}], include_detailed_results=True)
    assert (detailed[0]["success"], detailed[0]["Title"]) == (True, "D")
    assert sf1.bulk.Contact.delete([{"Id": contacts[2]}])[0]["success"] is True
    rows = [r for page in sf1.bulk.Contact.query("SELECT Id, Title, CreatedDate FROM Contact", lazy_operation=True) for r in page]
    assert {r["Id"]: r["Title"] for r in rows}[contacts[0]] == "T"
    assert all(isinstance(r["CreatedDate"], int) for r in rows)
    assert len(sf1.bulk.Contact.query_all("SELECT Id FROM Contact")) == len(rows) + 1
    assert org.store.get("Contact", contacts[1]).values["Title"] == "D"


def test_a_failed_batch_with_simple_salesforce(sf1: SimpleSalesforce) -> None:
    with pytest.raises(SalesforceGeneralError, match="Selecting compound data"):
        sf1.bulk.Contact.query("SELECT MailingAddress FROM Contact")


SCRIPT = """
import jsforce from 'jsforce';
const { Connection } = jsforce;
const conn = new Connection({ instanceUrl: process.env.URL, accessToken: process.env.TOKEN, version: '59.0' });
for (const api of [conn.bulk, conn.bulk2]) { api.pollInterval = 20; api.pollTimeout = 20000; }
const out = {};
out.loaded = await conn.bulk2.loadAndWaitForResults({ object: 'Contact', operation: 'insert',
  input: [{ LastName: 'J1', FirstName: null }, { LastName: null, FirstName: 'x' }], pollInterval: 20 });
const stream = await conn.bulk2.query('SELECT Id, LastName FROM Contact', { pollInterval: 20, pollTimeout: 20000 });
out.rows = (await stream.toArray()).length;
out.bulk1 = await conn.bulk.load('Contact', 'insert', [{ LastName: 'J2', DoNotCall: true }, { FirstName: 'y' }]);
const records = [];
await new Promise((ok, no) => conn.bulk.query("SELECT Id, LastName FROM Contact WHERE LastName = 'J2'")
  .then((s) => s.on('record', (r) => records.push(r)).on('end', ok).on('error', no)).catch(no));
out.records = records;
try { await conn.bulk2.loadAndWaitForResults({ object: 'Contact', operation: 'insert', input: [{ Foo__c: '1' }] }); }
catch (e) { out.failed = e.message; }
console.log(JSON.stringify(out));
"""


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("there is no `node` in PATH")
    if not (NODE / "node_modules" / "jsforce").is_dir():
        pytest.skip(f"jsforce is not installed in {NODE}; its own tests install it")
    return found


def test_both_apis_with_jsforce(node: str, org: Salesforce) -> None:
    """Probes 17 and 18: a load, and a query that ends because the last page says `null`."""
    environment = {"URL": org.base_url, "TOKEN": org.credentials()["token"], "PATH": str(Path(node).parent)}
    done = subprocess.run([node, "--input-type=module", "-e", SCRIPT], cwd=NODE, env=environment, capture_output=True,
                          text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    out: dict[str, Any] = json.loads(done.stdout)
    [good], [bad] = out["loaded"]["successfulResults"], out["loaded"]["failedResults"]
    assert org.store.get("Contact", good["sf__Id"]).values["LastName"] == "J1"
    assert bad["sf__Error"].startswith("REQUIRED_FIELD_MISSING:")
    assert out["loaded"]["unprocessedRecords"] == []
    assert out["rows"] == 6
    assert [(r["success"], r["created"]) for r in out["bulk1"]] == [(True, True), (False, False)]
    assert out["bulk1"][1]["errors"] == ["REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"]
    assert out["records"] == [{"Id": out["bulk1"][0]["id"], "LastName": "J2"}]
    assert out["failed"] == "Ingest job failed to complete due to: InvalidBatch : Field name not found : Foo__c"
