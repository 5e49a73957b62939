"""A connector is judged the same whichever of Salesforce's APIs it writes and reads by: REST, Bulk 2.0 and 1.0, SOAP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from html import escape
from typing import Any

import orjson
import pytest
from syncproof.drivers import Ended
from syncproof.mapping.grammar import Side
from syncproof.sandbox import Sandbox
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.server import MockApp
from syncproof_mocks.wire import Request, Response
from tests.checks.deeds import found, world
from tests.ideal import Ideal
from tests.staging import play, rules

DATA, ASYNC = "/services/data/v59.0", "/services/async/59.0"
RULE = {"kind": "Contact", "name": "Fixed", "formula": "ISCHANGED(Title)", "message": "Titles are fixed."}
EDIT = {"edit": {"side": "ma", "set": {"jobtitle": "$fresh"}}}
# (the org, an id, the new values) -> nothing; the values are texts.
Door = Callable[[Salesforce, str, dict[str, Any]], object]


def ask(crm: Salesforce, method: str, path: str, body: Any = b"", content_type: str = "application/json") -> Response:
    """Send one request through the whole wire, as a connector's arrives."""
    token = crm.credentials()["token"]
    headers = {"authorization": f"Bearer {token}", "x-sfdc-session": token, "content-type": content_type, "host": "127.0.0.1"}
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    name, _, query = path.partition("?")
    return asyncio.run(MockApp(crm, "token")._answer(Request(method, name, query, headers, raw, "http://127.0.0.1"), None))


def made(answer: Response) -> str:
    return str(orjson.loads(answer.body)["id"])


def soap(crm: Salesforce, call: str) -> Response:
    token = crm.credentials()["token"]
    whole = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header><SessionHeader><sessionId>'
        f"{token}</sessionId></SessionHeader></e:Header><e:Body>{call}</e:Body></e:Envelope>"
    )
    return ask(crm, "POST", "/services/Soap/u/59.0", whole.encode(), "text/xml")


def rest(crm: Salesforce, key: str, values: dict[str, Any]) -> object:
    return ask(crm, "PATCH", f"{DATA}/sobjects/Contact/{key}", values)


def collection(crm: Salesforce, key: str, values: dict[str, Any]) -> object:
    records = [{"attributes": {"type": "Contact"}, "id": key, **values}]
    return ask(crm, "PATCH", f"{DATA}/composite/sobjects", {"records": records})


def composite(crm: Salesforce, key: str, values: dict[str, Any]) -> object:
    call = {"method": "PATCH", "url": f"{DATA}/sobjects/Contact/{key}", "referenceId": "a", "body": values}
    return ask(crm, "POST", f"{DATA}/composite", {"compositeRequest": [call]})


def bulk2(crm: Salesforce, key: str, values: dict[str, Any]) -> object:
    job = made(ask(crm, "POST", f"{DATA}/jobs/ingest", {"object": "Contact", "operation": "update"}))
    table = f"Id,{','.join(values)}\n{key},{','.join(map(str, values.values()))}\n"
    ask(crm, "PUT", f"{DATA}/jobs/ingest/{job}/batches", table.encode(), "text/csv")
    ask(crm, "PATCH", f"{DATA}/jobs/ingest/{job}", {"state": "UploadComplete"})
    for _ in range(3):
        ask(crm, "GET", f"{DATA}/jobs/ingest/{job}")
    return ask(crm, "GET", f"{DATA}/jobs/ingest/{job}/failedResults")


def bulk1(crm: Salesforce, key: str, values: dict[str, Any]) -> object:
    job = made(ask(crm, "POST", f"{ASYNC}/job", {"object": "Contact", "operation": "update", "contentType": "JSON"}))
    ask(crm, "POST", f"{ASYNC}/job/{job}/batch", [{"Id": key, **values}])
    return ask(crm, "POST", f"{ASYNC}/job/{job}", {"state": "Closed"})


def by_soap(crm: Salesforce, key: str, values: dict[str, Any]) -> object:
    fields = "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in values.items())
    return soap(crm, f"<update><sObjects><type>Contact</type><Id>{key}</Id>{fields}</sObjects></update>")


WRITING: dict[str, Door] = {
    "rest": rest, "collection": collection, "composite": composite, "bulk2": bulk2, "bulk1": bulk1, "soap": by_soap,
}
DOORS = pytest.mark.parametrize("door", WRITING.values(), ids=WRITING)


class ByDoor(Ideal):
    """Ideal, and whatever it edits in the CRM goes through one door; ``then`` happens in its last sync."""

    def __init__(self, door: Door, *, rule: bool = False, exit_codes: tuple[int, ...] = (0,), then: Any = None) -> None:
        super().__init__()
        self.door, self.rule, self.exit_codes, self.then = door, rule, exit_codes, then

    def __call__(self, sandbox: Sandbox, number: int) -> Ended:
        crm = sandbox.crm
        if self.rule and number == 1:
            crm.declare("validation_rules", crm.declarations["validation_rules"].model_validate(RULE))
        super().__call__(sandbox, number)
        if self.then is not None and number == len(self.exit_codes):
            self.then(crm)
        return Ended(self.exit_codes[min(number, len(self.exit_codes)) - 1], "exited", 0.01, b"done")

    def _write(self, side: Side, do: Callable[[], Any]) -> Any:
        crm = self.sandbox.crm
        if side is Side.MA:
            return super()._write(side, do)
        crm.desk_edit = lambda _, key, values: self.door(crm, key, values)
        try:
            return do()
        finally:
            del crm.__dict__["desk_edit"]


class Counted(ByDoor):
    """Counts what went through the door."""

    def __init__(self, door: Door) -> None:
        super().__init__(self._counted)
        self.inner, self.times = door, 0

    def _counted(self, *given: Any) -> object:
        self.times += 1
        return self.inner(*given)


@DOORS
def test_a_right_edit_is_right_through_every_door(door: Door) -> None:
    result = play(world("sync", EDIT, "sync"), seen := Counted(door))

    assert rules(result) == set()
    assert seen.times == 1


@DOORS
def test_a_refused_edit_that_is_called_a_success_is_a_lie_through_every_door(door: Door) -> None:
    result = play(world("sync", EDIT, "sync"), ByDoor(door, rule=True))

    [lie] = found(result, "STATUS-001")
    assert "FIELD_CUSTOM_VALIDATION_EXCEPTION" in lie.message


@DOORS
def test_a_refused_edit_that_is_reported_is_excused_through_every_door(door: Door) -> None:
    result = play(world("sync", EDIT, "sync"), ByDoor(door, rule=True, exit_codes=(0, 1)))

    assert not {r for r in rules(result) if r.startswith(("STATUS", "FIELD"))}


@DOORS
def test_writing_again_what_is_there_is_not_quiet_through_any_door(door: Door) -> None:
    def again(crm: Salesforce) -> None:
        crm.switch("noop_patch_bumps", False)
        row = next(iter(crm.store.rows("Contact")))
        door(crm, row.id, {"LastName": row.values["LastName"]})

    result = play(world("sync", {"sync": {"expect": "quiet"}}), ByDoor(door, exit_codes=(0, 0), then=again))

    # A container is no write by itself, and nothing changed inside it.
    assert ("QUIET-001" in rules(result)) is (door is not composite)


def look_by_soap(crm: Salesforce) -> None:
    soap(crm, "<query><queryString>SELECT Id, Name FROM Contact</queryString></query>")
    soap(crm, "<query><queryString>SELECT Nothing__c FROM Contact</queryString></query>")
    soap(crm, "<getUserInfo/>")
    soap(crm, "<describeSObject><sObjectType>Contact</sObjectType></describeSObject>")


def look_by_bulk2(crm: Salesforce) -> None:
    job = made(ask(crm, "POST", f"{DATA}/jobs/query", {"operation": "query", "query": "SELECT Id, Name FROM Contact"}))
    ask(crm, "POST", f"{DATA}/jobs/query", {"operation": "query", "query": "SELECT Nothing__c FROM Contact"})
    for _ in range(3):
        ask(crm, "GET", f"{DATA}/jobs/query/{job}")
    ask(crm, "GET", f"{DATA}/jobs/query/{job}/results")
    ask(crm, "DELETE", f"{DATA}/jobs/query/{job}")


def look_by_bulk1(crm: Salesforce) -> None:
    job = made(ask(crm, "POST", f"{ASYNC}/job", {"object": "Contact", "operation": "query", "contentType": "CSV"}))
    for text in (b"SELECT Id, Name FROM Contact", b"SELECT Nothing__c FROM Contact"):
        ask(crm, "POST", f"{ASYNC}/job/{job}/batch", text, "text/csv")
    ask(crm, "POST", f"{ASYNC}/job/{job}", {"state": "Closed"})


def look_by_search(crm: Salesforce) -> None:
    ask(crm, "POST", f"{DATA}/parameterizedSearch", {"q": "Nowak", "sobjects": [{"name": "Contact"}]})
    ask(crm, "POST", f"{DATA}/parameterizedSearch", {"q": "Nowak", "sobjects": [{"name": "Nothing"}]})


def look_in_composite(crm: Salesforce) -> None:
    call = {"method": "GET", "url": f"{DATA}/sobjects/Contact/003000000000999AAA", "referenceId": "a"}
    ask(crm, "POST", f"{DATA}/composite", {"compositeRequest": [call]})
    ask(crm, "POST", f"{DATA}/composite/batch", {"batchRequests": [{"method": "GET", "url": call["url"]}]})


@pytest.mark.parametrize("look", [look_by_soap, look_by_bulk2, look_by_bulk1, look_by_search, look_in_composite])
def test_a_look_is_neither_a_write_nor_a_refusal_through_any_door(look: Callable[[Salesforce], None]) -> None:
    quiet = play(world("sync", {"sync": {"expect": "quiet"}}), ByDoor(rest, exit_codes=(0, 0), then=look))
    failed = play(world("sync"), ByDoor(rest, exit_codes=(1,), then=look_in_composite))

    assert rules(quiet) == set()
    assert "STATUS-003" in rules(failed)


@pytest.mark.parametrize("write", [
    lambda crm, key: soap(crm, f"<update><sObjects><Id>{key}</Id></sObjects></update>"),
    lambda crm, key: ask(crm, "POST", f"{ASYNC}/job", {"object": "Contact", "operation": "update"}),
    lambda crm, key: rest(crm, key, {"Title": "T"}),
], ids=["soap", "bulk1", "rest"])
def test_an_ended_session_excuses_no_failure_whatever_shape_says_so(write: Callable[[Salesforce, str], object]) -> None:
    def locked_out(crm: Salesforce) -> None:
        crm.expire_sessions()
        write(crm, next(iter(crm.store.rows("Contact"))).id)

    assert "STATUS-003" in rules(play(world("sync"), ByDoor(rest, exit_codes=(1,), then=locked_out)))
