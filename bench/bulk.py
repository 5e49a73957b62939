"""Bulk 2.0 of many contacts: CPU and memory of the mock's process, next to Python's csv module doing the bare minimum.

    python bench/bulk.py [rows]

Each server is a process of its own and gets one ingest job (15 columns, about 200 bytes a row), asked about until it ends,
its results, then one query job over all of it. Memory per record is what half as many rows more cost, everything in:
store, indexes, journal with all bodies, job data. The plain peer reads the same table into dicts and writes it again.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

ROWS = 100_000
TARGET_CPU_S, TARGET_BYTES = 30.0, 3 * 1024
COLUMNS = (
    "FirstName", "LastName", "Email", "Phone", "MobilePhone", "Title", "Department", "MailingStreet", "MailingCity",
    "MailingPostalCode", "MailingCountry", "Birthdate", "HasOptedOutOfEmail", "Description", "LeadSource",
)  # fmt: skip
TICK_S = 0.05


@dataclass(frozen=True)
class Cost:
    """CPU seconds of ingest and query, the process' memory at the end, and the longest wait of a bystander."""

    ingest_s: float
    query_s: float
    memory: int
    slowest_look_s: float


def main() -> int:
    """Serve (as a child) or measure and print; 1 when a target is missed."""
    if sys.argv[1:2] == ["--serve"]:
        serve()
        return 0
    if sys.argv[1:2] == ["--plain"]:
        return plain(int(sys.argv[2]))
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    quarter, half, whole = (measured(n) for n in (rows // 4, rows // 2, rows))
    peer = [json.loads(subprocess.check_output([sys.executable, __file__, "--plain", str(n)])) for n in (rows // 2, rows)]
    peer_bytes = (peer[1]["memory"] - peer[0]["memory"]) / (rows // 2)
    per_row = (whole.memory - half.memory) / (rows - rows // 2)
    before = (half.memory - quarter.memory) / (rows // 2 - rows // 4)
    total_s = whole.ingest_s + whole.query_s
    print(f"{rows} contacts, {len(COLUMNS)} columns     mock        csv and dicts   ratio")
    print(f"  CPU of ingest          {whole.ingest_s:7.2f} s")
    print(f"  CPU of query           {whole.query_s:7.2f} s")
    print(f"  CPU together           {total_s:7.2f} s    {peer[1]['cpu_s']:7.2f} s   {total_s / peer[1]['cpu_s']:6.1f} x   target {TARGET_CPU_S:.0f} s")
    print(f"  memory per record      {per_row:7.0f} B    {peer_bytes:7.0f} B   {per_row / peer_bytes:6.1f} x   target {TARGET_BYTES} B")
    print(f"  growth, earlier half   {before:7.0f} B per record ({per_row / before:.2f} x: 1 is linear)")
    print(f"  longest answer to a look while the job ran: {whole.slowest_look_s * 1000:.0f} ms")
    return int(total_s > TARGET_CPU_S or per_row > TARGET_BYTES)


def table(rows: int) -> bytes:
    """Return a table of contacts, each different from all others."""
    lines = [",".join(COLUMNS)]
    lines.extend(
        f'First{n},Last{n},person{n}@example.com,+48 22 {n:07d},+48 60 {n:07d},"Head of {n % 900}, acting",Team {n % 40},'
        f"Long Street {n},City {n % 3000},{n % 100:02d}-{n % 1000:03d},Poland,19{50 + n % 50}-02-03,"
        f"{'true' if n % 7 == 0 else 'false'},Met at the fair of {n},Web"
        for n in range(rows)
    )
    return ("\n".join(lines) + "\n").encode()


def measured(rows: int) -> Cost:
    """Start a server, let it do the work and return what it cost."""
    child = subprocess.Popen([sys.executable, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        told = json.loads(child.stdout.readline())
        with httpx.Client(base_url=told["url"], headers={"Authorization": f"Bearer {told['token']}"}, timeout=120, trust_env=False) as http:
            start = cpu_s(child.pid)
            slowest = ingest(http, rows)
            middle = cpu_s(child.pid)
            query(http, rows)
            end = cpu_s(child.pid)
        return Cost(middle - start, end - middle, memory(child.pid), slowest)
    finally:
        child.kill()
        child.wait()


def ingest(http: httpx.Client, rows: int) -> float:
    """Load the table; return how long the slowest look at the job took."""
    job = http.post("ingest", json={"object": "Contact", "operation": "insert"}).json()["id"]
    http.put(f"ingest/{job}/batches", content=table(rows), headers={"content-type": "text/csv"}).raise_for_status()
    http.patch(f"ingest/{job}", json={"state": "UploadComplete"}).raise_for_status()
    slowest = 0.0
    while True:
        asked = time.perf_counter()
        info = http.get(f"ingest/{job}").json()
        slowest = max(slowest, time.perf_counter() - asked)
        if info["state"] not in ("UploadComplete", "InProgress"):
            break
        time.sleep(TICK_S)
    assert (info["state"], info["numberRecordsProcessed"], info["numberRecordsFailed"]) == ("JobComplete", rows, 0), info
    assert http.get(f"ingest/{job}/successfulResults").text.count("\n") == rows + 1
    assert http.get(f"ingest/{job}/failedResults").text.count("\n") == 1
    return slowest


def query(http: httpx.Client, rows: int) -> None:
    """Read everything back."""
    soql = f"SELECT Id, {', '.join(COLUMNS)}, SystemModstamp FROM Contact"
    job = http.post("query", json={"operation": "query", "query": soql}).json()["id"]
    while http.get(f"query/{job}").json()["state"] != "JobComplete":
        pass
    locator, found = "", 0
    while locator != "null":
        page = http.get(f"query/{job}/results", params={"locator": locator} if locator else {})
        found += int(page.headers["Sforce-NumberOfRecords"])
        locator = page.headers["Sforce-Locator"]
    assert found == rows, found


def plain(rows: int) -> int:
    """Read the table into dicts and write them as CSV; print what it took."""
    data = table(rows)
    start = time.process_time()
    found = list(csv.DictReader(io.StringIO(data.decode())))
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(found)
    print(json.dumps({"cpu_s": time.process_time() - start, "memory": memory(os.getpid())}))
    return 0


def serve() -> None:
    """Serve an empty org until killed."""
    from syncproof_mocks.crm.salesforce import Salesforce
    from syncproof_mocks.server import MockApp, Servers
    from syncproof_mocks.world import World

    org = Salesforce(World(7))
    [port] = Servers().start([MockApp(org, "control")])
    print(json.dumps({"url": f"http://127.0.0.1:{port}/services/data/v59.0/jobs", "token": org.credentials()["token"]}), flush=True)
    sys.stdin.read()


def cpu_s(pid: int) -> float:
    """Return the CPU seconds of all threads of a process."""
    return sum(int(p.read_text().split()[0]) for p in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


def memory(pid: int) -> int:
    """Return the resident memory of a process in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.exit(main())
