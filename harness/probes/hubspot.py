"""Parity probes of HubSpot: section 5 of the research, asked over plain HTTP (the clients' own are in tests/clients)."""

from __future__ import annotations

import time
from typing import Any

from .probing import Account, Answer, Facts, NotSeenError, Suite, Target

CONTACTS = "/crm/v3/objects/contacts"
_suite = Suite()
probe = _suite.probe
PROBES = _suite.probes
_SANDBOXES = ("SANDBOX", "DEVELOPER_TEST", "APP_DEVELOPER", "DEVELOPMENT_SANDBOX")


def furnish(dialect: Any) -> None:
    """Give a mock a subscription type, as any portal has."""
    dialect.add_subscription("Newsletter")


def identify(target: Target) -> Account:
    """Return what the portal says of itself: its account type."""
    answer = target.ask("GET", "/account-info/v3/details")
    kind = answer.first("accountType")
    if kind is None:
        raise NotSeenError(f"account-info was answered with {answer.status}")
    return Account(kind in _SANDBOXES, f"an account of type {kind}")


def address(target: Target, name: str = "a") -> str:
    """Return an address that only these probes use."""
    return f"{name}@{target.marker}.example.com"


def contact(target: Target, name: str = "a", **properties: str) -> str:
    """Make a contact and return its id."""
    answer = target.ask("POST", CONTACTS, json={"properties": {"email": address(target, name), **properties}})
    if answer.status != 201:
        raise NotSeenError(f"no contact could be made: {answer.status} {answer.first('category')}")
    record_id = str(answer.first("id"))
    return target.made(record_id, "DELETE", f"{CONTACTS}/{record_id}")


def refusal(answer: Answer) -> list[Any]:
    """Return status and category of an answer."""
    return [answer.status, answer.first("category")]


def codes(answer: Answer) -> list[Any]:
    """Return the codes of an answer's errors, sorted."""
    return sorted(str(e.get("code")) for e in answer.first("errors") or ())


@probe("1", "a contact is created: lower-case address, defaults", evidence="recording", status=201, email="new@<marker>.example.com", id_is_number=True,
       own_id=True, created="<time>", archived=False)  # fmt: skip
def _create(target: Target) -> Facts:
    answer = target.ask("POST", CONTACTS, json={"properties": {"email": address(target, "New").upper()}})
    record_id = target.made(str(answer.first("id")), "DELETE", f"{CONTACTS}/{answer.first('id')}")
    properties = answer.json["properties"]
    return {"status": answer.status, "email": properties["email"], "id_is_number": record_id.isdigit(), "own_id": properties["hs_object_id"] == record_id,
            "created": properties["createdate"], "archived": answer.first("archived")}  # fmt: skip


@probe("2", "the same address again", evidence="recording", refusal=[409, "CONFLICT"], message="Contact already exists. Existing ID: <id>")
def _conflict(target: Target) -> Facts:
    contact(target)
    answer = target.ask("POST", CONTACTS, json={"properties": {"email": address(target).upper()}})
    return {"refusal": refusal(answer), "message": answer.first("message")}


@probe("3", "read by address: unknown properties are left out, unset ones are null", evidence="recording", found=True, unset=None, unknown=False,
       always=[True, True, True])  # fmt: skip
def _read(target: Target) -> Facts:
    record_id = contact(target)
    answer = target.ask("GET", f"{CONTACTS}/{address(target)}", params={"idProperty": "email", "properties": "firstname,nope,phone"})
    properties = answer.json["properties"]
    return {"found": answer.first("id") == record_id, "unset": properties.get("phone", "absent"), "unknown": "nope" in properties,
            "always": [n in properties for n in ("createdate", "hs_object_id", "lastmodifieddate")]}  # fmt: skip


@probe("4", "properties that nobody has", evidence="recording", status=400, codes=["PROPERTY_DOESNT_EXIST", "PROPERTY_DOESNT_EXIST"], begins=True)
def _unknown(target: Target) -> Facts:
    record_id = contact(target)
    answer = target.ask("PATCH", f"{CONTACTS}/{record_id}", json={"properties": {"nope": "1", "industry_x": "2"}})
    begins = str(answer.first("message")).startswith("Property values were not valid: [{")
    return {"status": answer.status, "codes": codes(answer), "begins": begins}


@probe("5", "values that cannot be", codes=[["INVALID_EMAIL"], ["READ_ONLY_VALUE"], ["INVALID_OPTION"]])
def _values(target: Target) -> Facts:
    record_id = contact(target)
    given = ({"email": "a@b.invalidtld"}, {"hs_email_optout": "true"}, {"lifecyclestage": "nonsense"})
    return {"codes": [codes(target.ask("PATCH", f"{CONTACTS}/{record_id}", json={"properties": p})) for p in given]}


@probe("6", "a lifecycle stage goes back only when it is cleared first", stages=["customer", "", "lead"])
def _stage(target: Target) -> Facts:
    record_id = contact(target, lifecyclestage="customer")
    stages = []
    for value in ("lead", "", "lead"):
        target.ask("PATCH", f"{CONTACTS}/{record_id}", json={"properties": {"lifecyclestage": value}})
        row = target.ask("GET", f"{CONTACTS}/{record_id}", params={"properties": "lifecyclestage"}).json
        stages.append(row["properties"]["lifecyclestage"] or "")
    return {"stages": stages}


@probe("7", "the last page has no paging at all", evidence="recording", pages=[True, False])
def _pages(target: Target) -> Facts:
    first, second = contact(target), contact(target, "b")
    before = str(min(int(first), int(second)))
    page = target.ask("GET", CONTACTS, params={"limit": "1", "after": before}).json
    last = target.ask("GET", CONTACTS, params={"limit": "100", "after": str(max(int(first), int(second)))}).json
    return {"pages": ["paging" in page, "paging" in last and last["paging"] is None]}


@probe("8", "a batch with one bad input creates nothing", evidence="recording", status=400, created=404)
def _batch(target: Target) -> Facts:
    inputs = [{"properties": {"email": address(target, "b1")}}, {"properties": {"nope": "x"}}]
    answer = target.ask("POST", f"{CONTACTS}/batch/create", json={"inputs": inputs})
    return {"status": answer.status, "created": target.ask("GET", f"{CONTACTS}/{address(target, 'b1')}", params={"idProperty": "email"}).status}


@probe("9", "with trace ids the good inputs are created", status=207, errors=1, trace=["t2"], results=1)
def _trace(target: Target) -> Facts:
    inputs = [{"properties": {"email": address(target, "t1")}, "objectWriteTraceId": "t1"}, {"properties": {"nope": "x"}, "objectWriteTraceId": "t2"}]
    answer = target.ask("POST", f"{CONTACTS}/batch/create", json={"inputs": inputs})
    for row in answer.first("results") or ():
        target.made(row["id"], "DELETE", f"{CONTACTS}/{row['id']}")
    errors = answer.first("errors") or [{}]
    return {"status": answer.status, "errors": answer.first("numErrors"), "trace": errors[0].get("context", {}).get("objectWriteTraceId"),
            "results": len(answer.first("results") or ())}  # fmt: skip


@probe("10", "a batch read with an id that nobody has", evidence="recording", status=207, results=1, category="OBJECT_NOT_FOUND", ids=["999999999999"])
def _batch_read(target: Target) -> Facts:
    record_id = contact(target)
    answer = target.ask("POST", f"{CONTACTS}/batch/read", json={"inputs": [{"id": record_id}, {"id": "999999999999"}], "properties": ["email"]})
    error = (answer.first("errors") or [{}])[0]
    return {"status": answer.status, "results": len(answer.first("results") or ()), "category": error.get("category"), "ids": error.get("context", {}).get("ids")}


@probe("11", "an upsert by address tells what was new", status=200, new=[False, True])
def _upsert(target: Target) -> Facts:
    contact(target)
    inputs = [{"id": address(target, n), "idProperty": "email", "properties": {"phone": "1"}} for n in ("a", "zed")]
    answer = target.ask("POST", f"{CONTACTS}/batch/upsert", json={"inputs": inputs})
    rows = sorted(answer.first("results") or (), key=lambda r: r["properties"].get("email") or "")
    for row in rows:
        if row["new"]:
            target.made(row["id"], "DELETE", f"{CONTACTS}/{row['id']}")
    return {"status": answer.status, "new": [r["new"] for r in rows]}


@probe("12", "what a search refuses", limit=400, after=400)
def _search(target: Target) -> Facts:
    asked = [{"limit": 201}, {"limit": 1, "after": "10000"}]
    limit, after = (target.ask("POST", f"{CONTACTS}/search", json=body).status for body in asked)
    return {"limit": limit, "after": after}


@probe("13", "associations: numbers on the wire, types both ways", evidence="recording", types=[279], number=True, back=[280])
def _associations(target: Target) -> Facts:
    person = contact(target)
    made = target.ask("POST", "/crm/v3/objects/companies", json={"properties": {"name": target.marker}})
    company = target.made(str(made.first("id")), "DELETE", f"/crm/v3/objects/companies/{made.first('id')}")
    target.ask("PUT", f"/crm/v4/objects/contacts/{person}/associations/default/companies/{company}")
    there = target.ask("GET", f"/crm/v4/objects/contacts/{person}/associations/companies").json["results"]
    back = target.ask("GET", f"/crm/v4/objects/companies/{company}/associations/contacts").json["results"]
    wanted = {279, 280}
    return {"types": [t["typeId"] for r in there for t in r["associationTypes"] if t["typeId"] in wanted], "number": isinstance(there[0]["toObjectId"], int),
            "back": [t["typeId"] for r in back for t in r["associationTypes"] if t["typeId"] in wanted]}  # fmt: skip


@probe("14", "who unsubscribed cannot be subscribed again by an app", first=[200, "NOT_SUBSCRIBED"], again=400, v4="UNSUBSCRIBED", told=True)
def _consent(target: Target) -> Facts:
    contact(target)
    definitions = target.ask("GET", "/communication-preferences/v3/definitions").first("subscriptionDefinitions") or []
    usable = [d for d in definitions if d.get("isActive") and not d.get("isInternal")]
    if not usable:
        raise NotSeenError("the portal has no active subscription type")
    body = {"emailAddress": address(target), "subscriptionId": usable[0]["id"]}
    first = target.ask("POST", "/communication-preferences/v3/unsubscribe", json=body)
    again = target.ask("POST", "/communication-preferences/v3/subscribe", json=body)
    v4 = target.ask("GET", f"/communication-preferences/v4/statuses/{address(target)}", params={"channel": "EMAIL"}).first("results") or []
    return {"first": [first.status, first.first("status")], "again": again.status,
            "v4": next((s["status"] for s in v4 if str(s["subscriptionId"]) == str(usable[0]["id"])), None),
            "told": "cannot be updated because they have unsubscribed" in again.text}  # fmt: skip


@probe("15", "a merge makes a new id that both old ones lead to", status=200, new=True, leads=[True, True])
def _merge(target: Target) -> Facts:
    first, second = contact(target), contact(target, "b")
    answer = target.ask("POST", f"{CONTACTS}/merge", json={"primaryObjectId": first, "objectIdToMerge": second})
    merged = target.made(str(answer.first("id")), "DELETE", f"{CONTACTS}/{answer.first('id')}")
    leads = [target.ask("GET", f"{CONTACTS}/{key}").first("id") == merged for key in (first, second)]
    return {"status": answer.status, "new": merged not in (first, second), "leads": leads}


@probe("17", "no token, and one that nobody has", evidence="recording", none=[401, "INVALID_AUTHENTICATION"], wrong=[401, "INVALID_AUTHENTICATION"])
def _tokens(target: Target) -> Facts:
    none = target.ask("GET", CONTACTS, headers={"Authorization": ""})
    wrong = target.ask("GET", CONTACTS, headers={"Authorization": "Bearer pat-na1-00000000-0000-0000-0000-000000000000"})
    return {"none": refusal(none), "wrong": refusal(wrong)}


@probe("20", "a manual list: members come and go, and the list goes", statuses=[200, 200, 200, 204, 404], added=["<id>"], removed=["<id>"])
def _lists(target: Target) -> Facts:
    record_id = contact(target)
    made = target.ask("POST", "/crm/v3/lists", json={"name": target.marker, "objectTypeId": "0-1", "processingType": "MANUAL"})
    if made.status != 200:
        raise NotSeenError(f"no list could be made: {refusal(made)}")
    path = f"/crm/v3/lists/{made.json['list']['listId']}"
    added = target.ask("PUT", f"{path}/memberships/add", json=[record_id])
    removed = target.ask("PUT", f"{path}/memberships/remove", json=[record_id])
    gone = target.ask("DELETE", path)
    answers = (made, added, removed, gone, target.ask("GET", path))
    return {"statuses": [a.status for a in answers], "added": added.first("recordsIdsAdded"), "removed": removed.first("recordIdsRemoved")}


@probe("18", "an app that nobody has", evidence="client run", status=400, error="BAD_CLIENT_ID")
def _client(target: Target) -> Facts:
    body = f"grant_type=refresh_token&client_id={target.marker}&client_secret=x&refresh_token=x"
    answer = target.ask("POST", "/oauth/v1/token", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    return {"status": answer.status, "error": answer.first("status")}


@probe("21", "a form with a yes to a newsletter makes a contact with a consent", evidence="document", bad=[400, "INVALID_EMAIL"], sent=200,
       status="SUBSCRIBED")  # fmt: skip
def _form(target: Target) -> Facts:
    definitions = target.ask("GET", "/communication-preferences/v3/definitions").first("subscriptionDefinitions") or []
    usable = [d["id"] for d in definitions if d.get("isActive") and not d.get("isInternal")]
    made = target.ask("POST", "/marketing/v3/forms", json=_form_definition(target.marker))
    if made.status not in (200, 201) or not usable:
        raise NotSeenError(f"no form could be made ({refusal(made)}), or there is no subscription type")
    form = target.made(str(made.first("id")), "DELETE", f"/marketing/v3/forms/{made.first('id')}")
    portal = target.ask("GET", "/account-info/v3/details").first("portalId")
    # The vendor takes submissions at a host of its own.
    host = "https://api.hsforms.com" if str(target.http.base_url.host).endswith("hubapi.com") else ""
    path = f"{host}/submissions/v3/integration/submit/{portal}/{form}"
    yes = {"consent": {"consentToProcess": True, "text": "t", "communications": [{"value": True, "subscriptionTypeId": int(usable[0]), "text": "t"}]}}
    bad = target.ask("POST", path, json={"fields": [{"objectTypeId": "0-1", "name": "email", "value": "no address"}]})
    sent = target.ask("POST", path, json={"fields": [{"objectTypeId": "0-1", "name": "email", "value": address(target, "form")}], "legalConsentOptions": yes})
    found = _contact_at(target, address(target, "form"))
    target.made(found, "DELETE", f"{CONTACTS}/{found}")
    statuses = target.ask("GET", f"/communication-preferences/v3/status/email/{address(target, 'form')}").first("subscriptionStatuses") or []
    return {"bad": [bad.status, ((bad.first("errors") or [{}])[0]).get("errorType")], "sent": sent.status,
            "status": next((s["status"] for s in statuses if str(s["id"]) == str(usable[0])), None)}  # fmt: skip


def _contact_at(target: Target, email: str) -> str:
    # A live portal takes a moment to make the contact of a submission.
    until = time.monotonic() + (60 if target.name == "live" else 1)
    while time.monotonic() < until:
        answer = target.ask("GET", f"{CONTACTS}/{email}", params={"idProperty": "email"})
        if answer.status == 200:
            return str(answer.first("id"))
        time.sleep(0.1 if target.name != "live" else 3)
    raise NotSeenError("the submission made no contact")


def _form_definition(name: str) -> dict[str, Any]:
    email = {"objectTypeId": "0-1", "name": "email", "label": "E-mail", "required": True, "hidden": False, "fieldType": "email",
             "validation": {"blockedEmailDomains": [], "useDefaultBlockList": False}}  # fmt: skip
    return {"name": name, "formType": "hubspot", "createdAt": "2026-01-01T00:00:00Z", "archived": False,
            "fieldGroups": [{"groupType": "default_group", "richTextType": "text", "fields": [email]}],
            "configuration": {"language": "en", "createNewContactForNewEmail": True}, "displayOptions": {},
            "legalConsentOptions": {"type": "none"}}  # fmt: skip


@probe("open", "a null in a write, and a write of nothing", evidence="assumed", cleared="", touched=False)
def _nulls(target: Target) -> Facts:
    record_id = contact(target, firstname="Ann", phone="1")
    target.ask("PATCH", f"{CONTACTS}/{record_id}", json={"properties": {"phone": None}})
    row = target.ask("GET", f"{CONTACTS}/{record_id}", params={"properties": "phone,lastmodifieddate"}).json["properties"]
    time.sleep(0.05)
    target.ask("PATCH", f"{CONTACTS}/{record_id}", json={"properties": {"firstname": "Ann"}})
    later = target.ask("GET", f"{CONTACTS}/{record_id}", params={"properties": "lastmodifieddate"}).json["properties"]
    return {"cleared": row["phone"] or "", "touched": later["lastmodifieddate"] != row["lastmodifieddate"]}
