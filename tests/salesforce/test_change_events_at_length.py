"""Many change events: long replays and bulk loads miss nothing and repeat nothing."""

from __future__ import annotations

import httpx
from syncproof_mocks.crm.salesforce import Salesforce
from tests.salesforce.test_change_events import body, comet, header
from tests.salesforce.test_streaming import CONTACTS, Comet

__all__ = ["comet"]


def test_a_long_replay_comes_in_parts_that_miss_nothing(comet: Comet, org: Salesforce, http: httpx.Client) -> None:
    for start in range(0, 1200, 200):
        records = [{"attributes": {"type": "Contact"}, "LastName": f"N{start + n}"} for n in range(200)]
        http.post("composite/sobjects", json={"records": records})
    comet.begin(CONTACTS, -2)
    names: list[str] = []
    parts = 0
    while found := [a["data"] for a in comet.connect(advice={"timeout": 0}) if "data" in a]:
        parts += 1
        names += [body(e)["Name"]["LastName"] for e in found]

    assert names == [f"N{n}" for n in range(1200)]
    assert parts > 1


def test_a_bulk_load_that_is_saved_bit_by_bit_is_told_whole_and_once(
    comet: Comet, org: Salesforce, http: httpx.Client
) -> None:
    comet.begin(CONTACTS)
    named = {"Sforce-Call-Options": "client=loader"}
    job = http.post("jobs/ingest", json={"object": "Contact", "operation": "insert"}).json()["id"]
    rows = "LastName\n" + "".join(f"N{n}\n" for n in range(4500))
    http.put(f"jobs/ingest/{job}/batches", content=rows, headers={**named, "Content-Type": "text/csv"})
    http.patch(f"jobs/ingest/{job}", json={"state": "UploadComplete"}, headers=named)
    names, origins = [], set()
    while found := [a["data"] for a in comet.connect() if "data" in a]:
        names += [body(e)["Name"]["LastName"] for e in found]
        origins |= {header(e)["changeOrigin"] for e in found}
        if len(names) >= 4500:
            break

    assert names == [f"N{n}" for n in range(4500)]
    assert origins == {"com/salesforce/api/bulkapi/59.0;client=loader"}
