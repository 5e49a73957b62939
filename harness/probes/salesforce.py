"""Parity probes of Salesforce: section 5 of the research, asked over plain HTTP (the clients' own are in tests/clients).

An org needs nothing but its standard fields; probes of custom set-ups (external ids, duplicate rules) look for what the
org has and say when it has none.
"""

from __future__ import annotations

import time
from typing import Any

from syncproof_mocks.dialect import Dialect
from syncproof_mocks.schema import FieldInfo, FieldType

from . import _salesforce_setup
from ._salesforce_setup import demanded
from .probing import Account, Answer, Facts, NotSeenError, Suite, Target

VERSION = "v59.0"
BASE = f"/services/data/{VERSION}"
CONTACT = f"{BASE}/sobjects/Contact"
_NEVER = "003000000000999AAA"
_suite = Suite()
probe = _suite.probe
_RULES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("duplicate_rules", {"kind": "Contact", "name": "Probe", "action": "alert"}),
    ("queues", {"name": "Probe", "developer_name": "Probe"}),
    ("assignment_rules", {"name": "Probe", "entries": [{"assign_to": "Probe", "formula": 'BEGINS(Company, "Assigned")'}]}),
)


def furnish(dialect: Dialect) -> None:
    """Give a mock the fields and rules that a live org is searched for."""
    for name, unique in (("Probe_Key__c", False), ("Probe_Unique__c", True)):
        dialect.add_field("Contact", FieldInfo(name, name, FieldType.TEXT, "string", 40, external_id=True, unique=unique, custom=True))
    for what, entry in _RULES:
        dialect.declare(what, dialect.declarations[what].model_validate(entry))


def identify(target: Target) -> Account:
    """Return what the org says of itself: a sandbox, a developer edition, a scratch org, or somebody's business."""
    answer = query(target, "SELECT IsSandbox, OrganizationType, TrialExpirationDate FROM Organization")
    try:
        org = answer.json["records"][0]
    except (TypeError, KeyError, IndexError):
        raise NotSeenError(f"the query of Organization was answered with {answer.status}") from None
    edition = str(org.get("OrganizationType"))
    text = f"a {'sandbox' if org.get('IsSandbox') else 'production org'} ({edition})"
    return Account(org.get("IsSandbox") is True or edition == "Developer Edition", text)


def query(target: Target, soql: str, *, everything: bool = False, batch: int | None = None) -> Answer:
    """Ask one SOQL query."""
    headers = {"Sforce-Query-Options": f"batchSize={batch}"} if batch else None
    return target.ask("GET", f"{BASE}/{'queryAll' if everything else 'query'}", params={"q": soql}, headers=headers)


def contact(target: Target, **values: Any) -> str:
    """Make a contact and return its id."""
    answer = target.ask("POST", CONTACT, json={**demanded(target, "Contact"), "LastName": target.marker, **values})
    if answer.status != 201:
        raise NotSeenError(f"no contact could be made: {answer.status} {answer.first('errorCode')}: {answer.first('message')}")
    record_id = str(answer.first("id"))
    return target.made(record_id, "DELETE", f"{CONTACT}/{record_id}")


def _record(target: Target) -> dict[str, Any]:
    return {"attributes": {"type": "Contact"}, **demanded(target, "Contact")}


def error(answer: Answer) -> list[Any]:
    """Return status and error code of an answer."""
    return [answer.status, answer.first("errorCode")]


@probe("3", "a session that nobody has", refusal=[401, "INVALID_SESSION_ID"], compact=True)
def _session(target: Target) -> Facts:
    answer = target.ask("GET", f"{BASE}/limits", headers={"Authorization": "Bearer 00D000000000001!AQ.none"})
    return {"refusal": error(answer), "compact": '"errorCode":"INVALID_SESSION_ID"' in answer.text}


@probe("4", "a contact is created: lower-case address, defaults, stamps", evidence="recording", email="<marker>@x.io", opted_out=False,
       stamps_equal=True, form="<time>")  # fmt: skip
def _create(target: Target) -> Facts:
    record_id = contact(target, Email=f"{target.marker.upper()}@X.io")
    row = target.ask("GET", f"{CONTACT}/{record_id}").json
    return {"email": row["Email"], "opted_out": row["HasOptedOutOfEmail"], "form": row["CreatedDate"],
            "stamps_equal": row["CreatedDate"] == row["LastModifiedDate"] == row["SystemModstamp"]}  # fmt: skip


@probe("5", "a required field is missing", evidence="recording", refusal=[400, "REQUIRED_FIELD_MISSING"],
       message="Required fields are missing: [LastName]", fields=["LastName"])  # fmt: skip
def _required(target: Target) -> Facts:
    answer = target.ask("POST", CONTACT, json={**demanded(target, "Contact"), "FirstName": "Z"})
    if answer.status == 201:
        target.made(str(answer.first("id")), "DELETE", f"{CONTACT}/{answer.first('id')}")
    return {"refusal": error(answer), "message": answer.first("message"), "fields": answer.first("fields")}


@probe("6", "a record is found by its 15 and its 18 characters", lengths=[18, 18], same=True)
def _ids(target: Target) -> Facts:
    record_id = contact(target)
    long, short = (target.ask("GET", f"{CONTACT}/{key}").first("Id") for key in (record_id, record_id[:15]))
    return {"lengths": [len(long or ""), len(short or "")], "same": long == short}


@probe("7", "an upsert by an external id: created, then found; 204 before version 46", first=[201, True], again=[200, False], old=204)
def _upsert(target: Target) -> Facts:
    path = f"{CONTACT}/{_external_field(target)}/{target.marker}"
    first = target.ask("PATCH", path, json={**demanded(target, "Contact"), "LastName": target.marker})
    if first.status == 201:
        target.made(str(first.first("id")), "DELETE", f"{CONTACT}/{first.first('id')}")
    again = target.ask("PATCH", path, json={"LastName": target.marker})
    old = target.ask("PATCH", path.replace(VERSION, "v45.0"), json={"LastName": target.marker})
    return {"first": [first.status, first.first("created")], "again": [again.status, again.first("created")], "old": old.status}


@probe("8", "an external id that two records share", status=300, choices=2, texts=True)
def _choices(target: Target) -> Facts:
    field = _external_field(target)
    for _ in range(2):
        contact(target, **{field: f"{target.marker}d"})
    answer = target.ask("PATCH", f"{CONTACT}/{field}/{target.marker}d", json={"FirstName": "N"})
    body = answer.json if isinstance(answer.json, list) else []
    return {"status": answer.status, "choices": len(body), "texts": all(isinstance(x, str) for x in body)}


@probe("10", "deleted twice; hidden from query, shown by queryAll", evidence="recording", statuses=[204, 404], again="ENTITY_IS_DELETED",
       hidden=0, shown=[True])  # fmt: skip
def _delete(target: Target) -> Facts:
    record_id = contact(target)
    first = target.ask("DELETE", f"{CONTACT}/{record_id}")
    again = target.ask("DELETE", f"{CONTACT}/{record_id}")
    soql = f"SELECT Id, IsDeleted FROM Contact WHERE Id = '{record_id}'"
    everything = query(target, soql, everything=True).json["records"]
    return {"statuses": [first.status, again.status], "again": again.first("errorCode"), "hidden": query(target, soql).first("totalSize"),
            "shown": [r["IsDeleted"] for r in everything]}  # fmt: skip


@probe("11", "a query in pages tells the whole number first", first=[False, 201, 200], rest=[True, 1])
def _pages(target: Target) -> Facts:
    for start in (0, 200):
        records = [{**_record(target), "LastName": target.marker, "FirstName": f"P{n}"} for n in range(start, min(start + 200, 201))]
        answer = target.ask("POST", f"{BASE}/composite/sobjects", json={"allOrNone": True, "records": records})
        for saved in answer.json or ():
            target.made(saved["id"], "DELETE", f"{CONTACT}/{saved['id']}")
    first = query(target, f"SELECT Id FROM Contact WHERE LastName = '{target.marker}'", batch=200).json
    rest = target.ask("GET", first["nextRecordsUrl"]).json
    return {"first": [first["done"], first["totalSize"], len(first["records"])], "rest": [rest["done"], len(rest["records"])]}


@probe("12", "field names come back in the vendor's own case", evidence="client run", keys=["attributes", "Id", "LastName", "Account"], account=None)
def _case(target: Target) -> Facts:
    record_id = contact(target, Email=f"{target.marker}c@x.io")
    found = query(target, f"SELECT id, lastname, Account.Name FROM contact WHERE email IN ('{target.marker.upper()}C@X.IO') AND Id = '{record_id}'")
    [row] = found.json["records"]
    return {"keys": list(row), "account": row["Account"]}


@probe("13", "six ways to write a moment mean the same; in quotes it is refused", evidence="client run", found=[1, 1, 1, 1, 1, 1],
       quoted=[400, "INVALID_FIELD"])  # fmt: skip
def _moments(target: Target) -> Facts:
    record_id = contact(target)
    shapes = ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00.000000Z", "2020-01-01T00:00:00.000+00:00", "2020-01-01T02:00:00+02:00",
              "2020-01-01T00:00:00.000+0000", "2020-01-01T00:00:00.000Z")  # fmt: skip
    ask = f"SELECT Id FROM Contact WHERE Id = '{record_id}' AND CreatedDate > "
    return {"found": [query(target, ask + s).first("totalSize") for s in shapes], "quoted": error(query(target, f"{ask}'{shapes[0]}'"))}


@probe("14", "a count, and LIKE without regard to case", count=[1, []], like=1)
def _count(target: Target) -> Facts:
    contact(target, FirstName="Zoë")
    counted = query(target, f"SELECT COUNT() FROM Contact WHERE LastName = '{target.marker}'")
    like = query(target, f"SELECT Id FROM Contact WHERE LastName LIKE '{target.marker[:-1].upper()}_'")
    return {"count": [counted.first("totalSize"), counted.first("records")], "like": like.first("totalSize")}


@probe("15", "a collection saves what it can, or nothing", status=200, each=[True, False], why="REQUIRED_FIELD_MISSING",
       rolled_back="ALL_OR_NONE_OPERATION_ROLLED_BACK", retrieved=[True, False])  # fmt: skip
def _collection(target: Target) -> Facts:
    records = [{**_record(target), "LastName": target.marker}, {**_record(target), "FirstName": "x"}]
    loose = target.ask("POST", f"{BASE}/composite/sobjects", json={"allOrNone": False, "records": records})
    record_id = loose.json[0]["id"]
    target.made(record_id, "DELETE", f"{CONTACT}/{record_id}")
    strict = target.ask("POST", f"{BASE}/composite/sobjects", json={"allOrNone": True, "records": records})
    fetched = target.ask("GET", f"{BASE}/composite/sobjects/Contact", params={"ids": f"{record_id},{_NEVER}", "fields": "Id"})
    return {"status": loose.status, "each": [r["success"] for r in loose.json], "why": loose.json[1]["errors"][0]["statusCode"],
            "rolled_back": strict.json[0]["errors"][0]["statusCode"], "retrieved": [r is not None for r in fetched.json]}  # fmt: skip


@probe("16", "a composite request: references, and all or nothing", statuses=[201, 204], halted=["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING"])
def _composite(target: Target) -> Facts:
    first = {"method": "POST", "url": CONTACT, "referenceId": "one", "body": {**demanded(target, "Contact"), "LastName": target.marker}}
    good = {"method": "PATCH", "url": f"{CONTACT}/@{{one.id}}", "referenceId": "two", "body": {"FirstName": "C"}}
    bad = {"method": "POST", "url": CONTACT, "referenceId": "two", "body": {**demanded(target, "Contact"), "FirstName": "C"}}
    done = target.ask("POST", f"{BASE}/composite", json={"allOrNone": True, "compositeRequest": [first, good]}).json["compositeResponse"]
    target.made(done[0]["body"]["id"], "DELETE", f"{CONTACT}/{done[0]['body']['id']}")
    halted = target.ask("POST", f"{BASE}/composite", json={"allOrNone": True, "compositeRequest": [first, bad]}).json["compositeResponse"]
    return {"statuses": [r["httpStatusCode"] for r in done], "halted": [r["body"][0]["errorCode"] for r in halted]}


@probe("17", "a bulk ingest job tells which rows failed and why", state="JobComplete", counted=[2, 1],
       why="REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --")  # fmt: skip
def _ingest(target: Target) -> Facts:
    jobs = f"{BASE}/jobs/ingest"
    job = _job(target, jobs, {"object": "Contact", "operation": "insert", "contentType": "CSV", "lineEnding": "LF"})
    more = demanded(target, "Contact")
    names, cells = ",".join(["LastName", "FirstName", *more]), ",".join(["", *map(str, more.values())])
    table = f"{names}\n{target.marker},ok{cells}\n,bad{cells}\n"
    target.ask("PUT", f"{jobs}/{job}/batches", content=table, headers={"Content-Type": "text/csv"})
    target.ask("PATCH", f"{jobs}/{job}", json={"state": "UploadComplete"})
    info = _finished(target, f"{jobs}/{job}")
    for row in target.ask("GET", f"{jobs}/{job}/successfulResults").text.splitlines()[1:]:
        record_id = row.split(",")[0].strip('"')
        target.made(record_id, "DELETE", f"{CONTACT}/{record_id}")
    failed = target.ask("GET", f"{jobs}/{job}/failedResults").text.splitlines()[1:]
    why = failed[0].split('","')[1] if failed else ""
    return {"state": info["state"], "counted": [info["numberRecordsProcessed"], info["numberRecordsFailed"]], "why": why}


@probe("18", "the last page of a bulk query is told by the word null", evidence="client run", state="JobComplete", locator="null", number="1")
def _bulk_query(target: Target) -> Facts:
    contact(target)
    jobs = f"{BASE}/jobs/query"
    job = _job(target, jobs, {"operation": "query", "query": f"SELECT Id FROM Contact WHERE LastName = '{target.marker}'"})
    info = _finished(target, f"{jobs}/{job}")
    page = target.ask("GET", f"{jobs}/{job}/results")
    return {"state": info["state"], "locator": page.headers.get("sforce-locator"), "number": page.headers.get("sforce-numberofrecords")}


@probe("20", "a lead is converted over SOAP and can be changed no more", converted=True, later=[400, "CANNOT_UPDATE_CONVERTED_LEAD"])
def _convert(target: Target) -> Facts:
    made = target.ask("POST", f"{BASE}/sobjects/Lead", json={**demanded(target, "Lead"), "LastName": target.marker, "Company": target.marker},
                      headers={"Sforce-Auto-Assign": "FALSE"})  # fmt: skip
    lead = target.made(str(made.first("id")), "DELETE", f"{BASE}/sobjects/Lead/{made.first('id')}")
    statuses = query(target, "SELECT ApiName FROM LeadStatus WHERE IsConverted = true LIMIT 1").json["records"]
    if not statuses:
        raise NotSeenError("no lead status of this org means converted")
    token = target.http.headers["authorization"].partition(" ")[2]
    body = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com">'
        f"<e:Header><SessionHeader><sessionId>{token}</sessionId></SessionHeader></e:Header><e:Body><convertLead><leadConverts>"
        f"<leadId>{lead}</leadId><convertedStatus>{statuses[0]['ApiName']}</convertedStatus>"
        "<doNotCreateOpportunity>true</doNotCreateOpportunity></leadConverts></convertLead></e:Body></e:Envelope>"
    )
    answer = target.ask("POST", f"/services/Soap/u/{VERSION[1:]}", content=body, headers={"Content-Type": "text/xml", "SOAPAction": '""'})
    if "REQUIRED_FIELD_MISSING" in answer.text:
        raise NotSeenError("this org demands fields of its own that a conversion does not fill")
    for kind, tag in (("Account", "accountId"), ("Contact", "contactId")):
        if f"<{tag}>" in answer.text:
            record_id = answer.text.partition(f"<{tag}>")[2].partition("<")[0]
            target.made(record_id, "DELETE", f"{BASE}/sobjects/{kind}/{record_id}")
    later = target.ask("PATCH", f"{BASE}/sobjects/Lead/{lead}", json={"FirstName": "x"})
    return {"converted": "<success>true</success>" in answer.text, "later": error(later)}


@probe("open", "what blanks around a text, an empty text and a write of nothing do", evidence="assumed", trimmed="Ann", blank=None, touched=True)
def _blanks(target: Target) -> Facts:
    record_id = contact(target, FirstName="  Ann  ", Department="")
    row = target.ask("GET", f"{CONTACT}/{record_id}").json
    # Stamps have whole seconds.
    time.sleep(1.1)
    target.ask("PATCH", f"{CONTACT}/{record_id}", json={"FirstName": "Ann"})
    later = target.ask("GET", f"{CONTACT}/{record_id}").json
    return {"trimmed": row["FirstName"], "blank": row["Department"], "touched": later["LastModifiedDate"] != row["LastModifiedDate"]}


@probe("open", "what unequal means for a blank field", evidence="assumed", unequal=1, not_in=1)
def _nulls(target: Target) -> Facts:
    record_id = contact(target)
    ask = f"SELECT Id FROM Contact WHERE Id = '{record_id}' AND Department "
    return {"unequal": query(target, f"{ask}!= 'x'").first("totalSize"), "not_in": query(target, f"{ask}NOT IN ('x')").first("totalSize")}


def _external_field(target: Target) -> str:
    if "external" not in target.notes:
        fields = target.ask("GET", f"{CONTACT}/describe").json["fields"]
        target.notes["external"] = next(
            (f["name"] for f in fields if f["externalId"] and f["createable"] and f["type"] == "string" and not f.get("unique")), "")
    if not target.notes["external"]:
        raise NotSeenError("Contact has no text field that is an external id and may repeat")
    return str(target.notes["external"])


def _job(target: Target, path: str, body: dict[str, Any]) -> str:
    answer = target.ask("POST", path, json=body)
    if answer.status != 200:
        raise NotSeenError(f"no job could be made: {error(answer)}")
    job = str(answer.first("id"))
    target.known(job, "<job>")
    return job


def _finished(target: Target, path: str) -> dict[str, Any]:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        info: dict[str, Any] = target.ask("GET", path).json
        if info["state"] in ("JobComplete", "Failed", "Aborted"):
            return info
        time.sleep(0.05 if target.name != "live" else 2)
    raise NotSeenError("the job did not end in two minutes")


PROBES = sorted([*_suite.probes, *_salesforce_setup.PROBES], key=lambda p: int(p.id) if p.id.isdigit() else 99)
