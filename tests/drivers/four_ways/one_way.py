"""A connector that can be started in every way: five fields of contacts, Salesforce -> HubSpot, over httpx.

`python one_way.py` is one sync; `--serve` polls and takes `POST /runs`; `one_way:sync` and `one_way:sync_async` are
callables. It shares nothing with the harness. `MISTAKE=drops_edits` makes it forget about people it knows.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

FIELDS = {"FirstName": "firstname", "LastName": "lastname", "Email": "email", "Phone": "phone", "Title": "jobtitle"}
QUERY = f"SELECT Id, {', '.join(FIELDS)} FROM Contact WHERE Email != null"


def crm_headers(env: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {env['SF_ACCESS_TOKEN']}"}


def ma_headers(env: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {env['HUBSPOT_TOKEN']}"}


def ma_url(env: dict[str, str], what: str) -> str:
    return f"{env['HUBSPOT_BASE_URL']}/crm/v3/objects/contacts/batch/{what}"


class Memory:
    """Who is who, and what was sent."""

    def __init__(self, env: dict[str, str]) -> None:
        self.path = Path(env["STATE_DIR"]) / "known.json"
        self.known: dict[str, Any] = json.loads(self.path.read_text()) if self.path.exists() else {}

    def save(self) -> None:
        self.path.write_text(json.dumps(self.known))


def plan(env: dict[str, str], memory: Memory, records: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return who is not known yet, and who has changed."""
    rows = [{"Id": r["Id"], "p": {ma: r[crm] or "" for crm, ma in FIELDS.items()}} for r in records]
    new = [r for r in rows if r["Id"] not in memory.known]
    changed = [r for r in rows if r["Id"] in memory.known and memory.known[r["Id"]]["p"] != r["p"]]
    return new, [] if env.get("MISTAKE") == "drops_edits" else changed


def matched(new: list[Any], found: Any) -> tuple[list[Any], list[Any]]:
    """Return who is in HubSpot already (with the id there), and who is not."""
    known = {entry["properties"]["email"].lower(): entry for entry in found["results"]}
    there = [(r, known[r["p"]["email"].lower()]) for r in new if r["p"]["email"].lower() in known]
    missing = [r for r in new if r["p"]["email"].lower() not in known]
    return [{**r, "ma": entry["id"], "same": holds(entry, r["p"])} for r, entry in there], missing


def holds(entry: Any, wanted: dict[str, str]) -> bool:
    return all((entry["properties"].get(name) or "") == value for name, value in wanted.items())


def learn(memory: Memory, rows: list[Any], answer: Any) -> None:
    ids = {entry["properties"].get("email", "").lower(): entry["id"] for entry in answer["results"]}
    for row in rows:
        ma = row.get("ma") or (memory.known.get(row["Id"]) or {}).get("ma") or ids[row["p"]["email"].lower()]
        memory.known[row["Id"]] = {"p": row["p"], "ma": ma}


def look_up(new: list[Any]) -> dict[str, Any]:
    return {"idProperty": "email", "properties": list(FIELDS.values()), "inputs": [{"id": r["p"]["email"]} for r in new]}


def updates(memory: Memory, rows: list[Any]) -> dict[str, Any]:
    rows = [r for r in rows if not r.get("same")]
    return {"inputs": [{"id": r.get("ma") or memory.known[r["Id"]]["ma"], "properties": r["p"]} for r in rows]}


def sync(env: dict[str, str]) -> int:
    """One sync with a plain client."""
    memory = Memory(env)
    with httpx.Client(trust_env=False) as client:
        records = client.get(f"{env['SF_INSTANCE_URL']}/services/data/v59.0/query", params={"q": QUERY}, headers=crm_headers(env)).raise_for_status().json()["records"]
        new, changed = plan(env, memory, records)

        def post(what: str, body: Any) -> Any:
            return client.post(ma_url(env, what), json=body, headers=ma_headers(env)).raise_for_status().json()

        there, missing = matched(new, post("read", look_up(new or [{"p": {"email": "nobody@example.com"}}])))
        if missing:
            learn(memory, missing, post("create", {"inputs": [{"properties": r["p"]} for r in missing]}))
        body = updates(memory, there + changed)
        learn(memory, there + changed, post("update", body) if body["inputs"] else {"results": []})
    memory.save()
    print(f"{len(new)} new, {len(changed)} changed", flush=True)
    return 0


async def sync_async(env: dict[str, str]) -> int:
    """The same with an asynchronous client."""
    memory = Memory(env)
    async with httpx.AsyncClient(trust_env=False) as client:
        url = f"{env['SF_INSTANCE_URL']}/services/data/v59.0/query"
        records = (await client.get(url, params={"q": QUERY}, headers=crm_headers(env))).raise_for_status().json()["records"]
        new, changed = plan(env, memory, records)

        async def post(what: str, body: Any) -> Any:
            return (await client.post(ma_url(env, what), json=body, headers=ma_headers(env))).raise_for_status().json()

        there, missing = matched(new, await post("read", look_up(new or [{"p": {"email": "nobody@example.com"}}])))
        if missing:
            learn(memory, missing, await post("create", {"inputs": [{"properties": r["p"]} for r in missing]}))
        body = updates(memory, there + changed)
        learn(memory, there + changed, await post("update", body) if body["inputs"] else {"results": []})
        await asyncio.sleep(0)
    memory.save()
    return 0


def serve(env: dict[str, str]) -> None:
    """Poll, and run when asked to."""
    asked, done = threading.Event(), [0]

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.set()
            self.answer({"run": {"number": done[0] + 1}})

        def do_GET(self) -> None:
            self.answer({"runs": [{"state": "done" if done[0] >= int(self.path.rpartition("/")[2]) else "at work", "code": 0}]})

        def answer(self, content: Any) -> None:
            body = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", int(env["PORT"])), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    poll_s = float(env.get("POLL_S", "0"))
    while True:
        if asked.wait(poll_s or None) or poll_s:
            asked.clear()
            sync(env)
            done[0] += 1


if __name__ == "__main__":
    if "--serve" in sys.argv:
        serve(dict(os.environ))
    else:
        sys.exit(sync(dict(os.environ)))
