"""hubspot3 3.2.56 in a small script: its default hosts, over http.client, with the v1 and v2 paths that it still speaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from syncproof_mocks.consent import ConsentKey, ConsentState
from syncproof_mocks.journal import Actor
from syncproof_mocks.ma.hubspot import Hubspot, forms

from .conftest import Program

pytestmark = pytest.mark.slow
PEOPLE = [
    {"email": "lucja@example.com", "lastname": 'Żółć "Ž"', "phone": "+420 601 000 000"},
    {"email": "o'neill+crm@example.com", "lastname": "🐙 <b>&amp;</b>\nsecond line", "zip": "00120"},
    {"email": "zero@example.com", "lastname": "0", "vip": "false"},
    {"email": "gone@example.com", "lastname": "Gone"},
]
FIRST, SECOND, THIRD, GONE = (person["email"] for person in PEOPLE)


@dataclass
class Done:
    """What the script wrote down, the portal after it, and what the journal has of it."""

    told: dict[str, Any]
    hub: Hubspot
    owner_id: str
    hosts: set[str]
    refused: list[str]
    not_understood: list[str]


@pytest.fixture(scope="module")
def done(program: Callable[[str], Program]) -> Done:
    script = program("hubspot3")
    hub = script.sandbox.ma
    assert isinstance(hub, Hubspot)
    owner_id = script.sandbox.call(lambda: hub.seed_owner("Ola", "Ó", "ola@example.com", True))
    script.sandbox.call(lambda: forms.add(hub, "Sign up", ["email", "firstname"]))
    script.state_dir.mkdir()
    (script.state_dir / "people.json").write_text(json.dumps(PEOPLE))
    script.sync()
    told = json.loads((script.state_dir / "done.json").read_text())
    return Done(told, hub, owner_id, script.hosts(), script.refused(), script.not_understood())


def contact(done: Done, email: str) -> dict[str, Any]:
    row = done.hub.store.get("contacts", str(done.told["vids"][email]))
    assert row is not None
    return row.values


def test_it_needs_no_address_and_nothing_it_asks_for_is_unknown(done: Done) -> None:
    assert done.hosts == {"api.hubapi.com", "forms.hubspot.com"}
    assert done.not_understood == []
    # One address twice, and one who was deleted: what the script tries on purpose.
    assert [line.split(": ")[1].split()[0] for line in done.refused] == ["409", "404"]


def test_who_it_makes_stands_in_the_store(done: Done) -> None:
    for person in PEOPLE[1:3]:
        assert {name: contact(done, person["email"])[name] for name in person} == person
    # The first was given a city and a title, and lost the phone.
    found = contact(done, FIRST)
    assert (found["lastname"], found["city"], found["jobtitle"], found.get("phone") or None) == (PEOPLE[0]["lastname"], "Brno", "Šéf", None)


def test_what_it_reads_is_what_the_store_has(done: Done) -> None:
    by_email = {c["email"]: c for c in done.told["all"]}

    assert by_email.keys() == {*(p["email"] for p in PEOPLE), "new@example.com"}
    assert (by_email[FIRST]["lastname"], by_email[FIRST]["jobtitle"]) == (PEOPLE[0]["lastname"], "Šéf")
    assert by_email[SECOND]["lastname"] == PEOPLE[1]["lastname"]
    assert by_email[SECOND]["zip"] == "00120"
    assert done.told["by email"] == done.told["by id"]["vid"] == done.told["vids"][FIRST]
    # Lately changed first: the one whose title it wrote, then the last one it made.
    assert done.told["recent"][0] == done.told["vids"][FIRST]
    assert set(done.told["recent"]) == set(done.told["found"]) == {c["id"] for c in by_email.values()}


def test_an_address_is_one_contact_whatever_its_letter_case(done: Done) -> None:
    assert done.told["conflict"]["error"] == "CONTACT_EXISTS"
    assert done.told["conflict"]["identityProfile"]["vid"] == done.told["vids"][FIRST]
    assert [a["isNew"] for a in done.told["upserted"]] == [False, True]
    assert done.told["upserted"][0]["vid"] == done.told["vids"][FIRST]


def test_company_deal_and_note_hang_on_the_person(done: Done) -> None:
    vid, company = done.told["vids"][FIRST], done.told["company"]
    row = done.hub.store.get("contacts", str(vid))

    assert row is not None
    assert done.hub.company_of(done.hub.store.snapshot(), row) == str(company["companyId"])
    assert [c["id"] for c in done.told["companies"]] == [company["companyId"]]
    assert [c["companyId"] for c in done.told["by domain"]["results"]] == [company["companyId"]]
    assert [(d["amount"], d["associatedVids"]) for d in done.told["deals"]] == [("12.50", [vid])]
    assert [e["engagement"]["id"] for e in done.told["engagements"]] == [done.told["note"]["engagement"]["id"]]
    assert done.told["note"]["associations"]["contactIds"] == [vid]
    assert [(o["id"], o["email"]) for o in done.told["owners"]] == [(done.owner_id, "ola@example.com")]


def test_who_leaves_one_subscription_or_all_of_them_has_left(done: Done) -> None:
    states = {}
    for email in (FIRST, SECOND, THIRD):
        row = done.hub.store.get("consents", email)
        states[email] = {m.key: m.state for m in done.hub.consents(row)} if row else {}

    assert states[FIRST].get(ConsentKey("email", "newsletter")) is ConsentState.WITHDRAWN
    assert states[FIRST].get(ConsentKey("email", "*")) is not ConsentState.WITHDRAWN
    assert states[SECOND].get(ConsentKey("email", "*")) is ConsentState.WITHDRAWN
    assert ConsentState.WITHDRAWN not in states[THIRD].values()
    told = done.told["status"]
    assert [(s["email"], s["unsubscribeFromPortal"]) for s in told] == [(FIRST, False), (SECOND, True), (THIRD, False)]
    assert [sum(not t["subscribed"] for t in s["subscriptionStatuses"]) for s in (told[0], told[2])] == [1, 0]
    assert contact(done, SECOND)["hs_email_optout"] == "true"


def test_a_form_goes_to_the_host_of_forms_and_makes_its_visitor(done: Done) -> None:
    visitor = done.hub.contact_by_email("visitor@example.com")

    assert done.told["form"] == ["Sign up", 204]
    assert visitor is not None
    assert visitor.values["firstname"] == "Věra"


def test_who_was_deleted_is_gone_for_it_and_kept_as_archived(done: Done) -> None:
    row = done.hub.store.get("contacts", str(done.told["vids"][GONE]), deleted=True)

    assert (done.told["deleted"]["deleted"], done.told["gone"]) == (True, 404)
    assert row is not None
    assert row.deleted


def test_every_change_of_a_person_has_the_connectors_request_for_its_cause(done: Done) -> None:
    changes = [c for c in done.hub.journal.changes() if c.kind == "contacts" and c.actor is Actor.CONNECTOR]

    assert len({c.record_id for c in changes}) == len(PEOPLE) + 2
    assert all(c.exchange is not None for c in changes)
