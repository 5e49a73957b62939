"""salesforce-bulk 2.2.0 in a small loader: a login by SOAP at the vendor's own host, Bulk 1.0 in CSV and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.journal import Actor, Row

from .conftest import Program

pytestmark = pytest.mark.slow
PEOPLE = [
    {"LastName": 'Żółć "Ž", s.r.o.', "Title": "x", "MailingStreet": "Długa 1\nm. 2", "Email": "Lucja@Example.com"},
    {"LastName": "🐙 <b>&amp;</b>", "Title": "y", "MailingStreet": "", "Email": ""},
    {"LastName": "Refused", "Title": "z", "MailingStreet": "", "Email": "no address"},
    {"LastName": "=1+1", "Title": "#N/A", "MailingStreet": " ", "Email": ""},
]


@dataclass
class Loaded:
    """What the loader wrote down, the org after it, and what the journal has of it."""

    told: dict[str, Any]
    org: Salesforce
    rows: dict[str, Row]
    program: Program
    hosts: set[str]
    refused: list[str]
    not_understood: list[str]
    operations: list[str | None]


@pytest.fixture(scope="module")
def loaded(program: Callable[[str], Program]) -> Loaded:
    loader = program("salesforce_bulk")
    org = loader.sandbox.crm
    assert isinstance(org, Salesforce)
    now = org.clock.now_ms()
    loader.sandbox.call(lambda: org.seed("Account", {"Name": "Old", "Tax_Id__c": "007"}, created_ms=now, modified_ms=now))
    loader.state_dir.mkdir()
    (loader.state_dir / "people.json").write_text(json.dumps(PEOPLE))
    loader.sync()
    told = json.loads((loader.state_dir / "loaded.json").read_text())
    rows = {str(row.values["LastName"]): row for row in org.store.rows("Contact", deleted=True)}
    return Loaded(told, org, rows, loader, loader.hosts(), loader.refused(), loader.not_understood(),
                  [e.operation for e in loader.exchanges()])  # fmt: skip


def test_it_logs_in_by_soap_and_loads_at_the_orgs_own_host(loaded: Loaded) -> None:
    assert loaded.hosts == {"login.salesforce.com", loaded.org.vendor_host}
    assert loaded.operations[0] == "soap.login"
    assert loaded.not_understood == []


def test_each_row_of_a_load_has_its_fate_and_a_refused_one_does_not_stop_the_others(loaded: Loaded) -> None:
    fates = loaded.told["inserted"]

    assert [row[1:3] for row in fates] == [["true", "true"], ["true", "true"], ["false", "false"], ["true", "true"]]
    assert fates[2][3].startswith("INVALID_EMAIL_ADDRESS:Email: invalid email address: no address:Email")
    assert [row[0] for row in fates if row[0]] == [loaded.rows[p["LastName"]].id for p in PEOPLE if p["LastName"] != "Refused"]
    assert "Refused" not in loaded.rows


def test_what_it_loaded_stands_in_the_store_as_it_was_sent(loaded: Loaded) -> None:
    first, octopus, formula = (loaded.rows[PEOPLE[at]["LastName"]].values for at in (0, 1, 3))

    # An address is kept in small letters; an empty cell is no value, and so are #N/A and blanks alone.
    assert (first["Email"], first["MailingStreet"]) == ("lucja@example.com", "Długa 1\nm. 2")
    assert (octopus["Email"], octopus["MailingStreet"]) == (None, None)
    assert (formula["Title"], formula["MailingStreet"]) == (None, None)


def test_csv_and_json_tell_the_same_in_their_own_types(loaded: Loaded) -> None:
    as_csv, as_json = loaded.told["csv"], loaded.told["json"]

    assert [r["LastName"] for r in as_csv] == [r["LastName"] for r in as_json] == [p["LastName"] for p in PEOPLE if p["Title"] != "z"]
    assert as_csv[0]["MailingStreet"] == PEOPLE[0]["MailingStreet"]
    assert {(r["HasOptedOutOfEmail"]) for r in as_csv} == {"false"}
    assert {r["HasOptedOutOfEmail"] for r in as_json} == {False}
    # Moments: text in CSV, milliseconds in JSON.
    assert as_csv[0]["CreatedDate"].endswith("000Z")
    assert as_json[0]["CreatedDate"] == loaded.rows[as_json[0]["LastName"]].created_ms // 1000 * 1000


def test_an_update_carries_an_opt_out_and_an_empty_cell_changes_nothing(loaded: Loaded) -> None:
    opted_out, other = loaded.rows[PEOPLE[0]["LastName"]].values, loaded.rows[PEOPLE[1]["LastName"]].values

    assert [row[1:] for row in loaded.told["updated"]] == [["true", "false", ""]] * 2
    assert (opted_out["HasOptedOutOfEmail"], opted_out["Title"]) == (True, "x")
    assert (other["HasOptedOutOfEmail"], other["Title"]) == (False, None)


def test_the_deleted_one_is_in_the_recycle_bin_and_query_all_sees_it(loaded: Loaded) -> None:
    gone = loaded.rows[PEOPLE[3]["LastName"]]

    assert gone.deleted
    assert [r["Id"] for r in loaded.told["all"] if r["IsDeleted"] == "true"] == [gone.id]
    assert len(loaded.told["all"]) == 3


def test_an_upsert_finds_its_record_by_external_id_or_makes_one(loaded: Loaded) -> None:
    assert [row[1:3] for row in loaded.told["upserted"]] == [["true", "false"], ["true", "true"]]
    assert {r.values["Tax_Id__c"]: r.values["Name"] for r in loaded.org.store.rows("Account")} == {"007": "Acme", "008": "New"}


def test_an_object_that_is_not_there_is_refused_in_the_words_of_this_api_and_nothing_else_is(loaded: Loaded) -> None:
    status, text = loaded.told["refused"]

    assert status == 400
    assert "<exceptionCode>InvalidEntity</exceptionCode>" in text
    assert [line.partition(":")[0] for line in loaded.refused] == ["POST /services/async/40.0/job"]


def test_whatever_changed_was_changed_by_the_connector(loaded: Loaded) -> None:
    changes = list(loaded.org.journal.changes())
    people = [c for c in changes if c.kind == "Contact" and c.actor is Actor.CONNECTOR]

    assert len(people) == 3 + 2 + 1
    assert all(c.exchange is not None for c in people)
