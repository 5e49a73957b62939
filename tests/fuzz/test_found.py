"""What the fuzz has found, each kept as the shortest request that showed it."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from syncproof_mocks.dialect import Dialect
from syncproof_mocks.journal import Change, Exchange
from syncproof_mocks.server import MockApp

from .furniture import Furniture
from .invariants import check
from .orgs import hubspot, salesforce
from .recipes_salesforce import soap
from .sending import Sent, exchange
from .words import quote


@pytest.fixture(autouse=True)
def _loop() -> Iterator[None]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


class Org:
    """An org of the fuzz that is sent single requests, with texts filled in as in recipes."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.app = MockApp(dialect, "control")
        self.furniture = Furniture(self.app)
        self.draw = random.Random(1)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str]:
        """Return status and body of the answer; a crash fails the test."""
        path, body = str(self.fill(path)), self.fill(body)
        given = {"host": "127.0.0.1:1", "authorization": f"Bearer {self.furniture.known['token']}", "content-type": "application/json",
                 **{k.replace("_", "-"): v for k, v in headers.items()}}  # fmt: skip
        raw = b"" if body is None else body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else json.dumps(body).encode()
        self.at = len(self.dialect.journal)
        status, _, answer = exchange(self.app, Sent(method, path, tuple(given.items()), raw))
        entry = self.dialect.journal.entries[self.at]
        assert isinstance(entry, Exchange)
        assert not entry.crash, entry.crash
        return status, answer.decode()

    def fill(self, value: Any) -> Any:
        return self.furniture.filled(value, self.draw)

    @property
    def written(self) -> list[Change]:
        """Return what the last request changed."""
        return list(self.dialect.journal.changes(self.at))


@pytest.fixture
def hub() -> Org:
    return Org(hubspot())


@pytest.fixture
def org() -> Org:
    return Org(salesforce())


@pytest.mark.parametrize("domain", ["[]", "a[b]c", "https://[x"])
def test_brackets_are_no_domain(hub: Org, domain: str) -> None:
    assert hub.send("POST", "/crm/v3/objects/companies", {"properties": {"name": "B", "domain": domain}})[0] in (201, 400)
    assert hub.send("POST", "/companies/v2/domains/%5B%5D/companies", {"limit": 1})[0] == 200


BAD_ID: dict[str, Any] = {"id": {"a": "b"}}
_PAIR = {"from": {"id": "{contacts}"}, "to": {"id": "{companies}"}}
_SPEC = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]


@pytest.mark.parametrize(("path", "good", "bad"), [
    ("/crm/v3/objects/contacts/batch/archive", {"id": "{contacts}"}, BAD_ID),
    ("/crm/v4/associations/contacts/companies/batch/archive", {"from": {"id": "{left}"}, "to": [{"id": "{right}"}]}, {"from": {"id": "1"}}),
    ("/crm/v4/associations/contacts/companies/batch/labels/archive", {"from": {"id": "{left}"}, "to": {"id": "{right}"}, "types": _SPEC}, {**_PAIR, "types": "x"}),
    ("/crm/v3/associations/contacts/companies/batch/archive", {"from": {"id": "{left}"}, "to": {"id": "{right}"}, "type": "1"}, {"from": {"id": "1"}}),
    ("/crm/v4/associations/definitions/configurations/contacts/companies/batch/purge", {"category": "HUBSPOT_DEFINED", "typeId": 279},
     {"category": "HUBSPOT_DEFINED", "typeId": "0x10"}),
    ("/crm/v3/properties/contacts/batch/archive", {"name": "{property}"}, {"name": "email"}),
])  # fmt: skip
def test_a_batch_that_is_refused_in_the_middle_has_removed_nothing(hub: Org, path: str, good: dict[str, Any], bad: dict[str, Any]) -> None:
    hub.furniture.get("limit", hub.draw)
    row = next(r for r in hub.dialect.store.rows("associations") if r.values["left_kind"] == "contacts")
    hub.furniture.made |= {"left": row.values["left_id"], "right": row.values["right_id"]}
    hub.furniture.makings = {**hub.furniture.makings, "left": hub.furniture.makings["list"], "right": hub.furniture.makings["list"]}
    hub.fill(good)  # what it names is made before

    status, answer = hub.send("POST", path, {"inputs": [good, bad]})

    assert (status, hub.written) == (400, []), answer
    assert hub.send("POST", path, {"inputs": [good]})[0] == 204
    assert hub.written


@pytest.mark.parametrize("name", [{"a": 1}, ["a"], 5, True])
def test_the_name_of_a_group_is_a_text(hub: Org, name: Any) -> None:
    status, answer = hub.send("POST", "/crm/v3/properties/contacts/groups", {"name": name, "label": "L"})

    assert status in (201, 400)
    assert (status == 400) == (hub.written == [])
    assert status == 400 or json.loads(answer)["name"] == str(name).lower()


@pytest.mark.parametrize("path", ["sobjects/User/{User}", "sobjects/LeadStatus/{LeadStatus}", "composite/sobjects?ids={User}&allOrNone=true"])
def test_users_and_setup_records_are_not_deleted(org: Org, path: str) -> None:
    status, answer = org.send("DELETE", f"/services/data/v59.0/{path}")

    assert "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY" in answer
    assert (status < 500, org.written) == (True, [])
    assert json.loads(org.send("GET", "/services/data/v59.0/sobjects/User")[1])["objectDescribe"]["deletable"] is False


@pytest.mark.parametrize("digits", ["9" * 20, "9" * 5000, "\u00b2", "\u0663", "0" * 5000 + "1", "-" + "9" * 5000])
def test_numbers_that_python_cannot_read_or_show_are_refused_or_harmless(org: Org, hub: Org, digits: str) -> None:
    asked = quote(digits)
    for path in (f"query?q=SELECT+Id+FROM+Campaign+WHERE+BudgetedCost+%3D+{asked}", f"query?q=SELECT+Id+FROM+Lead+WHERE+CreatedDate+%3D+LAST_N_DAYS:{asked}",
                 f"query?q=SELECT+Id+FROM+Lead+LIMIT+{asked}", f"query?q=SELECT+Id+FROM+Lead+LIMIT+1+OFFSET+{asked}", f"recent?limit={asked}",
                 f"parameterizedSearch?q=First0&sobject=Contact&Contact.limit={asked}", f"search?q=FIND+%7BFirst0%7D+RETURNING+Contact(Id+LIMIT+{asked})",
                 f"jobs/query/{{polled}}/results?maxRecords={asked}", f"query/01g000000000001-{asked}"):  # fmt: skip
        assert org.send("GET", f"/services/data/v59.0/{path}")[0] < 500, path
    parts = [{"method": "GET", "url": "/services/data/v59.0/query?q=SELECT+Id+FROM+Lead", "referenceId": "a"},
             {"method": "GET", "url": f"/services/data/v59.0/sobjects/Lead/@{{a.records[{digits}].Id}}", "referenceId": "b"}]  # fmt: skip
    assert org.send("POST", "/services/data/v59.0/composite", {"compositeRequest": parts})[0] == 200
    for path in ("/crm/v3/objects/contacts?limit=", "/crm/v3/objects/contacts?after=", "/contacts/v1/lists/all/contacts/all?count=", "/crm/v3/lists/",
                 "/contacts/v1/lists/all/contacts/all?vidOffset=", "/crm/v3/lists/{list}/memberships?limit=", "/crm/v4/objects/contacts/{contacts}/associations/companies?after=",
                 "/email/public/v1/events?limit=", "/email/public/v1/events?startTimestamp=", "/crm/v3/objects/contacts/", "/contacts/v1/contact/vid/", "/deals/v1/deal/paged?offset=",
                 "/engagements/v1/engagements/recent/modified?since=", "/crm/v3/imports/{import}/errors?after=", "/events/v3/events?objectType=contact&objectId="):  # fmt: skip
        assert hub.send("GET", path + asked)[0] < 500, path
    call = {"properties": {"hs_timestamp": "2026-01-01T00:00:00Z", "hs_call_duration": digits, "hs_call_title": digits}}
    hub.send("POST", "/crm/v3/objects/calls", call)
    assert hub.send("GET", "/engagements/v1/engagements/paged")[0] == 200


@pytest.mark.parametrize("state", [["\n"], {"a": 1}, 1, True])
def test_a_state_of_consent_is_a_text(hub: Org, state: Any) -> None:
    body = {"subscriptionStatuses": [{"id": "{int:subscription}", "subscribed": False, "optState": state}]}
    assert (hub.send("PUT", "/email/public/v1/subscriptions/c1@example.com", body)[0], hub.written) == (400, [])


def test_the_history_of_a_merged_record_goes_with_it_and_comes_back(org: Org) -> None:
    loser, winner = (r.id for r in list(org.dialect.store.rows("Contact"))[:2])
    org.send("PATCH", f"/services/data/v59.0/sobjects/Contact/{loser}", {"FirstName": "Changed"})
    (kept,) = org.dialect.store.rows("ContactHistory")

    merge = f"<merge><request><masterRecord><type>Contact</type><Id>{winner}</Id></masterRecord><recordToMergeIds>{loser}</recordToMergeIds></request></merge>"
    assert "<success>true" in org.send("POST", "/services/Soap/u/59.0", soap(merge))[1]
    assert org.dialect.store.get("ContactHistory", kept.id) is None
    assert "<success>true" in org.send("POST", "/services/Soap/u/59.0", soap(f"<undelete><ids>{loser}</ids></undelete>"))[1]
    assert org.dialect.store.get("ContactHistory", kept.id) is not None
    check(org.dialect)
