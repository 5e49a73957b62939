"""Parity probes of Salesforce that look at logins, rules and streaming: an org that has none of it is `not seen`."""

from __future__ import annotations

import time
from typing import Any

from .probing import Answer, Facts, NotSeenError, Suite, Target

VERSION = "v59.0"
BASE = f"/services/data/{VERSION}"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_XML = {"Content-Type": "text/xml", "SOAPAction": '""'}
_suite = Suite()
probe = _suite.probe
PROBES = _suite.probes


@probe("1", "a SOAP login that nobody has", evidence="client run", status=500, code="sf:INVALID_LOGIN", prefixed=True)
def _soap_login(target: Target) -> Facts:
    body = ('<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com"><e:Body><login>'
            f"<username>{target.marker}@example.com</username><password>no</password></login></e:Body></e:Envelope>")  # fmt: skip
    answer = target.ask("POST", f"/services/Soap/u/{VERSION[1:]}", content=body, headers=_XML)
    code = answer.text.partition("<faultcode>")[2].partition("<")[0]
    return {"status": answer.status, "code": code, "prefixed": "<sf:exceptionCode>INVALID_LOGIN<" in answer.text}


@probe("2", "an app that nobody has", status=400, error="invalid_client_id", text="client identifier invalid")
def _client(target: Target) -> Facts:
    body = f"grant_type=client_credentials&client_id={target.marker}&client_secret=x"
    answer = target.ask("POST", "/services/oauth2/token", content=body, headers=_FORM)
    return {"status": answer.status, "error": answer.first("error"), "text": answer.first("error_description")}


@probe("9", "a unique value that another record has", evidence="recording", refusal=[400, "DUPLICATE_VALUE"], names_the_other=True)
def _unique(target: Target) -> Facts:
    field = _unique_field(target)
    first = _made(target, "Contact", {"LastName": target.marker, field: f"{target.marker}u"})
    second = target.ask("POST", f"{BASE}/sobjects/Contact", json={**demanded(target, "Contact"), "LastName": target.marker, field: f"{target.marker}u"})
    _undo(target, "Contact", second)
    return {"refusal": [second.status, second.first("errorCode")], "names_the_other": first[:15] in str(second.first("message"))}


@probe("19", "a duplicate rule holds a contact up", evidence="recording", refusal=[400, "DUPLICATES_DETECTED"], matched=True)
def _duplicate(target: Target) -> Facts:
    values = {"LastName": target.marker, "FirstName": "Twin", "Email": f"{target.marker}.twin@example.com"}
    first = _made(target, "Contact", values)
    second = target.ask("POST", f"{BASE}/sobjects/Contact", json={**demanded(target, "Contact"), **values})
    _undo(target, "Contact", second)
    if second.status == 201:
        raise NotSeenError("no duplicate rule of this org looks at the e-mail address of contacts")
    return {"refusal": [second.status, second.first("errorCode")], "matched": first in second.text}


@probe("21", "an assignment rule owns a lead unless the caller says no", kept=True, assigned=True)
def _assignment(target: Target) -> Facts:
    lead = {"LastName": target.marker, "Company": f"Assigned {target.marker}"}
    kept = _made(target, "Lead", lead, {"Sforce-Auto-Assign": "FALSE"})
    given = _made(target, "Lead", lead)
    owners = [target.ask("GET", f"{BASE}/sobjects/Lead/{i}").first("OwnerId") for i in (kept, given)]
    me = target.ask("GET", f"{BASE}/sobjects/Lead/{kept}").first("CreatedById")
    if owners[0] == owners[1]:
        raise NotSeenError("no assignment rule of this org takes such leads")
    return {"kept": owners[0] == me, "assigned": owners[1] != me}


@probe("22", "a change event arrives over CometD", evidence="client run", shaken=True, subscribed=True, event=["CREATE", "Contact"])
def _change_event(target: Target) -> Facts:
    channel = "/data/ContactChangeEvent"
    [shaken] = _bayeux(target, {"channel": "/meta/handshake", "version": "1.0", "supportedConnectionTypes": ["long-polling"]})
    client = shaken.get("clientId", "")
    [told] = _bayeux(target, {"channel": "/meta/subscribe", "clientId": client, "subscription": channel, "ext": {"replay": {channel: -1}}})
    if not told.get("successful"):
        raise NotSeenError(f"change data capture of contacts is not on: {told.get('error')}")
    record_id = _made(target, "Contact", {"LastName": target.marker})
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for message in _bayeux(target, {"channel": "/meta/connect", "clientId": client, "connectionType": "long-polling"}):
            header = message.get("data", {}).get("payload", {}).get("ChangeEventHeader", {})
            if record_id in header.get("recordIds", ()):
                _bayeux(target, {"channel": "/meta/disconnect", "clientId": client})
                return {"shaken": shaken["successful"], "subscribed": told["successful"], "event": [header["changeType"], header["entityName"]]}
    raise NotSeenError("no event came within half a minute")


def _bayeux(target: Target, message: dict[str, Any]) -> list[dict[str, Any]]:
    answer = target.ask("POST", f"/cometd/{VERSION[1:]}", json=[message])
    if not isinstance(answer.json, list):
        raise NotSeenError(f"CometD was answered with {answer.status}")
    return answer.json


def _made(target: Target, kind: str, values: dict[str, Any], headers: dict[str, str] | None = None) -> str:
    answer = target.ask("POST", f"{BASE}/sobjects/{kind}", json={**demanded(target, kind), **values}, headers=headers)
    if answer.status != 201:
        raise NotSeenError(f"no {kind} could be made: {answer.status} {answer.first('errorCode')}")
    return _undo(target, kind, answer)


def _undo(target: Target, kind: str, answer: Answer) -> str:
    record_id = str(answer.first("id"))
    return target.made(record_id, "DELETE", f"{BASE}/sobjects/{kind}/{record_id}") if answer.status == 201 else ""


_FILLERS = {"boolean": True, "double": 1, "currency": 1, "percent": 1, "int": 1, "date": "2026-01-01", "datetime": "2026-01-01T00:00:00Z",
            "url": "https://example.com", "phone": "1"}  # fmt: skip
_GIVEN = {"LastName", "Company", "Name", "Status", "OwnerId"}


def demanded(target: Target, kind: str) -> dict[str, Any]:
    """Return a value for each field that this org demands of a new record, beside the names that probes give.

    Raises NotSeenError for a field that no value can be made for.
    """
    key = f"demanded {kind}"
    if key not in target.notes:
        described = target.ask("GET", f"{BASE}/sobjects/{kind}/describe").json
        if not isinstance(described, dict):
            raise NotSeenError(f"{kind} is not described to this user")
        wanted = [f for f in described["fields"] if f["createable"] and not f["nillable"] and not f["defaultedOnCreate"]]
        target.notes[key] = {f["name"]: _filler(target, f) for f in wanted if f["name"] not in _GIVEN and f["type"] != "boolean"}
    return dict(target.notes[key])


def _filler(target: Target, field: dict[str, Any]) -> Any:
    options = [o["value"] for o in field.get("picklistValues") or () if o.get("active")]
    if options:
        return options[0]
    if field["type"] == "email":
        return f"{target.marker}@example.com"
    if field["type"] in ("string", "textarea"):
        return target.marker[: field.get("length") or 10]
    if field["type"] not in _FILLERS:
        raise NotSeenError(f"this org demands {field['name']} ({field['type']}), for which no value can be made")
    return _FILLERS[field["type"]]


def _unique_field(target: Target) -> str:
    fields = target.ask("GET", f"{BASE}/sobjects/Contact/describe").json["fields"]
    for field in fields:
        if field["unique"] and field["createable"] and field["type"] == "string":
            return str(field["name"])
    raise NotSeenError("Contact has no text field whose values are unique")
