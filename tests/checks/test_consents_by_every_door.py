"""A connector that lifts, invents or grants a consent is caught whichever of HubSpot's doors it uses: v4, v1, forms, imports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from syncproof.mapping.grammar import Side
from syncproof.sandbox import Sandbox
from syncproof_mocks.consent import ConsentState
from syncproof_mocks.journal import Actor, Change
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.server import MockApp
from syncproof_mocks.wire import Request, Response
from tests.checks.deeds import NEWSLETTER, After, contact, found, world
from tests.staging import play, rules

CALM = {"consent": {"never_asked": 4}, "newsletter": {"never_asked": 4}}
NO = {"opt_out": {"side": "ma", "purpose": "newsletter"}}
# What a door does: (the portal, the address, the id of the newsletter) -> the answer.
Door = Callable[[Hubspot, str, str], Response]


def ask(ma: Hubspot, method: str, path: str, body: Any, *, content_type: str = "application/json") -> Response:
    """Send one request through the whole wire, as a connector's arrives."""
    headers = {"authorization": f"Bearer {ma.credentials()['token']}", "content-type": content_type, "host": "127.0.0.1"}
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    name, _, query = path.partition("?")
    return asyncio.run(MockApp(ma, "token")._answer(Request(method, name, query, headers, raw, "http://127.0.0.1"), None))


def a_form(ma: Hubspot) -> str:
    field = {"objectTypeId": "0-1", "name": "email", "label": "E-mail", "required": True, "hidden": False, "fieldType": "email",
             "validation": {"blockedEmailDomains": [], "useDefaultBlockList": False}}
    form = {"name": "Sign up", "formType": "hubspot", "archived": False, "createdAt": "2026-01-01T00:00:00Z", "configuration": {},
            "displayOptions": {}, "legalConsentOptions": {"type": "none"},
            "fieldGroups": [{"groupType": "default_group", "richTextType": "text", "fields": [field]}]}
    answer = ask(ma, "POST", "/marketing/v3/forms", form)
    assert answer.status == 201, answer.body
    return str(orjson.loads(answer.body)["id"])


def ticked(type_id: str) -> dict[str, Any]:
    box = {"value": True, "subscriptionTypeId": int(type_id), "text": "Yes, send me the newsletter"}
    return {"consent": {"consentToProcess": True, "text": "I agree", "communications": [box]}}


def form(where: str) -> Door:
    def send(ma: Hubspot, email: str, type_id: str) -> Response:
        body = {"fields": [{"objectTypeId": "0-1", "name": "email", "value": email}], "legalConsentOptions": ticked(type_id)}
        return ask(ma, "POST", f"/submissions/v3/integration/{where}/{ma.portal_id}/{a_form(ma)}", body)

    return send


def v4(path: str, status: str, *, batch: bool = False) -> Door:
    def send(ma: Hubspot, email: str, type_id: str) -> Response:
        said = {"subscriptionId": int(type_id), "statusState": status, "channel": "EMAIL",
                "legalBasis": "CONSENT_WITH_NOTICE", "legalBasisExplanation": "taken over"}
        body = {"inputs": [{**said, "subscriberIdString": email}]} if batch else said
        return ask(ma, "POST", f"/communication-preferences/v4/statuses/{path.format(email=email)}?channel=EMAIL", body)

    return send


def v3(verb: str) -> Door:
    return lambda ma, email, type_id: ask(
        ma, "POST", f"/communication-preferences/v3/{verb}", {"emailAddress": email, "subscriptionId": type_id}
    )


def v1(change: Callable[[str], dict[str, Any]]) -> Door:
    return lambda ma, email, type_id: ask(ma, "PUT", f"/email/public/v1/subscriptions/{email}", change(type_id))


def import_of(columns: dict[str, str], **more: Any) -> Door:
    def send(ma: Hubspot, email: str, type_id: str) -> Response:
        del type_id
        mapped = [{"columnObjectTypeId": "0-1", "columnName": n, "propertyName": n} for n in ("email", *columns)]
        page = {"hasHeader": True, "columnMappings": mapped}
        request = {"name": "list", "files": [{"fileName": "a.csv", "fileFormat": "CSV", "fileImportPage": page}], **more}
        lines = f"{','.join(('email', *columns))}\n{','.join((email, *columns.values()))}\n"
        parts = (("importRequest", "", orjson.dumps(request).decode()), ("files", '; filename="a.csv"', lines))
        raw = "".join(f'--x\r\nContent-Disposition: form-data; name="{n}"{f}\r\n\r\n{t}\r\n' for n, f, t in parts) + "--x--\r\n"
        return ask(ma, "POST", "/crm/v3/imports", raw.encode(), content_type="multipart/form-data; boundary=x")

    return send


def profile(name: str, value: str) -> Door:
    return lambda ma, email, _: ask(
        ma, "POST", f"/contacts/v1/contact/createOrUpdate/email/{email}", {"properties": [{"property": name, "value": value}]}
    )


def through(door: Door, expected: int = 200, at: int = 1) -> After:
    """A connector that is ideal, and after sync ``at`` goes through this door for the first person."""

    def deed(me: Any, sandbox: Sandbox) -> None:
        del me
        ma = sandbox.ma
        assert isinstance(ma, Hubspot)
        type_id = ma.subscription_types.by_purpose("newsletter")
        assert type_id is not None
        answer = door(ma, str(contact(sandbox, Side.MA).values["email"]), type_id)
        assert answer.status == expected, answer.body

    return After(deed, at=at)


LIFTING = {
    "form": form("secure/submit"), "open form": form("submit"), "v4": v4("{email}", "SUBSCRIBED"),
    "v4 batch": v4("batch/write", "SUBSCRIBED", batch=True),
}
DENYING = {
    "v3": v3("unsubscribe"), "v4": v4("{email}", "UNSUBSCRIBED"), "v4 all": v4("{email}/unsubscribe-all", ""),
    "v1": v1(lambda t: {"subscriptionStatuses": [{"id": int(t), "subscribed": False, "optState": "OPT_OUT"}]}),
    "v1 all": v1(lambda _: {"unsubscribeFromAll": True}), "import": import_of({}, optOutImport=True),
}
GRANTING = {
    **LIFTING, "v3": v3("subscribe"),
    "v1": v1(lambda t: {"subscriptionStatuses": [{"id": int(t), "subscribed": True, "optState": "OPT_IN"}]}),
}


@pytest.mark.parametrize("door", LIFTING)
def test_a_refusal_lifted_through_any_door_is_found(door: str) -> None:
    result = play(world("sync", NO, "sync", **CALM), through(LIFTING[door], at=2))

    first = min(found(result, "CONS-001"), key=lambda f: f.caused_by)
    assert (first.system, first.classification) == ("ma", "refusal_lifted")


@pytest.mark.parametrize("door", DENYING)
def test_a_refusal_invented_through_any_door_is_found(door: str) -> None:
    result = play(world("sync", **CALM), through(DENYING[door]))

    first = min(found(result, "CONS-003"), key=lambda f: f.caused_by)
    assert (first.system, first.classification) == ("ma", "refusal_invented")


@pytest.mark.parametrize("door", GRANTING)
def test_a_yes_invented_through_any_door_is_found(door: str) -> None:
    result = play(world("sync", **CALM), through(GRANTING[door]))

    first = min(found(result, "CONS-004"), key=lambda f: f.caused_by)
    assert (first.system, first.kind) == ("ma", "consents")


@pytest.mark.parametrize(
    ("door", "status"),
    [
        (v3("subscribe"), 400), (GRANTING["v1"], 400), (profile("hs_email_optout", "false"), 400),
        (import_of({"hs_email_optout": "false"}), 200), (import_of({"firstname": "Ann"}), 200), (profile("firstname", "Ann"), 200),
    ],
)
def test_what_the_vendor_keeps_as_it_is_lifts_nothing(door: Door, status: int) -> None:
    result = play(world("sync", NO, "sync", **CALM), through(door, status, at=2))

    assert not rules(result) & {"CONS-001", "CONS-003", "CONS-004"}


@pytest.mark.parametrize("door", [*LIFTING.values(), DENYING["import"]])
def test_what_a_door_does_is_the_connectors_act_and_what_follows_is_the_vendors(door: Door) -> None:
    connector, seen = through(door), list[Change]()
    inner = connector.deed

    def deed(me: Any, sandbox: Sandbox) -> None:
        start = len(sandbox.world.journal)
        inner(me, sandbox)
        seen.extend(sandbox.world.journal.changes(start))
        marks = [m for r in sandbox.ma.store.rows("consents") for m in sandbox.ma.consents(r) if m.key.channel == "email"]
        assert any(m.state is not ConsentState.UNKNOWN for m in marks)

    connector.deed = deed
    play(world("sync", **CALM), connector)

    assert {c.actor for c in seen if c.kind == "consents"} == {Actor.CONNECTOR}
    assert {c.actor for c in seen if c.kind == "contacts" and any("optout" in n for n in c.fields)} <= {Actor.VENDOR_AUTOMATION}
    assert NEWSLETTER.channel == "email"
