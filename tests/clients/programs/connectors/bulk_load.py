"""A loader as people write it on salesforce-bulk: people.json into Contact, everybody read back, some updated, one deleted.

What each step brought goes to STATE_DIR/loaded.json.
"""

import json
import os
from pathlib import Path

import unicodecsv
from salesforce_bulk import BulkApiError, CsvDictsAdapter, SalesforceBulk

STATE_DIR = Path(os.environ["STATE_DIR"])
# Its own default waits for ten seconds.
SOON = 0.05
# The password that the mock hands out ends with the security token.
bulk = SalesforceBulk(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token="")


def load(job: str, rows: list) -> list:
    batch = bulk.post_batch(job, CsvDictsAdapter(iter(rows)))
    bulk.wait_for_batch(job, batch, timeout=30, sleep_interval=SOON)
    bulk.close_job(job)
    return [list(result) for result in bulk.get_batch_results(batch)]


def ask(soql: str, content_type: str = "CSV", operation: str = "query") -> list:
    job = bulk.create_job("Contact", operation, contentType=content_type)
    batch = bulk.query(job, soql)
    bulk.close_job(job)
    bulk.wait_for_batch(job, batch, timeout=30, sleep_interval=SOON)
    found = []
    for result in bulk.get_all_results_for_query_batch(batch):
        if content_type == "JSON":
            found += json.loads(b"".join(result))
        else:
            found += [dict(row) for row in unicodecsv.DictReader(result, encoding="utf-8")]
    return found


def main() -> None:
    people = json.loads((STATE_DIR / "people.json").read_text("utf-8"))
    told = {"inserted": load(bulk.create_insert_job("Contact", contentType="CSV"), people)}
    ids = [row[0] for row in told["inserted"] if row[1] == "true"]
    told["csv"] = ask("SELECT Id, LastName, MailingStreet, HasOptedOutOfEmail, CreatedDate FROM Contact ORDER BY Id")
    told["json"] = ask("SELECT Id, LastName, HasOptedOutOfEmail, CreatedDate FROM Contact ORDER BY Id", "JSON")
    changes = [{"Id": ids[0], "HasOptedOutOfEmail": "true", "Title": ""}, {"Id": ids[1], "HasOptedOutOfEmail": "", "Title": "#N/A"}]
    told["updated"] = load(bulk.create_update_job("Contact"), changes)
    told["deleted"] = load(bulk.create_delete_job("Contact"), [{"Id": ids[2]}])
    told["all"] = ask("SELECT Id, IsDeleted FROM Contact ORDER BY Id", operation="queryAll")
    upserts = [{"Tax_Id__c": "007", "Name": "Acme"}, {"Tax_Id__c": "008", "Name": "New"}]
    told["upserted"] = load(bulk.create_upsert_job("Account", external_id_name="Tax_Id__c"), upserts)
    try:
        bulk.create_insert_job("Nothing")
    except BulkApiError as error:
        told["refused"] = [error.status_code, str(error)]
    (STATE_DIR / "loaded.json").write_text(json.dumps(told))


main()
