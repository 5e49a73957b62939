"""Server CPU per request: both mocks with everything on, next to a plain FastAPI + pydantic server, in one run.

    python bench/servers.py [requests]

The plain server keeps the same contact of about twenty fields in a bare dict: no vendor rules, no authorisation, no
journal. Each server is a process of its own, the load comes from this one over kept-alive connections on loopback.
What is measured is the server's CPU time, as the kernel counts it, not how long anything took.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

PEOPLE = 1_000
CONNECTIONS = 8
ROUNDS = 3
WARM_UP = 80
PLAIN = "plain FastAPI"
SERVERS = (PLAIN, "salesforce", "hubspot")
METHODS = ("GET", "PATCH", "POST")
# The same twenty facts in each server's own words.
CRM_FIELDS = (
    "FirstName", "LastName", "Email", "Phone", "MobilePhone", "Title", "Department", "MailingStreet", "MailingCity",
    "MailingPostalCode", "MailingCountry", "Birthdate", "Segment__c", "Interests__c", "Vip__c", "Engagement_Score__c",
    "HasOptedOutOfEmail", "Description", "LeadSource", "Newsletter_Consent__c",
)  # fmt: skip
MA_FIELDS = (
    "firstname", "lastname", "email", "phone", "mobilephone", "jobtitle", "address", "city", "zip", "country",
    "birth_date", "segment", "interests", "vip", "engagement_score", "lifecyclestage", "company", "website", "state",
    "salutation",
)  # fmt: skip


@dataclass(frozen=True)
class Load:
    """What the client sends: for each method the complete requests, in turn and over again."""

    port: int
    requests: dict[str, Iterator[bytes]]

    def next(self, method: str, number: int) -> list[bytes]:
        """Return the next requests; a POST comes once, or the vendor would say that the contact exists."""
        return list(islice(self.requests[method], number))


def main() -> None:
    """Serve (as a child) or measure and print."""
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2], int(sys.argv[3]))
        return
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    print_table(measure(number))


def measure(number: int) -> dict[str, dict[str, float]]:
    """Return server -> method -> CPU microseconds per request (the best of a few rounds, interleaved)."""
    found: dict[str, dict[str, float]] = {name: {} for name in SERVERS}
    with contextlib.ExitStack() as stack:
        running = {name: stack.enter_context(started(name, number + ROUNDS * WARM_UP)) for name in SERVERS}
        pin(os.getpid(), -1)
        for _ in range(ROUNDS):
            for name, (pid, load) in running.items():
                for method in METHODS:
                    cost = asyncio.run(drive(pid, load, method, number // ROUNDS))
                    found[name][method] = min(cost, found[name].get(method, cost))
    return found


def print_table(found: dict[str, dict[str, float]]) -> None:
    """Print microseconds and the ratio to the plain server."""
    print(f"{'server CPU per request':<24}" + "".join(f"{m:>18}" for m in METHODS))
    for name, costs in found.items():
        cells = (f"{costs[m]:7.0f} us  {costs[m] / found[PLAIN][m]:5.2f} x" for m in METHODS)
        print(f"{name:<24}" + "".join(f"{c:>18}" for c in cells))


# -- the client -------------------------------------------------------------------------------------


async def drive(pid: int, load: Load, method: str, number: int) -> float:
    """Send ``number`` requests over a few connections; return the server's CPU microseconds for each."""
    await _send_all(load.port, load.next(method, WARM_UP))
    start = cpu_ns(pid)
    await _send_all(load.port, load.next(method, number))
    # The server may still be closing connections; that belongs to it.
    await asyncio.sleep(0.05)
    return (cpu_ns(pid) - start) / number / 1_000


async def _send_all(port: int, requests: list[bytes]) -> None:
    await asyncio.gather(*(_send_some(port, requests[n::CONNECTIONS]) for n in range(CONNECTIONS)))


async def _send_some(port: int, requests: list[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        if not 200 <= status < 300:
            raise RuntimeError(f"{request[:60]!r} was answered with {status}: {await reader.read(500)!r}")
        length = head.lower().find(b"content-length:")
        if length >= 0:
            await reader.readexactly(int(head[length + 15 :].split(b"\r\n", 1)[0]))
    writer.close()
    await writer.wait_closed()


def cpu_ns(pid: int) -> int:
    """Return the CPU time of all threads of a process, in nanoseconds."""
    return sum(int(p.read_text().split()[0]) for p in Path(f"/proc/{pid}/task").glob("*/schedstat"))


def pin(pid: int, number: int) -> None:
    """Keep a process on one of the CPUs there are, so that server and client do not compete; -1 is the last."""
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setaffinity(pid, {sorted(os.sched_getaffinity(0) | {0})[number]})


# -- the servers ------------------------------------------------------------------------------------


@contextlib.contextmanager
def started(name: str, posts: int) -> Iterator[tuple[int, Load]]:
    """Start one server as a process and say what to send to it."""
    child = subprocess.Popen([sys.executable, __file__, "--serve", name, str(posts)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        told = json.loads(child.stdout.readline())
        pin(child.pid, 0)
        yield child.pid, Load(told["port"], {m: cycle([r.encode() for r in told["requests"][m]]) for m in METHODS})
    finally:
        child.kill()
        child.wait()


def serve(name: str, posts: int) -> None:
    """Start a server, print what to send, and serve until killed."""
    if name == PLAIN:
        serve_plain()
    else:
        serve_mock(name, posts)


def contact(number: int, fields: tuple[str, ...]) -> dict[str, Any]:
    """Return about twenty values for a contact, by the names of one system."""
    odd = {"Email": f"p{number}@example.com", "email": f"p{number}@example.com", "Birthdate": "1980-02-03",
           "birth_date": "1980-02-03", "Vip__c": True, "vip": "true", "Engagement_Score__c": 7, "engagement_score": "7",
           "HasOptedOutOfEmail": False, "Segment__c": "A - Key", "segment": "key", "lifecyclestage": "customer",
           "LeadSource": "Web", "country": "Poland", "MailingCountry": "Poland"}  # fmt: skip
    blank = ("Interests__c", "interests", "Newsletter_Consent__c")
    return {f: odd.get(f, f"{f[:9]} {number}") for f in fields if f not in blank}


def http(method: str, path: str, token: str, body: Any = None) -> str:
    """Return a complete request."""
    data = json.dumps(body) if body is not None else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n{data}"


def say(port: int, get: list[str], patch: list[str], post: list[str]) -> None:
    """Tell the parent what to send."""
    print(json.dumps({"port": port, "requests": {"GET": get, "PATCH": patch, "POST": post}}), flush=True)


def serve_mock(name: str, posts: int) -> None:
    """Serve one vendor mock with the default mapping's fields, and people in it."""
    from syncproof.mapping.grammar import Side
    from syncproof.mapping.load import load_mapping
    from syncproof.sandbox import Sandbox, default_mapping_file

    sandbox = Sandbox(load_mapping(default_mapping_file())).start()
    side = Side.CRM if name == "salesforce" else Side.MA
    dialect, token = sandbox.on(side), sandbox.on(side).credentials()["token"]
    fields, kind = (CRM_FIELDS, "Contact") if side is Side.CRM else (MA_FIELDS, "contacts")
    now = dialect.clock.now_ms()
    ids = [dialect.seed(kind, contact(n, fields), created_ms=now, modified_ms=now).id for n in range(PEOPLE)]
    if side is Side.CRM:
        path, shown, wrap = "/services/data/v60.0/sobjects/Contact", f"?fields={','.join(fields)}", lambda v: v
    else:
        path, shown, wrap = "/crm/v3/objects/contacts", f"?properties={','.join(fields)}", lambda v: {"properties": v}
    city, title = (("MailingCity", "Title") if side is Side.CRM else ("city", "jobtitle"))
    say(
        int(sandbox.url(side).rpartition(":")[2]),
        [http("GET", f"{path}/{i}{shown}", token) for i in ids],
        [http("PATCH", f"{path}/{i}", token, wrap({city: f"Brno {n}", title: f"Boss {n}"})) for n, i in enumerate(ids)],
        [http("POST", path, token, wrap(contact(10**6 + n, fields))) for n in range(posts)],
    )
    sys.stdin.read()


def serve_plain() -> None:
    """Serve the same contact with FastAPI and pydantic alone."""
    import socket

    import uvicorn
    from fastapi import FastAPI, HTTPException
    from pydantic import BaseModel, create_model

    optional: dict[str, Any] = dict.fromkeys(MA_FIELDS, (str | int | bool | None, None))
    model: type[BaseModel] = create_model("Contact", id=(str | None, None), **optional)
    app, contacts = FastAPI(), {str(n): model(id=str(n), **contact(n, MA_FIELDS)) for n in range(PEOPLE)}

    @app.get("/contacts/{contact_id}", response_model=model)
    async def read(contact_id: str) -> Any:
        if contact_id not in contacts:
            raise HTTPException(404)
        return contacts[contact_id]

    async def change(contact_id: str, given: Any) -> Any:
        found = contacts[contact_id].model_copy(update=given.model_dump(exclude_unset=True))
        contacts[contact_id] = found
        return found

    async def create(given: Any) -> Any:
        given.id = str(len(contacts))
        contacts[given.id] = given
        return given

    for function in (change, create):
        function.__annotations__["given"] = model
    app.patch("/contacts/{contact_id}", response_model=model)(change)
    app.post("/contacts", response_model=model, status_code=201)(create)
    sock = socket.create_server(("127.0.0.1", 0))
    say(
        sock.getsockname()[1],
        [http("GET", f"/contacts/{n}", "none") for n in range(PEOPLE)],
        [http("PATCH", f"/contacts/{n}", "none", {"city": f"Brno {n}", "jobtitle": f"Boss {n}"}) for n in range(PEOPLE)],
        [http("POST", "/contacts", "none", contact(n, MA_FIELDS)) for n in range(PEOPLE)],
    )
    config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", http="httptools", loop="uvloop", ws="none")
    uvicorn.Server(config).run(sockets=[sock])


if __name__ == "__main__":
    main()
